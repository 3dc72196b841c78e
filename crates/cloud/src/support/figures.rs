//! What is in a customer's slots, as the maker's people see it: what each ledger amounts to, when it ends, and what Alexa was
//! told of it last. Every figure comes with its age; what the cloud can't know is absent, never guessed.

use crate::store::relay::OutRow;
use chrono::{DateTime, Utc};
use refill_domain::alexa::{ApplianceId, Told};
use refill_domain::endpoint::Slot;
use refill_domain::fold::Fold;
use refill_domain::forecast::{Forecast, Known, forecast_with};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::ledger::Entry;
use refill_domain::measure::Milli;
use refill_domain::outbox::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The latest messages to Alexa that are looked through for what it was told of a slot.
pub const LATEST: usize = 500;

/// When a slot ends, ms since 1970 UTC.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ends {
    /// One in ten ends earlier.
    pub earliest: i64,
    /// As likely before as after.
    pub likely: i64,
    /// One in ten lasts longer; absent where that is too far to say.
    pub latest: Option<i64>,
}

/// How the latest message about a slot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldStanding {
    /// It is on its way.
    Waiting,
    /// Alexa took it in.
    Delivered,
    /// It was put aside.
    Parked,
}

/// What Alexa was told of a slot, by the latest messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToldAlexa {
    /// The latest message about it.
    pub message: String,
    /// How that stands.
    pub standing: ToldStanding,
    /// When what it says was so, ms since 1970 UTC.
    pub at: i64,
    /// The last level that Alexa took in, in thousandths of the slot's unit; absent where it was told none, as of a sensor
    /// that reports uses.
    #[schema(value_type = Option<i64>)]
    pub level: Option<Milli>,
    /// When that level was measured; without one, when the last was so that Alexa took in.
    pub taken_of: Option<i64>,
    /// When Alexa took it in.
    pub taken_at: Option<i64>,
}

/// What a slot's ledger amounts to. Amounts are thousandths of the slot's unit, times ms since 1970 UTC.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figure {
    /// Which slot.
    #[schema(value_type = Uuid)]
    pub slot: SlotId,
    /// What is left, as the row shows it; absent while nobody has said.
    #[schema(value_type = Option<i64>)]
    pub left: Option<Milli>,
    /// The device only says that some is left.
    pub some_left: bool,
    /// When that was stated last.
    pub left_at: Option<i64>,
    /// What lies on the shelf.
    #[schema(value_type = i64)]
    pub shelf: Milli,
    /// The device's last word.
    pub said_at: Option<i64>,
    /// When use was seen last.
    pub used_at: Option<i64>,
    /// When it was replaced last.
    pub replaced_at: Option<i64>,
    /// Since when it is low.
    pub low_since: Option<i64>,
    /// It rose without anybody saying why.
    pub unexplained: bool,
    /// Used beyond what there was.
    #[schema(value_type = i64)]
    pub overshoot: Milli,
    /// When it ends, by its ledger alone: days away that the customer marked and their own dates are known to their app
    /// only.
    pub ends: Option<Ends>,
    /// What Alexa was told of it.
    pub told: Option<ToldAlexa>,
}

fn ms(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp_millis())
}

/// The figure of a slot at a moment. `sent` are the account's latest messages to Alexa, the newest first.
pub fn figure_of(
    slot: &Slot,
    device: EndpointId,
    entries: &[Entry],
    sent: &[OutRow],
    now: DateTime<Utc>,
) -> Figure {
    let fold = Fold::of(slot, entries);
    let ends = match forecast_with(slot, &fold, now, &Known::default()) {
        Forecast::Dated { run_out, .. } => Some(Ends {
            earliest: run_out.earliest.timestamp_millis(),
            likely: run_out.likely.timestamp_millis(),
            latest: ms(run_out.latest),
        }),
        Forecast::Learning { .. }
        | Forecast::Unused { .. }
        | Forecast::LevelUnknown { .. }
        | Forecast::NotCounted => None,
    };
    let state = fold.state;
    Figure {
        slot: slot.id,
        left: state.left(slot),
        some_left: state.some_left,
        left_at: ms(state.level_at),
        shelf: state.shelf,
        said_at: ms(state.read_at),
        used_at: ms(state.used_at),
        replaced_at: ms(state.replacements.last().copied()),
        low_since: ms(state.low_since),
        unexplained: state.rise.is_some_and(|rise| rise.confirmed),
        overshoot: state.overshoot,
        ends,
        told: told(slot, device, sent),
    }
}

/// What a message says of a slot: when it was so, and the level, if it is one.
fn said(slot: &Slot, device: &ApplianceId, row: &OutRow) -> Option<(DateTime<Utc>, Option<Milli>)> {
    match Told::of(&row.report) {
        Told::Levels { appliance, levels, at, .. } if appliance == *device => {
            let level = levels.iter().find(|level| level.instance == slot.instance)?;
            Some((at, level.amount.to(slot.unit).ok().map(|amount| amount.milli)))
        }
        Told::Used { appliance, instance, at, .. } | Told::Replaced { appliance, instance, at }
            if appliance == *device && instance == slot.instance =>
        {
            Some((at, None))
        }
        _ => None,
    }
}

fn told(slot: &Slot, device: EndpointId, sent: &[OutRow]) -> Option<ToldAlexa> {
    let device = ApplianceId::from(device);
    let about = sent.iter().filter_map(|row| {
        let standing = match row.delivery.state {
            State::Queued | State::Sending { .. } | State::Waiting { .. } => ToldStanding::Waiting,
            State::Delivered { .. } => ToldStanding::Delivered,
            State::Parked { .. } => ToldStanding::Parked,
            // A newer one says it better, or a person put it away.
            State::Superseded { .. } | State::Discarded { .. } => return None,
        };
        let (at, level) = said(slot, &device, row)?;
        Some((row, standing, at, level))
    });
    let about: Vec<_> = about.collect();
    let (row, standing, at, _) = about.first()?;
    let taken = |with_level: bool| {
        about.iter().find_map(|(row, _, at, level)| match row.delivery.state {
            State::Delivered { at: taken } if level.is_some() || !with_level => Some((*level, *at, taken)),
            _ => None,
        })
    };
    let taken = taken(true).or_else(|| taken(false));
    Some(ToldAlexa {
        message: row.delivery.id.to_string(),
        standing: *standing,
        at: at.timestamp_millis(),
        level: taken.and_then(|(level, ..)| level),
        taken_of: taken.map(|(_, at, _)| at.timestamp_millis()),
        taken_at: taken.map(|(.., taken)| taken.timestamp_millis()),
    })
}
