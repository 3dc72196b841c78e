//! Directives as Alexa sends them, as nobody should, and as chance makes them.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn directive(namespace: &str, name: &str, rest: &Value) -> Value {
    let mut directive = json!({
        "header": {"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": "1bd5d003-31b9-476f-ad03-71d471922820", "correlationToken": "dFMb0z+PgpgdDmluhJ1LddFvSqZ/jCc8ptlAKulUj90jSqg=="},
        "payload": {}
    });
    for (key, value) in rest.as_object().unwrap() {
        directive[key] = value.clone();
    }
    json!({ "directive": directive })
}

fn read(value: &Value) -> Result<Directive, BadDirective> {
    read_directive(&serde_json::to_vec(value).unwrap())
}

fn scope() -> Value {
    json!({"type": "BearerToken", "token": "access-token-from-skill"})
}

fn report_state() -> Value {
    directive(
        "Alexa",
        "ReportState",
        &json!({"endpoint": {"scope": scope(), "endpointId": "appliance-001", "cookie": {"a": "b"}}}),
    )
}

fn accept_grant() -> Value {
    let payload = json!({"grant": {"type": "OAuth2.AuthorizationCode", "code": "ANabc"}, "grantee": scope()});
    directive("Alexa.Authorization", "AcceptGrant", &json!({ "payload": payload }))
}

#[test]
fn the_three_directives_are_read() {
    let discover =
        read(&directive("Alexa.Discovery", "Discover", &json!({"payload": {"scope": scope(), "new": [1]}})))
            .unwrap();
    assert_eq!(discover.token().map(Secret::expose), Some("access-token-from-skill"));
    assert_eq!(discover.correlation, None, "none belongs to discovery, whatever a sample shows");
    assert!(matches!(discover.asked, Asked::Discover { .. }));

    let state = read(&report_state()).unwrap();
    assert_eq!(state.correlation.as_deref(), Some("dFMb0z+PgpgdDmluhJ1LddFvSqZ/jCc8ptlAKulUj90jSqg=="));
    assert!(
        matches!(&state.asked, Asked::ReportState { appliance, .. } if appliance.as_str() == "appliance-001")
    );

    let grant = read(&accept_grant()).unwrap();
    assert_eq!(grant.correlation, None);
    let Asked::AcceptGrant { code, grantee } = grant.asked else { panic!("a grant") };
    assert_eq!((code.expose(), grantee.expose()), ("ANabc", "access-token-from-skill"));

    let other = read(&directive(
        "Alexa.PowerController",
        "TurnOn",
        &json!({"endpoint": {"scope": scope(), "endpointId": "x"}}),
    ))
    .unwrap();
    assert!(
        matches!(other.asked, Asked::Other { ref name, token: Some(_), appliance: Some(_) } if name == "Alexa.PowerController.TurnOn")
    );
    assert!(other.correlation.is_some());
}

#[test]
fn a_discovery_without_a_token_is_still_a_discovery() {
    for payload in [
        json!({}),
        json!({"scope": {"type": "BearerToken"}}),
        json!({"scope": {"type": "Other", "token": "x"}}),
    ] {
        let read = read(&directive("Alexa.Discovery", "Discover", &json!({ "payload": payload }))).unwrap();
        assert_eq!(read.asked, Asked::Discover { token: None });
    }
}

/// Where, what is put there instead, and what the refusal names.
#[test]
fn what_is_wrong_is_named() {
    let cases = [
        (report_state(), "/directive/header/payloadVersion", json!("2"), "payloadVersion"),
        (report_state(), "/directive/header/payloadVersion", json!(3), "payloadVersion"),
        (report_state(), "/directive/header/namespace", json!(null), "namespace and a name"),
        (report_state(), "/directive/header/name", json!(""), "namespace and a name"),
        (report_state(), "/directive/header/correlationToken", json!(7), "correlationToken"),
        (report_state(), "/directive/header/correlationToken", json!("x".repeat(20_000)), "correlationToken"),
        (report_state(), "/directive/endpoint", json!([]), "directive.endpoint.scope.type"),
        (report_state(), "/directive/endpoint/scope/type", json!("BearerTokenWithPartition"), "BearerToken"),
        (report_state(), "/directive/endpoint/scope/token", json!(""), "directive.endpoint.scope.token"),
        (report_state(), "/directive/endpoint/scope/token", json!("a b"), "no token"),
        (report_state(), "/directive/endpoint/scope/token", json!("x".repeat(5_000)), "no token"),
        (report_state(), "/directive/endpoint/endpointId", json!("a/b"), "endpointId"),
        (report_state(), "/directive/endpoint/endpointId", json!("x".repeat(257)), "endpointId"),
        (accept_grant(), "/directive/payload/grant/type", json!("Other"), "OAuth2.AuthorizationCode"),
        (accept_grant(), "/directive/payload/grant/code", json!(null), "directive.payload.grant.code"),
        (accept_grant(), "/directive/payload/grantee", json!({}), "directive.payload.grantee.type"),
        (report_state(), "/directive", json!([1]), "`directive` is missing"),
    ];
    for (mut value, path, instead, named) in cases {
        *value.pointer_mut(path).unwrap() = instead;
        let bad = read(&value).unwrap_err();
        assert!(bad.why.contains(named), "{path}: {}", bad.why);
        assert!(!bad.why.contains("access-token"), "no token in a reason");
        assert_eq!(bad.grant, path.starts_with("/directive/payload/grant"), "{path}");
    }
    for body in [&b""[..], b"{", b"[]", b"\xff", b"null", b"{\"directive\":"] {
        assert!(read_directive(body).is_err());
    }
    assert!(read_directive(&vec![b' '; DIRECTIVE_MAX + 1]).unwrap_err().why.contains("more than"));
    let deep = [b"{\"directive\":".repeat(1000), b"1".to_vec()].concat();
    assert!(read_directive(&deep).is_err(), "depth is limited");
}

#[test]
fn a_bad_directive_still_knows_whom_to_answer() {
    let mut value = report_state();
    value["directive"]["endpoint"]["scope"] = json!(null);
    let bad = read(&value).unwrap_err();
    assert_eq!(bad.appliance.map(|id| id.to_string()), Some("appliance-001".into()));
    assert!(bad.correlation.is_some_and(|token| token.starts_with("dFMb")));
}

proptest! {
    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_directive(&bytes);
    }

    #[test]
    fn unknown_members_change_nothing(key in "[a-z]{1,12}", text in ".{0,40}") {
        let (mut value, plain) = (accept_grant(), accept_grant());
        for path in ["/directive", "/directive/header", "/directive/payload", "/directive/payload/grant", ""] {
            let at = value.pointer_mut(path).unwrap();
            if at.get(&key).is_none() {
                at[&key] = json!({ "x": text });
            }
        }
        prop_assert_eq!(read(&value), read(&plain));
    }
}
