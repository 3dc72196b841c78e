//! `refill-cloud`: reads settings, runs the server until it is told to end, makes the first account, takes a lost second
//! factor away, and says whether the audit trail is whole.

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand, ValueEnum};
use refill_cloud::accounts::{self, AccountForm};
use refill_cloud::clock::SystemClock;
use refill_cloud::config::Config;
use refill_cloud::sns::saved;
use refill_cloud::store::Role;
use refill_cloud::store::sqlite::verify_file;
use refill_cloud::support::act;
use refill_cloud::{audit, http, log, serve};
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
    /// The audit trail.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Takes the second factor of somebody of the maker's away, who sets up a new one at the next sign-in. The server
    /// must not run.
    ResetSecondFactor {
        /// The address its owner signs in with.
        #[arg(long)]
        email: String,
        /// Why; it stands in the audit trail.
        #[arg(long)]
        reason: String,
    },
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
enum AuditCommand {
    /// Walks the trail, whether the server runs or not. Ends with 0 if it is whole, 1 if something was changed, taken
    /// out, slipped in or cut off, and 2 if it can't be judged.
    Verify {
        /// A head that was written down, as this command and the server's log print one: `number:hash`. With it, a trail
        /// that was cut off or written anew is found.
        #[arg(long, value_name = "HEAD")]
        expect: Option<String>,
        /// Prints {"whole":…,"rows":…,"head":…,"trouble":…}.
        #[arg(long)]
        json: bool,
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
    let unjudged = |why: anyhow::Error| {
        // Nobody may be there to read it; the code says it too.
        let _ = writeln!(std::io::stderr(), "{why:#}");
        ExitCode::from(2)
    };
    if let Command::Sns(command) = &args.command {
        return Ok(sns_command(command, &mut out).unwrap_or_else(unjudged));
    }
    let config = Config::load(args.config.as_deref(), &std::env::vars().collect());
    if let Command::Audit(command) = &args.command {
        let judged = config.and_then(|config| audit_command(command, &config, &mut out));
        return Ok(judged.unwrap_or_else(unjudged));
    }
    let config = config?;
    match args.command {
        Command::Check => write!(out, "{}", config.summary())?,
        Command::Openapi | Command::Sns(_) | Command::Audit(_) => {}
        Command::Serve => {
            log::start(&config.log)?;
            tracing::info!(settings = %config.summary(), "Starting");
            let server = serve::start(config, Arc::new(SystemClock)).await?;
            writeln!(out, "http://{}/", server.address)?;
            out.flush()?;
            told_to_end().await?;
            server.stop().await;
        }
        Command::ResetSecondFactor { email, reason } => {
            let server = serve::start(alone(config), Arc::new(SystemClock)).await?;
            let done = act::reset_by_operator(server.app(), &email, reason).await;
            server.stop().await;
            if let Err(error) = done {
                anyhow::bail!("{}", error.detail);
            }
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
            let server = serve::start(alone(config), Arc::new(SystemClock)).await?;
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

/// The same store, on a port that nobody knows.
fn alone(config: Config) -> Config {
    Config { listen: ([127, 0, 0, 1], 0).into(), public_url: None, ..config }
}

fn audit_command(command: &AuditCommand, config: &Config, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let AuditCommand::Verify { expect, json } = command;
    let head = |text: &String| audit::read_head(text).context("A head is a number, a colon and 64 digits");
    let expected = expect.as_ref().map(head).transpose()?;
    let verdict = verify_file(&config.data, expected)?;
    if *json {
        writeln!(out, "{}", serde_json::to_string(&verdict)?)?;
    } else {
        let found = verdict.trouble.as_deref().unwrap_or("The trail is whole.");
        writeln!(out, "{found} {} rows; head {}", verdict.rows, verdict.head)?;
    }
    Ok(if verdict.whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
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
