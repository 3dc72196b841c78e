//! What surrounds every request: ids, problems, limits, probes, figures, and the way down.

use crate::world::{World, json, refusal};
use refill_cloud::store::Role;
use reqwest::Method;
use serde_json::{Value, json as j};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn probes_answer_and_figures_name_routes_only() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        let response = world.ask(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
    world.get("/v1/CANARY-path", "CANARY-token").await;
    world.get("/v1/me", "CANARY-token").await;
    let text = world.ask(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(
        text.contains(r#"refill_cloud_requests_total{route="/healthz",method="GET",status="200"} 1"#),
        "{text}"
    );
    assert!(text.contains(r#"{route="(none)",method="GET",status="404"} 1"#), "{text}");
    assert!(text.contains("refill_cloud_refusals_total 1"), "{text}");
    assert!(text.contains("refill_cloud_store_commits"), "{text}");
    assert!(!text.contains("CANARY"), "{text}");
}

#[tokio::test]
async fn every_refusal_is_a_problem_with_the_requests_id() {
    let world = World::new().await;
    let ask = |method, path: &str| world.ask(method, path).header("x-request-id", "my-request-1");
    assert_eq!(refusal(ask(Method::GET, "/nothing").send().await.unwrap(), 404).await, "not_found");
    let refused = ask(Method::DELETE, "/v1/accounts").send().await.unwrap();
    assert_eq!(refused.headers()["x-request-id"], "my-request-1");
    assert_eq!(refused.headers()["allow"], "POST");
    assert_eq!(refusal(refused, 405).await, "method_not_allowed");
    let refused = ask(Method::GET, "/v1/me").send().await.unwrap();
    assert!(refused.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    assert_eq!(refusal(refused, 401).await, "unauthorized");
    // An id that could forge a line of the log is replaced.
    let odd = world.ask(Method::GET, "/healthz").header("x-request-id", "a b\tc{}\"").send().await.unwrap();
    assert_eq!(odd.headers()["x-request-id"].len(), 36);
}

#[tokio::test]
async fn bodies_are_limited_typed_and_their_errors_name_the_member() {
    let world = World::new().await;
    let token = world.administrator().await;
    let send = async |kind: &str, body: String| {
        let request = world.ask(Method::POST, "/v1/accounts").bearer_auth(&token);
        request.header("content-type", kind).body(body).send().await.unwrap()
    };
    assert_eq!(refusal(send("text/plain", "{}".into()).await, 415).await, "unsupported_media_type");
    assert_eq!(refusal(send("application/json", "{".into()).await, 400).await, "invalid_body");
    assert_eq!(refusal(send("application/json", "{} {}".into()).await, 422).await, "invalid_field");
    assert_eq!(refusal(send("application/json", "x".repeat(70_000)).await, 413).await, "body_too_large");
    assert_eq!(refusal(send("application/json", "[".repeat(10_000)).await, 400).await, "invalid_body");
    let form = |change: &dyn Fn(&mut Value)| {
        let mut form =
            j!({"role": "customer", "email": "a@example.com", "name": "A", "password": "long enough"});
        change(&mut form);
        form
    };
    let wrong: [(&str, Value); 5] = [
        ("role", form(&|form| form["role"] = "king".into())),
        ("email", form(&|form| form["email"] = "nobody".into())),
        ("name", form(&|form| form["name"] = "a\u{202e}b".into())),
        ("password", form(&|form| form["password"] = "short".into())),
        ("password", form(&|form| form["password"] = "x".repeat(300).into())),
    ];
    for (field, body) in wrong {
        let problem = json(world.post("/v1/accounts", &token, &body).await, 422).await;
        assert_eq!(
            (problem["code"].as_str(), problem["field"].as_str()),
            (Some("invalid_field"), Some(field))
        );
    }
    // Members nobody knows are ignored.
    let more = form(&|form| form["is_administrator"] = true.into());
    let made = json(world.post("/v1/accounts", &token, &more).await, 201).await;
    assert_eq!(made["role"], "customer");
}

#[tokio::test]
async fn a_slow_or_broken_caller_costs_nobody_else_anything() {
    let world = World::new().await;
    let mut stuck = Vec::new();
    for _ in 0..50 {
        let mut stream = tokio::net::TcpStream::connect(world.server().address).await.unwrap();
        stream.write_all(b"POST /v1/accounts HTTP/1.1\r\nhost: a\r\n").await.unwrap();
        stuck.push(stream);
    }
    assert_eq!(world.ask(Method::GET, "/readyz").send().await.unwrap().status(), 200);
    let broken = ["GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"];
    for text in broken {
        let mut stream = tokio::net::TcpStream::connect(world.server().address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 400", "{text}");
    }
    let mut stream = tokio::net::TcpStream::connect(world.server().address).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nx-long: {}\r\n\r\n", "x".repeat(100_000));
    // The other end may close before it has read all.
    let _ = stream.write_all(head.as_bytes()).await;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 431");
}

#[tokio::test]
async fn a_stopped_server_answered_what_it_began_and_keeps_everything() {
    let mut world = World::new().await;
    let account = world.account(Role::Customer, "a@example.com").await;
    let token = world.token(account, "customer").await;
    let address = world.server().address;
    world.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    world.start().await;
    assert_eq!(json(world.get("/v1/me", &token).await, 200).await["email"], "a@example.com");
}

#[tokio::test]
async fn a_full_disk_is_507_and_reading_goes_on() {
    let world = World::with(|config| config.store.max_mib = Some(1)).await;
    let (_, token) = world.customer("a@example.com").await;
    let admin = world.administrator().await;
    let store = &world.server().app().store;
    let mut number = 0u128;
    for size in [50_000, 100] {
        loop {
            number += 1;
            let account = refill_cloud::store::Account {
                id: refill_cloud::ids::AccountId(uuid::Uuid::from_u128(number)),
                role: Role::Customer,
                email: format!("{number}@example.com"),
                name: "N".repeat(size),
                created_at: 0,
            };
            let new = refill_cloud::store::NewAccount { account, password: String::new() };
            if store.create_account(new).await.is_err() {
                break;
            }
            assert!(number < 10_000, "a megabyte is never full");
        }
    }
    let form = j!({"role": "customer", "email": "b@example.com", "name": "B", "password": "long enough"});
    assert_eq!(refusal(world.post("/v1/accounts", &admin, &form).await, 507).await, "storage_full");
    assert_eq!(json(world.get("/v1/me", &token).await, 200).await["email"], "a@example.com");
}
