//! The delivery log of a bundle: entries for the maker's cloud, its messages to Alexa, and this computer's own, the newest
//! first, each with its way and, where it is kept here, what it says.

use super::gather::word;
use crate::error::Error;
use crate::household::Household;
use crate::reports::{Heard, queued_at, wire_kind};
use crate::store::{self, EntryState, ReportRow, Unwanted};
use refill_domain::alexa::without_token;
use refill_domain::bundle::{Answer, Hider, List, Message, MessageState, Part, Route, Text, Try};
use refill_domain::outbox::{Answered, State, Tried};
use refill_domain::wire::Sent;
use serde_json::Value;

/// Messages of each way.
const KEPT: u32 = 300;

impl Household {
    /// The delivery log.
    ///
    /// # Errors
    /// When the file can't be read.
    pub(crate) fn bundle_messages(&self, hider: &mut Hider, maker: &Heard) -> Result<Vec<Message>, Error> {
        let rows = self.read(|db| store::reports(db, KEPT))?;
        let mut all: Vec<Message> = rows.iter().map(|row| entry(hider, row)).collect();
        if let Heard::Known { page, .. } = maker {
            all.extend(page.reports.iter().map(|of| sent(hider, of, Route::Alexa, None)));
        }
        if self.direct.is_some() {
            let rows = self.read(|db| store::direct_outbox(db, KEPT))?;
            all.extend(rows.iter().map(|row| {
                let message = without_token(&row.report, &row.delivery.id);
                sent(hider, &Sent::of(row.place, &row.report, &row.delivery), Route::Direct, Some(&message))
            }));
        }
        all.sort_by_key(|message| std::cmp::Reverse(message.at));
        Ok(all)
    }
}

fn entry(hider: &mut Hider, row: &ReportRow) -> Message {
    let part = Part::Messages;
    let (state, since, reason) = match &row.state {
        EntryState::Waiting => (MessageState::Queued, None, None),
        EntryState::Parked { at, why, detail } => {
            let why = match why {
                Unwanted::Refused => "refused",
                Unwanted::Conflict => "conflict",
            };
            (MessageState::Parked, *at, Some(hider.text(part, &format!("{why}: {detail}"))))
        }
        EntryState::Accepted { at } => (MessageState::Delivered, Some(*at), None),
        EntryState::Discarded { at } => (MessageState::Discarded, Some(*at), None),
    };
    let body: Option<Value> = serde_json::from_str(&row.body).ok();
    Message {
        id: hider.text(part, &row.entry.id.to_string()),
        at: row.entry.observed_at.timestamp_millis(),
        route: Route::Maker,
        kind: Text::word(wire_kind(&row.entry.kind)),
        state,
        since,
        reason,
        attempts: 0,
        tries: List::default(),
        body: body.map(|body| hider.body(part, &body)),
    }
}

fn sent(hider: &mut Hider, of: &Sent, route: Route, body: Option<&Value>) -> Message {
    let part = Part::Messages;
    let (state, since, reason) = match &of.state {
        State::Queued => (MessageState::Queued, None, None),
        State::Sending { since } => (MessageState::Sending, Some(*since), None),
        State::Waiting { until } => (MessageState::Waiting, Some(*until), None),
        State::Delivered { at } => (MessageState::Delivered, Some(*at), None),
        State::Parked { reason } => (MessageState::Parked, None, Some(word(hider, part, reason))),
        State::Superseded { .. } => (MessageState::Superseded, None, None),
        State::Discarded { at } => (MessageState::Discarded, Some(*at), None),
    };
    Message {
        id: hider.text(part, of.id.as_str()),
        at: queued_at(of).map(|at| at.timestamp_millis()).unwrap_or_default(),
        route,
        kind: hider.text(part, &of.name),
        state,
        since: since.map(|at| at.timestamp_millis()),
        reason,
        attempts: of.attempts,
        tries: List::of(of.tries.iter().map(|tried| attempt(hider, tried))),
        body: body.map(|body| hider.body(part, body)),
    }
}

fn attempt(hider: &mut Hider, tried: &Tried) -> Try {
    let (came, status, code) = match &tried.came {
        Answered::Answer { status, code } => {
            let code = code.as_ref().map(|code| hider.text(Part::Messages, code));
            (Answer::Answered, Some(*status), code)
        }
        Answered::NotSent => (Answer::NotSent, None, None),
        Answered::Lost => (Answer::Lost, None, None),
    };
    Try { at: tried.at.timestamp_millis(), came, status, code }
}
