//! The support desk: somebody of the maker's signs in with a second factor, finds a customer, asks, sees what is let see,
//! and nothing after it was taken back.

use crate::world::{EMAIL, GUARD, Home, Maker};
use chrono::TimeDelta;
use refill_cloud::accounts::{AccountForm, make};
use refill_cloud::clock::Clock as _;
use refill_cloud::config::Client;
use refill_cloud::seal::SealKey;
use refill_cloud::store::Role;
use refill_domain::desk::{DeviceHealth, FindBy, Towards};
use refill_domain::measure::{Amount, Unit};
use refill_domain::support::Deed;
use refill_engine::api::Api as _;
use refill_engine::error::Code;
use refill_engine::view::{DeskState, FindForm, SupportView};
use std::collections::HashMap;
use tokio::time::timeout;
use totp_rs::{Builder, Secret, Totp};

const TOM: &str = "tom@example.com";
const PASSWORD: &str = "CANARY-of-toms";
const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

async fn maker() -> Maker {
    let mut maker = Maker::with(|config| {
        config.drs.with_secrets("secret", SealKey::parse(KEY).unwrap());
        config.clients =
            vec![Client::native("refill", "Refill", &["http://127.0.0.1/callback"], &["customer", "staff"])];
    })
    .await;
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
    maker
}

fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&start).unwrap_or_else(|| panic!("no {name} in {page}")).1;
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

/// A browser at the maker's pages: signs Tom in, with the factor he sets up or has, and gives the address it is sent to.
async fn browse(maker: &Maker, url: &str, factor: &mut Option<Totp>) -> String {
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
            "/oauth/sign-in" => form.extend([("email", TOM.to_owned()), ("password", PASSWORD.to_owned())]),
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
    let begun = home.engine.begin_desk(maker.address()).await.unwrap();
    assert!(matches!(home.engine.desk().await.unwrap(), DeskState::Waiting { .. }));
    let back = browse(maker, &begun.url, factor).await;
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
    assert!(matches!(&state, DeskState::In { name, .. } if name == "Tom Hale"), "{state:?}");
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
    assert!(seen.links.app_since.is_some());
    assert!(matches!(&seen.opened[0].deed, Deed::Looked { .. }), "{:?}", seen.opened);
    assert!(!format!("{seen:?}").contains(EMAIL));
    assert_eq!(desk.engine.desk_cases().await.unwrap()[0].who, "Customer One");

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
