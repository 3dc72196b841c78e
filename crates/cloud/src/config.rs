//! Settings: a TOML file, then the environment over it, checked as a whole before anything is opened. A setting nobody
//! knows is refused by its name. No secret is ever kept in a form that could be printed: client secrets are digested
//! as they are read, and the summary names only what a log may show.

mod alexa;
mod client;
mod dash;
mod drs;
mod mqtt;
mod queue;
mod sns;

pub use alexa::{Addresses, AlexaConfig};
pub use client::{Client, ClientKind};
pub use dash::DashConfig;
pub use drs::DrsConfig;
pub use mqtt::MqttConfig;
pub use queue::QueueConfig;
pub use sns::SnsConfig;

use crate::catalogue::name_trouble;
use crate::limit::Rate;
use crate::seal::SealKey;
use anyhow::{Context, bail, ensure};
use refill_domain::secret::Secret;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// Start of the names of all environment variables that are read.
const PREFIX: &str = "REFILL_CLOUD_";

const UNSEALED: &str = "(no sealing key: staff and administrators can't sign in)";

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen. TLS is ended by a proxy in front of it.
    pub listen: SocketAddr,
    /// The address customers and Amazon reach it at; absent on a loopback address: that address itself.
    pub public_url: Option<Url>,
    /// The maker's name, as customers read it where they sign in.
    pub maker: String,
    /// The folder of the database.
    pub data: PathBuf,
    /// The peer is a proxy of ours: the last address of `X-Forwarded-For` is the caller.
    pub behind_proxy: bool,
    /// The log.
    pub log: LogConfig,
    /// The store.
    pub store: StoreConfig,
    /// Limits of requests.
    pub limits: LimitConfig,
    /// The feed.
    pub feed: FeedConfig,
    /// The maker's pages at Amazon's Dash.
    pub dash: DashConfig,
    /// The older replenishment service.
    pub drs: DrsConfig,
    /// The broker that devices publish to; without it they speak HTTP alone.
    pub mqtt: Option<MqttConfig>,
    /// What is believed over SNS.
    pub sns: SnsConfig,
    /// Who may ask customers for access.
    pub clients: Vec<Client>,
    /// The way to Alexa's event gateway; without it nothing is reported to Alexa.
    pub alexa: Option<AlexaConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            maker: "Refill".into(),
            data: "refill-cloud".into(),
            behind_proxy: false,
            log: LogConfig::default(),
            store: StoreConfig::default(),
            limits: LimitConfig::default(),
            feed: FeedConfig::default(),
            dash: DashConfig::default(),
            drs: DrsConfig::default(),
            mqtt: None,
            sns: SnsConfig::default(),
            clients: Vec::new(),
            alexa: None,
        }
    }
}

/// The log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `json` or `text`.
    pub format: LogFormat,
    /// A filter as `tracing` writes it: `info`, `refill_cloud=debug`.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Json, filter: "info".into() }
    }
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The store.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// Threads that read beside the writer.
    pub readers: usize,
    /// Largest database in MiB; what goes beyond is answered as a full disk.
    pub max_mib: Option<u32>,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { readers: 2, max_mib: None }
    }
}

/// Limits of requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitConfig {
    /// Bytes of a body, batches aside (`reliability.md` W7).
    pub body_bytes: usize,
    /// Bytes of a batch.
    pub batch_bytes: usize,
    /// Entries of a batch.
    pub batch_entries: usize,
    /// Tries of a password per address of sign-in and per caller, in a minute (`reliability.md` A6).
    pub sign_ins_per_minute: u32,
    /// Wrong secrets, codes and refresh tokens per caller, in a minute.
    pub tokens_per_minute: u32,
    /// Searches for customers, and requests to them, of one of the maker's people, in a minute.
    pub lookups_per_minute: u32,
    /// Events of one account, in a minute.
    pub events_per_minute: u32,
    /// Events of one account at once.
    pub events_burst: u32,
    /// Open connections.
    pub connections: usize,
}

impl Default for LimitConfig {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            batch_bytes: 1024 * 1024,
            batch_entries: 1000,
            sign_ins_per_minute: 10,
            tokens_per_minute: 30,
            lookups_per_minute: 120,
            events_per_minute: 6000,
            events_burst: 10_000,
            connections: 20_000,
        }
    }
}

impl LimitConfig {
    /// Tries of a password.
    pub fn sign_ins(&self) -> Rate {
        Rate { burst: self.sign_ins_per_minute, per_minute: self.sign_ins_per_minute }
    }

    /// Wrong secrets, codes and refresh tokens.
    pub fn tokens(&self) -> Rate {
        Rate { burst: self.tokens_per_minute, per_minute: self.tokens_per_minute }
    }

    /// Codes of one second factor: as many at once as passwords, and a tenth of them after that.
    pub fn factors(&self) -> Rate {
        Rate { burst: self.sign_ins_per_minute, per_minute: self.sign_ins_per_minute.div_ceil(10) }
    }

    /// Searches and requests of one of the maker's people.
    pub fn lookups(&self) -> Rate {
        Rate { burst: self.lookups_per_minute, per_minute: self.lookups_per_minute }
    }

    /// Events of one account.
    pub fn events(&self) -> Rate {
        Rate { burst: self.events_burst, per_minute: self.events_per_minute }
    }
}

/// The feed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FeedConfig {
    /// Seconds between signs of life.
    pub heartbeat_seconds: u32,
    /// Days for which changes other than entries are told.
    pub retention_days: u32,
    /// Open feeds of one account.
    pub streams_per_account: usize,
}

impl Default for FeedConfig {
    fn default() -> Self {
        Self { heartbeat_seconds: 15, retention_days: 30, streams_per_account: 8 }
    }
}

impl Config {
    /// Reads the file, if one is named, and the given environment over it.
    ///
    /// # Errors
    /// What can't be read, understood or used, by name.
    pub fn load(file: Option<&Path>, environment: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let text = match file {
            None => String::new(),
            Some(file) => std::fs::read_to_string(file)
                .with_context(|| format!("Read the settings {}", file.display()))?,
        };
        let mut config: Self = toml::from_str(&text).map_err(|cause| {
            // Its message may quote the line, and the line may hold a secret.
            anyhow::anyhow!("The settings can't be used: {}", cause.message())
        })?;
        for (name, value) in environment {
            let Some(setting) = name.strip_prefix(PREFIX) else { continue };
            let bad = || format!("{name} can't be used");
            match setting {
                "LISTEN" => config.listen = value.parse().with_context(bad)?,
                "PUBLIC_URL" => config.public_url = Some(value.parse().with_context(bad)?),
                "DATA" => config.data = value.into(),
                "LOG" => config.log.filter.clone_from(value),
                "DRS_SECRET" => config.drs.secret = Some(Secret::new(value)),
                "SEAL_KEY" => config.drs.seal_key = Some(SealKey::parse(value).with_context(bad)?),
                "MQTT_PASSWORD" => {
                    config.mqtt.as_mut().with_context(|| format!("{name} needs [mqtt]"))?.set_password(value);
                }
                "CONFIG" => {}
                "ALEXA_SECRET" | "ALEXA_KEY" => {
                    let alexa = config.alexa.as_mut().with_context(|| format!("{name} needs [alexa]"))?;
                    alexa.set(setting, value).with_context(bad)?;
                }
                _ => {
                    let client = setting.strip_prefix("SECRET_").and_then(|id| {
                        config.clients.iter_mut().find(|client| client.environment_name() == id)
                    });
                    client.with_context(|| format!("{name} is no setting"))?.set_secret(value);
                }
            }
        }
        let folder = file.and_then(Path::parent).unwrap_or(Path::new("."));
        for client in &mut config.clients {
            client.read_secret(folder)?;
        }
        if let Some(alexa) = &mut config.alexa {
            alexa.read_files(folder)?;
        }
        config.drs.read_secrets(folder)?;
        if let Some(mqtt) = &mut config.mqtt {
            mqtt.read_files(folder)?;
        }
        config.sns.read_authorities(folder)?;
        config.check()?;
        Ok(config)
    }

    /// The key that second factors are sealed with: that of the older service, or else Alexa's. Without either the
    /// maker's people can't sign in.
    pub fn seal_key(&self) -> Option<&SealKey> {
        self.drs.seal_key.as_ref().or_else(|| self.alexa.as_ref()?.key())
    }

    fn check(&self) -> anyhow::Result<()> {
        let loopback = self.listen.ip().is_loopback();
        match &self.public_url {
            None => ensure!(loopback, "Set public_url: others reach this server from elsewhere"),
            Some(url) => {
                let secure = url.scheme() == "https" || (url.scheme() == "http" && loopback);
                ensure!(secure, "public_url must be https");
                let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
                ensure!(plain && url.username().is_empty(), "public_url is a bare address, without a path");
            }
        }
        if let Some(alexa) = &self.alexa {
            alexa.check(loopback)?;
        }
        ensure!(cfg!(feature = "mqtt") || self.mqtt.is_none(), "[mqtt] is not part of this build");
        ensure!(cfg!(feature = "queue") || self.sns.queue.is_none(), "[sns.queue] is not part of this build");
        if let Some(mqtt) = &self.mqtt {
            mqtt.check()?;
        }
        let enabling = self.alexa.as_ref().is_some_and(|alexa| alexa.skill_id.is_some());
        let linked = self.clients.iter().any(|client| client.kind == ClientKind::Alexa);
        ensure!(!enabling || linked, "alexa.skill_id needs a client of the kind alexa");
        let host = self.public_url.as_ref().and_then(Url::host);
        let near = host.is_none_or(|host| match host {
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
            Host::Domain(_) => false,
        });
        self.dash.check()?;
        self.drs.check(!loopback || !near)?;
        self.sns.check(!loopback || !near)?;
        ensure!(
            name_trouble(&self.maker).is_none(),
            "maker is the name customers read, up to 128 characters"
        );
        let mut ids = BTreeSet::new();
        for client in &self.clients {
            client.check()?;
            if !ids.insert(&client.id) {
                bail!("Two clients are called {}", client.id);
            }
        }
        let numbers = [
            ("store.readers", self.store.readers, 1..=64),
            ("limits.body_bytes", self.limits.body_bytes, 1024..=16 * 1024 * 1024),
            ("limits.batch_bytes", self.limits.batch_bytes, 1024..=64 * 1024 * 1024),
            ("limits.batch_entries", self.limits.batch_entries, 1..=10_000),
            ("limits.connections", self.limits.connections, 1..=1_000_000),
            ("feed.heartbeat_seconds", self.feed.heartbeat_seconds as usize, 1..=300),
            ("feed.retention_days", self.feed.retention_days as usize, 1..=3650),
            ("feed.streams_per_account", self.feed.streams_per_account, 1..=10_000),
        ];
        for (name, value, range) in numbers {
            ensure!(range.contains(&value), "{name} must be {} to {}", range.start(), range.end());
        }
        Ok(())
    }

    /// What is set, one line each, for the log and for `refill-cloud check`.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{name} = {value}");
        };
        line("listen", &self.listen);
        line("public_url", &self.public_url.as_ref().map_or("(the address itself)", Url::as_str));
        line("maker", &self.maker);
        line("data", &self.data.display());
        line("behind_proxy", &self.behind_proxy);
        line("store.readers", &self.store.readers);
        line("limits.body_bytes", &self.limits.body_bytes);
        line("limits.batch_bytes", &self.limits.batch_bytes);
        line("limits.batch_entries", &self.limits.batch_entries);
        line("limits.events_per_minute", &self.limits.events_per_minute);
        line("limits.connections", &self.limits.connections);
        line("feed.heartbeat_seconds", &self.feed.heartbeat_seconds);
        line("feed.retention_days", &self.feed.retention_days);
        line("dash.vendor_code", &self.dash.vendor_code.as_deref().unwrap_or("(not set)"));
        line("second_factor", if self.seal_key().is_some() { &"sealing key set" } else { &UNSEALED });
        line("drs", &self.drs.summary());
        line("mqtt", &self.mqtt.as_ref().map_or("(not set)".to_owned(), MqttConfig::summary));
        line("sns", &self.sns.summary());
        line("sns.queue", &self.sns.queue.as_ref().map_or("(not set)".to_owned(), QueueConfig::summary));
        for client in &self.clients {
            line("client", &client.summary());
        }
        line("alexa", &self.alexa.as_ref().map_or("(not set)".to_owned(), AlexaConfig::summary));
        text
    }
}

#[cfg(test)]
mod tests;
