//! From the address to the linked account, and every way it can end without one.

use crate::sync::purchases;
use crate::world::{EMAIL, Home, Maker, PASSWORD};
use chrono::TimeDelta;
use refill_engine::api::Api as _;
use refill_engine::error::Code;
use refill_engine::link::vault::MemoryKeychain;
use refill_engine::view::{CloudConnection, LinkState};
use std::path::Path;

/// Whether any file below a folder holds these bytes.
fn holds(folder: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.into_iter().any(|path| {
        if path.is_dir() {
            return holds(&path, text);
        }
        std::fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn linked_in_the_browser_kept_over_a_restart_and_unlinked() {
    let (maker, mut home) = (Maker::new().await, Home::new());
    assert!(matches!(home.account().await.state, LinkState::Unlinked {}));
    home.link(&maker).await;
    let LinkState::Linked { email, name, scope, lasting, .. } = home.account().await.state else { panic!() };
    assert_eq!(
        (email.as_str(), name.as_str(), scope.as_str(), lasting),
        (EMAIL, "Customer One", "customer", true)
    );
    home.restart().await;
    home.in_step().await;
    // More than a token's life.
    home.advance(&maker, TimeDelta::hours(5));
    home.engine.sync_now().await.unwrap();
    home.in_step().await;
    assert!(home.engine.unlink().await.unwrap().told);
    assert!(matches!(home.account().await.state, LinkState::Unlinked {}));
    let grants = maker.app().store.grants(maker.account().await).await.unwrap();
    assert!(grants.iter().all(|grant| grant.client != "refill"), "the maker knows that it ended");
    home.stop().await;
    for secret in ["rfa_", "rfr_", PASSWORD] {
        assert!(!holds(home.folder.path(), secret), "{secret} lies open");
    }
}

/// The grants of this program at the maker.
async fn grants(maker: &Maker) -> usize {
    let grants = maker.app().store.grants(maker.account().await).await.unwrap();
    grants.iter().filter(|grant| grant.client == "refill").count()
}

#[tokio::test]
async fn what_was_recorded_between_two_links_goes_up_and_one_link_is_left() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    let before = grants(&maker).await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    let mut own = vec![home.buy(slot, "1").await];
    home.in_step().await;
    maker.stop().await;
    // On its way when the link is ended, and recorded while there is none.
    own.push(home.buy(slot, "2").await);
    assert!(!home.engine.unlink().await.unwrap().told);
    own.push(home.buy(slot, "3").await);
    maker.start().await;
    home.link(&maker).await;
    assert_eq!(purchases(&maker).await, own);

    // Linked again over a link that is well: the one before is given back, and the new one goes on.
    home.link(&maker).await;
    let again = home.buy(slot, "1").await;
    home.in_step().await;
    own.push(again);
    assert_eq!(purchases(&maker).await, own);
    // The link whose end could not be told is still there for the maker, and one is in use.
    while grants(&maker).await != before + 2 {
        tokio::task::yield_now().await;
    }
    home.restart().await;
    home.in_step().await;
    home.stop().await;
}

#[tokio::test]
async fn a_pasted_answer_is_waited_for_until_it_came_to_something() {
    let (maker, mut home) = (Maker::new().await, Home::with(MemoryKeychain::absent()));
    for _ in 0..2 {
        let begun = home.engine.begin_link(maker.address()).await.unwrap();
        let back = maker.browse(&begun.url, "allow").await;
        home.engine.finish_link(back).await.unwrap();
        // Not the link of before, and not none: whoever asks now waits.
        let state = home.account().await.state;
        assert!(
            matches!(
                state,
                LinkState::Waiting { .. }
                    | LinkState::Linked {
                        connection: CloudConnection::Connecting {} | CloudConnection::Listening {},
                        ..
                    }
            ),
            "{state:?}"
        );
        home.in_step().await;
        home.restart().await;
        let LinkState::Linked { connection, .. } = home.account().await.state else { panic!() };
        assert!(matches!(connection, CloudConnection::Ended {}), "without a keychain it is for one run");
    }
    home.stop().await;
}

#[tokio::test]
async fn not_agreed_forged_late_and_called_off() {
    let (maker, mut home) = (Maker::new().await, Home::new());
    let trouble = async |home: &Home| home.account().await.trouble.map(|trouble| trouble.code);
    let begun = home.engine.begin_link(maker.address()).await.unwrap();
    let back = maker.browse(&begun.url, "deny").await;
    assert_eq!(maker.follow(&back).await, 200);
    home.until("not agreed", async |engine| engine.account().await.unwrap().trouble).await;
    assert_eq!(trouble(&home).await, Some(Code::Refused));

    let begun = home.engine.begin_link(maker.address()).await.unwrap();
    assert_eq!(trouble(&home).await, None, "a new try");
    let back = maker.browse(&begun.url, "allow").await;
    let forged = back.replace("state=", "state=x");
    assert_eq!(maker.follow(&forged).await, 404);
    assert!(
        matches!(home.account().await.state, LinkState::Waiting { .. }),
        "a forged answer changes nothing"
    );
    home.engine.cancel_link().await.unwrap();
    assert!(matches!(home.account().await.state, LinkState::Unlinked {}));
    let error = home.engine.finish_link(back).await.expect_err("called off");
    assert_eq!((error.code, error.field.as_deref()), (Code::BadField, Some("answer")));

    home.engine.begin_link(maker.address()).await.unwrap();
    home.clock.advance(TimeDelta::minutes(10));
    home.until("late", async |engine| engine.account().await.unwrap().trouble).await;
    assert_eq!(trouble(&home).await, Some(Code::TimedOut));
    assert!(matches!(home.account().await.state, LinkState::Unlinked {}));
    home.stop().await;
}

#[tokio::test]
async fn the_address_can_be_pasted_and_a_flow_survives_a_restart() {
    let (maker, mut home) = (Maker::new().await, Home::new());
    let begun = home.engine.begin_link(maker.address()).await.unwrap();
    let back = maker.browse(&begun.url, "allow").await;
    let odd =
        home.engine.finish_link("https://example.com/?code=x&state=y".into()).await.expect_err("a stranger");
    assert_eq!(odd.code, Code::BadField);
    home.restart().await;
    home.until("waiting again", async |engine| {
        matches!(engine.account().await.unwrap().state, LinkState::Waiting { .. }).then_some(())
    })
    .await;
    home.engine.finish_link(format!("  {back}\n")).await.unwrap();
    home.in_step().await;
    assert_eq!(home.engine.finish_link(back).await.expect_err("single use").code, Code::BadField);

    // The browser itself may come back after the restart too.
    home.engine.unlink().await.unwrap();
    let begun = home.engine.begin_link(maker.address()).await.unwrap();
    let back = maker.browse(&begun.url, "allow").await;
    home.restart().await;
    home.until("waiting again", async |engine| {
        matches!(engine.account().await.unwrap().state, LinkState::Waiting { .. }).then_some(())
    })
    .await;
    while maker.follow_maybe(&back).await != Some(200) {
        tokio::task::yield_now().await;
    }
    home.in_step().await;
    home.stop().await;
}

#[tokio::test]
async fn without_a_keychain_the_link_lasts_for_this_run_and_the_ledger_for_ever() {
    let (mut maker, mut home) = (Maker::new().await, Home::with(MemoryKeychain::absent()));
    maker.register("S1").await;
    home.link(&maker).await;
    let LinkState::Linked { lasting, .. } = home.account().await.state else { panic!() };
    assert!(!lasting);
    assert!(home.slot("Capsules").await.is_some());
    home.restart().await;
    let LinkState::Linked { connection, .. } = home.account().await.state else { panic!() };
    assert!(matches!(connection, CloudConnection::Ended {}), "{connection:?}");
    assert!(home.slot("Capsules").await.is_some(), "nothing is lost");
    home.link(&maker).await;
    assert_eq!(home.engine.supplies().await.unwrap().rows.len(), 2, "and nothing doubled");
    home.stop().await;
}

#[tokio::test]
async fn an_emptied_keychain_or_an_ended_link_asks_to_link_again() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let ended = async |home: &mut Home| {
        home.until("ended", async |engine| match engine.account().await.unwrap().state {
            LinkState::Linked { connection: CloudConnection::Ended {}, .. } => Some(()),
            _ => None,
        })
        .await;
    };
    home.stop().await;
    home.keychain.put(None);
    home.start().await;
    ended(&mut home).await;
    home.link(&maker).await;
    // The customer ends the link at the maker's.
    let account = maker.account().await;
    for grant in maker.app().store.grants(account).await.unwrap() {
        maker.app().store.revoke_grant(account, grant.id, 0).await.unwrap();
    }
    home.advance(&maker, TimeDelta::hours(2));
    home.restart().await;
    ended(&mut home).await;
    assert!(home.slot("Capsules").await.is_some());
    home.link(&maker).await;
    home.stop().await;
}

#[tokio::test]
async fn what_is_no_cloud_is_told() {
    let home = Home::new();
    let refused =
        async |address: &str| home.engine.begin_link(address.into()).await.expect_err("no cloud").code;
    assert_eq!(refused("not an address").await, Code::BadAddress);
    assert_eq!(refused("http://home.example.com").await, Code::BadAddress);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(refused(&closed.to_string()).await, Code::Unreachable);
    let sandbox = refill_sandbox::Sandbox::new(
        refill_sandbox::Config::default(),
        refill_sandbox::Clock::system(0),
        false,
    );
    let sandbox = refill_sandbox::start(sandbox.unwrap(), ([127, 0, 0, 1], 0).into(), false).await.unwrap();
    let other = sandbox.sandbox.base().to_owned();
    assert_eq!(refused(&other).await, Code::BadAnswer, "a server of another kind");
    sandbox.stop().await;
    home.stop().await;
}
