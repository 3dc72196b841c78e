//! The support desk: somebody of the maker's signs in with a second factor, finds a customer, asks, sees what is let see,
//! and nothing after it was taken back.

use crate::reports::{messages, used};
use crate::world::{EMAIL, GUARD, Home, Maker, beginning};
use chrono::TimeDelta;
use refill_cloud::accounts::{AccountForm, make};
use refill_cloud::clock::Clock as _;
use refill_cloud::config::Client;
use refill_cloud::seal::SealKey;
use refill_cloud::store::Role;
use refill_cloud::store::heard::{Hear, Word};
use refill_domain::alexa::{ApplianceId, Cause, Property, Report};
use refill_domain::desk::{DeviceHealth, FindBy, ToldStanding, Towards};
use refill_domain::gateway::Reason;
use refill_domain::ids::SlotId;
use refill_domain::measure::{Amount, Unit};
use refill_domain::outbox::State;
use refill_domain::sns::read_notification;
use refill_domain::support::Deed;
use refill_engine::api::Api as _;
use refill_engine::chart::{PointKind, Range};
use refill_engine::error::Code;
use refill_engine::form::ChartForm;
use refill_engine::view::{
    AmazonSays, DeskAct, DeskActForm, DeskActed, DeskState, DeviceSays, FindForm, Grounds, LedgerWhat,
    ReportState, SupportView,
};
use serde_json::json;
use std::collections::HashMap;
use tokio::time::timeout;
use totp_rs::{Builder, Secret, Totp};

pub const TOM: &str = "tom@example.com";
pub const ADA: &str = "ada@example.com";
const PASSWORD: &str = "CANARY-of-toms";
const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

pub async fn maker() -> Maker {
    let mut maker = Maker::with(|config| {
        config.drs.with_secrets("secret", SealKey::parse(KEY).unwrap());
        let app = ["http://127.0.0.1/callback"];
        config.clients = vec![
            Client::native("refill", "Refill", &app, &["customer", "staff", "administrator"]),
            // The operator chooses what Alexa is called.
            Client::alexa("voice-eu", "CANARY-of-the-voice", "M2SAMPLEVENDOR"),
        ];
    })
    .await;
    // Alexa was there before any app.
    maker.token_for("voice-eu").await;
    maker.clock.advance(TimeDelta::milliseconds(1));
    maker.register("E2-1").await;
    let form = AccountForm {
        role: Role::Staff,
        email: TOM.into(),
        name: "Tom \u{202e}Hale".into(),
        password: PASSWORD.into(),
    };
    // A name that turns what follows is no name to the cloud; Tom's is plain.
    assert!(make(maker.app(), form).await.is_err());
    let form = AccountForm {
        role: Role::Staff,
        email: TOM.into(),
        name: "Tom Hale".into(),
        password: PASSWORD.into(),
    };
    make(maker.app(), form).await.map_err(|error| error.detail).unwrap();
    let form = AccountForm {
        role: Role::Administrator,
        email: ADA.into(),
        name: "Ada Byron".into(),
        password: PASSWORD.into(),
    };
    make(maker.app(), form).await.map_err(|error| error.detail).unwrap();
    maker
}

fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&start).unwrap_or_else(|| panic!("no {name} in {page}")).1;
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

/// A browser at the maker's pages: signs somebody in, with the factor they set up or have, and gives the address it is
/// sent to.
async fn browse(maker: &Maker, url: &str, who: &str, factor: &mut Option<Totp>) -> String {
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let (mut cookie, mut to) = (String::new(), url.to_owned());
    for step in ["/oauth/sign-in", "/oauth/second-factor", "/oauth/consent"] {
        let page = http.get(&to).header("cookie", &cookie).send().await.unwrap();
        if let Some(set) = page.headers().get("set-cookie") {
            cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let page = page.text().await.unwrap();
        let (token, request) = (hidden(&page, "form_token"), hidden(&page, "request"));
        let mut form: HashMap<&str, String> = HashMap::from([("form_token", token), ("request", request)]);
        match step {
            "/oauth/sign-in" => form.extend([("email", who.to_owned()), ("password", PASSWORD.to_owned())]),
            "/oauth/second-factor" => {
                let totp = factor.get_or_insert_with(|| {
                    let key = page.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
                    let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
                    Builder::new().with_secret(secret).build().unwrap()
                });
                let seconds = u64::try_from(maker.clock.now_ms() / 1000).unwrap();
                form.extend([("code", totp.generate(seconds).to_string())]);
            }
            _ => form.extend([("decision", "allow".to_owned())]),
        }
        let at = format!("http://{}{step}", maker.address());
        let answer = http.post(at).header("cookie", &cookie).form(&form).send().await.unwrap();
        if let Some(set) = answer.headers().get("set-cookie") {
            cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let next = answer.headers()["location"].to_str().unwrap().to_owned();
        to = if next.starts_with('/') { format!("http://{}{next}", maker.address()) } else { next };
    }
    to
}

async fn sign_in(home: &Home, maker: &Maker, factor: &mut Option<Totp>) -> DeskState {
    sign_in_as(home, maker, TOM, factor).await
}

pub async fn sign_in_as(home: &Home, maker: &Maker, who: &str, factor: &mut Option<Totp>) -> DeskState {
    let begun = home.engine.begin_desk(maker.address()).await.unwrap();
    assert!(matches!(home.engine.desk().await.unwrap(), DeskState::Waiting { .. }));
    let back = browse(maker, &begun.url, who, factor).await;
    let (state, status) =
        timeout(GUARD, async { tokio::join!(home.engine.wait_desk(), maker.follow(&back)) })
            .await
            .expect("the browser comes back");
    assert_eq!(status, 200);
    state.unwrap()
}

fn find(by: FindBy, text: &str) -> FindForm {
    let (case, reason) = ("SUP-20418".to_owned(), "The vacuum stopped counting".to_owned());
    FindForm { case, reason, by, text: text.to_owned(), after: None }
}

#[tokio::test]
async fn a_customer_is_found_asked_seen_and_closed() {
    let maker = maker().await;
    let (desk, mut home, mut factor) = (Home::new(), Home::new(), None);
    home.link(&maker).await;
    let nobody = desk.engine.find_customers(find(FindBy::Mail, "one@")).await.unwrap_err();
    assert_eq!(nobody.code, Code::Refused);
    let state = sign_in(&desk, &maker, &mut factor).await;
    let plain = matches!(&state, DeskState::In { name, administrator: false, .. } if name == "Tom Hale");
    assert!(plain, "staff is lent staff's rights alone: {state:?}");
    let kept: Vec<u8> = std::fs::read_dir(desk.folder.path())
        .unwrap()
        .filter_map(|file| std::fs::read(file.unwrap().path()).ok())
        .flatten()
        .collect();
    assert!(kept.len() > 1000 && !String::from_utf8_lossy(&kept).contains("rfr_"), "nothing of it is kept");

    let found = desk.engine.find_customers(find(FindBy::Mail, "one@")).await.unwrap();
    assert_eq!((found.customers.len(), found.next), (1, None));
    let one = &found.customers[0];
    assert_eq!((one.mail.as_str(), one.access), ("o•••@e•••.com", Towards::Nothing));
    assert_eq!(desk.engine.find_customers(find(FindBy::Serial, "E2-")).await.unwrap().customers.len(), 1);
    let short = desk.engine.find_customers(find(FindBy::Mail, "on")).await.unwrap_err();
    assert_eq!(short.code, Code::BadField);
    let id = one.customer.clone();
    let unseen = desk.engine.desk_customer(id.clone()).await.unwrap_err();
    assert!(unseen.message.contains("has not given access"), "{unseen}");
    desk.engine
        .ask_customer(id.clone(), "SUP-20418".into(), "The vacuum stopped counting".into())
        .await
        .unwrap();
    let cases = desk.engine.desk_cases().await.unwrap();
    assert_eq!((cases[0].open, cases[0].who.as_str()), (false, "o•••@e•••.com"));

    let asked = home
        .until("the request is there", async |engine| match engine.support().await.unwrap() {
            SupportView::Known { requests, .. } => requests.first().map(|request| request.id.clone()),
            _ => None,
        })
        .await;
    home.engine.answer_access(asked.clone(), Some(3)).await.unwrap();
    maker.uses(2000).await;
    let seen = desk.engine.desk_customer(id.clone()).await.unwrap();
    assert_eq!((seen.name.as_str(), seen.mail.as_str(), seen.supplies), ("Customer One", "o•••@e•••.com", 2));
    let device = &seen.devices[0];
    assert_eq!((device.serial.as_str(), device.health), ("E2-1", DeviceHealth::Well));
    assert!(device.slots[0].said_at.is_some() && device.slots[1].left.is_none());
    assert_eq!(device.slots[0].left.unwrap_or(Amount::new(0, Unit::Count)).unit, Unit::Count);
    let since_app = beginning().timestamp_millis() + 1;
    assert_eq!(seen.links.app_since, Some(since_app), "Alexa is no app, whatever it is called");
    assert!(matches!(&seen.opened[0].deed, Deed::Looked { .. }), "{:?}", seen.opened);
    assert!(!format!("{seen:?}").contains(EMAIL));
    assert_eq!(desk.engine.desk_cases().await.unwrap()[0].who, "Customer One");

    assert_eq!((seen.reason.as_deref(), seen.glass), (Some("The vacuum stopped counting"), false));
    let act = DeskAct::Deregister { device: device.id.clone(), serial: "E2-1".into() };
    let form =
        DeskActForm { customer: id.clone(), case: "SUP-20418".into(), reason: "I want to".into(), act };
    assert_eq!(desk.engine.desk_act(form).await.unwrap(), DeskActed::NotAllowed {});

    desk.engine.close_case(id.clone()).await.unwrap();
    assert!(desk.engine.desk_customer(id).await.is_err());
    assert!(desk.engine.desk_cases().await.unwrap().is_empty());
    let trail = desk.engine.desk_audit(None).await.unwrap();
    assert_eq!((&trail.lines[0].deed, trail.next), (&Deed::Closed {}, None));
    assert!(trail.lines.iter().any(|line| line.deed == Deed::Found {}));

    // An hour later its token is renewed; signed out, it is signed in again with a code.
    desk.advance(&maker, TimeDelta::hours(2));
    assert!(desk.engine.desk_cases().await.unwrap().is_empty());
    desk.engine.end_desk().await.unwrap();
    assert!(matches!(desk.engine.desk().await.unwrap(), DeskState::Out { trouble: None }));
    assert!(desk.engine.desk_cases().await.is_err());
    assert!(matches!(sign_in(&desk, &maker, &mut factor).await, DeskState::In { .. }));
    desk.stop().await;
    home.stop().await;
}

fn chart(slot: SlotId) -> ChartForm {
    ChartForm { slot, range: Range::Month, width: 640.0, height: 286.0, scale: 1.0 }
}

/// A customer opened by an administrator, who broke the glass.
async fn opened(maker: &Maker, desk: &Home, factor: &mut Option<Totp>) -> String {
    let state = sign_in_as(desk, maker, ADA, factor).await;
    assert!(matches!(state, DeskState::In { administrator: true, .. }), "{state:?}");
    let id = maker.account().await.0.to_string();
    let glass = DeskAct::BreakGlass { grounds: Grounds::Safety };
    assert_eq!(act(desk, &id, glass).await, DeskActed::Done {});
    id
}

async fn act(desk: &Home, customer: &str, act: DeskAct) -> DeskActed {
    let (case, reason) = (" LEG-1 ".into(), "The device may overheat".into());
    desk.engine.desk_act(DeskActForm { customer: customer.to_owned(), case, reason, act }).await.unwrap()
}

#[tokio::test]
async fn a_supply_is_seen_with_its_chart_its_ledger_and_its_three_figures() {
    let maker = maker().await;
    let (desk, mut home, mut factor) = (Home::new(), Home::new(), None);
    home.link(&maker).await;
    let capsules = home.slot("Capsules").await.unwrap();
    let filter = home.slot("Filter").await.unwrap();
    home.buy(capsules, "2").await;
    home.in_step().await;
    maker.uses(3000).await;
    maker
        .says(
            "filter",
            json!({"kind": "level_read", "level": {"is": "amount", "amount": {"milli": 60_000, "unit": "PERCENT"}}}),
        )
        .await;
    let device: ApplianceId = maker.device.parse().unwrap();
    let level = Report::Changed {
        appliance: device,
        cause: Cause::PhysicalInteraction,
        properties: vec![Property::Level {
            instance: "filter".parse().unwrap(),
            amount: Amount::new(80_000, Unit::Percent),
            at: maker.clock.now() - TimeDelta::hours(2),
            uncertainty: 0,
        }],
        unchanged: Vec::new(),
    };
    let delivered = State::Delivered { at: maker.clock.now() };
    let parked = State::Parked { reason: Reason::TooLarge };
    let rows =
        vec![(used(&maker, 3000), delivered.clone()), (level, delivered), (used(&maker, 1000), parked)];
    let keys = messages(&maker, None, rows).await;
    let odd = json!({"notificationInfo": {"notificationType": "SomethingNewNotification",
            "notificationTime": "2026-09-01T07:30:00.000Z", "notificationId": "n-1", "version": "2015-06-05"},
        "deviceInfo": {"deviceIdentifier": {"serialNumber": "E2-1", "modelId": "BREW-1"}, "productInfo": []},
        "shipTo": {"postalAddress": "CANARY street"}, "unitPrice": "CANARY 12.99"});
    let word = Word::Told {
        message: "m-1".into(),
        notification: Box::new(read_notification(&odd.to_string(), None).unwrap()),
    };
    let (account, now) = (maker.account().await, maker.clock.now_ms());
    let device = maker.device.parse().unwrap();
    maker.app().store.hear(Hear { account, device, word, now }).await.unwrap();

    let id = opened(&maker, &desk, &mut factor).await;
    let seen = desk.engine.desk_customer(id.clone()).await.unwrap();
    assert!(seen.glass && seen.reason.as_deref() == Some("The device may overheat"));
    assert_eq!(seen.links.parked.iter().map(|of| of.key.as_str()).collect::<Vec<_>>(), [&keys[2]]);
    let slots = &seen.devices[0].slots;
    let told: Vec<ToldStanding> =
        slots.iter().filter_map(|slot| Some(slot.told.as_ref()?.standing)).collect();
    assert_eq!(told, [ToldStanding::Parked, ToldStanding::Delivered]);
    assert!(slots[1].mark.fill == Some(0.6) && slots[1].left_at.is_some());

    // Nothing is drawn of what was not opened.
    assert!(desk.engine.desk_chart(id.clone(), chart(capsules)).await.is_err());
    let pods = desk.engine.desk_supply(id.clone(), capsules, 50, true).await.unwrap();
    let what: Vec<&LedgerWhat> = pods.view.ledger.iter().map(|line| &line.what).collect();
    let bought =
        |of: &&&LedgerWhat| matches!(of, LedgerWhat::Bought { packs: 2, price_milli: None, shop: None, .. });
    assert_eq!((what.iter().filter(bought).count(), what.len()), (1, 2), "{what:?}");
    let own = home.engine.slot(capsules, 50).await.unwrap();
    assert_eq!((pods.view.row.left, pods.view.shelf), (own.row.left, own.shelf), "as the customer sees it");
    assert!(
        matches!(pods.view.reconciliation.amazon, AmazonSays::Counts { .. }),
        "{:?}",
        pods.view.reconciliation
    );
    let drawn = desk.engine.desk_chart(id.clone(), chart(capsules)).await.unwrap();
    let same = home.engine.chart(chart(capsules)).await.unwrap();
    assert_eq!(drawn.points, same.points, "the same chart");
    assert!(drawn.points.iter().any(|point| point.kind == PointKind::Bought), "{:?}", drawn.points);
    let run = desk.engine.desk_run(id.clone(), capsules, 0, i64::MAX).await.unwrap();
    assert_eq!(run.len(), 1);

    let of = desk.engine.desk_supply(id.clone(), filter, 50, true).await.unwrap();
    let figures = &of.view.reconciliation;
    let AmazonSays::Reported { figure, difference: Some(difference), .. } = &figures.amazon else {
        panic!("{figures:?}")
    };
    assert_eq!((figure.amount.milli, difference.amount.milli), (80_000, -20_000));
    assert_eq!(difference.steps.iter().map(|step| step.change.milli).sum::<i64>(), -20_000);
    assert!(matches!(&figures.device, DeviceSays::Level { figure, .. } if figure.amount.milli == 60_000));
    assert_eq!(of.told.as_ref().map(|told| told.standing), Some(ToldStanding::Delivered));

    let page = desk.engine.desk_reports(id.clone(), None).await.unwrap();
    assert_eq!((page.lines.len(), page.next), (3, None));
    let line = page.lines.iter().find(|line| line.key == keys[2]).unwrap();
    assert!(
        matches!(line.state, ReportState::Parked { .. })
            && line.device.as_deref() == Some("Espresso machine")
    );
    let one = desk.engine.desk_report(id.clone(), keys[2].clone()).await.unwrap();
    assert!(one.parked && one.report.message.contains("token hidden"), "{}", one.report.message);
    let gone = format!("maker:{}", uuid::Uuid::nil());
    let gone = desk.engine.desk_report(id.clone(), gone).await.unwrap_err();
    assert_eq!(gone.code, Code::EntryUnknown);
    let notices = desk.engine.desk_notices(id.clone()).await.unwrap();
    assert_eq!(
        (notices.len(), notices[0].known, notices[0].kind.as_str()),
        (1, false, "SomethingNewNotification")
    );
    assert!(!format!("{notices:?}{seen:?}{page:?}{one:?}{pods:?}").contains("CANARY"));
    assert_eq!(notices[0].device, "Espresso machine");

    // Opened again, nothing of before is drawn any more; closed, nothing is.
    desk.engine.desk_customer(id.clone()).await.unwrap();
    assert!(desk.engine.desk_chart(id.clone(), chart(filter)).await.is_err());
    desk.engine.close_case(id.clone()).await.unwrap();
    for fresh in [true, false] {
        let refused = desk.engine.desk_supply(id.clone(), filter, 50, fresh).await.unwrap_err();
        assert_eq!(refused.code, Code::Refused);
    }
    desk.stop().await;
    home.stop().await;
}

#[tokio::test]
async fn an_administrator_does_what_the_customer_asked_for_and_they_read_it() {
    let maker = maker().await;
    let (desk, mut home, mut factor) = (Home::new(), Home::new(), None);
    home.link(&maker).await;
    let id = opened(&maker, &desk, &mut factor).await;
    assert_eq!(act(&desk, &id, DeskAct::Describe {}).await, DeskActed::NoAlexa {});
    let parked = vec![(used(&maker, 1000), State::Parked { reason: Reason::TooLarge })];
    let key = messages(&maker, None, parked).await.remove(0);
    assert_eq!(act(&desk, &id, DeskAct::Resend { key: key.clone() }).await, DeskActed::Done {});
    let one = desk.engine.desk_report(id.clone(), key.clone()).await.unwrap();
    assert!(!one.parked && matches!(one.report.line.state, ReportState::Queued {}), "{:?}", one.report.line);
    assert_eq!(act(&desk, &id, DeskAct::Resend { key }).await, DeskActed::NotParked {});
    assert_eq!(act(&desk, &id, DeskAct::Describe {}).await, DeskActed::Done {});
    assert_eq!(act(&desk, &id, DeskAct::Resume {}).await, DeskActed::Done {});
    let device = maker.device.clone();
    let cancel = DeskAct::CancelTests { device: device.clone() };
    assert_eq!(act(&desk, &id, cancel).await, DeskActed::NoTestDevice {});
    let serial = |serial: &str| DeskAct::Deregister { device: device.clone(), serial: serial.into() };
    assert_eq!(act(&desk, &id, serial("E2-2")).await, DeskActed::OtherSerial {});
    assert_eq!(desk.engine.desk_customer(id.clone()).await.unwrap().devices.len(), 1);
    assert_eq!(act(&desk, &id, serial(" E2-1 ")).await, DeskActed::Done {});
    assert_eq!(act(&desk, &id, serial("E2-1")).await, DeskActed::NoDevice {});
    assert!(desk.engine.desk_customer(id.clone()).await.unwrap().devices.is_empty());

    let trail = home
        .until("the customer reads it", async |engine| match engine.support().await.unwrap() {
            SupportView::Known { trail, open, .. } => {
                assert!(open.iter().all(|of| of.taken), "nobody was asked: {open:?}");
                trail.iter().any(|line| line.deed == Deed::TookAway {}).then_some(trail)
            }
            _ => None,
        })
        .await;
    for deed in
        [Deed::BrokeGlass {}, Deed::Released {}, Deed::Described {}, Deed::Resumed {}, Deed::NotDone {}]
    {
        let line =
            trail.iter().find(|line| line.deed == deed).unwrap_or_else(|| panic!("{deed:?}: {trail:?}"));
        assert_eq!((line.who.as_str(), line.case.as_deref()), ("Ada Byron", Some("LEG-1")));
        assert_eq!(line.reason.as_deref(), Some("The device may overheat"));
    }
    // What others did is not told as one's own; and to read one's own log is no deed.
    let own = desk.engine.desk_audit(None).await.unwrap();
    assert!(own.lines.iter().all(|line| line.who == "Ada Byron"), "{own:?}");
    let others = own.lines.iter().filter(|line| line.deed == Deed::Other {});
    assert_eq!(others.count(), 1, "the second factor that was set up: {own:?}");
    assert!(own.lines.iter().any(|line| line.deed == Deed::TookAway {}));
    let bare =
        DeskActForm { customer: id.clone(), case: " ".into(), reason: "x".into(), act: DeskAct::Resume {} };
    assert_eq!(desk.engine.desk_act(bare).await.unwrap_err().code, Code::BadField);
    desk.stop().await;
    home.stop().await;
}

#[tokio::test]
async fn a_sign_in_ends_when_the_cloud_says_so_and_not_with_the_network() {
    let mut maker = maker().await;
    let (desk, mut factor) = (Home::new(), None);
    sign_in(&desk, &maker, &mut factor).await;
    let out = async |desk: &Home| match desk.engine.desk().await.unwrap() {
        DeskState::Out { trouble } => Some(trouble.map(|trouble| trouble.code)),
        _ => None,
    };
    // Longer than a token lasts, with the network away: it is tried again.
    maker.stop().await;
    desk.advance(&maker, TimeDelta::hours(2));
    desk.engine.desk_cases().await.unwrap_err();
    assert_eq!(out(&desk).await, None);
    maker.start().await;
    desk.engine.desk_cases().await.unwrap();

    // Somebody reset the second factor, or took the computer off the list.
    let staff = maker.app().store.login(TOM.into()).await.unwrap().unwrap().account.id;
    for grant in maker.app().store.grants(staff).await.unwrap() {
        let now = refill_cloud::clock::Clock::now(&*maker.clock).timestamp_millis();
        assert!(maker.app().store.revoke_grant(staff, grant.id, now).await.unwrap());
    }
    desk.advance(&maker, TimeDelta::hours(2));
    assert_eq!(desk.engine.desk_cases().await.unwrap_err().code, Code::Refused);
    assert_eq!(out(&desk).await, Some(Some(Code::Refused)));
    // Signed in again over a sign-in that is well: that one is given back.
    maker.clock.advance(TimeDelta::minutes(2));
    for _ in 0..2 {
        sign_in(&desk, &maker, &mut factor).await;
        maker.clock.advance(TimeDelta::minutes(2));
    }
    assert_eq!(maker.app().store.grants(staff).await.unwrap().len(), 1);
    desk.stop().await;
}

#[tokio::test]
async fn a_wait_is_called_off_or_ends() {
    let maker = maker().await;
    let desk = Home::new();
    desk.engine.begin_desk(maker.address()).await.unwrap();
    let called_off = async {
        tokio::join!(desk.engine.wait_desk(), async {
            tokio::task::yield_now().await;
            desk.engine.end_desk().await
        })
        .0
        .unwrap()
    };
    let state = timeout(GUARD, called_off).await.unwrap();
    assert!(matches!(state, DeskState::Out { trouble: None }), "{state:?}");
    desk.engine.begin_desk(maker.address()).await.unwrap();
    let late = async {
        tokio::join!(desk.engine.wait_desk(), async {
            tokio::task::yield_now().await;
            desk.clock.advance(TimeDelta::minutes(10));
        })
        .0
        .unwrap()
    };
    let state = timeout(GUARD, late).await.unwrap();
    assert!(
        matches!(&state, DeskState::Out { trouble: Some(trouble) } if trouble.code == Code::TimedOut),
        "{state:?}"
    );
    desk.stop().await;
}
