//! One order and one supply's reordering, as they are shown: state, way, amount, and when the next order would come.

use super::{ASKED_FOR, Placed};
use crate::household::{Household, Watched};
use crate::present::{Presented, per_day};
use crate::view::{
    AgainView, NextOrder, NextOrderWhy, OrderLine, OrderState, ReorderLine, ReorderState, TrackStep,
};
use chrono::{DateTime, Utc};
use refill_domain::drs::{DAYS_IN_HAND, Product, RESOLUTION};
use refill_domain::forecast::Forecast;
use refill_domain::measure::Amount;
use refill_domain::orders::{Again, OrderFrame, Phase, Reorder, StepKind, again_after, content};
use refill_domain::replenish::{Policy, Rule};

impl Household {
    pub(super) fn order_line(&self, order: &Placed<'_>, row: Option<&Presented>) -> OrderLine {
        let (frame, now) = (order.frame, self.now());
        // A slot that became one with a slot of one's own lies in another device here.
        let here = order.watched.map_or(order.device, |watched| watched.row.slot.endpoint);
        let device = self.devices.iter().find(|device| device.endpoint.id == here);
        let state = self.order_state(order, now);
        let arrives = match &state {
            OrderState::OnItsWay { due } => Some(due),
            OrderState::Placed { expected, .. } => expected.as_ref(),
            OrderState::Requested { .. } | OrderState::Arrived { .. } | OrderState::Cancelled { .. } => None,
        };
        let ends = row.and_then(|row| row.when.clone());
        let spare = arrives.zip(ends.as_ref()).filter(|_| !frame.test).and_then(|(due, ends)| {
            let (due, ends): (chrono::NaiveDate, chrono::NaiveDate) =
                (due.parse().ok()?, ends.likely.parse().ok()?);
            i32::try_from((ends - due).num_days()).ok()
        });
        OrderLine {
            device: order.device,
            order: frame.order.as_str().to_owned(),
            slot: order.watched.map(|watched| watched.row.slot.id),
            name: match (order.watched, &frame.slot) {
                (Some(watched), _) => watched.row.slot.name.clone(),
                (None, Some(slot)) => slot.as_str().to_owned(),
                (None, None) => String::new(),
            },
            device_name: device.map(|device| device.endpoint.name.clone()).unwrap_or_default(),
            mark: row.map(|row| row.row.mark.clone()),
            test: frame.test,
            amount: all_content(&frame.products, order.watched),
            asins: asins(&frame.products),
            track: self.way(frame, &state),
            state,
            spare,
            left: row.and_then(|row| row.row.left),
            ends,
            day: frame.heard().map(|at| self.day(at)),
        }
    }

    pub(super) fn order_state(&self, order: &Placed<'_>, now: DateTime<Utc>) -> OrderState {
        let frame = order.frame;
        match frame.phase(now) {
            Phase::Asked => {
                let until = frame.at(StepKind::Asked).unwrap_or(now) + RESOLUTION;
                OrderState::Requested { until: self.day(until), silent: until <= now }
            }
            Phase::Placed => OrderState::Placed {
                expected: frame.expected().map(|at| self.day(at)),
                forgotten: !frame.test && frame.coming(false, now).is_none(),
            },
            Phase::OnItsWay { due } => OrderState::OnItsWay { due: self.day(due) },
            Phase::Arrived { at } => OrderState::Arrived {
                day: self.day(at),
                came: order.answer.map(|answer| answer.came),
                question: !frame.test && order.answer.is_none() && now < at + ASKED_FOR,
                unclear: frame.unclear.clone().filter(|_| !frame.test),
            },
            Phase::Cancelled { at } => {
                let all = self.linked.orders.iter().filter(|((device, _), _)| *device == order.device);
                let all = all.map(|(_, other)| other).filter(|other| other.slot == frame.slot);
                let again = match again_after(frame, all.clone(), now) {
                    Some(Again::From(day)) if day > now => AgainView::From { day: self.day(day) },
                    Some(Again::AfterReset) if !came_since(all, at, now) => AgainView::AfterReplacing {},
                    Some(Again::From(_) | Again::AfterReset) | None => AgainView::Now {},
                };
                OrderState::Cancelled { day: self.day(at), again }
            }
        }
    }

    /// What happened and what is to come, for the track of an order.
    fn way(&self, frame: &OrderFrame, state: &OrderState) -> Vec<TrackStep> {
        let happened = |kind: StepKind| frame.at(kind).map(|at| self.day(at));
        let step = |kind, day: Option<String>, done| TrackStep { kind, day, done, by: false };
        let placed = step(StepKind::Placed, happened(StepKind::Placed), true);
        match state {
            OrderState::Requested { until, .. } => vec![
                step(StepKind::Asked, happened(StepKind::Asked), true),
                TrackStep { by: true, ..step(StepKind::Placed, Some(until.clone()), false) },
                step(StepKind::Shipped, None, false),
            ],
            OrderState::Placed { expected, .. } => vec![
                placed,
                step(StepKind::Shipped, None, false),
                step(StepKind::Due, expected.clone(), false),
            ],
            OrderState::OnItsWay { due } => vec![
                placed,
                step(StepKind::Shipped, happened(StepKind::Shipped), true),
                step(StepKind::Due, Some(due.clone()), false),
            ],
            OrderState::Arrived { day, came, .. } => vec![
                placed,
                step(StepKind::Shipped, happened(StepKind::Shipped), true),
                match came {
                    Some(false) => step(StepKind::Due, Some(day.clone()), false),
                    _ => step(StepKind::Arrived, Some(day.clone()), true),
                },
            ],
            OrderState::Cancelled { day, .. } => {
                vec![placed, step(StepKind::Cancelled, Some(day.clone()), true)]
            }
        }
    }

    pub(super) fn reorder_line(&self, watched: &Watched, presented: &Presented) -> ReorderLine {
        let told = self.told_of(watched);
        let state = match told.map(Reorder::of) {
            None => ReorderState::Untold {},
            Some(Reorder::On { since }) => ReorderState::On { since: self.day(since) },
            Some(Reorder::Paused { since, by }) => ReorderState::Paused { since: self.day(since), by },
            Some(Reorder::NotSetUp) => ReorderState::NotSetUp {},
            Some(Reorder::Unregistered { since }) => ReorderState::Unregistered { since: self.day(since) },
        };
        let on = matches!(state, ReorderState::On { .. });
        let chosen: &[Product] = told.filter(|_| on).map_or(&[], |told| &told.products);
        let row = &presented.row;
        ReorderLine {
            slot: row.slot,
            name: row.name.clone(),
            device: row.device,
            device_name: row.device_name.clone(),
            mark: row.mark.clone(),
            lasts: lasts(watched, chosen, &presented.forecast),
            amount: all_content(chosen, Some(watched)),
            asins: asins(chosen),
            next: on.then(|| self.next_order(watched, &presented.forecast)),
            state,
        }
    }

    /// When the maker's cloud would ask Amazon: at seven days of use, held back by cancellations (protocols 4.4).
    fn next_order(&self, watched: &Watched, forecast: &Forecast) -> NextOrder {
        let now = self.now();
        if self.at_amazon(watched).coming.is_some() {
            return NextOrder { day: None, why: NextOrderWhy::UnderWay {} };
        }
        let last = self.placed_for(watched).filter_map(|order| match order.frame.phase(now) {
            Phase::Cancelled { at } => Some((at, self.order_state(&order, now))),
            _ => None,
        });
        if let Some((_, OrderState::Cancelled { again, .. })) = last.max_by_key(|(at, _)| *at) {
            match again {
                AgainView::From { day } => {
                    return NextOrder { day: Some(day), why: NextOrderWhy::Cancelled {} };
                }
                AgainView::AfterReplacing {} => {
                    return NextOrder { day: None, why: NextOrderWhy::CancelledTwice {} };
                }
                AgainView::Now {} => {}
            }
        }
        let days = u16::try_from(DAYS_IN_HAND).unwrap_or(u16::MAX);
        let seed = Policy { rule: Rule::Amazon, days_in_hand: days, paused: false, ..self.policy(watched) };
        let seen = self.on_shelf(watched);
        match seed.order_by(&seen.row.slot, &seen.fold.state, forecast, now) {
            None => NextOrder { day: None, why: NextOrderWhy::NoPace {} },
            Some(at) if at <= now => {
                NextOrder { day: Some(self.today().to_string()), why: NextOrderWhy::Now {} }
            }
            Some(at) => {
                NextOrder { day: Some(self.day(at)), why: NextOrderWhy::DaysLeft { days: u32::from(days) } }
            }
        }
    }
}

/// A later order of the slot arrived since.
fn came_since<'a>(
    mut all: impl Iterator<Item = &'a OrderFrame>,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    all.any(|other| matches!(other.phase(now), Phase::Arrived { at: came } if came > at))
}

/// All products together; none where one of them is not understood.
pub(super) fn all_content(of: &[Product], watched: Option<&Watched>) -> Option<Amount> {
    content(of, &watched?.row.slot).ok()
}

fn asins(of: &[Product]) -> Vec<String> {
    of.iter().filter_map(|product| product.asin.clone()).collect()
}

/// Days that the products last at the present pace; none where an amount or the pace is not known.
fn lasts(watched: &Watched, of: &[Product], forecast: &Forecast) -> Option<u32> {
    let Forecast::Dated { rate: Some(rate), .. } = forecast else { return None };
    let slot = &watched.row.slot;
    let sum = i128::from(all_content(of, Some(watched))?.milli);
    let pace = per_day(slot, rate.per_day);
    let (amount, pace) = match pace.to(slot.shelf_unit()) {
        Ok(pace) => (sum, pace.milli),
        // Pieces of what is replaced as a whole: each holds a full one.
        Err(_) => (sum * i128::from(slot.full()?) / 1000, pace.milli),
    };
    if amount <= 0 || pace <= 0 {
        return None;
    }
    u32::try_from(amount / i128::from(pace)).ok()
}
