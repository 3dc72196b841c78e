//! The way to Amazon with the settings of this cloud: which address of which region, as which client, and how the
//! tokens of customers are kept.

use crate::config::AlexaConfig;
use crate::ids::AccountId;
use anyhow::Context;
use refill_domain::gateway::{Client, Heard, Region, TokenRequest};
use refill_domain::secret::Secret;
use refill_gateway::Gateway;
use reqwest::Method;
use std::time::Duration;

/// The way to Amazon.
#[derive(Debug, Clone)]
pub struct Amazon {
    gateway: Gateway,
    config: AlexaConfig,
}

/// Amazon's tokens of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For requests.
    pub access: Secret,
    /// For the next pair.
    pub refresh: Secret,
}

impl Amazon {
    /// With these settings.
    ///
    /// # Errors
    /// TLS can't be set up.
    pub fn new(config: AlexaConfig) -> anyhow::Result<Self> {
        let gateway = Gateway::new(Duration::from_millis(config.timeout_ms))?;
        Ok(Self { gateway, config })
    }

    /// The settings.
    pub fn config(&self) -> &AlexaConfig {
        &self.config
    }

    /// The tokens as they are kept.
    ///
    /// # Errors
    /// No key is set, or the system has no randomness.
    pub fn seal(&self, account: AccountId, tokens: &Tokens) -> anyhow::Result<Vec<u8>> {
        let key = self.config.key().context("No key is set")?;
        key.seal(account, &(tokens.access.expose(), tokens.refresh.expose()))
    }

    /// The tokens that were kept.
    ///
    /// # Errors
    /// No key is set, or another one than they were sealed with.
    pub fn open(&self, account: AccountId, sealed: &[u8]) -> anyhow::Result<Tokens> {
        let (access, refresh) =
            self.config.key().context("No key is set")?.open::<(String, String)>(account, sealed)?;
        Ok(Tokens { access: Secret::new(access), refresh: Secret::new(refresh) })
    }

    /// Asks the token endpoint of a region.
    pub async fn token(&self, region: Region, request: TokenRequest<'_>) -> Heard {
        let client = Client { id: &self.config.client_id, secret: self.config.secret() };
        self.gateway.token(self.config.token_url(region), &request.form(&client)).await
    }

    /// Asks the enablement interface at one host (protocols 6.2).
    pub async fn api(&self, method: Method, url: &str, token: &Secret, body: Option<Vec<u8>>) -> Heard {
        self.gateway.api(method, url, token, body).await
    }

    /// Sends a message to the gateway of a region.
    pub async fn event(&self, region: Region, token: &Secret, body: Vec<u8>) -> Heard {
        self.gateway.event(self.config.events_url(region), token, body).await
    }
}
