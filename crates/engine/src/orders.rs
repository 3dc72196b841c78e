//! What Amazon told of orders and reordering, beside the household's own slots: what is under way for a slot, the
//! Orders screen, and what a person says about an arrival. Nothing is claimed that was not told: what is shipped is not
//! received, and what was asked for is not ordered.

mod line;

use crate::error::{Code, Error};
use crate::household::{Household, Origin, Watched};
use crate::present::Presented;
use crate::store;
use crate::view::{OrderLine, OrderState, OrdersHeadline, OrdersView, SlotOrders};
use chrono::{DateTime, TimeDelta, Utc};
use line::all_content;
use refill_domain::drs::{DrsSlot, OrderInstance};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::Amount;
use refill_domain::orders::{AtAmazon, Coming, OrderFrame, Phase, Reorder, entry_of};
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

impl Placed<'_> {
    fn coming(&self, now: DateTime<Utc>) -> Option<Coming> {
        let denied = self.answer.is_some_and(|answer| !answer.came);
        self.frame.coming(denied, now)
    }
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
        self.linked.orders.iter().map(|(key, frame)| {
            let meant = frame.slot.as_ref().and_then(|slot| self.slot_meant(key.0, slot));
            self.placed_as(key, frame, meant)
        })
    }

    fn placed_as<'a>(
        &self,
        key: &(EndpointId, String),
        frame: &'a OrderFrame,
        watched: Option<&'a Watched>,
    ) -> Placed<'a> {
        Placed { device: key.0, frame, watched, answer: self.linked.answers.get(key).copied() }
    }

    /// The orders of one slot; those of other devices are not looked at.
    fn placed_for<'a>(&'a self, watched: &'a Watched) -> impl Iterator<Item = Placed<'a>> {
        let there = self.linked.slots.get(&watched.row.key);
        there.into_iter().flat_map(move |there| {
            let of_device = self.linked.orders.range((there.device, String::new())..);
            of_device
                .take_while(|((device, _), _)| *device == there.device)
                .filter(|(_, frame)| frame.slot.as_ref().is_some_and(|slot| there.is(slot.as_str())))
                .map(move |(key, frame)| self.placed_as(key, frame, Some(watched)))
        })
    }

    /// What Amazon does about a slot, as far as it was told.
    pub fn at_amazon(&self, watched: &Watched) -> AtAmazon {
        let now = self.now();
        let coming = self.placed_for(watched).filter_map(|order| order.coming(now)).min();
        AtAmazon { coming, reorder: self.reorder(watched) }
    }

    /// When the next order is to arrive at a slot, and how much of the supply it brings, where that is understood.
    pub fn expected(&self, watched: &Watched) -> Option<(DateTime<Utc>, Option<Amount>)> {
        let now = self.now();
        let dated = self.placed_for(watched).filter_map(|order| Some((order.coming(now)?.arrives()?, order)));
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

    /// Whether a slot reorders by itself, where that was told.
    pub fn reorder(&self, watched: &Watched) -> Option<Reorder> {
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
        if let Some((key, _, voided)) = self.read(|db| store::find_entry(db, entry))?
            && voided == came
        {
            let watched = self.slots.iter().find(|watched| watched.row.key == key).ok_or_else(unknown)?;
            entries = self.turn(id, &watched.row.slot, key, entry, voided)?;
        }
        self.append_from(Origin::Here, entries, |tx| tx.save_answer(device, order, answer))?;
        self.linked.answers.insert(key, answer);
        Ok(())
    }
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
