//! `refill-sandbox`: listens until it is told to stop. The first line it prints is one JSON object with all its addresses.

use clap::Parser;
use refill_sandbox::{Clock, Config, Sandbox, addresses, start};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Plays Amazon's side on this computer.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// A JSON file with what Amazon knows of the maker; without it, a sample maker.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Seconds of its clock in one real second; 0 holds it.
    #[arg(long, default_value_t = 1)]
    rate: u32,
    /// Lets everybody in the network use it. It checks nobody: never do this outside a test network.
    #[arg(long)]
    public: bool,
    /// Also calls addresses that are not of this computer.
    #[arg(long)]
    anywhere: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let config = match &arguments.config {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|why| anyhow::anyhow!("{} can't be read: {why}", path.display()))?;
            serde_json::from_str(&text)
                .map_err(|why| anyhow::anyhow!("{} is no configuration: {why}", path.display()))?
        }
        None => Config::default(),
    };
    let sandbox = Sandbox::new(config, Clock::system(arguments.rate), arguments.anywhere)?;
    let running = start(sandbox, arguments.listen, arguments.public).await?;
    let mut err = std::io::stderr();
    if arguments.public && !arguments.listen.ip().is_loopback() {
        writeln!(
            err,
            "WARNING: {} is open to everybody who reaches it, and checks nobody.",
            arguments.listen
        )?;
    }
    let stop = told_to_stop()?;
    writeln!(std::io::stdout(), "{}", addresses(&running.sandbox))?;
    std::io::stdout().flush()?;
    stop.await?;
    running.stop().await;
    Ok(())
}

/// Listens from now on to what ends a program, and ends when it comes.
fn told_to_stop() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    #[cfg(unix)]
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        let other = terminated.recv();
        #[cfg(not(unix))]
        let other = std::future::pending::<Option<()>>();
        tokio::select! { interrupted = tokio::signal::ctrl_c() => interrupted, _ = other => Ok(()) }
    })
}
