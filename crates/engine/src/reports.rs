//! What left or is to leave this computer, put together for people: entries for the maker's cloud as this computer keeps
//! them, and messages to Alexa as whoever sends them tells. What became a message to Alexa is one line, not two. Nothing of
//! the cloud's answer is stored.

mod ask;
mod lines;

use crate::error::{Code, Error};
use crate::household::Household;
use crate::store::{self, EntryState, ReportRow};
use crate::view::{
    MakerSays, ReportAction, ReportCounts, ReportDay, ReportGroup, ReportReason, ReportState, ReportStep,
    ReportStrip, ReportTold, ReportView, ReportsView, StepWhat,
};
pub(crate) use ask::{heard, hide_tokens};
pub use lines::reason_of_stop;
use lines::{Line, Origin};
pub(crate) use lines::{queued_at, wire_kind};
use refill_domain::alexa::ApplianceId;
use refill_domain::endpoint::SensorKind;
use refill_domain::gateway::Stop;
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::outbox::{Answered, GateState, State, anchor, next_day, utc_day};
use refill_domain::wire::{Sent, SentPage};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Entries of each kind that are shown at most.
const SHOWN: u32 = 300;

/// Names a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// An entry for the maker's cloud.
    Entry(EntryId),
    /// A message of the maker's cloud to Alexa.
    Maker(Uuid),
    /// A message of this computer's straight to Alexa.
    Direct(Uuid),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(id) => write!(f, "entry:{id}"),
            Self::Maker(id) => write!(f, "maker:{id}"),
            Self::Direct(id) => write!(f, "direct:{id}"),
        }
    }
}

impl FromStr for Key {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (kind, id) = text.split_once(':').ok_or_else(gone)?;
        let id: Uuid = id.parse().map_err(|_| gone())?;
        match kind {
            "entry" => Ok(Self::Entry(EntryId(id))),
            "maker" => Ok(Self::Maker(id)),
            "direct" => Ok(Self::Direct(id)),
            _ => Err(gone()),
        }
    }
}

/// There is no such report, or no longer.
pub(crate) fn gone() -> Error {
    Error::new(Code::EntryUnknown, "This report is not kept any more.").at("key")
}

/// How entries for the cloud go now.
#[derive(Debug, Clone, Default)]
pub struct Outward {
    /// Under way.
    pub sending: BTreeSet<EntryId>,
    /// The cloud is tried again then, ms UTC.
    pub until: Option<i64>,
    /// The link has ended.
    pub ended: bool,
}

/// What the maker's cloud said.
#[derive(Debug, Clone)]
pub enum Heard {
    /// No account is linked.
    Unlinked,
    /// Its messages.
    Known {
        /// Its address, for people.
        server: String,
        /// Them.
        page: SentPage,
    },
    /// Nothing now.
    Unreachable {
        /// Its address, for people.
        server: String,
        /// Why.
        detail: String,
    },
}

impl Heard {
    fn page(&self) -> Option<&SentPage> {
        if let Self::Known { page, .. } = self { Some(page) } else { None }
    }

    fn server(&self) -> String {
        match self {
            Self::Unlinked => String::new(),
            Self::Known { server, .. } | Self::Unreachable { server, .. } => server.clone(),
        }
    }

    fn stop(&self) -> Option<Stop> {
        stop_of(self.page()?.gate?)
    }

    fn says(&self) -> MakerSays {
        match self {
            Self::Unlinked => MakerSays::Unlinked {},
            Self::Known { server, page } => MakerSays::Known {
                server: server.clone(),
                alexa: page.linked,
                stopped: self.stop().map(reason_of_stop),
            },
            Self::Unreachable { server, detail } => {
                MakerSays::Unreachable { server: server.clone(), detail: detail.clone() }
            }
        }
    }
}

fn stop_of(gate: GateState) -> Option<Stop> {
    match gate {
        GateState::Stopped { why } => Some(why),
        GateState::Open | GateState::Until { .. } | GateState::Refreshing => None,
    }
}

fn group(state: &ReportState) -> ReportGroup {
    match state {
        ReportState::Queued {} | ReportState::Sending {} | ReportState::Waiting { .. } => {
            ReportGroup::Waiting
        }
        ReportState::Parked { .. } => ReportGroup::Parked,
        ReportState::Delivered { .. }
        | ReportState::WithMaker { .. }
        | ReportState::Superseded { .. }
        | ReportState::Discarded { .. } => ReportGroup::Done,
    }
}

impl Household {
    /// All lines, the newest first; an entry that became a message to Alexa is told by that.
    fn report_lines(&self, outward: &Outward, maker: &Heard) -> Result<Vec<Line>, Error> {
        let rows = self.read(|db| store::reports(db, SHOWN))?;
        let mut lines: Vec<Line> = rows.into_iter().map(|row| self.entry_line(row, outward)).collect();
        if let Some(page) = maker.page() {
            let accepted: BTreeMap<(SlotId, i64, u8), (usize, i64)> = (0..)
                .zip(&lines)
                .filter_map(|(at, line)| {
                    let ReportState::WithMaker { at: since } = line.line.state else { return None };
                    Some((line.same?, (at, since)))
                })
                .collect();
            let mut told = BTreeSet::new();
            let mut messages = Vec::with_capacity(page.reports.len());
            for sent in &page.reports {
                let mut line = self.sent_line(sent, page, maker.stop(), Key::Maker);
                if let Some((at, since)) = line.same.and_then(|same| accepted.get(&same)) {
                    told.insert(*at);
                    line.accepted = Some(*since);
                }
                messages.push(line);
            }
            let mut at = 0;
            lines.retain(|_| {
                at += 1;
                !told.contains(&(at - 1))
            });
            lines.extend(messages);
        }
        if let Some(direct) = self.direct() {
            let rows = self.read(|db| store::direct_outbox(db, SHOWN))?;
            let gate = direct.row.gate.state;
            let reports = rows.iter().map(|row| Sent::of(row.place, &row.report, &row.delivery)).collect();
            let page = SentPage { linked: true, gate: Some(gate), reports, more: false };
            let stop = stop_of(gate);
            let all = page.reports.iter();
            lines.extend(all.map(|sent| self.sent_line(sent, &page, stop, Key::Direct)));
        }
        lines.sort_by_key(|line| std::cmp::Reverse((line.line.at, line.key)));
        Ok(lines)
    }

    /// The Reports screen.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn reports(&self, outward: &Outward, maker: &Heard) -> Result<ReportsView, Error> {
        let lines = self.report_lines(outward, maker)?;
        let backlog = self.backlog()?;
        let today = self.today();
        let mut counts =
            ReportCounts { waiting: backlog.waiting, parked: backlog.parked, ..ReportCounts::default() };
        let mut days: Vec<ReportDay> = Vec::new();
        for Line { line, origin, .. } in lines {
            if matches!(origin, Origin::Message(_)) {
                counts.waiting += u32::from(line.group == ReportGroup::Waiting);
                counts.parked_there += u32::from(line.group == ReportGroup::Parked);
            }
            if let ReportState::Delivered { at } | ReportState::WithMaker { at } = line.state {
                counts.delivered_today += u32::from(self.calendar_day(at) == Some(today));
            }
            let day = self.calendar_day(line.at).unwrap_or(today).to_string();
            match days.last_mut().filter(|last| last.day == day) {
                Some(last) => last.lines.push(line),
                None => days.push(ReportDay { day, lines: vec![line] }),
            }
        }
        counts.parked += counts.parked_there;
        let more = maker.page().is_some_and(|page| page.more) || backlog.waiting > SHOWN;
        Ok(ReportsView { days, counts, maker: maker.says(), more })
    }

    /// One report. `message`: the very message, where whoever keeps it was asked.
    ///
    /// # Errors
    /// `EntryUnknown`, or when the file can't be read.
    pub fn report(
        &self,
        key: Key,
        outward: &Outward,
        maker: &Heard,
        message: Option<&serde_json::Value>,
    ) -> Result<ReportView, Error> {
        let mut lines = self.report_lines(outward, maker)?;
        let place = match lines.iter().position(|line| line.key == key) {
            Some(place) => place,
            None => {
                let Key::Entry(id) = key else { return Err(gone()) };
                let row = self.read(|db| store::report(db, id))?.ok_or_else(gone)?;
                lines.push(self.entry_line(row, outward));
                lines.len() - 1
            }
        };
        let strip = lines.get(place).and_then(|line| line.slot).map(|slot| self.strip(slot, &lines));
        let line = lines.swap_remove(place);
        let server = maker.server();
        let mut steps = Vec::new();
        if let Some(at) = line.accepted {
            steps.push(ReportStep { at, what: StepWhat::Accepted { server: server.clone() } });
        }
        let (attempts, doubtful, detail) = match &line.origin {
            Origin::Entry(row) => {
                entry_steps(row, &line.line.state, &server, &mut steps);
                let detail = match &row.state {
                    EntryState::Parked { detail, .. } => Some(detail.clone()),
                    _ => None,
                };
                (0, 0, detail.filter(|detail| !detail.is_empty()))
            }
            Origin::Message(sent) => {
                sent_steps(sent, &line.line.state, &mut steps);
                let twice = matches!(line.line.told, ReportTold::Used { .. } | ReportTold::Replaced { .. });
                (sent.attempts, if twice { sent.ambiguous } else { 0 }, None)
            }
        };
        let message = match (&line.origin, message) {
            (_, Some(message)) => serde_json::to_string_pretty(message).unwrap_or_default(),
            (Origin::Entry(row), None) => serde_json::from_str::<serde_json::Value>(&row.body)
                .and_then(|value| serde_json::to_string_pretty(&value))
                .unwrap_or_default(),
            (Origin::Message(_), None) => String::new(),
        };
        let (action, discardable) = action(&line, outward);
        Ok(ReportView {
            line: line.line,
            steps,
            attempts,
            doubtful,
            message,
            detail,
            action,
            discardable,
            strip,
        })
    }

    /// How reporting of one supply goes; nothing where it never did and none is due.
    ///
    /// # Errors
    /// `SlotUnknown`, or when the file can't be read.
    pub fn reports_of(
        &self,
        slot: SlotId,
        outward: &Outward,
        maker: &Heard,
    ) -> Result<Option<ReportStrip>, Error> {
        self.watched(slot)?;
        let strip = self.strip(slot, &self.report_lines(outward, maker)?);
        Ok(Some(strip).filter(|strip| strip.sent + strip.refused > 0 || strip.due.is_some()))
    }

    fn strip(&self, slot: SlotId, lines: &[Line]) -> ReportStrip {
        let mut strip =
            ReportStrip { slot, name: String::new(), sent: 0, accepted: 0, refused: 0, due: None };
        let mut last = None;
        for line in lines.iter().filter(|line| line.slot == Some(slot)) {
            let state = &line.line.state;
            let settled = !matches!(state, ReportState::Queued {} | ReportState::Superseded { .. });
            let tried = match &line.origin {
                Origin::Message(sent) => sent.attempts > 0,
                Origin::Entry(_) => !matches!(state, ReportState::Waiting { .. }),
            };
            strip.sent += u32::from(settled && tried);
            strip.accepted +=
                u32::from(matches!(state, ReportState::Delivered { .. } | ReportState::WithMaker { .. }));
            strip.refused += u32::from(matches!(state, ReportState::Parked { .. }));
            if let (Origin::Message(sent), ReportTold::Levels { .. }) = (&line.origin, &line.line.told) {
                last = last.max(queued_at(sent));
            }
        }
        if let Some(watched) = self.slots.iter().find(|watched| watched.row.slot.id == slot) {
            strip.name.clone_from(&watched.row.slot.name);
            let there = self.linked.slots.get(&watched.row.key);
            let appliance = ApplianceId::from(there.map_or(watched.row.slot.endpoint, |slot| slot.device));
            let due = |last| next_day(last, self.now(), &utc_day(anchor(&appliance)));
            strip.due = last
                .filter(|_| watched.row.slot.sensor == SensorKind::Level)
                .map(|last| due(last).timestamp_millis());
        }
        strip
    }

    fn calendar_day(&self, at: i64) -> Option<chrono::NaiveDate> {
        chrono::DateTime::from_timestamp_millis(at).map(|at| self.clock.day(at))
    }

    /// Sends an entry again that the cloud did not want.
    ///
    /// # Errors
    /// `EntryUnknown`, or why the disk refused.
    pub fn retry_entry(&mut self, id: EntryId) -> Result<(), Error> {
        if !self.write(|tx| tx.retry_report(id))? && self.read(|db| store::report(db, id))?.is_none() {
            return Err(gone());
        }
        self.linked.queued = true;
        Ok(())
    }

    /// Puts an entry away that the cloud did not want. It stays in the ledger of this computer.
    ///
    /// # Errors
    /// `EntryUnknown`, `BadField` where it may still be sent, or why the disk refused.
    pub fn discard_entry(&mut self, id: EntryId) -> Result<(), Error> {
        let now = self.now().timestamp_millis();
        if self.write(|tx| tx.discard_report(id, now))? {
            return Ok(());
        }
        let row = self.read(|db| store::report(db, id))?.ok_or_else(gone)?;
        if matches!(row.state, EntryState::Discarded { .. }) { Ok(()) } else { Err(not_parked()) }
    }
}

fn not_parked() -> Error {
    Error::new(Code::BadField, "Only a report that waits for you can be discarded. This one does not.")
        .at("key")
}

fn entry_steps(row: &ReportRow, state: &ReportState, server: &str, steps: &mut Vec<ReportStep>) {
    let server = || server.to_owned();
    steps.push(ReportStep { at: row.entry.recorded_at.timestamp_millis(), what: StepWhat::Queued {} });
    match row.state {
        EntryState::Waiting => {
            if let ReportState::Waiting { until } = state {
                steps.push(ReportStep { at: *until, what: StepWhat::NextTry {} });
            }
        }
        EntryState::Parked { at, .. } => {
            steps.extend(at.map(|at| ReportStep { at, what: StepWhat::Refused { server: server() } }));
        }
        EntryState::Accepted { at } => {
            steps.push(ReportStep { at, what: StepWhat::Accepted { server: server() } });
        }
        EntryState::Discarded { at } => steps.push(ReportStep { at, what: StepWhat::Discarded {} }),
    }
}

fn sent_steps(sent: &Sent, state: &ReportState, steps: &mut Vec<ReportStep>) {
    let queued = queued_at(sent);
    steps.extend(queued.map(|at| ReportStep { at: at.timestamp_millis(), what: StepWhat::Queued {} }));
    steps.extend(sent.tries.iter().map(|tried| ReportStep {
        at: tried.at.timestamp_millis(),
        what: match &tried.came {
            Answered::Answer { status, code } => StepWhat::Answered { status: *status, code: code.clone() },
            Answered::NotSent => StepWhat::NotSent {},
            Answered::Lost => StepWhat::Lost {},
        },
    }));
    if let ReportState::Waiting { until } = state {
        steps.push(ReportStep { at: *until, what: StepWhat::NextTry {} });
    }
    if let State::Discarded { at } = sent.state {
        steps.push(ReportStep { at: at.timestamp_millis(), what: StepWhat::Discarded {} });
    }
}

/// The one useful thing to do, and whether it can be put away.
fn action(line: &Line, outward: &Outward) -> (ReportAction, bool) {
    match (&line.line.state, &line.origin) {
        (ReportState::Queued {} | ReportState::Waiting { .. }, Origin::Entry(_)) if outward.ended => {
            (ReportAction::LinkAgain, false)
        }
        (ReportState::Waiting { .. }, Origin::Entry(_)) => (ReportAction::SendNow, false),
        (ReportState::Parked { reason }, _) => match reason {
            ReportReason::Invalid
            | ReportReason::TooLarge
            | ReportReason::DeviceGone
            | ReportReason::EntryRefused
            | ReportReason::EntryConflict => (ReportAction::SendAgain, true),
            ReportReason::LinkLost
            | ReportReason::SkillDisabled
            | ReportReason::NotEnabledHere
            | ReportReason::OtherSkill => (ReportAction::LinkAgain, false),
            ReportReason::NotPermitted | ReportReason::WrongAddress => (ReportAction::SendAgain, false),
        },
        _ => (ReportAction::None, false),
    }
}
