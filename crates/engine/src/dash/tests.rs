//! Every reason a device has no link to its Dash settings, visits that end once, and links that change nothing.

use super::*;
use crate::clock::ManualClock;
use crate::store::LinkRow;
use chrono::DateTime;
use refill_domain::endpoint::{SensorKind, SupplyKind};
use refill_domain::measure::Unit;
use refill_domain::wire::{Change, Device, DeviceSlot, Me};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

const MACHINE: EndpointId = EndpointId(Uuid::from_u128(1));
const CAPSULES: SlotId = SlotId(Uuid::from_u128(2));

fn device(dash: Option<DashModel>) -> Device {
    let slot = DeviceSlot {
        id: CAPSULES,
        instance: "capsules".parse().unwrap(),
        name: "Capsules".into(),
        supply: SupplyKind::Pods,
        sensor: SensorKind::Usage,
        unit: Unit::Count,
        capacity: None,
        pack: 10_000,
    };
    Device {
        id: MACHINE,
        model: "BREW-1".into(),
        name: "Brew".into(),
        kind: refill_domain::endpoint::DeviceKind::CoffeeMachine,
        slots: vec![slot],
        dash,
    }
}

fn certified(marketplaces: &[Marketplace]) -> Option<DashModel> {
    let page = "settings".parse().unwrap();
    Some(DashModel {
        vendor: "SAMPL".into(),
        model: "Brew 1".into(),
        page,
        marketplaces: marketplaces.into(),
    })
}

struct Home {
    _folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    household: Household,
}

impl Home {
    fn linked(server: &str, dash: Option<DashModel>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let begun = DateTime::from_timestamp(1_795_255_200, 0).unwrap();
        let clock = Arc::new(ManualClock::at(begun));
        let mut household = Household::open(folder.path(), clock.clone()).unwrap();
        household.settings.amazon_country = "de".into();
        let account = Me { id: Uuid::from_u128(9), email: "one@example.com".into(), name: "One".into() };
        let row = LinkRow {
            server: server.into(),
            account,
            scope: "customer".into(),
            since: 0,
            refresh: None,
            ended: None,
            cursor: 0,
        };
        household.save_link(row).unwrap();
        household.adopt(&[device(dash)]).unwrap();
        Self { _folder: folder, clock, household }
    }

    fn state(&self) -> DashState {
        self.household.dash(MACHINE).unwrap().state
    }

    fn visit(&self) -> DashVisit {
        self.household.dash(MACHINE).unwrap().visit.unwrap()
    }

    fn subscribed(&mut self, on: bool) {
        let state = json!({"subscribed": on});
        let state = state.as_object().unwrap().clone();
        let change = Change::Subscription { device: MACHINE, slot: "Slot01".into(), state };
        self.household.hear(7, change).unwrap();
    }
}

const CLOUD: &str = "https://cloud.example.com";

#[test]
fn whether_there_is_a_link_and_why_not() {
    use Marketplace::{De, Uk, Us};
    let state = |dash| Home::linked(CLOUD, dash).state();
    assert_eq!(state(None), DashState::UnknownModel {});
    assert_eq!(state(certified(&[])), DashState::NotCertified {});
    assert_eq!(
        state(certified(&[Us, Uk])),
        DashState::CountryNotOffered { country: De, offered: vec![Us, Uk] }
    );
    assert_eq!(state(certified(&[Us, De])), DashState::Available { country: De, returns: true });
    let odd = certified(&[De]).map(|of| DashModel { vendor: "\u{7}".into(), ..of });
    assert_eq!(state(odd), DashState::UnknownModel {}, "no address can be made of it");
    let near = Home::linked("http://127.0.0.1:8480", certified(&[De]));
    assert_eq!(
        near.state(),
        DashState::Available { country: De, returns: false },
        "no way back without https"
    );

    let mut home = Home::linked(CLOUD, certified(&[De]));
    home.household.settings.amazon_country = "region".into();
    home.household.settings.locale = "ja-JP".into();
    let japan = DashState::CountryNotOffered { country: Marketplace::Jp, offered: vec![De] };
    assert_eq!(home.state(), japan, "the country follows the region");
    home.household.adopt(&[device(None)]).unwrap();
    assert_eq!(home.state(), DashState::UnknownModel {}, "the maker took it back");
    home.household.adopt(&[device(certified(&[De]))]).unwrap();
    home.household.hear(8, Change::DeviceRemoved { device: MACHINE }).unwrap();
    assert_eq!(home.state(), DashState::OnlyHere {});
    home.household.reload().unwrap();
    assert_eq!(home.state(), DashState::OnlyHere {}, "the file says so too");
    home.household.forget_link().unwrap();
    assert_eq!(home.state(), DashState::NotLinked {});
    assert_eq!(home.household.open_dash(MACHINE, None).unwrap_err().code, Code::BadField);
    assert_eq!(home.household.dash_devices().unwrap(), []);
}

#[test]
fn the_address_is_of_the_persons_country_and_its_way_back_is_the_clouds() {
    let mut home = Home::linked(CLOUD, certified(&[Marketplace::De, Marketplace::Us]));
    let opened = home.household.open_dash(MACHINE, Some(CAPSULES)).unwrap();
    let url = opened.url.as_str();
    let start = "https://drs-web-eu.amazon.co.uk/drs/partner/page/settings?vendorCode=SAMPL&modelId=Brew%201\
                 &exitUri=https%3A%2F%2Fcloud.example.com%2Fdash%2Freturn%3Fvisit%3D";
    assert!(url.starts_with(start) && url.ends_with("&settings=true"), "{url}");
    assert!(opened.returns);
    let address =
        |screen, country| home.household.dash_address(MACHINE, screen, country).map(|of| of.to_string());
    assert_eq!(
        address(Screen::Computer, Some(Marketplace::Us)).unwrap(),
        "https://drs-web.amazon.com/drs/partner/page/settings?vendorCode=SAMPL&modelId=Brew%201&settings=true"
    );
    assert!(
        address(Screen::Phone, None).unwrap().starts_with("https://alexa.amazon.com/spa/index.html#v2/drs/")
    );
    assert_eq!(
        address(Screen::List, None).unwrap(),
        "https://drs-web-eu.amazon.de/dart_device_list?vendor_code=SAMPL"
    );
    assert_eq!(address(Screen::Phone, Some(Marketplace::Fr)).unwrap_err().code, Code::BadField);
    let stranger = home.household.open_dash(MACHINE, Some(SlotId(Uuid::from_u128(77))));
    assert_eq!(stranger.unwrap_err().code, Code::SlotUnknown);
}

fn back(opened: &DashOpened) -> String {
    let visit = opened.url.as_str().split("visit%3D").nth(1).unwrap().split('&').next().unwrap();
    format!("refill://dash/return?visit={visit}")
}

#[test]
fn a_visit_ends_once_and_says_nothing_of_what_was_done() {
    let mut home = Home::linked(CLOUD, certified(&[Marketplace::De]));
    assert_eq!(home.household.dash(MACHINE).unwrap().visit, None);
    let opened = home.household.open_dash(MACHINE, Some(CAPSULES)).unwrap();
    assert_eq!((home.visit().returned, home.visit().heard), (None, DashHeard::NotTold));
    home.clock.advance(TimeDelta::minutes(3));
    let link = back(&opened);
    let place = Place::Back { device: MACHINE, slot: Some(CAPSULES), name: "Brew".into() };
    assert_eq!(home.household.open_link(&link).unwrap(), place);
    assert_eq!(home.visit().returned, Some(home.household.now().timestamp_millis()));
    assert_eq!(home.household.open_link(&link).unwrap(), Place::Nowhere {}, "once");
    let forged = "refill://dash/return?visit=01a1ff2714dc7576a5cea29142786fc7";
    assert_eq!(home.household.open_link(forged).unwrap(), Place::Nowhere {}, "not ours");

    home.subscribed(true);
    assert_eq!(home.visit().heard, DashHeard::Changed);
    home.clock.advance(TimeDelta::minutes(3));
    home.household.open_dash(MACHINE, None).unwrap();
    assert_eq!(home.visit().heard, DashHeard::Nothing, "as it was when it was opened");
    home.subscribed(false);
    assert_eq!(home.visit().heard, DashHeard::Changed);
    home.clock.advance(TimeDelta::days(31));
    assert_eq!(home.household.dash(MACHINE).unwrap().visit, None, "long ago");
}

#[test]
fn old_visits_are_let_go() {
    let mut home = Home::linked(CLOUD, certified(&[Marketplace::De]));
    let mut opened = Vec::new();
    for _ in 0..55 {
        home.clock.advance(TimeDelta::seconds(1));
        opened.push(home.household.open_dash(MACHINE, None).unwrap());
    }
    assert_eq!(home.household.open_link(&back(&opened[4])).unwrap(), Place::Nowhere {});
    assert!(matches!(home.household.open_link(&back(&opened[5])).unwrap(), Place::Back { .. }));
    home.household.forget_link().unwrap();
    assert_eq!(
        home.household.open_link(&back(&opened[54])).unwrap(),
        Place::Nowhere {},
        "the account is gone"
    );
}

#[test]
fn links_lead_to_places_that_are_there_and_change_nothing() {
    let mut home = Home::linked(CLOUD, certified(&[Marketplace::De]));
    let mut lead = |link: &str| home.household.open_link(link).unwrap();
    let unknown = Uuid::from_u128(77);
    for (link, place) in [
        (format!("refill://slot/{CAPSULES}"), Place::Slot { slot: CAPSULES }),
        (format!("refill://device/{MACHINE}"), Place::Device { device: MACHINE }),
        (format!("refill://slot/{unknown}"), Place::SlotGone {}),
        (format!("refill://device/{unknown}"), Place::DeviceGone {}),
        (format!("refill://slot/{MACHINE}"), Place::SlotGone {}),
        ("refill://support/SUP-1".to_owned(), Place::Account {}),
        ("refill://account".to_owned(), Place::Account {}),
        ("refill://support/SUP-1?days=7".to_owned(), Place::Nowhere {}),
        ("refill://support/SUP-1/give".to_owned(), Place::Nowhere {}),
        ("refill://account/unlink".to_owned(), Place::Nowhere {}),
        (format!("refill://slot/{CAPSULES}/replace"), Place::Nowhere {}),
        ("refill://unlink".to_owned(), Place::Nowhere {}),
        ("x".repeat(1_000_000), Place::Nowhere {}),
        (String::new(), Place::Nowhere {}),
    ] {
        assert_eq!(lead(&link), place, "{link:.80}");
    }
    home.household.remove_device(MACHINE).unwrap();
    assert_eq!(home.household.open_link(&format!("refill://slot/{CAPSULES}")).unwrap(), Place::SlotGone {});
}
