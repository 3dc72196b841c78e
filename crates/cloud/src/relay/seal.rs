//! Amazon's tokens at rest: XChaCha20-Poly1305 under a key from the configuration, with the account's id as associated
//! data, so that one account's tokens can't be put into another's row. Nothing here prints a token or a key.

use crate::ids::AccountId;
use crate::secret::random;
use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use refill_domain::secret::Secret;
use std::fmt;

const NONCE: usize = 24;

/// The key of all tokens.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Reads a key: 32 bytes in base64.
    ///
    /// # Errors
    /// It is none; the text is not repeated.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).context("The key is no 32 bytes in base64: make one with `openssl rand -base64 32`")
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.0).into())
    }
}

/// Amazon's tokens of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For requests.
    pub access: Secret,
    /// For the next pair.
    pub refresh: Secret,
}

/// The tokens as they are kept.
///
/// # Errors
/// The system has no randomness to give.
pub fn seal(key: &Key, account: AccountId, tokens: &Tokens) -> anyhow::Result<Vec<u8>> {
    let nonce = random::<NONCE>()?;
    let plain = serde_json::to_vec(&(tokens.access.expose(), tokens.refresh.expose()))?;
    let payload = Payload { msg: &plain, aad: &account.bytes() };
    let sealed = key.cipher().encrypt(XNonce::from_slice(&nonce), payload);
    let sealed = sealed.map_err(|_| anyhow::anyhow!("The tokens can't be sealed"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// The tokens that were sealed for this account.
///
/// # Errors
/// Another key, another account, or damage.
pub fn open(key: &Key, account: AccountId, sealed: &[u8]) -> anyhow::Result<Tokens> {
    ensure!(sealed.len() > NONCE, "The sealed tokens are cut off");
    let (nonce, sealed) = sealed.split_at(NONCE);
    let payload = Payload { msg: sealed, aad: &account.bytes() };
    let plain = key.cipher().decrypt(XNonce::from_slice(nonce), payload);
    let plain =
        plain.map_err(|_| anyhow::anyhow!("The tokens were sealed with another key, or are damaged"))?;
    let (access, refresh): (String, String) =
        serde_json::from_slice(&plain).map_err(|_| anyhow::anyhow!("The sealed tokens can't be read"))?;
    Ok(Tokens { access: Secret::new(access), refresh: Secret::new(refresh) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn tokens_open_with_their_key_for_their_account_alone() {
        let key = |byte: u8| Key::parse(&STANDARD.encode([byte; 32])).unwrap();
        let id = |number| AccountId(Uuid::from_u128(number));
        let tokens = Tokens { access: Secret::new("Atza|canary"), refresh: Secret::new("Atzr|canary") };
        let sealed = seal(&key(1), id(1), &tokens).unwrap();
        assert_eq!(open(&key(1), id(1), &sealed).unwrap(), tokens);
        assert_ne!(seal(&key(1), id(1), &tokens).unwrap(), sealed, "never the same twice");
        assert!(!String::from_utf8_lossy(&sealed).contains("canary"));
        assert!(open(&key(2), id(1), &sealed).is_err());
        assert!(open(&key(1), id(2), &sealed).is_err());
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            let error = open(&key(1), id(1), &damaged).unwrap_err();
            assert!(!format!("{error:#}").contains("canary"));
            assert!(open(&key(1), id(1), &sealed[..at]).is_err());
        }
        assert_eq!(format!("{:?} {tokens:?}", key(1)).matches("canary").count(), 0);
        assert!(Key::parse("c2hvcnQ=").is_err() && Key::parse("no base64!").is_err());
    }
}
