//! What is registered of a model is what Alexa is told of its devices, and changes by the console's rules alone.

use crate::rehearsal::Rehearsal;
use crate::world::{World, json, refusal};
use refill_domain::locale::Locale;
use refill_domain::registration::{Dossier, preview, read};
use reqwest::{Method, Response};
use serde_json::{Value, json as j};

fn slot(identifier: &str, instance: &str, answers: &Value, unit: &str, id: &str) -> Value {
    j!({
        "identifier": identifier, "instance": instance, "category": "Dishwashing", "answers": answers, "unit": unit,
        "names": {"de-DE": format!("{instance} (deutsch)"), "en-GB": format!("{instance} (british)")},
        "replenishment": id,
    })
}

/// The washer of the catalogue as the console knows it.
fn dossier() -> Value {
    j!({
        "kind": {"is": "skill"}, "name": "Larkfield Washer 1", "model": "Larkfield-W1", "manufacturer": "Larkfield",
        "names": {"de-DE": "Waschmaschine", "en-GB": "Washer"},
        "slots": [
            slot("SLOT 01", "salt", &j!({"left": true}), "PERCENT", "amzn1.id.salt"),
            slot("SOAP", "soap", &j!({"left": false, "used": true}), "MILLILITER", "amzn1.id.soap"),
            slot("FILTER", "filter", &j!({"left": false, "used": false, "run": true}), "HOUR", "amzn1.id.filter"),
        ],
        "marketplaces": {"DE": {}, "UK": {}},
    })
}

const PATH: &str = "/v1/models/WASHER-1/registration";

async fn put(world: &World, admin: &str, dossier: &Value) -> Response {
    world.ask(Method::PUT, PATH).bearer_auth(admin).json(&j!({"dossier": dossier})).send().await.unwrap()
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut value = dossier();
    change(&mut value);
    value
}

#[tokio::test]
async fn what_is_registered_is_what_is_discovered() {
    let stage = Rehearsal::new().await;
    let admin = stage.world.administrator().await;
    let _home = stage.linked().await;
    stage.settled().await;
    assert_eq!(refusal(stage.world.get(PATH, &admin).await, 404).await, "not_found");
    assert_eq!(put(&stage.world, &admin, &dossier()).await.status(), 204);
    stage.settled().await;
    // The device that was described before is described anew.
    let last = stage.received("gateway").await;
    let told =
        last.iter().rev().find(|of| of["body"]["event"]["header"]["name"] == "AddOrUpdateReport").unwrap();
    let told = told["body"]["event"]["payload"]["endpoints"][0].clone();
    assert_eq!(stage.sensor("salt").await["replenishmentId"], "amzn1.id.salt");

    // And it is the preview of the dossier, but for what is the device's own.
    let file = j!({"format": "refill-dossier", "version": 1, "dossier": dossier()}).to_string();
    let registered: Dossier = read(file.as_bytes()).unwrap();
    let shown = preview(&registered, Locale::EnGb);
    assert_eq!((shown.left_out.len(), shown.broken.len()), (0, 0));
    let shown: Value = serde_json::from_str(&shown.json).unwrap();
    let mut shown = shown["event"]["payload"]["endpoints"][0].clone();
    for own in ["endpointId", "friendlyName"] {
        shown[own] = told[own].clone();
    }
    assert_eq!(told, shown);

    // The same again tells nobody anything; a category is no business of Alexa's.
    let before = stage.received("gateway").await.len();
    assert_eq!(put(&stage.world, &admin, &dossier()).await.status(), 204);
    stage.settled().await;
    assert_eq!(stage.received("gateway").await.len(), before);
    // A name in a language that had none is.
    let french = with(|d| {
        d["marketplaces"]["FR"] = j!({});
        d["slots"][0]["names"]["fr-FR"] = j!("sel");
    });
    assert_eq!(put(&stage.world, &admin, &french).await.status(), 204);
    stage.settled().await;
    let (status, said) = stage.act("discover", j!({})).await;
    assert!(status == 200 && said.to_string().contains("fr-FR"), "{said}");
    assert!(stage.received("gateway").await.len() > before);
    let kept = json(stage.world.get(PATH, &admin).await, 200).await;
    assert_eq!(kept["dossier"]["slots"][0]["names"]["fr-FR"], "sel");
}

#[tokio::test]
async fn the_consoles_rules_hold_at_the_server() {
    let world = World::new().await;
    world.catalogue().await;
    let admin = world.administrator().await;
    let field = async |dossier: &Value, status: u16| {
        let problem = json(put(&world, &admin, dossier).await, status).await;
        (problem["code"].as_str().unwrap().to_owned(), problem["field"].as_str().unwrap().to_owned())
    };
    let invalid = |at: &str| ("invalid_field".to_owned(), format!("dossier.{at}"));
    let too_long = with(|d| d["name"] = j!("x".repeat(61)));
    assert_eq!(field(&too_long, 422).await, invalid("name"));
    let twice = with(|d| d["slots"][1]["replenishment"] = j!("amzn1.id.salt"));
    assert_eq!(field(&twice, 422).await, invalid("slots[1].replenishment"));
    let unknown = with(|d| d["slots"][0]["instance"] = j!("sugar"));
    assert_eq!(field(&unknown, 422).await, invalid("slots[0].instance"));
    let sensor = with(|d| {
        d["slots"][1]["answers"] = j!({"left": true});
    });
    assert_eq!(field(&sensor, 422).await, invalid("slots[1].answers"));
    let unit = with(|d| d["slots"][1]["unit"] = j!("LITER"));
    assert_eq!(field(&unit, 422).await, invalid("slots[1].unit"));
    let minutes = with(|d| d["slots"][2]["unit"] = j!("MINUTE"));
    assert_eq!(put(&world, &admin, &minutes).await.status(), 204, "a duration is a duration");
    assert_eq!(refusal(world.get(PATH, "").await, 401).await, "unauthorized");

    let frozen = |at: &str| ("registration_frozen".to_owned(), format!("dossier.{at}"));
    let minutes_and = |change: fn(&mut Value)| {
        with(|d| {
            d["slots"][2]["unit"] = j!("MINUTE");
            change(d);
        })
    };
    let renamed = minutes_and(|d| d["name"] = j!("Other"));
    assert_eq!(field(&renamed, 409).await, frozen("name"));
    let swapped = minutes_and(|d| {
        d["slots"][0]["replenishment"] = j!("amzn1.id.soap");
        d["slots"][1]["replenishment"] = j!("amzn1.id.salt");
    });
    let (code, at) = field(&swapped, 409).await;
    assert_eq!((code.as_str(), at.as_str()), ("replenishment_frozen", "dossier.slots[0].replenishment"));

    // Certified somewhere: links to the settings lead there, and the country is closed.
    let certified = minutes_and(|d| d["marketplaces"]["DE"] = j!({"certified": "2020-01-02"}));
    assert_eq!(put(&world, &admin, &certified).await.status(), 204);
    let models = json(world.get("/v1/models", &admin).await, 200).await;
    let dash = j!({"model": "Larkfield-W1", "page": "settings", "marketplaces": ["DE"]});
    assert_eq!(models[0]["dash"], dash);
    let gone = minutes_and(|d| drop(d["marketplaces"].as_object_mut().unwrap().remove("DE")));
    assert_eq!(field(&gone, 409).await, frozen("marketplaces.DE"));
    let kept = json(world.get(PATH, &admin).await, 200).await;
    assert_eq!(kept["dossier"]["marketplaces"]["DE"]["certified"], "2020-01-02", "nothing was changed");
}

#[tokio::test]
async fn an_id_that_was_assigned_by_itself_is_part_of_the_registration() {
    let world = World::new().await;
    let (_, _, _) = world.household(1).await;
    let admin = world.administrator().await;
    let assign = async |instance: &str, id: &str| {
        let path = format!("/v1/models/WASHER-1/slots/{instance}/replenishment");
        let request = world.ask(Method::PUT, &path).bearer_auth(&admin);
        request.json(&j!({"id": id})).send().await.unwrap()
    };
    assert_eq!(assign("salt", "amzn1.id.first").await.status(), 204);
    let other = put(&world, &admin, &dossier()).await;
    let problem = json(other, 409).await;
    assert_eq!(
        (&problem["code"], &problem["field"]),
        (&j!("replenishment_frozen"), &j!("dossier.slots[0].replenishment"))
    );
    let moved = with(|d| {
        d["slots"][0]["replenishment"] = j!("");
        d["slots"][1]["replenishment"] = j!("amzn1.id.first");
    });
    let problem = json(put(&world, &admin, &moved).await, 409).await;
    assert_eq!(problem["field"], "dossier.slots[1].replenishment", "it is another slot's");
    let without = with(|d| {
        for slot in d["slots"].as_array_mut().unwrap() {
            slot["replenishment"] = j!("");
        }
    });
    assert_eq!(put(&world, &admin, &without).await.status(), 204);
    assert_eq!(refusal(assign("soap", "amzn1.id.first").await, 409).await, "replenishment_frozen");
    assert_eq!(assign("soap", "amzn1.id.second").await.status(), 204);
    let kept = json(world.get(PATH, &admin).await, 200).await;
    let ids: Vec<_> =
        kept["dossier"]["slots"].as_array().unwrap().iter().map(|of| of["replenishment"].clone()).collect();
    assert_eq!(ids, [j!("amzn1.id.first"), j!("amzn1.id.second"), j!("")]);
    // Read and put again without a change is no change.
    assert_eq!(put(&world, &admin, &kept["dossier"]).await.status(), 204);
}

#[tokio::test]
async fn with_a_condition_nothing_is_written_over_unseen() {
    let world = World::new().await;
    let admin = world.administrator().await;
    world.catalogue().await;
    let put = |name: &'static str, value: String, maker: &str| {
        // Without IDs, so that everything may still change.
        let dossier = with(|d| {
            d["manufacturer"] = j!(maker);
            d["slots"].as_array_mut().unwrap().iter_mut().for_each(|slot| slot["replenishment"] = j!(""));
        });
        let body = j!({"dossier": dossier});
        world.ask(Method::PUT, PATH).bearer_auth(&admin).header(name, value).json(&body).send()
    };
    let version = async || {
        let answer = world.get(PATH, &admin).await;
        answer.headers()["etag"].to_str().unwrap().to_owned()
    };
    let changed = async |answer: Response| assert_eq!(refusal(answer, 412).await, "changed_meanwhile");

    // Nothing is there yet.
    changed(put("if-match", "\"made-up\"".into(), "Larkfield").await.unwrap()).await;
    assert_eq!(put("if-none-match", "*".into(), "Larkfield").await.unwrap().status(), 204);
    changed(put("if-none-match", "*".into(), "Meadow").await.unwrap()).await;
    // What was read is what is written over, once.
    let first = version().await;
    assert_eq!(put("if-match", format!("\"other\", {first}"), "Meadow").await.unwrap().status(), 204);
    assert_ne!(version().await, first);
    changed(put("if-match", first.clone(), "Larkfield").await.unwrap()).await;
    // A weak tag is never strong enough (RFC 9110, 13.1.1).
    changed(put("if-match", format!("W/{}", version().await), "Larkfield").await.unwrap()).await;
    for (name, value) in [("if-match", "*"), ("if-none-match", "\"a\"")] {
        let answer = put(name, value.into(), "Larkfield").await.unwrap();
        assert_eq!(refusal(answer, 400).await, "invalid_parameter", "{name}");
    }
    let kept = json(world.get(PATH, &admin).await, 200).await;
    assert_eq!(kept["dossier"]["manufacturer"], "Meadow");
}
