//! The second factor of the maker's people: set up at the first sign-in, asked for at every later one, each code once,
//! guessing slowed, lost ones reset by an administrator; and customers are asked for none.

use crate::linking::{BACK, Browser, by_code, by_refresh, of, request, token, value_of};
use crate::rehearsal::KEY;
use crate::world::{World, json, refusal};
use chrono::TimeDelta;
use refill_cloud::clock::Clock as _;
use refill_cloud::seal::SealKey;
use refill_cloud::store::Role;
use serde_json::json as j;
use totp_rs::{Builder, Secret, Totp};

/// A world that can keep second factors.
pub async fn sealing() -> World {
    World::with(|config| config.drs.with_secrets("secret-of-the-client", SealKey::parse(KEY).unwrap())).await
}

/// An authenticator app.
pub struct Authenticator(Totp);

impl Authenticator {
    /// Reads the key off a page.
    fn of(page: &str) -> Self {
        let text = page.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().replace(' ', "");
        let secret = Secret::try_from_base32(&text).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    pub fn code(&self, world: &World) -> String {
        self.0.generate(u64::try_from(world.clock.now_ms()).unwrap() / 1000).to_string()
    }
}

/// Sends a code from the page that asks for one.
async fn prove(browser: &mut Browser<'_>, page: &str, code: &str) -> reqwest::Response {
    let (token, request) = (value_of(page, "form_token"), value_of(page, "request"));
    let form = [("form_token", &*token), ("request", &*request), ("code", code)];
    browser.send("/oauth/second-factor", &form).await
}

async fn onward(browser: &mut Browser<'_>, response: reqwest::Response) -> String {
    assert_eq!(response.status(), 303);
    let next = response.headers()["location"].to_str().unwrap().to_owned();
    browser.open(&next).await.text().await.unwrap()
}

/// Sets a factor up from the page that follows the password; gives the page that follows.
pub async fn set_up(browser: &mut Browser<'_>, page: &str) -> (String, Authenticator) {
    let app = Authenticator::of(page);
    let before = browser.cookie().to_owned();
    let code = app.code(browser.world());
    let proved = prove(browser, page, &code).await;
    assert_ne!(browser.cookie(), before, "a cookie from before the code is worth no more than it was");
    (onward(browser, proved).await, app)
}

fn staff() -> String {
    request("refill", BACK, &[("scope", "staff")])
}

#[tokio::test]
async fn a_factor_is_set_up_once_and_asked_for_ever_after() {
    let world = sealing().await;
    world.account(Role::Staff, "s@example.com").await;
    let mut browser = Browser::new(&world);
    let page = browser.sign_in(&staff(), "s@example.com").await;
    assert!(
        page.contains("otpauth://totp/") && page.contains("<svg") && page.contains("one-time-code"),
        "{page}"
    );
    assert!(!page.contains("value=\"allow\""), "no consent without it");
    // Consent can't be sent past it either.
    let form_token = value_of(&page, "form_token");
    let asked = value_of(&page, "request");
    let form = [("form_token", &*form_token), ("request", &*asked), ("decision", "allow")];
    let past = browser.send("/oauth/consent", &form).await;
    assert!(past.headers()["location"].to_str().unwrap().starts_with("/oauth/authorize?"));
    // Loaded again, it is another one; the one before is worth nothing.
    let old = Authenticator::of(&page);
    let page = browser.open(&staff()).await.text().await.unwrap();
    assert_eq!(prove(&mut browser, &page, &old.code(&world)).await.status(), 401);
    let wrong = prove(&mut browser, &page, "000000").await;
    assert_eq!(wrong.status(), 401);
    let again = wrong.text().await.unwrap();
    assert!(!again.contains("otpauth") && !again.contains("<code>"), "the key is shown once: {again}");
    let (consent, app) = set_up(&mut browser, &page).await;
    assert!(consent.contains("Help customers in your name"), "{consent}");
    let code = browser.decide(&consent, "allow").await["code"].clone();
    let tokens = json(token(&world, &by_code(&code)).await, 200).await;
    assert_eq!(of(&tokens, "scope"), "staff");

    // Another day, another browser: a code, and each once.
    world.advance(TimeDelta::days(1));
    let mut other = Browser::new(&world);
    let page = other.sign_in(&staff(), "s@example.com").await;
    assert!(
        !page.contains("otpauth") && !page.contains("<code>") && page.contains("one-time-code"),
        "{page}"
    );
    let code = app.code(&world);
    let proved = prove(&mut other, &page, &format!("{} {}", &code[..3], &code[3..])).await;
    assert!(onward(&mut other, proved).await.contains("value=\"allow\""));
    let mut thief = Browser::new(&world);
    let page = thief.sign_in(&staff(), "s@example.com").await;
    assert_eq!(prove(&mut thief, &page, &code).await.status(), 401, "used");
    world.advance(TimeDelta::seconds(30));
    assert_eq!(prove(&mut thief, &page, &code).await.status(), 401, "used, and a step late");
    let next = app.code(&world);
    assert_eq!(prove(&mut thief, &page, &next).await.status(), 303);
    // The password alone is not remembered for long.
    let mut slow = Browser::new(&world);
    let page = slow.sign_in(&staff(), "s@example.com").await;
    world.advance(TimeDelta::minutes(10));
    let next = app.code(&world);
    let late = prove(&mut slow, &page, &next).await;
    assert!(onward(&mut slow, late).await.contains("type=\"password\""));
}

#[tokio::test]
async fn customers_are_asked_for_none_and_nothing_is_set_up_without_a_key() {
    let world = World::new().await;
    world.account(Role::Customer, "c@example.com").await;
    world.account(Role::Administrator, "a@example.com").await;
    let page = Browser::new(&world).sign_in(&request("refill", BACK, &[]), "c@example.com").await;
    assert!(page.contains("value=\"allow\"") && !page.contains("one-time-code"), "{page}");
    let page = Browser::new(&world).sign_in(&staff(), "a@example.com").await;
    assert!(page.contains("has to set a sealing key"), "{page}");
}

#[tokio::test]
async fn guessing_codes_is_slowed_for_the_account_and_forms_are_of_their_browser() {
    let world = World::with(|config| {
        config.drs.with_secrets("secret-of-the-client", SealKey::parse(KEY).unwrap());
        config.limits.sign_ins_per_minute = 6;
    })
    .await;
    world.account(Role::Staff, "s@example.com").await;
    let mut browser = Browser::new(&world);
    let page = browser.sign_in(&staff(), "s@example.com").await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(prove(&mut browser, &page, "000000").await.status().as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429], "the password was the first try");
    // The caller's allowance is back after a minute, the account's is not.
    world.advance(TimeDelta::minutes(2));
    let mut later = Vec::new();
    for _ in 0..5 {
        later.push(prove(&mut browser, &page, "000000").await.status().as_u16());
    }
    assert_eq!(later.iter().filter(|status| **status == 401).count(), 3, "{later:?}");
    let app = Authenticator::of(&page);
    let mut stranger = Browser::new(&world);
    let elsewhere = stranger.open(&staff()).await.text().await.unwrap();
    assert_eq!(prove(&mut stranger, &page, &app.code(&world)).await.status(), 403, "another browser's form");
    let to = prove(&mut stranger, &elsewhere, &app.code(&world)).await;
    assert!(onward(&mut stranger, to).await.contains("type=\"password\""), "nobody signed in there");
}

#[tokio::test]
async fn a_lost_factor_is_reset_by_an_administrator_and_all_it_opened_is_shut() {
    let world = sealing().await;
    let lost = world.account(Role::Staff, "s@example.com").await;
    let admin = world.administrator().await;
    let mut browser = Browser::new(&world);
    let page = browser.sign_in(&staff(), "s@example.com").await;
    let (consent, old) = set_up(&mut browser, &page).await;
    let code = browser.decide(&consent, "allow").await["code"].clone();
    let tokens = json(token(&world, &by_code(&code)).await, 200).await;
    let path = format!("/v1/accounts/{}/second-factor/reset", lost.0);
    let why = j!({"case": "IT-1", "reason": "Phone lost"});
    let refused = world.post(&path, of(&tokens, "access_token"), &why).await;
    assert_eq!(refusal(refused, 403).await, "forbidden", "nobody resets their own");
    assert_eq!(world.post(&path, &admin, &why).await.status(), 204);
    let me = world.get("/v1/me", of(&tokens, "access_token")).await;
    assert_eq!(refusal(me, 401).await, "unauthorized");
    assert_eq!(token(&world, &by_refresh(of(&tokens, "refresh_token"))).await.status(), 400);
    assert!(browser.open(&staff()).await.text().await.unwrap().contains("type=\"password\""));
    let page = browser.sign_in(&staff(), "s@example.com").await;
    assert!(page.contains("otpauth://"), "a new one is set up");
    assert_eq!(prove(&mut browser, &page, &old.code(&world)).await.status(), 401);
    let (consent, _) = set_up(&mut browser, &page).await;
    assert!(consent.contains("value=\"allow\""));
    // There is nothing to reset of a customer, of nobody, and of who has none.
    let customer = world.account(Role::Customer, "c@example.com").await;
    let fresh = world.account(Role::Staff, "f@example.com").await;
    for id in [customer.0, fresh.0, uuid::Uuid::nil()] {
        let path = format!("/v1/accounts/{id}/second-factor/reset");
        assert_eq!(refusal(world.post(&path, &admin, &why).await, 404).await, "not_found");
    }
    let rows = json(world.get("/v1/audit", &admin).await, 200).await;
    let actions: Vec<&str> =
        rows["rows"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["see_audit", "set_factor", "reset_factor", "set_factor"]);
    assert_eq!(rows["rows"][2]["about"], "s@example.com");
}
