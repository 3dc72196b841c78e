//! What use cost: first in, first out. What was bought first is used first, at the price that was paid for it, so that
//! a purchase used up has cost exactly its price, and no price is ever charged twice. What nobody gave a price for
//! (stock found by counting, an order without a price, use beyond all that was bought) is unpriced, and said to be.
//!
//! Stock that is poured or counted out is one queue of purchases. What is replaced as a whole is the piece in the device
//! and the spares behind it; what is left in a piece when it is taken out was paid for but not used, and is not charged.
//! Within a day purchases come before use, and use before replacements.

use crate::endpoint::{SensorKind, Slot};
use crate::fold::utc_day;
use crate::ledger::{Entry, EntryKind, Money};
use crate::measure::{Amount, Measurement, Milli};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Pieces that one day can use up; what is beyond is unpriced. No device does, but a file may say so.
const PIECES_A_DAY: usize = 1000;

/// An entry in force with what the fold said it did.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The entry, not a voided one.
    pub entry: &'a Entry,
    /// Change of what is left; absent when nothing was known before or after.
    pub change: Option<Milli>,
    /// What was left after it.
    pub left: Option<Milli>,
}

/// What the use of a day cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayCost {
    /// Thousandths of each currency, by its code.
    pub priced: BTreeMap<String, Milli>,
    /// Use without a known price, in thousandths of the slot's unit.
    pub unpriced: Milli,
}

impl DayCost {
    pub(super) fn add(&mut self, other: &DayCost) {
        for (currency, milli) in &other.priced {
            self.charge(currency, *milli);
        }
        self.unpriced = self.unpriced.saturating_add(other.unpriced);
    }

    /// Adds sums of money, each to its own currency.
    pub fn add_money(&mut self, sums: &[Money]) {
        for money in sums {
            self.charge(&money.currency, money.milli);
        }
    }

    fn charge(&mut self, currency: &str, milli: Milli) {
        match self.priced.get_mut(currency) {
            Some(sum) => *sum = sum.saturating_add(milli),
            None => {
                self.priced.insert(currency.to_owned(), milli);
            }
        }
    }

    /// The sums by currency.
    pub fn sums(&self) -> Vec<Money> {
        self.priced
            .iter()
            .map(|(currency, milli)| Money { milli: *milli, currency: currency.clone() })
            .collect()
    }
}

/// So much content at one price.
#[derive(Debug, Clone)]
struct Lot {
    /// What it held.
    of: Milli,
    /// What of it is used.
    used: Milli,
    price: Option<Money>,
}

impl Lot {
    fn left(&self) -> Milli {
        self.of - self.used
    }

    /// Uses at most `wanted` of it; returns what was used. All the charges of a lot sum to its price.
    fn take(&mut self, wanted: Milli, cost: &mut DayCost) -> Milli {
        let taken = wanted.min(self.left()).max(0);
        match &self.price {
            Some(price) if self.of > 0 => {
                let upto = |used: Milli| i128::from(price.milli) * i128::from(used) / i128::from(self.of);
                let charge = upto(self.used + taken) - upto(self.used);
                cost.charge(&price.currency, Milli::try_from(charge).unwrap_or(Milli::MAX));
            }
            _ => cost.unpriced = cost.unpriced.saturating_add(taken),
        }
        self.used += taken;
        taken
    }
}

/// What there is to use.
enum Stock {
    /// One queue, oldest first.
    Pool(VecDeque<Lot>),
    /// The piece in the device and the price of each spare, oldest first.
    Pieces {
        current: Lot,
        spares: VecDeque<Spare>,
        /// The piece in the device went in because the one before was used up: the replacement that is recorded next is
        /// this one.
        early: bool,
    },
}

/// Several pieces of one purchase.
struct Spare {
    count: u32,
    /// How many of the purchase were taken before.
    taken: u32,
    price: Option<Money>,
}

impl Stock {
    fn of(slot: &Slot) -> Self {
        if slot.pooled() {
            return Stock::Pool(VecDeque::new());
        }
        // Nobody said what the piece that was there at first cost.
        let current = Lot { of: Milli::MAX, used: 0, price: None };
        Stock::Pieces { current, spares: VecDeque::new(), early: false }
    }

    /// Packs came in.
    fn add(&mut self, slot: &Slot, packs: u32, content: Option<Amount>, price: Option<&Money>) {
        let content = content.and_then(|c| c.to(slot.shelf_unit()).ok()).map_or(slot.pack, |c| c.milli);
        let all = content.saturating_mul(Milli::from(packs)).max(0);
        match self {
            Stock::Pool(lots) => lots.push_back(Lot { of: all, used: 0, price: price.cloned() }),
            Stock::Pieces { spares, .. } => {
                let count = u32::try_from(all / 1000).unwrap_or(u32::MAX);
                if count > 0 {
                    spares.push_back(Spare { count, taken: 0, price: price.cloned() });
                }
            }
        }
    }

    fn spend(&mut self, slot: &Slot, mut amount: Milli, cost: &mut DayCost) {
        match self {
            Stock::Pool(lots) => {
                while amount > 0
                    && let Some(lot) = lots.front_mut()
                {
                    amount -= lot.take(amount, cost);
                    if lot.left() <= 0 {
                        lots.pop_front();
                    }
                }
                cost.unpriced = cost.unpriced.saturating_add(amount);
            }
            Stock::Pieces { current, spares, early } => {
                amount -= current.take(amount, cost);
                for _ in 0..PIECES_A_DAY {
                    if amount <= 0 || spares.is_empty() {
                        break;
                    }
                    *current = put_in(slot, None, next_spare(spares));
                    *early = true;
                    amount -= current.take(amount, cost);
                }
                cost.unpriced = cost.unpriced.saturating_add(amount.max(0));
            }
        }
    }

    /// A count found more or less than expected: nobody knows what the more cost, and the less was not used.
    fn correct(&mut self, change: Milli) {
        let Stock::Pool(lots) = self else { return };
        if change > 0 {
            lots.push_front(Lot { of: change, used: 0, price: None });
        }
        let mut gone = -change;
        while gone > 0
            && let Some(lot) = lots.front_mut()
        {
            let part = gone.min(lot.left());
            gone -= part;
            // What is gone takes its part of the price along.
            lot.used += part;
            if lot.left() <= 0 {
                lots.pop_front();
            }
        }
    }

    /// So many spares were counted.
    fn count_spares(&mut self, counted: u32) {
        let Stock::Pieces { spares, .. } = self else { return };
        let known: u64 = spares.iter().map(|spare| u64::from(spare.count - spare.taken)).sum();
        if let Ok(more) = u32::try_from(u64::from(counted).saturating_sub(known))
            && more > 0
        {
            spares.push_front(Spare { count: more, taken: 0, price: None });
        }
        let mut gone = known.saturating_sub(u64::from(counted));
        while gone > 0
            && let Some(spare) = spares.front_mut()
        {
            let part = gone.min(u64::from(spare.count - spare.taken));
            gone -= part;
            spare.taken += u32::try_from(part).unwrap_or(0);
            if spare.taken >= spare.count {
                spares.pop_front();
            }
        }
    }

    fn replace(&mut self, slot: &Slot, capacity: Option<Amount>, from_shelf: bool) {
        let Stock::Pieces { current, spares, early } = self else { return };
        let was_early = std::mem::take(early);
        if !was_early {
            let next = if from_shelf { next_spare(spares) } else { None };
            *current = put_in(slot, capacity, next);
        }
    }
}

/// The price of the oldest spare, which is taken away: its share of its purchase, so that all shares sum to the price.
fn next_spare(spares: &mut VecDeque<Spare>) -> Option<Money> {
    let spare = spares.front_mut()?;
    let share = spare.price.as_ref().map(|price| {
        let upto = |taken: u32| i128::from(price.milli) * i128::from(taken) / i128::from(spare.count);
        let milli = Milli::try_from(upto(spare.taken + 1) - upto(spare.taken)).unwrap_or(Milli::MAX);
        Money { milli, currency: price.currency.clone() }
    });
    spare.taken += 1;
    if spare.taken >= spare.count {
        spares.pop_front();
    }
    share
}

/// A full piece. Where nobody knows what one holds, nobody knows what a part of it costs.
fn put_in(slot: &Slot, capacity: Option<Amount>, price: Option<Money>) -> Lot {
    let stated = capacity.and_then(|c| c.to(slot.unit).ok()).map(|c| c.milli).filter(|of| *of > 0);
    let piece = (slot.measurement() == Measurement::Count).then_some(1000);
    match stated.or(slot.full()).or(piece).filter(|of| *of > 0) {
        Some(of) => Lot { of, used: 0, price },
        None => Lot { of: Milli::MAX, used: 0, price: None },
    }
}

/// What the use of each day cost. `told` are the entries in force in their order of effect; plain readings may be left
/// out.
pub fn cost_by_day(slot: &Slot, used: &BTreeMap<i32, Milli>, told: &[Told<'_>]) -> BTreeMap<i32, DayCost> {
    let mut stock = Stock::of(slot);
    let mut orders = BTreeSet::new();
    let mut costs = BTreeMap::new();
    let mut waiting = told.iter().peekable();
    let mut replaced: Vec<&Told<'_>> = Vec::new();
    let mut replaced_on = i32::MIN;
    for (&day, &amount) in used {
        while let Some(next) = waiting.next_if(|told| utc_day(told.entry.observed_at) <= day) {
            let at = utc_day(next.entry.observed_at);
            if at > replaced_on {
                replaced.drain(..).for_each(|told| swap(&mut stock, slot, told));
            }
            replaced_on = at;
            match &next.entry.kind {
                EntryKind::Replaced { .. } => replaced.push(next),
                EntryKind::Counted { .. } => {
                    // What was counted was counted after the replacements before it.
                    replaced.drain(..).for_each(|told| swap(&mut stock, slot, told));
                    hear(&mut stock, slot, next, &mut orders);
                }
                _ => hear(&mut stock, slot, next, &mut orders),
            }
        }
        if replaced_on < day {
            replaced.drain(..).for_each(|told| swap(&mut stock, slot, told));
        }
        let mut cost = DayCost::default();
        stock.spend(slot, amount.max(0), &mut cost);
        costs.insert(day, cost);
    }
    costs
}

/// What is heard of stock before the use of its day.
fn hear<'a>(stock: &mut Stock, slot: &Slot, told: &Told<'a>, orders: &mut BTreeSet<&'a str>) {
    match &told.entry.kind {
        EntryKind::Purchased { packs, content, price, .. } => {
            stock.add(slot, *packs, *content, price.as_ref());
        }
        EntryKind::Received { order, packs, content } => {
            if orders.insert(order) {
                stock.add(slot, *packs, *content, None);
            }
        }
        EntryKind::Counted { level, shelf } => {
            if let (Stock::Pieces { current, .. }, Some(level)) = (&mut *stock, level)
                && slot.sensor != SensorKind::Level
                && current.of == Milli::MAX
                && let Ok(level) = level.to(slot.unit)
            {
                // The piece that was there at first ends where its count says, not with the day of its replacement.
                current.of = current.used.saturating_add(level.milli.max(0));
            }
            if slot.pooled() {
                let change = told.change.or(told.left).unwrap_or(0);
                // Where nothing measures, fewer than before is how use is known: it is in the book already.
                stock.correct(if slot.sensor == SensorKind::None { change.max(0) } else { change });
            } else if let Some(shelf) = shelf.and_then(|shelf| shelf.to(slot.shelf_unit()).ok()) {
                stock.count_spares(u32::try_from(shelf.milli / 1000).unwrap_or(0));
            }
        }
        EntryKind::LevelRead { .. }
        | EntryKind::Consumed { .. }
        | EntryKind::Replaced { .. }
        | EntryKind::Voided { .. } => {}
    }
}

/// A replacement, after the use of its day.
fn swap(stock: &mut Stock, slot: &Slot, told: &Told<'_>) {
    let EntryKind::Replaced { capacity, from_shelf } = &told.entry.kind else { return };
    if !slot.pooled() {
        stock.replace(slot, *capacity, *from_shelf);
    } else if slot.sensor != SensorKind::None {
        stock.correct(told.change.or(told.left).unwrap_or(0));
    } else if !from_shelf {
        // What was in before is in the book as used; the full one came from nowhere that is recorded.
        let full = capacity.and_then(|c| c.to(slot.unit).ok()).map(|c| c.milli).or(slot.full());
        stock.correct(full.unwrap_or(slot.pack).max(0));
    }
}
