//! Secrets that must be read again, at rest: XChaCha20-Poly1305 with a key from outside the store, each text under a
//! random nonce and bound to its account, so that what was copied to another account, or changed, opens nothing.

use crate::ids::AccountId;
use crate::secret::random;
use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::fmt;

const NONCE: usize = 24;

/// The key.
#[derive(Clone)]
pub struct SealKey(XChaCha20Poly1305);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

impl SealKey {
    /// The key of 32 bytes in base64, as `openssl rand -base64 32` prints one.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let bytes = STANDARD.decode(text.trim()).ok().context("The key is no base64")?;
        ensure!(bytes.len() == 32, "The key must have 32 bytes: openssl rand -base64 32 makes one");
        Ok(Self(XChaCha20Poly1305::new_from_slice(&bytes).ok().context("The key")?))
    }

    /// Seals a text for an account.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn seal(&self, account: AccountId, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: plain, aad: &account.bytes() };
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.ok().context("Too long to be sealed")?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this account; none for anything else.
    pub fn open(&self, account: AccountId, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        self.0.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: &account.bytes() }).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn key(byte: u8) -> SealKey {
        SealKey::parse(&STANDARD.encode([byte; 32])).unwrap()
    }

    #[test]
    fn only_the_same_key_and_account_open_it_and_only_unchanged() {
        let (one, two) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let sealed = key(7).seal(one, b"Atzr|token").unwrap();
        assert_eq!(key(7).open(one, &sealed).unwrap(), b"Atzr|token");
        assert_eq!(key(7).open(two, &sealed), None, "copied to another account");
        assert_eq!(key(8).open(one, &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key(7).open(one, &changed), None, "byte {at}");
            assert_eq!(key(7).open(one, &sealed[..at]), None, "cut at {at}");
        }
        assert_ne!(key(7).seal(one, b"Atzr|token").unwrap(), sealed, "never the same twice");
        assert_eq!(format!("{:?}", key(7)), "SealKey(…)");
    }

    #[test]
    fn a_key_has_32_bytes() {
        for bad in ["", "AAAA", "not base64", &STANDARD.encode([1; 33])] {
            assert!(SealKey::parse(bad).is_err(), "{bad}");
        }
    }
}
