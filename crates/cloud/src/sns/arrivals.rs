//! Watches for delivery dates: when one is reached, what was on its way lies on the shelf. After a stop it catches up,
//! each order still counting on its own day.

use crate::state::Shared;
use crate::store::heard::{Hear, Word};
use chrono::{DateTime, TimeDelta};

/// Devices looked at in one go.
const AT_ONCE: usize = 200;

/// The longest between two looks.
const LOOK: TimeDelta = TimeDelta::minutes(10);

/// Looks until the server goes down.
pub async fn watch(app: Shared) {
    while !app.stopping.is_cancelled() {
        let now = app.clock.now();
        let next = look(&app, now.timestamp_millis()).await;
        let next = next.and_then(DateTime::from_timestamp_millis).map_or(now + LOOK, |at| at.min(now + LOOK));
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = app.sns.sooner.notified() => {}
            () = app.clock.sleep_since(now, next) => {}
        }
    }
}

/// Takes in everything that is due; gives when to look again.
async fn look(app: &Shared, now: i64) -> Option<i64> {
    loop {
        let due = match app.store.due(now, AT_ONCE).await {
            Ok(due) => due,
            Err(cause) => {
                tracing::warn!(store.error = %cause, "What arrived could not be looked for");
                return None;
            }
        };
        if due.devices.is_empty() {
            return due.next;
        }
        for (account, device) in due.devices {
            if let Err(cause) = app.store.hear(Hear { account, device, word: Word::Look, now }).await {
                tracing::warn!(store.error = %cause, "What arrived could not be added; trying again later");
                return None;
            }
        }
    }
}
