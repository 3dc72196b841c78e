//! Linking with Alexa from the Account page: the true cloud, and Amazon's side as the sandbox plays it.

use crate::world::{Home, Maker, beginning};
use chrono::TimeDelta;
use refill_cloud::config::{Addresses, AlexaConfig, Client};
use refill_cloud::seal::SealKey;
use refill_domain::enablement::AlexaLink;
use refill_domain::gateway::Region;
use refill_engine::api::Api as _;
use refill_engine::error::Code;
use refill_engine::view::{AlexaView, LinkState};
use refill_sandbox::{Clock, Running, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

const SKILL: &str = "amzn1.ask.skill.sandbox";
const ONE: &str = "amzn1.account.ONE";
const SECRET: &str = "secret-of-alexa-CANARY";
const ENABLED: AlexaLink = AlexaLink::Enabled { region: Region::NorthAmerica };

/// Amazon's side, and a browser.
struct Amazon {
    running: Running,
    http: reqwest::Client,
}

impl Amazon {
    async fn board(&self, method: Method, path: &str, body: &Value) -> Value {
        let request =
            self.http.request(method.clone(), format!("{}/_board{path}", self.running.sandbox.base()));
        let request = if method == Method::GET { request } else { request.json(body) };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    async fn set(&self, change: impl FnOnce(&mut Value)) {
        let mut config = self.board(Method::GET, "/config", &Value::Null).await;
        change(&mut config);
        self.board(Method::PUT, "/config", &config).await;
    }

    async fn fault(&self, route: &str, fault: Value) {
        self.board(Method::POST, "/faults", &json!({"route": route, "times": 1, "fault": fault})).await;
    }

    /// The customer turns the skill off in the Alexa app.
    async fn turned_off(&self) {
        self.board(Method::POST, &format!("/skills/{SKILL}/disable"), &json!({"customer": ONE})).await;
    }

    /// A browser: signs in at Amazon, comes back to the maker, and gives the status of its page.
    async fn browse(&self, url: &str) -> u16 {
        let answer = self.http.get(url).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        self.http.get(back).send().await.unwrap().status().as_u16()
    }
}

async fn stage() -> (Maker, Amazon) {
    let sandbox = Sandbox::new(refill_sandbox::Config::default(), Clock::at(beginning(), 0), false).unwrap();
    let running = refill_sandbox::start(sandbox, ([127, 0, 0, 1], 0).into(), false).await.unwrap();
    let base = running.sandbox.base().to_owned();
    let url = |path: &str| format!("{base}{path}").parse::<url::Url>().unwrap();
    let regions = |path: &str| {
        let of = |region: &str| Some(url(&format!("/{region}{path}")));
        Addresses { north_america: of("na"), europe: of("eu"), far_east: of("fe") }
    };
    let key = SealKey::parse("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let mut alexa = AlexaConfig::new(
        "amzn1.application-oa2-client.sandbox-skill",
        "sandbox-skill-secret",
        key,
        "Sample Maker",
    );
    (alexa.events, alexa.api) = (regions("/v3/events"), regions(""));
    alexa.tokens = Addresses::all(&url("/auth/o2/token"));
    alexa.sign_in = Some(url("/ap/oa"));
    alexa.skill_id = Some(SKILL.into());
    let maker = Maker::with(|config| {
        config.clients.push(Client::alexa("alexa", SECRET, "M2SAMPLEVENDOR"));
        config.alexa = Some(alexa);
    })
    .await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    let amazon = Amazon { running, http: http.build().unwrap() };
    let at = |path: &str| format!("http://{}{path}", maker.address());
    amazon
        .set(|config| {
            config["clients"][0]["redirectUris"] = json!([at("/alexa/return")]);
            config["skills"][0]["endpoint"] = at("/alexa/directive").into();
            config["skills"][0]["accountLinking"] = json!({
                "authorizationUrl": at("/oauth/authorize"), "accessTokenUrl": at("/oauth/token"),
                "clientId": "alexa", "clientSecret": SECRET, "scopes": ["customer"],
            });
        })
        .await;
    (maker, amazon)
}

async fn alexa(home: &Home) -> Option<AlexaView> {
    match home.account().await.state {
        LinkState::Linked { alexa, .. } => alexa,
        _ => None,
    }
}

async fn until(home: &mut Home, wanted: AlexaLink) -> AlexaView {
    let what = format!("{wanted:?}");
    home.until(&what, async |engine| match engine.account().await.unwrap().state {
        LinkState::Linked { alexa: Some(alexa), .. } if alexa.link == wanted => Some(alexa),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn linked_with_alexa_turned_off_there_seen_here_and_linked_again() {
    let ((mut maker, amazon), mut home) = (stage().await, Home::new());
    assert_eq!(home.engine.link_alexa().await.expect_err("not linked").code, Code::BadField);
    maker.register("S1").await;
    home.link(&maker).await;
    let before = alexa(&home).await.unwrap();
    assert_eq!((before.link, before.since, before.here), (AlexaLink::NotEnabled {}, None, true));
    let begun = home.engine.link_alexa().await.unwrap();
    assert_eq!(begun.until, (beginning() + TimeDelta::minutes(10)).timestamp_millis());
    assert_eq!(amazon.browse(&begun.url).await, 200);
    let enabled = until(&mut home, ENABLED).await;
    assert_eq!((enabled.since, enabled.here), (Some(beginning().timestamp_millis()), true));
    home.restart().await;
    assert_eq!(alexa(&home).await.unwrap().link, ENABLED, "kept");
    home.in_step().await;

    home.advance(&maker, TimeDelta::hours(2));
    amazon.turned_off().await;
    home.engine.check_alexa().await.unwrap();
    let off = until(&mut home, AlexaLink::Disabled {}).await;
    assert_eq!(off.since, Some((beginning() + TimeDelta::hours(2)).timestamp_millis()));
    let again = home.engine.link_alexa().await.unwrap();
    assert_eq!(amazon.browse(&again.url).await, 200);
    until(&mut home, ENABLED).await;

    // Seen by the gateway alone, when the device says something.
    amazon.turned_off().await;
    maker.says("filter", json!({"kind": "level_read", "level": {"is": "amount", "amount": {"milli": 64_000, "unit": "PERCENT"}}})).await;
    until(&mut home, AlexaLink::Disabled {}).await;
    let again = home.engine.link_alexa().await.unwrap();
    assert_eq!(amazon.browse(&again.url).await, 200);
    until(&mut home, ENABLED).await;

    assert!(home.engine.end_alexa().await.unwrap().at_amazon);
    until(&mut home, AlexaLink::NotEnabled {}).await;
    assert!(!home.engine.end_alexa().await.unwrap().at_amazon, "nothing was on");
    home.engine.unlink().await.unwrap();
    assert!(alexa(&home).await.is_none());
    home.stop().await;
}

#[tokio::test]
async fn what_went_wrong_at_amazon_changes_nothing_here() {
    let ((mut maker, amazon), mut home) = (stage().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    amazon.set(|config| config["consent"] = json!("deny")).await;
    let begun = home.engine.link_alexa().await.unwrap();
    assert_eq!(amazon.browse(&begun.url).await, 200, "a page that says so");
    amazon.set(|config| config["consent"] = json!("allow")).await;
    for status in [400, 401, 403, 404, 409, 429, 500, 503] {
        amazon.fault("skill.enablement", json!({"kind": "answer", "status": status})).await;
        let begun = home.engine.link_alexa().await.unwrap();
        let page = amazon.browse(&begun.url).await;
        assert!([502, 503].contains(&page), "{status}: {page}");
    }
    // Late, twice, and in the place of an earlier one.
    let (first, second) = (home.engine.link_alexa().await.unwrap(), home.engine.link_alexa().await.unwrap());
    assert_eq!(amazon.browse(&first.url).await, 400);
    home.advance(&maker, TimeDelta::minutes(10));
    assert_eq!(amazon.browse(&second.url).await, 400);
    home.engine.sync_now().await.unwrap();
    home.in_step().await;
    assert_eq!(alexa(&home).await.unwrap().link, AlexaLink::NotEnabled {});
    let begun = home.engine.link_alexa().await.unwrap();
    assert_eq!(amazon.browse(&begun.url).await, 200);
    assert_eq!(amazon.browse(&begun.url).await, 400);
    until(&mut home, ENABLED).await;
    // Amazon is away: nothing is half turned off.
    amazon.fault("skill.enablement", json!({"kind": "answer", "status": 503})).await;
    assert_eq!(home.engine.end_alexa().await.expect_err("away").code, Code::Unreachable);
    assert_eq!(alexa(&home).await.unwrap().link, ENABLED);
    // The cloud is away: said at once, and asked again without waiting for the next try.
    maker.stop().await;
    assert_eq!(home.engine.link_alexa().await.expect_err("away").code, Code::Unreachable);
    maker.start().await;
    assert!(home.engine.link_alexa().await.unwrap().url.contains("/ap/oa?"));
    home.stop().await;
}

#[tokio::test]
async fn a_maker_whose_skill_is_enabled_elsewhere_says_so() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    assert!(alexa(&home).await.is_none(), "a maker without Alexa");
    let refused = home.engine.link_alexa().await.expect_err("not offered");
    assert_eq!(refused.code, Code::Refused);
    assert!(refused.message.contains("Alexa app"), "{refused}");
    home.stop().await;
}
