//! The catalogue, and devices that come, go and come again.

use super::*;
use crate::catalogue::DashPart;
use refill_domain::dash::PageType;
use refill_domain::market::Marketplace;

pub async fn models_never_change(store: &dyn Store) {
    assert!(store.put_model(model()).await.unwrap());
    assert!(store.put_model(model()).await.unwrap(), "the same again is no change");
    let other = Model { name: "Other".into(), ..model() };
    assert!(!store.put_model(other).await.unwrap());
    assert_eq!(store.model(model().id).await.unwrap(), Some(model()));
    assert_eq!(store.model_list().await.unwrap(), [model()]);
    let part = |model: &str| {
        let marketplaces = vec![Marketplace::De];
        Some(DashPart { model: model.into(), page: PageType::default(), marketplaces })
    };
    let both = Model { name: "Other".into(), dash: part("A"), ..model() };
    assert!(!store.put_model(both).await.unwrap());
    for dash in [part("A"), part("B"), None] {
        let certified = Model { dash, ..model() };
        assert!(store.put_model(certified.clone()).await.unwrap(), "what the console says may change");
        assert_eq!(store.model(model().id).await.unwrap(), Some(certified));
    }
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
