//! Registrations with the older service: changed only from the state they were read in, looked at when there is something
//! to tell, and outliving their device only until Amazon was told.

use super::*;
use crate::store::drs::Standing;

const HOUR: i64 = 3_600_000;

fn row(account: AccountId, number: u128, standing: Standing) -> DrsRow {
    DrsRow {
        account,
        device: EndpointId(Uuid::from_u128(number)),
        standing,
        test: true,
        state: (standing == Standing::Asked).then_some(([9; 32], NOW + 5)),
        sealed: vec![1],
        reported: 1,
        lived_at: None,
        tries: 0,
        next_at: (standing == Standing::Linked).then_some(NOW + HOUR),
    }
}

pub async fn a_registration_changes_only_from_the_state_it_was_read_in(store: &dyn Store) {
    let (one, two) = (account(store, 1).await, account(store, 2).await);
    slots(store, one, 101).await;
    let asked = row(one, 101, Standing::Asked);
    assert!(!store.put_drs(row(one, 102, Standing::Asked), None).await.unwrap(), "no such device");
    assert!(!store.put_drs(row(two, 101, Standing::Asked), None).await.unwrap(), "another's");
    assert!(!store.put_drs(asked.clone(), Some(vec![1])).await.unwrap(), "nothing is there");
    assert!(store.put_drs(asked.clone(), None).await.unwrap());
    assert!(!store.put_drs(asked.clone(), None).await.unwrap(), "something is there");
    assert_eq!(store.drs(one, asked.device).await.unwrap(), Some(asked.clone()));
    assert_eq!(store.drs(two, asked.device).await.unwrap(), None);
    assert_eq!(store.drs_of(one).await.unwrap(), [asked]);
    assert_eq!(store.drs_of(two).await.unwrap(), []);
    let linked = DrsRow { sealed: vec![2], ..row(one, 101, Standing::Linked) };
    assert!(!store.put_drs(linked.clone(), Some(vec![3])).await.unwrap());
    assert!(store.put_drs(linked.clone(), Some(vec![1])).await.unwrap());
    assert_eq!(store.drs(one, linked.device).await.unwrap().as_ref(), Some(&linked));
    store.end_drs(two, linked.device).await.unwrap();
    assert_eq!(store.drs_of(one).await.unwrap().len(), 1);
    store.end_drs(one, linked.device).await.unwrap();
    assert_eq!(store.drs_of(one).await.unwrap(), []);
}

pub async fn who_has_something_to_tell_is_looked_at(store: &dyn Store) {
    let (one, two) = (account(store, 1).await, account(store, 2).await);
    let slot = slots(store, one, 101).await[0];
    slots(store, two, 202).await;
    let calm = row(one, 101, Standing::Linked);
    let failed = DrsRow { tries: 2, ..row(two, 202, Standing::Linked) };
    for row in [&calm, &failed] {
        assert!(store.put_drs(row.clone(), None).await.unwrap());
    }
    assert_eq!(store.drs_due(NOW, 9).await.unwrap(), (vec![], Some(NOW + HOUR)));
    store.append(one, vec![reading(1, slot, 0, 80)], NOW).await.unwrap();
    let (due, next) = store.drs_due(NOW, 9).await.unwrap();
    assert_eq!(due.iter().map(|(row, head)| (row.account, *head)).collect::<Vec<_>>(), [(one, 2)]);
    assert_eq!(next, Some(NOW + HOUR), "who failed waits");
    // Reported up to what was there when it was read; what came meanwhile is looked at at once.
    let told = DrsRow { reported: 1, ..calm.clone() };
    assert!(store.put_drs(told, Some(vec![1])).await.unwrap());
    assert_eq!(store.drs_due(NOW, 9).await.unwrap().0.len(), 1);
    let told = DrsRow { reported: 2, ..calm };
    assert!(store.put_drs(told, Some(vec![1])).await.unwrap());
    assert_eq!(store.drs_due(NOW, 9).await.unwrap().0, []);
    assert_eq!(store.drs_due(NOW + HOUR, 9).await.unwrap().0.len(), 2);
    assert_eq!(store.drs_due(NOW + HOUR, 1).await.unwrap().0.len(), 1);
    // The clock goes back a day: a wait of an hour has become one of a day, and is over.
    let yesterday = NOW - 24 * HOUR;
    store.drs_set_back(yesterday).await.unwrap();
    let due = store.drs_due(yesterday, 9).await.unwrap().0;
    assert_eq!(due.iter().map(|(row, _)| row.account).collect::<Vec<_>>(), [two]);
    store.drs_set_back(yesterday - HOUR).await.unwrap();
    let due = store.drs_due(yesterday - HOUR, 9).await.unwrap().0;
    assert_eq!(
        due.iter().map(|(row, _)| row.account).collect::<Vec<_>>(),
        [one],
        "more than a day and an hour"
    );
}

pub async fn a_device_that_goes_leaves_only_what_amazon_is_to_be_told(store: &dyn Store) {
    let one = account(store, 1).await;
    for number in [101, 102, 103] {
        slots(store, one, number).await;
    }
    let put = async |row: DrsRow| assert!(store.put_drs(row, None).await.unwrap());
    put(row(one, 101, Standing::Linked)).await;
    put(row(one, 102, Standing::Asked)).await;
    put(DrsRow { next_at: None, ..row(one, 103, Standing::Lost) }).await;
    for number in [101, 102, 103] {
        assert!(store.deregister(one, EndpointId(Uuid::from_u128(number)), NOW).await.unwrap());
    }
    let left = store.drs_of(one).await.unwrap();
    assert_eq!(left.len(), 1, "what Amazon does not know is forgotten");
    assert_eq!((left[0].standing, left[0].next_at, left[0].tries), (Standing::Leaving, Some(0), 0));
    assert_eq!(left[0].sealed, [1], "its tokens are needed once more");
    assert_eq!(store.drs_due(NOW, 9).await.unwrap().0.len(), 1);
    // Who comes late from a visit changes nothing; a try that failed is noted.
    assert!(!store.put_drs(row(one, 101, Standing::Linked), Some(vec![1])).await.unwrap());
    let later = DrsRow { tries: 1, next_at: Some(NOW + 60_000), ..left[0].clone() };
    assert!(!store.put_drs(later.clone(), None).await.unwrap());
    assert!(store.put_drs(later.clone(), Some(vec![1])).await.unwrap());
    assert_eq!(store.drs(one, later.device).await.unwrap().as_ref(), Some(&later));
    store.end_drs(one, later.device).await.unwrap();
    assert_eq!(store.drs_of(one).await.unwrap(), []);
}
