//! The server from outside: what it used of the processor, and its memory, as the system counts them.

use anyhow::Context;
use std::net::SocketAddr;
use std::str::FromStr;

/// Which server: `http://127.0.0.1:8080/#PID`.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    pub address: SocketAddr,
    pid: u32,
}

impl FromStr for Server {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (url, pid) = text.split_once('#').context("a server is http://ADDRESS/#PID")?;
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        Ok(Self { address: address.parse()?, pid: pid.parse()? })
    }
}

impl Server {
    /// Seconds of a processor used so far.
    pub fn used(&self) -> anyhow::Result<f64> {
        let text =
            std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).context("Is the server gone?")?;
        let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks = rest.split(' ').skip(12).take(2).map(|word| word.parse::<f64>().unwrap_or(0.0));
        // The kernel counts in hundredths whatever its own clock is (USER_HZ).
        Ok(ticks.sum::<f64>() / 100.0)
    }

    /// Memory of its own, in bytes: what would be free without it (PSS).
    pub fn memory(&self) -> anyhow::Result<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("No PSS")?;
        let kib = line.split_whitespace().next().context("No PSS")?;
        Ok(kib.parse::<f64>()? * 1024.0)
    }
}
