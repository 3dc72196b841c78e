//! The way to Alexa's event gateway: the skill's Alexa client, the key its tokens are kept under, and addresses that are
//! Amazon's unless they are set otherwise.

use crate::seal::SealKey;
use anyhow::{Context, ensure};
use refill_domain::enablement::{SIGN_IN_PAGE, Stage};
use refill_domain::gateway::Region;
use refill_domain::secret::Secret;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::Url;

/// An address per region, where it is not Amazon's.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Addresses {
    /// North America.
    pub north_america: Option<Url>,
    /// Europe and India.
    pub europe: Option<Url>,
    /// Far East and Australia.
    pub far_east: Option<Url>,
}

impl Addresses {
    /// One address for all regions.
    pub fn all(url: &Url) -> Self {
        let url = || Some(url.clone());
        Self { north_america: url(), europe: url(), far_east: url() }
    }

    fn of(&self, region: Region, amazons: &str) -> Url {
        let set = match region {
            Region::NorthAmerica => &self.north_america,
            Region::Europe => &self.europe,
            Region::FarEast => &self.far_east,
        };
        #[expect(clippy::expect_used, reason = "the domain's addresses are constants, and tested")]
        set.clone().unwrap_or_else(|| Url::parse(amazons).expect("an address"))
    }

    fn each(&self) -> impl Iterator<Item = &Url> {
        [&self.north_america, &self.europe, &self.far_east].into_iter().flatten()
    }
}

/// `[alexa]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlexaConfig {
    /// The *Alexa* client of the skill's Permissions page (protocols 3.3).
    pub client_id: String,
    /// File that holds its secret, beside the settings.
    #[serde(default)]
    secret_file: Option<PathBuf>,
    /// File that holds the key of the tokens (32 bytes, base64), beside the settings.
    #[serde(default)]
    key_file: Option<PathBuf>,
    /// The region of directives that come to `/alexa/directive`.
    #[serde(default = "north_america")]
    pub region: Region,
    /// Who made the devices, as the Alexa app shows it.
    pub manufacturer: String,
    /// Event gateways.
    #[serde(default)]
    pub events: Addresses,
    /// Token endpoints.
    #[serde(default)]
    pub tokens: Addresses,
    /// The skill, as its console names it (`amzn1.ask.skill.…`); without it customers enable it in the Alexa app alone.
    #[serde(default)]
    pub skill_id: Option<String>,
    /// Which of its stages is enabled.
    #[serde(default)]
    pub stage: Stage,
    /// Where customers sign in at Amazon (protocols 3.3).
    #[serde(default)]
    pub sign_in: Option<Url>,
    /// Hosts of the enablement interface (protocols 6.2).
    #[serde(default)]
    pub api: Addresses,
    /// Milliseconds after which a request to Amazon is given up.
    #[serde(default = "timeout")]
    pub timeout_ms: u64,
    /// Hours of silence after which a device that owes a daily level counts as unreachable.
    #[serde(default = "silence")]
    pub silent_hours: u32,
    #[serde(skip)]
    secret: Option<Secret>,
    #[serde(skip)]
    key: Option<SealKey>,
}

fn north_america() -> Region {
    Region::NorthAmerica
}

/// Leaves time within the eight seconds of a directive (protocols 2.2).
fn timeout() -> u64 {
    5000
}

fn silence() -> u32 {
    49
}

impl AlexaConfig {
    /// Settings with everything that must be set.
    pub fn new(client_id: &str, secret: &str, key: SealKey, manufacturer: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            secret_file: None,
            key_file: None,
            region: north_america(),
            manufacturer: manufacturer.to_owned(),
            events: Addresses::default(),
            tokens: Addresses::default(),
            skill_id: None,
            stage: Stage::default(),
            sign_in: None,
            api: Addresses::default(),
            timeout_ms: timeout(),
            silent_hours: silence(),
            secret: Some(Secret::new(secret)),
            key: Some(key),
        }
    }

    pub(super) fn set(&mut self, name: &str, value: &str) -> anyhow::Result<()> {
        if name == "ALEXA_KEY" {
            self.key = Some(SealKey::parse(value)?);
        } else {
            self.secret = Some(Secret::new(value));
        }
        Ok(())
    }

    pub(super) fn read_files(&mut self, folder: &Path) -> anyhow::Result<()> {
        let read = |file: &Path| std::fs::read_to_string(folder.join(file));
        if let Some(file) = self.secret_file.as_ref().filter(|_| self.secret.is_none()) {
            let text = read(file).context("Read alexa.secret_file")?;
            self.secret = Some(Secret::new(text.trim()));
        }
        if let Some(file) = self.key_file.as_ref().filter(|_| self.key.is_none()) {
            self.key = Some(SealKey::parse(&read(file).context("Read alexa.key_file")?)?);
        }
        Ok(())
    }

    pub(super) fn check(&self, loopback: bool) -> anyhow::Result<()> {
        let secret = self.secret.as_ref().is_some_and(|secret| secret.expose().len() >= 8);
        ensure!(secret, "alexa.secret_file is needed: the Alexa client's secret of the Permissions page");
        ensure!(self.key.is_some(), "alexa.key_file is needed: make one with `openssl rand -base64 32`");
        ensure!((1..=100).contains(&self.client_id.len()), "alexa.client_id has 1 to 100 characters");
        ensure!(!self.manufacturer.trim().is_empty(), "alexa.manufacturer is needed: Alexa shows it");
        ensure!((50..=7000).contains(&self.timeout_ms), "alexa.timeout_ms must be 50 to 7000");
        ensure!((25..=8760).contains(&self.silent_hours), "alexa.silent_hours must be 25 to 8760");
        if let Some(id) = &self.skill_id {
            let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
            ensure!(plain && (1..=255).contains(&id.len()), "alexa.skill_id is no id of a skill");
        }
        let pages = self.sign_in.iter();
        for url in self.events.each().chain(self.tokens.each()).chain(self.api.each()).chain(pages) {
            let here = matches!(url.host(), Some(url::Host::Ipv4(ip)) if ip.is_loopback());
            let fits = url.scheme() == "https" || (url.scheme() == "http" && here && loopback);
            ensure!(fits, "alexa: {url} must be https (http is for a rehearsal on 127.0.0.1 alone)");
        }
        Ok(())
    }

    /// The client's secret.
    pub fn secret(&self) -> Option<Secret> {
        self.secret.clone()
    }

    /// The key of the tokens; present in every configuration that was checked.
    pub fn key(&self) -> Option<&SealKey> {
        self.key.as_ref()
    }

    /// Where events of a region go.
    pub fn events_url(&self, region: Region) -> Url {
        self.events.of(region, region.events_url())
    }

    /// Where tokens of a region come from.
    pub fn token_url(&self, region: Region) -> Url {
        self.tokens.of(region, region.token_url())
    }

    /// Where the enablement interface of a region is, without a last slash.
    pub fn api_url(&self, region: Region) -> String {
        self.api.of(region, region.api_url()).as_str().trim_end_matches('/').to_owned()
    }

    /// Where customers sign in at Amazon.
    pub fn sign_in_page(&self) -> &str {
        self.sign_in.as_ref().map_or(SIGN_IN_PAGE, Url::as_str)
    }

    pub(super) fn summary(&self) -> String {
        let skill = self.skill_id.as_deref().unwrap_or("enabled in the Alexa app alone");
        format!("client {}, secret and key set, {:?}, skill {skill}", self.client_id, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazons_addresses_are_addresses() {
        let none = Addresses::default();
        for region in [Region::NorthAmerica, Region::Europe, Region::FarEast] {
            assert_eq!(none.of(region, region.events_url()).path(), "/v3/events");
            assert_eq!(none.of(region, region.token_url()).path(), "/auth/o2/token");
        }
    }
}
