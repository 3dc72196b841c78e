//! Models and devices: who may make them, what becomes of a device that goes, and that nobody sees another's.

use crate::world::{World, json, model, refusal, used};
use reqwest::Method;
use serde_json::json as j;

#[tokio::test]
async fn models_are_made_by_administrators_and_never_change() {
    let world = World::new().await;
    let admin = world.administrator().await;
    let (_, customer) = world.customer("c@example.com").await;
    let put = async |token: &str, id: &str, body: &serde_json::Value| {
        let path = format!("/v1/models/{id}");
        world.ask(Method::PUT, &path).bearer_auth(token).json(body).send().await.unwrap()
    };
    assert_eq!(refusal(put(&customer, "WASHER-1", &model()).await, 403).await, "forbidden");
    assert_eq!(put(&admin, "WASHER-1", &model()).await.status(), 204);
    assert_eq!(put(&admin, "WASHER-1", &model()).await.status(), 204);
    let mut other = model();
    other["name"] = "Other".into();
    assert_eq!(refusal(put(&admin, "WASHER-1", &other).await, 409).await, "model_differs");
    assert_eq!(refusal(put(&admin, "WASHER-2", &model()).await, 422).await, "invalid_field");
    other["slots"][1]["unit"] = "PERCENT".into();
    let problem = json(put(&admin, "WASHER-1", &other).await, 422).await;
    assert_eq!(problem["field"], "slots[1].sensor");
    other["slots"][1]["unit"] = "FURLONG".into();
    let problem = json(put(&admin, "WASHER-1", &other).await, 422).await;
    assert_eq!(problem["field"], "slots[1].unit", "{problem}");
    assert_eq!(json(world.get("/v1/models", &customer).await, 200).await[0]["id"], "WASHER-1");
}

#[tokio::test]
async fn what_opens_a_devices_settings_is_told_once_the_console_has_its_model() {
    let mut world = World::new().await;
    let admin = world.administrator().await;
    let (token, _, _) = world.household(1).await;
    let put = async |world: &World, dash: serde_json::Value| {
        let mut certified = model();
        certified["dash"] = dash;
        world
            .ask(Method::PUT, "/v1/models/WASHER-1")
            .bearer_auth(&admin)
            .json(&certified)
            .send()
            .await
            .unwrap()
    };
    let told = async |world: &World| {
        let devices = json(world.get("/v1/devices", &token).await, 200).await;
        let all = json(world.get("/v1/state", &token).await, 200).await;
        assert_eq!(all["devices"], devices);
        devices[0]["dash"].clone()
    };
    let part = j!({"model": "Washer 1", "marketplaces": ["DE", "UK"]});
    assert_eq!(put(&world, part.clone()).await.status(), 204);
    assert_eq!(told(&world).await, j!(null), "the maker has no code yet");
    world.stop().await;
    world.set(|config| config.dash.vendor_code = Some("GEAPQ".into()));
    world.start().await;
    let wanted =
        j!({"vendor": "GEAPQ", "model": "Washer 1", "page": "settings", "marketplaces": ["DE", "UK"]});
    assert_eq!(told(&world).await, wanted);
    for (field, odd) in [
        ("dash.model", j!({"model": " "})),
        ("dash.page", j!({"model": "W", "page": "a/b"})),
        ("dash.marketplaces", j!({"model": "W", "marketplaces": ["DE", "DE"]})),
        ("dash.marketplaces[0]", j!({"model": "W", "marketplaces": ["XX"]})),
    ] {
        let problem = json(put(&world, odd.clone()).await, 422).await;
        assert_eq!(problem["field"], field, "{odd}: {problem}");
    }
    assert_eq!(put(&world, j!(null)).await.status(), 204);
    assert_eq!(told(&world).await, j!(null));
}

#[tokio::test]
async fn a_device_goes_with_all_it_said_and_may_be_registered_again() {
    let world = World::new().await;
    let (owner, device, credential) = world.household(1).await;
    let (other, _, _) = world.household(2).await;
    assert_eq!(device["slots"].as_array().unwrap().len(), 3);
    assert_eq!(json(world.get("/v1/device", &credential).await, 200).await, device);
    assert_eq!(world.post("/v1/device/events", &credential, &used(1, 5)).await.status(), 200);
    let form = |name: &str| j!({"model": "WASHER-1", "serial": "S1", "name": name});
    for token in [&owner, &other] {
        let taken = world.post("/v1/devices", token, &form("Mine")).await;
        assert_eq!(refusal(taken, 409).await, "device_taken");
    }
    for (field, bad) in [
        ("model", j!({"model": "NONE", "serial": "S9", "name": "x"})),
        ("serial", j!({"model": "WASHER-1", "serial": "S 9", "name": "x"})),
        ("name", j!({"model": "WASHER-1", "serial": "S9", "name": ""})),
    ] {
        assert_eq!(json(world.post("/v1/devices", &owner, &bad).await, 422).await["field"], field);
    }

    let path = format!("/v1/devices/{}", device["id"].as_str().unwrap());
    let delete = async |path: &str, token: &str| {
        world.ask(Method::DELETE, path).bearer_auth(token).send().await.unwrap()
    };
    let mut missing = Vec::new();
    for path in [&path, "/v1/devices/00000000-0000-0000-0000-000000000000", "/v1/devices/x"] {
        for response in [world.get(path, &other).await, delete(path, &other).await] {
            let mut problem = json(response, 404).await;
            problem["request_id"].take();
            missing.push(problem);
        }
    }
    assert!(
        missing.iter().all(|problem| *problem == missing[0]),
        "another's is as good as none: {missing:?}"
    );

    assert_eq!(delete(&path, &owner).await.status(), 204);
    assert_eq!(refusal(world.get("/v1/device", &credential).await, 401).await, "unauthorized");
    let late = world.post("/v1/device/events", &credential, &used(2, 5)).await;
    assert_eq!(refusal(late, 401).await, "unauthorized");
    assert_eq!(refusal(world.get(&path, &owner).await, 404).await, "not_found");
    assert_eq!(json(world.get("/v1/entries", &owner).await, 200).await["entries"], j!([]));
    let again = json(world.post("/v1/devices", &other, &form("Bought used")).await, 201).await;
    assert_ne!(again["device"]["id"], device["id"]);
    assert_eq!(json(world.get("/v1/devices", &other).await, 200).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn credentials_open_only_their_own_doors() {
    let world = World::new().await;
    let (owner, _, credential) = world.household(1).await;
    let routes = ["/v1/me", "/v1/links", "/v1/devices", "/v1/entries", "/v1/feed", "/v1/models"];
    for path in routes {
        assert_eq!(refusal(world.get(path, &credential).await, 401).await, "unauthorized", "{path}");
    }
    for path in ["/v1/device/events", "/v1/device/events/batch"] {
        assert_eq!(refusal(world.post(path, &owner, &used(1, 1)).await, 401).await, "unauthorized");
    }
    assert_eq!(refusal(world.get("/v1/device", &owner).await, 401).await, "unauthorized");
}
