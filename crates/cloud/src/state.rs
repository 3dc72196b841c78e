//! What every request may use. Built once, passed along, never global.

use crate::access::Access;
use crate::clock::Clock;
use crate::config::{Client, Config};
use crate::drs::service::Service;
use crate::feed::Streams;
use crate::ids::AccountId;
use crate::limit::Limit;
use crate::metrics::Metrics;
#[cfg(feature = "mqtt")]
use crate::mqtt::Broker;
use crate::relay::{Amazon, Relay};
use crate::skill::Shown;
use crate::sns::Sns;
use crate::store::Store;
use refill_domain::ids::EndpointId;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The server's parts.
pub struct App {
    /// Settings.
    pub config: Config,
    /// The address others reach it at.
    pub public: Url,
    /// Time and ids.
    pub clock: Arc<dyn Clock>,
    /// Everything that is kept.
    pub store: Arc<dyn Store>,
    /// Who is asking.
    pub access: Access,
    /// Who does how much.
    pub limits: Limits,
    /// What Alexa was told of customers' devices.
    pub shown: Shown,
    /// Open feeds.
    pub streams: Streams,
    /// Figures for operators.
    pub metrics: Metrics,
    /// The way to Amazon, if it is set up.
    pub amazon: Option<Amazon>,
    /// What the relay is at.
    pub relay: Relay,
    /// How many passwords are judged at once: each takes 19 MiB and a core.
    pub hashing: Semaphore,
    /// The older replenishment service.
    pub drs: Service,
    /// What is believed over SNS.
    pub sns: Sns,
    /// How it stands with the broker.
    #[cfg(feature = "mqtt")]
    pub mqtt: Broker,
    /// The server is going down.
    pub stopping: CancellationToken,
}

/// How handlers hold it.
pub type Shared = Arc<App>;

/// Who does how much.
pub struct Limits {
    /// Passwords tried for one address of sign-in.
    pub sign_in_email: Limit<String>,
    /// Passwords tried by one caller.
    pub sign_in_peer: Limit<IpAddr>,
    /// Codes of one second factor.
    pub factor: Limit<AccountId>,
    /// Searches and requests of one of the maker's people.
    pub lookups: Limit<AccountId>,
    /// Wrong secrets, codes and refresh tokens of one caller.
    pub token_peer: Limit<IpAddr>,
    /// Events of one account.
    pub events: Limit<AccountId>,
    /// Messages that are published as one device.
    pub published: Limit<EndpointId>,
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// The settings of SNS can't be used, or TLS towards Amazon can't be set up.
    pub fn new(
        config: Config,
        public: Url,
        clock: Arc<dyn Clock>,
        store: Arc<dyn Store>,
    ) -> anyhow::Result<Self> {
        let sns = Sns::new(&config.sns)?;
        let limits = Limits {
            sign_in_email: Limit::new(config.limits.sign_ins()),
            sign_in_peer: Limit::new(config.limits.sign_ins()),
            factor: Limit::new(config.limits.factors()),
            lookups: Limit::new(config.limits.lookups()),
            token_peer: Limit::new(config.limits.tokens()),
            events: Limit::new(config.limits.events()),
            published: Limit::new(config.limits.events()),
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let amazon = config.alexa.clone().map(Amazon::new).transpose()?;
        Ok(Self {
            config,
            public,
            clock,
            store,
            access: Access::default(),
            limits,
            shown: Shown::default(),
            streams: Streams::default(),
            metrics: Metrics::default(),
            amazon,
            relay: Relay::default(),
            hashing: Semaphore::new(cores),
            drs: Service::new()?,
            sns,
            #[cfg(feature = "mqtt")]
            mqtt: Broker::default(),
            stopping: CancellationToken::new(),
        })
    }

    /// The client of this id.
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.config.clients.iter().find(|client| client.id == id)
    }
}
