//! Codes, tokens and their families.

use super::*;

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
