//! What `npm run bench` times on our side: one task a start, one line of JSON an answer. The programs it is held
//! against do the same with nothing of ours (`bench/floor`); what is measured and why is in `bench/README.md`.
#![expect(clippy::print_stdout, reason = "the answer is read by the script that started this")]
#![expect(clippy::disallowed_methods, reason = "measuring takes a stopwatch, and readings end now")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use refill_domain::endpoint::{DeviceKind, SensorKind, Slot, SupplyKind};
use refill_domain::fold::Fold;
use refill_domain::forecast::{Forecast, forecast};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Milli, Unit};
use refill_engine::chart::{Chart, Range};
use refill_engine::clock::{Clock, ManualClock};
use refill_engine::form::{AddDeviceForm, ChartForm, SlotForm, Typed};
use refill_engine::household::Household;
use refill_engine::store::{self, Reader, Store};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Devices of every household here, each with [`SLOTS`] slots.
const DEVICES: usize = 20;
const SLOTS: usize = 5;

/// Readings of one slot in the large household, an hour apart: 10 million in all, 8,760 in a year of one slot.
const READINGS: i64 = 100_000;
const STEP_MS: i64 = 60 * 60 * 1000;

const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 365 * DAY_MS;

/// Readings from one full cartridge (or purchase) to the next: 60 days.
const CYCLE: i64 = 60 * DAY_MS / STEP_MS;

/// Thousandths of a percent that one reading shows less than the one before.
const DROP: Milli = 95_000 / CYCLE;

/// Where small households begin: 2026-01-01.
const START_MS: i64 = 1_767_225_600_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match arguments.as_slice() {
        ["fixture", folder] => fixture(Path::new(folder))?,
        ["append", folder, kind, batch, ms] => append(Path::new(folder), kind, batch.parse()?, ms.parse()?)?,
        ["year", folder, now, ms] => year(Path::new(folder), now.parse()?, ms.parse()?)?,
        ["chart", folder, now, count] => charts(Path::new(folder), now.parse()?, count.parse()?)?,
        ["forecast", slots] => forecasts(slots.parse()?)?,
        ["open", folder, now, count] => opening(Path::new(folder), now.parse()?, count.parse()?)?,
        _ => bail!("unknown task; see bench/README.md"),
    };
    println!("{answer}");
    Ok(())
}

/// Numbers that look random and are the same at every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        i64::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap_or(0) % limit.max(1)
    }
}

fn time(ms: i64) -> anyhow::Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(ms).context("no such time")
}

/// Adds the devices: with `usage`, every fourth one counts pods; else all are printers that say their levels.
fn furnish(
    household: &mut Household,
    clock: &ManualClock,
    usage: impl Fn(usize) -> bool,
) -> anyhow::Result<()> {
    for device in 0..DEVICES {
        let pods = usage(device);
        let typed = |text: &str, unit| Some(Typed { text: text.to_owned(), unit });
        let slots = (0..SLOTS).map(|slot| SlotForm {
            instance: None,
            name: ["Black", "Cyan", "Magenta", "Yellow", "Photo black"][slot].to_owned(),
            supply: if pods { SupplyKind::Pods } else { SupplyKind::Ink },
            sensor: if pods { SensorKind::Usage } else { SensorKind::Level },
            unit: if pods { Unit::Count } else { Unit::Percent },
            capacity: None,
            pack: if pods { typed("50", Unit::Count) } else { None },
            low: if pods { typed("20", Unit::Count) } else { typed("10", Unit::Percent) },
            level: None,
            shelf: if pods { typed("100000", Unit::Count) } else { None },
        });
        let form = AddDeviceForm {
            id: EndpointId(clock.new_id()),
            name: if pods { format!("Coffee machine {device}") } else { format!("Printer {device}") },
            kind: if pods { DeviceKind::CoffeeMachine } else { DeviceKind::Printer },
            model: None,
            location: None,
            address: None,
            slots: slots.collect(),
        };
        household.add_device(&form, None)?;
    }
    Ok(())
}

/// Makes the large household: 20 devices, 100 slots, 10 million readings that end now, an entry every 60 days.
fn fixture(folder: &Path) -> anyhow::Result<Value> {
    let began = Instant::now();
    let now = Utc::now().timestamp_millis() / STEP_MS * STEP_MS;
    let first = now - READINGS * STEP_MS;
    let clock = Arc::new(ManualClock::at(time(first)?));
    let mut household = Household::open(folder, clock.clone())?;
    furnish(&mut household, &clock, |device| device % 4 == 3)?;
    clock.advance(time(now)? - time(first)?);
    let slots: Vec<(SlotId, SensorKind)> =
        household.present_slots().map(|w| (w.row.slot.id, w.row.slot.sensor)).collect();
    for (number, (slot, sensor)) in slots.iter().enumerate() {
        let full = (0..READINGS).filter(|index| (index + phase(number)) % CYCLE == 0);
        let entries = full.map(|index| -> anyhow::Result<Entry> {
            let at = time(first + index * STEP_MS + STEP_MS / 2)?;
            let kind = match sensor {
                SensorKind::Usage => {
                    EntryKind::Counted { level: None, shelf: Some(Amount::whole(2 * CYCLE, Unit::Count)) }
                }
                _ => EntryKind::Replaced { capacity: None, from_shelf: false },
            };
            Ok(Entry {
                id: EntryId(clock.new_id()),
                slot: *slot,
                observed_at: at,
                recorded_at: at,
                source: Source::Person,
                about: None,
                note: None,
                kind,
            })
        });
        household.append(entries.collect::<anyhow::Result<_>>()?)?;
    }
    household.close()?;

    let mut dice = Dice(20_261_101);
    let mut raw = rusqlite::Connection::open(folder.join(store::FILE))?;
    raw.pragma_update(None, "synchronous", "OFF")?;
    let rows = Reader::open(&folder.join(store::FILE))?.read(store::slots)?;
    for (number, row) in rows.iter().enumerate() {
        let used = row.slot.sensor == SensorKind::Usage;
        let tx = raw.transaction()?;
        {
            let mut insert =
                tx.prepare("INSERT INTO reading (slot, at, id, kind, value) VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for index in 0..READINGS {
                let at = first + index * STEP_MS + dice.below(STEP_MS / 3) + STEP_MS / 2 + 1;
                let at = at.min(now - 1);
                let id = id(at, index)?;
                let spent = (index + phase(number)) % CYCLE * DROP + dice.below(DROP);
                let value = if used { 1000 } else { 100_000 - spent };
                insert.execute((row.key, at, id.bytes(), i64::from(used), value))?;
            }
        }
        tx.commit()?;
    }
    drop(raw);
    let mut store = Store::open(folder)?;
    for row in &rows {
        store.write(|tx| tx.refold(row))?;
    }
    store.close()?;
    Ok(json!({ "now": now, "rows": READINGS * rows.len() as i64, "slots": rows.len(),
               "seconds": began.elapsed().as_secs_f64() }))
}

/// How far into a cycle a slot begins, so that they run out one after another.
fn phase(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(0) * 29
}

fn id(at: i64, number: i64) -> anyhow::Result<EntryId> {
    let mut random = [0u8; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    Ok(EntryId(uuid::Builder::from_unix_timestamp_millis(u64::try_from(at)?, &random).into_uuid()))
}

/// Appends readings round robin over 100 slots for `ms`, `batch` in one durable step. Every reading shows use.
fn append(folder: &Path, kind: &str, batch: usize, ms: u64) -> anyhow::Result<Value> {
    let used = match kind {
        "level" => false,
        "consumed" => true,
        _ => bail!("level or consumed"),
    };
    let clock = Arc::new(ManualClock::at(time(START_MS)?));
    let mut household = Household::open(folder, clock.clone())?;
    furnish(&mut household, &clock, |_| used)?;
    clock.advance(chrono::TimeDelta::days(3650));
    let slots: Vec<SlotId> = household.present_slots().map(|w| w.row.slot.id).collect();
    let (mut round, mut at_slot, mut number) = (0i64, 0usize, 0i64);
    let mut next = |count: usize| -> anyhow::Result<Vec<Entry>> {
        let mut entries = Vec::with_capacity(count);
        for _ in 0..count {
            let at = START_MS + (round + 1) * STEP_MS;
            let kind = if used {
                EntryKind::Consumed { amount: Amount::whole(1, Unit::Count) }
            } else {
                let amount = Amount::new(99_000 - round, Unit::Percent);
                EntryKind::LevelRead { level: Level::Amount { amount } }
            };
            let observed_at = time(at)?;
            entries.push(Entry {
                id: id(at, number)?,
                slot: slots[at_slot],
                observed_at,
                recorded_at: observed_at,
                source: Source::Device,
                about: None,
                note: None,
                kind,
            });
            number += 1;
            at_slot += 1;
            if at_slot == slots.len() {
                at_slot = 0;
                round += 1;
            }
        }
        Ok(entries)
    };
    // The first reading of a slot has nothing to compare itself with.
    household.append(next(slots.len())?)?;
    let began = Instant::now();
    let mut count = 0usize;
    while began.elapsed() < Duration::from_millis(ms) {
        household.append(next(batch)?)?;
        count += batch;
    }
    let seconds = began.elapsed().as_secs_f64();
    household.close()?;
    let shape = shape(folder)?;
    Ok(json!({ "count": count, "seconds": seconds, "per_second": count as f64 / seconds, "shape": shape }))
}

/// What lies in a file afterwards, so that the floor can be seen to have done the same work.
fn shape(folder: &Path) -> anyhow::Result<Value> {
    let raw = rusqlite::Connection::open(folder.join(store::FILE))?;
    let (readings, days, state): (i64, i64, f64) = raw.query_row(
        "SELECT (SELECT count(*) FROM reading), (SELECT count(*) FROM use_day),
                (SELECT avg(length(state)) FROM slot_state)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(json!({ "readings": readings, "days": days, "state": state }))
}

/// Reads a year of one slot after another, in a scattered order, for `ms`.
fn year(folder: &Path, now: i64, ms: u64) -> anyhow::Result<Value> {
    let reader = Reader::open(&folder.join(store::FILE))?;
    let rows = reader.read(store::slots)?;
    let mut times = Vec::new();
    let (mut read, mut sum) = (0usize, 0i64);
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(ms) {
        let row = &rows[times.len() * 37 % rows.len()];
        let one = Instant::now();
        let samples = reader.read(|db| store::samples(db, row.key, &row.slot, now - YEAR_MS, now))?;
        times.push(one.elapsed());
        read += samples.len();
        sum = samples.iter().fold(sum, |sum, sample| sum.wrapping_add(sample.value));
    }
    Ok(with_times(times, json!({ "rows": read, "sum": sum })))
}

/// Draws the year of one slot after another: query, downsampling and SVG, as the screen asks for it.
fn charts(folder: &Path, now: i64, count: usize) -> anyhow::Result<Value> {
    let household = Household::open_to_read(folder, Arc::new(ManualClock::at(time(now)?)))?;
    let slots: Vec<SlotId> = household.present_slots().map(|w| w.row.slot.id).collect();
    let draw = |at: usize| -> anyhow::Result<Chart> {
        let form = ChartForm {
            slot: slots[at * 37 % slots.len()],
            range: Range::Year,
            width: 800.0,
            height: 286.0,
            scale: 1.0,
        };
        Ok(household.chart(&form)?)
    };
    for at in 0..slots.len() {
        draw(at)?;
    }
    let mut times = Vec::new();
    let (mut points, mut bytes) = (0, 0);
    for at in 0..count {
        let one = Instant::now();
        let chart = draw(at)?;
        times.push(one.elapsed());
        points = points.max(chart.points.len()).max(vertices(&chart.svg));
        bytes = bytes.max(chart.svg.len());
    }
    Ok(with_times(times, json!({ "points": points, "bytes": bytes })))
}

/// Corners of all lines and areas of a picture.
fn vertices(svg: &str) -> usize {
    let lists = svg.split("points=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let paths = svg.split(" d=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let in_lists: usize = lists.map(|list| list.split_whitespace().count()).sum();
    let in_paths: usize = paths.map(|path| path.matches(['M', 'L', 'H', 'V']).count()).sum();
    in_lists + in_paths
}

/// Opens the household, and makes the Supplies screen, again and again.
fn opening(folder: &Path, now: i64, count: usize) -> anyhow::Result<Value> {
    let clock = Arc::new(ManualClock::at(time(now)?));
    let (mut open, mut supplies, mut rows) = (Vec::new(), Vec::new(), 0);
    for _ in 0..count {
        let began = Instant::now();
        let household = Household::open(folder, clock.clone())?;
        open.push(began.elapsed());
        let began = Instant::now();
        let view = household.supplies();
        supplies.push(began.elapsed());
        rows = view.rows.len();
        household.close()?;
    }
    Ok(
        json!({ "open": with_times(open, json!({})), "supplies": with_times(supplies, json!({})), "rows": rows }),
    )
}

/// Forecasts `slots` slots from 400 daily readings each, and sums the same readings. Readings are made a hundred slots
/// at a time, which is not timed: all at once they would need gigabytes.
fn forecasts(slots: usize) -> anyhow::Result<Value> {
    const EACH: i64 = 400;
    const AT_ONCE: usize = 100;
    let mut dice = Dice(20_261_121);
    let slot = ink_slot()?;
    let now = time(START_MS + (EACH + 1) * DAY_MS)?;
    let (mut summing, mut folding, mut forecasting) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let (mut sum, mut dated, mut done) = (0i64, 0usize, 0usize);
    while done < slots {
        let count = AT_ONCE.min(slots - done);
        let mut ledgers = Vec::with_capacity(count);
        for _ in 0..count {
            let (mut level, each) = (100_000, 500 + dice.below(5_000));
            let mut ledger = Vec::with_capacity(400);
            for day in 0..EACH {
                level -= dice.below(2 * each);
                if level <= 0 {
                    level = 100_000;
                }
                let at = time(START_MS + day * DAY_MS + dice.below(DAY_MS / 2))?;
                let amount = Amount::new(level, Unit::Percent);
                ledger.push(Entry {
                    id: id(at.timestamp_millis(), day)?,
                    slot: slot.id,
                    observed_at: at,
                    recorded_at: at,
                    source: Source::Device,
                    about: None,
                    note: None,
                    kind: EntryKind::LevelRead { level: Level::Amount { amount } },
                });
            }
            ledgers.push(ledger);
        }
        let began = Instant::now();
        for entry in ledgers.iter().flatten() {
            if let EntryKind::LevelRead { level: Level::Amount { amount } } = &entry.kind {
                sum = sum.wrapping_add(amount.milli);
            }
        }
        sum = std::hint::black_box(sum);
        summing += began.elapsed();
        let began = Instant::now();
        let folds: Vec<Fold> = ledgers
            .iter()
            .map(|ledger| {
                let mut fold = Fold::default();
                for entry in ledger {
                    fold.apply(&slot, entry);
                }
                fold
            })
            .collect();
        folding += began.elapsed();
        let began = Instant::now();
        for fold in &folds {
            dated += usize::from(matches!(forecast(&slot, fold, now), Forecast::Dated { .. }));
        }
        forecasting += began.elapsed();
        done += count;
    }
    let whole = (folding + forecasting).as_secs_f64();
    Ok(json!({
        "slots": slots,
        "readings": slots * 400,
        "dated": dated,
        "sum": sum,
        "per_second": slots as f64 / whole,
        "ratio": whole / summing.as_secs_f64(),
        "known_per_second": slots as f64 / forecasting.as_secs_f64(),
        "known_ratio": forecasting.as_secs_f64() / summing.as_secs_f64(),
    }))
}

fn ink_slot() -> anyhow::Result<Slot> {
    Ok(Slot {
        id: SlotId::from_bytes([1; 16]),
        endpoint: EndpointId::from_bytes([2; 16]),
        instance: "ink".parse()?,
        name: "Black".to_owned(),
        supply: SupplyKind::Ink,
        sensor: SensorKind::Level,
        unit: Unit::Percent,
        capacity: Some(100_000),
        pack: 1000,
        low_own: None,
        low_device: None,
        colours: Vec::new(),
        receptacle: false,
        muted: false,
    })
}

/// Adds the median and the 95th percentile, in ms.
fn with_times(mut times: Vec<Duration>, mut answer: Value) -> Value {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    if let Value::Object(fields) = &mut answer {
        fields.insert("count".to_owned(), json!(times.len()));
        fields.insert("p50".to_owned(), json!(ms(at(50))));
        fields.insert("p95".to_owned(), json!(ms(at(95))));
    }
    answer
}
