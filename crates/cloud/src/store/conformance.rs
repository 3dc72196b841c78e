//! What every store must do, as tests over the trait alone, by topic. `suite!(open)` runs all of them against one implementation;
//! `open` gives a fresh, empty store and whatever must live as long as it.

mod accounts;
mod alexa;
mod devices;
mod drs;
mod grants;
mod ledger;
mod notify;
mod relay;
mod support;

pub use accounts::{
    accounts_sign_in_by_an_address_of_their_own, nothing_of_another_account_shows, sessions_end,
};
pub use alexa::{
    a_way_to_amazon_works_once_in_its_time_and_for_its_account,
    how_alexa_stands_is_told_when_it_becomes_another,
};
pub use devices::{
    a_device_is_registered_once_and_again_after_it_went, a_device_that_goes_takes_what_it_said,
    models_never_change,
};
pub use drs::{
    a_device_that_goes_leaves_only_what_amazon_is_to_be_told,
    a_registration_changes_only_from_the_state_it_was_read_in, who_has_something_to_tell_is_looked_at,
};
pub use grants::{
    codes_work_once_and_a_second_use_revokes, refresh_tokens_have_one_follower,
    revoking_ends_every_token_and_is_told,
};
pub use ledger::{
    entries_are_numbered_and_kept_once, every_kind_of_entry_comes_back_as_it_went,
    listeners_hear_of_every_commit, many_at_once_are_all_kept, the_feed_lets_go_and_says_so,
};
pub use notify::{
    a_word_of_amazons_counts_once_and_is_told_whole, messages_are_let_go_but_for_what_nobody_knows_yet,
    what_was_shipped_arrives_once_on_its_day,
};
pub use relay::{
    a_link_keeps_its_place_in_the_ledger, a_step_of_the_relay_is_whole_or_not_at_all,
    nothing_of_a_device_that_went_stays_in_the_outbox, the_relay_finds_who_is_due_behind_and_outdated,
    what_was_put_aside_is_found_by_account_and_place,
};
pub use support::{
    a_code_is_used_once_and_a_factor_is_kept_until_it_is_taken_away, access_is_asked_given_and_ends,
    customers_are_found_by_how_their_address_or_serial_begins, the_trail_is_one_chain,
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
            nothing_of_another_account_shows,
            sessions_end,
            codes_work_once_and_a_second_use_revokes,
            refresh_tokens_have_one_follower,
            revoking_ends_every_token_and_is_told,
            a_device_is_registered_once_and_again_after_it_went,
            a_device_that_goes_takes_what_it_said,
            models_never_change,
            entries_are_numbered_and_kept_once,
            every_kind_of_entry_comes_back_as_it_went,
            listeners_hear_of_every_commit,
            many_at_once_are_all_kept,
            the_feed_lets_go_and_says_so,
            a_link_keeps_its_place_in_the_ledger,
            a_step_of_the_relay_is_whole_or_not_at_all,
            nothing_of_a_device_that_went_stays_in_the_outbox,
            the_relay_finds_who_is_due_behind_and_outdated,
            what_was_put_aside_is_found_by_account_and_place,
            a_word_of_amazons_counts_once_and_is_told_whole,
            messages_are_let_go_but_for_what_nobody_knows_yet,
            what_was_shipped_arrives_once_on_its_day,
            a_device_that_goes_leaves_only_what_amazon_is_to_be_told,
            a_registration_changes_only_from_the_state_it_was_read_in,
            who_has_something_to_tell_is_looked_at,
            a_way_to_amazon_works_once_in_its_time_and_for_its_account,
            how_alexa_stands_is_told_when_it_becomes_another,
            a_code_is_used_once_and_a_factor_is_kept_until_it_is_taken_away,
            access_is_asked_given_and_ends,
            customers_are_found_by_how_their_address_or_serial_begins,
            the_trail_is_one_chain
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

pub fn session(hash: Hash, expires_at: i64) -> NewSession {
    NewSession { hash, expires_at, proved: false }
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
        dash: None,
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
