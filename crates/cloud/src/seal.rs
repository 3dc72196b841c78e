//! Secrets that must be read again, at rest: Amazon's tokens, and what is needed on the way to them. XChaCha20-Poly1305
//! under a key from outside the store, each value under a random nonce and bound to its account, so that what was copied
//! to another account, or changed, opens nothing. Nothing here prints a key or what it seals.

use crate::ids::AccountId;
use crate::secret::random;
use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// Bytes before what is sealed; each value has its own.
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
    /// It is none; the text is not repeated.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let bytes: Option<[u8; 32]> =
            STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        let bytes =
            bytes.context("The key is no 32 bytes in base64: make one with `openssl rand -base64 32`")?;
        Ok(Self(XChaCha20Poly1305::new((&bytes).into())))
    }

    /// Seals a value for an account.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn seal(&self, account: AccountId, value: &impl Serialize) -> anyhow::Result<Vec<u8>> {
        let plain = serde_json::to_vec(value).ok().context("This can't be sealed")?;
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: &plain, aad: &account.bytes() };
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), payload);
        Ok([nonce.as_slice(), &sealed.ok().context("Too long to be sealed")?].concat())
    }

    /// Opens what was sealed for this account.
    ///
    /// # Errors
    /// Another key, another account, damage, or a value of another kind.
    pub fn open<T: DeserializeOwned>(&self, account: AccountId, sealed: &[u8]) -> anyhow::Result<T> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).context("What was sealed is cut off")?;
        let payload = Payload { msg: sealed, aad: &account.bytes() };
        let plain = self.0.decrypt(XNonce::from_slice(nonce), payload).ok();
        let plain = plain.context("It was sealed with another key, or is damaged")?;
        // Its error might quote the value.
        serde_json::from_slice(&plain).ok().context("What was sealed is something else")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use uuid::Uuid;

    fn key(byte: u8) -> SealKey {
        SealKey::parse(&STANDARD.encode([byte; 32])).unwrap()
    }

    fn account(number: u128) -> AccountId {
        AccountId(Uuid::from_u128(number))
    }

    fn opened(key: &SealKey, of: AccountId, sealed: &[u8]) -> Option<Value> {
        key.open(of, sealed).map_err(|why| assert!(!format!("{why:#}").contains("canary"), "{why:#}")).ok()
    }

    #[test]
    fn only_the_same_key_and_account_open_it_and_only_unchanged() {
        let value = json!(["Atza|canary", "Atzr|canary"]);
        let sealed = key(7).seal(account(1), &value).unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("canary"));
        assert_eq!(opened(&key(7), account(1), &sealed), Some(value.clone()));
        assert_eq!(opened(&key(7), account(2), &sealed), None, "copied to another account");
        assert_eq!(opened(&key(8), account(1), &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(opened(&key(7), account(1), &changed), None, "byte {at}");
            assert_eq!(opened(&key(7), account(1), &sealed[..at]), None, "cut at {at}");
        }
        assert_ne!(key(7).seal(account(1), &value).unwrap(), sealed, "never the same twice");
        assert!(key(7).open::<u8>(account(1), &sealed).is_err_and(|why| !why.to_string().contains("canary")));
        assert_eq!(format!("{:?}", key(7)), "SealKey(…)");
    }

    #[test]
    fn what_was_sealed_before_is_still_read() {
        // Kept by the relay, and for a device of the older service, before both used this.
        let relay = "QD/Os6evR0+0opk+VkrJxMfE20atEtTfNYf1wRGbon9esXc09Q+URTPn4mC9RGUxtuh0jJhAI/PEuZklN4W0";
        let drs = "Kh/Z6y/mShm9XEjaZQTGbovsYIv7GAzfHvI7Hg3j+/aQ4uMjWltAj1bUBxmhayYPFxEf/dWQopcjBzgk17iWfEtIcC9dXIdrGvLzb++DsIAb2/348IzBi/6kn2VJtXRODNkI6rZ7Cp40";
        let read = |text: &str| opened(&key(7), account(1), &STANDARD.decode(text).unwrap()).unwrap();
        assert_eq!(read(relay), json!(["Atza|one", "Atzr|two"]));
        assert_eq!(read(drs), json!({"Tokens": {"access": "Atza|one", "refresh": "Atzr|two", "ends_at": 7}}));
    }

    #[test]
    fn a_key_has_32_bytes() {
        for bad in ["", "AAAA", "not base64 canary", &STANDARD.encode([1; 33])] {
            let why = SealKey::parse(bad).unwrap_err().to_string();
            assert!(why.contains("32 bytes") && !why.contains("canary"), "{why}");
        }
    }
}
