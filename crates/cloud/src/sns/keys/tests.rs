//! Fetches, counted by a server that stands for SNS.

use super::*;
use crate::sns::certificate::SIGNER;
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use std::sync::atomic::{AtomicUsize, Ordering};

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A server whose `/good…` is a certificate, and the number of times it was asked.
async fn server() -> (String, Arc<AtomicUsize>) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let params = rcgen::CertificateParams::new(vec![SIGNER.to_owned()]).unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = async move |axum::extract::Path(what): axum::extract::Path<String>| {
        count.fetch_add(1, Ordering::Relaxed);
        match what.as_str() {
            "large" => pem.repeat(100).into_response(),
            "moved" => (StatusCode::FOUND, [("location", "/good")]).into_response(),
            "lost" => (StatusCode::NOT_FOUND, pem.clone()).into_response(),
            "odd" => "no certificate".into_response(),
            _ => pem.clone().into_response(),
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/{what}", get(answer));
    #[expect(clippy::disallowed_methods, reason = "a server of the test's own")]
    tokio::spawn(axum::serve(listener, router).into_future());
    (base, asked)
}

fn keys() -> Keys {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
    Keys::new(http.unwrap(), vec![SIGNER.to_owned()], Trust::Giver)
}

#[tokio::test]
async fn a_certificate_is_fetched_once_for_all_who_wait() {
    let ((base, asked), keys) = (server().await, keys());
    let url = format!("{base}/good");
    let all = (0..30).map(|_| keys.get(&url, now()));
    let mut got = 0;
    for one in all {
        got += usize::from(one.await.is_ok());
    }
    let (a, b, c) = tokio::join!(keys.get(&url, now()), keys.get(&url, now()), keys.get(&url, now()));
    assert!(a.is_ok() && b.is_ok() && c.is_ok() && got == 30);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn many_addresses_cost_one_fetch_a_second_and_few_are_kept() {
    let ((base, asked), keys) = (server().await, keys());
    for second in 0..80 {
        let at = now() + TimeDelta::seconds(second);
        assert!(keys.get(&format!("{base}/good{second}"), at).await.is_ok());
        let flood = keys.get(&format!("{base}/flood{second}"), at).await;
        assert_eq!(flood.err(), Some(NoKey::Busy));
    }
    assert_eq!(asked.load(Ordering::Relaxed), 80);
    assert_eq!(keys.kept.lock().unwrap().len(), KEPT_MAX);
    assert!(keys.known(&format!("{base}/good79"), now()).is_some());
    assert!(keys.known(&format!("{base}/good0"), now()).is_none(), "the oldest went");
}

#[tokio::test]
async fn failures_are_remembered_for_seconds_and_nothing_is_followed() {
    let ((base, asked), keys) = (server().await, keys());
    let rows = [
        ("large", NoKey::Unreachable),
        ("moved", NoKey::Unreachable),
        ("lost", NoKey::Unreachable),
        ("odd", NoKey::NotBelieved(NotBelieved::Unreadable)),
    ];
    for (number, (what, wanted)) in rows.into_iter().enumerate() {
        let at = now() + TimeDelta::minutes(i64::try_from(number).unwrap());
        let url = format!("{base}/{what}");
        for later in [0, 5] {
            assert_eq!(keys.get(&url, at + TimeDelta::seconds(later)).await.err(), Some(wanted), "{what}");
        }
        assert_eq!(asked.load(Ordering::Relaxed), number * 2 + 1, "{what}");
        assert_eq!(keys.get(&url, at + TimeDelta::seconds(20)).await.err(), Some(wanted), "{what}");
        assert_eq!(asked.load(Ordering::Relaxed), number * 2 + 2, "{what}");
    }
}
