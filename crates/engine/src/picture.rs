//! From the ledger to a chart: what is left over time, events, forecast and low mark in one unit, with the words of the
//! person's language. The same call serves the screen, files and the command line.

use crate::chart::{
    self, Chart, ChartInput, ChartWords, ExpectedOrder, Marker, MarkerKind, Range, Sample, Shape, Size,
    export,
};
use crate::error::{Code, Error};
use crate::form::ChartForm;
use crate::household::{Household, Watched};
use crate::present::Presented;
use crate::region;
use crate::store::{self, EntryRow};
use crate::view::Verb;
use crate::words::Words;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};
use refill_domain::endpoint::{SensorKind, Slot};
use refill_domain::forecast::Forecast;
use refill_domain::ids::SlotId;
use refill_domain::ledger::EntryKind;
use refill_domain::locale::{self, Locale, format_amount, format_exact, format_number, unit_label};
use refill_domain::measure::{Amount, Measurement, Milli, Unit};

/// Longer silences are dotted (`ui.md` section 8).
const GAP: TimeDelta = TimeDelta::hours(48);

/// The same for slots that tell only what was used, or that people count now and then.
const GAP_BY_HAND: TimeDelta = TimeDelta::days(60);

/// How far before the range a sample is looked for, so that the curve enters at its edge.
const RUN_UP: TimeDelta = TimeDelta::days(3);

/// Everything a picture is drawn from.
struct Picture {
    series: Vec<Sample>,
    markers: Vec<Marker>,
    low: Option<(f64, String)>,
    now_level: Option<f64>,
    unit: Unit,
    presented: Presented,
}

impl Household {
    /// Draws a chart.
    ///
    /// # Errors
    /// `SlotUnknown`, or why the file can't be read.
    pub fn chart(&self, form: &ChartForm) -> Result<Chart, Error> {
        self.with_input(form.slot, form.range, size(form), |input| Ok(chart::render(input)))
    }

    /// A chart as the text of an SVG file.
    ///
    /// # Errors
    /// As [`Self::chart`].
    pub fn chart_svg(&self, form: &ChartForm) -> Result<String, Error> {
        let watched = self.watched(form.slot)?;
        let device = self.devices.iter().find(|d| d.endpoint.id == watched.row.slot.endpoint);
        let device = device.map(|device| device.endpoint.name.as_str()).unwrap_or_default();
        let heading = format!("{} · {device}", watched.row.slot.name);
        let words = Words::of(region::language(&self.settings));
        let day = locale::day(self.today(), self.today() - TimeDelta::days(400), self.locale());
        let footer = words.say("chart_footer", &[("day", &day)]);
        self.with_input(form.slot, form.range, size(form), |input| {
            Ok(export::standalone_svg(input, &heading, &footer))
        })
    }

    fn with_input<T>(
        &self,
        id: SlotId,
        range: Range,
        size: Size,
        draw: impl FnOnce(&ChartInput<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let watched = self.watched(id)?;
        let picture = self.picture(watched, range)?;
        let slot = &watched.row.slot;
        let now = self.now();
        let forecast = match &picture.presented.forecast {
            Forecast::Dated { run_out, .. } => Some(chart::Forecast {
                earliest: run_out.earliest.timestamp_millis(),
                likely: run_out.likely.timestamp_millis(),
                latest: run_out.latest.map(|latest| latest.timestamp_millis()),
            }),
            Forecast::Learning { .. }
            | Forecast::Unused { .. }
            | Forecast::LevelUnknown { .. }
            | Forecast::NotCounted => None,
        };
        let words = PictureWords {
            words: Words::of(region::language(&self.settings)),
            locale: self.locale(),
            measuring: region::measuring(&self.settings),
            today: self.today(),
            unit: picture.unit,
            slot,
            presented: &picture.presented,
        };
        let offset = |ms: i64| self.clock.offset(instant(ms)).local_minus_utc();
        let silence = match slot.sensor {
            // No word means no use, or no count: only a reading that is missing is a gap.
            SensorKind::Usage | SensorKind::None => GAP_BY_HAND,
            SensorKind::Level | SensorKind::LevelUsage => GAP,
        };
        draw(&ChartInput {
            id: "chart",
            series: &picture.series,
            shape: if slot.sensor == SensorKind::Level { Shape::Lines } else { Shape::Steps },
            gap_ms: silence.num_milliseconds(),
            markers: &picture.markers,
            forecast,
            order: self.order_in(watched, &picture, forecast),
            low: picture.low.as_ref().map(|(level, label)| (*level, label.as_str())),
            whole: slot.measurement() == Measurement::Count,
            at_least: (slot.measurement() == Measurement::Percentage).then_some(100.0),
            now: now.timestamp_millis(),
            now_level: picture.now_level,
            range,
            size,
            words: &words,
            utc_offset_secs: &offset,
        })
    }

    /// An open order of what is one pool: how much is there once it has come, and how long that lasts at the paces of
    /// the forecast. What is replaced as a whole comes to lie beside it, and lifts no level.
    fn order_in(
        &self,
        watched: &Watched,
        picture: &Picture,
        forecast: Option<chart::Forecast>,
    ) -> Option<ExpectedOrder> {
        let (due, amount) = self.expected(watched).filter(|_| watched.row.slot.pooled())?;
        let (amount, forecast, level) = (amount?, forecast?, picture.now_level.filter(|level| *level > 0.0)?);
        let added = to_f64(amount.to(picture.unit).ok()?.milli) / 1000.0;
        let (now, at) = (self.now().timestamp_millis(), due.timestamp_millis());
        let left = |end: i64| level * (1.0 - to_f64((at - now).max(0)) / to_f64((end - now).max(1))).max(0.0);
        // At the pace that empties `level` by `end`.
        let after = |end: i64| {
            #[expect(clippy::cast_possible_truncation, reason = "a place in a picture; saturates")]
            let lasts = ((left(end) + added) / level * to_f64(end - now)) as i64;
            at.saturating_add(lasts)
        };
        Some(ExpectedOrder {
            at,
            level_after: left(forecast.likely) + added,
            earliest: after(forecast.earliest),
            likely: after(forecast.likely),
            latest: forecast.latest.map(after),
        })
    }

    fn picture(&self, watched: &Watched, range: Range) -> Result<Picture, Error> {
        let (slot, key) = (&watched.row.slot, watched.row.key);
        let now = self.now();
        let from = now - TimeDelta::days(range_days(range)) - RUN_UP;
        let (from, to) = (from.timestamp_millis(), now.timestamp_millis());
        let (entries, readings, base) = self.read(|db| {
            let entries = store::entries(db, key, slot)?;
            let readings = store::samples(db, key, slot, from, to)?;
            let anchor = entries.iter().rev().find(|e| counts(e) && at(e) < from);
            let base = match anchor.and_then(|anchor| anchor.left_after.map(|left| (at(anchor), left))) {
                Some((since, left)) => Some((left - store::used_between(db, key, since, from)?).max(0)),
                None => None,
            };
            Ok((entries, readings, base))
        })?;
        let presented = self.present(watched);
        let levels = levels(&entries, &readings, base, from);
        let measuring = region::measuring(&self.settings);
        let peak = levels.iter().map(|(_, level)| *level).max().unwrap_or(0).max(slot.full().unwrap_or(0));
        let unit = display_unit(slot.unit, peak, measuring);
        let scale = scale(slot.unit, unit);
        let shown = |milli: Milli| to_f64(milli) * scale;
        let words = Words::of(region::language(&self.settings));
        let locale = self.locale();
        let mut markers: Vec<Marker> = entries
            .iter()
            .filter(|row| counts(row) && at(row) >= from)
            .filter_map(|row| marker(slot, row, words, locale, shown))
            .collect();
        markers.extend(self.expected(watched).map(|(due, _)| Marker {
            at: due.timestamp_millis(),
            kind: MarkerKind::Expected,
            text: words.say("chart_expected", &[]),
            level: None,
        }));
        let low = slot.low_mark().map(|mark| {
            let amount = format_amount(slot.amount(mark), measuring).text;
            (shown(mark), words.say("chart_low", &[("amount", &amount)]))
        });
        Ok(Picture {
            series: levels.iter().map(|(at, level)| Sample { at: *at, level: shown(*level) }).collect(),
            markers,
            low,
            now_level: presented.row.left.map(|left| shown(left.milli)),
            unit,
            presented,
        })
    }
}

/// The bytes of a PNG file of a chart's SVG file.
///
/// # Errors
/// When the picture can't be drawn.
pub fn png(svg: &str) -> Result<Vec<u8>, Error> {
    export::png(svg)
        .map_err(|cause| Error::new(Code::Unexpected, "The picture could not be drawn.").caused_by(cause))
}

/// Whether an entry stands and says something about what is left.
fn counts(row: &EntryRow) -> bool {
    !row.voided && !matches!(row.entry.kind, EntryKind::Voided { .. })
}

fn at(row: &EntryRow) -> i64 {
    row.entry.observed_at.timestamp_millis()
}

/// What was left over time: readings as they came, uses taken off, entries as the fold left them.
fn levels(
    entries: &[EntryRow],
    readings: &[store::SampleRow],
    base: Option<Milli>,
    from: i64,
) -> Vec<(i64, Milli)> {
    let mut levels = Vec::with_capacity(readings.len() + 2 * entries.len() + 1);
    let mut left = base;
    if let Some(base) = base {
        levels.push((from, base));
    }
    let mut said = entries.iter().filter(|row| counts(row) && at(row) >= from).peekable();
    let say = |row: &EntryRow, left: &mut Option<Milli>, levels: &mut Vec<(i64, Milli)>| {
        // The cliff of a refill stands upright: the level just before it, then the one after.
        if let Some(before) = row.left_after.zip(row.change).map(|(after, change)| after - change) {
            levels.push((at(row), before));
        }
        if let Some(after) = row.left_after {
            levels.push((at(row), after));
            *left = Some(after);
        }
    };
    for reading in readings {
        while let Some(row) = said.next_if(|row| at(row) <= reading.at) {
            say(row, &mut left, &mut levels);
        }
        if reading.used {
            left = left.map(|left| (left - reading.value).max(0));
            levels.extend(left.map(|left| (reading.at, left)));
        } else {
            left = Some(reading.value);
            levels.push((reading.at, reading.value));
        }
    }
    for row in said {
        say(row, &mut left, &mut levels);
    }
    levels
}

fn marker(
    slot: &Slot,
    row: &EntryRow,
    words: Words,
    locale: Locale,
    shown: impl Fn(Milli) -> f64,
) -> Option<Marker> {
    let (kind, text) = match &row.entry.kind {
        EntryKind::Purchased { packs, content, .. } | EntryKind::Received { packs, content, .. } => {
            let kind = match row.entry.kind {
                EntryKind::Received { .. } => MarkerKind::Delivered,
                _ => MarkerKind::Bought,
            };
            let text = if slot.pooled() {
                let one = content.unwrap_or(slot.amount(slot.pack));
                let all = Amount::new(one.milli.saturating_mul(i64::from(*packs)), one.unit);
                words.say("chart_bought_amount", &[("amount", &format_exact(all, locale))])
            } else {
                words.say("chart_bought_packs", &[("count", &packs.to_string())])
            };
            (kind, text)
        }
        EntryKind::Replaced { .. } => (MarkerKind::Replaced, words.say("chart_replaced", &[])),
        EntryKind::Counted { .. } => (MarkerKind::Corrected, words.say("chart_corrected", &[])),
        EntryKind::LevelRead { .. } | EntryKind::Consumed { .. } | EntryKind::Voided { .. } => return None,
    };
    Some(Marker { at: at(row), kind, text, level: row.left_after.map(shown) })
}

fn size(form: &ChartForm) -> Size {
    Size { width: form.width, height: form.height, text_scale: form.scale }
}

fn range_days(range: Range) -> i64 {
    match range {
        Range::Month => 31,
        Range::ThreeMonths => 92,
        Range::Year => 366,
    }
}

/// The unit of the axis: what people of the region would say for the highest level.
pub(crate) fn display_unit(own: Unit, peak: Milli, locale: Locale) -> Unit {
    let american = matches!(locale, Locale::EnUs | Locale::EsUs);
    let base = match own.measurement() {
        Measurement::Volume if american => return Unit::UsFluidOunce,
        Measurement::Weight if american => return Unit::Ounce,
        Measurement::Volume => (Unit::Milliliter, Unit::Liter),
        Measurement::Weight => (Unit::Gram, Unit::Kilogram),
        Measurement::Duration => return Unit::Hour,
        Measurement::Count | Measurement::Percentage => return own,
    };
    let small = Amount::new(peak, own).to(base.0).map_or(0, |amount| amount.milli);
    if small >= 1_000_000 { base.1 } else { base.0 }
}

/// One thousandth of `from` in whole `to`s.
fn scale(from: Unit, to: Unit) -> f64 {
    let million = Amount::whole(1_000_000, from).to(to).map_or(1_000_000_000, |amount| amount.milli);
    to_f64(million) / 1e12
}

#[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
fn to_f64(milli: i64) -> f64 {
    milli as f64
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// The words of a picture.
struct PictureWords<'a> {
    words: Words,
    locale: Locale,
    measuring: Locale,
    today: NaiveDate,
    unit: Unit,
    slot: &'a Slot,
    presented: &'a Presented,
}

impl PictureWords<'_> {
    fn amount(&self, level: f64) -> String {
        #[expect(clippy::cast_possible_truncation, reason = "amounts are below a billion")]
        let amount = Amount::new((level * 1000.0).round() as Milli, self.unit);
        self.shown(amount)
    }

    fn shown(&self, amount: Amount) -> String {
        let shown = format_amount(amount, self.measuring);
        if shown.under { self.words.say("chart_under", &[("amount", &shown.text)]) } else { shown.text }
    }

    fn day(&self, day: NaiveDate) -> String {
        locale::day(day, self.today, self.locale)
    }

    fn iso(&self, day: &str) -> String {
        day.parse().map_or_else(|_| day.to_owned(), |day| self.day(day))
    }

    fn verb(&self) -> String {
        let key = match self.presented.row.verb {
            Verb::RunsOut => "verb_runs_out",
            Verb::WornOut => "verb_worn_out",
            Verb::Empty => "verb_empty",
            Verb::Full => "verb_full",
        };
        self.words.say(key, &[])
    }
}

impl ChartWords for PictureWords<'_> {
    fn axis(&self, value: f64, with_unit: bool) -> String {
        #[expect(clippy::cast_possible_truncation, reason = "amounts are below a billion")]
        let milli = (value * 1000.0).round() as Milli;
        let number = format_number(milli, self.measuring);
        if !with_unit || self.unit == Unit::Count {
            return number;
        }
        if self.unit == Unit::Percent {
            return format_amount(Amount::new(milli, self.unit), self.measuring).text;
        }
        let unit = unit_label(self.unit, self.measuring);
        self.words.say("chart_axis_unit", &[("number", &number), ("unit", unit)])
    }

    fn short_day(&self, day: NaiveDate) -> String {
        locale::short_day(day, day, self.locale)
    }

    fn month(&self, first: NaiveDate) -> String {
        locale::short_month(first, self.locale).to_owned()
    }

    fn week(&self, first: NaiveDate) -> String {
        locale::short_day(first, first, self.locale)
    }

    fn week_start(&self) -> Weekday {
        locale::week_start(self.locale)
    }

    fn today(&self) -> String {
        self.words.say("chart_today", &[])
    }

    fn title(&self) -> String {
        self.words.say("chart_title", &[("supply", &self.slot.name)])
    }

    fn description(&self) -> String {
        let left = match self.presented.row.left {
            Some(left) => {
                let (left, day) = (self.shown(left), self.day(self.today));
                self.words.say("chart_desc_left", &[("left", &left), ("day", &day)])
            }
            None => self.words.say("chart_desc_unknown", &[]),
        };
        let end = match &self.presented.when {
            None => self.words.say("chart_desc_learning", &[]),
            Some(when) => {
                let (earliest, likely) = (self.iso(&when.earliest), self.iso(&when.likely));
                match &when.latest {
                    None => self.words.say("chart_desc_end_open", &[("earliest", &earliest)]),
                    Some(latest) => self.words.say(
                        "chart_desc_end",
                        &[
                            ("verb", &self.verb()),
                            ("likely", &likely),
                            ("earliest", &earliest),
                            ("latest", &self.iso(latest)),
                        ],
                    ),
                }
            }
        };
        format!("{left} {end}")
    }

    fn kind(&self, kind: MarkerKind) -> String {
        let key = match kind {
            MarkerKind::Bought => "chart_bought",
            MarkerKind::Delivered => "chart_delivered",
            MarkerKind::Replaced => "chart_replaced",
            MarkerKind::Corrected => "chart_corrected",
            MarkerKind::Expected => "chart_expected",
        };
        self.words.say(key, &[])
    }

    fn forecast(&self) -> String {
        self.words.say("chart_forecast", &[])
    }

    fn reading(&self, when: NaiveDateTime, level: f64) -> String {
        let left = self.words.say("chart_left", &[("amount", &self.amount(level))]);
        let clock = locale::clock(when.time(), self.locale);
        format!("{}, {clock}\n{left}", self.day(when.date()))
    }

    fn event(&self, when: NaiveDateTime, _kind: MarkerKind, text: &str, level: Option<f64>) -> String {
        let mut lines = vec![self.day(when.date()), text.to_owned()];
        lines.extend(level.map(|level| self.words.say("chart_left", &[("amount", &self.amount(level))])));
        lines.join("\n")
    }

    fn band(&self, day: NaiveDate, low: f64, high: f64, likely: f64) -> String {
        let (low, high, likely) = (self.amount(low), self.amount(high), self.amount(likely));
        let band = self.words.say("chart_band", &[("low", &low), ("high", &high), ("likely", &likely)]);
        format!("{}\n{band}", self.day(day))
    }
}
