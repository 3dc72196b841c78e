//! Preview and arrival: out to Alexa and back again.

use super::*;
use serde_json::{Value, json};

#[test]
fn the_preview_is_what_alexa_is_told() {
    let preview = preview(&assigned(), Locale::EnGb);
    assert_eq!((preview.left_out.len(), preview.broken.as_slice()), (0, &[][..]));
    insta::assert_snapshot!("preview", preview.json);
}

#[test]
fn what_can_not_be_reported_yet_is_left_out_and_named() {
    let mut dossier = assigned();
    dossier.slots[1].unit = None;
    dossier.manufacturer.clear();
    let shown = preview(&dossier, Locale::JaJp);
    assert_eq!(shown.left_out, ["CYAN"]);
    let value: Value = serde_json::from_str(&shown.json).unwrap();
    let endpoint = &value["event"]["payload"]["endpoints"][0];
    assert_eq!(
        endpoint["friendlyName"], "Larkfield InkWell 640",
        "no Japanese name: as the console calls it"
    );
    assert_eq!(endpoint["capabilities"].as_array().unwrap().len(), 3);

    dossier.slots[1] = DossierSlot { identifier: "CYAN".into(), ..dossier.slots[0].clone() };
    assert_eq!(preview(&dossier, Locale::EnGb).left_out, ["CYAN"], "the same instance twice");
    let many = (0..99).map(|at| ink(&format!("S{at}"), &format!("i{at}"), "a", "b"));
    dossier.slots = many.collect();
    let shown = preview(&dossier, Locale::EnGb);
    assert_eq!((shown.json.as_str(), shown.left_out.len()), ("", 99));
}

#[test]
fn names_go_out_in_the_languages_it_is_sold_in() {
    let mut dossier = assigned();
    dossier.marketplaces.remove(&Marketplace::De);
    let text = preview(&dossier, Locale::EnGb).json;
    assert!(text.contains("Black ink") && !text.contains("Schwarze"), "{text}");
    dossier.marketplaces.clear();
    assert!(preview(&dossier, Locale::EnGb).json.contains("Schwarze"), "no country chosen yet");
}

fn message() -> Value {
    serde_json::from_str(&preview(&assigned(), Locale::EnGb).json).unwrap()
}

fn arrive(message: &Value) -> Result<Vec<Arrival>, BadArrival> {
    arrivals(message.to_string().as_bytes())
}

#[test]
fn what_goes_out_comes_back() {
    let [arrival] = &arrive(&message()).unwrap()[..] else { panic!("one model") };
    let sent = assigned();
    assert_eq!(arrival.dossier.model, sent.model);
    assert_eq!(arrival.dossier.manufacturer, sent.manufacturer);
    assert!(arrival.dossier.name.is_empty(), "what its owner calls it is no name for the console");
    for (came, sent) in arrival.dossier.slots.iter().zip(&sent.slots) {
        assert_eq!(
            (&came.instance, came.sensor(), came.unit, &came.names, &came.replenishment),
            (&sent.instance, sent.sensor(), sent.unit, &sent.names, &sent.replenishment)
        );
        assert!(came.category.is_empty() && came.asins.is_empty());
    }
    assert_eq!(arrival.dossier.slots[1].identifier, "SLOT 02");
    assert_eq!((arrival.notes.as_slice(), arrival.broken.as_slice()), (&[][..], &[][..]));
    let can_not_say: Vec<_> = arrival.unknown.iter().map(|of| of.word()).collect();
    assert_eq!(
        can_not_say,
        [
            "kind",
            "name",
            "image",
            "device_names",
            "identifiers",
            "categories",
            "descriptions",
            "marketplaces",
            "asins",
            "customers"
        ]
    );
}

#[test]
fn two_devices_of_a_model_are_one() {
    let mut told = message();
    let first = told["event"]["payload"]["endpoints"][0].clone();
    let mut lamp = json!({"endpointId": "lamp", "capabilities": [{"interface": "Alexa"}]});
    let mut second = first.clone();
    second["endpointId"] = json!("second");
    second["friendlyName"] = json!("Upstairs");
    let mut other = first;
    other["additionalAttributes"]["model"] = json!("InkWell 700 / A4");
    lamp["friendlyName"] = json!("Lamp");
    let list = told["event"]["payload"]["endpoints"].as_array_mut().unwrap();
    list.extend([lamp, second, other]);
    let found = arrive(&told).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].dossier.model, "");
    assert_eq!(found[1].notes, [Note::Model { text: "InkWell 700 / A4".into() }]);
    assert!(found[1].unknown.contains(&Unknown::Model));
}

#[test]
fn an_add_or_update_report_is_one_too_and_its_token_is_not_kept() {
    let mut told = message();
    told["event"]["header"]["name"] = json!("AddOrUpdateReport");
    let [bare] = &arrive(&told).unwrap()[..] else { panic!("one model") };
    assert_eq!(bare.broken[0].at, "event.payload.scope");
    told["event"]["payload"]["scope"] = json!({"type": "BearerToken", "token": "Atza|secret"});
    let [arrival] = &arrive(&told).unwrap()[..] else { panic!("one model") };
    assert_eq!(arrival.broken, []);
    assert!(!serde_json::to_string(arrival).unwrap().contains("secret"));
}

#[test]
fn what_is_not_understood_is_told() {
    let mut told = message();
    let sensor = &mut told["event"]["payload"]["endpoints"][0]["capabilities"][0];
    sensor["instance"] = json!("black ink");
    sensor["configuration"]["measurement"] = json!({"@type": "Volume", "unit": "TEASPOON"});
    sensor["configuration"]["replenishment"]["value"] = json!("two words");
    sensor["capabilityResources"]["friendlyNames"] = json!([
        {"@type": "asset", "value": {"assetId": "Alexa.Value.Ink"}},
        {"@type": "text", "value": {"text": "Encre", "locale": "fr-CA"}},
        {"@type": "text", "value": {"text": "Tinta\u{202e}", "locale": "es-ES"}},
    ]);
    let [arrival] = &arrive(&told).unwrap()[..] else { panic!("one model") };
    let slot = "SLOT 01".to_owned();
    assert_eq!(
        arrival.notes,
        [
            Note::Instance { text: "black ink".into() },
            Note::Measurement { slot: slot.clone() },
            Note::Id { slot: slot.clone() },
            Note::Asset { slot: slot.clone(), text: "Alexa.Value.Ink".into() },
            Note::Language { slot, text: "fr-CA".into() },
        ]
    );
    let came = &arrival.dossier.slots[0];
    assert_eq!((came.unit, came.names.get(&Locale::EsEs).map(String::as_str)), (None, Some("Tinta")));
    assert!(arrival.unknown.contains(&Unknown::Ids));
    assert!(arrival.broken.iter().any(|broken| broken.at.ends_with("measurement.unit")));
}

#[test]
fn other_files_are_refused() {
    let deep = "[".repeat(100_000);
    let scalar = "7";
    for text in ["", "{", deep.as_str()] {
        assert!(matches!(arrivals(text.as_bytes()), Err(BadArrival::NotJson(_))), "{text:.20}");
    }
    for text in [scalar, "{}", "{\"event\":{\"header\":{\"name\":\"Discover.Response\"},\"payload\":{}}}"] {
        assert_eq!(arrivals(text.as_bytes()), Err(BadArrival::NotOne), "{text}");
    }
    let state = json!({"event": {"header": {"name": "StateReport"}, "payload": {"endpoints": []}}});
    assert_eq!(arrive(&state), Err(BadArrival::NotOne));
    let none = json!({"event": {"header": {"name": "Discover.Response"}, "payload": {"endpoints": [{}, 7]}}});
    assert_eq!(arrive(&none), Err(BadArrival::NoSensors));
    assert_eq!(arrivals(&vec![b' '; ARRIVAL_MAX + 1]), Err(BadArrival::TooLarge));
}

#[test]
fn each_broken_rule_is_told_with_its_place() {
    type Spoil = fn(&mut Value);
    fn endpoint(message: &mut Value) -> &mut Value {
        &mut message["event"]["payload"]["endpoints"][0]
    }
    fn sensor(message: &mut Value) -> &mut Value {
        &mut endpoint(message)["capabilities"][0]
    }
    let cases: &[(Spoil, &str)] = &[
        (|m| m["event"]["header"]["namespace"] = json!("Alexa"), "event.header.namespace"),
        (|m| m["event"]["header"]["name"] = json!("Discover"), "event.header.name"),
        (|m| m["event"]["header"]["payloadVersion"] = json!(3), "event.header.payloadVersion"),
        (|m| m["event"]["header"]["messageId"] = json!("a b"), "event.header.messageId"),
        (|m| m["event"]["payload"]["endpoints"] = json!({}), "event.payload.endpoints"),
        (|m| m["event"]["payload"]["endpoints"] = json!(vec![json!({}); 301]), "event.payload.endpoints"),
        (|m| endpoint(m)["endpointId"] = json!("a/b"), "endpoints[0].endpointId"),
        (|m| endpoint(m)["friendlyName"] = json!("x".repeat(129)), "endpoints[0].friendlyName"),
        (|m| endpoint(m)["description"] = json!(""), "endpoints[0].description"),
        (|m| endpoint(m)["manufacturerName"] = json!(null), "endpoints[0].manufacturerName"),
        (|m| endpoint(m)["displayCategories"] = json!([]), "endpoints[0].displayCategories"),
        (|m| endpoint(m)["capabilities"] = json!(null), "endpoints[0].capabilities"),
        (|m| drop(endpoint(m)["capabilities"].as_array_mut().unwrap().pop()), "endpoints[0].capabilities"),
        (|m| sensor(m)["type"] = json!("x"), "capabilities[0].type"),
        (|m| sensor(m)["version"] = json!("3.1"), "capabilities[0].version"),
        (|m| drop(sensor(m).as_object_mut().unwrap().remove("instance")), "capabilities[0].instance"),
        (|m| sensor(m)["instance"] = json!("ink.cyan"), "capabilities[1].instance"),
        (|m| sensor(m)["capabilityResources"] = json!({}), "friendlyNames"),
        (|m| drop(sensor(m).as_object_mut().unwrap().remove("properties")), "capabilities[0].properties"),
        (|m| sensor(m)["properties"]["proactivelyReported"] = json!(false), "capabilities[0].properties"),
        (|m| sensor(m)["interface"] = json!("Alexa.InventoryUsageSensor"), "capabilities[0].properties"),
        (|m| sensor(m)["interface"] = json!("Alexa.InventoryUsageSensor"), "measurement.@type"),
        (|m| sensor(m)["configuration"]["measurement"] = json!({"@type": "Volume"}), "measurement.unit"),
        (|m| sensor(m)["configuration"]["measurement"]["unit"] = json!("GRAM"), "measurement.unit"),
        (
            |m| sensor(m)["configuration"]["replenishment"]["@type"] = json!("x"),
            "configuration.replenishment",
        ),
        (
            |m| sensor(m)["configuration"]["replenishment"]["value"] = json!("amzn1.id.cyan"),
            "capabilities[1].configuration.replenishment",
        ),
    ];
    assert_eq!(validate(&message()), []);
    for (spoil, at) in cases {
        let mut message = message();
        spoil(&mut message);
        let broken = validate(&message);
        assert!(broken.iter().any(|one| one.at.ends_with(at)), "{at}: {broken:?}");
    }
}
