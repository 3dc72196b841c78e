//! Finding customers among many: the store's searches beside the bare statements on a connection of their own, in turns;
//! and the whole address over HTTP, with the line of the audit trail that each search writes durably.

use anyhow::{Context, ensure};
use refill_cloud::accounts::{self, AccountForm};
use refill_cloud::clock::SystemClock;
use refill_cloud::config::{Client, Config};
use refill_cloud::ids::GrantId;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::serve;
use refill_cloud::store::sqlite::{Options, SqliteStore};
use refill_cloud::store::{CodeRow, KeptToken, Pair, Redeem, Role, Store as _};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Customers of one page, as the address gives them.
const PAGE: usize = 20;

/// How many of each in a turn.
const TURN: u64 = 50;

const MAIL: &str = "SELECT l.email, a.account, a.name FROM login l JOIN account a ON a.account = l.account
   WHERE l.email >= ?1 AND l.email < ?2 ORDER BY l.email LIMIT ?3";

const SERIAL: &str =
    "SELECT s.serial, a.account, a.name FROM serial s JOIN account a ON a.account = s.account
   WHERE s.serial >= ?1 AND s.serial < ?2 ORDER BY s.serial, s.model LIMIT ?3";

/// Scatters numbers, the same every time.
fn scattered(number: u64) -> u64 {
    number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn mail(number: u64) -> String {
    format!("{:010x}.{number}@example.com", scattered(number) >> 24)
}

fn serial(number: u64) -> String {
    format!("SN{:012X}", scattered(number) >> 16)
}

/// Makes a store in which so many customers have an account and a serial number each, and nothing else.
pub async fn crowd(folder: &Path, customers: u64) -> anyhow::Result<Value> {
    let began = Instant::now();
    let store = SqliteStore::open(folder, Options::default())?;
    store.close().await;
    drop(store);
    let mut db = Connection::open(folder.join("cloud.db"))?;
    let all = db.transaction()?;
    {
        let mut login = all.prepare("INSERT INTO login (email, account) VALUES (?1, ?2)")?;
        let mut account = all.prepare(
            "INSERT INTO account (account, role, email, name, password, created_at) VALUES (?1, 'customer', ?2, 'Somebody', '', 0)",
        )?;
        let mut device = all
            .prepare("INSERT INTO serial (model, serial, account, device) VALUES ('COFFEE-2', ?1, ?2, ?2)")?;
        for number in 0..customers {
            let id = Uuid::from_u128(u128::from(scattered(number)) << 64 | u128::from(number)).into_bytes();
            login.execute(params![mail(number), id])?;
            account.execute(params![id, mail(number)])?;
            device.execute(params![serial(number), id])?;
        }
    }
    all.commit()?;
    Ok(json!({"seconds": began.elapsed().as_secs_f64(), "customers": customers}))
}

/// The median and the 99th of a hundred.
fn quantiles(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    json!({"p50": at(50), "p99": at(99), "count": times.len()})
}

fn bare(db: &Connection, sql: &str, begins: &str, end: &str) -> anyhow::Result<usize> {
    let mut find = db.prepare_cached(sql)?;
    let rows = find.query_map(params![begins, end, i64::try_from(PAGE)?], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 16]>(1)?, row.get::<_, String>(2)?))
    })?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?.len())
}

/// Searches by three to six first characters, in turns with the bare statements, and over HTTP.
pub async fn find(folder: &Path, customers: u64, time: Duration) -> anyhow::Result<Value> {
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        data: folder.to_owned(),
        clients: vec![Client::native("refill", "Refill", &["http://127.0.0.1/callback"], &["staff"])],
        ..Config::default()
    };
    let mut config = config;
    config.limits.lookups_per_minute = 1_000_000;
    let server = serve::start(config, Arc::new(SystemClock)).await?;
    let app = server.app();
    let db = Connection::open(folder.join("cloud.db"))?;
    let (mut ours, mut floor, mut turn) = (Vec::new(), Vec::new(), 0);
    let end = Instant::now() + time;
    while Instant::now() < end {
        for at in 0..TURN {
            let number = scattered(turn * TURN + at) % customers;
            let (by_mail, long) = (at % 2 == 0, 3 + usize::try_from(at % 4)?);
            let (text, sql) = if by_mail { (mail(number), MAIL) } else { (serial(number), SERIAL) };
            let begins = text.get(..long + 2 * usize::from(!by_mail)).context("A beginning")?.to_owned();
            let after = format!("{begins}\u{7f}");
            let began = Instant::now();
            let found = bare(&db, sql, &begins, &after)?;
            floor.push(began.elapsed());
            let began = Instant::now();
            let same = if by_mail {
                app.store.find_mail(begins, None, PAGE).await?.len()
            } else {
                app.store.find_serial(begins, None, PAGE).await?.len()
            };
            ours.push(began.elapsed());
            ensure!(same == found && found > 0, "they find something else: {same} and {found}");
        }
        turn += 1;
    }
    let (token, base) = (staff(app).await?, format!("http://{}/v1/support/find", server.address));
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mut whole = Vec::new();
    let end = Instant::now() + time;
    while Instant::now() < end {
        let number = scattered(u64::try_from(whole.len())?) % customers;
        let begins: String = mail(number).chars().take(4).collect();
        let form = json!({"case": "SUP-1", "reason": "measured", "by": "mail", "text": begins});
        let began = Instant::now();
        let answer = http.post(&base).bearer_auth(&token).json(&form).send().await?.error_for_status()?;
        ensure!(!answer.bytes().await?.is_empty(), "nothing came");
        whole.push(began.elapsed());
    }
    server.stop().await;
    Ok(json!({"ours": quantiles(ours), "floor": quantiles(floor), "http": quantiles(whole)}))
}

/// A token of somebody who may search.
async fn staff(app: &refill_cloud::state::App) -> anyhow::Result<String> {
    let email = format!("staff-{}@example.com", app.clock.new_id());
    let form = AccountForm { role: Role::Staff, email, name: "Staff".into(), password: "long enough".into() };
    let made = accounts::make(app, form).await.map_err(|error| anyhow::anyhow!(error.detail))?;
    let new = |door| Secret::new(door, made.id);
    let (code, access, refresh) = (new(Door::Code)?, new(Door::Access)?, new(Door::Refresh)?);
    let now = app.clock.now_ms();
    let expires_at = now + 3_600_000;
    let row = CodeRow {
        account: made.id,
        hash: code.hash(),
        client: "refill".to_owned(),
        redirect_uri: "http://127.0.0.1/callback".to_owned(),
        challenge: None,
        scope: "staff".to_owned(),
        expires_at,
        used_for: None,
    };
    app.store.put_code(row).await?;
    let kept = |secret: &Secret| KeptToken { hash: secret.hash(), expires_at };
    let pair = Pair { access: kept(&access), refresh: kept(&refresh) };
    let grant = GrantId(app.clock.new_id());
    let redeem = Redeem { account: made.id, code: code.hash(), grant, pair, now };
    ensure!(app.store.redeem_code(redeem).await?, "the code was used");
    Ok(access.expose().to_owned())
}
