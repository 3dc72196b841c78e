//! Every directive against every kind of account.

use super::*;
use crate::alexa::{Sensor, read_directive};
use crate::measure::{Amount, Unit};
use crate::testing::{START, day, ink};
use serde_json::{Value, json};

fn printer() -> Device {
    let mut sensor = Sensor::of(&ink(), &[]).unwrap();
    sensor.level = Some((Amount::whole(42, Unit::Percent), START));
    Device::new("appliance-001".parse().unwrap(), "Printer", "Sample", None, vec![sensor], START).unwrap()
}

fn asked(namespace: &str, name: &str, endpoint: &str) -> Value {
    let scope = json!({"type": "BearerToken", "token": "customer"});
    json!({"directive": {
        "header": {"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": "m", "correlationToken": "c=="},
        "endpoint": {"scope": scope, "endpointId": endpoint},
        "payload": {"scope": scope, "grant": {"type": "OAuth2.AuthorizationCode", "code": "code"}, "grantee": scope},
    }})
}

/// Message name and error type of the answer; "exchange" where the code has to be traded first.
fn said(directive: &Value, account: Account<'_>) -> (String, Option<String>) {
    let id = "answer-1".parse().unwrap();
    let read = read_directive(&serde_json::to_vec(directive).unwrap());
    match answer(read.as_ref(), account, &id, day(1.0)) {
        Reply::Exchange(exchange) => {
            assert_eq!((exchange.code.expose(), exchange.grantee.expose()), ("code", "customer"));
            ("exchange".into(), None)
        }
        Reply::Answer(message) => {
            let value = serde_json::to_value(&message).unwrap();
            let header = &value["event"]["header"];
            assert_eq!(header["messageId"], "answer-1");
            let name =
                format!("{}.{}", header["namespace"].as_str().unwrap(), header["name"].as_str().unwrap());
            if name.starts_with("Alexa.Discovery") || name.starts_with("Alexa.Authorization") {
                assert_eq!(header.get("correlationToken"), None, "{name}");
            } else {
                assert_eq!(header["correlationToken"], "c==", "{name}");
            }
            assert!(!value.to_string().contains("BearerToken"), "answers hold no token");
            (name, value["event"]["payload"]["type"].as_str().map(str::to_owned))
        }
    }
}

#[test]
fn every_directive_gets_the_right_answer() {
    let devices = [printer()];
    let known = Account::Known(&devices);
    let (error, expired, invalid) =
        ("Alexa.ErrorResponse", "EXPIRED_AUTHORIZATION_CREDENTIAL", "INVALID_AUTHORIZATION_CREDENTIAL");
    let failed = Some("ACCEPT_GRANT_FAILED");
    let grant = "Alexa.Authorization.ErrorResponse";
    for (namespace, name, endpoint, account, message, kind) in [
        ("Alexa.Discovery", "Discover", "", known, "Alexa.Discovery.Discover.Response", None),
        ("Alexa.Discovery", "Discover", "", Account::Expired, "Alexa.Discovery.Discover.Response", None),
        ("Alexa.Discovery", "Discover", "", Account::Unknown, "Alexa.Discovery.Discover.Response", None),
        ("Alexa", "ReportState", "appliance-001", known, "Alexa.StateReport", None),
        ("Alexa", "ReportState", "appliance-002", known, error, Some("NO_SUCH_ENDPOINT")),
        ("Alexa", "ReportState", "appliance-001", Account::Known(&[]), error, Some("NO_SUCH_ENDPOINT")),
        ("Alexa", "ReportState", "appliance-001", Account::Expired, error, Some(expired)),
        ("Alexa", "ReportState", "appliance-001", Account::Unknown, error, Some(invalid)),
        ("Alexa", "ReportState", "a/b", known, error, Some("INVALID_DIRECTIVE")),
        ("Alexa.Authorization", "AcceptGrant", "", known, "exchange", None),
        ("Alexa.Authorization", "AcceptGrant", "", Account::Expired, grant, failed),
        ("Alexa.Authorization", "AcceptGrant", "", Account::Unknown, grant, failed),
        ("Alexa.PowerController", "TurnOn", "appliance-001", known, error, Some("INVALID_DIRECTIVE")),
        ("Alexa.PowerController", "TurnOn", "appliance-002", known, error, Some("NO_SUCH_ENDPOINT")),
        ("Alexa.PowerController", "TurnOn", "appliance-001", Account::Unknown, error, Some(invalid)),
        ("Alexa.PowerController", "TurnOn", "appliance-001", Account::Expired, error, Some(expired)),
        ("Alexa.Discovery", "Nonsense", "", known, error, Some("INVALID_DIRECTIVE")),
    ] {
        let got = said(&asked(namespace, name, endpoint), account);
        assert_eq!(got, (message.to_owned(), kind.map(str::to_owned)), "{namespace}.{name} at {endpoint:?}");
    }
}

#[test]
fn only_a_known_customers_devices_are_shown() {
    let devices = [printer()];
    for (account, count) in [(Account::Known(&devices[..]), 1), (Account::Unknown, 0), (Account::Expired, 0)]
    {
        let id = "m".parse().unwrap();
        let read = read_directive(&serde_json::to_vec(&asked("Alexa.Discovery", "Discover", "")).unwrap());
        let Reply::Answer(message) = answer(read.as_ref(), account, &id, START) else { panic!("an answer") };
        let value = serde_json::to_value(&message).unwrap();
        assert_eq!(value["event"]["payload"]["endpoints"].as_array().map(Vec::len), Some(count));
        assert!(value["event"].get("endpoint").is_none() && value.get("context").is_none());
    }
}

#[test]
fn a_grant_succeeds_only_with_its_tokens_stored() {
    let id = "m".parse().unwrap();
    let value = serde_json::to_value(Exchange::answer(Ok(()), &id)).unwrap();
    assert_eq!(value["event"]["header"]["name"], "AcceptGrant.Response");
    assert_eq!(value["event"]["payload"], json!({}));
    let value = serde_json::to_value(Exchange::answer(Err("Amazon refused the code"), &id)).unwrap();
    assert_eq!(value["event"]["header"]["namespace"], "Alexa.Authorization");
    assert_eq!(
        value["event"]["payload"],
        json!({"type": "ACCEPT_GRANT_FAILED", "message": "Amazon refused the code"})
    );
}

#[test]
fn broken_directives_are_answered_too() {
    let mut grant = asked("Alexa.Authorization", "AcceptGrant", "");
    grant["directive"]["payload"]["grantee"] = json!(null);
    let wanted = ("Alexa.Authorization.ErrorResponse".to_owned(), Some("ACCEPT_GRANT_FAILED".to_owned()));
    assert_eq!(said(&grant, Account::Unknown), wanted);
    let mut old = asked("Alexa", "ReportState", "appliance-001");
    old["directive"]["header"]["payloadVersion"] = json!("2");
    let wanted = ("Alexa.ErrorResponse".to_owned(), Some("INVALID_DIRECTIVE".to_owned()));
    assert_eq!(said(&old, Account::Unknown), wanted);
}
