//! Notices at the run loop: it looks a moment after something changed, so that what comes together is told together, and
//! every quarter of an hour for what only time brings. What was told is on disk before anybody hears it.

use super::Opened;
use crate::view::{Tray, Update};
use chrono::{DateTime, TimeDelta, Utc};

/// How long after a change: a household's printers answer within it.
const SETTLED: TimeDelta = TimeDelta::seconds(3);

/// When to look next.
#[derive(Debug, Default)]
pub(super) struct Looking {
    due: Option<DateTime<Utc>>,
    /// The household's state that was looked at, or is to be.
    seen: u64,
}

impl Opened {
    /// When to look next; absent when nobody shows notices.
    pub(super) fn notice_due(&self) -> Option<DateTime<Utc>> {
        self.looking.due
    }

    /// Something may have changed.
    pub(super) fn plan_notices(&mut self) {
        let Ok(household) = self.household.as_ref().map_err(drop) else {
            self.looking.due = None;
            return;
        };
        if !self.config.notices || !household.writes() {
            return;
        }
        let (now, soon) = (household.now(), household.now() + SETTLED);
        if self.looking.due.is_none() || household.revision != self.looking.seen {
            let due = self.looking.due.unwrap_or(soon);
            self.looking = Looking { due: Some(due.min(soon)), seen: household.revision };
        }
        // A clock that was set back waits no longer than it would have.
        self.looking.due = self.looking.due.map(|due| due.min(now + TimeDelta::minutes(15)));
    }

    /// Looks, if it is time, and tells what is new.
    pub(crate) fn look_for_notice(&mut self) {
        let now = self.config.clock.now();
        if self.looking.due.is_none_or(|due| due > now) {
            return;
        }
        self.retry_support();
        let Ok(household) = &mut self.household else { return };
        let found = household.look_for_notice();
        self.looking = Looking { due: Some(household.next_quarter()), seen: household.revision };
        match found {
            Ok(Some(notice)) => self.tell(Update::Notice { notice }),
            Ok(None) => {}
            Err(why) => tracing::warn!(error = %why, "what is to be told could not be noted"),
        }
    }

    /// The tray's menu; absent while no household is open.
    pub(crate) fn tray(&self) -> Option<Tray> {
        let household = self.household.as_ref().ok()?;
        Some(household.tray(self.offline_since()))
    }
}
