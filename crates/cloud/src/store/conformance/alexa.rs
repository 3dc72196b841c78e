//! Enabling the skill from an app: ways to Amazon work once, and how the link stands is told when it becomes another.

use super::*;
use crate::store::alexa::{AlexaStands, FlowRow, PermissionRow};
use crate::store::relay::{NewLink, RelayChanges};
use refill_domain::enablement::AlexaLink;
use refill_domain::gateway::{Region, Stop};
use refill_domain::outbox::{Gate, GateState};

const ENABLED: AlexaLink = AlexaLink::Enabled { region: Region::Europe };

fn flow(account: AccountId, state: u8) -> FlowRow {
    FlowRow { account, state: [state; 32], begun_at: NOW, ends_at: NOW + 600_000, sealed: vec![state; 3] }
}

pub async fn a_way_to_amazon_works_once_in_its_time_and_for_its_account(store: &dyn Store) {
    let (one, two) = (account(store, 1).await, account(store, 2).await);
    let take = async |account, state, now| store.take_alexa_flow(account, [state; 32], now).await.unwrap();
    assert_eq!(take(one, 1, NOW).await, None);
    store.put_alexa_flow(flow(one, 1)).await.unwrap();
    assert_eq!(take(one, 2, NOW).await, None, "a guess");
    assert_eq!(take(two, 1, NOW).await, None, "another account's");
    assert_eq!(take(one, 1, NOW + 599_999).await, Some(flow(one, 1)), "guesses change nothing");
    assert_eq!(take(one, 1, NOW).await, None, "once");
    store.put_alexa_flow(flow(one, 3)).await.unwrap();
    store.put_alexa_flow(flow(one, 4)).await.unwrap();
    assert_eq!(take(one, 3, NOW).await, None, "a later way takes its place");
    assert_eq!(take(one, 4, NOW + 600_000).await, None, "late");
    assert_eq!(take(one, 4, NOW).await, None, "and used");
    store.put_alexa_flow(flow(one, 5)).await.unwrap();
    assert_eq!(take(one, 5, NOW - 600_001).await, None, "by a clock that was set back");
    store.put_alexa_flow(flow(one, 6)).await.unwrap();
    store.sweep(NOW + 600_000, NOW).await.unwrap();
    assert_eq!(take(one, 6, NOW).await, None);
}

pub async fn how_alexa_stands_is_told_when_it_becomes_another(store: &dyn Store) {
    let account = account(store, 1).await;
    let stands = async || store.alexa_stands(account).await.unwrap();
    let alexa_told = async || -> Vec<(AlexaLink, Option<i64>)> {
        let all = told(store, account).await.into_iter();
        all.filter_map(|change| match change {
            Change::Alexa { link, since, .. } => Some((link, since)),
            _ => None,
        })
        .collect()
    };
    assert_eq!(stands().await, AlexaStands { link: AlexaLink::NotEnabled {}, since: None });
    let new = NewLink { region: Region::Europe, tokens: vec![1], ends_at: NOW };
    store.put_link(account, new.clone(), NOW).await.unwrap();
    assert_eq!(stands().await, AlexaStands { link: ENABLED, since: Some(NOW) });
    assert_eq!(store.relay_behind().await.unwrap(), [], "what was told is no news to Amazon");
    store.put_link(account, new.clone(), NOW + 1).await.unwrap();
    let gate = async || store.relay_view(account).await.unwrap().unwrap().link.gate;
    let step = async |state, now| {
        let before = gate().await;
        let gate = Some(Gate { state, ..before });
        let generation = before.generation;
        let step = RelayChanges { generation, gate, now, ..RelayChanges::default() };
        assert!(store.relay_commit(account, step).await.unwrap());
    };
    step(GateState::Refreshing, NOW + 2).await;
    assert_eq!(alexa_told().await, [(ENABLED, Some(NOW))], "nothing became another");
    step(GateState::Stopped { why: Stop::SkillDisabled }, NOW + 3).await;
    assert_eq!(stands().await, AlexaStands { link: AlexaLink::Disabled {}, since: Some(NOW + 3) });
    store.put_link(account, new, NOW + 4).await.unwrap();
    let permission = PermissionRow { region: Region::FarEast, sealed: vec![7], enabled: true };
    store.put_alexa_permission(account, permission.clone(), NOW + 5).await.unwrap();
    assert_eq!(store.alexa_permission(account).await.unwrap(), Some(permission.clone()));
    store.unlink(account, NOW + 6).await.unwrap();
    assert_eq!(store.alexa_permission(account).await.unwrap(), None);
    store.put_alexa_permission(account, permission, NOW + 7).await.unwrap();
    let all = [
        (ENABLED, Some(NOW)),
        (AlexaLink::Disabled {}, Some(NOW + 3)),
        (ENABLED, Some(NOW + 4)),
        (AlexaLink::NotEnabled {}, Some(NOW + 6)),
        (AlexaLink::MakerTrouble {}, Some(NOW + 7)),
    ];
    assert_eq!(alexa_told().await, all);
    assert_eq!(store.alexa_stands(id(2)).await.unwrap().since, None, "another account's is not touched");
}
