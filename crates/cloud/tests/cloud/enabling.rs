//! Linking with Alexa from the maker's app: through Login with Amazon and back, everything that can be refused on the
//! way, and how the feed tells where it stands.

use crate::rehearsal::{Home, ONE, Rehearsal};
use crate::world::json;
use chrono::TimeDelta;
use refill_cloud::ids::AccountId;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::{Change, Feed};
use reqwest::Method;
use serde_json::{Value, json as j};
use url::Url;
use uuid::Uuid;

/// The customer's app begins, and says where the browser goes.
async fn begin(stage: &Rehearsal, home: &Home) -> String {
    // A token of its own: days may have passed.
    let token = stage.world.token(home.account, "customer").await;
    let begun = json(stage.world.post("/v1/alexa/link", &token, &Value::Null).await, 200).await;
    let until = stage.world.server().app().clock.now_ms() + 600_000;
    assert_eq!(begun["until"], until);
    begun["url"].as_str().unwrap().to_owned()
}

/// The browser at Amazon: where it is sent back to.
async fn at_amazon(stage: &Rehearsal, url: &str) -> String {
    let answer = stage.world.http.get(url).send().await.unwrap();
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The browser back at the maker: the status, and the page.
async fn back(stage: &Rehearsal, url: &str) -> (u16, String) {
    let answer = stage.world.http.get(url).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'none'"), "{policy}");
    let (status, page) = (answer.status().as_u16(), answer.text().await.unwrap());
    for secret in ["Atza|", "Atzr|", "rfl_", "rfc_", "rfa_"] {
        assert!(!page.contains(secret), "{secret} is shown");
    }
    (status, page)
}

async fn link(stage: &Rehearsal, home: &Home) -> (u16, String) {
    let url = begin(stage, home).await;
    let ended = back(stage, &at_amazon(stage, &url).await).await;
    stage.settled().await;
    ended
}

/// What the feed told of Alexa, by name.
async fn told(stage: &Rehearsal, account: AccountId) -> Vec<String> {
    let all = stage.world.server().app().store.feed(account, 0, 1000).await.unwrap();
    let Feed::Told(items) = all else { panic!("gone") };
    let name = |change: Change| match serde_json::to_value(change).unwrap() {
        change if change["change"] == "alexa" => Some(change["is"].as_str().unwrap().to_owned()),
        _ => None,
    };
    items.into_iter().filter_map(|item| name(item.change)).collect()
}

/// How it stands for an app that asks for everything.
async fn stands(stage: &Rehearsal, home: &Home) -> Value {
    let token = stage.world.token(home.account, "customer").await;
    let all = json(stage.world.get("/v1/state", &token).await, 200).await;
    let mut alexa = all["changes"].as_array().unwrap().iter().filter(|of| of["change"] == "alexa");
    let found = alexa.next().unwrap().clone();
    assert_eq!(alexa.count(), 0);
    found
}

async fn ask(stage: &Rehearsal, home: &Home, method: Method, path: &str) -> (u16, Value) {
    let token = stage.world.token(home.account, "customer").await;
    let answer = stage.world.ask(method, path).bearer_auth(token).send().await.unwrap();
    let status = answer.status().as_u16();
    stage.settled().await;
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

/// What Alexa may do for the account.
async fn grants(stage: &Rehearsal, account: AccountId) -> usize {
    let grants = stage.world.server().app().store.grants(account).await.unwrap();
    grants.iter().filter(|grant| grant.client == "alexa").count()
}

/// How Amazon has it.
async fn at_amazons(stage: &Rehearsal) -> Value {
    stage.board(Method::GET, "/skills", &Value::Null).await.1["links"].clone()
}

async fn set(stage: &Rehearsal, name: &str, value: Value) {
    let (_, mut config) = stage.board(Method::GET, "/config", &Value::Null).await;
    config[name] = value;
    let (status, answer) = stage.board(Method::PUT, "/config", &config).await;
    assert_eq!(status, 204, "{answer}");
}

#[tokio::test]
async fn enabled_in_the_customers_region_and_told_at_once() {
    let stage = Rehearsal::new().await;
    let home = stage.home(1).await;
    set(&stage, "customerRegions", j!({ONE: "fe"})).await;
    let before = stands(&stage, &home).await;
    assert_eq!(
        (&before["is"], &before["since"], &before["here"]),
        (&j!("not_enabled"), &Value::Null, &j!(true))
    );
    let url = begin(&stage, &home).await;
    let asked = Url::parse(&url).unwrap();
    let of = |name: &str| asked.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!(of("scope"), "alexa::skills:account_linking");
    assert_eq!((of("code_challenge").len(), of("code_challenge_method").as_str()), (43, "S256"));
    assert_eq!(of("redirect_uri"), stage.world.url("/alexa/return"));
    let (status, page) = back(&stage, &at_amazon(&stage, &url).await).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("Linked with Alexa") && page.contains("c1@example.com"), "{page}");
    assert!(page.contains("href=\"refill://"), "a way back: {page}");
    stage.settled().await;
    assert_eq!(told(&stage, home.account).await, ["enabled"]);
    let now = stands(&stage, &home).await;
    let at = stage.world.server().app().clock.now_ms();
    assert_eq!((&now["is"], &now["region"], &now["since"]), (&j!("enabled"), &j!("north_america"), &j!(at)));
    assert_eq!(at_amazons(&stage).await[0]["disabled"], false);
    let enabled = stage.received("skill.enablement").await;
    assert!(
        enabled[0]["target"].as_str().unwrap().starts_with("/fe/v1/users/~current/skills/"),
        "{enabled:?}"
    );
    assert_eq!(enabled[0]["body"]["stage"], "live");
    stage.level(&home, 40).await;
    stage.settled().await;
    assert_eq!(stage.sensor("salt").await["level"], 40.0, "and devices report");
    assert_eq!(stage.status(&home).await["link"], j!({"is": "enabled", "region": "north_america"}));
    // What is kept opens nothing.
    for file in std::fs::read_dir(stage.world.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in ["Atza|", "Atzr|", "rfl_", "rfc_"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} lies open");
        }
    }
}

#[tokio::test]
async fn who_does_not_agree_changes_nothing() {
    let stage = Rehearsal::new().await;
    let home = stage.home(1).await;
    set(&stage, "consent", j!("deny")).await;
    let url = at_amazon(&stage, &begin(&stage, &home).await).await;
    let (status, page) = back(&stage, &url).await;
    assert!(status == 200 && page.contains("You did not agree"), "{status} {page}");
    assert_eq!(back(&stage, &url).await.0, 400, "once");
    assert_eq!(told(&stage, home.account).await, Vec::<String>::new());
    set(&stage, "consent", j!("allow")).await;
    assert_eq!(link(&stage, &home).await.0, 200, "and may still");
}

#[tokio::test]
async fn a_way_back_is_good_once_in_its_time_for_its_account_and_as_it_was_sent() {
    let stage = Rehearsal::new().await;
    let (home, other) = (stage.home(1).await, stage.home(2).await);
    let good = at_amazon(&stage, &begin(&stage, &home).await).await;
    let state =
        Url::parse(&good).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let with = |new: &str| good.replace(&state, new);
    // The same bits behind another account's name, whose own way is under way.
    begin(&stage, &other).await;
    let others = Secret::new(Door::Enabling, other.account).unwrap();
    let forged = format!("{}{}", &others.expose()[..26], &state[26..]);
    let nobody = Secret::new(Door::Enabling, AccountId(Uuid::nil())).unwrap();
    let mine = Secret::new(Door::Enabling, home.account).unwrap();
    let wrong = [
        with(&forged),
        with(nobody.expose()),
        with(mine.expose()),
        with(""),
        with(&state[..state.len() - 1]),
        with(&state.replace("rfl_", "rfc_")),
        format!("{good}&state={state}"),
        format!("{good}&code=x"),
        stage.world.url("/alexa/return"),
        stage.world.url("/alexa/return?state=%ff&code=x"),
        stage.world.url(&format!("/alexa/return?code={}", "x".repeat(5000))),
    ];
    for url in &wrong {
        let (status, page) = back(&stage, url).await;
        assert!(status == 400 && page.contains("Nothing was changed"), "{url}: {status} {page}");
    }
    assert!(stage.received("lwa.token").await.is_empty(), "no code was shown to anybody");
    assert_eq!(back(&stage, &good).await.0, 200, "guesses cost the true one nothing");
    assert_eq!(back(&stage, &good).await.0, 400, "once");
    stage.settled().await;
    assert_eq!(told(&stage, other.account).await, Vec::<String>::new());

    let late = at_amazon(&stage, &begin(&stage, &other).await).await;
    stage.world.advance(TimeDelta::minutes(10));
    assert_eq!(back(&stage, &late).await.0, 400, "late");
    let first = at_amazon(&stage, &begin(&stage, &other).await).await;
    let second = at_amazon(&stage, &begin(&stage, &other).await).await;
    assert_eq!(back(&stage, &first).await.0, 400, "a later way took its place");
    // A code that Amazon does not know, and what Amazon says in its own words.
    let code =
        Url::parse(&second).unwrap().query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let (status, page) = back(&stage, &second.replace(&code, "guess")).await;
    assert!(status == 502 && page.contains("Start again"), "{status} {page}");
    let third = at_amazon(&stage, &begin(&stage, &other).await).await;
    let (status, page) = back(&stage, &third.replace("code=", "error=server_error&x=")).await;
    assert!(status == 502 && page.contains("The maker has to look"), "{status} {page}");
    assert_eq!(told(&stage, other.account).await, Vec::<String>::new());
}

/// Every documented refusal: the page says what to do, nothing of it is left, and the next try works.
#[tokio::test]
async fn what_amazon_refuses_leaves_nothing_behind() {
    let stage = Rehearsal::with(|alexa| alexa.timeout_ms = 1000).await;
    let home = stage.home(1).await;
    let answer = |status: u16| j!({"kind": "answer", "status": status});
    let settings = j!({"kind": "answer", "status": 401, "code": "invalid_client"});
    let rows = [
        ("skill.enablement", answer(400), 502, "could not link the two accounts"),
        ("skill.enablement", answer(401), 502, "no longer accepts your agreement"),
        ("skill.enablement", answer(403), 502, "may not be offered in your country"),
        ("skill.enablement", answer(404), 502, "does not know the skill"),
        ("skill.enablement", answer(409), 502, "busy with this skill"),
        ("skill.enablement", answer(429), 503, "did not answer in time"),
        ("skill.enablement", answer(500), 503, "did not answer in time"),
        ("skill.enablement", answer(503), 503, "did not answer in time"),
        ("skill.enablement", j!({"kind": "cut"}), 503, "did not answer in time"),
        ("skill.endpoint", answer(401), 502, "no longer accepts your agreement"),
        ("skill.endpoint", answer(403), 502, "as it is set up"),
        ("skill.endpoint", answer(503), 503, "did not answer in time"),
        ("skill.endpoint", j!({"kind": "cut"}), 503, "did not answer in time"),
        ("lwa.token", answer(400), 502, "no longer accepts your agreement"),
        ("lwa.token", settings, 502, "as it is set up"),
        ("lwa.token", answer(503), 503, "did not answer in time"),
    ];
    for (route, fault, wanted, words) in rows {
        stage.fault(route, None, fault.clone()).await;
        let (status, page) = link(&stage, &home).await;
        assert!(status == wanted && page.contains(words), "{route} {fault}: {status} {page}");
        stage.well().await;
        assert_eq!(grants(&stage, home.account).await, 0, "{route} {fault}");
        assert_eq!(stands(&stage, &home).await["is"], "not_enabled", "{route} {fault}");
    }
    assert_eq!(told(&stage, home.account).await, Vec::<String>::new());
    // Refused after Alexa had fetched its grant: the skill does not answer.
    let (_, mut config) = stage.board(Method::GET, "/config", &Value::Null).await;
    let right = config["skills"][0]["endpoint"].clone();
    config["skills"][0]["endpoint"] = j!(stage.world.url("/healthz"));
    stage.board(Method::PUT, "/config", &config).await;
    let (status, page) = link(&stage, &home).await;
    assert!(status == 502 && page.contains("could not link the two accounts"), "{status} {page}");
    assert_eq!(grants(&stage, home.account).await, 0, "what Alexa fetched is revoked");
    config["skills"][0]["endpoint"] = right;
    stage.board(Method::PUT, "/config", &config).await;
    assert_eq!(link(&stage, &home).await.0, 200);
    assert_eq!(stands(&stage, &home).await["is"], "enabled");
    assert_eq!(grants(&stage, home.account).await, 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for() {
    let stage = Rehearsal::new().await;
    let home = stage.home(1).await;
    stage.fault("skill.enablement", Some(1), j!({"kind": "drop"})).await;
    let (status, page) = link(&stage, &home).await;
    assert_eq!(status, 200, "{page}");
    assert_eq!(told(&stage, home.account).await, ["enabled"]);
}

#[tokio::test]
async fn turned_off_at_amazon_seen_and_linked_again() {
    let stage = Rehearsal::new().await;
    let home = stage.home(1).await;
    assert_eq!(ask(&stage, &home, Method::POST, "/v1/alexa/check").await.0, 200, "nothing to look at");
    assert_eq!(link(&stage, &home).await.0, 200);
    assert_eq!(ask(&stage, &home, Method::POST, "/v1/alexa/check").await.1["is"], "enabled");
    // The gateway says so when the next thing is told,
    stage.act("disable", j!({})).await;
    stage.level(&home, 50).await;
    stage.settled().await;
    assert_eq!(told(&stage, home.account).await, ["enabled", "disabled"]);
    assert_eq!(link(&stage, &home).await.0, 200);
    // or somebody looks, also hours later.
    stage.act("disable", j!({})).await;
    stage.advance(TimeDelta::hours(3)).await;
    stage.fault("skill.enablement", Some(1), j!({"kind": "answer", "status": 503})).await;
    let (status, problem) = ask(&stage, &home, Method::POST, "/v1/alexa/check").await;
    assert_eq!((status, &problem["code"]), (503, &j!("unavailable")));
    assert_eq!(stands(&stage, &home).await["is"], "enabled", "nobody knows yet");
    let (status, said) = ask(&stage, &home, Method::POST, "/v1/alexa/check").await;
    let now = stage.world.server().app().clock.now_ms();
    assert_eq!((status, &said["is"], &said["since"]), (200, &j!("disabled"), &j!(now)));
    assert_eq!(link(&stage, &home).await.0, 200);
    assert_eq!(told(&stage, home.account).await, ["enabled", "disabled", "enabled", "disabled", "enabled"]);
    stage.level(&home, 45).await;
    stage.settled().await;
    assert_eq!(stage.sensor("salt").await["level"], 45.0);
}

#[tokio::test]
async fn turned_off_from_the_app_and_linked_again() {
    let stage = Rehearsal::new().await;
    let home = stage.home(1).await;
    let off = async || ask(&stage, &home, Method::DELETE, "/v1/alexa/link").await;
    assert_eq!(off().await, (200, j!({"at_amazon": false})), "nothing was on");
    assert_eq!(link(&stage, &home).await.0, 200);
    stage.fault("skill.enablement", Some(1), j!({"kind": "answer", "status": 503})).await;
    assert_eq!(off().await.0, 503);
    assert_eq!(stands(&stage, &home).await["is"], "enabled", "whole or not at all");
    assert_eq!(off().await, (200, j!({"at_amazon": true})));
    assert_eq!(at_amazons(&stage).await[0]["disabled"], true);
    assert_eq!(
        (grants(&stage, home.account).await, stands(&stage, &home).await["is"].clone()),
        (0, j!("not_enabled"))
    );
    let before = stage.received("gateway").await.len();
    stage.level(&home, 30).await;
    stage.settled().await;
    assert_eq!(stage.received("gateway").await.len(), before, "nothing more goes to Amazon");
    assert_eq!(link(&stage, &home).await.0, 200);
    // Linked from the Alexa app, or with a permission that the customer took back, only our side can be ended.
    stage.board(Method::POST, "/reset", &j!({})).await;
    assert_eq!(off().await, (200, j!({"at_amazon": false})));
    assert_eq!(told(&stage, home.account).await, ["enabled", "not_enabled", "enabled", "not_enabled"]);
}

#[tokio::test]
async fn a_server_without_a_skill_says_so() {
    let stage = Rehearsal::with(|alexa| alexa.skill_id = None).await;
    let home = stage.home(1).await;
    for (method, path) in [
        (Method::POST, "/v1/alexa/link"),
        (Method::POST, "/v1/alexa/check"),
        (Method::DELETE, "/v1/alexa/link"),
    ] {
        let (status, problem) = ask(&stage, &home, method, path).await;
        assert_eq!(
            (status, &problem["detail"]),
            (404, &j!("This server does not enable the skill. Enable it in the Alexa app."))
        );
    }
    assert_eq!(stands(&stage, &home).await["here"], false);
    assert_eq!(back(&stage, &stage.world.url("/alexa/return?state=x&code=y")).await.0, 400);
    // Enabled in the Alexa app, it is told all the same.
    stage.link(&home).await;
    assert_eq!(told(&stage, home.account).await, ["enabled"]);
}
