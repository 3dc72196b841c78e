//! What a person is told of while the window is away: once, together, not at night, not after a restart again.

use crate::home::{Home, bought, by_hand, typed};
use chrono::TimeDelta;
use refill_domain::endpoint::{DeviceKind, SupplyKind};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::measure::Unit;
use refill_engine::api::Api;
use refill_engine::clock::Clock as _;
use refill_engine::form::{QuietForm, What};
use refill_engine::view::{NoticeDoes, Place, Settings};

async fn supply(home: &Home, name: &str) -> (EndpointId, SlotId) {
    let added = home.add(DeviceKind::CoffeeMachine, by_hand(name, SupplyKind::Pods, Unit::Count, None)).await;
    home.record(added.1, bought("50")).await.unwrap();
    added
}

async fn empty(home: &Home, slot: SlotId) {
    let none = || Some(typed("0", Unit::Count));
    home.record(slot, What::Counted { level: none(), shelf: none() }).await.unwrap();
}

/// A household whose first look is over, with two supplies.
async fn begun() -> (Home, (EndpointId, SlotId), (EndpointId, SlotId)) {
    let mut home = Home::telling().await;
    let (pods, tablets) = (supply(&home, "Pods").await, supply(&home, "Tablets").await);
    // The first look ever tells nothing: one that needs the person from the beginning shows it.
    let (_, early) = supply(&home, "Early").await;
    empty(&home, early).await;
    home.settle().await;
    home.looked().await;
    (home, pods, tablets)
}

#[tokio::test]
async fn once_and_together_and_not_again_after_a_restart() {
    let (mut home, (_, pods), (_, tablets)) = begun().await;
    empty(&home, pods).await;
    home.settle().await;
    let told = home.notice().await;
    assert_eq!(
        (told.title.as_str(), told.body.as_str()),
        ("Pods is empty", "By hand: none spare. Bought one? Record it.")
    );
    assert_eq!((told.place, told.slot), (Place::Slot { slot: pods }, Some(pods)));
    let does: Vec<NoticeDoes> = told.acts.iter().map(|act| act.does).collect();
    assert_eq!(does, [NoticeDoes::Bought, NoticeDoes::Tomorrow]);

    home.restart().await;
    empty(&home, tablets).await;
    let (_, more) = supply(&home, "Salt").await;
    empty(&home, more).await;
    home.settle().await;
    let told = home.notice().await;
    assert_eq!(told.title, "2 supplies need you", "what was told before the restart is not among them");
    assert_eq!((told.body.as_str(), told.place, told.slot), ("Tablets, Salt", Place::Supplies {}, None));
    home.end().await;
}

#[tokio::test]
async fn nothing_at_night_and_one_summary_in_the_morning() {
    let (mut home, (_, pods), (_, tablets)) = begun().await;
    home.clock.advance(TimeDelta::hours(12));
    empty(&home, pods).await;
    home.settle().await;
    home.looked().await;
    empty(&home, tablets).await;
    home.settle().await;
    home.looked().await;
    home.clock.advance(TimeDelta::hours(10));
    assert_eq!(home.notice().await.title, "2 supplies need you", "the first that was told");
    home.end().await;
}

#[tokio::test]
async fn once_a_day_paused_and_off() {
    let (mut home, (_, pods), (device, tablets)) = begun().await;
    let settings = Settings { locale: "de-DE".into(), language: "de".into(), ..Settings::default() };
    let daily = Settings { notice_when: "daily".into(), notice_hour: 18, ..settings.clone() };
    home.engine.set_settings(daily).await.unwrap();
    empty(&home, pods).await;
    home.settle().await;
    home.looked().await;
    home.clock.advance(TimeDelta::hours(8));
    assert_eq!(home.notice().await.title, "Pods ist leer");

    home.engine.set_settings(settings).await.unwrap();
    home.engine.pause_notices(true).await.unwrap();
    let morning = home.engine.notices().await.unwrap().paused_until.unwrap();
    let wait = morning - home.clock.now().timestamp_millis();
    assert_eq!(wait / 3_600_000, 13, "from after 18:00 to 08:00");
    assert!(home.engine.tray().await.unwrap().unwrap().quiet_now);
    home.engine.set_device_notices(device, false).await.unwrap();
    assert!(!home.engine.device(device).await.unwrap().notices);
    empty(&home, tablets).await;
    home.clock.advance(TimeDelta::milliseconds(wait));
    home.looked().await;
    assert_eq!(home.engine.notices().await.unwrap().paused_until, None);
    home.engine.set_device_notices(device, true).await.unwrap();
    home.settle().await;
    assert_eq!(home.notice().await.title, "Tablets ist leer", "the device's notices were off until now");
    home.end().await;
}

#[tokio::test]
async fn put_off_until_tomorrow_and_muted() {
    let (mut home, (_, pods), (_, tablets)) = begun().await;
    empty(&home, pods).await;
    home.settle().await;
    assert_eq!(home.notice().await.title, "Pods is empty");
    home.engine.remind_tomorrow(pods).await.unwrap();
    home.engine.set_quiet(tablets, QuietForm::Always {}).await.unwrap();
    empty(&home, tablets).await;
    home.settle().await;
    home.looked().await;
    home.clock.advance(TimeDelta::hours(22));
    assert_eq!(home.notice().await.title, "Pods is empty", "tomorrow, after the night");
    home.end().await;
}

#[tokio::test]
async fn the_tray_names_what_is_most_urgent() {
    let (home, (_, pods), _) = begun().await;
    empty(&home, pods).await;
    let tray = home.engine.tray().await.unwrap().unwrap();
    assert_eq!(tray.head, "2 supplies need you");
    let lines: Vec<&str> = tray.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["Early: empty, none spare", "Pods: empty, none spare"]);
    assert_eq!(tray.supplies.len(), 3);
    assert_eq!((tray.offline, tray.quiet_now), (None, false));
    home.end().await;
}
