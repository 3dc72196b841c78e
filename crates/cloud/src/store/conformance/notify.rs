//! What Amazon said of devices: each word once and whole, what arrived once on its day, and nothing kept for longer than it
//! is good for.

use super::*;
use crate::store::heard::Word;
use refill_domain::orders::Phase;
use refill_domain::sns::read_notification;
use serde_json::{Value, json};

const DEVICE: EndpointId = EndpointId(Uuid::from_u128(101));
const DAY: i64 = 86_400_000;

fn notification(kind: &str, number: u32, extra: &Value) -> Word {
    let mut message = json!({
        "notificationInfo": {"notificationType": kind, "lwaClientId": "c", "notificationTime": at(number.into()), "notificationId": format!("n{number}"), "version": "2015-06-05"},
        "deviceInfo": {"deviceIdentifier": {"serialNumber": "S1"}, "productIdentifier": {"modelId": "MODEL-1"}},
        "customerInfo": {"directedCustomerId": "amzn1.account.ONE"},
    });
    for (name, value) in extra.as_object().unwrap() {
        message[name] = value.clone();
    }
    let notification = read_notification(&message.to_string(), None).unwrap();
    Word::Told { message: format!("m{number}"), notification: Box::new(notification) }
}

fn shipped(number: u32) -> Word {
    let product =
        json!({"quantity": 2.0, "unit": "count", "asin": "B00JGZBTCI", "estimatedDeliveryDate": at(1440)});
    let order = json!({"orderInfo": {"instanceId": "o1", "slotId": "use", "productInfo": [product]}});
    notification("ItemShippedNotification", number, &order)
}

async fn hear(store: &dyn Store, account: AccountId, word: Word, now: i64) -> Heard {
    store.hear(Hear { account, device: DEVICE, word, now }).await.unwrap()
}

pub async fn a_word_of_amazons_counts_once_and_is_told_whole(store: &dyn Store) {
    let (one, two) = (account(store, 1).await, account(store, 2).await);
    slots(store, one, 101).await;
    assert_eq!(store.whose(model().id, "S1".parse().unwrap()).await.unwrap(), Some((one, DEVICE)));
    assert_eq!(store.whose(model().id, "S2".parse().unwrap()).await.unwrap(), None);
    assert_eq!(hear(store, two, shipped(1), NOW).await, Heard::NoDevice, "it is another's");
    assert_eq!(hear(store, one, shipped(1), NOW).await, Heard::New);
    let so_far = told(store, one).await;
    assert_eq!(hear(store, one, shipped(1), NOW + 1).await, Heard::Repeated);
    assert_eq!(told(store, one).await, so_far, "nothing is told twice");
    assert!(matches!(so_far.last(), Some(Change::Order { device, .. }) if *device == DEVICE), "{so_far:?}");
    let orders = store.orders(one, DEVICE).await.unwrap();
    assert_eq!(orders.orders().count(), 1);
    assert_eq!(store.orders(two, DEVICE).await.unwrap().orders().count(), 0);
    assert_eq!(store.notices(one, DEVICE).await.unwrap().len(), 1);
    assert_eq!(store.notices(two, DEVICE).await.unwrap(), []);
}

pub async fn what_was_shipped_arrives_once_on_its_day(store: &dyn Store) {
    let one = account(store, 1).await;
    slots(store, one, 101).await;
    assert_eq!(hear(store, one, shipped(1), NOW).await, Heard::New);
    assert_eq!(store.due(NOW, 9).await.unwrap(), Due { devices: vec![], next: Some(NOW + DAY) });
    let due = store.due(NOW + DAY, 9).await.unwrap();
    assert_eq!((due.devices, due.next), (vec![(one, DEVICE)], None));
    for now in [NOW + DAY, NOW + DAY, NOW, NOW + 2 * DAY] {
        assert_eq!(hear(store, one, Word::Look, now).await, Heard::New);
    }
    // The same order from another message, after it arrived.
    assert_eq!(hear(store, one, shipped(2), NOW + 3 * DAY).await, Heard::New);
    let entries = store.entries(one, 0, 10).await.unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let came = match &entries[0].1.kind {
        EntryKind::Received { content, .. } => *content,
        other => panic!("{other:?}"),
    };
    assert_eq!(came, Some(Amount::whole(2, Unit::Count)));
    assert_eq!(entries[0].1.source, Source::Cloud);
    let orders = store.orders(one, DEVICE).await.unwrap();
    let phase = orders.orders().next().unwrap().phase(at(3 * 1440));
    assert!(matches!(phase, Phase::Arrived { .. }), "{phase:?}");
    assert_eq!(store.due(NOW + 9 * DAY, 9).await.unwrap(), Due::default());
}

pub async fn messages_are_let_go_but_for_what_nobody_knows_yet(store: &dyn Store) {
    let one = account(store, 1).await;
    slots(store, one, 101).await;
    assert_eq!(hear(store, one, shipped(1), NOW).await, Heard::New);
    assert_eq!(
        hear(store, one, notification("SomethingNewNotification", 2, &json!({})), NOW).await,
        Heard::New
    );
    let kept = async || -> Vec<String> {
        store.notices(one, DEVICE).await.unwrap().into_iter().map(|notice| notice.message).collect()
    };
    assert_eq!(kept().await, ["m1", "m2"]);
    for (id, now) in [("s1", NOW), ("s1", NOW + 1), ("s2", NOW + DAY)] {
        store.put_stray(id.into(), format!("of {id}"), now).await.unwrap();
    }
    let strays = async || store.strays().await.unwrap();
    assert_eq!(strays().await, [("s1".into(), "of s1".into()), ("s2".into(), "of s2".into())]);
    store.sweep(NOW + 30 * DAY, 0).await.unwrap();
    assert_eq!((kept().await.len(), strays().await.len()), (2, 2), "not old enough");
    store.sweep(NOW + 30 * DAY + 1, 0).await.unwrap();
    assert_eq!(kept().await, ["m2"]);
    assert_eq!(strays().await, [("s2".into(), "of s2".into())]);
    assert!(store.deregister(one, DEVICE, NOW).await.unwrap());
    assert_eq!(kept().await, Vec::<String>::new());
    assert_eq!(store.orders(one, DEVICE).await.unwrap().orders().count(), 0);
    assert_eq!(hear(store, one, shipped(3), NOW).await, Heard::NoDevice);
    assert_eq!(store.whose(model().id, "S1".parse().unwrap()).await.unwrap(), None);
}
