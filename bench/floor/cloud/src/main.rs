//! A web server, its server-sent events, JSON and signatures with nothing of Refill in them: what the cloud is measured
//! against. One task a start; all but `serve` answer with one line of JSON.

mod messages;
mod serve;
mod verify;

use anyhow::bail;
use std::path::Path;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve"] => serve::serve(),
        ["verify", folder, ms] => verify::verify(Path::new(folder), Duration::from_millis(ms.parse()?)),
        ["build", folder, ms] => messages::build(Path::new(folder), Duration::from_millis(ms.parse()?)),
        ["parse", folder, ms] => messages::parse(Path::new(folder), Duration::from_millis(ms.parse()?)),
        _ => bail!("unknown task; see bench/README.md"),
    }
}

/// Does something again and again for a time; how often a second.
fn rate(time: Duration, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let began = std::time::Instant::now();
    let mut count = 0u32;
    while began.elapsed() < time {
        for _ in 0..100 {
            work()?;
        }
        count += 100;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}
