//! Settings of what is believed over SNS.

use super::queue::QueueConfig;
use crate::sns::certificate::{SIGNER, certificates};
use anyhow::{Context, ensure};
use refill_domain::sns::{Policy, Rehearsal};
use rustls_pki_types::CertificateDer;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Certificates of issuers that can be named at most.
const AUTHORITIES_MAX: usize = 100;

/// What is believed over SNS. Without topics, nothing is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SnsConfig {
    /// The topics of this maker, as ARNs.
    pub topics: Vec<String>,
    /// Whether raw delivery is believed, which carries no signature.
    pub allow_raw: bool,
    /// Names of the certificate that signs (protocols 5.3).
    pub certificate_names: Vec<String>,
    /// A PEM file of what issues that certificate, where it does not lead to a public authority by itself.
    pub authorities: Option<PathBuf>,
    /// For development alone: the address of a stand-in for SNS on this computer. Refused on any address that others
    /// can reach.
    pub rehearsal: Option<String>,
    /// A queue that the topics deliver to.
    pub queue: Option<QueueConfig>,
    #[serde(skip)]
    issuers: Vec<u8>,
}

impl Default for SnsConfig {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            allow_raw: false,
            certificate_names: vec![SIGNER.to_owned()],
            authorities: None,
            rehearsal: None,
            queue: None,
            issuers: Vec::new(),
        }
    }
}

impl SnsConfig {
    /// What is believed.
    ///
    /// # Errors
    /// A topic that is none, or a stand-in that is not on this computer.
    pub fn policy(&self) -> anyhow::Result<Policy> {
        let topics: Result<Vec<_>, _> = self.topics.iter().map(|topic| topic.parse()).collect();
        let rehearsal = self.rehearsal.as_deref().map(Rehearsal::at).transpose();
        Ok(Policy {
            topics: topics.context("sns.topics can't be used")?,
            rehearsal: rehearsal.context("sns.rehearsal can't be used")?,
            allow_raw: self.allow_raw,
        })
    }

    /// What issues the certificate, beside the public authorities.
    ///
    /// # Errors
    /// The file holds no certificates.
    pub fn issuers(&self) -> anyhow::Result<Vec<CertificateDer<'static>>> {
        if self.issuers.is_empty() {
            return Ok(Vec::new());
        }
        certificates(&self.issuers, AUTHORITIES_MAX).context("sns.authorities can't be used")
    }

    pub(super) fn read_authorities(&mut self, folder: &Path) -> anyhow::Result<()> {
        if let Some(file) = &self.authorities {
            self.issuers = std::fs::read(folder.join(file)).context("Read sns.authorities")?;
            ensure!(!self.issuers.is_empty(), "sns.authorities is empty");
        }
        Ok(())
    }

    pub(super) fn check(&self, reachable: bool) -> anyhow::Result<()> {
        self.policy()?;
        self.issuers()?;
        if let Some(queue) = &self.queue {
            queue.check(reachable)?;
            ensure!(!self.topics.is_empty(), "sns.queue needs sns.topics: the topics that are believed");
        }
        ensure!(!self.certificate_names.is_empty(), "sns.certificate_names needs a name");
        ensure!(
            self.rehearsal.is_none() || !reachable,
            "sns.rehearsal is for development: take it out, or listen on 127.0.0.1 without a public_url"
        );
        Ok(())
    }

    pub(super) fn summary(&self) -> String {
        let topics = if self.topics.is_empty() { "no topics".to_owned() } else { self.topics.join(" ") };
        let raw = if self.allow_raw { "; RAW DELIVERY IS BELIEVED WITHOUT A SIGNATURE" } else { "" };
        let rehearsal = self.rehearsal.as_ref();
        let rehearsal =
            rehearsal.map_or_else(String::new, |at| format!("; REHEARSAL: {at} IS BELIEVED AS AMAZON"));
        format!("{topics}{raw}{rehearsal}")
    }
}
