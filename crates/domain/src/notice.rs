//! What a person is told of while the window is away, and when: one rule for all notices. Each matter is told once for
//! what it is about; several at once are one notice; nights are quiet; nothing is said that Amazon writes itself
//! (an order that was placed, shipped or delivered). What was told is remembered by the caller between two looks.

use crate::ids::{EndpointId, SlotId};
use chrono::{DateTime, FixedOffset, TimeDelta, Timelike};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A matter that is gone for so long is new when it comes again; one that is gone for less only flickered.
const FORGOTTEN: TimeDelta = TimeDelta::days(3);

/// What support asked and did does not come again: it is remembered past [`GLASS`] and past any time away.
const REMEMBERED: TimeDelta = TimeDelta::days(400);

/// That somebody took access is told of for so long.
pub const GLASS: TimeDelta = TimeDelta::days(30);

/// That a matter is still there is noted once in so long.
const NOTED: TimeDelta = TimeDelta::hours(6);

/// A device without a reading for so long has stopped reporting: more than a weekend switched off.
pub const STOPPED: TimeDelta = TimeDelta::hours(72);

/// A link that ended so long ago is told of: who is at the screen has seen it before.
pub const LOST: TimeDelta = TimeDelta::hours(24);

/// What a matter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum About {
    /// What is left of a supply.
    Stock {
        /// Which.
        slot: SlotId,
    },
    /// A rise of a supply's level that nobody has explained.
    Rise {
        /// Of which.
        slot: SlotId,
    },
    /// The order of a supply.
    Order {
        /// Of which.
        slot: SlotId,
    },
    /// Whether a device reports.
    Device {
        /// Which.
        device: EndpointId,
    },
    /// What the maker's cloud or Amazon does not want.
    Reports {},
    /// The link with the maker's account.
    Link {},
    /// A request of the maker's support.
    Asks {
        /// Its id at the cloud.
        access: Uuid,
    },
    /// That somebody of the maker's took access.
    Glass {
        /// The line of the trail that says so.
        line: i64,
    },
}

impl About {
    /// The supply, where it is about one.
    pub fn slot(&self) -> Option<SlotId> {
        match self {
            Self::Stock { slot } | Self::Rise { slot } | Self::Order { slot } => Some(*slot),
            Self::Device { .. }
            | Self::Reports {}
            | Self::Link {}
            | Self::Asks { .. }
            | Self::Glass { .. } => None,
        }
    }

    /// Whether it is about what the maker's people may see.
    pub fn of_support(&self) -> bool {
        matches!(self, Self::Asks { .. } | Self::Glass { .. })
    }

    /// How long what was told of it is remembered once it is gone, or not known for now.
    fn remembered(&self) -> TimeDelta {
        if self.of_support() { REMEMBERED } else { FORGOTTEN }
    }
}

/// What is the matter, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody of the maker's took access without asking.
    Glass,
    /// Empty, and nothing on the shelf.
    Empty,
    /// Empty or as good as, and a spare lies ready.
    Replace,
    /// It is to be ordered.
    Order,
    /// What was ordered comes after the end.
    Late,
    /// The order was cancelled.
    Cancelled,
    /// Support asks to see.
    Asks,
    /// It looks replaced.
    Rise,
    /// The device has stopped reporting.
    Silent,
    /// A report was refused for good.
    Parked,
    /// The link has ended.
    Lost,
}

impl Kind {
    /// Whether it is worth another word to somebody who was told `before` of the same.
    fn worse_than(self, before: Kind) -> bool {
        let weight = |kind| match kind {
            Kind::Empty | Kind::Replace | Kind::Glass => 2,
            Kind::Cancelled => 2,
            Kind::Order | Kind::Late | Kind::Asks | Kind::Rise | Kind::Silent | Kind::Parked | Kind::Lost => {
                1
            }
        };
        weight(self) > weight(before)
    }

    /// Whether it is said as it happens, also to somebody who hears of the rest once a day.
    fn at_once(self) -> bool {
        self == Kind::Glass
    }
}

/// How the order of a supply goes, as far as it changes what a person is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coming {
    /// Something comes, in time or without a date: nothing is to be said.
    InTime,
    /// It comes after the end.
    Late {
        /// Since when that is known, ms UTC; another order has another.
        order: i64,
    },
    /// It was cancelled, and nothing else comes.
    Cancelled {
        /// When, ms UTC.
        order: i64,
    },
}

/// A supply, as far as notices go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply {
    /// Which.
    pub slot: SlotId,
    /// What is left asks for something.
    pub stock: Option<Kind>,
    /// Which pack is in use: when the last one ended, ms UTC.
    pub pack: i64,
    /// When an unexplained rise was read, ms UTC.
    pub rise: Option<i64>,
    /// How its order goes; absent where nothing is known of one.
    pub coming: Option<Coming>,
    /// Nobody wants to hear of it now: muted, snoozed, or its device is.
    pub hushed: bool,
    /// When a snooze ended, ms UTC: what was told before is told again.
    pub again: Option<i64>,
}

/// Something a person may have to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matter {
    /// About what.
    pub about: About,
    /// What.
    pub kind: Kind,
    /// Which one of its kind, ms UTC: a pack, a rise, an order, a silence.
    pub which: i64,
    /// What was told before this, ms UTC, is told again.
    pub again: Option<i64>,
}

impl Supply {
    /// The matters of a supply.
    pub fn matters(&self) -> impl Iterator<Item = Matter> {
        let Self { slot, pack, again, coming, hushed, .. } = *self;
        let of = move |about, kind, which| Matter { about, kind, which, again };
        // What is ordered is taken care of: it is told of only when that goes wrong.
        let waits = matches!(coming, Some(Coming::InTime | Coming::Late { .. }));
        let stock = self.stock.filter(|kind| !waits || matches!(kind, Kind::Empty | Kind::Replace));
        let order = match coming {
            Some(Coming::Late { order }) => Some((Kind::Late, order)),
            Some(Coming::Cancelled { order }) => Some((Kind::Cancelled, order)),
            Some(Coming::InTime) | None => None,
        };
        [
            stock.map(|kind| of(About::Stock { slot }, kind, pack)),
            self.rise.map(|at| of(About::Rise { slot }, Kind::Rise, at)),
            order.map(|(kind, at)| of(About::Order { slot }, kind, at)),
        ]
        .into_iter()
        .flatten()
        .filter(move |_| !hushed)
    }
}

/// What a person was told of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What.
    pub kind: Kind,
    /// Which one.
    pub which: i64,
    /// When, ms UTC.
    pub at: i64,
    /// When it was last seen to be so, ms UTC.
    pub seen: i64,
}

/// What was told, by what it was about.
pub type Memory = BTreeMap<About, Told>;

/// When a person wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// At all.
    pub on: bool,
    /// Not from this hour until that, 0 to 23, by the person's clock.
    pub quiet: Option<(u32, u32)>,
    /// Once a day at this hour; absent = as it happens.
    pub daily: Option<u32>,
    /// Not before this.
    pub paused: Option<DateTime<FixedOffset>>,
}

impl Manner {
    /// Whether it may be said now. `digest` is when the last daily look was.
    fn speaks(&self, now: DateTime<FixedOffset>, digest: Option<DateTime<FixedOffset>>) -> bool {
        if self.paused.is_some_and(|until| now < until) {
            return false;
        }
        match self.daily {
            // The hour was chosen: the night does not hold it up.
            Some(hour) => {
                now.hour() >= hour && digest.is_none_or(|last| last.date_naive() != now.date_naive())
            }
            None => !self.quiet.is_some_and(|(from, until)| within(now.hour(), from, until)),
        }
    }
}

/// Whether an hour lies from one to another, perhaps over midnight; from one to the same is never.
fn within(hour: u32, from: u32, until: u32) -> bool {
    if from <= until { (from..until).contains(&hour) } else { hour >= from || hour < until }
}

/// What a look at all matters came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What is said now, as one notice; the most urgent first, each supply once.
    pub say: Vec<Matter>,
    /// What is remembered from now on.
    pub memory: Memory,
    /// The day's look was made now.
    pub digest: bool,
}

/// Looks at all matters there are. `first` is the first look ever: what is the matter then is on the screen.
pub fn look(
    matters: &[Matter],
    memory: &Memory,
    manner: &Manner,
    now: DateTime<FixedOffset>,
    digest: Option<DateTime<FixedOffset>>,
    first: bool,
) -> Look {
    let ms = now.timestamp_millis();
    let mut after = memory.clone();
    after.retain(|about, told| {
        let there = matters.iter().any(|matter| matter.about == *about);
        // A clock that was set back keeps nothing for longer than it would be.
        let kept = if about.of_support() { i64::MIN } else { 0 }..about.remembered().num_milliseconds();
        there || (*about != About::Reports {} && kept.contains(&(ms - told.seen)))
    });
    let new = |matter: &&Matter| {
        let told = memory.get(&matter.about).filter(|_| after.contains_key(&matter.about));
        told.is_none_or(|told| {
            told.which != matter.which
                || matter.kind.worse_than(told.kind)
                || matter.again.is_some_and(|again| told.at < again)
        })
    };
    let silent = first || !manner.on;
    let speaks = silent || manner.speaks(now, digest);
    let mut say: Vec<Matter> = matters.iter().filter(new).copied().collect();
    if !speaks {
        let wakes = Manner { daily: None, ..*manner }.speaks(now, None);
        say.retain(|matter| wakes && matter.kind.at_once());
    }
    for matter in matters {
        let told = say.iter().any(|said| said.about == matter.about);
        let Matter { kind, which, .. } = *matter;
        if told {
            after.insert(matter.about, Told { kind, which, at: ms, seen: ms });
        } else if let Some(told) = after.get_mut(&matter.about)
            && !(0..NOTED.num_milliseconds()).contains(&(ms - told.seen))
        {
            told.seen = ms;
        }
    }
    if silent {
        say.clear();
    }
    say.sort_by_key(|matter| matter.kind);
    let mut named = Vec::new();
    say.retain(|matter| {
        let slot = matter.about.slot();
        let again = slot.is_some() && named.contains(&slot);
        named.push(slot);
        !again
    });
    Look { say, memory: after, digest: speaks && manner.daily.is_some() }
}

#[cfg(test)]
mod tests;
