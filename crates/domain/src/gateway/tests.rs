//! One table for each endpoint, and the arithmetic of waiting.

use super::*;
use crate::testing::START;
use proptest::prelude::*;
use serde_json::json;

const FIRST: Attempt = Attempt { number: 1, refreshed: false, divisible: false, jitter: 0 };

fn exception(code: &str) -> String {
    let payload = json!({"code": code, "description": "…"});
    json!({"header": {"namespace": "System", "name": "Exception", "messageId": "m"}, "payload": payload})
        .to_string()
}

fn of(status: u16, code: &str, attempt: Attempt) -> Outcome {
    let body = if code.is_empty() { "<html>".to_owned() } else { exception(code) };
    classify(Came::Answer { status, retry_after: None, body: body.as_bytes() }, attempt, START)
}

fn after(seconds: i64) -> Outcome {
    Outcome::Wait { until: START + TimeDelta::seconds(seconds) }
}

#[test]
fn every_answer_of_the_gateway_has_one_meaning() {
    let stop = Outcome::Stop;
    let refreshed = Attempt { refreshed: true, ..FIRST };
    let many = Attempt { divisible: true, ..FIRST };
    let often = |number| Attempt { number, ..FIRST };
    for (status, code, attempt, wanted) in [
        (202, "", FIRST, Outcome::Delivered),
        (200, "", FIRST, Outcome::Delivered),
        (204, "", FIRST, Outcome::Delivered),
        (400, "INVALID_REQUEST_EXCEPTION", FIRST, Outcome::Park(Reason::Invalid)),
        (400, "", FIRST, Outcome::Park(Reason::Invalid)),
        (400, "NEW_EXCEPTION", FIRST, Outcome::Park(Reason::Invalid)),
        (401, "INVALID_ACCESS_TOKEN_EXCEPTION", FIRST, Outcome::Refresh),
        (401, "", FIRST, Outcome::Refresh),
        (401, "INVALID_ACCESS_TOKEN_EXCEPTION", refreshed, stop(Stop::LinkLost)),
        (401, "", refreshed, stop(Stop::LinkLost)),
        (403, "SKILL_NEVER_ENABLED_EXCEPTION", FIRST, after(300)),
        (403, "SKILL_NEVER_ENABLED_EXCEPTION", often(5), after(300)),
        (403, "SKILL_NEVER_ENABLED_EXCEPTION", often(6), stop(Stop::NotEnabledHere)),
        (403, "SKILL_DISABLED_EXCEPTION", FIRST, stop(Stop::SkillDisabled)),
        (403, "INSUFFICIENT_PERMISSION_EXCEPTION", FIRST, stop(Stop::NotPermitted)),
        (403, "", FIRST, stop(Stop::NotPermitted)),
        (404, "SKILL_NOT_FOUND_EXCEPTION", FIRST, stop(Stop::OtherSkill)),
        (403, "ACCOUNT_NOT_FOUND_EXCEPTION", FIRST, stop(Stop::OtherSkill)),
        (404, "", FIRST, stop(Stop::WrongAddress)),
        (405, "", FIRST, stop(Stop::WrongAddress)),
        (301, "", FIRST, stop(Stop::WrongAddress)),
        (307, "", FIRST, stop(Stop::WrongAddress)),
        (413, "REQUEST_ENTITY_TOO_LARGE_EXCEPTION", many, Outcome::Split),
        (413, "", many, Outcome::Split),
        (413, "REQUEST_ENTITY_TOO_LARGE_EXCEPTION", FIRST, Outcome::Park(Reason::TooLarge)),
        (429, "THROTTLING_EXCEPTION", FIRST, after(1)),
        (429, "", often(2), after(2)),
        (500, "INTERNAL_SERVICE_EXCEPTION", often(3), after(4)),
        (503, "SERVICE_UNAVAILABLE_EXCEPTION", often(4), after(16)),
        (502, "", often(20), after(450)),
        (408, "", FIRST, after(1)),
    ] {
        assert_eq!(of(status, code, attempt), wanted, "{status} {code} {attempt:?}");
    }
    assert_eq!(classify(Came::NotSent, FIRST, START), after(1));
    assert_eq!(classify(Came::Lost, FIRST, START), after(1));
    let other_names = json!({"payload": {"type": "SKILL_DISABLED_EXCEPTION", "message": "…"}}).to_string();
    let came = Came::Answer { status: 403, retry_after: None, body: other_names.as_bytes() };
    assert_eq!(classify(came, FIRST, START), stop(Stop::SkillDisabled));
}

#[test]
fn every_reason_says_what_to_do() {
    let stops = [
        Stop::LinkLost,
        Stop::SkillDisabled,
        Stop::NotEnabledHere,
        Stop::NotPermitted,
        Stop::OtherSkill,
        Stop::WrongAddress,
    ];
    let texts = stops.map(|stop| stop.to_string());
    assert!(texts.iter().all(|text| text.ends_with('.') && text.matches(". ").count() == 1), "{texts:?}");
    assert_eq!(stops.map(Stop::deletes_tokens), [false, true, false, false, false, false]);
}

#[test]
fn retry_after_is_honoured_up_to_an_hour() {
    for (text, seconds) in [
        ("30", 30),
        (" 30 ", 30),
        ("0", 1),
        ("-5", 1),
        ("1000000000", 3600),
        ("99999999999999999999", 3600),
        ("Tue, 01 Sep 2026 00:10:00 GMT", 600),
        ("Mon, 31 Aug 2026 00:10:00 GMT", 1),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600),
        ("soon", 1),
        ("", 1),
        ("1.5", 1),
    ] {
        let came = Came::Answer { status: 429, retry_after: Some(text), body: b"" };
        assert_eq!(classify(came, FIRST, START), after(seconds), "{text:?}");
    }
}

#[test]
fn no_jitter_leads_beyond_the_hour() {
    for (text, jitter, wanted) in
        [("800", 0, 800), ("800", u32::MAX, 899), ("3500", u32::MAX, 3600), ("9999", u32::MAX, 3600)]
    {
        let came = Came::Answer { status: 429, retry_after: Some(text), body: b"" };
        let Outcome::Wait { until } = classify(came, Attempt { jitter, ..FIRST }, START) else {
            panic!("a wait")
        };
        assert_eq!((until - START).num_seconds(), wanted, "{text} with {jitter}");
    }
}

#[test]
fn token_requests_hold_what_each_grant_needs() {
    let client = Client { id: "amzn1.c&1", secret: Some(Secret::new("s=1")) };
    let (code, token) = (Secret::new("AN+b"), Secret::new("Atzr|y z"));
    let form = |request: TokenRequest<'_>, client: &Client<'_>| request.form(client).expose().to_owned();
    let exchange = TokenRequest::Code { code: &code, redirect_uri: None, verifier: None };
    assert_eq!(
        form(exchange, &client),
        "grant_type=authorization_code&code=AN%2Bb&client_id=amzn1.c%261&client_secret=s%3D1"
    );
    let registered = TokenRequest::Code {
        code: &code,
        redirect_uri: Some("https://m.example/lwa"),
        verifier: Some(&token),
    };
    assert_eq!(
        form(registered, &Client { secret: None, ..client.clone() }),
        "grant_type=authorization_code&code=AN%2Bb&redirect_uri=https%3A%2F%2Fm.example%2Flwa\
         &code_verifier=Atzr%7Cy%20z&client_id=amzn1.c%261"
    );
    assert_eq!(
        form(TokenRequest::Refresh { token: &token }, &client),
        "grant_type=refresh_token&refresh_token=Atzr%7Cy%20z&client_id=amzn1.c%261&client_secret=s%3D1"
    );
    assert!(!format!("{:?} {client:?}", TokenRequest::Refresh { token: &token }).contains("Atzr"));
}

fn token_answer(status: u16, body: &str) -> TokenAnswer {
    classify_token(Came::Answer { status, retry_after: None, body: body.as_bytes() }, FIRST, START)
}

#[test]
fn every_answer_of_the_token_endpoint_has_one_meaning() {
    let lost = r#"{"error":"invalid_grant","error_description":"The request has an invalid grant parameter : refresh_token"}"#;
    let again = TokenAnswer::Again { until: START + TimeDelta::seconds(1) };
    let fault = |text: &str| TokenAnswer::Stop(TokenStop::Configuration(text.into()));
    let none = TokenAnswer::Stop(TokenStop::NoToken);
    for (status, body, wanted) in [
        (400, lost, TokenAnswer::Stop(TokenStop::LinkLost)),
        (401, lost, TokenAnswer::Stop(TokenStop::LinkLost)),
        (400, r#"{"error":"invalid_client"}"#, fault("invalid_client")),
        (401, r#"{"error":"unauthorized_client"}"#, fault("unauthorized_client")),
        (400, "<html>", fault("status 400")),
        (302, "", fault("status 302")),
        (404, "{}", fault("status 404")),
        (500, lost, again.clone()),
        (503, "", again.clone()),
        (429, "", again.clone()),
        (200, "", none.clone()),
        (200, r#"{"access_token":"","token_type":"bearer"}"#, none.clone()),
        (200, r#"{"access_token":"a b"}"#, none.clone()),
        (200, r#"{"access_token":"Atza|x","token_type":"mac"}"#, none),
    ] {
        assert_eq!(token_answer(status, body), wanted, "{status} {body}");
    }
    assert_eq!(classify_token(Came::Lost, FIRST, START), again);
    assert_eq!(classify_token(Came::NotSent, FIRST, START), again);
}

#[test]
fn granted_tokens_are_kept_until_shortly_before_their_end() {
    let body =
        r#"{"access_token":"Atza|x","refresh_token":"Atzr|y","token_type":"bearer","expires_in":3600}"#;
    let TokenAnswer::Granted(granted) = token_answer(200, body) else { panic!("tokens") };
    assert_eq!(
        (granted.access.expose(), granted.refresh.as_ref().map(Secret::expose)),
        ("Atza|x", Some("Atzr|y"))
    );
    assert_eq!(granted.refresh_at(), START + TimeDelta::minutes(55));
    for (life, minutes) in [
        ("", 60),
        (r#","expires_in":-1"#, 0),
        (r#","expires_in":9e99"#, 60),
        (r#","expires_in":999999999"#, 24 * 60),
    ] {
        let body = format!(r#"{{"access_token":"Atza|x"{life}}}"#);
        let TokenAnswer::Granted(granted) = token_answer(200, &body) else { panic!("a token") };
        assert_eq!((granted.refresh, granted.ends_at), (None, START + TimeDelta::minutes(minutes)), "{life}");
    }
}

#[test]
fn each_region_has_its_hosts() {
    use Region::{Europe, FarEast, NorthAmerica};
    let hosts = [NorthAmerica, Europe, FarEast].map(|region| (region.events_url(), region.token_url()));
    insta::assert_json_snapshot!("regions", hosts);
}

use crate::secret::Secret;

proptest! {
    #[test]
    fn no_answer_breaks_it_and_no_wait_is_hot(
        status in 100u16..600, body in ".{0,80}", header in proptest::option::of("[-0-9A-Za-z, :]{0,30}"),
        number in 1u32..100_000, jitter: u32, refreshed: bool, divisible: bool,
    ) {
        let attempt = Attempt { number, refreshed, divisible, jitter };
        let came = Came::Answer { status, retry_after: header.as_deref(), body: body.as_bytes() };
        if let Outcome::Wait { until } = classify(came, attempt, START) {
            let wait = until - START;
            prop_assert!(wait >= TimeDelta::seconds(1) && wait <= RETRY_AFTER_MAX, "{wait}");
            if header.is_none() {
                prop_assert!(wait <= BACKOFF_MAX);
            }
        }
        if let TokenAnswer::Again { until } = classify_token(came, attempt, START) {
            prop_assert!(until - START >= TimeDelta::seconds(1));
        }
    }

    #[test]
    fn waits_grow_until_the_cap(jitter: u32) {
        let wait = |number| match classify(Came::Lost, Attempt { number, jitter, ..FIRST }, START) {
            Outcome::Wait { until } => until - START,
            other => panic!("{other:?}"),
        };
        for number in 1..30 {
            prop_assert!(wait(number + 1) >= wait(number), "{number}");
        }
        prop_assert!(wait(30) >= BACKOFF_MAX / 2);
    }
}
