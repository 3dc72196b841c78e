//! What `npm run bench -- cloud` times of ours inside one program, and what it fills stores with: one task a start, one
//! line of JSON an answer. The programs it is held against are in `bench/floor`; what is measured and why is in
//! `bench/README.md`.
#![expect(clippy::print_stdout, reason = "the answer is read by the script that started this")]
#![expect(clippy::disallowed_methods, reason = "measuring takes a stopwatch, and readings end now")]

mod discover;
mod find;
mod messages;
mod notice;
mod seed;

use anyhow::bail;
use std::path::Path;
use std::time::{Duration, Instant};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ms = |text: &str| Ok::<_, anyhow::Error>(Duration::from_millis(text.parse()?));
    let answer = match arguments.as_slice() {
        ["seed", folder, customers] => seed::seed(Path::new(folder), customers.parse()?).await?,
        ["make", folder] => {
            notice::make(Path::new(folder))?;
            messages::make(Path::new(folder))?
        }
        ["verify", folder, time] => notice::verify(Path::new(folder), ms(time)?)?,
        ["build", folder, time] => messages::build(Path::new(folder), ms(time)?)?,
        ["parse", folder, time] => messages::parse(Path::new(folder), ms(time)?)?,
        ["discover", folder, time] => discover::discover(Path::new(folder), ms(time)?).await?,
        ["crowd", folder, customers] => find::crowd(Path::new(folder), customers.parse()?).await?,
        ["find", folder, customers, time] => {
            find::find(Path::new(folder), customers.parse()?, ms(time)?).await?
        }
        _ => bail!("unknown task; see bench/README.md"),
    };
    println!("{answer}");
    Ok(())
}

/// Does something again and again for a time; how often a second.
fn rate(time: Duration, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let began = Instant::now();
    let mut count = 0u32;
    while began.elapsed() < time {
        for _ in 0..100 {
            work()?;
        }
        count += 100;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}
