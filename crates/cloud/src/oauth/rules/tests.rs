//! One table per rule.

use super::*;
use crate::ids::{AccountId, GrantId};
use crate::store::GrantRow;
use uuid::Uuid;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn app() -> Client {
    let returns = ["http://127.0.0.1/callback", "http://[::1]/callback", "com.example.app:/callback"];
    Client::native("app", "App", &returns, &["customer", "staff"])
}

fn alexa() -> Client {
    Client::alexa("alexa", "secret", "V1")
}

#[test]
fn only_registered_addresses_are_returned_to() {
    let good = [
        "http://127.0.0.1/callback",
        "http://127.0.0.1:1/callback",
        "http://127.0.0.1:65535/callback",
        "http://[::1]:4000/callback",
        "com.example.app:/callback",
    ];
    for address in good {
        assert!(returns_to(&app(), address), "{address}");
    }
    let starts = ["http://127.0.0.1", "http://127.0.0.1:4000", "http://[::1]:4000"];
    let ends = [
        "/callback/",
        "/callback/..",
        "/callback/../callback",
        "//callback",
        "/Callback",
        "/callback?",
        "/callback?a=b",
        "/callback#",
        "/callback#a",
        "/callback%2f",
        "/%63allback",
        "/callback ",
        "/",
        "",
        "/other",
        "/callback;a",
        "\\callback",
        "/callback\n",
        "/./callback",
        "/callback\0",
    ];
    let mut bad: Vec<String> =
        starts.iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}"))).collect();
    let hosts = [
        "localhost",
        "localhost:4000",
        "127.0.0.2",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "127.0.0.1.evil.example",
        "evil.example",
        "user@127.0.0.1",
        "user:pass@127.0.0.1:4000",
        "127.0.0.1@evil.example",
        "127.0.0.1:4000@evil.example",
        "0.0.0.0",
        "[::]",
        "[::ffff:127.0.0.1]",
        "127.0.0.1:",
        "127.0.0.1:080",
        "127.0.0.1:00001",
        "127.0.0.1:70000",
        "127.0.0.1:-1",
        "127.0.0.1:a",
        "127.0.0.1.",
        "[::1",
        "[0:0:0:0:0:0:0:1]",
        "１27.0.0.1",
    ];
    bad.extend(hosts.iter().map(|host| format!("http://{host}/callback")));
    let schemes = ["https", "HTTP", "ftp", "javascript", "file", "http:", " http", "ws"];
    bad.extend(schemes.iter().map(|scheme| format!("{scheme}://127.0.0.1/callback")));
    let texts = [
        "com.example.app:/callback/",
        "com.example.app:callback",
        "com.example.app://callback",
        "com.example.app:/Callback",
        "COM.example.app:/callback",
        "com.example.app:/callback?x=1",
        "com.example.evil:/callback",
        "com.example.app:",
        "",
        "/callback",
        "callback",
        "//127.0.0.1/callback",
        "http:/127.0.0.1/callback",
        "http:127.0.0.1/callback",
        "http://127.0.0.1/callback,http://evil.example",
        "http://127.0.0.1/callback http://evil.example",
    ];
    bad.extend(texts.iter().map(ToString::to_string));
    assert!(bad.len() > 100);
    for address in bad {
        assert!(!returns_to(&app(), &address), "{address:?}");
    }
}

#[test]
fn alexa_returns_to_its_regions_exactly() {
    let good = "https://layla.amazon.com/api/skill/link/V1";
    assert!(returns_to(&alexa(), good));
    let bad = [
        "https://layla.amazon.com/api/skill/link/V2",
        "https://layla.amazon.com/api/skill/link/V1/",
        "https://layla.amazon.com/api/skill/link/V1?a=b",
        "https://layla.amazon.com:443/api/skill/link/V1",
        "https://layla.amazon.com.evil.example/api/skill/link/V1",
        "http://layla.amazon.com/api/skill/link/V1",
        "https://LAYLA.amazon.com/api/skill/link/V1",
        "https://skills-store.amazon.com/api/skill/link/V1",
    ];
    for address in bad {
        assert!(!returns_to(&alexa(), address), "{address}");
    }
}

fn asked(client: &Client, change: &[(&str, &str)]) -> Result<Asked, Refusal> {
    let mut fields = vec![
        ("response_type", "code"),
        ("redirect_uri", client_return(client)),
        ("state", "s t&a=te"),
        ("scope", "customer"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in change {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    judge_request(Some(client), &Fields::parse(query.as_bytes()).unwrap()).map(|(_, asked)| asked)
}

fn client_return(client: &Client) -> &'static str {
    match client.kind {
        ClientKind::Alexa => "https://pitangui.amazon.com/api/skill/link/V1",
        ClientKind::Native => "http://127.0.0.1:9000/callback",
    }
}

#[test]
fn requests_are_judged_before_anybody_is_asked() {
    let good = asked(&app(), &[]).unwrap();
    assert_eq!(good.state.as_deref(), Some("s t&a=te"));
    assert_eq!((good.challenge.as_deref(), good.scopes), (Some(CHALLENGE), vec![Role::Customer]));
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    assert_eq!(asked(&alexa(), &without).unwrap().challenge, None, "Alexa may do without");
    let two = asked(&app(), &[("scope", "staff customer staff")]).unwrap();
    assert_eq!(two.scopes, [Role::Customer, Role::Staff]);
    let less = asked(&app(), &[("scope", "staff administrator")]).unwrap();
    assert_eq!(less.scopes, [Role::Staff], "what the client may not ask for is left out");

    let back: [(&[(&str, &str)], OauthCode); 9] = [
        (&[("response_type", "token")], OauthCode::UnsupportedResponseType),
        (&[("response_type", "")], OauthCode::UnsupportedResponseType),
        (&without, OauthCode::InvalidRequest),
        (&[("code_challenge_method", "plain")], OauthCode::InvalidRequest),
        (&[("code_challenge_method", "")], OauthCode::InvalidRequest),
        (&[("code_challenge", "")], OauthCode::InvalidRequest),
        (&[("code_challenge", "short")], OauthCode::InvalidRequest),
        (&[("scope", "administrator")], OauthCode::InvalidScope),
        (&[("scope", "customer  staff")], OauthCode::InvalidScope),
    ];
    for (change, wanted) in back {
        match asked(&app(), change) {
            Err(Refusal::Back { code, state, .. }) => {
                assert_eq!((code, state.as_deref()), (wanted, Some("s t&a=te")), "{change:?}");
            }
            other => panic!("{change:?}: {other:?}"),
        }
    }
    let long = "x".repeat(STATE_MAX + 1);
    let page: [&[(&str, &str)]; 3] =
        [&[("redirect_uri", "http://evil.example/")], &[("redirect_uri", "")], &[("state", &long)]];
    for change in page {
        assert!(matches!(asked(&app(), change), Err(Refusal::Page(_))), "{change:?}");
    }
    assert!(matches!(judge_request(None, &Fields::default()), Err(Refusal::Page(_))));
}

#[test]
fn a_role_lends_only_what_it_has() {
    use Role::{Administrator, Customer, Staff};
    let table: [(Role, &[Role], &[Role]); 9] = [
        (Customer, &[Customer], &[Customer]),
        (Customer, &[Staff], &[]),
        (Customer, &[Customer, Administrator], &[Customer]),
        (Customer, &[], &[]),
        (Staff, &[Staff], &[Staff]),
        (Staff, &[Customer], &[]),
        (Staff, &[Staff, Administrator], &[Staff]),
        (Administrator, &[Staff, Administrator], &[Staff, Administrator]),
        (Administrator, &[Customer], &[]),
    ];
    for (role, scopes, wanted) in table {
        assert_eq!(lent(role, scopes), wanted, "{role:?} {scopes:?}");
    }
}

#[test]
fn a_verifier_fits_its_own_challenge_only() {
    // RFC 7636, appendix B.
    assert!(verifier_fits(CHALLENGE, VERIFIER));
    for bad in
        ["", CHALLENGE, &VERIFIER[..42], &format!("{VERIFIER}="), &format!("{VERIFIER}a"), &"x".repeat(129)]
    {
        assert!(!verifier_fits(CHALLENGE, bad), "{bad}");
    }
    let odd = format!("{}+", &VERIFIER[..42]);
    assert!(!verifier_fits(&text(&digest(odd.as_bytes())), &odd), "a character that no verifier has");
}

#[test]
fn a_code_is_good_for_its_own_request_only() {
    let row = |challenge: Option<&str>| CodeRow {
        account: AccountId(Uuid::from_u128(1)),
        hash: [0; 32],
        client: "app".into(),
        redirect_uri: "r".into(),
        challenge: challenge.map(str::to_owned),
        scope: "customer".into(),
        expires_at: 100,
        used_for: None,
    };
    let (with, none) = (row(Some(CHALLENGE)), row(None));
    let table = [
        (&with, app(), Some("r"), Some(VERIFIER), 99, true),
        (&none, app(), Some("r"), None, 99, true),
        (&with, alexa(), Some("r"), Some(VERIFIER), 99, false),
        (&with, app(), Some("r2"), Some(VERIFIER), 99, false),
        (&with, app(), None, Some(VERIFIER), 99, false),
        (&with, app(), Some("r"), None, 99, false),
        (&with, app(), Some("r"), Some(CHALLENGE), 99, false),
        (&none, app(), Some("r"), Some(VERIFIER), 99, false),
        (&with, app(), Some("r"), Some(VERIFIER), 100, false),
    ];
    for (at, (code, client, redirect_uri, verifier, now, good)) in table.into_iter().enumerate() {
        assert_eq!(judge_code(code, &client, redirect_uri, verifier, now).is_ok(), good, "row {at}");
    }
}

#[test]
fn a_refresh_token_is_followed_once_and_a_lost_answer_is_given_again() {
    let token = |client: &str, followed: Option<(i64, bool)>| TokenRow {
        grant: GrantRow {
            id: GrantId(Uuid::from_u128(1)),
            client: client.into(),
            scope: "customer".into(),
            created_at: 0,
        },
        refresh: true,
        expires_at: 10 * REFRESH_LIFE,
        followed: followed.map(|(at, used)| Followed { salt: [1; 16], at, used }),
    };
    let judge = |client: &Client, followed, now| judge_refresh(&token(&client.id, followed), client, now);
    let again = |at| Refresh::Again(Followed { salt: [1; 16], at, used: false });
    assert_eq!(judge(&app(), None, 1000), Refresh::Follow);
    assert_eq!(judge(&app(), Some((1000, false)), 1000 + RETRY), again(1000));
    assert_eq!(judge(&app(), Some((1000, false)), 1001 + RETRY), Refresh::Replayed);
    assert_eq!(judge(&app(), Some((1000, true)), 1000), Refresh::Replayed);
    assert_eq!(judge(&app(), Some((86_400_000, false)), 0), again(86_400_000), "a clock set back");
    assert_eq!(judge(&alexa(), Some((1000, false)), 86_400_000), again(1000));
    assert_eq!(judge(&alexa(), Some((1000, true)), 1001), Refresh::Replayed);
    let nothing = |refresh| matches!(refresh, Refresh::Nothing(_));
    assert!(nothing(judge_refresh(&token("alexa", None), &app(), 1)), "another client's");
    assert!(nothing(judge_refresh(&TokenRow { refresh: false, ..token("app", None) }, &app(), 1)));
    assert!(nothing(judge_refresh(&TokenRow { expires_at: 1, ..token("app", None) }, &app(), 1)));
    assert!(nothing(judge(&app(), None, NATIVE_GRANT_LIFE)), "asked for again after a time");
    assert_eq!(judge(&alexa(), None, NATIVE_GRANT_LIFE), Refresh::Follow, "a skill stays linked");
}
