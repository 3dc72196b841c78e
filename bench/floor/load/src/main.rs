//! The load: asks a server, floor or ours alike, over loopback and says how long the answers took. It knows HTTP/1.1 just
//! far enough for that, so that one core of it keeps one core of a server busy. One task a start, one line of JSON.

mod ask;
mod body;
mod fan;
mod hold;
mod server;
mod wire;

use anyhow::{Context, bail};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ms = |text: &str| Ok::<_, anyhow::Error>(Duration::from_millis(text.parse()?));
    let answer = match arguments.as_slice() {
        ["post", server, path, keys, batch, connections, time] => {
            let what = ask::What::Event { batch: batch.parse()? };
            ask::run(server, path, &lines(keys)?, what, connections.parse()?, ms(time)?).await?
        }
        ["discover", server, path, keys, connections, time] => {
            ask::run(server, path, &lines(keys)?, ask::What::Discover, connections.parse()?, ms(time)?)
                .await?
        }
        ["catch-up", server, path, keys, last, connections, time] => {
            let what = ask::What::CatchUp { last: last.parse()? };
            ask::run(server, path, &lines(keys)?, what, connections.parse()?, ms(time)?).await?
        }
        ["hold", server, path, keys, count, seconds] => {
            hold::run(server, path, &lines(keys)?, count.parse()?, Duration::from_secs(seconds.parse()?))
                .await?
        }
        ["fan", server, feed, readers, post, devices, count, time] => {
            let places = fan::Places { server, feed, post };
            fan::run(places, &lines(readers)?, &lines(devices)?, count.parse()?, ms(time)?).await?
        }
        _ => bail!("unknown task; see bench/README.md"),
    };
    println!("{answer}");
    Ok(())
}

/// Secrets, one a line; `-` for a server that asks for none.
fn lines(file: &str) -> anyhow::Result<Vec<String>> {
    if file == "-" {
        return Ok(vec!["none".to_owned()]);
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("Read {file}"))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The middle, the 99th percentile and the longest of some times, in milliseconds.
fn spread(times: &mut [Duration]) -> (f64, f64, f64) {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    (ms(at(50)), ms(at(99)), ms(times.last()))
}
