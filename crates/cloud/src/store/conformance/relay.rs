//! The relay's part: steps are whole, a renewed link wins over a step that began before it, and nobody who has something
//! to do is overlooked.

use super::*;
use crate::store::relay::{Assigned, NewLink, OutRow, RelayChanges, ToldRow};
use refill_domain::alexa::{ApplianceId, MessageId, Report};
use refill_domain::gateway::{Reason, Region, Stop};
use refill_domain::outbox::{Delivery, Gate, GateState, State};

fn new_link(byte: u8) -> NewLink {
    NewLink { region: Region::Europe, tokens: vec![byte; 40], ends_at: NOW + 1000 }
}

fn message(seq: i64, state: State) -> OutRow {
    let report = Report::Deleted { appliances: vec![ApplianceId::from(EndpointId(Uuid::from_u128(11)))] };
    let id = MessageId::from(Uuid::from_u128(u128::try_from(seq).unwrap()));
    OutRow { seq, report, delivery: Delivery { state, ..Delivery::new(id) } }
}

/// The same message about another device.
fn in_report(row: OutRow, device: u128) -> OutRow {
    let appliances = vec![ApplianceId::from(EndpointId(Uuid::from_u128(device)))];
    OutRow { report: Report::Deleted { appliances }, ..row }
}

pub async fn a_link_keeps_its_place_in_the_ledger(store: &dyn Store) {
    let account = account(store, 1).await;
    let slots = slots(store, account, 11).await;
    store.append(account, vec![reading(1, slots[0], 1, 90)], NOW).await.unwrap();
    assert_eq!(store.relay_view(account).await.unwrap().map(|view| view.link), None);
    store.put_link(account, new_link(1), NOW).await.unwrap();
    let view = store.relay_view(account).await.unwrap().unwrap();
    assert!(view.fresh.is_empty(), "what was before the link is no news");
    assert_eq!((view.link.region, view.link.tokens.as_deref()), (Region::Europe, Some(&[1; 40][..])));
    assert_eq!((view.devices.len(), view.link.look_at, view.more), (1, NOW, false));

    let entries: Vec<Entry> = (2..700).map(|number| reading(number, slots[0], 2, 80)).collect();
    store.append(account, entries, NOW).await.unwrap();
    let mut seen = 0;
    loop {
        let view = store.relay_view(account).await.unwrap().unwrap();
        seen += view.fresh.len();
        let changes = RelayChanges {
            generation: view.link.gate.generation,
            planned: Some(view.upto),
            ..RelayChanges::default()
        };
        assert!(store.relay_commit(account, changes).await.unwrap());
        if !view.more {
            break;
        }
    }
    assert_eq!(seen, 698, "each entry once, in pages");
    // Linked again, the place in the ledger stays.
    store.append(account, vec![reading(900, slots[0], 3, 70)], NOW).await.unwrap();
    store.put_link(account, new_link(2), NOW).await.unwrap();
    assert_eq!(store.relay_view(account).await.unwrap().unwrap().fresh.len(), 1);
    store.unlink(account, NOW).await.unwrap();
    assert!(store.relay_view(account).await.unwrap().is_none());
}

pub async fn a_step_of_the_relay_is_whole_or_not_at_all(store: &dyn Store) {
    let account = account(store, 1).await;
    slots(store, account, 11).await;
    store.put_link(account, new_link(1), NOW).await.unwrap();
    let before = store.relay_view(account).await.unwrap().unwrap();
    let device = before.devices[0].id;
    let told = |book: &str| ToldRow { device, model: model().id, version: 3, book: book.into() };
    let stopped = Gate { state: GateState::Stopped { why: Stop::SkillDisabled }, ..before.link.gate };
    let step = RelayChanges {
        generation: before.link.gate.generation,
        gate: Some(stopped),
        tokens: Some((None, 0)),
        look_at: NOW + 7,
        told: vec![told("{}")],
        out: vec![message(1 << 20, State::Queued), message(2 << 20, State::Delivered { at: at(1) })],
        now: NOW,
        ..RelayChanges::default()
    };
    assert!(store.relay_commit(account, step.clone()).await.unwrap());
    let after = store.relay_view(account).await.unwrap().unwrap();
    assert_eq!((after.link.gate, after.link.tokens, after.link.look_at), (stopped, None, NOW + 7));
    assert_eq!(after.told, [told("{}")]);
    assert_eq!(after.queue, [message(1 << 20, State::Queued)], "settled ones wait for nothing");
    assert_eq!(after.next_seq, 3 << 20);
    assert_eq!(store.outbox(account, 10).await.unwrap().len(), 2);

    // The customer links again while a step is under way: the step changes nothing.
    store.put_link(account, new_link(2), NOW).await.unwrap();
    let late = RelayChanges { told: vec![told("late")], gone: vec![device], ..step };
    assert!(!store.relay_commit(account, late).await.unwrap());
    let renewed = store.relay_view(account).await.unwrap().unwrap();
    assert_eq!((renewed.link.gate.state, renewed.link.tokens), (GateState::Open, Some(vec![2; 40])));
    assert_eq!((renewed.told[0].version, renewed.told[0].book.as_str()), (-1, "{}"), "to be described anew");
    let gone = RelayChanges {
        generation: renewed.link.gate.generation,
        gone: vec![device],
        ..RelayChanges::default()
    };
    assert!(store.relay_commit(account, gone).await.unwrap());
    assert!(store.relay_view(account).await.unwrap().unwrap().told.is_empty());
    store.sweep(NOW, NOW + 1).await.unwrap();
    assert_eq!(
        store.outbox(account, 10).await.unwrap(),
        [message(1 << 20, State::Queued)],
        "what waits stays"
    );
    assert!(!store.relay_commit(id(2), RelayChanges::default()).await.unwrap(), "no link");
}

pub async fn the_relay_finds_who_is_due_behind_and_outdated(store: &dyn Store) {
    let (one, two) = (account(store, 1).await, account(store, 2).await);
    let mine = slots(store, one, 11).await;
    let (model, instance) = (model().id, "level".parse::<refill_domain::ids::Instance>().unwrap());
    let changed = store.changed();
    changed.follow();
    store.put_link(one, new_link(1), NOW + 5).await.unwrap();
    store.put_link(two, new_link(1), NOW + 3).await.unwrap();
    assert_eq!(store.relay_upcoming(9).await.unwrap(), [(NOW + 3, two), (NOW + 5, one)]);
    assert_eq!(changed.take().into_iter().collect::<Vec<_>>(), [one, two]);
    assert_eq!(store.relay_behind().await.unwrap(), []);
    store.append(one, vec![reading(1, mine[0], 1, 90)], NOW).await.unwrap();
    assert_eq!(store.relay_behind().await.unwrap(), [one]);
    assert_eq!(changed.take().into_iter().collect::<Vec<_>>(), [one]);
    assert!(changed.is_empty());

    let told = ToldRow {
        device: EndpointId(Uuid::from_u128(11)),
        model: model.clone(),
        version: 0,
        book: "{}".into(),
    };
    let generation = store.relay_view(one).await.unwrap().unwrap().link.gate.generation;
    let step = |version| RelayChanges {
        generation,
        told: vec![ToldRow { version, ..told.clone() }],
        ..RelayChanges::default()
    };
    assert!(store.relay_commit(one, step(0)).await.unwrap());
    let nobody = AccountId(Uuid::nil());
    assert_eq!(store.relay_outdated(nobody, 9).await.unwrap(), []);
    let assign =
        async |to: &str| store.assign(model.clone(), instance.clone(), to.parse().unwrap()).await.unwrap();
    assert_eq!(assign("one").await, Assigned::Changed);
    assert_eq!(assign("one").await, Assigned::Same);
    assert!(matches!(assign("two").await, Assigned::Frozen(frozen) if frozen.told.as_str() == "one"));
    assert_eq!(store.relay_outdated(nobody, 9).await.unwrap(), [one]);
    assert_eq!(store.relay_outdated(one, 9).await.unwrap(), []);
    let version = store.replenishments(model.clone()).await.unwrap()[0].version;
    assert!(store.relay_commit(one, step(version)).await.unwrap());
    assert_eq!(store.relay_outdated(nobody, 9).await.unwrap(), []);
}

pub async fn what_was_put_aside_is_found_by_account_and_place(store: &dyn Store) {
    let parked = |seq: i64| message(seq, State::Parked { reason: Reason::TooLarge });
    let mut all = Vec::new();
    for (number, device) in [(1, 11), (2, 12)] {
        let account = account(store, number).await;
        slots(store, account, device).await;
        store.put_link(account, new_link(1), NOW).await.unwrap();
        let generation = store.relay_view(account).await.unwrap().unwrap().link.gate.generation;
        let out: Vec<OutRow> = (1..4).map(|seq| in_report(parked(seq), device)).collect();
        all.extend(out.iter().map(|row| (account, row.clone())));
        let others = [message(9, State::Queued), message(10, State::Delivered { at: at(1) })];
        let out = out.into_iter().chain(others.map(|row| in_report(row, device))).collect();
        let now = NOW + i64::try_from(number).unwrap();
        let step = RelayChanges { generation, out, now, ..RelayChanges::default() };
        assert!(store.relay_commit(account, step).await.unwrap());
    }
    let start = (AccountId(Uuid::nil()), i64::MIN);
    assert_eq!(store.relay_parked(start, 100).await.unwrap(), all);
    assert_eq!(store.relay_parked(start, 2).await.unwrap(), all[..2]);
    assert_eq!(store.relay_parked((id(1), 2), 2).await.unwrap(), all[2..4]);
    assert_eq!(store.relay_parked((id(2), 3), 2).await.unwrap(), []);
    assert_eq!(store.relay_linked(AccountId(Uuid::nil()), 9).await.unwrap(), [id(1), id(2)]);
    assert_eq!(store.relay_linked(id(1), 9).await.unwrap(), [id(2)]);
    assert_eq!(store.relay_settled().await.unwrap(), Some(NOW + 2));
    // Sent again, it is put aside no more.
    let generation = store.relay_view(id(1)).await.unwrap().unwrap().link.gate.generation;
    let out = vec![in_report(message(1, State::Queued), 11)];
    let step = RelayChanges { generation, out, ..RelayChanges::default() };
    assert!(store.relay_commit(id(1), step).await.unwrap());
    assert_eq!(store.relay_parked(start, 100).await.unwrap(), all[1..]);
    assert_eq!(store.relay_view(id(1)).await.unwrap().unwrap().queue.len(), 2, "in its place again");
}

pub async fn nothing_of_a_device_that_went_stays_in_the_outbox(store: &dyn Store) {
    let account = account(store, 1).await;
    for device in [11, 12] {
        slots(store, account, device).await;
    }
    store.put_link(account, new_link(1), NOW).await.unwrap();
    let generation = store.relay_view(account).await.unwrap().unwrap().link.gate.generation;
    let step = |out: Vec<OutRow>| RelayChanges { generation, out, now: NOW, ..RelayChanges::default() };
    let delivered = State::Delivered { at: at(1) };
    let of = |seq, state: &State, device| in_report(message(seq, state.clone()), device);
    let out = vec![of(1, &delivered, 11), of(2, &delivered, 12), of(3, &State::Queued, 11)];
    assert!(store.relay_commit(account, step(out)).await.unwrap());
    assert!(store.deregister(account, EndpointId(Uuid::from_u128(11)), NOW).await.unwrap());
    let places = async || -> Vec<i64> {
        store.outbox(account, 9).await.unwrap().into_iter().map(|row| row.seq).collect()
    };
    assert_eq!(places().await, [3, 2], "what waits is still sent");
    assert!(store.relay_commit(account, step(vec![of(3, &delivered, 11)])).await.unwrap());
    assert_eq!(places().await, [2]);
}
