//! `refill-cloud`: reads settings, runs the server until it is told to end, and makes the first account.

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};
use refill_cloud::accounts::{self, AccountForm};
use refill_cloud::clock::SystemClock;
use refill_cloud::config::Config;
use refill_cloud::store::Role;
use refill_cloud::{http, log, serve};
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// The maker's cloud of Refill.
#[derive(Parser)]
#[command(name = "refill-cloud", version)]
struct Args {
    /// Settings (TOML).
    #[arg(long, env = "REFILL_CLOUD_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server. The first line on standard output is its address.
    Serve,
    /// Says what is set, without a secret, or what is wrong.
    Check,
    /// Prints the API's description (OpenAPI 3.1).
    Openapi,
    /// Makes an account; its password is the first line of standard input. The server must not run.
    AddAccount {
        /// What it may be used for.
        #[arg(long, value_enum)]
        role: RoleName,
        /// The address its owner signs in with.
        #[arg(long)]
        email: String,
        /// Its owner's name.
        #[arg(long)]
        name: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Customer,
    Staff,
    Administrator,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut out = std::io::stdout();
    if matches!(args.command, Command::Openapi) {
        writeln!(out, "{}", http::description().to_pretty_json()?)?;
        return Ok(());
    }
    let config = Config::load(args.config.as_deref(), &std::env::vars().collect())?;
    match args.command {
        Command::Check => write!(out, "{}", config.summary())?,
        Command::Openapi => {}
        Command::Serve => {
            log::start(&config.log)?;
            tracing::info!(settings = %config.summary(), "Starting");
            let server = serve::start(config, Arc::new(SystemClock)).await?;
            writeln!(out, "http://{}/", server.address)?;
            out.flush()?;
            told_to_end().await?;
            server.stop().await;
        }
        Command::AddAccount { role, email, name } => {
            let mut password = String::new();
            std::io::stdin().lock().read_line(&mut password).context("Read the password")?;
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            let role = match role {
                RoleName::Customer => Role::Customer,
                RoleName::Staff => Role::Staff,
                RoleName::Administrator => Role::Administrator,
            };
            let config = Config { listen: ([127, 0, 0, 1], 0).into(), public_url: None, ..config };
            let server = serve::start(config, Arc::new(SystemClock)).await?;
            let made = accounts::make(server.app(), AccountForm { role, email, name, password }).await;
            server.stop().await;
            match made {
                Ok(account) => writeln!(out, "{}", account.id)?,
                Err(error) => anyhow::bail!("{}", error.detail),
            }
        }
    }
    Ok(())
}

/// Waits for the signals by which systems end a program.
async fn told_to_end() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut end = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = end.recv() => {}
            interrupted = tokio::signal::ctrl_c() => interrupted?,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
