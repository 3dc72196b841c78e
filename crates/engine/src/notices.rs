//! Notices: what the household gives to tell goes through the domain's one rule, what was told is on disk
//! before it is shown, and the texts are made here, in the person's language and by their region.

use crate::engine::Engine;
use crate::error::Error;
use crate::form::QuietForm;
use crate::household::{Household, Watched};
use crate::present::Presented;
use crate::region;
use crate::store::{self, NoticeState};
use crate::view::{
    Next, Notice, NoticeAct, NoticeDoes, NoticesView, Place, Precision, SupplyRow, Tray, Verb, When,
};
use crate::words::Words;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::locale;
use refill_domain::notice::{About, Coming, Kind, LOST, Look, Manner, Matter, Memory, STOPPED, Supply, look};
use refill_domain::replenish::Quiet;
use std::collections::BTreeSet;

/// Supplies that a notice names.
const NAMED: usize = 3;

/// A cancelled order is news for so long.
const CANCELLED: TimeDelta = TimeDelta::days(3);

/// A weekday alone says which day for so many days ahead.
const WEEKDAY_ALONE: i64 = 6;

/// What was told, and how notices go, in memory.
#[derive(Debug, Default)]
pub struct Hearing {
    memory: Memory,
    state: NoticeState,
    off: BTreeSet<EndpointId>,
}

impl Hearing {
    pub(crate) fn load(db: &rusqlite::Connection) -> anyhow::Result<Self> {
        Ok(Self {
            memory: store::told_of(db)?,
            state: store::notice_state(db)?,
            off: store::notices_off(db)?,
        })
    }
}

/// A notice as it is worded: title and body.
type Text = (String, String);

impl Household {
    pub(crate) fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&self.clock.offset(at))
    }

    fn local_ms(&self, ms: i64) -> Option<DateTime<FixedOffset>> {
        DateTime::from_timestamp_millis(ms).map(|at| self.local(at))
    }

    fn manner(&self) -> Manner {
        let set = &self.settings;
        Manner {
            on: set.notifications,
            quiet: set.quiet_hours.then_some((set.quiet_from.into(), set.quiet_until.into())),
            daily: (set.notice_when == "daily").then_some(set.notice_hour.into()),
            paused: self.hearing.state.quiet.and_then(|until| self.local_ms(until)),
        }
    }

    /// How the order of a supply goes, as far as it is to be told of.
    fn coming(&self, watched: &Watched, next: &Next) -> Option<Coming> {
        match next {
            Next::OrderArrives { late: true, due, .. } => {
                // One that is given another day is told of again.
                let day: NaiveDate = due.parse().ok()?;
                Some(Coming::Late { order: day.and_time(NaiveTime::MIN).and_utc().timestamp_millis() })
            }
            Next::OrderArrives { .. }
            | Next::OrderOverdue { .. }
            | Next::OrderPlaced { .. }
            | Next::OrderRequested { .. }
            | Next::AmazonReorders {} => Some(Coming::InTime),
            Next::ReplaceNow { .. }
            | Next::EmptyNoSpare {}
            | Next::ConfirmRise { .. }
            | Next::OrderBy { .. }
            | Next::Runs { .. }
            | Next::Learning { .. }
            | Next::Unused { .. }
            | Next::LevelUnknown { .. }
            | Next::NotCounted {} => {
                let at = self.cancelled(watched).filter(|at| *at > self.now() - CANCELLED)?;
                Some(Coming::Cancelled { order: at.timestamp_millis() })
            }
        }
    }

    fn supply_to_tell(&self, watched: &Watched, shown: &Presented) -> Supply {
        let (row, state) = (&shown.row, &watched.fold.state);
        let ended = state.ends.iter().chain(&state.replacements).max();
        let again = match watched.care.quiet {
            Some(Quiet::Until(end)) if end <= self.now() => Some(end.timestamp_millis()),
            Some(Quiet::Until(_) | Quiet::Always) | None => None,
        };
        Supply {
            slot: row.slot,
            stock: stock_of(&row.next),
            pack: ended.map_or(0, DateTime::timestamp_millis),
            rise: match &row.next {
                Next::ConfirmRise { rise } => Some(rise.at),
                _ => None,
            },
            coming: self.coming(watched, &row.next),
            hushed: row.muted || row.snoozed_until.is_some() || self.hearing.off.contains(&row.device),
            again,
        }
    }

    /// When each device that has stopped reporting was last heard of.
    fn stopped(&self) -> impl Iterator<Item = (EndpointId, DateTime<Utc>)> {
        self.present_devices().filter_map(|device| {
            let id = device.endpoint.id;
            let loud = |watched: &Watched| {
                !watched.row.slot.muted && !watched.care.quiet.is_some_and(|quiet| quiet.holds(self.now()))
            };
            let gap = self.slots_of(id).filter_map(|watched| self.silent_for(watched)).min()?;
            let tell = gap >= STOPPED && !self.hearing.off.contains(&id) && self.slots_of(id).any(loud);
            tell.then(|| (id, self.now() - gap))
        })
    }

    fn matters(&self, shown: &[(&Watched, Presented)]) -> Result<Vec<Matter>, Error> {
        let mut all: Vec<Matter> = Vec::new();
        for (watched, shown) in shown {
            all.extend(self.supply_to_tell(watched, shown).matters());
        }
        let of = |about, kind, which| Matter { about, kind, which, again: None };
        all.extend(
            self.stopped()
                .map(|(device, heard)| of(About::Device { device }, Kind::Silent, heard.timestamp_millis())),
        );
        let (_, straight) = self.read(store::direct_backlog)?;
        if straight > 0 || (self.link().is_some() && self.backlog()?.parked > 0) {
            all.push(of(About::Reports {}, Kind::Parked, 0));
        }
        if let Some(link) = self.link() {
            let lost = self.now() - LOST;
            if let Some(ended) = link.ended.filter(|ended| *ended <= lost.timestamp_millis()) {
                all.push(of(About::Link {}, Kind::Lost, ended));
            }
        }
        all.extend(self.support_to_tell());
        Ok(all)
    }

    /// Looks whether there is something new to tell. What is to be said is on disk as told when this returns.
    ///
    /// # Errors
    /// When the file can't be read or written; then nothing is said.
    pub fn look_for_notice(&mut self) -> Result<Option<Notice>, Error> {
        if self.devices.iter().any(|device| device.sample) {
            return Ok(None);
        }
        let shown: Vec<(&Watched, Presented)> =
            self.present_slots().map(|watched| (watched, self.present(watched))).collect();
        let matters = self.matters(&shown)?;
        let state = &self.hearing.state;
        let now = self.now();
        let digest = state.digest.and_then(|at| self.local_ms(at));
        let Look { say, mut memory, digest: made } =
            look(&matters, &self.hearing.memory, &self.manner(), self.local(now), digest, !state.looked);
        let there: BTreeSet<SlotId> = self.slots.iter().map(|watched| watched.row.slot.id).collect();
        memory.retain(|about, _| about.slot().is_none_or(|slot| there.contains(&slot)));
        let notice = self.notice(&say, &shown);
        let mut after = NoticeState { looked: true, ..state.clone() };
        if made {
            after.digest = Some(now.timestamp_millis());
        }
        after.quiet = after.quiet.filter(|until| *until > now.timestamp_millis());
        if (&memory, &after) != (&self.hearing.memory, state) {
            let before = std::mem::take(&mut self.hearing.memory);
            let kept = self.write(|tx| {
                tx.save_told(&before, &memory)?;
                tx.save_notice_state(&after)
            });
            if let Err(why) = kept {
                self.hearing.memory = before;
                return Err(why);
            }
            (self.hearing.memory, self.hearing.state) = (memory, after);
        }
        Ok(notice)
    }

    pub(crate) fn words(&self) -> Words {
        Words::of(region::language(&self.settings))
    }

    fn notice(&self, say: &[Matter], shown: &[(&Watched, Presented)]) -> Option<Notice> {
        let words = self.words();
        let of = |slot: SlotId| shown.iter().map(|(_, shown)| shown).find(|shown| shown.row.slot == slot);
        let label = |does: NoticeDoes| {
            let key = match does {
                NoticeDoes::Bought => "notice_bought",
                NoticeDoes::Tomorrow => "notice_tomorrow",
                NoticeDoes::Open => "notice_open",
            };
            NoticeAct { does, label: words.say(key, &[]) }
        };
        let [first, rest @ ..] = say else { return None };
        if rest.is_empty() {
            let slot = first.about.slot();
            let (title, body) = self.text(first, slot.and_then(of))?;
            let does: &[NoticeDoes] = match first.kind {
                Kind::Empty | Kind::Order => &[NoticeDoes::Bought, NoticeDoes::Tomorrow],
                Kind::Replace => &[NoticeDoes::Tomorrow],
                Kind::Glass
                | Kind::Asks
                | Kind::Late
                | Kind::Cancelled
                | Kind::Rise
                | Kind::Silent
                | Kind::Parked
                | Kind::Lost => &[NoticeDoes::Open],
            };
            let place = match first.about {
                About::Stock { slot } | About::Rise { slot } | About::Order { slot } => Place::Slot { slot },
                About::Device { device } => Place::Device { device },
                About::Reports {} | About::Link {} | About::Asks { .. } | About::Glass { .. } => {
                    Place::Account {}
                }
            };
            let acts = does.iter().map(|does| label(*does)).collect();
            return Some(Notice { title, body, place, slot, acts });
        }
        let supplies = say.iter().all(|matter| matter.about.slot().is_some());
        let key = if supplies { "notice_several" } else { "notice_several_things" };
        let title = words.say(key, &[("count", &say.len().to_string())]);
        let names: Vec<String> = say
            .iter()
            .take(NAMED)
            .filter_map(|matter| match (matter.about.slot(), matter.about) {
                (Some(slot), _) => of(slot).map(|shown| shown.row.name.clone()),
                (None, About::Device { device }) => Some(self.device_name(device)),
                (None, _) => self.text(matter, None).map(|(title, _)| title),
            })
            .collect();
        let acts = vec![label(NoticeDoes::Open)];
        // What was taken is read where it stands, whatever else there is.
        let support = first.kind == Kind::Glass || say.iter().all(|matter| matter.about.of_support());
        let place = if support { Place::Account {} } else { Place::Supplies {} };
        Some(Notice { title, body: names.join(", "), place, slot: None, acts })
    }

    fn device_name(&self, id: EndpointId) -> String {
        self.device(id).map(|device| device.endpoint.name.clone()).unwrap_or_default()
    }

    /// One matter in words.
    fn text(&self, matter: &Matter, shown: Option<&Presented>) -> Option<Text> {
        let (words, row) = (self.words(), shown.map(|shown| &shown.row));
        let supply = row.map(|row| row.name.as_str()).unwrap_or_default();
        let device = row.map(|row| row.device_name.clone()).unwrap_or_default();
        let title = |key: &str| words.say(key, &[("supply", supply)]);
        Some(match matter.kind {
            Kind::Empty => (title("notice_empty"), words.say("notice_none_spare", &[("device", &device)])),
            Kind::Replace => (title("notice_replace"), device),
            Kind::Rise => (title("notice_rise"), device),
            Kind::Cancelled => (title("notice_cancelled"), device),
            Kind::Late => {
                let Next::OrderArrives { due, .. } = &row?.next else { return None };
                let due = words.say("notice_due", &[("day", &self.soon(due)?)]);
                let ends = shown?.when.as_ref().and_then(|when| self.ends_by(row?.verb, when));
                let both = |ends: String| words.say("notice_late_more", &[("ends", &ends), ("due", &due)]);
                (title("notice_late"), ends.map_or(due.clone(), both))
            }
            Kind::Order => {
                let row = row?;
                let by = match &row.next {
                    Next::OrderBy { by: Some(by), now: false, .. } => self.soon(by),
                    _ => None,
                };
                let title = match by {
                    Some(day) => words.say("notice_order_by", &[("supply", supply), ("day", &day)]),
                    None => title("notice_order"),
                };
                (title, self.ends(row).unwrap_or(device))
            }
            Kind::Silent => {
                let About::Device { device } = matter.about else { return None };
                let day = self.local_ms(matter.which).map(|at| self.day_word(at.date_naive()));
                (
                    words.say("notice_silent", &[("device", &self.device_name(device))]),
                    words.say("notice_silent_since", &[("day", &day.unwrap_or_default())]),
                )
            }
            Kind::Parked => (words.say("notice_parked", &[]), words.say("notice_parked_more", &[])),
            Kind::Lost => (words.say("notice_lost", &[]), words.say("notice_lost_more", &[])),
            Kind::Asks | Kind::Glass => {
                let (who, case, reason) = self.support_told(&matter.about)?;
                let (title, more) = match matter.kind {
                    Kind::Asks => ("notice_asks", "notice_asks_more"),
                    _ => ("notice_glass", "notice_glass_more"),
                };
                let more = words.say(more, &[("reason", &reason), ("case", &case)]);
                (words.say(title, &[("who", &who)]), more)
            }
        })
    }

    pub(crate) fn day_word(&self, day: NaiveDate) -> String {
        locale::day(day, self.today(), self.locale())
    }

    /// A day that comes, as short as it can be said.
    pub(crate) fn soon(&self, day: &str) -> Option<String> {
        let day: NaiveDate = day.parse().ok()?;
        let (ahead, words) = ((day - self.today()).num_days(), self.words());
        Some(match ahead {
            0 => words.say("day_today", &[]),
            1 => words.say("day_tomorrow", &[]),
            2..=WEEKDAY_ALONE => locale::weekday(day, self.locale()).to_owned(),
            _ => self.day_word(day),
        })
    }

    /// When a supply ends, where a day can be said of it.
    pub(crate) fn ends(&self, row: &SupplyRow) -> Option<String> {
        match &row.next {
            Next::OrderBy { runs_out: Some(when), .. } | Next::Runs { when } => self.ends_by(row.verb, when),
            _ => None,
        }
    }

    fn ends_by(&self, verb: Verb, when: &When) -> Option<String> {
        let When { precision, likely, .. } = when;
        let day = self.day_word(likely.parse().ok()?);
        let key = match (verb, precision) {
            (_, Precision::PartOfMonth | Precision::Month | Precision::NotBefore) => return None,
            (Verb::RunsOut, Precision::Day) => "ends_out",
            (Verb::RunsOut, Precision::About) => "ends_out_about",
            (Verb::WornOut, Precision::Day) => "ends_worn",
            (Verb::WornOut, Precision::About) => "ends_worn_about",
            (Verb::Empty, Precision::Day) => "ends_empty",
            (Verb::Empty, Precision::About) => "ends_empty_about",
            (Verb::Full, Precision::Day) => "ends_full",
            (Verb::Full, Precision::About) => "ends_full_about",
        };
        Some(self.words().say(key, &[("day", &day)]))
    }

    /// How notices go, for Settings.
    pub fn notices(&self) -> NoticesView {
        let now = self.now().timestamp_millis();
        NoticesView { paused_until: self.hearing.state.quiet.filter(|until| *until > now) }
    }

    /// Whether notices of a device are wanted.
    pub fn device_notices(&self, device: EndpointId) -> bool {
        !self.hearing.off.contains(&device)
    }

    /// Wants notices of a device, or none.
    ///
    /// # Errors
    /// `DeviceUnknown`, or why the disk refused.
    pub fn set_device_notices(&mut self, device: EndpointId, on: bool) -> Result<(), Error> {
        self.device(device)?;
        self.write(|tx| tx.save_device_notices(device, on))?;
        if on {
            self.hearing.off.remove(&device);
        } else {
            self.hearing.off.insert(device);
        }
        Ok(())
    }

    /// Keeps notices away until the end of the next night, or lets them come again. What came up meanwhile is one
    /// summary then.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn pause_notices(&mut self, on: bool) -> Result<(), Error> {
        let hour = u32::from(self.settings.quiet_until);
        let morning = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
        let end = Utc.from_utc_datetime(&(self.today() + TimeDelta::days(1)).and_time(morning));
        let end = end - TimeDelta::seconds(i64::from(self.clock.offset(end).local_minus_utc()));
        let quiet = on.then_some(end.timestamp_millis());
        let after = NoticeState { quiet, ..self.hearing.state.clone() };
        self.write(|tx| tx.save_notice_state(&after))?;
        // Whoever never looked has not looked because of this either.
        self.hearing.state = NoticeState { looked: self.hearing.state.looked, ..after };
        Ok(())
    }

    /// The next quarter of an hour: when hours begin and days end is told by then.
    pub(crate) fn next_quarter(&self) -> DateTime<Utc> {
        let now = self.now();
        let past =
            TimeDelta::minutes(i64::from(now.minute() % 15)) + TimeDelta::seconds(i64::from(now.second()));
        let whole = now - past - TimeDelta::milliseconds(i64::from(now.timestamp_subsec_millis()));
        whole + TimeDelta::minutes(15)
    }
}

impl Engine {
    /// The tray's menu; absent while no household is open.
    ///
    /// # Errors
    /// When the engine is ending.
    pub async fn tray(&self) -> Result<Option<Tray>, Error> {
        self.ask(|opened| Ok(opened.tray())).await
    }

    /// Makes the look that is due, instead of waiting for the loop to come to it.
    ///
    /// # Errors
    /// When the engine is ending.
    pub async fn looked(&self) -> Result<(), Error> {
        self.ask(|opened| {
            opened.look_for_notice();
            Ok(())
        })
        .await
    }

    /// Snoozes a slot until tomorrow, from a notice.
    ///
    /// # Errors
    /// `SlotUnknown`, or why the disk refused.
    pub async fn remind_tomorrow(&self, slot: SlotId) -> Result<(), Error> {
        self.change(move |household| {
            let day = household.today() + TimeDelta::days(1);
            household.set_quiet(slot, &QuietForm::Until { day })
        })
        .await
    }
}

/// What a supply's next step asks of a person, if it is about what is left.
fn stock_of(next: &Next) -> Option<Kind> {
    match next {
        Next::EmptyNoSpare {} => Some(Kind::Empty),
        Next::ReplaceNow { .. } => Some(Kind::Replace),
        Next::OrderBy { .. } => Some(Kind::Order),
        Next::ConfirmRise { .. }
        | Next::OrderArrives { .. }
        | Next::OrderOverdue { .. }
        | Next::OrderPlaced { .. }
        | Next::OrderRequested { .. }
        | Next::AmazonReorders {}
        | Next::Runs { .. }
        | Next::Learning { .. }
        | Next::Unused { .. }
        | Next::LevelUnknown { .. }
        | Next::NotCounted {} => None,
    }
}
