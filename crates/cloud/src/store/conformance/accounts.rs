//! Accounts, sign-in and sessions; and that nothing of one account shows to another.

use super::*;

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
    store.put_session(one, session([1; 32], NOW + 1)).await.unwrap();
    store.set_password(one, "new".into()).await.unwrap();
    assert_eq!(store.login("c1@example.com".into()).await.unwrap().unwrap().password, "new");
    assert_eq!(store.session(one, [1; 32], NOW).await.unwrap(), None, "sessions end with the password");
}

pub async fn sessions_end(store: &dyn Store) {
    let one = account(store, 1).await;
    store.put_session(one, session([1; 32], NOW + 10)).await.unwrap();
    assert_eq!(store.session(one, [1; 32], NOW).await.unwrap().unwrap().account.id, one);
    assert_eq!(store.session(one, [1; 32], NOW + 10).await.unwrap(), None);
    assert_eq!(store.session(one, [2; 32], NOW).await.unwrap(), None);
    store.sweep(NOW + 10, 0).await.unwrap();
    assert_eq!(store.session(one, [1; 32], NOW).await.unwrap(), None, "swept");
    store.put_session(one, session([3; 32], NOW + 10)).await.unwrap();
    store.end_session(one, [3; 32]).await.unwrap();
    assert_eq!(store.session(one, [3; 32], NOW).await.unwrap(), None);
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
    store.put_session(one, session([1; 32], NOW + 1)).await.unwrap();
    assert_eq!(store.session(two, [1; 32], NOW).await.unwrap(), None);
    assert!(store.redeem_code(code(store, one, 10).await).await.unwrap());
    assert_eq!(store.token(two, [11; 32]).await.unwrap(), None);
    assert!(!store.revoke_grant(two, GrantId(Uuid::from_u128(10)), NOW).await.unwrap());
    // The same id in another account is another entry.
    let own = slots(store, two, 202).await[0];
    assert_eq!(store.append(two, vec![reading(1, own, 0, 5)], NOW).await.unwrap(), [Verdict::Stored(2)]);
}
