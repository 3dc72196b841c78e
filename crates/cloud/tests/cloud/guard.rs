//! What guards the pages of sign-in: addresses that are not exactly the client's are never gone to, whatever was done to
//! them; every page says how browsers must treat it; nobody reads an answer from another site; and a cookie is bound to
//! this host where there is TLS.

use crate::world::World;
use chrono::TimeDelta;
use refill_cloud::http::description;
use refill_cloud::secret::{digest, text};
use refill_cloud::store::Role;
use reqwest::Method;
use std::collections::BTreeSet;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What stands registered for the two clients of a test's server.
const REGISTERED: [(&str, &str); 6] = [
    ("refill", "http://127.0.0.1/callback"),
    ("refill", "http://[::1]/callback"),
    ("refill", "com.example.refill:/callback"),
    ("alexa", "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"),
    ("alexa", "https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA"),
    ("alexa", "https://alexa.amazon.co.jp/api/skill/link/M2AAAAAAAAAAAA"),
];

/// Everything that is one small step away from an address, and what attackers append.
fn variants(address: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for at in address.char_indices().map(|(at, _)| at) {
        let (before, after) = address.split_at(at);
        let mut rest = after.chars();
        let first = rest.next().unwrap();
        let rest = rest.as_str();
        all.insert(format!("{before}{rest}"));
        all.insert(format!("{before}{first}{first}{rest}"));
        let turned =
            if first.is_ascii_lowercase() { first.to_ascii_uppercase() } else { first.to_ascii_lowercase() };
        all.insert(format!("{before}{turned}{rest}"));
        all.insert(format!("{before}%{:02X}{rest}", u32::from(first)));
        for inserted in ["x", "/", ".", "@", "?", "#", "\\", " ", "\u{0}", "\u{ff0e}", "../"] {
            all.insert(format!("{before}{inserted}{after}"));
        }
    }
    for end in [
        "/",
        "?",
        "#",
        "?a=b",
        "#a",
        "/..",
        "/../callback",
        "%2f",
        ";a",
        "&state=x",
        "\r\nlocation: x",
        ".evil.example",
        "@evil.example",
        ":80",
        " ",
    ] {
        all.insert(format!("{address}{end}"));
    }
    for start in [
        " ",
        "\t",
        "//",
        "http://evil.example/?to=",
        "javascript:",
        "https://evil.example\\@",
        "view-source:",
    ] {
        all.insert(format!("{start}{address}"));
    }
    all.remove(address);
    all
}

fn asked(client: &str, back: &str) -> String {
    let challenge = text(&digest(VERIFIER.as_bytes()));
    let pairs = [
        ("client_id", client),
        ("response_type", "code"),
        ("redirect_uri", back),
        ("scope", "customer"),
        ("state", "s"),
        ("code_challenge", &*challenge),
        ("code_challenge_method", "S256"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/oauth/authorize?{query}")
}

#[tokio::test]
async fn no_variant_of_an_address_is_gone_to() {
    let world = World::new().await;
    let mut refused = 0;
    for (client, address) in REGISTERED {
        let good = world.ask(Method::GET, &asked(client, address)).send().await.unwrap();
        assert_eq!(good.status(), 200, "{address} is the client's");
        for variant in variants(address) {
            let response = world.ask(Method::GET, &asked(client, &variant)).send().await.unwrap();
            let (status, location) = (response.status(), response.headers().get("location").cloned());
            assert_eq!((status.as_u16(), location), (400, None), "{client} {variant:?}");
            assert!(!response.text().await.unwrap().contains("type=\"password\""), "{variant:?}");
            refused += 1;
        }
    }
    // And none of another client.
    for (client, address) in REGISTERED {
        let other = if client == "alexa" { "refill" } else { "alexa" };
        let response = world.ask(Method::GET, &asked(other, address)).send().await.unwrap();
        assert_eq!(response.status(), 400, "{other} {address}");
        refused += 1;
    }
    assert!(refused > 2000, "{refused}");
}

#[tokio::test]
async fn every_answer_says_how_browsers_treat_it_and_none_is_for_another_site() {
    let world = World::new().await;
    let description = serde_json::to_value(description()).unwrap();
    let mut pages: Vec<String> = description["paths"].as_object().unwrap().keys().cloned().collect();
    pages.push(asked("refill", "http://127.0.0.1:1/callback"));
    pages.push("/nothing/here".into());
    for path in pages {
        for (method, origin) in [
            (Method::GET, "null"),
            (Method::GET, "https://evil.example"),
            (Method::OPTIONS, "https://evil.example"),
        ] {
            let ask = world
                .ask(method.clone(), &path)
                .header("origin", origin)
                .header("cookie", "refill_session=x");
            let ask = ask
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization");
            let response = ask.send().await.unwrap();
            let headers = response.headers();
            let of = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
            let policy = of("content-security-policy");
            for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.contains(part), "{method} {path}: {policy}");
            }
            assert!(
                !policy.contains("unsafe") && !policy.contains("script-src"),
                "{method} {path}: {policy}"
            );
            assert_eq!(of("x-frame-options"), "DENY", "{method} {path}");
            assert_eq!(of("x-content-type-options"), "nosniff", "{method} {path}");
            assert_eq!(of("referrer-policy"), "no-referrer", "{method} {path}");
            assert!(of("cache-control").contains("no-store"), "{method} {path}");
            assert!(
                !headers.keys().any(|name| name.as_str().starts_with("access-control-")),
                "{method} {path}: {headers:?}"
            );
        }
    }
}

#[tokio::test]
async fn behind_tls_a_cookie_is_of_this_host_alone_and_browsers_stay_with_tls() {
    let world =
        World::with(|config| config.public_url = Some("https://cloud.example.com/".parse().unwrap())).await;
    let page = world.ask(Method::GET, &asked("refill", "http://127.0.0.1:1/callback")).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-refill_session="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(page.headers()["strict-transport-security"].to_str().unwrap().starts_with("max-age="));
}

#[tokio::test]
async fn a_refresh_token_that_comes_a_day_late_ends_the_whole_family() {
    let world = World::new().await;
    let account = world.account(Role::Customer, "c@example.com").await;
    let form = |pairs: &[(&str, &str)]| world.ask(Method::POST, "/oauth/token").form(&pairs.to_vec()).send();
    // By code, with what a page would have made of the consent.
    let code = refill_cloud::secret::Secret::new(refill_cloud::secret::Door::Code, account).unwrap();
    let row = refill_cloud::store::CodeRow {
        account,
        hash: code.hash(),
        client: "refill".into(),
        redirect_uri: "http://127.0.0.1:9/callback".into(),
        challenge: Some(text(&digest(VERIFIER.as_bytes()))),
        scope: "customer".into(),
        expires_at: refill_cloud::clock::Clock::now_ms(&*world.clock) + 1000,
        used_for: None,
    };
    world.server().app().store.put_code(row).await.unwrap();
    let by_code = [
        ("grant_type", "authorization_code"),
        ("client_id", "refill"),
        ("code", code.expose()),
        ("redirect_uri", "http://127.0.0.1:9/callback"),
        ("code_verifier", VERIFIER),
    ];
    let first = crate::world::json(form(&by_code).await.unwrap(), 200).await;
    let refresh = async |tokens: &serde_json::Value, status: u16| {
        let of = tokens["refresh_token"].as_str().unwrap();
        let pairs = [("grant_type", "refresh_token"), ("client_id", "refill"), ("refresh_token", of)];
        crate::world::json(form(&pairs).await.unwrap(), status).await
    };
    let second = refresh(&first, 200).await;
    world.advance(TimeDelta::days(1));
    let third = refresh(&second, 200).await;
    assert_eq!(refresh(&first, 400).await["error"], "invalid_grant", "somebody else has the first");
    assert_eq!(refresh(&third, 400).await["error"], "invalid_grant", "so nobody goes on with it");
    let me = world.get("/v1/me", third["access_token"].as_str().unwrap()).await;
    assert_eq!(me.status(), 401);
}
