//! Notices: once when a supply comes to need the person, several at once as one, none at night (`ui.md` section 7).

use refill_domain::ids::SlotId;
use refill_engine::region;
use refill_engine::view::{Next, Section, Settings, SuppliesView, SupplyRow};
use refill_engine::words::Words;
use std::collections::BTreeSet;
use tauri::{AppHandle, Runtime};
use tauri_plugin_notification::NotificationExt;

/// Hours of the day with notices.
const AWAKE: std::ops::Range<u32> = 8..21;

/// What was told already.
#[derive(Default)]
pub struct Notices {
    /// Settings in force.
    pub settings: Settings,
    told: Option<BTreeSet<SlotId>>,
}

impl Notices {
    /// Looks whether something new needs the person, and says so.
    pub fn look<R: Runtime>(&mut self, app: &AppHandle<R>, supplies: &SuppliesView) {
        let needing: Vec<&SupplyRow> =
            supplies.rows.iter().filter(|row| row.section == Section::NeedsYou).collect();
        let now: BTreeSet<SlotId> = needing.iter().map(|row| row.slot).collect();
        // What needed the person when Refill was opened is on the screen.
        let Some(told) = self.told.replace(now) else { return };
        let fresh: Vec<&SupplyRow> = needing.into_iter().filter(|row| !told.contains(&row.slot)).collect();
        if fresh.is_empty() || supplies.sample || !self.settings.notifications || !awake(supplies.hour) {
            return;
        }
        let words = Words::of(region::language(&self.settings));
        let (title, body) = text(&fresh, words);
        if let Err(cause) = app.notification().builder().title(title).body(body).show() {
            tracing::warn!(%cause, "a notice could not be shown");
        }
    }
}

fn awake(hour: u32) -> bool {
    AWAKE.contains(&hour)
}

/// Title and text of one notice.
fn text(fresh: &[&SupplyRow], words: Words) -> (String, String) {
    match fresh {
        [row] => {
            let key = match row.next {
                Next::ReplaceNow { .. } => "notice_replace",
                Next::ConfirmRise { .. } => "notice_rise",
                _ => "notice_order",
            };
            (words.say(key, &[("supply", &row.name)]), row.device_name.clone())
        }
        rows => {
            let names: Vec<&str> = rows.iter().take(3).map(|row| row.name.as_str()).collect();
            (words.say("notice_several", &[("count", &rows.len().to_string())]), names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nights_are_quiet() {
        let loud: Vec<u32> = (0..24).filter(|hour| awake(*hour)).collect();
        assert_eq!(loud, (8..21).collect::<Vec<_>>());
    }
}
