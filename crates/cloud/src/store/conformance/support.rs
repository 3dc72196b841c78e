//! Second factors, access by consent, finding customers, and the audit trail.

use super::*;
use crate::audit::{Action, GENESIS, Head, NewAudit, Walk};
use crate::ids::AccessId;
use crate::store::support::{
    AccessRow, Asked, AuditFilter, Decided, Decision, REQUEST_LIFE, REQUESTS_MAX, Standing,
};

const DAY: i64 = 86_400_000;

fn line(actor: AccountId, customer: Option<AccountId>, action: Action, at: i64) -> NewAudit {
    NewAudit {
        at,
        actor,
        actor_name: "Tom".into(),
        role: Role::Staff,
        customer,
        action,
        about: None,
        case: Some("SUP-1".into()),
        reason: Some("because".into()),
        peer: "192.0.2.1".into(),
    }
}

fn request(customer: AccountId, staff: AccountId, number: u128) -> AccessRow {
    AccessRow {
        account: customer,
        id: AccessId(Uuid::from_u128(number)),
        staff,
        staff_name: "Tom".into(),
        case: "SUP-1".into(),
        reason: "because".into(),
        asked_at: NOW,
        standing: Standing::Asked,
        from_at: None,
        ends_at: None,
    }
}

async fn person(store: &dyn Store, number: u128, role: Role) -> AccountId {
    let account = Account {
        id: id(number),
        role,
        email: format!("staff{number}@example.com"),
        name: "Tom".into(),
        created_at: NOW,
    };
    assert!(store.create_account(NewAccount { account, password: "kept".into() }).await.unwrap());
    id(number)
}

pub async fn a_code_is_used_once_and_a_factor_is_kept_until_it_is_taken_away(store: &dyn Store) {
    let one = person(store, 1, Role::Staff).await;
    let set = || line(one, None, Action::SetFactor, NOW);
    assert_eq!(store.factor(one).await.unwrap(), None);
    assert!(store.put_factor(one, vec![1]).await.unwrap());
    assert!(store.put_factor(one, vec![2]).await.unwrap(), "one that was not confirmed gives way");
    assert!(!store.use_factor(one, vec![1], 7, set()).await.unwrap(), "that one is no more");
    assert!(store.use_factor(one, vec![2], 7, set()).await.unwrap());
    assert!(!store.use_factor(one, vec![2], 7, set()).await.unwrap(), "used");
    assert!(!store.use_factor(one, vec![2], 6, set()).await.unwrap(), "older than one that was used");
    assert!(store.use_factor(one, vec![2], 8, set()).await.unwrap());
    assert!(!store.put_factor(one, vec![3]).await.unwrap(), "a confirmed one stays");
    let row = store.factor(one).await.unwrap().unwrap();
    assert_eq!((row.sealed, row.confirmed, row.used_step), (vec![2], true, 8));
    let rows = store.audits(AuditFilter::default(), i64::MAX, 10).await.unwrap();
    assert_eq!(rows.len(), 1, "set up once");

    store.put_session(one, session([1; 32], NOW + DAY)).await.unwrap();
    assert!(store.redeem_code(code(store, one, 10).await).await.unwrap());
    let reset = || line(id(9), None, Action::ResetFactor, NOW);
    assert!(store.end_factor(one, reset()).await.unwrap());
    assert_eq!(store.session(one, [1; 32], NOW).await.unwrap(), None);
    assert_eq!(store.grants(one).await.unwrap(), []);
    assert_eq!(store.factor(one).await.unwrap(), None);
    assert!(!store.end_factor(one, reset()).await.unwrap());
    assert_eq!(store.audits(AuditFilter::default(), i64::MAX, 10).await.unwrap().len(), 2);
}

pub async fn access_is_asked_given_and_ends(store: &dyn Store) {
    let (customer, other) = (account(store, 1).await, account(store, 2).await);
    let (tom, ada) = (person(store, 3, Role::Staff).await, person(store, 4, Role::Staff).await);
    let asked = |of| line(tom, Some(of), Action::Ask, NOW);
    let live = async |staff, now| store.live_access(customer, staff, now).await.unwrap().is_some();
    let nobody = store.ask_access(request(id(99), tom, 1), asked(id(99))).await.unwrap();
    assert_eq!(nobody, Asked::NoCustomer);
    assert_eq!(store.ask_access(request(ada, tom, 1), asked(ada)).await.unwrap(), Asked::NoCustomer);
    assert_eq!(store.ask_access(request(customer, tom, 1), asked(customer)).await.unwrap(), Asked::Done);
    assert!(matches!(
        store.ask_access(request(customer, tom, 2), asked(customer)).await.unwrap(),
        Asked::Already(row) if row.id.0.as_u128() == 1
    ));
    assert!(!live(tom, NOW).await, "asked is not given");

    let decide = async |of, number, decision, now| {
        let line = line(of, Some(of), Action::Give, now);
        store.decide_access(of, AccessId(Uuid::from_u128(number)), decision, line).await.unwrap()
    };
    let give = Decision::Give { until: NOW + 7 * DAY };
    assert_eq!(decide(other, 1, give, NOW).await, Decided::Nothing, "another's is as good as none");
    assert_eq!(decide(customer, 1, Decision::Withdraw, NOW).await, Decided::NotNow);
    assert!(matches!(decide(customer, 1, give, NOW).await, Decided::Done(_)));
    assert_eq!(decide(customer, 1, give, NOW).await, Decided::NotNow, "once");
    assert!(live(tom, NOW).await && live(tom, NOW + 7 * DAY - 1).await);
    assert!(!live(tom, NOW + 7 * DAY).await, "by the clock");
    assert!(!live(tom, NOW - 1).await, "a clock that was set back opens nothing early");
    assert!(!live(ada, NOW).await, "it is one person's");
    assert!(matches!(decide(customer, 1, Decision::Withdraw, NOW + 5).await, Decided::Done(_)));
    assert!(!live(tom, NOW + 5).await);
    assert_eq!(decide(customer, 1, Decision::Decline, NOW + 5).await, Decided::NotNow);

    assert_eq!(store.ask_access(request(customer, tom, 2), asked(customer)).await.unwrap(), Asked::Done);
    assert_eq!(decide(customer, 2, give, NOW + REQUEST_LIFE).await, Decided::NotNow, "it lapsed");
    assert!(matches!(decide(customer, 2, Decision::Decline, NOW).await, Decided::Done(_)));
    assert_eq!(store.ask_access(request(customer, tom, 3), asked(customer)).await.unwrap(), Asked::Done);
    assert!(matches!(decide(customer, 3, give, NOW).await, Decided::Done(_)));
    let close = || line(tom, Some(customer), Action::Close, NOW + 1);
    assert!(store.close_access(customer, tom, close()).await.unwrap());
    assert!(!store.close_access(customer, tom, close()).await.unwrap());
    assert!(!live(tom, NOW + 2).await);

    let glass = AccessRow {
        standing: Standing::BrokenGlass,
        from_at: Some(NOW),
        ends_at: Some(NOW + DAY),
        ..request(customer, ada, 4)
    };
    let broke = line(ada, Some(customer), Action::BreakGlass, NOW);
    assert_eq!(store.ask_access(glass, broke).await.unwrap(), Asked::Done);
    assert!(live(ada, NOW).await && !live(ada, NOW + DAY).await);
    assert_eq!(
        decide(customer, 4, Decision::Withdraw, NOW).await,
        Decided::NotNow,
        "not the customer's to end"
    );

    let all = store.accesses(customer, 10).await.unwrap();
    let standings: Vec<Standing> = all.iter().map(|row| row.standing).collect();
    let wanted = [Standing::BrokenGlass, Standing::Closed, Standing::Declined, Standing::Withdrawn];
    assert_eq!(standings, wanted);
    assert_eq!(store.accesses_by(tom, 2).await.unwrap().len(), 2);
    let told = told(store, customer).await;
    let changes = told.iter().filter(|change| **change == Change::Support {}).count();
    assert_eq!(changes, 9, "every step is told: {told:?}");
    let trail =
        store.audits(AuditFilter { customer: Some(customer), actor: None }, i64::MAX, 50).await.unwrap();
    assert_eq!(trail.len(), 9, "and written down");
    for number in 10..10 + u128::try_from(REQUESTS_MAX).unwrap() {
        let row = request(other, person(store, number, Role::Staff).await, number);
        assert_eq!(store.ask_access(row, asked(other)).await.unwrap(), Asked::Done);
    }
    assert_eq!(store.ask_access(request(other, tom, 99), asked(other)).await.unwrap(), Asked::TooMany);
}

pub async fn customers_are_found_by_how_their_address_or_serial_begins(store: &dyn Store) {
    for number in 1..=25 {
        account(store, number).await;
    }
    let staff = person(store, 30, Role::Staff).await;
    let mails = async |begins: &str, after, max| -> Vec<String> {
        let found = store.find_mail(begins.into(), after, max).await.unwrap();
        found.into_iter().map(|account| account.email).collect()
    };
    assert_eq!(mails("c7", None, 5).await, ["c7@example.com"]);
    assert_eq!(mails("c1", None, 3).await, ["c10@example.com", "c11@example.com", "c12@example.com"]);
    assert_eq!(mails("c1", Some(id(12)), 2).await, ["c13@example.com", "c14@example.com"]);
    assert_eq!(mails("c1", Some(id(19)), 5).await, ["c1@example.com"]);
    assert_eq!(mails("c1", Some(id(1)), 5).await, [""; 0]);
    assert_eq!(mails("staff", None, 5).await, [""; 0], "only customers");
    for hostile in ["%", "_", "c%", "'", "\u{10ffff}", "zzz"] {
        assert_eq!(mails(hostile, None, 5).await, [""; 0], "{hostile}");
    }
    let pages: Vec<String> = {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = store.find_mail("c".into(), after, 4).await.unwrap();
            let Some(last) = page.last() else { break all };
            after = Some(last.id);
            all.extend(page.into_iter().map(|account| account.email));
        }
    };
    assert_eq!(pages.len(), 25, "each once: {pages:?}");
    assert!(pages.is_sorted());

    for number in [1, 2, 3] {
        slots(store, id(number), 100 + number).await;
    }
    let serials = async |begins: &str, after| -> Vec<AccountId> {
        let found = store.find_serial(begins.into(), after, 2).await.unwrap();
        found.into_iter().map(|device| device.account.id).collect()
    };
    assert_eq!(serials("S", None).await, [id(1), id(2)]);
    let last = EndpointId(Uuid::from_u128(102));
    assert_eq!(serials("S", Some((id(2), last))).await, [id(3)]);
    assert_eq!(serials("S2", None).await, [id(2)]);
    assert_eq!(serials("s2", None).await, [staff; 0], "as it is written");
}

pub async fn the_trail_is_one_chain(store: &dyn Store) {
    let customer = account(store, 1).await;
    let mut last = GENESIS;
    for number in 1..=5 {
        let of = (number % 2 == 0).then_some(customer);
        let actor = id(10 + u128::try_from(number % 3).unwrap());
        let row = store.audit(line(actor, of, Action::SeeDevices, NOW + number)).await.unwrap();
        assert_eq!((row.seq, row.previous), (number, last));
        last = row.hash;
    }
    let numbers = async |filter, before| -> Vec<i64> {
        store.audits(filter, before, 3).await.unwrap().into_iter().map(|row| row.seq).collect()
    };
    assert_eq!(numbers(AuditFilter::default(), i64::MAX).await, [5, 4, 3]);
    assert_eq!(numbers(AuditFilter::default(), 3).await, [2, 1]);
    let of = AuditFilter { customer: Some(customer), actor: None };
    assert_eq!(numbers(of, i64::MAX).await, [4, 2]);
    assert_eq!(numbers(AuditFilter { actor: Some(id(11)), ..of }, i64::MAX).await, [4]);
    assert_eq!(numbers(AuditFilter { customer: None, actor: Some(id(11)) }, i64::MAX).await, [4, 1]);
    let mut walk = Walk::new(Some(Head { seq: 5, hash: last }));
    for row in store.audit_after(0, 3).await.unwrap().iter().chain(&store.audit_after(3, 3).await.unwrap()) {
        assert!(walk.next(row));
    }
    assert!(walk.end().whole);
    assert_eq!(told(store, customer).await, [], "a look is in the trail alone");
}
