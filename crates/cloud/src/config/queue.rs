//! Settings of the queue that is subscribed to the topics. Credentials never stand here: the AWS SDK finds them in the
//! environment, in AWS's own files, or with the machine's role.

use anyhow::{Context, ensure};
use refill_domain::secret::Secret;
use serde::Deserialize;
use url::{Host, Url};

/// `[sns.queue]`: a queue of Amazon SQS that the topics deliver to, beside or instead of HTTPS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueConfig {
    /// The queue's address, as `https://sqs.us-east-1.amazonaws.com/123456789012/refill`.
    pub url: String,
    /// Its region, as `us-east-1`.
    pub region: String,
    /// Where SQS is spoken to, if not at the region's public address: a private endpoint, or a stand-in on this computer.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Seconds that one request waits for messages: 0 to 20.
    #[serde(default = "wait")]
    pub wait_seconds: u32,
    #[serde(skip)]
    credentials: Option<(String, Secret)>,
}

fn wait() -> u32 {
    20
}

impl QueueConfig {
    /// A queue, asked as patiently as SQS allows.
    pub fn new(url: &str, region: &str) -> Self {
        let (url, region) = (url.to_owned(), region.to_owned());
        Self { url, region, endpoint: None, wait_seconds: wait(), credentials: None }
    }

    /// Sets an access key, instead of what the SDK finds.
    pub fn with_credentials(&mut self, id: &str, secret: &str) {
        self.credentials = Some((id.to_owned(), Secret::new(secret)));
    }

    /// The access key that was set, if any.
    pub fn credentials(&self) -> Option<&(String, Secret)> {
        self.credentials.as_ref()
    }

    pub(super) fn check(&self, reachable: bool) -> anyhow::Result<()> {
        let endpoint = self.endpoint.iter().map(|url| ("endpoint", url));
        for (name, address) in [("url", &self.url)].into_iter().chain(endpoint) {
            let url = Url::parse(address).with_context(|| format!("sns.queue.{name} can't be used"))?;
            let near = match url.host() {
                Some(Host::Ipv4(ip)) => ip.is_loopback(),
                Some(Host::Ipv6(ip)) => ip.is_loopback(),
                Some(Host::Domain(_)) | None => false,
            };
            let rehearsal = url.scheme() == "http" && near && !reachable;
            ensure!(
                url.scheme() == "https" || rehearsal,
                "sns.queue.{name} must be https (http is for a rehearsal on 127.0.0.1 alone)"
            );
            ensure!(
                url.username().is_empty() && url.password().is_none(),
                "sns.queue.{name} has a user in it; credentials come from the environment"
            );
        }
        let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let region = (1..=40).contains(&self.region.len()) && self.region.bytes().all(fits);
        ensure!(region, "sns.queue.region is a name as us-east-1");
        ensure!((0..=20).contains(&self.wait_seconds), "sns.queue.wait_seconds must be 0 to 20");
        Ok(())
    }

    pub(super) fn summary(&self) -> String {
        let at = self.endpoint.as_ref().map_or_else(String::new, |at| format!(" at {at}"));
        format!("{} ({}{at}, waits {} s)", self.url, self.region, self.wait_seconds)
    }
}
