//! Accounts: who may make them, and how their passwords are guarded.

use crate::world::{PASSWORD, World, json, refusal};
use chrono::TimeDelta;
use refill_cloud::store::Role;
use reqwest::Method;
use serde_json::json as j;

#[tokio::test]
async fn only_an_administrator_makes_accounts() {
    let world = World::new().await;
    let form = |email: &str| j!({"role": "staff", "email": email, "name": "S", "password": "long enough"});
    let (_, customer) = world.customer("c@example.com").await;
    let staff = world.account(Role::Staff, "s@example.com").await;
    let staff = world.token(staff, "staff").await;
    for token in [&customer, &staff] {
        let refused = world.post("/v1/accounts", token, &form("x@example.com")).await;
        assert_eq!(refusal(refused, 403).await, "forbidden");
    }
    let admin = world.administrator().await;
    let made = json(world.post("/v1/accounts", &admin, &form("X@example.com")).await, 201).await;
    assert_eq!((made["email"].as_str(), made["role"].as_str()), (Some("x@example.com"), Some("staff")));
    assert!(made.get("password").is_none());
    let again = world.post("/v1/accounts", &admin, &form("x@EXAMPLE.com")).await;
    assert_eq!(refusal(again, 409).await, "email_taken");
}

#[tokio::test]
async fn tokens_end_with_their_time_and_are_what_they_say() {
    let world = World::new().await;
    let (_, token) = world.customer("c@example.com").await;
    assert_eq!(world.get("/v1/me", &token).await.status(), 200);
    let mut other = token.clone();
    other.replace_range(30..31, if &token[30..31] == "A" { "B" } else { "A" });
    for bad in ["", "x", &other, &token[..68], &format!("{token}a"), &token.replace("rfa_", "rfr_")] {
        assert_eq!(refusal(world.get("/v1/me", bad).await, 401).await, "unauthorized", "{bad}");
    }
    world.advance(TimeDelta::seconds(3599));
    assert_eq!(world.get("/v1/me", &token).await.status(), 200);
    world.advance(TimeDelta::seconds(1));
    assert_eq!(refusal(world.get("/v1/me", &token).await, 401).await, "unauthorized");
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_guessing_takes_time() {
    let world = World::with(|config| config.limits.sign_ins_per_minute = 3).await;
    let (_, token) = world.customer("c@example.com").await;
    let change = async |current: &str, new: &str| {
        let body = j!({"current": current, "new": new});
        world.ask(Method::PUT, "/v1/me/password").bearer_auth(&token).json(&body).send().await.unwrap()
    };
    assert_eq!(refusal(change("wrong", "another long one").await, 422).await, "invalid_field");
    assert_eq!(change(PASSWORD, "another long one").await.status(), 204);
    assert_eq!(refusal(change(PASSWORD, "a third long one").await, 422).await, "invalid_field");
    let refused = change("another long one", "a third long one").await;
    let wait: i64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert_eq!(refusal(refused, 429).await, "rate_limited");
    world.advance(TimeDelta::seconds(wait));
    assert_eq!(change("another long one", "a third long one").await.status(), 204);
}
