//! Which of the three inventory sensors a slot has, by the table "Sensor examples" of S1 as three questions with yes or
//! no. The first yes decides; the answer comes with the reason the table gives.

use crate::endpoint::SensorKind;
use serde::{Deserialize, Serialize};

/// What is known of how a slot measures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Answers {
    /// The device measures what is left, and so notices a refill.
    #[serde(default)]
    pub left: Option<bool>,
    /// The device knows how much each use takes.
    #[serde(default)]
    pub used: Option<bool>,
    /// The device knows how long the part has run, and how long one lasts.
    #[serde(default)]
    pub run: Option<bool>,
}

impl Answers {
    /// The answers that lead to a sensor that is already there; none for a slot that nothing measures.
    pub fn leading_to(kind: SensorKind) -> Self {
        match kind {
            SensorKind::Level => Self { left: Some(true), ..Self::default() },
            SensorKind::Usage => Self { left: Some(false), used: Some(true), run: None },
            SensorKind::LevelUsage => Self { left: Some(false), used: Some(false), run: Some(true) },
            SensorKind::None => Self { left: Some(false), used: Some(false), run: Some(false) },
        }
    }
}

/// One of the three questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Question {
    /// Does the device measure what is left? One that can't tell when it was refilled does not (S1).
    Left,
    /// Does it know how much each use takes, in pieces, volume or weight?
    Used,
    /// Does it know how long the part has run, and how long one lasts?
    Run,
}

/// Why a sensor is the right one: the row "Use when" of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Reason {
    /// It measures all that remains.
    MeasuresLeft,
    /// It knows the amount of each use, but not what remains.
    KnowsUse,
    /// It knows neither, but how long the part has run and how long one lasts.
    KnowsTime,
}

/// What the answers come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Decision {
    /// This sensor.
    Sensor {
        /// Which.
        kind: SensorKind,
        /// Why.
        reason: Reason,
    },
    /// Not decided before this is answered.
    Ask {
        /// The next question.
        question: Question,
    },
    /// Three times no: nothing can be reported, and Dash can't watch this slot.
    None,
}

/// Decides. Answers behind the deciding one don't count.
pub fn decide(answers: Answers) -> Decision {
    let sensor = |kind, reason| Decision::Sensor { kind, reason };
    match (answers.left, answers.used, answers.run) {
        (Some(true), _, _) => sensor(SensorKind::Level, Reason::MeasuresLeft),
        (Some(false), Some(true), _) => sensor(SensorKind::Usage, Reason::KnowsUse),
        (Some(false), Some(false), Some(true)) => sensor(SensorKind::LevelUsage, Reason::KnowsTime),
        (Some(false), Some(false), Some(false)) => Decision::None,
        (None, _, _) => Decision::Ask { question: Question::Left },
        (Some(false), None, _) => Decision::Ask { question: Question::Used },
        (Some(false), Some(false), None) => Decision::Ask { question: Question::Run },
    }
}
