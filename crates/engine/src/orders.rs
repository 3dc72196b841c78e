//! What Amazon told of orders and reordering, beside the household's own slots: what is under way for a slot, the
//! Orders screen, and what a person says about an arrival. Nothing is claimed that was not told: what is shipped is not
//! received, and what was asked for is not ordered.

use crate::error::{Code, Error};
use crate::household::{Household, Origin, Watched};
use crate::present::{Presented, per_day};
use crate::view::{
    AgainView, NextOrder, NextOrderWhy, OrderLine, OrderState, OrdersHeadline, OrdersView, ReorderLine,
    ReorderState, SlotOrders, TrackStep,
};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::drs::{DAYS_IN_HAND, DrsSlot, OrderInstance, Product, RESOLUTION};
use refill_domain::forecast::Forecast;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::Amount;
use refill_domain::orders::{
    Again, Arrival, AtAmazon, Coming, OrderFrame, Phase, Reorder, StepKind, again_after, entry_of, received,
};
use refill_domain::replenish::{Policy, Rule};
use std::collections::BTreeMap;

/// How long "Did it arrive?" is asked, and a request without an answer is shown as open.
const ASKED_FOR: TimeDelta = TimeDelta::days(14);

/// Orders a Slot screen shows at most.
const OF_SLOT: usize = 12;

/// Earlier orders the screen shows at most.
const EARLIER: usize = 200;

/// What a person said of an order whose date was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// It came.
    pub came: bool,
    /// When they said so, ms UTC.
    pub at: i64,
}

/// An order with its place in the household.
struct Placed<'a> {
    device: EndpointId,
    frame: &'a OrderFrame,
    watched: Option<&'a Watched>,
    answer: Option<Answer>,
}

impl Household {
    /// The slot that Amazon means.
    fn slot_meant(&self, device: EndpointId, name: &DrsSlot) -> Option<&Watched> {
        self.present_slots().find(|watched| {
            let there = self.linked.slots.get(&watched.row.key);
            there.is_some_and(|there| there.device == device && there.is(name.as_str()))
        })
    }

    fn placed(&self) -> impl Iterator<Item = Placed<'_>> {
        self.linked.orders.iter().map(|((device, name), frame)| Placed {
            device: *device,
            frame,
            watched: frame.slot.as_ref().and_then(|slot| self.slot_meant(*device, slot)),
            answer: self.linked.answers.get(&(*device, name.clone())).copied(),
        })
    }

    fn placed_for<'a>(&'a self, watched: &'a Watched) -> impl Iterator<Item = Placed<'a>> {
        let key = watched.row.key;
        self.placed().filter(move |order| order.watched.is_some_and(|of| of.row.key == key))
    }

    /// What Amazon does about a slot, as far as it was told.
    pub fn at_amazon(&self, watched: &Watched) -> AtAmazon {
        if !self.linked.slots.contains_key(&watched.row.key) {
            return AtAmazon::default();
        }
        let now = self.now();
        let denied = |order: &Placed<'_>| order.answer.is_some_and(|answer| !answer.came);
        let coming =
            self.placed_for(watched).filter_map(|order| order.frame.coming(denied(&order), now)).min();
        AtAmazon { coming, reorder: self.reorder(watched) }
    }

    /// When the next order is to arrive at a slot, and how much of the supply it brings, where that is understood.
    pub fn expected(&self, watched: &Watched) -> Option<(DateTime<Utc>, Option<Amount>)> {
        if !self.linked.slots.contains_key(&watched.row.key) {
            return None;
        }
        let now = self.now();
        let dated = self.placed_for(watched).filter_map(|order| {
            let denied = order.answer.is_some_and(|answer| !answer.came);
            match order.frame.coming(denied, now)? {
                Coming::Shipped { due } | Coming::Placed { expected: Some(due), .. } => Some((due, order)),
                Coming::Overdue { .. } | Coming::Placed { expected: None, .. } | Coming::Requested { .. } => {
                    None
                }
            }
        });
        let (due, order) = dated.min_by_key(|(due, _)| *due)?;
        Some((due, all_content(&order.frame.products, Some(watched))))
    }

    /// When the last order of a slot was cancelled, if nothing else comes.
    pub fn cancelled(&self, watched: &Watched) -> Option<DateTime<Utc>> {
        let (now, of) = (self.now(), self.at_amazon(watched));
        let cancelled = self.placed_for(watched).filter_map(|order| match order.frame.phase(now) {
            Phase::Cancelled { at } if !order.frame.test => Some(at),
            _ => None,
        });
        cancelled.max().filter(|_| of.coming.is_none())
    }

    fn told_of(&self, watched: &Watched) -> Option<&refill_domain::orders::Subscription> {
        let there = self.linked.slots.get(&watched.row.key)?;
        let mut told = self.linked.subscriptions.iter();
        let (_, frame) = told.find(|((device, slot), _)| *device == there.device && there.is(slot))?;
        Some(&frame.subscription)
    }

    fn reorder(&self, watched: &Watched) -> Option<Reorder> {
        self.told_of(watched).map(Reorder::of)
    }

    /// The Orders screen.
    pub fn orders(&self) -> OrdersView {
        let rows: BTreeMap<SlotId, Presented> = self
            .present_slots()
            .filter(|watched| self.linked.slots.contains_key(&watched.row.key))
            .map(|watched| (watched.row.slot.id, self.present(watched)))
            .collect();
        let (mut open, mut earlier) = (Vec::new(), Vec::new());
        for order in self.placed() {
            let row = order.watched.and_then(|watched| rows.get(&watched.row.slot.id));
            let line = self.order_line(&order, row);
            if self.is_open(order.frame, &line.state) { open.push(line) } else { earlier.push(line) }
        }
        open.sort_by(|a, b| soonest(a).cmp(&soonest(b)).then_with(|| a.name.cmp(&b.name)));
        earlier.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.order.cmp(&b.order)));
        earlier.truncate(EARLIER);
        let reorder = self
            .present_slots()
            .filter_map(|watched| Some(self.reorder_line(watched, rows.get(&watched.row.slot.id)?)));
        OrdersView {
            today: self.today().to_string(),
            linked: self.link().is_some(),
            headline: self.orders_headline(&open, earlier.is_empty()),
            reorder: reorder.collect(),
            open,
            earlier,
        }
    }

    /// What the Slot screen shows of Amazon; none where the cloud has no such slot.
    pub fn slot_orders(&self, watched: &Watched, presented: &Presented) -> Option<SlotOrders> {
        self.linked.slots.get(&watched.row.key)?;
        let mut orders: Vec<(bool, OrderLine)> = self
            .placed_for(watched)
            .map(|order| {
                let line = self.order_line(&order, Some(presented));
                (!self.is_open(order.frame, &line.state), line)
            })
            .collect();
        orders.sort_by(|(a_closed, a), (b_closed, b)| {
            a_closed.cmp(b_closed).then_with(|| b.day.cmp(&a.day)).then_with(|| a.order.cmp(&b.order))
        });
        orders.truncate(OF_SLOT);
        let orders = orders.into_iter().map(|(_, line)| line).collect();
        Some(SlotOrders { orders, reorder: self.reorder_line(watched, presented) })
    }

    /// Orders that are under way, or about which something is asked.
    pub fn open_orders(&self) -> u32 {
        let now = self.now();
        let open = self.placed().filter(|order| self.is_open(order.frame, &self.order_state(order, now)));
        u32::try_from(open.count()).unwrap_or(u32::MAX)
    }

    fn is_open(&self, frame: &OrderFrame, state: &OrderState) -> bool {
        match state {
            OrderState::Requested { silent, .. } => {
                !silent || frame.heard().is_some_and(|at| self.now() < at + ASKED_FOR)
            }
            OrderState::Placed { forgotten, .. } => !forgotten,
            OrderState::OnItsWay { .. } => true,
            OrderState::Arrived { came, question, .. } => *question || *came == Some(false),
            OrderState::Cancelled { .. } => false,
        }
    }

    fn day(&self, at: DateTime<Utc>) -> String {
        self.clock.day(at).to_string()
    }

    fn order_line(&self, order: &Placed<'_>, row: Option<&Presented>) -> OrderLine {
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

    fn order_state(&self, order: &Placed<'_>, now: DateTime<Utc>) -> OrderState {
        let frame = order.frame;
        match frame.phase(now) {
            Phase::Asked => {
                let until = frame.at(StepKind::Asked).unwrap_or(now) + RESOLUTION;
                OrderState::Requested { until: self.day(until), silent: until <= now }
            }
            Phase::Placed => OrderState::Placed {
                expected: frame.products.iter().filter_map(|p| p.delivery).max().map(|at| self.day(at)),
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
                let of_slot = |other: &&OrderFrame| other.slot == frame.slot;
                let all = self
                    .linked
                    .orders
                    .iter()
                    .filter(|((device, _), _)| *device == order.device)
                    .map(|(_, other)| other)
                    .filter(of_slot);
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

    fn reorder_line(&self, watched: &Watched, presented: &Presented) -> ReorderLine {
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

    fn orders_headline(&self, open: &[OrderLine], none_earlier: bool) -> OrdersHeadline {
        let count = |of: &dyn Fn(&&OrderLine) -> bool| {
            u32::try_from(open.iter().filter(of).count()).unwrap_or(u32::MAX)
        };
        let asked = |line: &&OrderLine| matches!(line.state, OrderState::Arrived { question: true, .. });
        if let Some(first) = open.iter().find(asked) {
            return OrdersHeadline::Question { count: count(&asked), name: first.name.clone() };
        }
        let late = |line: &&OrderLine| {
            line.spare.is_some_and(|spare| spare < 0)
                || matches!(line.state, OrderState::Arrived { came: Some(false), .. })
        };
        if let Some(first) = open.iter().find(late) {
            return OrdersHeadline::Late { count: count(&late), name: first.name.clone() };
        }
        let day = |line: &OrderLine| match &line.state {
            OrderState::OnItsWay { due } => Some(due.clone()),
            _ => None,
        };
        if let Some((first, due)) = open.iter().find_map(|line| Some((line, day(line)?))) {
            return OrdersHeadline::Arrives {
                count: count(&|line| day(line).as_ref() == Some(&due)),
                name: first.name.clone(),
                spare: first.spare.and_then(|spare| u32::try_from(spare).ok()),
                day: due,
            };
        }
        match open.len() {
            0 if self.link().is_none() && none_earlier => OrdersHeadline::NotLinked {},
            0 if none_earlier => OrdersHeadline::None {},
            0 => OrdersHeadline::NothingOpen {},
            all => OrdersHeadline::UnderWay {
                count: u32::try_from(all).unwrap_or(u32::MAX),
                unconfirmed: count(&|line| matches!(line.state, OrderState::Requested { .. })),
            },
        }
    }

    /// Notes what a person says of an order whose date was reached. What the cloud added to the stock for it is taken
    /// back when it did not come, and brought back when it did after all.
    ///
    /// # Errors
    /// `OrderUnknown` when there is no such order, or its date was not reached; or why the disk refused.
    pub fn answer_arrival(
        &mut self,
        id: EntryId,
        device: EndpointId,
        order: &str,
        came: bool,
    ) -> Result<(), Error> {
        let unknown = || Error::new(Code::OrderUnknown, "There is no such order, or it is not due yet.");
        let now = self.now();
        let name: OrderInstance = order.parse().map_err(|_| unknown())?;
        let key = (device, order.to_owned());
        let frame = self.linked.orders.get(&key).ok_or_else(unknown)?;
        if frame.test || !matches!(frame.phase(now), Phase::Arrived { .. }) {
            return Err(unknown());
        }
        let answer = Answer { came, at: now.timestamp_millis() };
        if self.linked.answers.get(&key).is_some_and(|before| before.came == came) {
            return Ok(());
        }
        let entry = entry_of(device, &name);
        let mut entries = Vec::new();
        if let Some((slot, voided)) = self.received_as(entry)?
            && voided == came
        {
            let (slot, row) = {
                let watched =
                    self.slots.iter().find(|watched| watched.row.key == slot).ok_or_else(unknown)?;
                (watched.row.slot.clone(), watched.row.key)
            };
            entries = self.turn(id, &slot, row, entry, voided)?;
        }
        self.append_from(Origin::Here, entries, |tx| tx.save_answer(device, order, answer))?;
        self.linked.answers.insert(key, answer);
        Ok(())
    }

    fn received_as(&self, entry: EntryId) -> Result<Option<(i64, bool)>, Error> {
        let found = self.read(|db| crate::store::find_entry(db, entry))?;
        Ok(found.map(|(key, _, voided)| (key, voided)))
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

/// What arrives first comes first; questions before all, what nobody confirmed last.
fn soonest(line: &OrderLine) -> (u8, String) {
    match &line.state {
        OrderState::Arrived { question: true, day, .. } => (0, day.clone()),
        OrderState::Arrived { day, .. } => (1, day.clone()),
        OrderState::OnItsWay { due } => (2, due.clone()),
        OrderState::Placed { expected: Some(day), .. } => (2, day.clone()),
        OrderState::Placed { expected: None, .. } => (3, String::new()),
        OrderState::Requested { until, .. } => (4, until.clone()),
        OrderState::Cancelled { day, .. } => (5, day.clone()),
    }
}

/// One product in the slot's own unit, as its arrival would count.
fn content(product: &Product, watched: &Watched) -> Option<Amount> {
    let alone = Arrival {
        order: "-".parse().ok()?,
        slot: "-".parse().ok()?,
        products: vec![product.clone()],
        at: DateTime::UNIX_EPOCH,
    };
    match received(&alone, &watched.row.slot).ok()? {
        refill_domain::ledger::EntryKind::Received { content, .. } => content,
        _ => None,
    }
}

/// All products together; none where one of them was not understood.
fn all_content(of: &[Product], watched: Option<&Watched>) -> Option<Amount> {
    let (watched, unit) = (watched?, watched?.row.slot.shelf_unit());
    let each: Option<Vec<i64>> =
        of.iter().map(|one| content(one, watched).map(|amount| amount.milli)).collect();
    let sum = each?.into_iter().fold(0, i64::saturating_add);
    (sum > 0).then(|| Amount::new(sum, unit))
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
