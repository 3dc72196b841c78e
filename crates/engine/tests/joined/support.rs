//! Support from the customer's side, on the Account screen: a request comes, is answered, used and taken back, and what was
//! looked at is read there.

use crate::world::{EMAIL, GUARD, Home, Maker};
use chrono::TimeDelta;
use refill_cloud::accounts::{AccountForm, make};
use refill_cloud::clock::Clock as _;
use refill_cloud::ids::GrantId;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::{CodeRow, KeptToken, Pair, Redeem, Role};
use refill_domain::support::{Deed, Looked};
use refill_engine::api::Api as _;
use refill_engine::error::Code;
use refill_engine::view::{Place, Settings, SupportView, TrailEntry, Update};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

async fn staff(maker: &Maker) -> String {
    of_the_maker(maker, Role::Staff, "tom@example.com", "Tom Hale").await
}

async fn administrator(maker: &Maker) -> String {
    of_the_maker(maker, Role::Administrator, "ada@example.com", "Ada Byron").await
}

/// A token of somebody of the maker's, straight from the store.
async fn of_the_maker(maker: &Maker, role: Role, email: &str, name: &str) -> String {
    let scope = match role {
        Role::Administrator => "administrator",
        _ => "staff",
    };
    let form = AccountForm { role, email: email.into(), name: name.into(), password: "long enough".into() };
    let id = make(maker.app(), form).await.map_err(|error| error.detail).unwrap().id;
    let (store, now) = (&maker.app().store, maker.clock.now_ms());
    let new = |door| Secret::new(door, id).unwrap();
    let (code, access, refresh) = (new(Door::Code), new(Door::Access), new(Door::Refresh));
    let row = CodeRow {
        account: id,
        hash: code.hash(),
        client: "refill".into(),
        redirect_uri: "http://127.0.0.1/callback".into(),
        challenge: None,
        scope: scope.into(),
        expires_at: now + 1000,
        used_for: None,
    };
    store.put_code(row).await.unwrap();
    let kept = |secret: &Secret| KeptToken { hash: secret.hash(), expires_at: now + 3_600_000 };
    let pair = Pair { access: kept(&access), refresh: kept(&refresh) };
    let grant = GrantId(maker.clock.new_id());
    assert!(store.redeem_code(Redeem { account: id, code: code.hash(), grant, pair, now }).await.unwrap());
    access.expose().to_owned()
}

fn deeds(trail: &[TrailEntry]) -> Vec<(&str, Deed)> {
    trail.iter().map(|line| (line.who.as_str(), line.deed.clone())).collect()
}

#[tokio::test]
async fn a_request_comes_is_answered_and_taken_back_and_the_looks_are_told() {
    let mut maker = Maker::new().await;
    maker.register("E2-1").await;
    let mut home = Home::new();
    assert!(matches!(home.engine.support().await.unwrap(), SupportView::Absent {}));
    home.link(&maker).await;
    let shown = async |home: &Home| match home.engine.support().await.unwrap() {
        SupportView::Known { requests, open, trail } => (requests, open, trail),
        other => panic!("{other:?}"),
    };
    let (requests, open, trail) = shown(&home).await;
    assert!(requests.is_empty() && open.is_empty() && trail.is_empty());

    let tom = staff(&maker).await;
    let customer = maker.account().await;
    let at = |rest: &str| format!("/v1/support/customers/{}{rest}", customer.0);
    let why = json!({"case": "SUP-20418", "reason": "The vacuum stopped counting"});
    let mut updates = home.engine.updates();
    maker.ask(Method::POST, &at("/ask"), &tom, &why).await;
    while !matches!(timeout(GUARD, updates.recv()).await.unwrap().unwrap(), Update::Account {}) {}
    let (requests, ..) = shown(&home).await;
    assert_eq!((requests[0].who.as_str(), requests[0].case.as_str()), ("Tom Hale", "SUP-20418"));
    let id = requests[0].id.clone();
    for days in [0, 8] {
        let refused = home.engine.answer_access(id.clone(), Some(days)).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (Code::BadField, Some("days")));
    }
    home.engine.answer_access(id.clone(), Some(7)).await.unwrap();
    let (requests, open, _) = shown(&home).await;
    assert!(requests.is_empty() && !open[0].taken);
    assert_eq!(open[0].until, maker.clock.now_ms() + 7 * 86_400_000);
    let refused = home.engine.answer_access(id.clone(), None).await.unwrap_err();
    assert_eq!(refused.code, Code::Refused);

    let seen = maker.ask(Method::GET, &at(""), &tom, &Value::Null).await;
    assert_eq!(seen["devices"][0]["device"]["serial"], "E2-1");
    assert!(!seen.to_string().contains(EMAIL), "{seen}");
    maker.ask(Method::GET, &at("/reports"), &tom, &Value::Null).await;
    home.engine.withdraw_access(id).await.unwrap();
    let (_, open, trail) = shown(&home).await;
    assert!(open.is_empty());
    let looked = Deed::Looked { parts: vec![Looked::Devices, Looked::Reports] };
    let own = "Customer One";
    let wanted = [
        (own, Deed::Withdrawn {}),
        ("Tom Hale", looked),
        (own, Deed::Given {}),
        ("Tom Hale", Deed::Asked {}),
    ];
    assert_eq!(deeds(&trail), wanted);
    assert_eq!(trail[3].reason.as_deref(), Some("The vacuum stopped counting"));

    maker.stop().await;
    assert!(matches!(home.engine.support().await.unwrap(), SupportView::Away {}));
    let away = home.engine.answer_access(uuid::Uuid::nil().to_string(), None).await.unwrap_err();
    assert_eq!(away.code, Code::Unreachable);
    home.stop().await;
}

/// A linked home whose notices somebody shows, at its usual first look.
async fn told_home(maker: &mut Maker, settings: Settings) -> Home {
    let mut home = Home::telling();
    let settings = Settings { locale: "en-GB".into(), language: "en".into(), ..settings };
    home.engine.set_settings(settings).await.unwrap();
    maker.register("E2-1").await;
    home.link(maker).await;
    home.settle().await;
    home.looked().await;
    home
}

async fn waiting(home: &mut Home, count: u32) {
    let asks = async |engine: &refill_engine::engine::Engine| {
        (engine.account().await.unwrap().asks == count).then_some(())
    };
    home.until(&format!("{count} requests"), asks).await;
}

#[tokio::test]
async fn a_request_is_told_once_counts_while_it_waits_and_no_longer() {
    let mut maker = Maker::new().await;
    let settings = Settings { quiet_hours: false, ..Default::default() };
    let mut home = told_home(&mut maker, settings).await;
    assert_eq!(home.account().await.asks, 0);
    let tom = staff(&maker).await;
    let customer = maker.account().await;
    let at = |rest: &str| format!("/v1/support/customers/{}{rest}", customer.0);
    let why = json!({"case": "SUP-1", "reason": "The vacuum stopped counting"});
    maker.ask(Method::POST, &at("/ask"), &tom, &why).await;
    waiting(&mut home, 1).await;
    home.settle().await;
    let told = home.notice().await;
    assert_eq!(told.title, "Tom Hale asks to see your devices");
    assert_eq!(told.body, "“The vacuum stopped counting” Case SUP-1. You decide on the Account page.");
    assert!(matches!(told.place, Place::Account {}) && told.slot.is_none());

    // Neither a restart nor a cloud that is away brings it again.
    home.restart().await;
    home.in_step().await;
    waiting(&mut home, 1).await;
    home.settle().await;
    home.looked().await;
    home.stop().await;
    maker.stop().await;
    home.clock.advance(TimeDelta::days(5));
    home.start().await;
    home.settle().await;
    home.looked().await;
    maker.clock.advance(TimeDelta::days(5));
    maker.start().await;
    home.engine.sync_now().await.unwrap();
    waiting(&mut home, 1).await;
    home.settle().await;
    home.looked().await;

    let SupportView::Known { requests, .. } = home.engine.support().await.unwrap() else { panic!() };
    home.engine.answer_access(requests[0].id.clone(), None).await.unwrap();
    waiting(&mut home, 0).await;
    home.settle().await;
    home.looked().await;
    home.stop().await;
}

#[tokio::test]
async fn who_looked_without_asking_is_told_even_where_the_case_was_closed_and_looks_came_after() {
    let mut maker = Maker::new().await;
    // Once a day, late: what was taken does not wait for that.
    let settings =
        Settings { quiet_hours: false, notice_when: "daily".into(), notice_hour: 23, ..Default::default() };
    let mut home = told_home(&mut maker, settings).await;
    let ada = administrator(&maker).await;
    let customer = maker.account().await;
    let at = |rest: &str| format!("/v1/support/customers/{}{rest}", customer.0);
    home.stop().await;
    let why = json!({"grounds": "safety", "case": "LEG-7", "reason": "A recall of batteries"});
    maker.ask(Method::POST, &at("/break-glass"), &ada, &why).await;
    // More than a page of the trail, and closed before anybody could see it.
    for _ in 0..110 {
        maker.ask(Method::GET, &at("/links"), &ada, &Value::Null).await;
    }
    maker.ask(Method::POST, &at("/close"), &ada, &Value::Null).await;
    let tom = staff(&maker).await;
    maker.ask(Method::POST, &at("/ask"), &tom, &json!({"case": "SUP-2", "reason": "Counts"})).await;
    home.start().await;
    waiting(&mut home, 1).await;
    home.settle().await;
    let told = home.notice().await;
    assert_eq!(told.title, "Ada Byron took access to your devices without asking");
    assert!(told.body.contains("A recall of") && told.body.contains("LEG-7"), "{}", told.body);
    assert!(matches!(told.place, Place::Account {}));
    home.restart().await;
    waiting(&mut home, 1).await;
    home.settle().await;
    home.looked().await;
    // The request waits for the hour of all notices; today's was before it came.
    home.clock.advance(TimeDelta::hours(37));
    let told = home.notice().await;
    assert_eq!(told.title, "Tom Hale asks to see your devices");
    home.stop().await;
}
