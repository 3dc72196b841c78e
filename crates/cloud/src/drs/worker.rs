//! Reports what registered devices use, and orders for them: a slot's status whenever it was used, a sign of life daily,
//! and an order when the seed's rule says so and the order rules of protocols 4.4 let it. How far it got is kept, so a
//! stop repeats at most what Amazon takes twice without harm: a status, or an order that it then calls in progress.

use super::service::{Halt, Link};
use crate::ids::AccountId;
use crate::state::{App, Shared};
use crate::store::drs::{DrsRow, LONGEST_RETRY, Standing};
use crate::store::heard::{Hear, Word};
use crate::store::{Device, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::drs::{
    ApiVersion, DAYS_IN_HAND, Decision, DrsSlot, Request, SlotStatus, Use, decide, low_by_seed_rule,
    read_done, read_order_info, read_replenished, read_subscription_info,
};
use refill_domain::endpoint::Slot;
use refill_domain::fold::Fold;
use refill_domain::forecast::{Forecast, forecast};
use refill_domain::ids::SlotId;
use refill_domain::ledger::EntryKind;
use refill_domain::measure::Milli;
use refill_domain::orders::Phase;
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

/// Registrations looked at in one go.
const AT_ONCE: usize = 200;

/// Entries read in one go.
const PAGE: usize = 1000;

/// The longest between two looks.
const LOOK: TimeDelta = TimeDelta::minutes(10);

/// A sign of life is sent so often.
const DAILY: TimeDelta = TimeDelta::days(1);

/// A clock that was set back by less is waited for.
const SET_BACK: TimeDelta = TimeDelta::hours(1);

/// Days of use that tell the pace.
const PACE_DAYS: i32 = 28;

/// A slot of which too little is known is taken to last so long from its last use (ours).
const UNKNOWN_LASTS: TimeDelta = TimeDelta::days(30);

/// Accounts that are looked at at the same time.
const VISITORS: usize = 16;

/// Tries to take back the registration of a device that is gone: about a week's.
const LEAVE_TRIES: u32 = 170;

/// The first wait after a failure; each further one is twice as long, up to an hour.
const FIRST_WAIT: i64 = 60_000;

/// Looks until the server goes down.
pub async fn watch(app: Shared) {
    if app.config.drs.secrets().is_none() {
        return;
    }
    let mut latest = app.clock.now();
    while !app.stopping.is_cancelled() {
        let now = app.clock.now();
        if now + SET_BACK < latest
            && let Err(cause) = app.store.drs_set_back(now.timestamp_millis()).await
        {
            tracing::warn!(store.error = %cause, "Registered devices wait as if the clock had not been set back");
        }
        latest = now;
        let next = match look(&app).await {
            Ok(next) => next.and_then(DateTime::from_timestamp_millis),
            Err(cause) => {
                tracing::warn!(store.error = %cause, "Registered devices could not be looked at");
                None
            }
        };
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = app.drs.sooner.notified() => {}
            () = app.clock.sleep_since(now, next.map_or(now + LOOK, |at| at.min(now + LOOK))) => {}
        }
    }
}

/// Looks at everything that is due, several accounts at a time, each by one visitor alone.
async fn look(app: &Shared) -> Result<Option<i64>, StoreError> {
    let mut visitors: JoinSet<(AccountId, Result<(), StoreError>)> = JoinSet::new();
    let mut visited: BTreeSet<AccountId> = BTreeSet::new();
    let (mut failed, mut next) = (None, None);
    loop {
        let now = app.clock.now();
        // What was begun is brought to its end; nothing more is begun after a failure, or on the way down.
        let ending = failed.is_some() || app.stopping.is_cancelled();
        let mut due = Vec::new();
        if !ending {
            // Rows of accounts that are being visited must not hide those of others.
            match app.store.drs_due(now.timestamp_millis(), AT_ONCE * (1 + visited.len())).await {
                Ok(found) => (due, next) = found,
                Err(cause) => failed = Some(cause),
            }
        }
        if due.is_empty() && visitors.is_empty() {
            return failed.map_or(Ok(next), Err);
        }
        let mut homes: BTreeMap<AccountId, Vec<(DrsRow, u64)>> = BTreeMap::new();
        for (row, head) in due.into_iter().filter(|(row, _)| !visited.contains(&row.account)) {
            homes.entry(row.account).or_default().push((row, head));
        }
        for (account, rows) in homes.into_iter().take(VISITORS - visitors.len()) {
            visited.insert(account);
            let app = Shared::clone(app);
            // Ends with this look, which waits for it.
            visitors.spawn(async move { (account, call_at(&app, rows, now).await) });
        }
        let again =
            next.and_then(DateTime::from_timestamp_millis).map_or(now + LOOK, |at| at.min(now + LOOK));
        tokio::select! {
            ended = visitors.join_next() => match ended {
                Some(Ok((account, done))) => {
                    visited.remove(&account);
                    failed = failed.or(done.err());
                }
                Some(Err(cause)) => failed = Some(StoreError::Failed(cause.into())),
                None => {}
            },
            // Somebody else has something to tell meanwhile.
            () = app.drs.sooner.notified(), if !ending => {}
            () = app.clock.sleep_since(now, again), if !ending => {}
        }
    }
}

/// Looks at the devices of one account, one after another.
async fn call_at(app: &App, rows: Vec<(DrsRow, u64)>, now: DateTime<Utc>) -> Result<(), StoreError> {
    for (row, head) in rows {
        if app.stopping.is_cancelled() {
            return Ok(());
        }
        let (tries, device) = (row.tries, row.device);
        let mut link = match Link::open(app, row.clone()) {
            Ok(link) => link,
            Err(_) if row.standing == Standing::Leaving => {
                app.store.end_drs(row.account, device).await?;
                continue;
            }
            Err(_) => {
                let lost = DrsRow { standing: Standing::Lost, next_at: None, ..row.clone() };
                app.store.put_drs(lost, Some(row.sealed)).await?;
                continue;
            }
        };
        let wait = FIRST_WAIT << tries.min(6);
        let again = now.timestamp_millis() + wait.min(LONGEST_RETRY);
        let done = match row.standing {
            Standing::Leaving => leave(app, &mut link).await,
            _ => visit(app, &mut link, head, now).await,
        };
        let kept = match done {
            Ok(()) | Err(Halt::Changed) => continue,
            Err(Halt::Store(cause)) => return Err(cause),
            Err(Halt::Lost) => {
                tracing::warn!(device = %device.0, "Amazon no longer accepts a registration");
                let lost = |row: &mut DrsRow| {
                    row.standing = Standing::Lost;
                    row.next_at = None;
                };
                link.keep(lost).await
            }
            Err(Halt::Later) => link.keep(|row| (row.tries, row.next_at) = (tries + 1, Some(again))).await,
            Err(Halt::Failed(cause)) => {
                tracing::error!(drs.error = %format!("{cause:#}"), "Speaking to the older service failed");
                link.keep(|row| (row.tries, row.next_at) = (tries + 1, Some(again))).await
            }
        };
        if let Err(Halt::Store(cause)) = kept {
            return Err(cause);
        }
    }
    Ok(())
}

/// Takes back the registration of a device that is gone; nothing of it is kept once Amazon heard that, knows nothing of
/// it, or could not be told for days.
async fn leave(app: &App, link: &mut Link<'_>) -> Result<(), Halt> {
    let (account, device) = (link.row.account, link.row.device);
    let told = match link.ask(&Request::deregister(), read_done).await {
        Ok(Ok(())) | Err(Halt::Lost) => true,
        Ok(Err(why)) => {
            tracing::warn!(drs.why = %why, "A registration could not be taken back");
            false
        }
        Err(Halt::Later) if link.row.tries >= LEAVE_TRIES => true,
        Err(halt) => return Err(halt),
    };
    if !told && link.row.tries < LEAVE_TRIES {
        return Err(Halt::Later);
    }
    app.store.end_drs(account, device).await?;
    Ok(())
}

async fn visit(app: &App, link: &mut Link<'_>, head: u64, now: DateTime<Utc>) -> Result<(), Halt> {
    let (account, id) = (link.row.account, link.row.device);
    let devices = app.store.devices(account).await?;
    let Some(device) = devices.into_iter().find(|of| of.id == id) else { return Err(Halt::Changed) };
    let used = used_slots(app, link, head).await?;
    let lived_at = link.row.lived_at.and_then(DateTime::from_timestamp_millis);
    // Said in what is the future now, it was said before the clock was set back.
    let daily = lived_at.is_none_or(|at| now >= at + DAILY || at > now + SET_BACK);
    let hear = async |word: Word| {
        app.store.hear(Hear { account, device: id, word, now: now.timestamp_millis() }).await.map(|_| ())
    };
    if daily {
        let version = if app.config.drs.version == 1 { ApiVersion::V1 } else { ApiVersion::V2 };
        match link.ask(&Request::subscription_info(version), read_subscription_info).await? {
            Ok((slots, _)) => hear(Word::Subscriptions(slots)).await?,
            Err(why) => tracing::warn!(drs.why = %why, "Subscriptions could not be read"),
        }
        for order in app.store.orders(account, id).await?.orders() {
            if matches!(order.phase(now), Phase::Asked | Phase::Placed) {
                match link.ask(&Request::order_info(order.instance()), read_order_info).await? {
                    Ok(info) => hear(Word::Informed(info)).await?,
                    Err(why) => tracing::warn!(drs.why = %why, "An order could not be asked after"),
                }
            }
        }
    }
    let mut active: Option<DateTime<Utc>> = None;
    for slot in &device.slots {
        let entries = app.store.slot_entries(account, slot.id, 0, i64::MAX).await?;
        let fold = Fold::of(slot, &entries);
        active = active.max(fold.state.used_at);
        let Ok(name) = slot.instance.as_str().parse::<DrsSlot>() else { continue };
        if used.contains(&slot.id) {
            report(app, link, (&name, slot), &fold, now).await?;
        }
        let orders = app.store.orders(account, id).await?;
        let reset = fold.state.replacements.last().copied();
        let low = low_by_seed_rule(inventory(slot, &fold).unwrap_or(Milli::MAX), pace(&fold, now));
        if decide(low, orders.history(&name, reset, now), now) == Decision::Order {
            match link.ask(&Request::replenish(&name), read_replenished).await? {
                Ok(answer) => hear(Word::Asked { slot: name, answer }).await?,
                Err(why) => tracing::warn!(drs.why = %why, "An order was refused"),
            }
        }
    }
    if daily {
        let active = active.or_else(|| registered_at(&device)).unwrap_or(now).min(now);
        if let Err(why) = link.ask(&Request::device_status(active), read_done).await? {
            tracing::warn!(drs.why = %why, "A sign of life was refused");
        }
    }
    let lived = if daily { now } else { lived_at.unwrap_or(now) };
    let next = (lived + DAILY).timestamp_millis();
    let done = |row: &mut DrsRow| {
        (row.reported, row.tries, row.next_at) = (head, 0, Some(next));
        row.lived_at = Some(lived.timestamp_millis());
    };
    link.keep(done).await
}

fn registered_at(device: &Device) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(device.registered_at)
}

/// Slots that were used since the last report. A stretch of uses is one status: the last one says it all.
async fn used_slots(app: &App, link: &Link<'_>, head: u64) -> Result<BTreeSet<SlotId>, Halt> {
    let (mut after, mut used) = (link.row.reported, BTreeSet::new());
    while after < head {
        let page = app.store.entries(link.row.account, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (_, entry) in page.into_iter().take_while(|(seq, _)| *seq <= head) {
            let kinds = matches!(
                entry.kind,
                EntryKind::Consumed { .. } | EntryKind::LevelRead { .. } | EntryKind::Replaced { .. }
            );
            if kinds {
                used.insert(entry.slot);
            }
        }
    }
    Ok(used)
}

async fn report(
    app: &App,
    link: &mut Link<'_>,
    (name, slot): (&DrsSlot, &Slot),
    fold: &Fold,
    now: DateTime<Utc>,
) -> Result<(), Halt> {
    // Used in what is the future now, it was used before the clock was set back.
    let mut state = fold.state.clone();
    state.used_at = state.used_at.map(|at| at.min(now));
    let lasts = state.used_at.map_or(now, |at| at + UNKNOWN_LASTS);
    let expected = match forecast(slot, fold, now) {
        Forecast::Dated { run_out, .. } => run_out.likely - TimeDelta::days(DAYS_IN_HAND),
        _ => lasts,
    };
    let Some(status) = SlotStatus::of(slot, &state, expected, app.config.drs.marketplace) else {
        tracing::debug!("A slot's status is known in part only, and not sent");
        return Ok(());
    };
    match status.checked(false, now) {
        Ok(status) => {
            if let Err(why) = link.ask(&Request::slot_status(name, &status), read_done).await? {
                tracing::warn!(drs.why = %why, "A slot's status was refused");
            }
        }
        Err(why) => tracing::warn!(drs.why = %why, "A slot's status can't be"),
    }
    Ok(())
}

/// What is in the house, in the slot's own unit.
fn inventory(slot: &Slot, fold: &Fold) -> Option<Milli> {
    let left = fold.state.left(slot)?;
    if slot.pooled() {
        return Some(left);
    }
    let spares = Milli::from(fold.state.spares(slot).unwrap_or(0));
    Some(left.saturating_add(spares.saturating_mul(fold.state.capacity.or(slot.full()).unwrap_or(0))))
}

/// What was used in the last four weeks, or since it is known.
fn pace(fold: &Fold, now: DateTime<Utc>) -> Use {
    let today = i32::try_from(now.timestamp().div_euclid(86_400)).unwrap_or(i32::MAX);
    let first = fold.days.first.unwrap_or(today).max(today - (PACE_DAYS - 1)).min(today);
    let used = fold.days.used.range(first..=today).map(|(_, milli)| *milli).sum();
    Use { used, period: TimeDelta::days(i64::from(today - first) + 1) }
}
