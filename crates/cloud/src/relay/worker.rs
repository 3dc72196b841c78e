//! One account's worker: plans, sends, settles, and ends when there is nothing to do before `look_at`. Every turn is one
//! read and one transaction; what left is noted before it leaves. Only one worker at a time acts for an account, so one
//! refresh at a time is all there can be.

use super::Tokens;
use super::amazon::Amazon;
use super::plan::{Ledgers, Plan, ledgers_wanted, plan};
use crate::config::ClientKind;
use crate::ids::AccountId;
use crate::secret::random;
use crate::state::Shared;
use crate::store::relay::{OutRow, RelayChanges, RelayView};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::alexa::{MessageId, Report};
use refill_domain::gateway::Heard;
use refill_domain::gateway::{
    Attempt, BACKOFF_MAX, REFRESH_AHEAD, RETRY_AFTER_MAX, Region, Stop, TokenAnswer, TokenRequest, TokenStop,
    classify_token,
};
use refill_domain::outbox::{Delivery, Gate, GateState, Queued, Settled, State, ready, superseded_by};
use refill_domain::secret::Secret;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Messages that wait at most before the ledger itself is left to be the queue: every turn reads all that wait.
const QUEUE_MAX: usize = 200;

/// A wait that is longer than the longest by this was begun on another clock.
const WAIT_SLACK: TimeDelta = TimeDelta::minutes(1);

/// Where nothing is due ever: long after everybody.
const NEVER: i64 = i64::MAX / 2;

/// What an account's worker remembers between turns.
struct Worker {
    app: Shared,
    amazon: Arc<Amazon>,
    account: AccountId,
    /// Under way.
    flying: BTreeSet<MessageId>,
    /// Come back, not yet stored.
    landed: BTreeMap<MessageId, Heard>,
    sends: JoinSet<(MessageId, Heard)>,
    renewal: Renewal,
}

/// The token endpoint did not answer well: attempts, and not again before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Renewal {
    attempts: u32,
    not_before: Option<DateTime<Utc>>,
}

impl Renewal {
    /// Whether there is something to remember.
    pub fn is_due_later(&self) -> bool {
        self.not_before.is_some()
    }
}

/// What a turn came to.
enum Turn {
    /// There may be more to do at once.
    Again,
    /// Nothing before then.
    Until(DateTime<Utc>),
    /// Nothing for this account at all.
    Over,
}

/// Does what is to be done for an account, until nothing is. `poke` tells that something changed.
///
/// # Errors
/// The store failed; nothing is lost, and it is to be tried again.
pub async fn work(
    app: Shared,
    amazon: Arc<Amazon>,
    account: AccountId,
    poke: Arc<Notify>,
    renewal: Renewal,
) -> anyhow::Result<Renewal> {
    let stopping = app.stopping.clone();
    let clock = Arc::clone(&app.clock);
    let mut worker = Worker {
        app,
        amazon,
        account,
        flying: BTreeSet::new(),
        landed: BTreeMap::new(),
        sends: JoinSet::new(),
        renewal,
    };
    loop {
        let ending = stopping.is_cancelled();
        let until = match worker.turn(ending).await? {
            Turn::Over => return Ok(Renewal::default()),
            Turn::Again if !ending => continue,
            Turn::Again => clock.now(),
            Turn::Until(at) => at,
        };
        if worker.sends.is_empty() && (ending || until > clock.now()) {
            return Ok(worker.renewal);
        }
        tokio::select! {
            landed = worker.sends.join_next(), if !worker.sends.is_empty() => {
                if let Some(landed) = landed {
                    let (id, heard) = landed?;
                    worker.landed.insert(id, heard);
                }
            }
            () = poke.notified() => {}
            () = clock.sleep_until(until), if !ending => {}
            () = stopping.cancelled(), if !ending => {}
        }
    }
}

fn jitter() -> u32 {
    random::<4>().map_or(0, u32::from_be_bytes)
}

fn time(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl Worker {
    async fn turn(&mut self, ending: bool) -> anyhow::Result<Turn> {
        let store = Arc::clone(&self.app.store);
        let Some(mut view) = store.relay_view(self.account).await? else { return Ok(Turn::Over) };
        let alexa =
            |client: &str| self.app.client(client).is_some_and(|client| client.kind == ClientKind::Alexa);
        if !view.grants.iter().any(|grant| alexa(&grant.client)) {
            // The customer took our permission back: Amazon's goes too.
            store.unlink(self.account, self.app.clock.now_ms()).await?;
            return Ok(Turn::Over);
        }
        let now = self.app.clock.now();
        let generation = view.link.gate.generation;
        let mut gate = view.link.gate;
        let before = (gate, view.link.look_at, view.link.planned);
        let mut changed: BTreeSet<i64> = BTreeSet::new();
        let mut changes = RelayChanges { generation, now: now.timestamp_millis(), ..RelayChanges::default() };
        self.set_right(&mut view, &mut gate, &mut changed, now);
        let settled: Vec<MessageId> = self.settle(&mut view, &mut gate, &mut changed, now);
        for row in &mut view.queue {
            let id = &row.delivery.id;
            let here = self.flying.contains(id) && !settled.contains(id);
            if !here && matches!(row.delivery.state, State::Sending { .. }) {
                row.delivery.resumed();
                changed.insert(row.seq);
            }
        }
        let stopped = |gate: &Gate| matches!(gate.state, GateState::Stopped { .. });
        let mut next = NEVER;
        let room = view.queue.len() < QUEUE_MAX;
        if !stopped(&gate) && !ending && room {
            let planned = self.planned(&view, now).await?;
            next = planned.next.map_or(next, |at| at.timestamp_millis());
            if view.more {
                next = changes.now;
            }
            self.queue(&mut view, planned.reports, &mut changed);
            changes.told = planned.told;
            changes.gone = planned.gone;
            changes.planned = Some(view.upto).filter(|upto| *upto != before.2);
        }
        let open: Vec<&OutRow> = view.queue.iter().filter(|row| !row.delivery.state.is_settled()).collect();
        let wanted = !open.is_empty() && !stopped(&gate);
        let ended = view.link.ends_at <= (now + REFRESH_AHEAD).timestamp_millis();
        let renew = wanted && !ending && (gate.state == GateState::Refreshing || ended);
        let may = self.renewal.not_before.is_none_or(|at| at <= now);
        let mut starts = Vec::new();
        if renew && !may {
            next = next.min(self.renewal.not_before.map_or(next, |at| at.timestamp_millis()));
        } else if wanted && !renew && !ending {
            starts = self.begin(&mut view, &gate, &mut changed, settled.len(), now);
            next = next.min(self.waits_until(&view, &gate, now, starts.len()));
        }
        changes.gate = (gate != before.0).then_some(gate);
        if let GateState::Stopped { why } = gate.state
            && gate != before.0
        {
            tracing::warn!(account.id = %self.account, relay.stop = %why, "Nothing more goes to Amazon");
            if why.deletes_tokens() {
                changes.tokens = Some((None, 0));
            }
        }
        // Until nothing is under way, whoever starts after a stop looks at once.
        let under_way = self.flying.len() > settled.len() || !starts.is_empty() || (renew && may);
        changes.look_at = if under_way || ending { changes.now } else { next };
        changes.out = view.queue.iter().filter(|row| changed.contains(&row.seq)).cloned().collect();
        let quiet = changes.out.is_empty() && changes.told.is_empty() && changes.gone.is_empty();
        let same = changes.gate.is_none() && changes.planned.is_none() && changes.look_at == before.1;
        let nothing = quiet && same;
        if !nothing && !store.relay_commit(self.account, changes).await? {
            return Ok(Turn::Again);
        }
        for id in settled {
            self.flying.remove(&id);
            self.landed.remove(&id);
        }
        if renew && may {
            return self.renew(&view, gate).await;
        }
        if !starts.is_empty() {
            self.send(&view, &starts)?;
        }
        Ok(Turn::Until(time(next)))
    }

    /// Ends waits that are longer than any wait is: they were begun before the clock was set back.
    fn set_right(
        &mut self,
        view: &mut RelayView,
        gate: &mut Gate,
        changed: &mut BTreeSet<i64>,
        now: DateTime<Utc>,
    ) {
        let longest = now + RETRY_AFTER_MAX + WAIT_SLACK;
        if matches!(gate.state, GateState::Until { at } if at > longest) {
            gate.state = GateState::Open;
        }
        for row in &mut view.queue {
            if matches!(row.delivery.state, State::Waiting { until } if until > longest) {
                row.delivery.state = State::Queued;
                changed.insert(row.seq);
            }
        }
        if self.renewal.not_before.is_some_and(|at| at > longest) {
            self.renewal = Renewal::default();
        }
    }

    /// Says what came of what has landed; names what was settled.
    fn settle(
        &mut self,
        view: &mut RelayView,
        gate: &mut Gate,
        changed: &mut BTreeSet<i64>,
        now: DateTime<Utc>,
    ) -> Vec<MessageId> {
        let mut halves = Vec::new();
        for at in 0..view.queue.len() {
            let id = view.queue[at].delivery.id.clone();
            let Some(heard) = self.landed.get(&id) else { continue };
            let newer = newer(&view.queue, at);
            let split = view.queue[at].report.halves().map(|(one, other)| {
                let id = || MessageId::from(self.app.clock.new_id());
                [(id(), one), (id(), other)]
            });
            let first = split.as_ref().map(|[(id, _), _]| id);
            let row = &mut view.queue[at];
            let settled = row.delivery.settle(heard.came(), gate, newer.as_ref(), first, jitter(), now);
            changed.insert(row.seq);
            if let State::Parked { reason } = row.delivery.state {
                tracing::warn!(account.id = %self.account, message.id = %id, relay.reason = %reason, "A message was put aside");
            }
            if settled == Settled::Split
                && let Some(split) = split
            {
                let from = row.seq;
                let to = view.queue.get(at + 1).map_or(view.next_seq, |next| next.seq);
                for (part, (id, report)) in (1..).zip(split) {
                    let seq = from + (to - from) * part / 3;
                    halves.push(OutRow { seq, report, delivery: Delivery::new(id) });
                }
            }
        }
        for half in halves {
            changed.insert(half.seq);
            view.queue.push(half);
        }
        view.queue.sort_by_key(|row| row.seq);
        // What landed and is not in the queue went with the link.
        self.landed.keys().cloned().collect()
    }

    async fn planned(&self, view: &RelayView, now: DateTime<Utc>) -> anyhow::Result<Plan> {
        let mut ledgers = Ledgers::new();
        for slot in ledgers_wanted(view) {
            ledgers.insert(slot, self.app.store.slot_entries(self.account, slot, i64::MIN, i64::MAX).await?);
        }
        Ok(plan(view, &ledgers, self.amazon.config(), now))
    }

    fn queue(&self, view: &mut RelayView, reports: Vec<Report>, changed: &mut BTreeSet<i64>) {
        for report in reports {
            let id = MessageId::from(self.app.clock.new_id());
            let queued = queued(&view.queue);
            let gone: Vec<MessageId> = superseded_by(&queued, &report).into_iter().cloned().collect();
            for row in view.queue.iter_mut().filter(|row| gone.contains(&row.delivery.id)) {
                row.delivery.supersede(&id);
                changed.insert(row.seq);
            }
            changed.insert(view.next_seq);
            view.queue.push(OutRow { seq: view.next_seq, report, delivery: Delivery::new(id) });
            view.next_seq += 1 << 20;
        }
    }

    /// When a message that waits may go.
    fn waits_until(&self, view: &RelayView, gate: &Gate, now: DateTime<Utc>, begun: usize) -> i64 {
        let rows = view.queue.iter().filter_map(|row| match row.delivery.state {
            State::Waiting { until } => Some(until),
            _ => None,
        });
        let gate = match gate.state {
            GateState::Until { at } => Some(at),
            _ => None,
        };
        let next = rows.chain(gate).filter(|at| *at > now).min();
        let open = view.queue.iter().any(|row| !row.delivery.state.is_settled());
        // Something waits, and nothing that would wake us: look again all the same.
        let idle = open && begun == 0 && self.flying.is_empty();
        let next = next.or_else(|| idle.then(|| now + TimeDelta::minutes(1)));
        next.map_or(NEVER, |at| at.timestamp_millis())
    }

    /// Begins what may be begun; says which rows.
    fn begin(
        &self,
        view: &mut RelayView,
        gate: &Gate,
        changed: &mut BTreeSet<i64>,
        landed: usize,
        now: DateTime<Utc>,
    ) -> Vec<i64> {
        let under_way = self.flying.len().saturating_sub(landed);
        let allowed = gate.allowance(under_way, now);
        let ids: Vec<MessageId> = ready(&queued(&view.queue), allowed, now).into_iter().cloned().collect();
        let mut begun = Vec::new();
        for row in view.queue.iter_mut().filter(|row| ids.contains(&row.delivery.id)) {
            if row.delivery.begin(gate, now).is_ok() {
                changed.insert(row.seq);
                begun.push(row.seq);
            }
        }
        begun
    }

    fn tokens(&self, view: &RelayView) -> anyhow::Result<Option<Tokens>> {
        view.link.tokens.as_ref().map(|sealed| self.amazon.open(self.account, sealed)).transpose()
    }

    fn send(&mut self, view: &RelayView, begun: &[i64]) -> anyhow::Result<()> {
        let tokens = self.tokens(view)?;
        let access = tokens.map_or_else(|| Secret::new(""), |tokens| tokens.access);
        for row in view.queue.iter().filter(|row| begun.contains(&row.seq)) {
            let id = row.delivery.id.clone();
            let body = serde_json::to_vec(&row.report.message(&id, &access))?;
            let (amazon, access) = (Arc::clone(&self.amazon), access.clone());
            let region: Region = view.link.region;
            self.flying.insert(id.clone());
            // Ends with its worker, which waits for it.
            self.sends.spawn(async move { (id, amazon.event(region, &access, body).await) });
        }
        Ok(())
    }

    /// Renews the token, and stores it before it is used.
    async fn renew(&mut self, view: &RelayView, mut gate: Gate) -> anyhow::Result<Turn> {
        let generation = gate.generation;
        let now = self.app.clock.now();
        let Some(tokens) = self.tokens(view)? else {
            gate.stop(Stop::LinkLost);
            return self.keep_gate(generation, gate, None).await;
        };
        let heard =
            self.amazon.token(view.link.region, TokenRequest::Refresh { token: &tokens.refresh }).await;
        let number = self.renewal.attempts.saturating_add(1);
        let attempt = Attempt { number, refreshed: false, divisible: false, jitter: jitter() };
        let wait = |until: DateTime<Utc>| Renewal { attempts: number, not_before: Some(until) };
        match classify_token(heard.came(), attempt, now) {
            TokenAnswer::Granted(granted) => {
                self.renewal = Renewal::default();
                let refresh = granted.refresh.unwrap_or(tokens.refresh);
                let fresh = Tokens { access: granted.access, refresh };
                let sealed = self.amazon.seal(self.account, &fresh)?;
                gate.renewed();
                let kept = Some((Some(sealed), granted.ends_at.timestamp_millis()));
                self.keep_gate(generation, gate, kept).await
            }
            TokenAnswer::Again { until } => {
                self.renewal = wait(until);
                Ok(Turn::Again)
            }
            TokenAnswer::Stop(TokenStop::LinkLost) => {
                gate.stop(Stop::LinkLost);
                self.keep_gate(generation, gate, Some((None, 0))).await
            }
            TokenAnswer::Stop(why @ (TokenStop::Configuration(_) | TokenStop::NoToken)) => {
                // Not this customer's fault: once the settings are right, everything goes out.
                tracing::error!(relay.stop = %why, "Amazon's token endpoint refuses this server");
                self.renewal = wait(now + BACKOFF_MAX);
                Ok(Turn::Again)
            }
        }
    }

    async fn keep_gate(
        &self,
        generation: u32,
        gate: Gate,
        tokens: Option<(Option<Vec<u8>>, i64)>,
    ) -> anyhow::Result<Turn> {
        if let GateState::Stopped { why } = gate.state {
            tracing::warn!(account.id = %self.account, relay.stop = %why, "Nothing more goes to Amazon");
        }
        let now = self.app.clock.now_ms();
        let changes = RelayChanges {
            generation,
            gate: Some(gate),
            tokens,
            look_at: now,
            now,
            ..RelayChanges::default()
        };
        // If the link was renewed meanwhile, the next turn sees that.
        self.app.store.relay_commit(self.account, changes).await?;
        Ok(Turn::Again)
    }
}

fn queued(rows: &[OutRow]) -> Vec<Queued<'_>> {
    let each = rows.iter();
    each.map(|row| Queued { id: &row.delivery.id, report: &row.report, state: &row.delivery.state }).collect()
}

/// A message behind this one that says the same better.
fn newer(rows: &[OutRow], at: usize) -> Option<MessageId> {
    let this = rows.get(at)?;
    let mut alone = OutRow { delivery: Delivery::new(this.delivery.id.clone()), ..this.clone() };
    alone.delivery.state = State::Queued;
    let alone = [alone];
    let behind = rows.iter().skip(at + 1).filter(|row| !row.delivery.state.is_settled());
    let better = |row: &&OutRow| !superseded_by(&queued(&alone), &row.report).is_empty();
    behind.filter(better).map(|row| row.delivery.id.clone()).next_back()
}

/// A message that was said after a parked one, whether it arrived or still waits, and says the same better.
pub fn said_since(parked: &OutRow, all: &[OutRow]) -> Option<MessageId> {
    let mut alone = parked.clone();
    alone.delivery.state = State::Queued;
    let alone = [alone];
    let better = |row: &&OutRow| {
        let silent = |state: &State| {
            matches!(state, State::Parked { .. } | State::Superseded { .. } | State::Discarded { .. })
        };
        let counts = !silent(&row.delivery.state);
        counts && row.seq > parked.seq && !superseded_by(&queued(&alone), &row.report).is_empty()
    };
    all.iter().filter(better).max_by_key(|row| row.seq).map(|row| row.delivery.id.clone())
}

/// How long a worker that failed is left alone.
pub const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(5);
