//! Settings of the broker that devices publish to. What travels holds the devices' credentials, so the way there is
//! encrypted unless the broker runs on this computer.

use anyhow::{Context, bail, ensure};
use refill_domain::secret::Secret;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::{Host, Url};

/// `[mqtt]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MqttConfig {
    /// The broker: `mqtts://broker.example:8883`, or `mqtt://127.0.0.1:1883` on this computer.
    pub broker: Url,
    /// Under which name the broker keeps what comes while the server is down. No other client may use it.
    #[serde(default = "client_id")]
    pub client_id: String,
    /// The user, if the broker asks for one.
    #[serde(default)]
    pub user: Option<String>,
    /// The file of its password; or set `REFILL_CLOUD_MQTT_PASSWORD`.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// A PEM file of what issues the broker's certificate, where that does not lead to a public authority.
    #[serde(default)]
    pub authorities: Option<PathBuf>,
    /// A PEM file of our own certificate, if the broker asks for one.
    #[serde(default)]
    pub certificate_file: Option<PathBuf>,
    /// A PEM file of its key.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// What the topics begin with: `<prefix>/<device>/events`.
    #[serde(default = "prefix")]
    pub prefix: String,
    #[serde(skip)]
    password: Option<Secret>,
    #[serde(skip)]
    tls: Option<Arc<ClientConfig>>,
}

fn client_id() -> String {
    "refill-cloud".to_owned()
}

fn prefix() -> String {
    "refill".to_owned()
}

impl fmt::Debug for MqttConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MqttConfig").field(&self.summary()).finish()
    }
}

impl MqttConfig {
    /// A broker on this computer.
    ///
    /// # Errors
    /// It is no address.
    pub fn at(broker: &str) -> anyhow::Result<Self> {
        Ok(Self {
            broker: broker.parse()?,
            client_id: client_id(),
            user: None,
            password_file: None,
            authorities: None,
            certificate_file: None,
            key_file: None,
            prefix: prefix(),
            password: None,
            tls: None,
        })
    }

    /// Sets the user with its password.
    pub fn with_user(&mut self, user: &str, password: &str) {
        (self.user, self.password) = (Some(user.to_owned()), Some(Secret::new(password)));
    }

    /// The user with its password.
    pub fn user(&self) -> Option<(&str, &Secret)> {
        self.user.as_deref().zip(self.password.as_ref())
    }

    /// How the way there is encrypted; none on this computer.
    pub fn tls(&self) -> Option<&Arc<ClientConfig>> {
        self.tls.as_ref()
    }

    /// The broker's host, without brackets, and port.
    pub fn address(&self) -> (String, u16) {
        let host = self.broker.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        (host, self.broker.port().unwrap_or(if self.broker.scheme() == "mqtts" { 8883 } else { 1883 }))
    }

    pub(super) fn set_password(&mut self, password: &str) {
        self.password = Some(Secret::new(password));
    }

    /// Reads the files that are named, beside the settings.
    ///
    /// # Errors
    /// One can't be read or used.
    pub fn read_files(&mut self, folder: &Path) -> anyhow::Result<()> {
        if let Some(file) = self.password_file.as_ref().filter(|_| self.password.is_none()) {
            let text = std::fs::read_to_string(folder.join(file)).context("Read mqtt.password_file")?;
            self.password = Some(Secret::new(text.trim_end_matches(['\r', '\n'])));
        }
        self.tls = match self.broker.scheme() {
            "mqtts" => Some(Arc::new(self.encrypted(folder)?)),
            _ => None,
        };
        Ok(())
    }

    fn encrypted(&self, folder: &Path) -> anyhow::Result<ClientConfig> {
        let read = |file: &Path, what: &str| {
            std::fs::read(folder.join(file)).with_context(|| format!("Read mqtt.{what}"))
        };
        let mut roots = RootCertStore::empty();
        match &self.authorities {
            None => {
                roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
            }
            Some(file) => {
                let pem = read(file, "authorities")?;
                for certificate in CertificateDer::pem_slice_iter(&pem) {
                    let certificate = certificate.context("mqtt.authorities can't be used")?;
                    roots.add(certificate).context("mqtt.authorities can't be used")?;
                }
            }
        }
        ensure!(!roots.is_empty(), "mqtt.authorities holds no certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let tls = tls.with_root_certificates(roots);
        match (&self.certificate_file, &self.key_file) {
            (None, None) => Ok(tls.with_no_client_auth()),
            (Some(certificate), Some(key)) => {
                let pem = read(certificate, "certificate_file")?;
                let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
                let chain = chain.context("mqtt.certificate_file can't be used")?;
                let key = PrivateKeyDer::from_pem_slice(&read(key, "key_file")?);
                // Its error might quote the key.
                let key = key.ok().context("mqtt.key_file can't be used")?;
                tls.with_client_auth_cert(chain, key).context("mqtt.certificate_file can't be used")
            }
            _ => bail!("mqtt.certificate_file and mqtt.key_file belong together"),
        }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        let near = match self.broker.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(_)) | None => false,
        };
        let plain = self.broker.scheme() == "mqtt" && near;
        ensure!(
            plain || self.broker.scheme() == "mqtts" && self.broker.host().is_some(),
            "mqtt.broker must be mqtts://… (mqtt:// is for a broker on 127.0.0.1 alone: devices' credentials pass there)"
        );
        let bare = matches!(self.broker.path(), "" | "/") && self.broker.query().is_none();
        ensure!(bare, "mqtt.broker is a bare address, without a path");
        let user = self.broker.username().is_empty() && self.broker.password().is_none();
        ensure!(user, "mqtt.broker has a user in it; set mqtt.user and mqtt.password_file");
        ensure!(
            self.user.is_some() == self.password.is_some(),
            "mqtt.user and its password (mqtt.password_file) belong together"
        );
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let id = (1..=100).contains(&self.client_id.len()) && self.client_id.chars().all(fits);
        ensure!(id, "mqtt.client_id has 1 to 100 letters, digits, - _ .");
        let level = |level: &str| !level.is_empty() && level.chars().all(fits);
        let prefix = self.prefix.len() <= 200 && self.prefix.split('/').all(level);
        ensure!(prefix, "mqtt.prefix is one or more levels of letters, digits, - _ . parted by /");
        Ok(())
    }

    pub(super) fn summary(&self) -> String {
        let user = self.user.as_ref().map_or_else(String::new, |user| format!(", user {user}, password set"));
        format!("{} (client {}{user}), {}/+/events", self.broker, self.client_id, self.prefix)
    }
}
