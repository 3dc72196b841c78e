//! Support looks only where a customer lets it: found is not seen, access is asked, given, taken back and ends, an
//! administrator may break the glass, and whatever happens the customer reads it.

use crate::support_factor::sealing;
use crate::world::{World, json, refusal, used};
use chrono::TimeDelta;
use refill_cloud::ids::AccountId;
use refill_cloud::store::Role;
use refill_cloud::store::heard::{Hear, Word};
use refill_domain::ids::EndpointId;
use refill_domain::sns::read_notification;
use serde_json::{Value, json as j};

/// A customer and somebody of the maker's.
struct Desk {
    world: World,
    customer: AccountId,
    token: String,
    device: Value,
    credential: String,
    staff: String,
}

fn find(by: &str, text: &str) -> Value {
    j!({"case": "SUP-20418", "reason": "The vacuum stopped counting", "by": by, "text": text})
}

fn why() -> Value {
    j!({"case": "SUP-20418", "reason": "The vacuum stopped counting"})
}

impl Desk {
    async fn new() -> Self {
        let world = sealing().await;
        let (token, device, credential) = world.household(1).await;
        let me = json(world.get("/v1/me", &token).await, 200).await;
        let customer = AccountId(me["id"].as_str().unwrap().parse().unwrap());
        let staff = world.account(Role::Staff, "tom@example.com").await;
        let staff = world.token(staff, "staff").await;
        Self { world, customer, token, device, credential, staff }
    }

    fn at(&self, rest: &str) -> String {
        format!("/v1/support/customers/{}{rest}", self.customer.0)
    }

    async fn ask(&self) -> String {
        let asked = json(self.world.post(&self.at("/ask"), &self.staff, &why()).await, 201).await;
        asked["id"].as_str().unwrap().to_owned()
    }

    async fn give(&self, access: &str, days: u32) -> Value {
        let path = format!("/v1/access/{access}/give");
        json(self.world.post(&path, &self.token, &j!({"days": days})).await, 200).await
    }

    /// The customer's trail: who did what, the newest first.
    async fn trail(&self) -> Vec<(String, String)> {
        let (account, text) = (self.customer, |of: &Value| of.as_str().unwrap().to_owned());
        let token = self.world.token(account, "customer").await;
        let page = json(self.world.get("/v1/trail", &token).await, 200).await;
        page["lines"].as_array().unwrap().iter().map(|of| (text(&of["role"]), text(&of["action"]))).collect()
    }

    async fn told(&self) -> usize {
        let store = &self.world.server().app().store;
        let refill_cloud::store::Feed::Told(items) = store.feed(self.customer, 0, 1000).await.unwrap() else {
            panic!("gone")
        };
        items.iter().filter(|item| item.change.word() == "support").count()
    }
}

#[tokio::test]
async fn found_is_not_seen() {
    let desk = Desk::new().await;
    let world = &desk.world;
    let id = desk.customer.0.to_string();
    for (by, text) in [("mail", "c1@ex"), ("mail", " C1@EXAMPLE.com "), ("account", &*id)] {
        let page = json(world.post("/v1/support/find", &desk.staff, &find(by, text)).await, 200).await;
        let found = j!({"customer": desk.customer, "mail": "c•••@e•••.com", "access": "nothing"});
        assert_eq!(page, j!({"customers": [found]}), "by {by}");
    }
    for (by, text) in
        [("mail", "nobody@"), ("account", "00000000-0000-0000-0000-000000000001"), ("mail", "tom@")]
    {
        let page = json(world.post("/v1/support/find", &desk.staff, &find(by, text)).await, 200).await;
        assert_eq!(page, j!({"customers": []}), "{by} {text}");
    }
    for bad in [
        find("mail", "c1"),
        find("account", "c1@example.com"),
        find("name", "Somebody"),
        j!({"case": "", "reason": "long enough", "by": "mail", "text": "c1@"}),
        j!({"case": "SUP-1", "reason": "x", "by": "mail", "text": "c1@"}),
        j!({"case": "SUP-1", "reason": "two\nlines", "by": "mail", "text": "c1@"}),
        j!({"case": "SUP-1", "reason": "long enough", "by": "mail", "text": "c1@", "after": "here"}),
        j!({"case": "SUP-1", "reason": "long enough", "by": "serial", "text": "S11", "after": "here"}),
    ] {
        let refused = world.post("/v1/support/find", &desk.staff, &bad).await;
        assert_eq!(refusal(refused, 422).await, "invalid_field", "{bad}");
    }
    // Without access one who is there answers as one who is not.
    let nobody = "/v1/support/customers/00000000-0000-0000-0000-000000000001";
    for rest in ["", "/entries", "/orders", "/reports", "/links", "/notices"] {
        let body = async |path: String| {
            let mut said = json(world.get(&path, &desk.staff).await, 404).await;
            said["request_id"].take();
            said
        };
        assert_eq!(body(desk.at(rest)).await, body(format!("{nobody}{rest}")).await);
    }
    assert_eq!(desk.trail().await, [], "nothing of the customer's was seen");
    let rows = json(world.get("/v1/audit", &desk.staff).await, 200).await;
    assert_eq!(rows["rows"].as_array().unwrap().len(), 6, "every search is written down: {rows}");
    assert_eq!(rows["rows"][0]["about"], "mail t•••@•••");
    assert_eq!(rows["rows"][0]["from"], "127.0.0.1");
}

#[tokio::test]
async fn pages_are_walked_by_places_that_tell_nothing() {
    let desk = Desk::new().await;
    for number in 1000..1045 {
        desk.world.household(number).await;
    }
    for (by, begins) in [("mail", "c10"), ("serial", "S10")] {
        let (mut seen, mut pages, mut after) = (Vec::new(), Vec::new(), Value::Null);
        loop {
            let mut form = find(by, begins);
            form["after"] = after.clone();
            let page = json(desk.world.post("/v1/support/find", &desk.staff, &form).await, 200).await;
            let found = page["customers"].as_array().unwrap();
            pages.push(found.len());
            seen.extend(found.iter().map(|of| of["customer"].to_string()));
            after = page["next"].clone();
            let Some(next) = after.as_str() else { break };
            assert!(!next.contains('@') && !next.contains("S10"), "{next}");
        }
        assert_eq!(pages, [20, 20, 5], "by {by}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 45, "each once");
    }
}

#[tokio::test]
async fn access_is_asked_given_used_and_taken_back_and_the_customer_reads_it() {
    let desk = Desk::new().await;
    let world = &desk.world;
    assert_eq!(refusal(world.get(&desk.at(""), &desk.staff).await, 404).await, "not_found");
    let access = desk.ask().await;
    let again = json(world.post(&desk.at("/ask"), &desk.staff, &why()).await, 200).await;
    assert_eq!(again["id"].as_str().unwrap(), access, "asked once");
    let open = json(world.get("/v1/access", &desk.token).await, 200).await;
    assert_eq!(open.as_array().unwrap().len(), 1);
    assert_eq!((&open[0]["standing"], &open[0]["case"]), (&j!("asked"), &j!("SUP-20418")));
    assert_eq!(open[0]["reason"], "The vacuum stopped counting");
    assert_eq!(
        refusal(world.get(&desk.at(""), &desk.staff).await, 404).await,
        "not_found",
        "asked is not given"
    );
    for days in [0, 8, 4_000_000_000u32] {
        let refused =
            world.post(&format!("/v1/access/{access}/give"), &desk.token, &j!({"days": days})).await;
        assert_eq!(refusal(refused, 422).await, "invalid_field");
    }
    let (_, other) = world.customer("o@example.com").await;
    let not_theirs = world.post(&format!("/v1/access/{access}/give"), &other, &j!({"days": 1})).await;
    assert_eq!(refusal(not_theirs, 404).await, "not_found");
    assert_eq!(desk.give(&access, 7).await["standing"], "given");

    assert_eq!(world.post("/v1/device/events", &desk.credential, &used(1, 5000)).await.status(), 200);
    let view = json(world.get(&desk.at(""), &desk.staff).await, 200).await;
    assert_eq!((&view["mail"], &view["name"]), (&j!("c•••@e•••.com"), &j!("Somebody")));
    let device = &view["devices"][0];
    assert_eq!((&device["device"]["serial"], &device["health"]), (&j!("S1"), &j!("well")));
    assert_eq!(device["figures"].as_array().unwrap().len(), 3);
    assert!(device["figures"][1]["said_at"].is_i64() && device["figures"][0]["said_at"].is_null());
    let other_staff = world.account(Role::Staff, "ada@example.com").await;
    let other_staff = world.token(other_staff, "staff").await;
    assert_eq!(refusal(world.get(&desk.at(""), &other_staff).await, 404).await, "not_found", "it is Tom's");
    let cases = json(world.get("/v1/support/cases", &desk.staff).await, 200).await;
    assert_eq!((&cases[0]["name"], &cases[0]["standing"]), (&j!("Somebody"), &j!("given")));
    assert_eq!(json(world.get("/v1/support/cases", &other_staff).await, 200).await, j!([]));

    let withdraw = format!("/v1/access/{access}/withdraw");
    assert_eq!(json(world.post(&withdraw, &desk.token, &j!({})).await, 200).await["standing"], "withdrawn");
    assert_eq!(
        refusal(world.get(&desk.at(""), &desk.staff).await, 404).await,
        "not_found",
        "from the next request on"
    );
    assert_eq!(refusal(world.post(&withdraw, &desk.token, &j!({})).await, 409).await, "access_decided");
    assert!(json(world.get("/v1/support/cases", &desk.staff).await, 200).await[0]["name"].is_null());
    let line = |role: &str, action: &str| (role.to_owned(), action.to_owned());
    let wanted = [
        line("customer", "withdraw"),
        line("staff", "see_devices"),
        line("customer", "give"),
        line("staff", "ask"),
    ];
    assert_eq!(desk.trail().await, wanted);
    assert_eq!(desk.told().await, 3, "apps look again at each change, not at each look");
}

#[tokio::test]
async fn access_ends_by_the_clock_and_requests_lapse() {
    let desk = Desk::new().await;
    let access = desk.ask().await;
    desk.give(&access, 2).await;
    let sees = async || {
        let tom = desk.world.server().app().store.login("tom@example.com".into()).await.unwrap().unwrap();
        let staff = desk.world.token(tom.account.id, "staff").await;
        desk.world.get(&desk.at(""), &staff).await.status().as_u16()
    };
    assert_eq!(sees().await, 200);
    desk.world.advance(TimeDelta::days(2) - TimeDelta::milliseconds(1));
    assert_eq!(sees().await, 200);
    desk.world.advance(TimeDelta::milliseconds(1));
    assert_eq!(sees().await, 404);
    let standing = async || {
        let token = desk.world.token(desk.customer, "customer").await;
        json(desk.world.get("/v1/access", &token).await, 200).await[0]["standing"].clone()
    };
    assert_eq!(standing().await, "ended");
    let tom = desk.world.server().app().store.login("tom@example.com".into()).await.unwrap().unwrap();
    let staff = desk.world.token(tom.account.id, "staff").await;
    let asked = json(desk.world.post(&desk.at("/ask"), &staff, &why()).await, 201).await;
    desk.world.advance(TimeDelta::days(14));
    assert_eq!(standing().await, "lapsed");
    let token = desk.world.token(desk.customer, "customer").await;
    let path = format!("/v1/access/{}/give", asked["id"].as_str().unwrap());
    let late = desk.world.post(&path, &token, &j!({"days": 1})).await;
    assert_eq!(refusal(late, 409).await, "access_decided");
}

#[tokio::test]
async fn the_glass_is_broken_by_administrators_alone_for_a_day_and_the_customer_is_told() {
    let desk = Desk::new().await;
    let world = &desk.world;
    let admin = world.administrator().await;
    let glass = j!({"grounds": "safety", "case": "LEG-1", "reason": "The device may overheat"});
    assert_eq!(
        refusal(world.get(&desk.at(""), &admin).await, 404).await,
        "not_found",
        "nor do they see without"
    );
    let refused = world.post(&desk.at("/break-glass"), &desk.staff, &glass).await;
    assert_eq!(refusal(refused, 403).await, "forbidden");
    let odd = j!({"grounds": "curiosity", "case": "LEG-1", "reason": "I want to"});
    assert_eq!(refusal(world.post(&desk.at("/break-glass"), &admin, &odd).await, 422).await, "invalid_field");
    let broken = json(world.post(&desk.at("/break-glass"), &admin, &glass).await, 201).await;
    assert_eq!(broken["standing"], "broken_glass");
    assert_eq!(world.get(&desk.at(""), &admin).await.status(), 200);
    assert_eq!(refusal(world.get(&desk.at(""), &desk.staff).await, 404).await, "not_found");
    let open = json(world.get("/v1/access", &desk.token).await, 200).await;
    assert_eq!((&open[0]["standing"], &open[0]["reason"]), (&j!("broken_glass"), &glass["reason"]));
    assert_eq!(desk.told().await, 1);
    let page = json(world.get("/v1/trail", &desk.token).await, 200).await;
    assert_eq!(
        (&page["lines"][1]["action"], &page["lines"][1]["about"]),
        (&j!("break_glass"), &j!("safety"))
    );
    let path = format!("/v1/access/{}/withdraw", open[0]["id"].as_str().unwrap());
    assert_eq!(refusal(world.post(&path, &desk.token, &j!({})).await, 409).await, "access_decided");
    world.advance(TimeDelta::days(1));
    let admin_id = world.server().app().store.login("admin@example.com".into()).await.unwrap().unwrap();
    let admin = world.token(admin_id.account.id, "administrator").await;
    assert_eq!(refusal(world.get(&desk.at(""), &admin).await, 404).await, "not_found");
}

#[tokio::test]
async fn what_is_seen_holds_no_price_no_address_no_token_and_no_note() {
    let desk = Desk::new().await;
    let world = &desk.world;
    let slot = desk.device["slots"][1]["id"].clone();
    let at = world.server().app().clock.now() - TimeDelta::minutes(1);
    let kind = j!({"kind": "purchased", "packs": 2, "content": null, "asin": "B00ABCDEF1",
        "price": {"milli": 12_990, "currency": "EUR"}, "shop": "CANARY-shop"});
    let entry = j!({"id": uuid::Uuid::from_u128(7), "slot": slot, "observed_at": at, "recorded_at": at,
        "source": "person", "about": null, "note": "CANARY-note", "kind": kind});
    assert_eq!(world.post("/v1/entries", &desk.token, &j!({"entries": [entry]})).await.status(), 200);
    let device = EndpointId(desk.device["id"].as_str().unwrap().parse().unwrap());
    let odd = j!({"notificationInfo": {"notificationType": "SomethingNewNotification",
            "notificationTime": "2026-09-01T07:30:00.000Z", "notificationId": "n-1", "version": "2015-06-05"},
        "deviceInfo": {"deviceIdentifier": {"serialNumber": "S1", "modelId": "WASHER-1"}, "productInfo": []},
        "customerInfo": {"directedCustomerId": "amzn1.account.CANARY"},
        "shipTo": {"postalAddress": "CANARY street"}, "unitPrice": "CANARY 12.99"});
    let notification = Box::new(read_notification(&odd.to_string(), None).unwrap());
    let word = Word::Told { message: "m-1".into(), notification };
    let now = world.server().app().clock.now_ms();
    world.server().app().store.hear(Hear { account: desk.customer, device, word, now }).await.unwrap();
    let access = desk.ask().await;
    desk.give(&access, 1).await;
    let slot = slot.as_str().unwrap();
    for rest in
        ["", "/entries", &format!("/slots/{slot}/entries"), "/orders", "/reports", "/links", "/notices"]
    {
        let response = world.get(&desk.at(rest), &desk.staff).await;
        assert_eq!(response.status(), 200, "{rest}");
        let text = response.text().await.unwrap();
        for hidden in ["CANARY", "12990", "12.99", "c1@example.com", "rfa_", "rfr_", "rfd_"] {
            assert!(!text.contains(hidden), "{rest} shows {hidden}: {text}");
        }
    }
    let entries = json(world.get(&desk.at("/entries"), &desk.staff).await, 200).await;
    assert_eq!(entries["entries"][0]["entry"]["kind"]["packs"], 2, "{entries}");
    let notices = json(world.get(&desk.at("/notices"), &desk.staff).await, 200).await;
    assert_eq!(
        (&notices[0]["known"], &notices[0]["told"]["name"]),
        (&j!(false), &j!("SomethingNewNotification"))
    );
    let links = json(world.get(&desk.at("/links"), &desk.staff).await, 200).await;
    assert_eq!(
        (&links["clients"][0]["client"], &links["clients"][0]["kind"]),
        (&j!("refill"), &j!("native"))
    );
    let missing = desk.at(&format!("/slots/{}/entries", uuid::Uuid::nil()));
    assert_eq!(refusal(world.get(&missing, &desk.staff).await, 404).await, "not_found");
    let seen: Vec<String> = desk.trail().await.into_iter().map(|(_, action)| action).collect();
    for action in ["see_devices", "see_entries", "see_orders", "see_reports", "see_links", "see_notices"] {
        assert!(seen.iter().any(|known| known == action), "{action} is in the trail: {seen:?}");
    }
}

#[tokio::test]
async fn the_trail_is_everybodys_as_far_as_it_concerns_them_and_whole() {
    let desk = Desk::new().await;
    let world = &desk.world;
    let access = desk.ask().await;
    desk.give(&access, 1).await;
    assert_eq!(world.get(&desk.at(""), &desk.staff).await.status(), 200);
    let (_, other) = world.customer("o@example.com").await;
    assert_eq!(json(world.get("/v1/trail", &other).await, 200).await, j!({"lines": [], "more": false}));
    assert_eq!(refusal(world.get("/v1/audit", &desk.token).await, 403).await, "forbidden");
    let own = json(world.get("/v1/audit", &desk.staff).await, 200).await;
    assert_eq!(own["rows"].as_array().unwrap().len(), 2, "{own}");
    let admin = world.administrator().await;
    let of = format!("/v1/audit?customer={}", desk.customer.0);
    let all = json(world.get(&of, &admin).await, 200).await;
    let actions: Vec<&Value> = all["rows"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
    assert_eq!(actions, ["see_audit", "see_devices", "give", "ask"]);
    let login = world.server().app().store.login("admin@example.com".into()).await.unwrap().unwrap();
    let own = format!("{of}&actor={}", login.account.id.0);
    for _ in 0..2 {
        let own = json(world.get(&own, &admin).await, 200).await;
        let actions: Vec<&Value> = own["rows"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
        assert_eq!(actions, ["see_audit"], "one's own alone, and that is written down by nobody");
    }
    let before = json(world.get(&format!("{of}&before=2"), &admin).await, 200).await;
    assert_eq!(before["rows"].as_array().unwrap().len(), 1);
    let verdict = json(world.get("/v1/audit/check", &admin).await, 200).await;
    assert_eq!((&verdict["whole"], &verdict["rows"]), (&j!(true), &j!(5)));
    let head = verdict["head"].as_str().unwrap();
    let held = json(world.get(&format!("/v1/audit/check?head={head}"), &admin).await, 200).await;
    assert_eq!(held["whole"], true);
    let ahead = head.replacen("5:", "6:", 1);
    let cut = json(world.get(&format!("/v1/audit/check?head={ahead}"), &admin).await, 200).await;
    assert_eq!(cut["whole"], false, "{cut}");
    let bad = world.get("/v1/audit/check?head=x", &admin).await;
    assert_eq!(refusal(bad, 400).await, "invalid_parameter");
    assert_eq!(refusal(world.get("/v1/audit/check", &desk.staff).await, 403).await, "forbidden");
}
