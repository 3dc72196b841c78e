//! The record of past dates, marked absences and what-if questions. Dates are noted once a day, when the household is
//! opened or asked for anything on a new day; how good they were is worked out from them and the ledger's ends, so an
//! undone replacement leaves no trace. A what-if stores nothing.

use crate::error::{Code, Error};
use crate::form::{AwayForm, WhatIfForm};
use crate::household::{Household, Watched};
use crate::present::per_day;
use crate::store::AwayRow;
use crate::view::{AwayView, Basis, TrackRecord, WhatIfView};
use chrono::{NaiveDate, TimeDelta};
use refill_domain::fold::utc_day;
use refill_domain::forecast::tempo::{Away, Tempo};
use refill_domain::forecast::track::{Band, Record, Said, record};
use refill_domain::forecast::{BurnRate, Forecast, Known, forecast_with};
use refill_domain::ids::EntryId;

/// Days for which given dates are kept: twenty comparisons of a slot that lasts half a year.
const SAID_KEPT: i32 = 1300;

/// The longest absence, and the furthest one, in days.
const AWAY_MAX: i32 = 731;

/// Most guests, devices and people that can be asked about, and most days.
const MANY: u32 = 1000;

/// Who is at home usually, where nobody says.
const USUAL_PEOPLE: u32 = 2;

/// At least a day, at most [`AWAY_MAX`] more.
fn lasts(days: Away) -> bool {
    (0..=AWAY_MAX).contains(&days.last.saturating_sub(days.first))
}

/// An absence that may have been marked once, for days that a file names.
pub(crate) fn sound_absence(first: NaiveDate, last: NaiveDate) -> Option<Away> {
    let day = |day: NaiveDate| i32::try_from((day - NaiveDate::default()).num_days()).ok();
    Some(Away { first: day(first)?, last: day(last)? }).filter(|days| lasts(*days))
}

impl Household {
    /// The forecast of a slot, by its ledger, the absences and its record.
    pub(crate) fn forecast(&self, watched: &Watched) -> Forecast {
        self.forecast_planned(watched, &self.absences(watched), None)
    }

    fn forecast_planned(&self, watched: &Watched, away: &[Away], plan: Option<&Tempo>) -> Forecast {
        let spread = self.past_dates(watched).map_or(1.0, |record| record.spread);
        forecast_with(&watched.row.slot, &watched.fold, self.now(), &Known { away, spread, plan })
    }

    fn absences(&self, watched: &Watched) -> Vec<Away> {
        let device = watched.row.slot.endpoint;
        let here = |row: &&AwayRow| row.endpoint.is_none_or(|endpoint| endpoint == device);
        self.away.iter().filter(here).map(|row| row.days).collect()
    }

    fn past_dates(&self, watched: &Watched) -> Option<Record> {
        let said = self.said.get(&watched.row.key)?;
        let ends: Vec<i32> = watched.fold.state.ends.iter().map(|end| utc_day(*end)).collect();
        record(said, &ends)
    }

    /// How good a slot's past dates were.
    pub(crate) fn track_record(&self, watched: &Watched) -> Option<TrackRecord> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days, rounded")]
        self.past_dates(watched).map(|record| TrackRecord {
            ends: record.ends,
            off_days: record.off_days.round() as u32,
            inside: record.inside,
            judged: record.judged,
            scaled: record.spread != 1.0,
        })
    }

    /// What a rate was made of.
    pub(crate) fn basis(&self, watched: &Watched, rate: &BurnRate) -> Basis {
        Basis {
            per_day: per_day(&watched.row.slot, rate.per_day),
            over_days: rate.over_days,
            refills: rate.basis.refills,
            absent_days: rate.basis.absent_days,
            step_percent: rate.basis.step.and_then(|step| u32::try_from(step / 1000).ok()),
        }
    }

    /// Notes today's dates of all slots, once a day. What can't be noted is missing in the record, and costs nothing
    /// else.
    pub fn note_dates(&mut self) {
        let today = utc_day(self.now());
        if self.noted == Some(today) {
            return;
        }
        self.noted = Some(today);
        let mut news = Vec::new();
        for watched in self.present_slots() {
            let away = self.absences(watched);
            let known = Known { away: &away, ..Known::default() };
            let band = match forecast_with(&watched.row.slot, &watched.fold, self.now(), &known) {
                Forecast::Dated { run_out, .. } => Some(Band {
                    early: utc_day(run_out.earliest),
                    likely: utc_day(run_out.likely),
                    late: run_out.latest.map(utc_day),
                }),
                _ => None,
            };
            let last = self.said.get(&watched.row.key).and_then(|said| said.last());
            let new = last.map_or(band.is_some(), |last| last.band != band && last.day <= today);
            if new {
                news.push((watched.row.key, Said { day: today, band }));
            }
        }
        if news.is_empty() {
            return;
        }
        let oldest = today - SAID_KEPT;
        let written = self.write(|tx| {
            news.iter().try_for_each(|(key, said)| tx.save_said(*key, said))?;
            tx.forget_said(oldest)
        });
        if let Err(cause) = written {
            tracing::warn!(error = %cause, "today's dates could not be noted");
            return;
        }
        for (key, new) in news {
            let said = self.said.entry(key).or_default();
            said.retain(|said| said.day >= oldest && said.day != new.day);
            said.push(new);
        }
    }

    /// What would be, if; nothing is stored.
    ///
    /// # Errors
    /// `SlotUnknown`, or the field that can't be.
    pub fn what_if(&self, form: &WhatIfForm) -> Result<WhatIfView, Error> {
        let watched = self.watched(form.slot)?;
        for (field, number) in [("guests", form.guests), ("days", form.days), ("devices", form.devices)] {
            if number > MANY {
                return Err(Error::new(Code::BadField, "Enter a number up to 1000.").at(field));
            }
        }
        let mut plan = Tempo::USUAL.more_devices(form.devices);
        if form.guests > 0 {
            let people = form.people.unwrap_or(USUAL_PEOPLE).clamp(1, MANY);
            plan = plan.guests(form.guests, people, form.days);
        }
        let mut away = self.absences(watched);
        match (&form.away_from, &form.away_to) {
            (Some(from), Some(to)) => away.push(self.days("away_from", from, "away_to", to)?),
            (None, None) => {}
            _ => return Err(Error::new(Code::BadDate, "Say from which day to which.").at("away_to")),
        }
        let changed = self.forecast_planned(watched, &away, Some(&plan));
        let when = |forecast: &Forecast| match forecast {
            Forecast::Dated { run_out, .. } => Some(self.when(run_out)),
            _ => None,
        };
        let (before, after) = (self.forecast(watched), changed);
        let days = |forecast: &Forecast| match forecast {
            Forecast::Dated { run_out, .. } => Some(self.days_until(self.clock.day(run_out.likely))),
            _ => None,
        };
        Ok(WhatIfView {
            days_before: days(&before),
            days_after: days(&after),
            before: when(&before),
            after: when(&after),
        })
    }

    /// Marked absences, the earliest first.
    pub fn away(&self) -> Vec<AwayView> {
        let day = |day: i32| {
            let day = NaiveDate::default().checked_add_signed(TimeDelta::days(i64::from(day)));
            day.unwrap_or_default().to_string()
        };
        let rows = self.away.iter().filter(|row| row.endpoint.is_none_or(|id| self.device(id).is_ok()));
        rows.map(|row| AwayView {
            id: row.id,
            device: row.endpoint,
            device_name: row.endpoint.and_then(|id| self.device(id).ok()).map(|d| d.endpoint.name.clone()),
            first: day(row.days.first),
            last: day(row.days.last),
        })
        .collect()
    }

    /// Marks an absence; the same id twice is one.
    ///
    /// # Errors
    /// `DeviceUnknown`, a day that can't be, or why the disk refused.
    pub fn add_away(&mut self, form: &AwayForm) -> Result<(), Error> {
        if let Some(device) = form.device {
            self.device(device)?;
        }
        let days = self.days("first", &form.first, "last", &form.last)?;
        let row = AwayRow { id: form.id, endpoint: form.device, days };
        self.write(|tx| tx.save_away(&row))?;
        if self.away.iter().all(|kept| kept.id != row.id) {
            self.away.push(row);
            self.away.sort_by_key(|row| (row.days, row.id));
        }
        Ok(())
    }

    /// Takes an absence back.
    ///
    /// # Errors
    /// `EntryUnknown`, or why the disk refused.
    pub fn remove_away(&mut self, id: EntryId) -> Result<(), Error> {
        if !self.write(|tx| tx.remove_away(id))? {
            return Err(Error::new(Code::EntryUnknown, "This absence is not marked any more."));
        }
        self.away.retain(|row| row.id != id);
        Ok(())
    }

    fn days(&self, first_field: &str, first: &str, last_field: &str, last: &str) -> Result<Away, Error> {
        let today = self.today();
        let day = |field: &str, text: &str| {
            let day =
                text.trim().parse::<NaiveDate>().ok().map(|day| (day - NaiveDate::default()).num_days());
            let near = day.filter(|_| {
                let away = |day: NaiveDate| (day - today).num_days().abs();
                text.trim().parse().is_ok_and(|day| away(day) <= i64::from(AWAY_MAX) * 3)
            });
            near.and_then(|day| i32::try_from(day).ok()).ok_or_else(|| {
                let message = "Choose a day within the last or the next six years, such as 2026-08-01.";
                Error::new(Code::BadDate, message).at(field)
            })
        };
        let days = Away { first: day(first_field, first)?, last: day(last_field, last)? };
        if !lasts(days) {
            let message = "The last day must be the first or a later one, at most two years after it.";
            return Err(Error::new(Code::BadDate, message).at(last_field));
        }
        Ok(days)
    }
}
