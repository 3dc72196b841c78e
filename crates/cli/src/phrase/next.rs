//! What happens next with a supply, in the two lines of its row.

use super::Say;
use chrono::TimeDelta;
use refill_domain::endpoint::{DeviceKind, SensorKind};
use refill_engine::view::{Next, SupplyRow, Verb};

impl Say {
    /// What happens next, in its two lines; the second may be empty.
    pub fn next(&self, row: &SupplyRow) -> (String, String) {
        let printer = row.device_kind == DeviceKind::Printer;
        match &row.next {
            Next::ReplaceNow { spares, .. } => {
                (self.word("next_replace_now"), self.count("shelf_pieces", *spares, &[]))
            }
            Next::EmptyNoSpare {} => {
                let key = match (row.verb, row.pooled) {
                    (Verb::Full, _) => "next_full_none",
                    (_, true) => "next_empty",
                    (_, false) => "next_empty_none",
                };
                (self.word(key), self.word("next_record"))
            }
            Next::ConfirmRise { rise } => {
                let (from, to) = (self.amount(rise.from), self.amount(rise.to));
                (self.word("next_rise"), self.say("next_rise_line", &[("from", &from), ("to", &to)]))
            }
            Next::OrderBy { by, now, runs_out, paused } => {
                let end = runs_out.as_ref().map(|when| self.end(when, row.verb));
                let line = match (end, paused) {
                    (Some(end), true) => self.say("next_paused_line", &[("end", &end)]),
                    (None, true) => self.word("next_paused_low"),
                    (Some(end), false) => end,
                    (None, false) => self.word("next_low_line"),
                };
                (self.order_by(by.as_deref(), *now), line)
            }
            Next::OrderArrives { due, spare, late, shipped } => {
                let key = if *shipped { "next_order_arrives" } else { "next_order_expected" };
                (self.say(key, &[("day", &self.day(due))]), self.spare(*spare, *late))
            }
            Next::OrderOverdue { due } => {
                (self.say("next_order_overdue", &[("day", &self.day(due))]), self.word("next_overdue_line"))
            }
            Next::OrderPlaced { .. } => (self.word("next_order_placed"), self.word("next_placed_line")),
            Next::OrderRequested { at } => {
                let line = self.say("next_requested_line", &[("day", &self.day(at))]);
                (self.word("next_order_requested"), line)
            }
            Next::AmazonReorders {} => (self.word("next_amazon_reorders"), self.word("next_amazon_line")),
            Next::Runs { when } => (self.end(when, row.verb), self.below(when)),
            Next::Learning { seen, more, more_days } => {
                (self.word("next_learning"), self.learning(row, *seen, *more, *more_days))
            }
            Next::Unused { last } => {
                let line = last.as_ref().map(|day| self.say("next_unused_line", &[("day", &self.day(day))]));
                (self.word("next_unused"), line.unwrap_or_default())
            }
            Next::LevelUnknown { some_left } => {
                let key = match (some_left, printer) {
                    (true, true) => "next_some_left_printer",
                    (true, false) => "next_some_left",
                    (false, true) => "next_says_nothing_printer",
                    (false, false) => "next_says_nothing",
                };
                (self.word("next_level_unknown"), self.word(key))
            }
            Next::NotCounted {} => (self.word("next_not_counted"), self.word("next_not_counted_line")),
        }
    }

    /// Days between an arrival and the end.
    fn spare(&self, spare: Option<i32>, late: bool) -> String {
        match spare {
            None if late => self.word("next_late"),
            None => String::new(),
            Some(0) => self.word("next_spare_none"),
            Some(days) if days < 0 => self.count("next_late_days", days.unsigned_abs(), &[]),
            Some(days) => self.count("next_spare_days", days.unsigned_abs(), &[]),
        }
    }

    fn order_by(&self, by: Option<&str>, now: bool) -> String {
        let today = self.today.to_string();
        let tomorrow = (self.today + TimeDelta::days(1)).to_string();
        match by {
            None => self.word("next_low"),
            Some(by) if by == today => self.word("next_order_today"),
            Some(by) if now || by < today.as_str() => self.word("next_order_now"),
            Some(by) if by == tomorrow => self.word("next_order_tomorrow"),
            Some(by) => self.say("next_order_by", &[("day", &self.day(by))]),
        }
    }

    fn learning(&self, row: &SupplyRow, seen: u32, more: u32, more_days: u32) -> String {
        if more == 0 {
            return if more_days > 0 { self.count("learning_days", more_days, &[]) } else { String::new() };
        }
        let key = match row.sensor {
            SensorKind::Level | SensorKind::LevelUsage => "learning_changes",
            SensorKind::None if !row.pooled => "learning_replacements",
            SensorKind::None | SensorKind::Usage => "learning_uses",
        };
        self.count(key, seen, &[("more", &more.to_string())])
    }
}
