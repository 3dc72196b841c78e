//! The Certification tab of a device model: what came of each case, on this computer and with a real skill, and what a
//! person is to do next. Verdicts and sentences are made by the engine.

use refill_domain::certification::Case;
use refill_domain::certification::guided::Reply;
use refill_domain::ids::EndpointId;
use refill_domain::market::Marketplace;
use refill_domain::measure::{Amount, Unit};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A model's certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CertificationView {
    /// The model, by its folder's name.
    pub model: String,
    /// Why it can't be rehearsed as it is, in words.
    pub unable: Option<String>,
    /// Where it is to be sold.
    pub markets: Vec<Marketplace>,
    /// What came of rehearsals on this computer.
    pub rehearsed: Verdicts,
    /// What came of the test with a real skill, if one began.
    pub guided: Option<GuidedView>,
    /// Devices of the household whose messages to the event gateway can be evidence.
    pub devices: Vec<TestDevice>,
    /// Files of earlier runs that can't be read.
    pub unreadable: u32,
    /// The rehearsal under way, whichever model it is of.
    pub live: Option<LiveView>,
}

/// How all cases stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Verdicts {
    /// In the order in which they are shown.
    pub cases: Vec<CaseRow>,
    /// Of the eight numbered cases.
    pub count: CaseCount,
    /// When the newest run was, ms UTC.
    pub held_at: Option<i64>,
    /// Where it was held.
    pub market: Option<Marketplace>,
    /// The model was changed since a run that counts.
    pub changed: bool,
}

/// How many cases stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct CaseCount {
    /// Passed.
    pub passed: u32,
    /// Failed.
    pub failed: u32,
    /// Wait for a person.
    pub person: u32,
    /// Can't be judged.
    pub unjudged: u32,
    /// Nobody ran them yet.
    pub never: u32,
}

/// How one case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Nobody ran it yet.
    Never,
    /// Passed.
    Passed,
    /// Failed.
    Failed,
    /// Waits for a person.
    Person,
    /// Can't be judged.
    Unjudged,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CaseRow {
    /// Which.
    pub case: Case,
    /// What it is called by.
    pub code: String,
    /// One of the eight numbered ones; the others are pre-checks.
    pub numbered: bool,
    /// What it tests.
    pub tests: String,
    /// What it expects.
    pub expects: String,
    /// How it stands.
    pub state: CaseState,
    /// In how many slots it failed; 0: as a whole.
    pub slots: u32,
    /// The model was changed since it ran.
    pub changed: bool,
}

/// A case with everything about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CaseDetail {
    /// In short.
    pub row: CaseRow,
    /// Why it ended as it did, a sentence each.
    pub reasons: Vec<String>,
    /// What proves or refutes it, the earliest first.
    pub evidence: Vec<MomentView>,
    /// When it ran, ms UTC.
    pub held_at: Option<i64>,
    /// How long that took, in ms; a person takes the time they take.
    pub took_ms: Option<u64>,
    /// Where.
    pub market: Option<Marketplace>,
    /// A person's word would decide it.
    pub asks: bool,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MomentView {
    /// Its number in its run, from 1.
    pub number: u32,
    /// The day of the run, from 1.
    pub day: u32,
    /// When, ms UTC.
    pub at: i64,
    /// In a line.
    pub says: String,
    /// The message, as JSON without tokens.
    pub json: Option<String>,
    /// Why Amazon did not take it.
    pub refused: Option<String>,
    /// A reason to fail names it.
    pub wrong: bool,
}

/// A rehearsal under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LiveView {
    /// The model, by its folder's name.
    pub model: String,
    /// The one case it is about; absent: all.
    pub case: Option<Case>,
    /// Steps that are over.
    pub done: u32,
    /// Of so many; 0: it is being set up.
    pub steps: u32,
    /// What happened, after what was asked for.
    pub moments: Vec<MomentView>,
}

/// A device whose messages can be evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TestDevice {
    /// It.
    pub id: EndpointId,
    /// Its name.
    pub name: String,
}

/// A test with a real skill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GuidedView {
    /// How the cases stand by now.
    pub verdicts: Verdicts,
    /// When it began, ms UTC.
    pub begun: i64,
    /// The device of this household it is about, if it is one.
    pub device: Option<TestDevice>,
    /// What is to be done, in order.
    pub steps: Vec<GuidedStep>,
    /// The next step; absent once all are answered.
    pub next: Option<u32>,
    /// Messages that this app sent itself and that count as evidence.
    pub heard: u32,
}

/// A step of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GuidedStep {
    /// The case it is for.
    pub case: Case,
    /// What that is called by.
    pub code: String,
    /// The slot it is about, in words.
    pub slot: Option<String>,
    /// What to do and look at.
    pub task: String,
    /// What is expected; products of a slot are named.
    pub expects: String,
    /// It asks for messages.
    pub wants_messages: bool,
    /// A figure can be told, in this unit.
    pub unit: Option<Unit>,
    /// What was said.
    pub answer: Option<GuidedAnswer>,
}

/// What was said of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GuidedAnswer {
    /// In short.
    pub reply: Reply,
    /// In the person's words; may be empty.
    pub note: String,
    /// What is left as they saw it.
    pub left: Option<Amount>,
    /// Messages that were given.
    pub messages: u32,
    /// When, ms UTC.
    pub at: i64,
}

/// What a person says of a step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct GuidedForm {
    /// In short.
    pub reply: Reply,
    /// In their words; may be empty.
    pub note: String,
    /// What is left as they see it, as they write numbers, in the step's unit; may be empty.
    pub left: String,
    /// JSON of messages; may be empty.
    pub pasted: String,
}

/// A report as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReportForm {
    /// For programs.
    Json,
    /// A page for print.
    Html,
}
