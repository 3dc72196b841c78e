//! The API's description: checked in as it is served, and true of the router; and the page that Dash returns to.

use crate::world::{World, json};
use refill_cloud::http::description;
use reqwest::Method;

#[tokio::test]
async fn the_description_is_current_and_served() {
    let text = description().to_pretty_json().unwrap() + "\n";
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        kept == text,
        "openapi.json is stale: cargo run -p refill-cloud -- openapi > crates/cloud/openapi.json"
    );
    let world = World::new().await;
    let served = json(world.ask(Method::GET, "/openapi.json").send().await.unwrap(), 200).await;
    assert_eq!(served, serde_json::from_str::<serde_json::Value>(&text).unwrap());
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn every_described_route_exists_and_refuses_strangers() {
    let world = World::new().await;
    let description = serde_json::to_value(description()).unwrap();
    let open = [
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/.well-known/oauth-authorization-server",
        "/dash/return",
        "/oauth/authorize",
        "/oauth/sign-in",
        "/oauth/second-factor",
        "/oauth/sign-out",
        "/oauth/consent",
        "/oauth/token",
        "/oauth/revoke",
        "/alexa/directive",
        "/alexa/directive/{region}",
        "/sns",
        "/drs/return",
        "/alexa/return",
    ];
    let mut closed = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let at = path
                .replace("{device}", "x")
                .replace("{model}", "x")
                .replace("{link}", "x")
                .replace("{account}", "x")
                .replace("{message}", "x")
                .replace("{customer}", "x")
                .replace("{access}", "x")
                .replace("{slot}", "x")
                .replace("{region}", "europe");
            let status = world.ask(method.clone(), &at).send().await.unwrap().status();
            if open.contains(&path.as_str()) {
                assert!(![401, 404, 405].contains(&status.as_u16()), "{method} {path}: {status}");
            } else {
                closed += 1;
                assert_eq!(status, 401, "{method} {path} is open to anybody");
            }
        }
    }
    assert!(closed >= 15, "{closed}");
}

#[tokio::test]
async fn dash_returns_to_the_app_and_to_nothing_else() {
    let world = World::new().await;
    let page = async |query: &str| {
        let response = world.ask(Method::GET, &format!("/dash/return{query}")).send().await.unwrap();
        assert!(
            response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'")
        );
        response.text().await.unwrap()
    };
    assert!(page("?visit=abc-1_2").await.contains("refill://dash/return?visit=abc-1_2\""));
    for odd in [
        "",
        "?visit=",
        "?visit=a%22%3E%3Cscript%3E",
        "?visit=javascript:alert(1)",
        "?visit=a%0d%0ab",
        "?other=1",
    ] {
        let page = page(odd).await;
        assert!(page.contains("href=\"refill://dash/return\"") && !page.contains("script"), "{odd}: {page}");
    }
}
