//! Settings of the older replenishment service.

use crate::seal::SealKey;
use anyhow::{Context, ensure};
use refill_domain::drs::BASE_URL;
use refill_domain::market::Marketplace;
use refill_domain::secret::Secret;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// The older replenishment service. Without a client it is not spoken to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DrsConfig {
    /// The security profile's client id.
    pub client_id: Option<String>,
    /// The file of its secret; or set `REFILL_CLOUD_DRS_SECRET`.
    pub secret_file: Option<PathBuf>,
    /// The file of the key that tokens are sealed with: 32 bytes in base64; or set `REFILL_CLOUD_SEAL_KEY`.
    pub seal_key_file: Option<PathBuf>,
    /// One of the profile's Allowed Return URLs. Absent: `drs/return` below the public address.
    pub redirect_uri: Option<String>,
    /// Where the customers' orders go: their units are told.
    pub marketplace: Marketplace,
    /// The version of `subscriptionInfo`, 1 or 2 (protocols 4.2).
    pub version: u8,
    /// Unapproved device models may be registered. Never in production.
    pub development: bool,
    /// The service.
    pub service: String,
    /// The page of Login with Amazon.
    pub authorize_url: String,
    /// Its token endpoint.
    pub token_url: String,
    #[serde(skip)]
    pub(super) secret: Option<Secret>,
    #[serde(skip)]
    pub(super) seal_key: Option<SealKey>,
}

impl Default for DrsConfig {
    fn default() -> Self {
        Self {
            client_id: None,
            secret_file: None,
            seal_key_file: None,
            redirect_uri: None,
            marketplace: Marketplace::Us,
            version: 2,
            development: false,
            service: BASE_URL.to_owned(),
            authorize_url: "https://www.amazon.com/ap/oa".to_owned(),
            token_url: "https://api.amazon.com/auth/o2/token".to_owned(),
            secret: None,
            seal_key: None,
        }
    }
}

impl DrsConfig {
    /// Sets the client's secret and the sealing key.
    pub fn with_secrets(&mut self, secret: &str, seal_key: SealKey) {
        (self.secret, self.seal_key) = (Some(Secret::new(secret)), Some(seal_key));
    }

    /// The client's id and secret, and the sealing key; none where the service is not spoken to.
    pub fn secrets(&self) -> Option<(&str, &Secret, &SealKey)> {
        Some((self.client_id.as_deref()?, self.secret.as_ref()?, self.seal_key.as_ref()?))
    }

    pub(super) fn read_secrets(&mut self, folder: &Path) -> anyhow::Result<()> {
        let read = |file: &Path, what: &str| {
            let text =
                std::fs::read_to_string(folder.join(file)).with_context(|| format!("Read drs.{what}"))?;
            anyhow::Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        };
        if let Some(file) = self.secret_file.as_ref().filter(|_| self.secret.is_none()) {
            self.secret = Some(Secret::new(read(file, "secret_file")?));
        }
        if let Some(file) = self.seal_key_file.as_ref().filter(|_| self.seal_key.is_none()) {
            self.seal_key = Some(SealKey::parse(&read(file, "seal_key_file")?).context("drs.seal_key_file")?);
        }
        Ok(())
    }

    pub(super) fn check(&self, reachable: bool) -> anyhow::Result<()> {
        ensure!(matches!(self.version, 1 | 2), "drs.version is 1 or 2");
        for (name, address) in [
            ("service", &self.service),
            ("authorize_url", &self.authorize_url),
            ("token_url", &self.token_url),
        ] {
            let url = Url::parse(address).with_context(|| format!("drs.{name} can't be used"))?;
            let near = match url.host() {
                Some(Host::Ipv4(ip)) => ip.is_loopback(),
                Some(Host::Ipv6(ip)) => ip.is_loopback(),
                Some(Host::Domain(_)) | None => false,
            };
            let rehearsal = url.scheme() == "http" && near && !reachable;
            ensure!(url.scheme() == "https" || rehearsal, "drs.{name} must be https");
        }
        if self.client_id.is_some() {
            ensure!(self.secret.as_ref().is_some_and(|of| !of.expose().is_empty()), "drs needs secret_file");
            ensure!(self.seal_key.is_some(), "drs needs seal_key_file");
        }
        Ok(())
    }

    pub(super) fn summary(&self) -> String {
        match &self.client_id {
            None => "not spoken to".to_owned(),
            Some(id) => {
                format!("{id} (secret and sealing key set; {}; version {})", self.service, self.version)
            }
        }
    }
}
