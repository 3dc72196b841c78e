//! SQLite and the disk with nothing above them: what Refill's store is measured against. One task a start, one line of
//! JSON an answer, as `crates/engine/examples/bench.rs` does it.

use anyhow::{Context, bail};
use rusqlite::{Connection, OpenFlags, params};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// The product's own schema, so that both fill the same tables.
const SCHEMA: &str = include_str!("../../../../crates/engine/migrations/0001_household.sql");

const SLOTS: i64 = 100;
const STEP_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 365 * DAY_MS;
const START_MS: i64 = 1_767_225_600_000;

/// Appends in one probe of the disk.
const PROBES: usize = 60;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["probe", folder] => probe(Path::new(folder)),
        ["append", folder, kind, batch, state, ms] => {
            append(Path::new(folder), kind, batch.parse()?, state.parse()?, Duration::from_millis(ms.parse()?))
        }
        ["year", file, now, ms] => year(Path::new(file), now.parse()?, Duration::from_millis(ms.parse()?)),
        ["export", file, now, out] => export(Path::new(file), now.parse()?, Path::new(out)),
        _ => bail!("unknown task; see bench/README.md"),
    }
}

/// 4 KiB appended and synced, again and again: what this disk asks for one durable anything.
fn probe(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join("probe");
    let mut file = std::fs::File::create(&path)?;
    let block = [7u8; 4096];
    let mut times = Vec::with_capacity(PROBES);
    for _ in 0..PROBES {
        let one = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        times.push(one.elapsed());
    }
    std::fs::remove_file(&path)?;
    let total: f64 = times.iter().map(Duration::as_secs_f64).sum();
    let (p50, p95) = middle(&mut times);
    println!("{{\"p50\":{p50},\"p95\":{p95},\"per_second\":{}}}", PROBES as f64 / total);
    Ok(())
}

/// The statements that one reading causes, prepared once, in transactions of `batch` readings. `state` is how many
/// characters the product's state of a slot has.
fn append(folder: &Path, kind: &str, batch: usize, state: usize, time: Duration) -> anyhow::Result<()> {
    let used = match kind {
        "level" => 0,
        "consumed" => 1,
        _ => bail!("level or consumed"),
    };
    std::fs::create_dir_all(folder)?;
    let db = Connection::open(folder.join("floor.db"))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "wal_autocheckpoint", 10_000)?;
    db.execute_batch(SCHEMA)?;

    let mut begin = db.prepare("BEGIN IMMEDIATE")?;
    let mut commit = db.prepare("COMMIT")?;
    let mut reading = db.prepare(
        "INSERT INTO reading (slot, at, id, kind, value, unit) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO NOTHING",
    )?;
    let mut slot_state = db.prepare(
        "INSERT INTO slot_state (slot, state, first_day, last_day) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (slot) DO UPDATE SET state = excluded.state, first_day = excluded.first_day,
           last_day = excluded.last_day",
    )?;
    let mut use_day = db.prepare(
        "INSERT INTO use_day (slot, day, used) VALUES (?1, ?2, ?3)
         ON CONFLICT (slot, day) DO UPDATE SET used = excluded.used",
    )?;

    let (mut round, mut slot, mut number) = (0i64, 1i64, 0i64);
    let mut text = String::with_capacity(state + 20);
    let mut step = |count: usize| -> anyhow::Result<()> {
        begin.execute([])?;
        for _ in 0..count {
            let at = START_MS + (round + 1) * STEP_MS;
            let mut id = [0u8; 16];
            id[..8].copy_from_slice(&(at << 16 | 0x7000).to_be_bytes());
            id[8..].copy_from_slice(&number.to_be_bytes());
            let value = if used == 1 { 1000 } else { 99_000 - round };
            reading.execute(params![slot, at, id, used, value, None::<&str>])?;
            text.clear();
            write!(text, "{number:020}")?;
            text.extend(std::iter::repeat_n('x', state.saturating_sub(text.len())));
            let (first, day) = ((START_MS + STEP_MS) / DAY_MS, at / DAY_MS);
            slot_state.execute(params![slot, text, first, day])?;
            // What a level lost is spread from the reading before to this one.
            let since = if used == 1 { day } else { (at - STEP_MS).max(START_MS + STEP_MS) / DAY_MS };
            for day in since..=day {
                if used == 1 || round > 0 {
                    use_day.execute(params![slot, day, round])?;
                }
            }
            number += 1;
            slot += 1;
            if slot > SLOTS {
                slot = 1;
                round += 1;
            }
        }
        commit.execute([])?;
        Ok(())
    };
    step(usize::try_from(SLOTS)?)?;
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < time {
        step(batch)?;
        count += batch;
    }
    let seconds = began.elapsed().as_secs_f64();
    let (readings, days, state): (i64, i64, f64) = db.query_row(
        "SELECT (SELECT count(*) FROM reading), (SELECT count(*) FROM use_day),
                (SELECT avg(length(state)) FROM slot_state)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    println!(
        "{{\"count\":{count},\"seconds\":{seconds},\"per_second\":{},\
         \"shape\":{{\"readings\":{readings},\"days\":{days},\"state\":{state}}}}}",
        count as f64 / seconds
    );
    Ok(())
}

const READ: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// A year of one slot after another: moment and number of each reading, into a list.
fn year(file: &Path, now: i64, time: Duration) -> anyhow::Result<()> {
    let db = Connection::open_with_flags(file, READ)?;
    let mut keys = db.prepare("SELECT key FROM slot ORDER BY key")?;
    let keys: Vec<i64> = keys.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut query =
        db.prepare("SELECT at, value FROM reading WHERE slot = ?1 AND at BETWEEN ?2 AND ?3 ORDER BY at, id")?;
    let mut times = Vec::new();
    let (mut read, mut sum) = (0usize, 0i64);
    let began = Instant::now();
    while began.elapsed() < time {
        let key = keys[times.len() * 37 % keys.len()];
        let one = Instant::now();
        let mut list: Vec<(i64, i64)> = Vec::with_capacity(1024);
        let mut rows = query.query(params![key, now - YEAR_MS, now])?;
        while let Some(row) = rows.next()? {
            list.push((row.get(0)?, row.get(1)?));
        }
        drop(rows);
        times.push(one.elapsed());
        read += list.len();
        sum = list.iter().fold(sum, |sum, (_, value)| sum.wrapping_add(*value));
    }
    let count = times.len();
    let (p50, p95) = middle(&mut times);
    println!("{{\"count\":{count},\"p50\":{p50},\"p95\":{p95},\"rows\":{read},\"sum\":{sum}}}");
    Ok(())
}

/// Writes the year of the first slot as `seconds,level` lines, for programs that draw charts.
fn export(file: &Path, now: i64, out: &Path) -> anyhow::Result<()> {
    let db = Connection::open_with_flags(file, READ)?;
    let mut query = db.prepare(
        "SELECT at, value FROM reading WHERE slot = (SELECT min(key) FROM slot) AND at BETWEEN ?1 AND ?2 ORDER BY at",
    )?;
    let mut text = String::new();
    let mut rows = query.query(params![now - YEAR_MS, now])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let (at, value): (i64, i64) = (row.get(0)?, row.get(1)?);
        writeln!(text, "{},{}", at / 1000, value as f64 / 1000.0)?;
        count += 1;
    }
    std::fs::write(out, text).context("Write the year")?;
    println!("{{\"rows\":{count}}}");
    Ok(())
}

/// The median and the 95th percentile, in ms.
fn middle(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    (ms(at(50)), ms(at(95)))
}
