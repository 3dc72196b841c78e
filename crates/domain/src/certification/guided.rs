//! A test with a real skill, step by step: what the person is to do and look at, in an order in which a device can be
//! taken through all cases, and what they said. Everything is a value: a run can be put away and gone on with on another
//! day, on another computer. What was said becomes a transcript, judged as a rehearsal is; what nobody could see is not
//! judged and never passes.

use super::cases::Sight;
use super::heard::{describes, describes_a_device, device, sampled, without_tokens};
use super::slots::Scene;
use super::{Case, Happening, Judged, Look, Moment, Saw, Transcript, judge};
use crate::market::Marketplace;
use crate::measure::Amount;
use crate::registration::Dossier;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes of a message that is taken: the largest is an `AddOrUpdateReport` (protocols 2.2).
pub const MESSAGE_MAX: usize = 256 * 1024;

/// Messages of one answer.
pub const MESSAGES_MAX: usize = 32;

/// Characters of a note.
pub const NOTE_MAX: usize = 500;

/// The order of the cases: what is low stays low until it is replaced, and the long wait comes last.
const ORDER: &[Case] = &[
    Case::Prerequisites,
    Case::Discovery,
    Case::SetUp,
    Case::Products,
    Case::Supply,
    Case::Messages,
    Case::LowMail,
    Case::Order,
    Case::Reset,
    Case::NotifyOnly,
    Case::Daily,
    Case::Kept,
];

/// One thing the person is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Step {
    /// The case it is for.
    pub case: Case,
    /// In the slot of this capability instance; none for the device as a whole.
    pub instance: Option<String>,
    /// The one of several looks.
    pub look: Option<Look>,
}

impl Step {
    /// It asks for messages; what is in them alone can't be seen.
    pub fn wants_messages(&self) -> bool {
        self.case.sight() == Sight::None
    }
}

/// The steps of a model, in their order. One without a slot that can be reported has none.
pub fn steps(dossier: &Dossier) -> Vec<Step> {
    let nothing =
        Transcript { marketplace: None, endpoint: String::new(), partial: true, moments: Vec::new() };
    let scene = Scene::new(dossier, &nothing);
    if scene.slots.is_empty() {
        return Vec::new();
    }
    let slots = || scene.slots.iter().map(|slot| Some(slot.of.instance.clone()));
    let of = |case: &Case| -> Vec<Step> {
        let step = |instance, look| Step { case: *case, instance, look };
        match case.sight() {
            Sight::None | Sight::Device => vec![step(None, None)],
            Sight::Slots => slots().map(|instance| step(instance, None)).collect(),
            Sight::Looks => Look::OF_THE_ACCOUNT.iter().map(|look| step(None, Some(*look))).collect(),
        }
    };
    ORDER.iter().flat_map(of).collect()
}

/// What the person says of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Reply {
    /// It is as expected.
    Seen,
    /// It is not there.
    NotSeen,
    /// It is something else.
    Other,
    /// It can't be seen here.
    CannotSee,
}

/// An answer that was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// To which step.
    pub step: Step,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub reply: Reply,
    /// What is left as they saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Amount>,
    /// In their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Messages of the skill, without tokens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Value>,
}

/// What the person gives for a step.
#[derive(Debug, Clone)]
pub struct Given {
    /// What they say.
    pub reply: Reply,
    /// What is left as they see it.
    pub left: Option<Amount>,
    /// In their words.
    pub note: String,
    /// JSON of a message or a list of them; empty: none.
    pub pasted: String,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// An earlier step comes first, or there is no such step.
    #[error("answer the steps in their order")]
    Order,
    /// This step is about messages, and none was given.
    #[error("paste the message, or say that you can’t get it")]
    NoMessage,
    /// What was pasted is no message of a skill.
    #[error("this is no message of a skill: paste the JSON from its first brace to its last")]
    NotAMessage,
    /// More than [`MESSAGE_MAX`] or [`MESSAGES_MAX`].
    #[error("paste at most 32 messages of 256 KB each")]
    TooMuch,
    /// A note longer than [`NOTE_MAX`].
    #[error("a note has at most 500 characters")]
    LongNote,
    /// A figure of another kind of quantity than the slot has.
    #[error("this slot is measured in something else")]
    OtherMeasure,
    /// Something else was seen, and nobody says what.
    #[error("say what you see instead")]
    NoWords,
}

/// A run with a real skill, as far as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guided {
    /// Where the account shops.
    pub marketplace: Option<Marketplace>,
    /// When it began.
    pub begun: DateTime<Utc>,
    /// What was said, in the order of the steps.
    pub answers: Vec<Answer>,
}

/// Reads pasted messages, and hides their tokens.
fn messages(pasted: &str) -> Result<Vec<Value>, NotTaken> {
    let pasted = pasted.trim();
    if pasted.is_empty() {
        return Ok(Vec::new());
    }
    if pasted.len() > MESSAGE_MAX * MESSAGES_MAX {
        return Err(NotTaken::TooMuch);
    }
    let all = match serde_json::from_str(pasted) {
        Ok(Value::Array(all)) => all,
        Ok(one @ Value::Object(_)) => vec![one],
        _ => return Err(NotTaken::NotAMessage),
    };
    if all.len() > MESSAGES_MAX || all.iter().any(|one| one.to_string().len() > MESSAGE_MAX) {
        return Err(NotTaken::TooMuch);
    }
    let is_one = |message: &Value| {
        let name = message.pointer("/event/header/name").and_then(Value::as_str);
        name.is_some_and(|name| !name.is_empty())
    };
    if all.is_empty() || !all.iter().all(is_one) {
        return Err(NotTaken::NotAMessage);
    }
    Ok(all.into_iter().map(without_tokens).collect())
}

impl Guided {
    /// A run that begins.
    pub fn begin(marketplace: Option<Marketplace>, now: DateTime<Utc>) -> Self {
        Self { marketplace, begun: now, answers: Vec::new() }
    }

    /// The answer to a step.
    pub fn answer_to(&self, step: &Step) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.step == *step)
    }

    /// The first step nobody answered; none once all are.
    pub fn next(&self, dossier: &Dossier) -> Option<usize> {
        steps(dossier).iter().position(|step| self.answer_to(step).is_none())
    }

    /// Takes an answer to the next step, or another one to a step that was answered.
    ///
    /// # Errors
    /// [`NotTaken`]; then nothing changed.
    pub fn answer(
        &mut self,
        dossier: &Dossier,
        at: usize,
        given: &Given,
        now: DateTime<Utc>,
    ) -> Result<(), NotTaken> {
        let steps = steps(dossier);
        let next = self.next(dossier).unwrap_or(steps.len());
        let step = steps.get(at).filter(|_| at <= next).ok_or(NotTaken::Order)?;
        let note: String = given.note.trim().chars().filter(|c| !c.is_control()).collect();
        if note.chars().count() > NOTE_MAX {
            return Err(NotTaken::LongNote);
        }
        if given.reply == Reply::Other && note.is_empty() {
            return Err(NotTaken::NoWords);
        }
        let messages = messages(&given.pasted)?;
        if step.wants_messages() && given.reply == Reply::Seen && messages.is_empty() {
            return Err(NotTaken::NoMessage);
        }
        if let Some(left) = given.left {
            let unit = dossier.slots.iter().find(|slot| Some(&slot.instance) == step.instance.as_ref());
            let unit = unit.and_then(|slot| slot.unit).ok_or(NotTaken::OtherMeasure)?;
            left.to(unit).map_err(|_| NotTaken::OtherMeasure)?;
        }
        let answer =
            Answer { step: step.clone(), at: now, reply: given.reply, left: given.left, note, messages };
        self.answers.retain(|of| of.step != answer.step);
        self.answers.push(answer);
        self.answers.sort_by_key(|of| steps.iter().position(|step| *step == of.step));
        Ok(())
    }

    /// Takes the last answer back, so that its step is asked again. Whether there was one.
    pub fn take_back(&mut self) -> bool {
        self.answers.pop().is_some()
    }

    /// What happened, as far as anybody knows: what the person said and pasted, and what else was heard of the device
    /// since the run began.
    pub fn transcript(&self, dossier: &Dossier, heard: &[Moment]) -> Transcript {
        let early = |moment: &&Moment| moment.at < self.begun;
        let described = |moment: &&Moment| matches!(&moment.what, Happening::Told { message, refused: None } if describes(message));
        // What the device was described as holds until it is described otherwise.
        let known = heard.iter().filter(early).rfind(described);
        let since = heard.iter().filter(|moment| !early(moment));
        let mut moments: Vec<Moment> = known.into_iter().chain(since).cloned().collect();
        for answer in &self.answers {
            for message in &answer.messages {
                // Nobody knows when it was sent; at the latest it was now.
                let at = sampled(message).map_or(answer.at, |sampled| sampled.min(answer.at));
                let message = message.clone();
                let what = if describes_a_device(&message) {
                    Happening::Described { message, refused: None }
                } else {
                    Happening::Told { message, refused: None }
                };
                moments.push(Moment { at, what });
            }
            let saw = match answer.reply {
                Reply::Seen => Saw::Expected,
                Reply::NotSeen => Saw::Nothing,
                Reply::Other => Saw::Other,
                Reply::CannotSee => continue,
            };
            let Step { case, instance, look } = answer.step.clone();
            let what = Happening::Witnessed {
                case,
                instance,
                look,
                saw,
                left: answer.left,
                note: answer.note.clone(),
            };
            moments.push(Moment { at: answer.at, what });
        }
        // What has the same time stays in its order.
        moments.sort_by_key(|moment| moment.at);
        let instances: Vec<&str> = dossier.slots.iter().map(|slot| slot.instance.as_str()).collect();
        let message = |moment: &Moment| match &moment.what {
            Happening::Described { message, .. } | Happening::Told { message, .. } => {
                device(message, &instances)
            }
            _ => None,
        };
        let described = moments.iter().find(|moment| matches!(moment.what, Happening::Described { .. }));
        let endpoint = described.and_then(message).or_else(|| moments.iter().find_map(message));
        let endpoint = endpoint.unwrap_or_default();
        Transcript { marketplace: self.marketplace, endpoint, partial: true, moments }
    }

    /// What comes of each case, from what is known by now.
    pub fn judged(&self, dossier: &Dossier, heard: &[Moment]) -> (Transcript, Vec<Judged>) {
        let transcript = self.transcript(dossier, heard);
        let judged = judge(dossier, &transcript);
        (transcript, judged)
    }
}

#[cfg(test)]
mod tests;
