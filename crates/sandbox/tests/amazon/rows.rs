//! The table of wrong messages: what is changed in a legal one, and what must be said of it.

use crate::side::{change, device};
use serde_json::{Value, json};

/// What a row starts from.
#[derive(Clone, Copy, Debug)]
pub enum Legal {
    Change,
    Consumed,
    Ran,
    Replaced,
    Add,
    Delete,
    State,
    Failed,
}

pub struct Row {
    pub from: Legal,
    /// JSON pointer of the member that is set (absent value: taken away).
    pub member: &'static str,
    pub to: Option<Value>,
    /// The path that the description begins with.
    pub path: &'static str,
    pub section: &'static str,
}

fn row(
    from: Legal,
    member: &'static str,
    to: impl Into<Option<Value>>,
    path: &'static str,
    section: &'static str,
) -> Row {
    Row { from, member, to: to.into(), path, section }
}

pub fn rows() -> Vec<Row> {
    use Legal::{Add, Change, Consumed, Delete, Failed, Ran, Replaced, State};
    const PROPERTY: &str = "/event/payload/change/properties/0";
    let p = |rest: &str| -> &'static str { Box::leak(format!("{PROPERTY}{rest}").into_boxed_str()) };
    let e = |rest: &str| -> &'static str {
        Box::leak(format!("/event/payload/endpoints/0{rest}").into_boxed_str())
    };
    let change0 = "event.payload.change.properties[0]";
    let c = |rest: &str| -> &'static str { Box::leak(format!("{change0}{rest}").into_boxed_str()) };
    let d = |rest: &str| -> &'static str {
        Box::leak(format!("event.payload.endpoints[0]{rest}").into_boxed_str())
    };
    let long = |n: usize| json!("x".repeat(n));
    vec![
        // The envelope and the header (2.1).
        row(Change, "/directive", json!({}), "directive: is what Alexa sends", "2.1"),
        row(Change, "/event", None, "event: is missing", "2.1"),
        row(Change, "/event", json!([]), "event: must be an object", "2.1"),
        row(Change, "/event/context", json!({}), "event.context: stands beside event", "2.1"),
        row(Change, "/event/header", None, "event.header: is missing", "2.1"),
        row(Change, "/event/header/namespace", json!(3), "event.header.namespace: must be a string", "2.1"),
        row(
            Change,
            "/event/header/name",
            json!("ChangedReport"),
            "event.header.name: Alexa ChangedReport is no message",
            "2.4",
        ),
        row(
            Change,
            "/event/header/payloadVersion",
            json!("2"),
            "event.header.payloadVersion: must be \"3\"",
            "2.1",
        ),
        row(
            Change,
            "/event/header/payloadVersion",
            json!(3),
            "event.header.payloadVersion: must be \"3\"",
            "2.1",
        ),
        row(Change, "/event/header/messageId", None, "event.header.messageId: is missing", "2.1"),
        row(Change, "/event/header/messageId", json!(""), "event.header.messageId: may not be empty", "2.1"),
        row(Change, "/event/header/messageId", json!("a b"), "event.header.messageId: may only hold", "2.1"),
        row(
            Change,
            "/event/header/messageId",
            long(128),
            "event.header.messageId: is longer than 127",
            "2.1",
        ),
        // Scope and endpoint (2.1, 2.2, 3.1).
        row(Change, "/event/endpoint", None, "event.endpoint: is missing", "2.4"),
        row(Change, "/event/endpoint/scope", None, "event.endpoint.scope: is missing", "2.4"),
        row(
            Change,
            "/event/endpoint/scope/type",
            json!("Bearer"),
            "event.endpoint.scope.type: must be \"BearerToken\"",
            "2.1",
        ),
        row(
            Change,
            "/event/endpoint/scope/token",
            json!("Atza|other"),
            "event.endpoint.scope.token: must be the token",
            "3.1",
        ),
        row(
            Change,
            "/event/endpoint/endpointId",
            json!("a/b"),
            "event.endpoint.endpointId: may only hold",
            "2.2",
        ),
        row(
            Change,
            "/event/endpoint/endpointId",
            long(257),
            "event.endpoint.endpointId: is longer than 256",
            "2.2",
        ),
        // ChangeReport (2.4) and properties (2.1, 2.5, 2.7).
        row(
            Change,
            "/event/payload/change/cause/type",
            json!("POLL"),
            "event.payload.change.cause.type: must be one of",
            "2.4",
        ),
        row(Change, "/event/payload/change/cause", None, "event.payload.change.cause: is missing", "2.4"),
        row(
            Change,
            "/event/payload/change/properties",
            json!([]),
            "event.payload.change.properties: may not be empty",
            "2.4",
        ),
        row(
            Change,
            "/context",
            json!({"namespace": "Alexa.EndpointHealth"}),
            "context.properties: is missing",
            "2.4",
        ),
        row(
            Change,
            "/context/properties/0",
            change("t", "x", 1, 5.0).pointer(PROPERTY).cloned(),
            "context.properties[0]: changed",
            "2.4",
        ),
        row(Change, p("/instance"), None, c(".instance: is missing"), "2.1"),
        row(Change, p("/instance"), json!("Ink.Mauve"), c(".instance: Ink.Mauve is no such sensor"), "2.3"),
        row(Change, p("/name"), json!("amount"), c(".name: must be \"level\""), "2.5"),
        row(
            Change,
            p("/namespace"),
            json!("Alexa.InventoryUsageSensor"),
            c(".namespace: has no reportable"),
            "2.6",
        ),
        row(Change, p("/timeOfSample"), json!("2026-03-01 11:59"), c(".timeOfSample: must be"), "2.1"),
        row(
            Change,
            p("/timeOfSample"),
            json!("2026-03-01T11:59:00.1234Z"),
            c(".timeOfSample: must be"),
            "2.1",
        ),
        row(
            Change,
            p("/timeOfSample"),
            json!("2026-03-01T11:59:00+01:00"),
            c(".timeOfSample: must be"),
            "2.1",
        ),
        row(
            Change,
            p("/uncertaintyInMilliseconds"),
            None,
            c(".uncertaintyInMilliseconds: is missing"),
            "2.1",
        ),
        row(
            Change,
            p("/uncertaintyInMilliseconds"),
            json!(-1),
            c(".uncertaintyInMilliseconds: must be an integer"),
            "2.1",
        ),
        row(Change, p("/value"), json!(5), c(".value: must be an object"), "2.5"),
        row(Change, p("/value/@type"), json!("Length"), c(".value.@type: must be one of"), "2.5"),
        row(Change, p("/value/value"), json!("5"), c(".value.value: must be a number"), "2.5"),
        row(Change, p("/value/value"), json!(-1), c(".value.value: may not be negative"), "2.5"),
        row(Change, p("/value/unit"), None, c(".value.unit: is missing"), "2.5"),
        row(Change, p("/value/unit"), json!("FIRKIN"), c(".value.unit: is no unit of Volume"), "2.8"),
        row(Change, p("/value/unit"), json!("GRAM"), c(".value.unit: is no unit of Volume"), "2.8"),
        row(Change, p("/value/unit"), json!("LITER"), c(".value: differs in type or unit"), "2.5"),
        row(
            Change,
            p("/value"),
            json!({"@type": "Percentage", "value": 50}),
            c(".value: differs in type or unit"),
            "2.5",
        ),
        row(
            Change,
            p("/value"),
            json!({"@type": "Percentage", "value": 101}),
            c(".value.value: is more than 100 %"),
            "2.5",
        ),
        row(
            Change,
            p("/value"),
            json!({"@type": "Count", "value": 1, "unit": "LITER"}),
            c(".value.unit: is only for"),
            "2.5",
        ),
        row(
            Change,
            "/context/properties/0/value",
            json!("OK"),
            "context.properties[0].value: must be an object",
            "2.7",
        ),
        row(
            Change,
            "/context/properties/0/value/value",
            json!("AWAY"),
            "context.properties[0].value.value: must be one of OK",
            "2.7",
        ),
        // Usage and replacement (2.6).
        row(Consumed, "/event/header/instance", None, "event.header.instance: must name the sensor", "2.1"),
        row(
            Consumed,
            "/event/header/namespace",
            json!("Alexa.InventoryLevelSensor"),
            "event.header.namespace: must be a usage",
            "2.6",
        ),
        row(Consumed, "/event/payload/usage", None, "event.payload.usage: is missing", "2.6"),
        row(
            Consumed,
            "/event/payload/usage/@type",
            json!("Percentage"),
            "event.payload.usage.@type: must be one of Count",
            "2.6",
        ),
        row(
            Consumed,
            "/event/payload/usage/value",
            json!(-1),
            "event.payload.usage.value: may not be negative",
            "2.6",
        ),
        row(
            Consumed,
            "/event/payload/usage",
            json!({"@type": "Weight", "value": 1, "unit": "GRAM"}),
            "event.payload.usage: differs",
            "2.6",
        ),
        row(Consumed, "/event/payload/timeOfSample", None, "event.payload.timeOfSample: is missing", "2.6"),
        row(
            Ran,
            "/event/payload/usage/value",
            json!("1h"),
            "event.payload.usage.value: must be a duration",
            "2.6",
        ),
        row(
            Ran,
            "/event/payload/usage/value",
            json!("-PT1H"),
            "event.payload.usage.value: must be a duration",
            "2.6",
        ),
        row(
            Ran,
            "/event/payload/usage/value",
            json!("PT"),
            "event.payload.usage.value: must be a duration",
            "2.6",
        ),
        row(
            Ran,
            "/event/payload/usage/value",
            json!(4380),
            "event.payload.usage.value: must be a string",
            "2.6",
        ),
        row(
            Ran,
            "/event/payload/usage/@type",
            json!("Count"),
            "event.payload.usage.@type: must be one of Duration",
            "2.6",
        ),
        row(
            Replaced,
            "/event/header/namespace",
            json!("Alexa.InventoryUsageSensor"),
            "event.header.namespace: must be",
            "2.6",
        ),
        row(Replaced, "/event/payload/replacedDate", None, "event.payload.replacedDate: is missing", "2.6"),
        row(
            Replaced,
            "/event/payload/replacedDate",
            json!("yesterday"),
            "event.payload.replacedDate: must be",
            "2.6",
        ),
        // Discovery reports (2.2 to 2.7).
        row(Add, "/event/payload/scope", None, "event.payload.scope: is missing", "2.4"),
        row(Add, "/event/endpoint", json!({"endpointId": "x"}), "event.endpoint: has no place", "2.4"),
        row(Add, "/event/payload/endpoints", json!([]), "event.payload.endpoints: may not be empty", "2.4"),
        row(
            Add,
            "/event/payload/endpoints/1",
            device("printer-1"),
            "event.payload.endpoints[1]: has an endpointId",
            "2.2",
        ),
        row(Add, e("/manufacturerName"), None, d(".manufacturerName: is missing"), "2.2"),
        row(Add, e("/description"), long(129), d(".description: is longer than 128"), "2.2"),
        row(Add, e("/friendlyName"), json!("Ann's printer!"), d(".friendlyName: may only hold"), "2.2"),
        row(Add, e("/displayCategories"), json!([]), d(".displayCategories: may not be empty"), "2.2"),
        row(
            Add,
            e("/displayCategories"),
            json!(["OTHER", "OTHER"]),
            d(".displayCategories[1]: stands there twice"),
            "2.2",
        ),
        row(Add, e("/cookie"), json!({"n": 1}), d(".cookie: may only hold strings"), "2.2"),
        row(
            Add,
            e("/additionalAttributes"),
            json!({"colour": "red"}),
            d(".additionalAttributes.colour: is no known"),
            "2.2",
        ),
        row(
            Add,
            e("/connections"),
            json!([{"type": "USB"}]),
            d(".connections[0].type: must be one of TCP_IP"),
            "2.2",
        ),
        row(Add, e("/capabilities/4"), None, d(".capabilities: must list the interface Alexa"), "2.3"),
        row(
            Add,
            e("/capabilities/0/type"),
            json!("Interface"),
            d(".capabilities[0].type: must be \"AlexaInterface\""),
            "2.3",
        ),
        row(
            Add,
            e("/capabilities/0/version"),
            json!("2"),
            d(".capabilities[0].version: must be \"3\""),
            "2.5",
        ),
        row(Add, e("/capabilities/0/instance"), None, d(".capabilities[0].instance: is missing"), "2.3"),
        row(
            Add,
            e("/capabilities/5"),
            device("x").pointer("/capabilities/0").cloned(),
            d(".capabilities[5]: is listed twice"),
            "2.3",
        ),
        row(
            Add,
            e("/capabilities/0/properties/supported"),
            json!([]),
            d(".capabilities[0]: must list level"),
            "2.5",
        ),
        row(
            Add,
            e("/capabilities/0/properties/proactivelyReported"),
            json!(false),
            d(".capabilities[0]: must set properties.proactivelyReported"),
            "2.5",
        ),
        row(
            Add,
            e("/capabilities/0/capabilityResources"),
            None,
            d(".capabilities[0].capabilityResources: is missing"),
            "2.3",
        ),
        row(
            Add,
            e("/capabilities/0/configuration/measurement/value"),
            json!(5),
            d(".capabilities[0].configuration.measurement.value: is what reports carry"),
            "2.5",
        ),
        row(
            Add,
            e("/capabilities/0/configuration/replenishment/@type"),
            json!("Dash"),
            d(".capabilities[0].configuration.replenishment.@type: must be"),
            "2.5",
        ),
        row(
            Add,
            e("/capabilities/0/configuration/replenishment/value"),
            json!("another"),
            d(".capabilities(Ink.Cyan).configuration.replenishment: can't change"),
            "2.4",
        ),
        row(
            Add,
            e("/capabilities/1/properties"),
            json!({"supported": [{"name": "level"}]}),
            d(".capabilities[1]: has no reportable"),
            "2.6",
        ),
        row(
            Add,
            e("/capabilities/2/configuration/measurement"),
            json!({"@type": "Count"}),
            d(".capabilities[2].configuration.measurement.@type: must be one of Duration"),
            "2.6",
        ),
        row(
            Add,
            e("/capabilities/3/version"),
            json!("4"),
            d(".capabilities[3].version: must be one of 3"),
            "2.7",
        ),
        row(
            Add,
            e("/endpointId"),
            json!("taken-by-two"),
            d(".endpointId: belongs to another customer"),
            "2.2",
        ),
        row(Delete, "/event/payload/scope", None, "event.payload.scope: is missing", "2.4"),
        row(
            Delete,
            "/event/payload/endpoints/0",
            json!("printer-1"),
            "event.payload.endpoints[0]: must be an object",
            "2.2",
        ),
        // Late answers (2.4).
        row(State, "/event/header/correlationToken", None, "event.header.correlationToken: must echo", "2.4"),
        row(State, "/event/payload", json!({"level": 5}), "event.payload: must be {}", "2.4"),
        row(State, "/context", None, "context: is missing", "2.4"),
        row(Failed, "/event/payload/type", json!("OUT_OF_INK"), "event.payload.type: must be one of", "2.4"),
        row(
            Failed,
            "/event/payload/type",
            json!("NOT_SUPPORTED_IN_CURRENT_MODE"),
            "event.payload.currentDeviceMode: is missing",
            "2.4",
        ),
        row(
            Failed,
            "/event/payload/type",
            json!("VALUE_OUT_OF_RANGE"),
            "event.payload.validRange: is missing",
            "2.4",
        ),
        row(Failed, "/event/payload/message", None, "event.payload.message: is missing", "2.4"),
        row(
            Failed,
            "/event/header/namespace",
            json!("Alexa.Authorization"),
            "event.header.name: is an answer to a directive",
            "2.4",
        ),
        row(
            Add,
            "/event/header/name",
            json!("Discover.Response"),
            "event.header.name: is an answer to a directive",
            "2.4",
        ),
    ]
}
