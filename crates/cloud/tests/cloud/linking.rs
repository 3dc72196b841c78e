//! Linking from the first page to the last token, for Alexa and for a native app, and what is refused on the way.

use crate::support_factor;
use crate::world::{ALEXA_SECRET, PASSWORD, World, json, refusal};
use chrono::TimeDelta;
use refill_cloud::secret::{digest, text};
use refill_cloud::store::Role;
use reqwest::{Method, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const BACK: &str = "http://127.0.0.1:43210/callback";
const ALEXA_BACK: &str = "https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA";

/// A browser: keeps the cookie, sends forms.
pub struct Browser<'a> {
    world: &'a World,
    cookie: String,
}

pub fn value_of(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
    let rest = &page[at..];
    let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    value.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">")
}

impl<'a> Browser<'a> {
    pub fn new(world: &'a World) -> Self {
        Self { world, cookie: String::new() }
    }

    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    pub fn world(&self) -> &'a World {
        self.world
    }

    fn keep(&mut self, response: Response) -> Response {
        if let Some(cookie) = response.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(part), "{cookie}");
            }
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        response
    }

    pub async fn open(&mut self, path: &str) -> Response {
        let request = self.world.ask(Method::GET, path).header("cookie", &self.cookie);
        self.keep(request.send().await.unwrap())
    }

    pub async fn send(&mut self, path: &str, form: &[(&str, &str)]) -> Response {
        let request = self.world.ask(Method::POST, path).header("cookie", &self.cookie).form(form);
        self.keep(request.send().await.unwrap())
    }

    /// Signs in and opens the page that follows.
    pub async fn sign_in(&mut self, path: &str, email: &str) -> String {
        let page = self.open(path).await.text().await.unwrap();
        let (token, request) = (value_of(&page, "form_token"), value_of(&page, "request"));
        let form =
            [("form_token", &*token), ("request", &*request), ("email", email), ("password", PASSWORD)];
        let before = self.cookie.clone();
        let signed_in = self.send("/oauth/sign-in", &form).await;
        assert_eq!(signed_in.status(), 303);
        assert_ne!(self.cookie, before, "a cookie from before sign-in is worth nothing");
        let next = signed_in.headers()["location"].to_str().unwrap().to_owned();
        assert!(next.starts_with("/oauth/authorize?"), "{next}");
        self.open(&next).await.text().await.unwrap()
    }

    pub async fn decide(&mut self, page: &str, decision: &str) -> BTreeMap<String, String> {
        let (token, request) = (value_of(page, "form_token"), value_of(page, "request"));
        let form = [("form_token", &*token), ("request", &*request), ("decision", decision)];
        returned(&self.send("/oauth/consent", &form).await)
    }
}

/// Where the browser was sent, with the parameters.
fn returned(response: &Response) -> BTreeMap<String, String> {
    assert_eq!(response.status(), 303);
    let url = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    let mut found: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    found.insert("to".into(), url[..url::Position::AfterPath].to_owned());
    found
}

pub fn request(client: &str, back: &str, more: &[(&str, &str)]) -> String {
    let challenge = text(&digest(VERIFIER.as_bytes()));
    let mut pairs: Vec<(&str, &str)> = vec![
        ("client_id", client),
        ("response_type", "code"),
        ("redirect_uri", back),
        ("scope", "customer"),
        ("state", "a \"state\" & <more>"),
    ];
    if client == "refill" {
        pairs.extend([("code_challenge", &*challenge), ("code_challenge_method", "S256")]);
    }
    for (name, value) in more {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/oauth/authorize?{query}")
}

pub async fn token(world: &World, form: &[(&str, &str)]) -> Response {
    world.ask(Method::POST, "/oauth/token").form(form).send().await.unwrap()
}

async fn code(world: &World, client: &str, back: &str) -> String {
    let mut browser = Browser::new(world);
    let page = browser.sign_in(&request(client, back, &[]), "c@example.com").await;
    browser.decide(&page, "allow").await["code"].clone()
}

pub fn by_code(code: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", "refill"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ]
}

pub fn by_refresh(refresh: &str) -> [(&'static str, &str); 3] {
    [("grant_type", "refresh_token"), ("client_id", "refill"), ("refresh_token", refresh)]
}

async fn error(response: Response, status: u16) -> String {
    json(response, status).await["error"].as_str().unwrap().to_owned()
}

pub fn of<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn a_native_app_is_linked_by_pkce_and_refreshed_by_rotation() {
    let world = World::new().await;
    world.account(Role::Customer, "c@example.com").await;
    let mut browser = Browser::new(&world);
    let page = browser.sign_in(&request("refill", BACK, &[]), "c@example.com").await;
    assert!(page.contains("Refill") && page.contains("c@example.com"), "{page}");
    let answer = browser.decide(&page, "allow").await;
    assert_eq!(answer["to"], BACK);
    assert_eq!(answer["state"], "a \"state\" & <more>");
    assert_eq!(format!("{}/", answer["iss"]), world.url("/"));
    let response = token(&world, &by_code(&answer["code"])).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let first = json(response, 200).await;
    assert_eq!((of(&first, "token_type"), first["expires_in"].as_i64()), ("bearer", Some(3600)));
    assert_eq!(world.get("/v1/me", of(&first, "access_token")).await.status(), 200);
    let links = json(world.get("/v1/links", of(&first, "access_token")).await, 200).await;
    assert_eq!(links[0]["client"], "refill");

    let second = json(token(&world, &by_refresh(of(&first, "refresh_token"))).await, 200).await;
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    world.advance(TimeDelta::seconds(20));
    let lost = json(token(&world, &by_refresh(of(&first, "refresh_token"))).await, 200).await;
    for name in ["access_token", "refresh_token"] {
        assert_eq!(lost[name], second[name], "a lost answer is given again");
    }
    let third = json(token(&world, &by_refresh(of(&second, "refresh_token"))).await, 200).await;
    assert_eq!(world.get("/v1/me", of(&third, "access_token")).await.status(), 200);
    let replayed = token(&world, &by_refresh(of(&first, "refresh_token"))).await;
    assert_eq!(error(replayed, 400).await, "invalid_grant");
    for tokens in [&first, &second, &third] {
        let me = world.get("/v1/me", of(tokens, "access_token")).await;
        assert_eq!(refusal(me, 401).await, "unauthorized", "the family is revoked");
        let again = token(&world, &by_refresh(of(tokens, "refresh_token"))).await;
        assert_eq!(error(again, 400).await, "invalid_grant");
    }
}

#[tokio::test]
async fn alexa_is_linked_by_basic_or_body_credentials_in_each_region() {
    let world = World::new().await;
    world.account(Role::Customer, "c@example.com").await;
    for (host, basic) in
        [("pitangui.amazon.com", true), ("layla.amazon.com", false), ("alexa.amazon.co.jp", true)]
    {
        let back = format!("https://{host}/api/skill/link/M2AAAAAAAAAAAA");
        let code = code(&world, "alexa", &back).await;
        let mut form = vec![("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", &*back)];
        let ask = world.ask(Method::POST, "/oauth/token");
        let ask = if basic {
            ask.basic_auth("alexa", Some(ALEXA_SECRET))
        } else {
            form.extend([("client_id", "alexa"), ("client_secret", ALEXA_SECRET)]);
            ask
        };
        let tokens = json(ask.form(&form).send().await.unwrap(), 200).await;
        assert_eq!(world.get("/v1/me", of(&tokens, "access_token")).await.status(), 200);
        // However late, as long as the follower was not used.
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", of(&tokens, "refresh_token"))];
        let again = async || {
            let ask = world.ask(Method::POST, "/oauth/token").basic_auth("alexa", Some(ALEXA_SECRET));
            json(ask.form(&refresh).send().await.unwrap(), 200).await
        };
        let once = again().await;
        world.advance(TimeDelta::hours(5));
        assert_eq!(once["refresh_token"], again().await["refresh_token"]);
    }
}

#[tokio::test]
async fn a_hundred_refreshes_at_once_give_one_answer() {
    let world = World::new().await;
    world.account(Role::Customer, "c@example.com").await;
    let code = code(&world, "refill", BACK).await;
    let first = json(token(&world, &by_code(&code)).await, 200).await;
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let form = by_refresh(of(&first, "refresh_token")).map(|(name, value)| (name, value.to_owned()));
        let ask = world.ask(Method::POST, "/oauth/token").form(&form);
        asked.spawn(async move { json(ask.send().await.unwrap(), 200).await["refresh_token"].to_string() });
    }
    let answers: std::collections::BTreeSet<String> = asked.join_all().await.into_iter().collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_code_works_once_for_its_own_client_within_five_minutes() {
    let world = World::new().await;
    world.account(Role::Customer, "c@example.com").await;
    let fresh = async || code(&world, "refill", BACK).await;
    let first = fresh().await;
    let tokens = json(token(&world, &by_code(&first)).await, 200).await;
    assert_eq!(error(token(&world, &by_code(&first)).await, 400).await, "invalid_grant");
    let me = world.get("/v1/me", of(&tokens, "access_token")).await;
    assert_eq!(refusal(me, 401).await, "unauthorized", "a second use revokes what the first gave");

    let second = fresh().await;
    let wrong = [
        ("redirect_uri", "http://127.0.0.1:43211/callback", 400, "invalid_grant"),
        ("redirect_uri", "", 400, "invalid_grant"),
        ("code_verifier", "", 400, "invalid_grant"),
        ("code_verifier", "x", 400, "invalid_grant"),
        ("client_id", "alexa", 401, "invalid_client"),
        ("client_id", "nobody", 401, "invalid_client"),
        ("client_secret", "guess", 401, "invalid_client"),
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("grant_type", "", 400, "invalid_request"),
        ("code", "rfc_guess", 400, "invalid_grant"),
    ];
    for (name, value, status, wanted) in wrong {
        let mut form = by_code(&second);
        form.retain(|(known, _)| *known != name);
        form.push((name, value));
        assert_eq!(error(token(&world, &form).await, status).await, wanted, "{name}={value}");
    }
    world.advance(TimeDelta::minutes(5));
    assert_eq!(error(token(&world, &by_code(&second)).await, 400).await, "invalid_grant");
    let third = fresh().await;
    world.advance(TimeDelta::seconds(299));
    assert_eq!(token(&world, &by_code(&third)).await.status(), 200);
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let world = World::new().await;
    let bad = [
        request("refill", "https://evil.example/callback", &[]),
        request("refill", "http://localhost:1/callback", &[]),
        request("alexa", "https://layla.amazon.com/api/skill/link/OTHER", &[]),
        request("nobody", BACK, &[]),
        format!("{}&client_id=refill", request("refill", BACK, &[])),
        "/oauth/authorize".to_owned(),
    ];
    for path in bad {
        let response = Browser::new(&world).open(&path).await;
        assert_eq!(response.status(), 400, "{path}");
        assert!(response.headers().get("location").is_none());
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    }
    let plain = request("refill", BACK, &[("code_challenge_method", "plain")]);
    let told = returned(&Browser::new(&world).open(&plain).await);
    assert_eq!((told["error"].as_str(), told["to"].as_str()), ("invalid_request", BACK));
    assert_eq!(told["state"], "a \"state\" & <more>");
}

#[tokio::test]
async fn pages_load_nothing_carry_no_markup_from_outside_and_cannot_be_framed() {
    let world = World::new().await;
    world.account(Role::Customer, "c@example.com").await;
    let evil = request("refill", BACK, &[("state", "\"><script>alert(1)</script>")]);
    let mut browser = Browser::new(&world);
    let response = browser.open(&evil).await;
    let headers = response.headers().clone();
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains("form-action 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"));
    assert_eq!(headers["x-frame-options"], "DENY");
    let page = response.text().await.unwrap();
    assert!(!page.contains("<script") && page.contains("width=device-width"), "{page}");
    browser.sign_in(&evil, "c@example.com").await;
    let consent = browser.open(&evil).await;
    let policy = consent.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' http://127.0.0.1:43210;"), "{policy}");
    assert!(!consent.text().await.unwrap().contains("<script"));
}

#[tokio::test]
async fn nothing_changes_without_a_form_of_this_browser() {
    let world = World::new().await;
    world.account(Role::Customer, "c@example.com").await;
    let path = request("refill", BACK, &[]);
    let query = path.split_once('?').unwrap().1.to_owned();
    let mut victim = Browser::new(&world);
    let page = victim.sign_in(&path, "c@example.com").await;
    let own = value_of(&page, "form_token");
    let mut attacker = Browser::new(&world);
    let foreign = value_of(&attacker.open(&path).await.text().await.unwrap(), "form_token");
    for token in ["", "x", &foreign] {
        for to in ["/oauth/consent", "/oauth/sign-in", "/oauth/sign-out"] {
            let form = [("form_token", token), ("request", &*query), ("decision", "allow")];
            assert_eq!(victim.send(to, &form).await.status(), 403, "{to}");
        }
    }
    // The right token without the cookie it belongs to.
    let form = [("form_token", &*own), ("request", &*query), ("decision", "allow")];
    assert_eq!(Browser::new(&world).send("/oauth/consent", &form).await.status(), 403);
    // A form that was made for this browser, with a request for somewhere else.
    let evil = request("refill", "https://evil.example/", &[]);
    let evil = evil.split_once('?').unwrap().1;
    let form = [("form_token", &*own), ("request", evil), ("decision", "allow")];
    assert_eq!(victim.send("/oauth/consent", &form).await.status(), 400);
    let denied = victim.decide(&page, "deny").await;
    assert_eq!(denied["error"], "access_denied");
    assert!(!denied.contains_key("code"));
    world.advance(TimeDelta::hours(12));
    let page = victim.open(&path).await.text().await.unwrap();
    assert!(page.contains("type=\"password\""), "the session ended");
}

#[tokio::test]
async fn an_account_lends_only_what_it_has() {
    let world = support_factor::sealing().await;
    world.account(Role::Customer, "c@example.com").await;
    world.account(Role::Staff, "s@example.com").await;
    let staff = request("refill", BACK, &[("scope", "staff")]);
    let page = Browser::new(&world).sign_in(&staff, "c@example.com").await;
    assert!(page.contains("can't be used"), "{page}");
    let mut browser = Browser::new(&world);
    let page = browser.sign_in(&staff, "s@example.com").await;
    let (page, _) = support_factor::set_up(&mut browser, &page).await;
    let code = browser.decide(&page, "allow").await["code"].clone();
    let tokens = json(token(&world, &by_code(&code)).await, 200).await;
    assert_eq!(of(&tokens, "scope"), "staff");
    let links = world.get("/v1/links", of(&tokens, "access_token")).await;
    assert_eq!(refusal(links, 403).await, "forbidden", "staff is no customer");
    // A program that asks for more gets what who signs in has, and is told so.
    let more = request("refill", BACK, &[("scope", "staff administrator")]);
    let page = browser.open(&more).await.text().await.unwrap();
    assert!(page.contains("Help customers") && !page.contains("Set up the service"), "{page}");
    let code = browser.decide(&page, "allow").await["code"].clone();
    let tokens = json(token(&world, &by_code(&code)).await, 200).await;
    assert_eq!(of(&tokens, "scope"), "staff");
    let alexa = request("alexa", ALEXA_BACK, &[("scope", "staff")]);
    assert_eq!(returned(&Browser::new(&world).open(&alexa).await)["error"], "invalid_scope");
}

#[tokio::test]
async fn guessing_passwords_and_secrets_is_slowed() {
    let world = World::with(|config| {
        config.limits.sign_ins_per_minute = 2;
        config.limits.tokens_per_minute = 3;
    })
    .await;
    world.account(Role::Customer, "c@example.com").await;
    let mut browser = Browser::new(&world);
    let page = browser.open(&request("refill", BACK, &[])).await.text().await.unwrap();
    let (token_of, query) = (value_of(&page, "form_token"), value_of(&page, "request"));
    let form = [
        ("form_token", &*token_of),
        ("request", &*query),
        ("email", "c@example.com"),
        ("password", "wrong wrong"),
    ];
    for status in [401, 401, 429, 429] {
        assert_eq!(browser.send("/oauth/sign-in", &form).await.status(), status);
    }
    let guess = by_refresh("rfr_guess");
    for _ in 0..3 {
        assert_eq!(error(token(&world, &guess).await, 400).await, "invalid_grant");
    }
    assert_eq!(refusal(token(&world, &guess).await, 429).await, "rate_limited");
}

#[tokio::test]
async fn a_link_is_ended_by_the_client_or_by_the_customer() {
    let world = World::new().await;
    world.account(Role::Customer, "c@example.com").await;
    let link = async || {
        let code = code(&world, "refill", BACK).await;
        json(token(&world, &by_code(&code)).await, 200).await
    };
    let revoke = async |shown: &str, client: &str| {
        let form = [("token", shown), ("client_id", client)];
        world.ask(Method::POST, "/oauth/revoke").form(&form).send().await.unwrap().status()
    };
    let (one, two) = (link().await, link().await);
    assert_eq!(revoke(of(&one, "refresh_token"), "alexa").await, 401);
    assert_eq!(revoke("rfr_unknown", "refill").await, 200);
    assert_eq!(world.get("/v1/me", of(&one, "access_token")).await.status(), 200);
    assert_eq!(revoke(of(&one, "refresh_token"), "refill").await, 200);
    assert_eq!(refusal(world.get("/v1/me", of(&one, "access_token")).await, 401).await, "unauthorized");
    let links = json(world.get("/v1/links", of(&two, "access_token")).await, 200).await;
    let path = format!("/v1/links/{}", links[0]["id"].as_str().unwrap());
    let (_, other) = world.customer("other@example.com").await;
    let delete =
        async |token: &str| world.ask(Method::DELETE, &path).bearer_auth(token).send().await.unwrap();
    assert_eq!(refusal(delete(&other).await, 404).await, "not_found", "another's is as good as none");
    assert_eq!(delete(of(&two, "access_token")).await.status(), 204);
    assert_eq!(refusal(world.get("/v1/me", of(&two, "access_token")).await, 401).await, "unauthorized");
}

#[tokio::test]
async fn the_metadata_names_true_addresses() {
    let world = World::new().await;
    let path = "/.well-known/oauth-authorization-server";
    let metadata = json(world.ask(Method::GET, path).send().await.unwrap(), 200).await;
    assert_eq!(format!("{}/", of(&metadata, "issuer")), world.url("/"));
    for name in ["authorization_endpoint", "token_endpoint", "revocation_endpoint"] {
        let status = world.http.get(of(&metadata, name)).send().await.unwrap().status();
        assert_ne!(status, 404, "{name}");
    }
    assert_eq!(metadata["code_challenge_methods_supported"], serde_json::json!(["S256"]));
}
