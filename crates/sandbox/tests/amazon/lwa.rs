//! Login with Amazon: the journey of a code to tokens and on, and everything that stops it.

use crate::side::*;
use chrono::TimeDelta;
use refill_sandbox::{Config, Consent};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Of the verifier above, as RFC 7636 prints it (appendix B).
const S256: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub fn authorize(serial: &str) -> Vec<(&'static str, String)> {
    let data =
        json!({"dash:replenish": {"device_model": "WashWell-900", "serial": serial, "is_test_device": true}});
    vec![
        ("client_id", DASH_CLIENT.0.to_owned()),
        ("scope", "dash:replenish".to_owned()),
        ("scope_data", data.to_string()),
        ("response_type", "code".to_owned()),
        ("redirect_uri", RETURN.to_owned()),
        ("state", "st%te & more".to_owned()),
    ]
}

pub async fn consent(side: &Side, query: &[(&str, String)]) -> Result<Vec<(String, String)>, Back> {
    let back = side.send(side.to(Method::GET, "/ap/oa").query(query)).await;
    if back.status != 302 {
        return Err(back);
    }
    let to = Url::parse(back.header("location")).expect("an address");
    assert!(to.as_str().starts_with(RETURN), "{to}");
    Ok(to.query_pairs().into_owned().collect())
}

pub fn get<'q>(pairs: &'q [(String, String)], name: &str) -> &'q str {
    pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
}

pub async fn registered(side: &Side, serial: &str) -> Value {
    let back = consent(side, &authorize(serial)).await.expect("a redirect");
    let code = get(&back, "code").to_owned();
    let (id, secret) = DASH_CLIENT;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("client_id", id),
        ("client_secret", secret),
        ("redirect_uri", RETURN),
    ];
    let back = side.token(&form).await;
    assert_eq!(back.status, 200, "{}", back.text);
    back.json()
}

#[tokio::test]
async fn a_code_becomes_tokens_which_are_refreshed() {
    let side = Side::new().await;
    let mut query = authorize("S1");
    query.extend([("code_challenge", S256.to_owned()), ("code_challenge_method", "S256".to_owned())]);
    let back = consent(&side, &query).await.expect("a redirect");
    assert_eq!((get(&back, "state"), get(&back, "scope")), ("st%te & more", "dash:replenish"));
    let code = get(&back, "code").to_owned();
    let (id, secret) = DASH_CLIENT;
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("client_id", id),
        ("redirect_uri", RETURN),
        ("code_verifier", VERIFIER),
    ];
    let first = side.token(&exchange).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let tokens = first.json();
    let access = tokens["access_token"].as_str().expect("text");
    assert!(access.starts_with("Atza|") && (350..=2048).contains(&access.len()), "{}", access.len());
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("bearer"), &json!(3600)));
    let refresh = tokens["refresh_token"].as_str().expect("text");
    assert!(refresh.starts_with("Atzr|"));
    let refreshed = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("client_id", id),
        ("client_secret", secret),
    ];
    side.advance(TimeDelta::days(90)).await;
    let back = side.token(&refreshed).await.json();
    assert_ne!(back["access_token"], tokens["access_token"]);
    assert_eq!(back["refresh_token"], tokens["refresh_token"], "the same, unless told to rotate");
    let config = Config { rotate_refresh_tokens: true, ..Config::default() };
    assert_eq!(side.send(side.to(Method::PUT, "/_board/config").json(&config)).await.status, 204);
    let back = side.token(&refreshed).await.json();
    assert_ne!(back["refresh_token"], tokens["refresh_token"]);
    assert_eq!(side.token(&refreshed).await.json()["error"], "invalid_grant", "a rotated token is dead");
    // The code that comes again ends what it gave (RFC 6749, 4.1.2).
    let back = side.token(&exchange).await;
    assert_eq!((back.status, &back.json()["error"]), (400, &json!("invalid_grant")));
    side.running.stop().await;
}

#[tokio::test]
async fn a_wrong_token_request_is_refused_as_observed() {
    let side = Side::new().await;
    let tokens = registered(&side, "S1").await;
    let refresh = tokens["refresh_token"].as_str().expect("text").to_owned();
    let (id, secret) = DASH_CLIENT;
    let code = async || {
        let back = consent(&side, &authorize("S1")).await.expect("a redirect");
        get(&back, "code").to_owned()
    };
    let auth = ("grant_type", "authorization_code");
    let (who, why) = (("client_id", id), ("client_secret", secret));
    let back = ("redirect_uri", RETURN);
    let other = [("client_id", SKILL_CLIENT.0), ("client_secret", SKILL_CLIENT.1)];
    type Row<'r> = (Vec<(&'r str, &'r str)>, bool, u16, &'r str, &'r str);
    let rows: Vec<Row<'_>> = vec![
        (vec![who, why], true, 400, "invalid_request", "grant_type"),
        (vec![("grant_type", "password"), who, why], true, 400, "unsupported_grant_type", ""),
        (vec![auth, why, back], true, 400, "invalid_request", "client_id"),
        (vec![auth, ("client_id", "nobody"), why, back], true, 401, "invalid_client", ""),
        (vec![auth, who, ("client_secret", "guess"), back], true, 401, "invalid_client", ""),
        (vec![auth, who, back], true, 401, "invalid_client", "PKCE"),
        (vec![auth, who, why, back], false, 400, "invalid_request", "code"),
        (vec![auth, who, why, back, ("code", "ANmade-up")], false, 400, "invalid_grant", "code"),
        (vec![auth, who, why], true, 400, "invalid_grant", "redirect_uri"),
        (
            vec![auth, who, why, ("redirect_uri", "http://127.0.0.1:1/")],
            true,
            400,
            "invalid_grant",
            "redirect_uri",
        ),
        (vec![auth, other[0], other[1], back], true, 400, "invalid_grant", "code"),
        (
            vec![auth, who, why, back, ("code_verifier", VERIFIER)],
            true,
            400,
            "invalid_grant",
            "code_verifier",
        ),
        (vec![("grant_type", "refresh_token"), who, why], false, 400, "invalid_request", "refresh_token"),
        (
            vec![("grant_type", "refresh_token"), ("refresh_token", "Atzr|x"), who, why],
            false,
            400,
            "invalid_grant",
            "The request has an invalid grant parameter : refresh_token",
        ),
        (
            vec![("grant_type", "refresh_token"), ("refresh_token", &refresh), other[0], other[1]],
            false,
            400,
            "invalid_grant",
            "refresh_token",
        ),
    ];
    for (mut form, with_code, status, error, named) in rows {
        let fresh = code().await;
        if with_code {
            form.push(("code", &fresh));
        }
        let back = side.token(&form).await;
        let json = back.json();
        assert_eq!((back.status, json["error"].as_str()), (status, Some(error)), "{form:?}");
        assert!(json["error_description"].as_str().expect("text").contains(named), "{form:?}: {json}");
        assert!(back.header("x-amzn-errortype").starts_with("OA2"), "{form:?}");
    }
    let late = code().await;
    side.advance(TimeDelta::minutes(5)).await;
    let back = side.token(&[auth, who, why, back, ("code", &late)]).await;
    assert_eq!(back.json()["error"], "invalid_grant", "a code lives five minutes (protocols 3.3)");
    let back = side.send(side.to(Method::POST, "/auth/o2/token").json(&json!({}))).await;
    assert_eq!((back.status, &back.json()["error"]), (400, &json!("invalid_request")));
    side.running.stop().await;
}

#[tokio::test]
async fn a_wrong_authorization_request_goes_back_or_stops() {
    let side = Side::new().await;
    let set = |name: &'static str, value: &str| {
        let mut query = authorize("S1");
        query.retain(|(n, _)| *n != name);
        query.push((name, value.to_owned()));
        query
    };
    // These can't be trusted with an answer: nothing is sent anywhere.
    for query in [set("client_id", "nobody"), set("redirect_uri", "http://127.0.0.1:8788/amazon/return")] {
        let back = consent(&side, &query).await.expect_err("stops");
        assert_eq!(back.status, 400);
    }
    let data = |data: Value| set("scope_data", &json!({"dash:replenish": data}).to_string());
    let rows = [
        (set("response_type", "token"), "unsupported_response_type", "3.3"),
        (set("scope", "profile"), "invalid_scope", "6.3"),
        (set("code_challenge", "short"), "invalid_request", "6.4"),
        (set("scope_data", "{"), "invalid_request", "6.3"),
        (data(json!({"serial": "S1"})), "invalid_request", "6.3"),
        (data(json!({"device_model": "WashWell-900"})), "invalid_request", "6.3"),
        (data(json!({"device_model": "WashWell-900", "serial": "a b"})), "invalid_request", "6.3"),
        (data(json!({"device_model": "WashWell-900", "serial": "x".repeat(65)})), "invalid_request", "6.3"),
        (
            data(json!({"device_model": "WashWell-900", "serial": "S", "is_test_device": 1})),
            "invalid_request",
            "6.3",
        ),
        (data(json!({"device_model": "Unknown", "serial": "S1"})), "invalid_request", "7.1"),
    ];
    for (query, error, section) in rows {
        let back = consent(&side, &query).await.expect("a redirect");
        assert_eq!((get(&back, "error"), get(&back, "state")), (error, "st%te & more"), "{query:?}");
        assert!(get(&back, "error_description").ends_with(&format!("(protocols {section})")), "{back:?}");
    }
    // A device of another customer is not taken over.
    registered(&side, "S1").await;
    let mut query = authorize("S1");
    query.push(("customer", "amzn1.account.TWO".to_owned()));
    assert_eq!(get(&consent(&side, &query).await.expect("a redirect"), "error"), "invalid_request");
    side.running.stop().await;
}

#[tokio::test]
async fn the_consent_page_asks_where_it_is_told_to() {
    let config = Config { consent: Consent::Ask, ..Config::default() };
    let side = Side::with(config).await;
    let page = consent(&side, &authorize("S1")).await.expect_err("a page");
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<option>amzn1.account.TWO</option>") && page.text.contains("value=deny"));
    let request = side.to(Method::POST, "/ap/oa").query(&authorize("S1"));
    let back = side.send(request.form(&[("answer", "deny"), ("customer", ONE)])).await;
    assert!(back.header("location").contains("error=access_denied"), "{}", back.header("location"));
    let request = side.to(Method::POST, "/ap/oa").query(&authorize("S1"));
    let back = side.send(request.form(&[("answer", "allow"), ("customer", "amzn1.account.TWO")])).await;
    assert!(back.header("location").contains("code="), "{}", back.header("location"));
    assert_eq!(side.board("/drs").await["devices"][0]["customer"], "amzn1.account.TWO");
    side.running.stop().await;
}
