//! The tray's menu in words: how it stands, the most urgent supplies, what arrives next, and what may have been bought.

use crate::household::Household;
use crate::view::{Headline, Next, Section, SupplyRow, Tray, TrayLine};
use chrono::{DateTime, Utc};
use refill_domain::locale;

/// Supplies that are named.
const NAMED: usize = 3;

/// Supplies that may have been bought.
const BOUGHT: usize = 12;

impl Household {
    /// The tray's menu. `offline` is since when the cloud can't be reached.
    pub fn tray(&self, offline: Option<DateTime<Utc>>) -> Tray {
        let (words, supplies) = (self.words(), self.supplies());
        let head = match supplies.headline {
            Headline::NeedYou { count: 1 } => words.say("tray_needs_you", &[]),
            Headline::NeedYou { count } => words.say("tray_need_you", &[("count", &count.to_string())]),
            Headline::LastsUntil { .. }
            | Headline::NothingThisWeek {}
            | Headline::Learning {}
            | Headline::Empty {} => words.say("tray_nothing", &[]),
        };
        let needing = supplies.rows.iter().filter(|row| row.section == Section::NeedsYou);
        let mut lines: Vec<TrayLine> = needing.take(NAMED).map(|row| self.tray_line(row)).collect();
        let needs = !lines.is_empty();
        if lines.is_empty() {
            let first = supplies.rows.iter().find(|row| matches!(row.next, Next::Runs { .. }));
            lines.extend(first.map(|row| self.tray_line(row)));
        }
        let arrives = |row: &&SupplyRow| matches!(row.next, Next::OrderArrives { late: false, .. });
        lines.extend(supplies.rows.iter().find(arrives).map(|row| self.tray_line(row)));
        let line = |row: &SupplyRow| TrayLine {
            slot: row.slot,
            text: words.say("tray_supply", &[("supply", &row.name), ("device", &row.device_name)]),
        };
        Tray {
            head,
            needs,
            lines,
            bought: words.say("notice_bought", &[]),
            supplies: supplies.rows.iter().take(BOUGHT).map(line).collect(),
            open: words.say("tray_open", &[]),
            quiet: words.say("tray_quiet", &[]),
            quiet_now: self.notices().paused_until.is_some(),
            offline: offline.map(|since| {
                let since = self.local(since);
                let time = if since.date_naive() == self.today() {
                    locale::clock(since.time(), self.locale())
                } else {
                    self.day_word(since.date_naive())
                };
                words.say("tray_offline", &[("time", &time)])
            }),
            quit: words.say("tray_quit", &[]),
        }
    }

    fn tray_line(&self, row: &SupplyRow) -> TrayLine {
        let words = self.words();
        let does = match &row.next {
            Next::ReplaceNow { .. } => words.say("tray_replace", &[]),
            Next::EmptyNoSpare {} => words.say("tray_empty", &[]),
            Next::ConfirmRise { .. } => words.say("tray_rise", &[]),
            Next::OrderBy { by: Some(by), now: false, .. } => match self.soon(by) {
                Some(day) => words.say("tray_order_by", &[("day", &day)]),
                None => words.say("tray_order", &[]),
            },
            Next::OrderBy { .. } => words.say("tray_order", &[]),
            Next::OrderArrives { due, late, .. } => {
                let key = if *late { "tray_late" } else { "tray_arrives" };
                words.say(key, &[("day", &self.soon(due).unwrap_or_default())])
            }
            Next::OrderOverdue { due } => {
                let day = due.parse().map(|day| self.day_word(day));
                words.say("tray_overdue", &[("day", &day.unwrap_or_default())])
            }
            Next::OrderPlaced { .. } => words.say("tray_placed", &[]),
            Next::OrderRequested { .. } => words.say("tray_requested", &[]),
            Next::AmazonReorders {} => words.say("tray_reorders", &[]),
            Next::Runs { .. }
            | Next::Learning { .. }
            | Next::Unused { .. }
            | Next::LevelUnknown { .. }
            | Next::NotCounted {} => self.ends(row).unwrap_or_else(|| row.device_name.clone()),
        };
        let text = words.say("tray_line", &[("supply", &row.name), ("does", &does)]);
        TrayLine { slot: row.slot, text }
    }
}
