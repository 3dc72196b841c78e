//! Entries, their numbers, the feed, and whoever listens.

use super::*;

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
    // As news or as history it is the same; that the cloud itself said it is not.
    let told = |source| vec![Entry { source, ..batch[1].clone() }];
    assert_eq!(store.append(one, told(Source::Import), NOW).await.unwrap(), [Duplicate(3)]);
    assert_eq!(store.append(one, told(Source::Cloud), NOW).await.unwrap(), [Conflict]);
    let numbered = store.entries(one, 0, 100).await.unwrap();
    assert_eq!(numbered.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!(numbered[0].1, batch[0], "the first stays as it was");
    assert_eq!(store.entries(one, 3, 1).await.unwrap(), [(4, late.clone())]);
    assert_eq!(store.entries(one, u64::MAX, 1).await.unwrap(), []);
    let of_slot = store.slot_entries(one, slot, NOW - 3_600_000, NOW).await.unwrap();
    assert_eq!(of_slot, [late, batch[0].clone()], "by order of effect");
    let all = store.slot_entries(one, slot, i64::MIN, i64::MAX).await.unwrap();
    let mut paged = store.slot_page(one, slot, (i64::MIN, EntryId::from_bytes([0; 16])), 1).await.unwrap();
    let behind = (paged[0].observed_at.timestamp_millis(), paged[0].id);
    paged.extend(store.slot_page(one, slot, behind, 9).await.unwrap());
    assert_eq!(paged, all, "page by page as at once");
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
