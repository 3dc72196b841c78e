//! What every store must do, as tests over the trait alone. `suite!(open)` runs all of them against one implementation;
//! `open` gives a fresh, empty store and whatever must live as long as it.

mod relay;

pub use relay::{
    a_link_keeps_its_place_in_the_ledger, a_step_of_the_relay_is_whole_or_not_at_all,
    the_relay_finds_who_is_due_behind_and_outdated,
};

use super::*;
use crate::catalogue::ModelSlot;
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::EntryId;
use refill_domain::ledger::{EntryKind, Level, Source};
use refill_domain::measure::{Amount, Unit};
use uuid::Uuid;

/// Runs the suite against what `$open` gives.
macro_rules! suite {
    ($open:path) => {
        suite!($open;
            accounts_sign_in_by_an_address_of_their_own,
            sessions_end,
            codes_work_once_and_a_second_use_revokes,
            refresh_tokens_have_one_follower,
            revoking_ends_every_token_and_is_told,
            models_never_change,
            a_device_is_registered_once_and_again_after_it_went,
            entries_are_numbered_and_kept_once,
            every_kind_of_entry_comes_back_as_it_went,
            nothing_of_another_account_shows,
            a_device_that_goes_takes_what_it_said,
            the_feed_lets_go_and_says_so,
            listeners_hear_of_every_commit,
            many_at_once_are_all_kept,
            a_link_keeps_its_place_in_the_ledger,
            a_step_of_the_relay_is_whole_or_not_at_all,
            the_relay_finds_who_is_due_behind_and_outdated
        );
    };
    ($open:path; $($test:ident),*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let (store, _kept) = $open();
            $crate::store::conformance::$test(&store).await;
            store.close().await;
        })*
    };
}
pub(crate) use suite;

pub const NOW: i64 = 1_790_000_000_000;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(NOW).unwrap() + TimeDelta::minutes(minutes)
}

pub fn id(number: u128) -> AccountId {
    AccountId(Uuid::from_u128(number))
}

pub async fn account(store: &dyn Store, number: u128) -> AccountId {
    let account = Account {
        id: id(number),
        role: Role::Customer,
        email: format!("c{number}@example.com"),
        name: format!("Customer {number}"),
        created_at: NOW,
    };
    assert!(store.create_account(NewAccount { account, password: "kept".into() }).await.unwrap());
    id(number)
}

pub fn model() -> Model {
    let slot = |instance: &str, sensor, unit| ModelSlot {
        instance: instance.parse().unwrap(),
        name: instance.to_owned(),
        supply: SupplyKind::Other,
        sensor,
        unit,
        capacity: None,
        pack: 1000,
    };
    Model {
        id: "MODEL-1".parse().unwrap(),
        name: "A model".into(),
        kind: DeviceKind::Other,
        slots: vec![
            slot("level", SensorKind::Level, Unit::Percent),
            slot("use", SensorKind::Usage, Unit::Count),
        ],
    }
}

pub fn device(account: AccountId, number: u128) -> NewDevice {
    let id = EndpointId(Uuid::from_u128(number));
    NewDevice {
        account,
        device: Device {
            id,
            model: model().id,
            serial: format!("S{}", number % 100).parse().unwrap(),
            name: "Machine".into(),
            registered_at: NOW,
            slots: model().slots_of(id),
        },
        credential: [u8::try_from(number % 100).unwrap(); 32],
    }
}

/// Registers a device and gives its slots' ids.
pub async fn slots(store: &dyn Store, account: AccountId, number: u128) -> Vec<SlotId> {
    let new = device(account, number);
    let slots = new.device.slots.iter().map(|slot| slot.id).collect();
    assert_eq!(store.register(new).await.unwrap(), Registered::Done);
    slots
}

pub fn reading(number: u128, slot: SlotId, minutes: i64, percent: i64) -> Entry {
    Entry {
        id: EntryId(Uuid::from_u128(number)),
        slot,
        observed_at: at(minutes),
        recorded_at: at(minutes),
        source: Source::Device,
        about: None,
        note: None,
        kind: EntryKind::LevelRead { level: Level::Amount { amount: Amount::whole(percent, Unit::Percent) } },
    }
}

fn kept(hash: u8, minutes: i64) -> KeptToken {
    KeptToken { hash: [hash; 32], expires_at: NOW + minutes * 60_000 }
}

fn pair(hash: u8) -> Pair {
    Pair { access: kept(hash, 60), refresh: kept(hash + 1, 6000) }
}

async fn code(store: &dyn Store, account: AccountId, hash: u8) -> Redeem {
    let code = CodeRow {
        account,
        hash: [hash; 32],
        client: "app".into(),
        redirect_uri: "http://127.0.0.1:1/x".into(),
        challenge: Some("challenge".into()),
        scope: "customer".into(),
        expires_at: NOW + 1000,
        used_for: None,
    };
    store.put_code(code.clone()).await.unwrap();
    assert_eq!(store.code(account, [hash; 32]).await.unwrap(), Some(code));
    let grant = GrantId(Uuid::from_u128(u128::from(hash)));
    Redeem { account, code: [hash; 32], grant, pair: pair(hash + 1), now: NOW }
}

async fn told(store: &dyn Store, account: AccountId) -> Vec<Change> {
    match store.feed(account, 0, 100).await.unwrap() {
        Feed::Told(items) => items.into_iter().map(|item| item.change).collect(),
        Feed::Gone => panic!("gone"),
    }
}

pub async fn accounts_sign_in_by_an_address_of_their_own(store: &dyn Store) {
    let one = account(store, 1).await;
    let mut taken = store.login("c1@example.com".into()).await.unwrap().unwrap();
    assert_eq!((taken.account.id, taken.password.as_str()), (one, "kept"));
    assert_eq!(store.account(one).await.unwrap().as_ref(), Some(&taken.account));
    taken.account.id = id(2);
    let again = NewAccount { account: taken.account, password: "other".into() };
    assert!(!store.create_account(again).await.unwrap());
    assert_eq!(store.account(id(2)).await.unwrap(), None);
    assert!(store.login("nobody@example.com".into()).await.unwrap().is_none());
    store.put_session(one, [1; 32], NOW + 1).await.unwrap();
    store.set_password(one, "new".into()).await.unwrap();
    assert_eq!(store.login("c1@example.com".into()).await.unwrap().unwrap().password, "new");
    assert_eq!(store.session(one, [1; 32], NOW).await.unwrap(), None, "sessions end with the password");
}

pub async fn sessions_end(store: &dyn Store) {
    let one = account(store, 1).await;
    store.put_session(one, [1; 32], NOW + 10).await.unwrap();
    assert_eq!(store.session(one, [1; 32], NOW).await.unwrap().unwrap().id, one);
    assert_eq!(store.session(one, [1; 32], NOW + 10).await.unwrap(), None);
    assert_eq!(store.session(one, [2; 32], NOW).await.unwrap(), None);
    store.sweep(NOW + 10, 0).await.unwrap();
    assert_eq!(store.session(one, [1; 32], NOW).await.unwrap(), None, "swept");
    store.put_session(one, [3; 32], NOW + 10).await.unwrap();
    store.end_session(one, [3; 32]).await.unwrap();
    assert_eq!(store.session(one, [3; 32], NOW).await.unwrap(), None);
}

pub async fn codes_work_once_and_a_second_use_revokes(store: &dyn Store) {
    let one = account(store, 1).await;
    let redeem = code(store, one, 10).await;
    assert!(store.redeem_code(redeem.clone()).await.unwrap());
    let token = store.token(one, [11; 32]).await.unwrap().unwrap();
    assert_eq!((token.grant.id, token.refresh, token.followed), (redeem.grant, false, None));
    assert_eq!((token.grant.client.as_str(), token.grant.scope.as_str()), ("app", "customer"));
    assert_eq!(store.code(one, [10; 32]).await.unwrap().unwrap().used_for, Some(redeem.grant));
    let again = Redeem { grant: GrantId(Uuid::from_u128(99)), pair: pair(80), ..redeem };
    assert!(!store.redeem_code(again).await.unwrap());
    for hash in [11, 12, 80, 81] {
        assert_eq!(store.token(one, [hash; 32]).await.unwrap(), None, "{hash}");
    }
}

pub async fn refresh_tokens_have_one_follower(store: &dyn Store) {
    let one = account(store, 1).await;
    assert!(store.redeem_code(code(store, one, 10).await).await.unwrap());
    let follow = |from: u8, to: u8| Rotate {
        account: one,
        from: [from; 32],
        salt: [to; 16],
        pair: pair(to),
        now: NOW + 5,
    };
    assert!(store.rotate(follow(12, 20)).await.unwrap());
    assert!(!store.rotate(follow(12, 30)).await.unwrap());
    let followed = async |hash: u8| store.token(one, [hash; 32]).await.unwrap().unwrap().followed;
    assert_eq!(followed(12).await, Some(Followed { salt: [20; 16], at: NOW + 5, used: false }));
    assert!(store.rotate(follow(21, 40)).await.unwrap());
    assert!(followed(12).await.unwrap().used, "the follower was followed itself");
    assert!(!store.rotate(follow(77, 50)).await.unwrap());
}

pub async fn revoking_ends_every_token_and_is_told(store: &dyn Store) {
    let one = account(store, 1).await;
    let redeem = code(store, one, 10).await;
    let grant = redeem.grant;
    assert!(store.redeem_code(redeem).await.unwrap());
    assert_eq!(store.grants(one).await.unwrap().len(), 1);
    assert!(store.revoke_grant(one, grant, NOW).await.unwrap());
    assert!(!store.revoke_grant(one, grant, NOW).await.unwrap());
    assert_eq!(store.token(one, [11; 32]).await.unwrap(), None);
    assert_eq!(store.token(one, [12; 32]).await.unwrap(), None);
    assert_eq!(store.grants(one).await.unwrap(), []);
    let client = || "app".to_owned();
    let changes = [Change::LinkAdded { client: client() }, Change::LinkRemoved { client: client() }];
    assert_eq!(told(store, one).await, changes);
}

pub async fn models_never_change(store: &dyn Store) {
    assert!(store.put_model(model()).await.unwrap());
    assert!(store.put_model(model()).await.unwrap(), "the same again is no change");
    let other = Model { name: "Other".into(), ..model() };
    assert!(!store.put_model(other).await.unwrap());
    assert_eq!(store.model(model().id).await.unwrap(), Some(model()));
    assert_eq!(store.model_list().await.unwrap(), [model()]);
    assert_eq!(store.model("NONE".parse().unwrap()).await.unwrap(), None);
}

pub async fn a_device_is_registered_once_and_again_after_it_went(store: &dyn Store) {
    let (one, two) = (account(store, 1).await, account(store, 2).await);
    let first = device(one, 101);
    assert_eq!(store.register(first.clone()).await.unwrap(), Registered::Done);
    assert_eq!(store.devices(one).await.unwrap(), std::slice::from_ref(&first.device));
    assert_eq!(store.register(device(one, 201)).await.unwrap(), Registered::Already(first.device.id));
    assert_eq!(store.register(device(two, 301)).await.unwrap(), Registered::Elsewhere);
    let by = async |account, credential| store.device_by_credential(account, credential).await.unwrap();
    assert_eq!(by(one, first.credential).await, Some(first.device.clone()));
    assert_eq!(by(one, [99; 32]).await, None);
    assert_eq!(by(two, first.credential).await, None);
    assert!(!store.deregister(two, first.device.id, NOW).await.unwrap());
    assert!(store.deregister(one, first.device.id, NOW).await.unwrap());
    assert!(!store.deregister(one, first.device.id, NOW).await.unwrap());
    assert_eq!(by(one, first.credential).await, None);
    assert_eq!(store.register(device(two, 301)).await.unwrap(), Registered::Done);
    assert_eq!(store.devices(one).await.unwrap(), []);
}

pub async fn entries_are_numbered_and_kept_once(store: &dyn Store) {
    let one = account(store, 1).await;
    let slots = slots(store, one, 101).await;
    let (slot, nowhere) = (slots[0], SlotId(Uuid::from_u128(5)));
    let late = reading(3, slot, -60, 90);
    let batch =
        vec![reading(1, slot, 0, 80), reading(2, slot, 1, 79), late.clone(), reading(4, nowhere, 0, 1)];
    let verdicts = store.append(one, batch.clone(), NOW).await.unwrap();
    // Number 1 is the registration.
    use Verdict::{Conflict, Duplicate, NoSlot, Stored};
    assert_eq!(verdicts, [Stored(2), Stored(3), Stored(4), NoSlot]);
    let mut heard_later = batch[1].clone();
    heard_later.recorded_at = at(500);
    let again = vec![heard_later, reading(1, slot, 0, 81), reading(5, slot, 2, 78), reading(5, slot, 2, 78)];
    let verdicts = store.append(one, again, NOW).await.unwrap();
    assert_eq!(verdicts, [Duplicate(3), Conflict, Stored(5), Duplicate(5)]);
    let numbered = store.entries(one, 0, 100).await.unwrap();
    assert_eq!(numbered.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!(numbered[0].1, batch[0], "the first stays as it was");
    assert_eq!(store.entries(one, 3, 1).await.unwrap(), [(4, late.clone())]);
    assert_eq!(store.entries(one, u64::MAX, 1).await.unwrap(), []);
    let of_slot = store.slot_entries(one, slot, NOW - 3_600_000, NOW).await.unwrap();
    assert_eq!(of_slot, [late, batch[0].clone()], "by order of effect");
}

pub async fn every_kind_of_entry_comes_back_as_it_went(store: &dyn Store) {
    let one = account(store, 1).await;
    let slot = slots(store, one, 101).await[1];
    let amount = Amount::new(1_500, Unit::Count);
    let kinds = [
        EntryKind::LevelRead { level: Level::Amount { amount } },
        EntryKind::LevelRead { level: Level::Unknown },
        EntryKind::LevelRead { level: Level::SomeLeft },
        EntryKind::Consumed { amount: Amount::new(1, Unit::UsFluidOunce) },
        EntryKind::Replaced { capacity: Some(amount), from_shelf: true },
        EntryKind::Purchased {
            packs: 2,
            content: None,
            asin: Some("B00ABCDEF1".parse().unwrap()),
            price: None,
            shop: Some("Löwe & \"Söhne\" '; --".into()),
        },
        EntryKind::Received { order: "o".into(), packs: 1, content: None },
        EntryKind::Counted { level: None, shelf: Some(amount) },
        EntryKind::Voided { entry: EntryId(Uuid::from_u128(1)) },
    ];
    let sources = [Source::Person, Source::Device, Source::Cloud, Source::Import];
    let entries: Vec<Entry> = kinds
        .into_iter()
        .zip(1u128..)
        .map(|(kind, number)| Entry {
            id: EntryId(Uuid::from_u128(number)),
            source: sources[usize::try_from(number).unwrap() % 4],
            about: (number % 2 == 0).then(|| EntryId(Uuid::from_u128(number - 1))),
            note: (number % 3 == 0).then(|| "a note\0\u{1f9f4}".to_owned()),
            kind,
            ..reading(number, slot, i64::try_from(number).unwrap(), 1)
        })
        .collect();
    store.append(one, entries.clone(), NOW).await.unwrap();
    let back: Vec<Entry> =
        store.entries(one, 0, 100).await.unwrap().into_iter().map(|(_, entry)| entry).collect();
    assert_eq!(back, entries);
}

pub async fn nothing_of_another_account_shows(store: &dyn Store) {
    let (one, two) = (account(store, 1).await, account(store, 2).await);
    let slot = slots(store, one, 101).await[0];
    store.append(one, vec![reading(1, slot, 0, 80)], NOW).await.unwrap();
    assert_eq!(
        store.append(two, vec![reading(1, slot, 0, 80)], NOW).await.unwrap(),
        [Verdict::NoSlot],
        "another's slot is no slot"
    );
    assert_eq!(store.entries(two, 0, 10).await.unwrap(), []);
    assert_eq!(store.feed(two, 0, 10).await.unwrap(), Feed::Told(vec![]));
    assert_eq!(store.slot_entries(two, slot, 0, i64::MAX).await.unwrap(), []);
    assert_eq!(store.devices(two).await.unwrap(), []);
    store.put_session(one, [1; 32], NOW + 1).await.unwrap();
    assert_eq!(store.session(two, [1; 32], NOW).await.unwrap(), None);
    assert!(store.redeem_code(code(store, one, 10).await).await.unwrap());
    assert_eq!(store.token(two, [11; 32]).await.unwrap(), None);
    assert!(!store.revoke_grant(two, GrantId(Uuid::from_u128(10)), NOW).await.unwrap());
    // The same id in another account is another entry.
    let own = slots(store, two, 202).await[0];
    assert_eq!(store.append(two, vec![reading(1, own, 0, 5)], NOW).await.unwrap(), [Verdict::Stored(2)]);
}

pub async fn a_device_that_goes_takes_what_it_said(store: &dyn Store) {
    let one = account(store, 1).await;
    let (gone, stays) = (slots(store, one, 101).await[0], slots(store, one, 102).await[0]);
    let batch = vec![reading(1, gone, 0, 80), reading(2, stays, 0, 70), reading(3, gone, 1, 79)];
    store.append(one, batch, NOW).await.unwrap();
    assert!(store.deregister(one, EndpointId(Uuid::from_u128(101)), NOW).await.unwrap());
    let left = store.entries(one, 0, 10).await.unwrap();
    assert_eq!(left, [(4, reading(2, stays, 0, 70))]);
    assert_eq!(store.slot_entries(one, gone, 0, i64::MAX).await.unwrap(), []);
    assert_eq!(
        told(store, one).await.last(),
        Some(&Change::DeviceRemoved { device: EndpointId(Uuid::from_u128(101)) })
    );
    let late = store.append(one, vec![reading(4, gone, 2, 78), reading(5, stays, 2, 69)], NOW).await.unwrap();
    assert_eq!(late, [Verdict::NoSlot, Verdict::Stored(7)], "numbers go on");
}

pub async fn the_feed_lets_go_and_says_so(store: &dyn Store) {
    let one = account(store, 1).await;
    let slot = slots(store, one, 101).await[0];
    store.append(one, vec![reading(1, slot, 0, 80)], NOW).await.unwrap();
    assert_eq!(told(store, one).await.len(), 2);
    store.sweep(0, NOW).await.unwrap();
    assert_eq!(told(store, one).await.len(), 2, "not old enough");
    store.sweep(0, NOW + 1).await.unwrap();
    assert_eq!(store.feed(one, 0, 10).await.unwrap(), Feed::Gone);
    let Feed::Told(items) = store.feed(one, 1, 10).await.unwrap() else { panic!("gone") };
    assert_eq!(items, [FeedItem { seq: 2, change: Change::Entry { entry: reading(1, slot, 0, 80) } }]);
    assert_eq!(store.feed(one, 2, 10).await.unwrap(), Feed::Told(vec![]));
    assert_eq!(store.feed(one, 3, 10).await.unwrap(), Feed::Gone, "never given out");
    assert_eq!(store.feed(one, u64::MAX, 10).await.unwrap(), Feed::Gone);
    assert_eq!(store.entries(one, 0, 10).await.unwrap().len(), 1, "entries are never let go");
}

pub async fn listeners_hear_of_every_commit(store: &dyn Store) {
    let one = account(store, 1).await;
    let slot = slots(store, one, 101).await[0];
    let mut changes = store.changes(one).await.unwrap();
    assert_eq!(*changes.borrow_and_update(), 1);
    store.append(one, vec![reading(1, slot, 0, 80), reading(2, slot, 1, 79)], NOW).await.unwrap();
    changes.changed().await.unwrap();
    assert_eq!(*changes.borrow_and_update(), 3);
    store.append(one, vec![reading(1, slot, 0, 80)], NOW).await.unwrap();
    assert!(!changes.has_changed().unwrap(), "a repeat changes nothing");
}

pub async fn many_at_once_are_all_kept(store: &dyn Store) {
    let one = account(store, 1).await;
    let slot = slots(store, one, 101).await[0];
    // Each of 200 entries is sent twice, all at once.
    let sent = (0..400u128)
        .map(|n| store.append(one, vec![reading(n / 2 + 1, slot, i64::try_from(n / 2).unwrap(), 50)], NOW));
    let mut waiting: Vec<_> = sent.collect();
    let mut stored = 0;
    std::future::poll_fn(|context| {
        waiting.retain_mut(|append| match append.as_mut().poll(context) {
            std::task::Poll::Ready(verdict) => {
                stored += u32::from(matches!(verdict.unwrap()[..], [Verdict::Stored(_)]));
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    assert_eq!(stored, 200);
    let numbered = store.entries(one, 0, 1000).await.unwrap();
    assert_eq!(numbered.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), (2..=201).collect::<Vec<_>>());
}
