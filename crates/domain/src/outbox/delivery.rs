//! One message's way, and the gate of its account. Attempts are counted before they are made, so that a crash in the
//! middle can't repeat for ever; a message found half sent at the start counts as ambiguous.

use crate::alexa::MessageId;
use crate::gateway::{Attempt, Came, Outcome, Reason, Stop, classify, code};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Messages of one account that are under way at the same time (ours).
pub const UNDER_WAY_MAX: usize = 4;

/// Attempts of a message that are remembered, the latest.
pub const TRIES_KEPT: usize = 6;

/// Characters of Amazon's code that are remembered.
const CODE_MAX: usize = 60;

/// What came of one attempt, for people who look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// When that was known.
    pub at: DateTime<Utc>,
    /// What.
    pub came: Answered,
}

/// What came back, without the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Answered {
    /// An answer.
    Answer {
        /// HTTP status.
        status: u16,
        /// Amazon's code, if there was one: letters, digits and `_`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// Nothing was sent: no connection.
    NotSent,
    /// Nobody knows whether it arrived.
    Lost,
}

impl Answered {
    fn of(came: &Came<'_>) -> Self {
        match came {
            Came::Answer { status, body, .. } => {
                let plain = |text: String| {
                    let known = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_');
                    known.take(CODE_MAX).collect::<String>()
                };
                Self::Answer { status: *status, code: code(body).map(plain).filter(|code| !code.is_empty()) }
            }
            Came::NotSent => Self::NotSent,
            Came::Lost => Self::Lost,
        }
    }
}

/// Where a message stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// Not tried, or to be tried again at once.
    Queued,
    /// Under way.
    Sending {
        /// Since then.
        since: DateTime<Utc>,
    },
    /// To be tried again.
    Waiting {
        /// Not before.
        until: DateTime<Utc>,
    },
    /// Taken in. The end.
    Delivered {
        /// Then.
        at: DateTime<Utc>,
    },
    /// A person has to look at it. The end, unless they release it.
    Parked {
        /// Why, and what to do.
        reason: Reason,
    },
    /// A newer message says it better, or its halves do. The end.
    Superseded {
        /// That one.
        by: MessageId,
    },
    /// A person put a parked message away for good. The end.
    Discarded {
        /// Then.
        at: DateTime<Utc>,
    },
}

impl State {
    /// Whether nothing more is to happen by itself.
    pub fn is_settled(&self) -> bool {
        matches!(
            self,
            Self::Delivered { .. } | Self::Parked { .. } | Self::Superseded { .. } | Self::Discarded { .. }
        )
    }

    /// Whether it is neither settled nor under way, so that it may still be superseded.
    pub fn is_unsent(&self) -> bool {
        matches!(self, Self::Queued | Self::Waiting { .. })
    }
}

/// Whether messages of an account may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum GateState {
    /// They may.
    Open,
    /// Not before then.
    Until {
        /// Then.
        at: DateTime<Utc>,
    },
    /// Once the token is renewed.
    Refreshing,
    /// Once a person did something.
    Stopped {
        /// What.
        why: Stop,
    },
}

/// The gate of one account: what one message learns holds for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Whether messages may be sent.
    pub state: GateState,
    /// Counts the tokens: a refusal of an older one says nothing of the present one.
    pub generation: u32,
}

impl Gate {
    /// A gate with its first token.
    pub const fn open() -> Self {
        Self { state: GateState::Open, generation: 0 }
    }

    /// Whether a message may be sent now.
    pub fn lets_through(&self, now: DateTime<Utc>) -> bool {
        match self.state {
            GateState::Open => true,
            GateState::Until { at } => at <= now,
            GateState::Refreshing | GateState::Stopped { .. } => false,
        }
    }

    /// How many more messages may be begun, with so many under way. After a wait one alone tries whether it is over, so
    /// that a struggling gateway is not met by everything that has piled up.
    pub fn allowance(&self, under_way: usize, now: DateTime<Utc>) -> usize {
        let most = match self.state {
            GateState::Open => UNDER_WAY_MAX,
            GateState::Until { at } if at <= now => 1,
            _ => 0,
        };
        most.saturating_sub(under_way)
    }

    /// A new token is there: by refresh, or because the customer linked again.
    pub fn renewed(&mut self) {
        *self = Self { state: GateState::Open, generation: self.generation.wrapping_add(1) };
    }

    /// There is no new token, and won't be until a person did something.
    pub fn stop(&mut self, why: Stop) {
        self.state = GateState::Stopped { why };
    }
}

/// One message in the outbox, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The same at every attempt.
    pub id: MessageId,
    /// Where it stands.
    pub state: State,
    /// Attempts begun.
    pub attempts: u32,
    /// Attempts of which nobody knows whether they arrived. For usage each may have counted twice at Amazon, and is shown.
    pub ambiguous: u32,
    /// Which token the last attempt went with.
    pub generation: u32,
    /// The present token was renewed because of this message.
    pub refreshed: bool,
    /// What came of the latest attempts, the oldest first; [`TRIES_KEPT`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tries: Vec<Tried>,
}

/// Why an attempt is not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// It is settled, or under way.
    #[error("the message is settled or under way")]
    State,
    /// Its time, or its account's, has not come.
    #[error("the message or its account waits")]
    Waits,
}

/// What an outcome asks of the account, besides the message's own state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nothing.
    Nothing,
    /// Renew the token; one refresh for all messages that wait.
    Refresh,
    /// Queue both halves of the report in its place, under new ids; the first is named as the successor.
    Split,
    /// Tell a person; delete the tokens if the reason says so.
    Stopped(Stop),
}

impl Delivery {
    /// A new message.
    pub fn new(id: MessageId) -> Self {
        Self {
            id,
            state: State::Queued,
            attempts: 0,
            ambiguous: 0,
            generation: 0,
            refreshed: false,
            tries: Vec::new(),
        }
    }

    /// Begins an attempt: store the result before anything is sent.
    ///
    /// # Errors
    /// [`NotNow`].
    pub fn begin(&mut self, gate: &Gate, now: DateTime<Utc>) -> Result<(), NotNow> {
        match self.state {
            State::Queued => {}
            State::Waiting { until } if until <= now => {}
            State::Waiting { .. } => return Err(NotNow::Waits),
            _ => return Err(NotNow::State),
        }
        if !gate.lets_through(now) {
            return Err(NotNow::Waits);
        }
        self.attempts = self.attempts.saturating_add(1);
        self.generation = gate.generation;
        self.state = State::Sending { since: now };
        Ok(())
    }

    /// Settles an attempt by what came of it. `newer`: a message queued meanwhile that supersedes this one if it was not
    /// delivered. `halves`: the id that the first half would have. An attempt that was not begun changes nothing.
    pub fn settle(
        &mut self,
        came: Came<'_>,
        gate: &mut Gate,
        newer: Option<&MessageId>,
        first_half: Option<&MessageId>,
        jitter: u32,
        now: DateTime<Utc>,
    ) -> Settled {
        if !matches!(self.state, State::Sending { .. }) {
            return Settled::Nothing;
        }
        if matches!(came, Came::Lost) {
            self.ambiguous = self.ambiguous.saturating_add(1);
        }
        self.tries.push(Tried { at: now, came: Answered::of(&came) });
        let over = self.tries.len().saturating_sub(TRIES_KEPT);
        self.tries.drain(..over);
        let refreshed = self.refreshed;
        let attempt = Attempt { number: self.attempts, refreshed, divisible: first_half.is_some(), jitter };
        let outcome = classify(came, attempt, now);
        let old_token = self.generation != gate.generation;
        self.refreshed = false;
        let again = |state: State| newer.map_or(state, |by| State::Superseded { by: by.clone() });
        match outcome {
            Outcome::Delivered => {
                self.state = State::Delivered { at: now };
                if matches!(gate.state, GateState::Until { .. }) {
                    gate.state = GateState::Open;
                }
                Settled::Nothing
            }
            Outcome::Wait { until } => {
                self.state = again(State::Waiting { until });
                let later = match gate.state {
                    GateState::Until { at } => at.max(until),
                    _ => until,
                };
                if !matches!(gate.state, GateState::Refreshing | GateState::Stopped { .. }) {
                    gate.state = GateState::Until { at: later };
                }
                Settled::Nothing
            }
            // The refused token is not the present one: the answer is about the past.
            Outcome::Refresh | Outcome::Stop(Stop::LinkLost) if old_token => {
                self.state = again(State::Queued);
                Settled::Nothing
            }
            Outcome::Refresh => {
                self.state = again(State::Queued);
                self.refreshed = true;
                let first = !matches!(gate.state, GateState::Refreshing | GateState::Stopped { .. });
                if first {
                    gate.state = GateState::Refreshing;
                }
                if first { Settled::Refresh } else { Settled::Nothing }
            }
            Outcome::Stop(why) => {
                self.state = again(State::Queued);
                gate.state = GateState::Stopped { why };
                Settled::Stopped(why)
            }
            Outcome::Park(reason) => {
                self.state = again(State::Parked { reason });
                Settled::Nothing
            }
            Outcome::Split => {
                self.state = first_half.map_or(State::Parked { reason: Reason::TooLarge }, |by| {
                    State::Superseded { by: by.clone() }
                });
                if first_half.is_some() { Settled::Split } else { Settled::Nothing }
            }
        }
    }

    /// At the start of the program: what was under way when the last run ended may have arrived. It is sent again, with
    /// the same id, and counted.
    pub fn resumed(&mut self) {
        if matches!(self.state, State::Sending { .. }) {
            self.ambiguous = self.ambiguous.saturating_add(1);
            self.state = State::Queued;
        }
    }

    /// A newer message says it better. True if it was not too late.
    pub fn supersede(&mut self, by: &MessageId) -> bool {
        let unsent = self.state.is_unsent();
        if unsent {
            self.state = State::Superseded { by: by.clone() };
        }
        unsent
    }

    /// A person sends a parked message again, unless something newer was said meanwhile.
    pub fn release(&mut self, newer: Option<&MessageId>) -> bool {
        let parked = matches!(self.state, State::Parked { .. });
        if parked {
            self.state = newer.map_or(State::Queued, |by| State::Superseded { by: by.clone() });
        }
        parked
    }

    /// A person puts a parked message away. True if it was parked.
    pub fn discard(&mut self, now: DateTime<Utc>) -> bool {
        let parked = matches!(self.state, State::Parked { .. });
        if parked {
            self.state = State::Discarded { at: now };
        }
        parked
    }
}

#[cfg(test)]
mod tests;
