//! One step of the sending: what came back is settled, what is due is planned, and the next message is begun, all in one
//! transaction before anything leaves. One message is under way at a time, so a message found half sent was so when the
//! last run ended.

use super::{OutRow, STEP, better, plan};
use crate::error::Error;
use crate::household::Household;
use crate::store;
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::alexa::{MessageId, Report};
use refill_domain::gateway::{Heard, REFRESH_AHEAD, RETRY_AFTER_MAX, Stop};
use refill_domain::outbox::{Delivery, GateState, Queued, Settled, State, ready};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A wait that is longer than the longest by this was begun on another clock.
const WAIT_SLACK: TimeDelta = TimeDelta::minutes(1);

/// How long after nothing is known it is looked again.
const LOOK_AGAIN: TimeDelta = TimeDelta::hours(1);

/// What is to be done next.
#[derive(Debug, Clone)]
pub enum Turn {
    /// Send this; it is noted as under way.
    Send(MessageId, Box<Report>),
    /// Renew the token.
    Renew,
    /// Nothing before then.
    Until(DateTime<Utc>),
    /// Nothing until a person did something.
    Stopped(Stop),
    /// The way is off.
    Off,
}

impl Household {
    /// Settles what came back, and says what is next. `may_renew`: the token endpoint may be asked.
    ///
    /// # Errors
    /// Why the disk refused; nothing is lost, and it is to be asked again.
    pub fn direct_turn(
        &mut self,
        came: Option<&(MessageId, Heard)>,
        jitter: u32,
        may_renew: Option<DateTime<Utc>>,
    ) -> Result<Turn, Error> {
        let Some(mut direct) = self.direct.clone() else { return Ok(Turn::Off) };
        let now = self.now();
        let mut queue = self.read(store::direct_queue)?;
        let last = self.read(store::direct_last)?;
        let mut changed: BTreeSet<i64> = BTreeSet::new();
        let gate = &mut direct.row.gate;
        // Waits that are longer than any wait is were begun before the clock was set back.
        let longest = now + RETRY_AFTER_MAX + WAIT_SLACK;
        if matches!(gate.state, GateState::Until { at } if at > longest) {
            gate.state = GateState::Open;
        }
        for row in &mut queue {
            if matches!(row.delivery.state, State::Waiting { until } if until > longest) {
                row.delivery.state = State::Queued;
                changed.insert(row.place);
            }
        }
        let new_id = || self.clock.new_id();
        if let Some((id, heard)) = came
            && let Some(at) = queue.iter().position(|row| row.delivery.id == *id)
        {
            let newer = queue.get(at).and_then(|row| better(row, &queue, |state| !state.is_settled()));
            let halves = queue.get(at).and_then(|row| row.report.halves());
            let halves = halves
                .map(|(one, other)| [(MessageId::from(new_id()), one), (MessageId::from(new_id()), other)]);
            let first = halves.as_ref().map(|[(id, _), _]| id);
            let next_place = queue.get(at + 1).map_or(last + STEP, |next| next.place);
            if let Some(row) = queue.get_mut(at) {
                let settled = row.delivery.settle(heard.came(), gate, newer.as_ref(), first, jitter, now);
                let from = row.place;
                changed.insert(from);
                if settled == Settled::Split
                    && let Some(halves) = halves
                {
                    for (part, (id, report)) in (1..).zip(halves) {
                        let place = from + (next_place - from) * part / 3;
                        changed.insert(place);
                        queue.push(OutRow { place, report, delivery: Delivery::new(id) });
                    }
                    queue.sort_by_key(|row| row.place);
                }
            }
        }
        for row in &mut queue {
            if matches!(row.delivery.state, State::Sending { .. }) {
                row.delivery.resumed();
                changed.insert(row.place);
            }
        }
        let deletes = matches!(gate.state, GateState::Stopped { why } if why.deletes_tokens());
        if deletes {
            direct.row.sealed = None;
        }
        let stopped = match direct.row.gate.state {
            GateState::Stopped { why } => Some(why),
            _ => None,
        };
        let planned = plan::plan(&direct.told, &self.devices, &self.slots, &[], now, &|_| true);
        let next = planned.next;
        let clock = Arc::clone(&self.clock);
        let before = self.direct.as_ref().map(|direct| direct.row.clone());
        let turn = self.write(|tx| {
            for row in queue.iter().filter(|row| changed.contains(&row.place)) {
                tx.save_out(row, now.timestamp_millis())?;
            }
            direct.keep(tx, planned, now, &|| clock.new_id())?;
            let mut queue = tx.direct_queue()?;
            let turn = begin(&mut direct, &mut queue, stopped, may_renew, next, now);
            if let Turn::Send(id, _) = &turn
                && let Some(row) = queue.iter().find(|row| row.delivery.id == *id)
            {
                tx.save_out(row, now.timestamp_millis())?;
            }
            if before.as_ref() != Some(&direct.row) {
                tx.save_direct(&direct.row)?;
            }
            tx.prune_direct(now.timestamp_millis())?;
            Ok(turn)
        })?;
        direct.queued = false;
        self.direct = Some(direct);
        Ok(turn)
    }

    /// Keeps new tokens, sealed, and opens the gate; or notes that there are none any more.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn direct_renewed(
        &mut self,
        tokens: Result<(Option<Vec<u8>>, DateTime<Utc>), Stop>,
    ) -> Result<(), Error> {
        let Some(mut row) = self.direct.as_ref().map(|direct| direct.row.clone()) else { return Ok(()) };
        match tokens {
            Ok((sealed, ends)) => {
                (row.sealed, row.ends_at) = (sealed, ends.timestamp_millis());
                row.gate.renewed();
            }
            Err(why) => {
                row.sealed = None;
                row.gate.stop(why);
            }
        }
        self.keep_direct(row)
    }

    /// Lets messages go on that were stopped, once the reason is gone.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn reopen_direct(&mut self) -> Result<(), Error> {
        let Some(mut row) = self.direct.as_ref().map(|direct| direct.row.clone()) else { return Ok(()) };
        if matches!(row.gate.state, GateState::Stopped { .. }) {
            row.gate.state = GateState::Open;
            self.keep_direct(row)?;
        }
        Ok(())
    }
}

/// Begins the next message that may be begun, or says what is in its way.
fn begin(
    direct: &mut super::Direct,
    queue: &mut [OutRow],
    stopped: Option<Stop>,
    may_renew: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Turn {
    if let Some(why) = stopped {
        return Turn::Stopped(why);
    }
    let gate = &direct.row.gate;
    let later = next.unwrap_or(now + LOOK_AGAIN).min(now + LOOK_AGAIN).max(now + TimeDelta::seconds(1));
    if queue.is_empty() {
        return Turn::Until(later);
    }
    let ended = direct.row.ends_at <= (now + REFRESH_AHEAD).timestamp_millis();
    if gate.state == GateState::Refreshing || ended {
        return match may_renew.filter(|at| *at > now) {
            Some(at) => Turn::Until(at.min(later)),
            None => Turn::Renew,
        };
    }
    let seen: Vec<Queued<'_>> = queue
        .iter()
        .map(|row| Queued { id: &row.delivery.id, report: &row.report, state: &row.delivery.state })
        .collect();
    let first = ready(&seen, gate.allowance(0, now).min(1), now).first().map(|id| (*id).clone());
    if let Some(id) = first
        && let Some(row) = queue.iter_mut().find(|row| row.delivery.id == id)
        && row.delivery.begin(gate, now).is_ok()
    {
        return Turn::Send(id, Box::new(row.report.clone()));
    }
    let waits = queue.iter().filter_map(|row| match row.delivery.state {
        State::Waiting { until } => Some(until),
        _ => None,
    });
    let gated = match gate.state {
        GateState::Until { at } => Some(at),
        _ => None,
    };
    Turn::Until(waits.chain(gated).filter(|at| *at > now).min().unwrap_or(later).min(later))
}
