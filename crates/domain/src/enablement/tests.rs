use super::*;
use chrono::DateTime;

#[test]
fn the_address_asks_for_one_scope_with_pkce() {
    let url = sign_in_url(SignIn {
        page: SIGN_IN_PAGE,
        client_id: "amzn1.application-oa2-client.0f",
        redirect_uri: "https://maker.example/alexa/return",
        state: "s#1",
        challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    });
    assert_eq!(
        url.expose(),
        "https://www.amazon.com/ap/oa?client_id=amzn1.application-oa2-client.0f\
         &scope=alexa%3A%3Askills%3Aaccount_linking&response_type=code\
         &redirect_uri=https%3A%2F%2Fmaker.example%2Falexa%2Freturn&state=s%231\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );
    assert!(may_open(url.expose(), false));
}

#[test]
fn only_amazons_sign_in_pages_are_opened() {
    for good in ["https://www.amazon.com/ap/oa?x", "https://eu.account.amazon.com/ap/oa?x=1&y=%20"] {
        assert!(may_open(good, false), "{good}");
    }
    let long = format!("https://www.amazon.com/ap/oa?{}", "x".repeat(4096));
    for bad in [
        "",
        "http://www.amazon.com/ap/oa?x",
        "https://www.amazon.com",
        "https://www.amazon.com/ap/oa",
        "https://www.amazon.com.evil.example/ap/oa?x",
        "https://www.amazon.com@evil.example/ap/oa?x",
        "https://evil.example/www.amazon.com/ap/oa?x",
        "https://www.amazon.com/ap/oa/../../gp?x",
        "https://www.amazon.com/ap/oa?a b",
        "https://www.amazon.com/ap/oa?\u{202e}",
        "file:///ap/oa?x",
        "http://127.0.0.1:4711/ap/oa?x",
        &long,
    ] {
        assert!(!may_open(bad, false), "{bad}");
    }
    assert!(may_open("http://127.0.0.1:4711/ap/oa?x", true), "a rehearsal on this computer");
    for bad in [
        "http://127.0.0.1:4711/other?x",
        "http://127.0.0.1:x/ap/oa?x",
        "http://127.0.0.1:80@evil.example/ap/oa?x",
        "http://localhost:4711/ap/oa?x",
    ] {
        assert!(!may_open(bad, true), "{bad}");
    }
}

#[test]
fn what_enables_the_skill_is_as_documented() {
    assert_eq!(path("amzn1.ask.skill.0-f"), "/v1/users/~current/skills/amzn1.ask.skill.0-f/enablement");
    assert_eq!(path("a/../b"), "/v1/users/~current/skills/a%2F..%2Fb/enablement");
    let body = body(Stage::Development, "https://maker.example/alexa/return", &Secret::new("rfc_1"));
    assert_eq!(
        body.to_string(),
        r#"{"accountLinkRequest":{"authCode":"rfc_1","redirectUri":"https://maker.example/alexa/return","type":"AUTH_CODE"},"stage":"development"}"#
    );
}

#[test]
fn what_each_answer_means() {
    use Answer::{Enabled, Later, NotEnabled, Refused};
    use Verb::{Disable, Enable, Look};
    let linked = r#"{"status":"ENABLED","accountLink":{"status":"LINKED"}}"#;
    for (verb, status, body, means) in [
        (Enable, 201, linked, Enabled),
        (Enable, 200, linked, Enabled),
        (Enable, 201, r#"{"status":"ENABLED"}"#, Refused(Refusal::NotLinked)),
        (
            Enable,
            201,
            r#"{"status":"ENABLED","accountLink":{"status":"NOT_LINKED"}}"#,
            Refused(Refusal::NotLinked),
        ),
        (Enable, 201, r#"{"status":"ENABLING"}"#, Later),
        (Enable, 201, "no JSON", Later),
        (Enable, 302, "", Refused(Refusal::NotLinked)),
        (Enable, 400, "{}", Refused(Refusal::NotLinked)),
        (Enable, 401, "{}", Refused(Refusal::Token)),
        (Enable, 403, "{}", Refused(Refusal::NotForAccount)),
        (Enable, 404, "{}", Refused(Refusal::NoSkill)),
        (Enable, 409, "{}", Refused(Refusal::Conflict)),
        (Enable, 429, "{}", Later),
        (Enable, 500, "{}", Later),
        (Enable, 503, "{}", Later),
        (Look, 200, linked, Enabled),
        (Look, 200, r#"{"status":"ENABLED"}"#, NotEnabled),
        (Look, 200, "", NotEnabled),
        (Look, 404, "{}", NotEnabled),
        (Look, 401, "{}", Refused(Refusal::Token)),
        (Look, 500, "{}", Later),
        (Disable, 204, "", NotEnabled),
        (Disable, 404, "{}", NotEnabled),
        (Disable, 401, "{}", Refused(Refusal::Token)),
        (Disable, 403, "{}", Refused(Refusal::NotForAccount)),
        (Disable, 503, "{}", Later),
    ] {
        let came = Came::Answer { status, retry_after: None, body: body.as_bytes() };
        assert_eq!(classify(verb, came), means, "{verb:?} {status} {body}");
    }
    for verb in [Enable, Look, Disable] {
        assert_eq!(classify(verb, Came::Lost), Later);
        assert_eq!(classify(verb, Came::NotSent), Later);
    }
}

#[test]
fn the_region_is_where_amazon_says() {
    assert_eq!(hosts(br#"{"endpoints":["api.eu.amazonalexa.com"]}"#), ["api.eu.amazonalexa.com"]);
    let several = br#"{"endpoints":["https://api.amazonalexa.com/","api.fe.amazonalexa.com","api.amazonalexa.com",7,""]}"#;
    assert_eq!(hosts(several), ["api.amazonalexa.com", "api.fe.amazonalexa.com"]);
    for nothing in [&b""[..], b"[]", b"{}", br#"{"endpoints":"x"}"#, br#"{"endpoints":[]}"#] {
        assert!(hosts(nothing).is_empty());
    }
    for region in Region::ALL {
        assert!(region.events_url().starts_with(region.api_url()));
    }
}

#[test]
fn how_it_stands_follows_from_the_gate() {
    let europe = Region::Europe;
    let gate = |state| standing(Some((europe, state)), true);
    let stopped = |why| gate(GateState::Stopped { why });
    assert_eq!(standing(None, false), AlexaLink::NotEnabled {});
    assert_eq!(standing(None, true), AlexaLink::MakerTrouble {});
    for going in [GateState::Open, GateState::Until { at: DateTime::UNIX_EPOCH }, GateState::Refreshing] {
        assert_eq!(gate(going), AlexaLink::Enabled { region: europe });
        assert_eq!(standing(Some((europe, going)), false), AlexaLink::Enabled { region: europe });
    }
    assert_eq!(stopped(Stop::SkillDisabled), AlexaLink::Disabled {});
    for why in [Stop::LinkLost, Stop::NotEnabledHere, Stop::OtherSkill] {
        assert_eq!(stopped(why), AlexaLink::LinkAgain {});
    }
    for why in [Stop::NotPermitted, Stop::WrongAddress] {
        assert_eq!(stopped(why), AlexaLink::MakerTrouble {});
    }
}

#[test]
fn an_older_app_reads_what_a_newer_cloud_says() {
    let read = |text: &str| serde_json::from_str::<AlexaLink>(text).unwrap();
    assert_eq!(
        read(r#"{"is":"enabled","region":"europe","since":1}"#),
        AlexaLink::Enabled { region: Region::Europe }
    );
    assert_eq!(read(r#"{"is":"not_enabled"}"#), AlexaLink::NotEnabled {});
    assert_eq!(read(r#"{"is":"half_open","door":7}"#), AlexaLink::Unknown);
}
