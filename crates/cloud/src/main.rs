//! `refill-cloud`: reads settings, runs the server until it is told to end, and makes the first account.

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand, ValueEnum};
use refill_cloud::accounts::{self, AccountForm};
use refill_cloud::clock::SystemClock;
use refill_cloud::config::Config;
use refill_cloud::sns::saved;
use refill_cloud::store::Role;
use refill_cloud::{http, log, serve};
use refill_domain::sns::TopicArn;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
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
    /// Amazon's notifications over SNS.
    #[command(subcommand)]
    Sns(SnsCommand),
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

#[derive(Subcommand)]
enum SnsCommand {
    /// Judges a saved message as the listener would have at a moment. Ends with 0 if it is to be believed, 1 if it is
    /// not, and 2 if it can't be judged: a file can't be read, or the command line is wrong.
    Verify {
        /// The message, as SNS sent it.
        file: PathBuf,
        /// The certificate its `SigningCertURL` names (PEM). Whoever gives it vouches for it.
        #[arg(long, value_name = "PEM")]
        certificate: PathBuf,
        /// The moment (RFC 3339), such as 2026-03-01T12:00:00Z.
        #[arg(long, value_name = "TIME")]
        at: DateTime<Utc>,
        /// The topic it must be of. Absent: its own.
        #[arg(long, value_name = "ARN")]
        topic: Option<TopicArn>,
        /// Prints {"valid":…,"reason":…}, the reason being null or a stable name.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Customer,
    Staff,
    Administrator,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let mut out = std::io::stdout();
    if matches!(args.command, Command::Openapi) {
        writeln!(out, "{}", http::description().to_pretty_json()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Sns(command) = &args.command {
        return Ok(sns_command(command, &mut out).unwrap_or_else(|why| {
            // Nobody may be there to read it; the code says it too.
            let _ = writeln!(std::io::stderr(), "{why:#}");
            ExitCode::from(2)
        }));
    }
    let config = Config::load(args.config.as_deref(), &std::env::vars().collect())?;
    match args.command {
        Command::Check => write!(out, "{}", config.summary())?,
        Command::Openapi | Command::Sns(_) => {}
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
    Ok(ExitCode::SUCCESS)
}

fn sns_command(command: &SnsCommand, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let SnsCommand::Verify { file, certificate, at, topic, json } = command;
    let read = |file: &PathBuf| std::fs::read(file).with_context(|| format!("Read {}", file.display()));
    let verdict = saved::judged(&read(file)?, &read(certificate)?, *at, topic.clone());
    if *json {
        writeln!(out, "{}", serde_json::to_string(&verdict)?)?;
    } else {
        let sentence = verdict.sentence.as_deref().map(|why| format!("Not to be believed: {why}."));
        writeln!(out, "{}", sentence.as_deref().unwrap_or("To be believed."))?;
    }
    Ok(if verdict.valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
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
