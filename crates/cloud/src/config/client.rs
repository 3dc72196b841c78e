//! The two kinds of client that may ask customers for access: Alexa, which keeps a secret, and native apps, which can't
//! and prove themselves by PKCE (protocols 6.1 and 6.4).

use crate::secret::{Hash, digest, same};
use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use url::{Host, Url};
use utoipa::ToSchema;

/// The regional addresses Alexa comes back to, before the vendor's id (protocols 6.1).
const ALEXA_RETURNS: [&str; 3] = [
    "https://pitangui.amazon.com/api/skill/link/",
    "https://layla.amazon.com/api/skill/link/",
    "https://alexa.amazon.co.jp/api/skill/link/",
];

/// What a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientKind {
    /// Alexa's account linking: keeps a secret.
    Alexa,
    /// A program on somebody's computer or phone: keeps none.
    Native,
}

/// One client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// What it is.
    pub kind: ClientKind,
    /// The name customers read when asked.
    pub name: String,
    /// Alexa: the vendor's id, from which the three regional addresses follow.
    #[serde(default)]
    pub vendor_id: Option<String>,
    /// Addresses to come back to, besides those.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Scopes it may ask for.
    pub scopes: Vec<String>,
    /// File that holds the secret, beside the settings.
    #[serde(default)]
    secret_file: Option<PathBuf>,
    #[serde(skip)]
    secret: Option<Hash>,
}

impl Client {
    /// One that keeps no secret.
    pub fn native(id: &str, name: &str, redirect_uris: &[&str], scopes: &[&str]) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        Self {
            id: id.to_owned(),
            kind: ClientKind::Native,
            name: name.to_owned(),
            vendor_id: None,
            redirect_uris: owned(redirect_uris),
            scopes: owned(scopes),
            secret_file: None,
            secret: None,
        }
    }

    /// Alexa.
    pub fn alexa(id: &str, secret: &str, vendor_id: &str) -> Self {
        Self {
            kind: ClientKind::Alexa,
            vendor_id: Some(vendor_id.to_owned()),
            secret: Some(digest(secret.as_bytes())),
            ..Self::native(id, "Amazon Alexa", &[], &["customer"])
        }
    }

    /// The end of the name of the environment variable that holds its secret.
    pub(super) fn environment_name(&self) -> String {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        self.id.chars().map(letter).collect()
    }

    pub(super) fn set_secret(&mut self, secret: &str) {
        self.secret = Some(digest(secret.as_bytes()));
    }

    pub(super) fn read_secret(&mut self, folder: &Path) -> anyhow::Result<()> {
        let Some(file) = self.secret_file.as_ref().filter(|_| self.secret.is_none()) else { return Ok(()) };
        let text = std::fs::read_to_string(folder.join(file))
            .with_context(|| format!("Read the secret of the client {}", self.id))?;
        let text = text.trim_end_matches(['\r', '\n']).to_owned();
        ensure!(text.len() >= 16, "The secret of the client {} is shorter than 16 characters", self.id);
        self.set_secret(&text);
        Ok(())
    }

    /// Every address it may come back to, as it was registered.
    pub fn returns(&self) -> impl Iterator<Item = String> + '_ {
        let vendor = self.vendor_id.iter();
        let regional = vendor.flat_map(|id| ALEXA_RETURNS.iter().map(move |start| format!("{start}{id}")));
        regional.chain(self.redirect_uris.iter().cloned())
    }

    /// Whether this is its secret; takes the same time whatever it is.
    pub fn secret_is(&self, secret: &str) -> bool {
        same(&digest(secret.as_bytes()), &self.secret.unwrap_or_default()) && self.secret.is_some()
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        let id = &self.id;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        ensure!((1..=100).contains(&id.len()) && id.chars().all(plain), "{id:?} is no name for a client");
        ensure!(!self.scopes.is_empty(), "The client {id} needs a scope");
        ensure!(self.scopes.len() <= 15, "The client {id} has more than 15 scopes (protocols 6.1)");
        ensure!(self.returns().next().is_some(), "The client {id} needs an address to come back to");
        match self.kind {
            ClientKind::Alexa => {
                ensure!(self.secret.is_some(), "The client {id} needs a secret: set secret_file");
                ensure!(self.vendor_id.is_some(), "The client {id} needs a vendor_id");
            }
            ClientKind::Native => {
                let none = self.secret.is_none() && self.vendor_id.is_none();
                ensure!(none, "The client {id} is a native app: it keeps no secret and has no vendor");
            }
        }
        for address in self.returns() {
            return_fits(&address).with_context(|| format!("The client {id} can't come back to {address}"))?;
        }
        Ok(())
    }

    pub(super) fn summary(&self) -> String {
        let kind = match self.kind {
            ClientKind::Alexa => "alexa, secret set",
            ClientKind::Native => "native app, PKCE",
        };
        let returns: Vec<String> = self.returns().collect();
        format!("{} ({kind}; scopes {}; back to {})", self.id, self.scopes.join(" "), returns.join(", "))
    }
}

/// https anywhere, http on a loopback literal, or a private-use scheme with a dot (RFC 8252 7.1 to 7.3).
fn return_fits(address: &str) -> anyhow::Result<()> {
    let url = Url::parse(address)?;
    ensure!(url.fragment().is_none(), "it has a fragment");
    ensure!(url.username().is_empty() && url.password().is_none(), "it names a user");
    match url.scheme() {
        "https" => Ok(()),
        "http" => {
            let loopback = match url.host() {
                Some(Host::Ipv4(ip)) => ip.is_loopback(),
                Some(Host::Ipv6(ip)) => ip.is_loopback(),
                Some(Host::Domain(_)) | None => false,
            };
            ensure!(loopback, "http is for 127.0.0.1 and [::1] alone");
            Ok(())
        }
        scheme if scheme.contains('.') => {
            ensure!(!address.contains("//"), "a scheme of your own has a single slash");
            Ok(())
        }
        _ => bail!("use https, http on 127.0.0.1, or a reversed domain name as scheme"),
    }
}
