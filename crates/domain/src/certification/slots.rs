//! What is judged by: the registered slots, the transcript, and what was heard of each slot, taken out of the messages once.

use super::heard::{Heard, heard};
use super::transcript::{Choice, Deed, Happening, Moment, Transcript};
use super::{Above, Flaw, Look, Rule};
use crate::alexa::wire_unit;
use crate::endpoint::SensorKind;
use crate::measure::Amount;
use crate::measure::Unit;
use crate::registration::{Dossier, DossierSlot};
use chrono::{DateTime, TimeDelta, Utc};
use std::ops::Range;

/// A device's and Amazon's clock may differ by so much.
pub(super) const SLACK: TimeDelta = TimeDelta::minutes(5);

/// Three low updates in a row make an order (protocols 2.6).
pub(super) const LOW_UPDATES: usize = 3;

/// A slot that can be reported.
pub(super) struct Slot<'a> {
    pub of: &'a DossierSlot,
    pub sensor: SensorKind,
    pub unit: Unit,
}

/// A report of a slot that Amazon took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Report {
    /// Its place in the transcript.
    pub at: usize,
    pub what: Said,
}

/// What a report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Level(Amount),
    Used(Amount),
    Replaced,
}

/// Low updates that followed one another.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Their places in the transcript.
    pub updates: Vec<usize>,
    /// The update that ended it, with what was left by it.
    pub broken: Option<(usize, i64)>,
}

/// What a judgement starts from.
pub(super) struct Scene<'a> {
    pub dossier: &'a Dossier,
    pub transcript: &'a Transcript,
    pub slots: Vec<Slot<'a>>,
}

/// What a judgement found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub flaws: Vec<Flaw>,
    pub looks: Vec<Look>,
    pub evidence: Vec<usize>,
    /// Something it would need did not happen.
    pub missing: bool,
}

impl Found {
    #[expect(clippy::needless_pass_by_value, reason = "figures, counts and texts alike, made on the spot")]
    pub fn flaw(&mut self, slot: Option<&Slot<'_>>, moment: Option<usize>, rule: Rule, found: impl ToString) {
        let slot = slot.map(|slot| slot.of.identifier.clone());
        self.evidence.extend(moment);
        self.flaws.push(Flaw { slot, moment, rule, found: found.to_string(), above: None });
    }

    /// A row of low updates that is too short, with what broke it off.
    pub fn few_low(&mut self, slot: &Slot<'_>, row: &Row, low: i64) {
        let moment = row.broken.map(|(at, _)| at).or_else(|| row.updates.last().copied());
        self.flaw(Some(slot), moment, Rule::FewLow, row.updates.len());
        if let (Some((_, left)), Some(flaw)) = (row.broken, self.flaws.last_mut()) {
            flaw.above = Some(Above { left: slot.figure(left), low: slot.figure(low) });
        }
    }

    /// Leaves out what is only found because something was not heard.
    pub fn only_what_is_there(&mut self) {
        let before = self.flaws.len();
        self.flaws.retain(|flaw| match flaw.rule {
            Rule::NoDailyReport => false,
            Rule::DeviceMissing => flaw.moment.is_some(),
            _ => true,
        });
        self.missing |= self.flaws.len() < before;
    }
}

impl<'a> Scene<'a> {
    pub fn new(dossier: &'a Dossier, transcript: &'a Transcript) -> Self {
        let slot = |of: &'a DossierSlot| {
            let (sensor, unit) = of.sensor().zip(of.unit)?;
            sensor.measures(unit).then(|| Slot { of, sensor, unit: wire_unit(unit) })
        };
        Self { dossier, transcript, slots: dossier.slots.iter().filter_map(slot).collect() }
    }

    pub fn moments(&self) -> impl Iterator<Item = (usize, &'a Moment)> + use<'a> {
        self.transcript.moments.iter().enumerate()
    }

    /// Those of a span.
    pub fn within(&self, span: Range<usize>) -> impl Iterator<Item = (usize, &'a Moment)> + use<'a> {
        self.moments().skip(span.start).take(span.len())
    }

    pub fn time(&self, at: usize) -> DateTime<Utc> {
        self.transcript.moments.get(at).map_or(DateTime::UNIX_EPOCH, |moment| moment.at)
    }

    pub fn end(&self) -> usize {
        self.transcript.moments.len()
    }

    pub fn slot(&self, instance: &str) -> Option<&Slot<'a>> {
        self.slots.iter().find(|slot| slot.of.instance == instance)
    }

    /// The first moment in a span that is as wanted.
    pub fn first(&self, span: Range<usize>, wanted: impl Fn(&Happening) -> bool) -> Option<usize> {
        self.within(span).find(|(_, m)| wanted(&m.what)).map(|(at, _)| at)
    }

    /// What Amazon took of a slot in a span.
    pub fn reports(&self, slot: &Slot<'_>, span: Range<usize>) -> Vec<Report> {
        let mut all = Vec::new();
        for (at, moment) in self.within(span) {
            let Happening::Told { message, refused: None } = &moment.what else { continue };
            let ours = |endpoint: &str, instance: &str| {
                endpoint == self.transcript.endpoint && instance == slot.of.instance
            };
            match heard(message) {
                Heard::Levels { endpoint, levels } => {
                    let of = levels.iter().filter(|level| ours(&endpoint, &level.sample.instance));
                    let said = of.filter_map(|level| level.sample.amount);
                    all.extend(said.map(|amount| Report { at, what: Said::Level(amount) }));
                }
                Heard::Used { endpoint, sample, .. } if ours(&endpoint, &sample.instance) => {
                    all.extend(sample.amount.map(|amount| Report { at, what: Said::Used(amount) }));
                }
                Heard::Replaced { endpoint, sample, .. } if ours(&endpoint, &sample.instance) => {
                    all.push(Report { at, what: Said::Replaced });
                }
                _ => {}
            }
        }
        all
    }

    /// What the device did in a slot in a span: where, what, and what was left, as Alexa is told it.
    pub fn deeds(&self, slot: &Slot<'_>, span: Range<usize>) -> Vec<(usize, Deed, i64)> {
        let of = self.within(span);
        of.filter_map(|(at, moment)| match &moment.what {
            Happening::Did { instance, deed, left } if *instance == slot.of.instance => {
                Some((at, *deed, slot.milli(*left)?))
            }
            _ => None,
        })
        .collect()
    }

    /// When the customer chose so for a slot the first time, with the threshold and what was left.
    pub fn chosen(&self, slot: &Slot<'_>, wanted: Choice) -> Option<(usize, i64, i64)> {
        self.moments().find_map(|(at, moment)| match &moment.what {
            Happening::Chosen { instance, choice, low, left }
                if *instance == slot.of.instance && *choice == wanted =>
            {
                Some((at, slot.milli(*low)?, slot.milli(*left)?))
            }
            _ => None,
        })
    }

    /// The first deed of a span after which no more than the threshold is left.
    pub fn low_from(&self, slot: &Slot<'_>, span: Range<usize>, low: i64) -> Option<usize> {
        let deeds = self.deeds(slot, span);
        deeds.iter().find(|(_, deed, left)| *left <= low && *deed != Deed::Replaced).map(|(at, ..)| *at)
    }

    /// The first replacement of a span.
    pub fn replaced(&self, slot: &Slot<'_>, span: Range<usize>) -> Option<usize> {
        let deeds = self.deeds(slot, span);
        deeds.iter().find(|(_, deed, _)| *deed == Deed::Replaced).map(|(at, ..)| *at)
    }

    /// The updates of a span after which Amazon holds a slot for low, in rows; `base` is what it holds to be left at the
    /// span's beginning.
    pub fn low_rows(&self, slot: &Slot<'_>, span: Range<usize>, low: i64, base: i64) -> Vec<Row> {
        let mut rows = vec![Row::default()];
        let mut left = base;
        for report in self.reports(slot, span) {
            match report.what {
                Said::Level(amount) => left = slot.milli(amount).unwrap_or(left),
                Said::Used(amount) => left = left.saturating_sub(slot.milli(amount).unwrap_or(0)),
                Said::Replaced => continue,
            }
            if left <= low {
                if let Some(row) = rows.last_mut() {
                    row.updates.push(report.at);
                }
            } else {
                if let Some(row) = rows.last_mut() {
                    row.broken = Some((report.at, left));
                }
                rows.push(Row::default());
            }
        }
        rows.retain(|row| !row.updates.is_empty());
        rows
    }
}

impl Slot<'_> {
    /// An amount in thousandths of the unit Alexa is told; none of another kind.
    pub fn milli(&self, amount: Amount) -> Option<i64> {
        amount.to(self.unit).ok().map(|amount| amount.milli)
    }

    /// A figure for a reason.
    pub fn figure(&self, milli: i64) -> Amount {
        Amount::new(milli, self.unit)
    }
}
