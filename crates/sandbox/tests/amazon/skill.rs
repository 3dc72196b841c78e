//! Alexa towards a skill: linking by both ways, the grant, discovery and state, and every answer read strictly.

use crate::maker::Maker;
use crate::side::*;
use chrono::TimeDelta;
use refill_sandbox::{Config, Linking, Scheme};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

const CODE_BACK: &str = "http://127.0.0.1:9/app/return";

/// A legal answer to whatever is asked of a maker with one printer.
fn legal(asked: &Value) -> Value {
    let directive = &asked["directive"];
    let header = |namespace: &str, name: &str| {
        let mut header =
            json!({"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": "answer-1"});
        if let Some(token) = directive["header"].get("correlationToken") {
            header["correlationToken"] = token.clone();
        }
        header
    };
    let endpoint = json!({"endpointId": directive["endpoint"]["endpointId"]});
    match directive["header"]["name"].as_str().expect("a name") {
        "Discover" => json!({"event": {
            "header": header("Alexa.Discovery", "Discover.Response"),
            "payload": {"endpoints": [device("printer-1")]},
        }}),
        "AcceptGrant" => json!({"event": {
            "header": header("Alexa.Authorization", "AcceptGrant.Response"), "payload": {},
        }}),
        "ReportState" if endpoint["endpointId"] == "printer-1" => {
            let mut properties =
                vec![change("t", "printer-1", 1, 7.5)["event"]["payload"]["change"]["properties"][0].clone()];
            properties.push(change("t", "printer-1", 1, 7.5)["context"]["properties"][0].clone());
            json!({
                "event": {"header": header("Alexa", "StateReport"), "endpoint": endpoint, "payload": {}},
                "context": {"properties": properties},
            })
        }
        name => {
            let kind = if name == "ReportState" { "NO_SUCH_ENDPOINT" } else { "INVALID_DIRECTIVE" };
            json!({"event": {
                "header": header("Alexa", "ErrorResponse"),
                "endpoint": endpoint,
                "payload": {"type": kind, "message": "no"},
            }})
        }
    }
}

/// A sandbox and a maker whose skill it knows.
async fn pair(scheme: Scheme) -> (Side, Maker) {
    let maker = Maker::new().await;
    let mut config = Config::default();
    config.skills[0].endpoint = Some(format!("{}/skill", maker.base));
    config.skills[0].account_linking = Some(Linking {
        authorization_url: "https://maker.example/authorize?theme=dark".to_owned(),
        access_token_url: format!("{}/token", maker.base),
        access_token_scheme: scheme,
        client_id: "alexa".to_owned(),
        client_secret: "alexa-secret".to_owned(),
        scopes: vec!["profile".to_owned(), "devices".to_owned()],
    });
    config.clients[0].redirect_uris.push(CODE_BACK.to_owned());
    let side = Side::with(config).await;
    maker.says(legal);
    maker.exchanges(Some((side.url("/auth/o2/token"), SKILL_CLIENT.0, SKILL_CLIENT.1)));
    (side, maker)
}

async fn act(side: &Side, act: &str, rest: Value) -> Back {
    let mut body = json!({"customer": ONE});
    body.as_object_mut().expect("an object").extend(rest.as_object().cloned().unwrap_or_default());
    side.act(&format!("/skills/{SKILL}/{act}"), body).await
}

async fn linked(side: &Side) -> Back {
    act(side, "link", json!({"code": "maker-code", "redirectUri": CODE_BACK})).await
}

#[tokio::test]
async fn a_customer_enables_links_and_is_asked_for_state() {
    let (side, maker) = pair(Scheme::HttpBasic).await;
    let begun = act(&side, "enable", json!({})).await.json();
    let url = Url::parse(begun["authorizationUrl"].as_str().expect("text")).expect("an address");
    let query: std::collections::HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!((query["theme"].as_str(), query["response_type"].as_str()), ("dark", "code"));
    assert_eq!(query["scope"], "profile devices");
    let state = query["state"].clone();
    assert!(query["redirect_uri"].ends_with("/api/skill/link/M2SAMPLEVENDOR"));
    let back = |state: String| {
        side.http.get(&query["redirect_uri"]).query(&[("code", "maker-code"), ("state", &state)])
    };
    assert_eq!(side.send(back("guess".to_owned())).await.status, 400);
    let page = side.send(back(state.clone())).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(side.send(back(state)).await.status, 400, "a state works once");

    let form = maker.forms().pop().expect("a token request");
    assert_eq!(form.headers["authorization"], "Basic YWxleGE6YWxleGEtc2VjcmV0");
    assert!(form.body.contains("code=maker-code") && !form.body.contains("secret"), "{}", form.body);
    let asked = maker.asked();
    let names: Vec<_> = asked.iter().map(|one| one["directive"]["header"]["name"].clone()).collect();
    assert_eq!(names, ["AcceptGrant", "Discover"]);
    assert_eq!(
        asked[0]["directive"]["payload"]["grantee"],
        json!({"type": "BearerToken", "token": "maker-token"})
    );
    assert_eq!(asked[0]["directive"]["payload"]["grant"]["type"], "OAuth2.AuthorizationCode");
    assert_eq!(asked[0]["directive"]["header"].get("correlationToken"), None);
    assert_eq!(asked[1]["directive"]["payload"]["scope"]["token"], "maker-token");

    let state = act(&side, "report-state", json!({"endpointId": "printer-1"})).await;
    assert_eq!(state.status, 200, "{}", state.text);
    assert_eq!(side.board("/endpoints").await["endpoints"][0]["sensors"][0]["level"], 7.5);
    assert_eq!(
        act(&side, "report-state", json!({"endpointId": "unknown"})).await.status,
        200,
        "refused rightly"
    );
    let turn = json!({"endpointId": "printer-1", "namespace": "Alexa.PowerController", "name": "TurnOn"});
    assert_eq!(act(&side, "directive", turn).await.status, 200);

    // The maker's token is refreshed when it ended, by the sandbox's clock.
    maker.forms();
    side.advance(TimeDelta::seconds(600)).await;
    assert_eq!(act(&side, "discover", json!({})).await.status, 200);
    assert!(maker.forms()[0].body.contains("grant_type=refresh_token&refresh_token=maker-refresh"));

    let token = side.events_token(ONE).await;
    assert_eq!(side.post_event(&token, &change(&token, "printer-1", 1, 5.0)).await.status, 202);
    assert_eq!(act(&side, "disable", json!({})).await.json()["ok"], true);
    let refused = side.post_event(&token, &change(&token, "printer-1", 1, 5.0)).await;
    assert_eq!(
        (refused.status, &refused.json()["payload"]["code"]),
        (403, &json!("SKILL_DISABLED_EXCEPTION"))
    );
    assert_eq!(act(&side, "disable", json!({"forget": true})).await.json()["ok"], true);
    assert_eq!(side.post_event(&token, &change(&token, "printer-1", 1, 5.0)).await.status, 401);
    assert_eq!(act(&side, "discover", json!({})).await.status, 422);
    side.running.stop().await;
}

#[tokio::test]
async fn the_makers_app_enables_the_skill_with_its_own_code() {
    let (side, maker) = pair(Scheme::RequestBodyCredentials).await;
    let grant = side.act("/grants", json!({"customer": ONE, "client": SKILL_CLIENT.0})).await.json();
    let (linking, events) = (grant["accessToken"].as_str().expect("a token"), side.events_token(ONE).await);
    let path = format!("/v1/users/~current/skills/{SKILL}/enablement");
    let legal = json!({
        "stage": "development",
        "accountLinkRequest": {"redirectUri": CODE_BACK, "authCode": "maker-code", "type": "AUTH_CODE"},
    });
    let with = |pointer: &str, value: Value| {
        let mut body = legal.clone();
        *body.pointer_mut(pointer).expect("a member") = value;
        body
    };
    let other = "/v1/users/~current/skills/other/enablement";
    let rows: Vec<(&str, Option<&str>, Value, u16, &str)> = vec![
        (&path, None, legal.clone(), 401, "Authorization"),
        (&path, Some(&events), legal.clone(), 403, "lacks the scope"),
        (other, Some(linking), legal.clone(), 404, "skillId"),
        (&path, Some(linking), json!([]), 400, "must be a JSON object"),
        (&path, Some(linking), with("/stage", json!("test")), 400, "stage: must be one of development, live"),
        (
            &path,
            Some(linking),
            with("/accountLinkRequest", json!({})),
            400,
            "accountLinkRequest.type: is missing",
        ),
        (&path, Some(linking), with("/accountLinkRequest/type", json!("CODE")), 400, "must be \"AUTH_CODE\""),
        (
            &path,
            Some(linking),
            with("/accountLinkRequest/authCode", json!("")),
            400,
            "authCode: may not be empty",
        ),
        (
            &path,
            Some(linking),
            with("/accountLinkRequest/redirectUri", json!(1)),
            400,
            "redirectUri: must be a string",
        ),
    ];
    for (path, token, body, status, named) in rows {
        let mut request = side.to(Method::POST, path).json(&body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let back = side.send(request).await;
        let said = back.json()["message"].as_str().expect("a message").to_owned();
        assert_eq!(back.status, status, "{said}");
        assert!(said.contains(named) && said.ends_with("(protocols 6.2)"), "{named}: {said}");
    }
    assert!(maker.forms().is_empty());
    let back =
        side.send(side.to(Method::POST, &format!("/na{path}")).bearer_auth(linking).json(&legal)).await;
    assert_eq!((back.status, &back.json()["status"]), (201, &json!("ENABLED")));
    let form = maker.forms().pop().expect("a token request");
    assert!(form.body.contains("client_id=alexa&client_secret=alexa-secret"), "{}", form.body);
    assert_eq!(form.headers.get("authorization"), None);
    side.running.stop().await;
}

#[tokio::test]
async fn a_maker_asks_where_the_customer_is_how_it_stands_and_turns_it_off() {
    let (side, maker) = pair(Scheme::HttpBasic).await;
    let mut config = side.board("/config").await;
    config["customerRegions"] = json!({ONE: "eu"});
    assert_eq!(side.send(side.to(Method::PUT, "/_board/config").json(&config)).await.status, 204);
    let grant = side.act("/grants", json!({"customer": ONE, "client": SKILL_CLIENT.0})).await.json();
    let token = grant["accessToken"].as_str().expect("a token");
    let ask = async |method: Method, path: &str, token: &str| {
        side.send(side.to(method, path).bearer_auth(token)).await
    };
    let found = ask(Method::GET, "/v1/alexaApiEndpoint", token).await;
    let base = side.url("");
    let host = base.trim_end_matches('/').trim_start_matches("http://");
    assert_eq!((found.status, found.json()), (200, json!({"endpoints": [format!("{host}/eu")]})));
    assert_eq!(ask(Method::GET, "/v1/alexaApiEndpoint", "guess").await.status, 401);

    let path = format!("/v1/users/~current/skills/{SKILL}/enablement");
    let there = format!("/eu{path}");
    let code = json!({"redirectUri": CODE_BACK, "authCode": "maker-code", "type": "AUTH_CODE"});
    let body = json!({"stage": "live", "accountLinkRequest": code});
    assert_eq!(ask(Method::GET, &there, token).await.status, 404, "not enabled yet");
    assert_eq!(ask(Method::DELETE, &there, token).await.status, 404);
    let wrong = side.send(side.to(Method::POST, &path).bearer_auth(token).json(&body)).await;
    assert_eq!(wrong.status, 404, "another region: {}", wrong.text);
    assert!(maker.forms().is_empty());
    assert_eq!(side.send(side.to(Method::POST, &there).bearer_auth(token).json(&body)).await.status, 201);
    let events = side.events_token(ONE).await;
    for (method, status) in [(Method::GET, 200), (Method::DELETE, 204)] {
        assert_eq!(ask(method.clone(), &there, "guess").await.status, 401);
        assert_eq!(ask(method.clone(), &there, &events).await.status, 403, "no scope for it");
        assert_eq!(ask(method.clone(), &path, token).await.status, 404, "another region");
        let answer = ask(method, &there, token).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert_eq!(ask(Method::GET, &there, token).await.status, 404);
    let refused = side.post_event(&events, &change(&events, "printer-1", 1, 5.0)).await;
    assert_eq!(refused.json()["payload"]["code"], "SKILL_DISABLED_EXCEPTION");
    side.running.stop().await;
}

/// Sets a member of an answer, where it is an answer to this directive.
fn spoiled(
    name: &'static str,
    pointer: &'static str,
    value: Value,
) -> impl Fn(&Value) -> Value + Send + Sync {
    move |asked| {
        let mut answer = legal(asked);
        if asked["directive"]["header"]["name"] == name {
            let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
            answer.pointer_mut(parent).expect("a parent")[member] = value.clone();
        }
        answer
    }
}

#[tokio::test]
async fn a_wrong_answer_is_refused_by_its_section() {
    let (side, maker) = pair(Scheme::HttpBasic).await;
    assert_eq!(linked(&side).await.status, 200);
    let state = ("report-state", json!({"endpointId": "printer-1"}));
    let discover = ("discover", json!({}));
    let grant = ("grant", json!({}));
    let mut changed = device("printer-1");
    changed["capabilities"][0]["configuration"]["replenishment"]["value"] = json!("another");
    let rows = [
        (&discover, spoiled("Discover", "/event/header/name", json!("Response")), "event.header.name", "2.4"),
        (
            &discover,
            spoiled("Discover", "/event/header/payloadVersion", json!("1")),
            "event.header.payloadVersion",
            "2.1",
        ),
        (&discover, spoiled("Discover", "/context", json!({})), "context", "2.4"),
        (
            &discover,
            spoiled("Discover", "/event/payload/endpoints", json!({})),
            "event.payload.endpoints",
            "2.4",
        ),
        (
            &discover,
            spoiled("Discover", "/event/payload/endpoints", json!([changed])),
            "event.payload.endpoints[0].capabilities(Ink.Cyan).configuration.replenishment",
            "2.4",
        ),
        (&grant, spoiled("AcceptGrant", "/event/payload", json!({"stored": true})), "event.payload", "2.4"),
        (
            &grant,
            spoiled("AcceptGrant", "/event/header/namespace", json!("Alexa")),
            "event.header.name",
            "2.4",
        ),
        (
            &state,
            spoiled("ReportState", "/event/header/correlationToken", json!("another")),
            "event.header.correlationToken",
            "2.1",
        ),
        (
            &state,
            spoiled("ReportState", "/event/endpoint/endpointId", json!("printer-2")),
            "event.endpoint.endpointId",
            "2.4",
        ),
        (&state, spoiled("ReportState", "/event/payload", json!({"a": 1})), "event.payload", "2.4"),
        (&state, spoiled("ReportState", "/context/properties", json!([])), "context.properties", "2.4"),
        (
            &state,
            spoiled(
                "ReportState",
                "/context/properties/0/value/unit".trim_end_matches("/unit"),
                json!({"@type": "Count", "value": 1}),
            ),
            "context.properties[0].value",
            "2.5",
        ),
    ];
    for ((name, body), answer, path, section) in rows {
        maker.says(answer);
        let back = act(&side, name, body.clone()).await;
        let json = back.json();
        assert_eq!(
            (back.status, &json["path"], &json["section"]),
            (422, &json!(path), &json!(section)),
            "{json}"
        );
    }
    side.running.stop().await;
}

#[tokio::test]
async fn a_grant_that_is_not_stored_undoes_the_link() {
    let (side, maker) = pair(Scheme::HttpBasic).await;
    maker.exchanges(None);
    let back = linked(&side).await.json();
    assert_eq!(back["why"], "came before the code was exchanged", "{back}");
    maker.says(|_| {
        json!({"event": {
            "header": {"namespace": "Alexa.Authorization", "name": "ErrorResponse", "payloadVersion": "3", "messageId": "m"},
            "payload": {"type": "ACCEPT_GRANT_FAILED", "message": "the disk is full"},
        }})
    });
    assert_eq!(linked(&side).await.json()["why"], "the disk is full");
    assert_eq!(side.board("/skills").await["links"], json!([]));
    for (tokens, path) in [
        (json!({"token_type": "Bearer", "refresh_token": "r"}), "access_token"),
        (json!({"access_token": "a", "token_type": "mac", "refresh_token": "r"}), "token_type"),
        (json!({"access_token": "a", "token_type": "bearer"}), "refresh_token"),
        (
            json!({"access_token": "a", "token_type": "bearer", "refresh_token": "r", "expires_in": "1h"}),
            "expires_in",
        ),
        (
            json!({"access_token": "a", "token_type": "bearer", "refresh_token": "r", "expires_in": i64::MAX}),
            "expires_in",
        ),
    ] {
        maker.gives(tokens);
        let back = linked(&side).await;
        assert_eq!(
            (back.status, &back.json()["path"], &back.json()["section"]),
            (422, &json!(path), &json!("6.1"))
        );
    }
    side.running.stop().await;
}
