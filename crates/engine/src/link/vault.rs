//! Tokens at rest. One random key of 32 bytes lies in the system's keychain; what must not be read is sealed with it by
//! XChaCha20-Poly1305, bound to what it belongs to. Where there is no keychain, nothing is kept: what is sealed then is
//! never written, and is gone when the program ends. A key that was changed or lost opens nothing, and costs nothing
//! but a new link.

use anyhow::{Context, anyhow};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

const NONCE: usize = 24;

/// Bytes of the key.
const KEY: usize = 32;

/// The key's place in the keychain.
const SERVICE: &str = "Refill";
const USER: &str = "tokens";

/// Where the key lies. Calls may block for as long as a person thinks about a password, so they belong on a thread of
/// their own.
pub trait Keychain: Send + Sync + 'static {
    /// The key, if there is one.
    ///
    /// # Errors
    /// There is no keychain, or it is locked.
    fn read(&self) -> anyhow::Result<Option<Zeroizing<Vec<u8>>>>;

    /// Keeps the key.
    ///
    /// # Errors
    /// There is no keychain, or it is locked.
    fn write(&self, key: &[u8]) -> anyhow::Result<()>;
}

/// The system's keychain: the Secret Service on Linux (not the kernel's keyring, which forgets at a restart), the
/// Keychain on macOS, the Credential Manager on Windows.
#[derive(Debug, Default)]
pub struct SystemKeychain;

impl SystemKeychain {
    fn entry() -> anyhow::Result<keyring_core::Entry> {
        if keyring_core::get_default_store().is_none() {
            keyring_core::set_default_store(store()?);
        }
        keyring_core::Entry::new(SERVICE, USER).map_err(told)
    }
}

#[cfg(target_os = "linux")]
fn store() -> anyhow::Result<Arc<keyring_core::CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new().map_err(told)?)
}

#[cfg(target_os = "macos")]
fn store() -> anyhow::Result<Arc<keyring_core::CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new().map_err(told)?)
}

#[cfg(target_os = "windows")]
fn store() -> anyhow::Result<Arc<keyring_core::CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new().map_err(told)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn store() -> anyhow::Result<Arc<keyring_core::CredentialStore>> {
    anyhow::bail!("There is no keychain on this system")
}

/// An error of the keychain without the secrets that some of them carry.
fn told(cause: keyring_core::Error) -> anyhow::Error {
    match cause {
        keyring_core::Error::BadEncoding(_) | keyring_core::Error::BadDataFormat(..) => {
            anyhow!("What lies in the keychain is not ours")
        }
        other => anyhow!("{other}"),
    }
}

impl Keychain for SystemKeychain {
    fn read(&self) -> anyhow::Result<Option<Zeroizing<Vec<u8>>>> {
        match Self::entry()?.get_secret() {
            Ok(key) => Ok(Some(Zeroizing::new(key))),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(cause) => Err(told(cause)),
        }
    }

    fn write(&self, key: &[u8]) -> anyhow::Result<()> {
        Self::entry()?.set_secret(key).map_err(told)
    }
}

/// A keychain for tests and for runs that keep nothing: in memory, and able to be away.
#[derive(Debug, Default)]
pub struct MemoryKeychain {
    key: Mutex<Option<Vec<u8>>>,
    away: Mutex<bool>,
}

impl MemoryKeychain {
    /// A system without a keychain, or with one that is locked.
    pub fn absent() -> Self {
        Self { away: Mutex::new(true), ..Self::default() }
    }

    /// Locks it, or opens it again.
    pub fn lock(&self, locked: bool) {
        *self.away.lock().unwrap_or_else(PoisonError::into_inner) = locked;
    }

    /// What another keychain, or an emptied one, has in its place.
    pub fn put(&self, key: Option<Vec<u8>>) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = key;
    }

    fn there(&self) -> anyhow::Result<()> {
        let away = *self.away.lock().unwrap_or_else(PoisonError::into_inner);
        if away { Err(anyhow!("There is no keychain")) } else { Ok(()) }
    }
}

impl Keychain for MemoryKeychain {
    fn read(&self) -> anyhow::Result<Option<Zeroizing<Vec<u8>>>> {
        self.there()?;
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(key.clone().map(Zeroizing::new))
    }

    fn write(&self, key: &[u8]) -> anyhow::Result<()> {
        self.there()?;
        self.put(Some(key.to_vec()));
        Ok(())
    }
}

/// Seals and opens with one key.
#[derive(Clone)]
pub struct Vault {
    key: XChaCha20Poly1305,
    lasting: bool,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("lasting", &self.lasting).finish_non_exhaustive()
    }
}

impl Vault {
    /// The vault of the keychain's key, made and kept at the first use. Without a keychain one that lasts for this run;
    /// the reason goes to the log. Blocks.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn open(keychain: &dyn Keychain) -> anyhow::Result<Self> {
        match Self::kept(keychain) {
            Ok(vault) => Ok(vault),
            Err(cause) => {
                tracing::warn!(error = format!("{cause:#}"), "No keychain: the link lasts for this run");
                Self::of(random::<KEY>()?.as_slice(), false)
            }
        }
    }

    fn kept(keychain: &dyn Keychain) -> anyhow::Result<Self> {
        let known = keychain.read()?.filter(|key| key.len() == KEY);
        let key = match known {
            Some(key) => key,
            None => {
                keychain.write(random::<KEY>()?.as_slice())?;
                // What another program wrote at the same moment counts for both.
                keychain.read()?.filter(|key| key.len() == KEY).context("The keychain kept nothing")?
            }
        };
        Self::of(&key, true)
    }

    fn of(key: &[u8], lasting: bool) -> anyhow::Result<Self> {
        let key = XChaCha20Poly1305::new_from_slice(key).ok().context("The key has 32 bytes")?;
        Ok(Self { key, lasting })
    }

    /// Whether what is sealed can be opened at the next start.
    pub fn lasting(&self) -> bool {
        self.lasting
    }

    /// Seals a text for `owner`.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn seal(&self, owner: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce = random::<NONCE>()?;
        let payload = Payload { msg: plain, aad: owner.as_bytes() };
        let sealed = self.key.encrypt(XNonce::from_slice(nonce.as_slice()), payload);
        let sealed = sealed.ok().context("Too long to be sealed")?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for `owner` with this key; none for anything else.
    pub fn unseal(&self, owner: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        self.key.decrypt(XNonce::from_slice(nonce), payload).ok().map(Zeroizing::new)
    }
}

fn random<const N: usize>() -> anyhow::Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|cause| anyhow!("No randomness: {cause}"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_by_the_same_key_for_the_same_owner_and_unchanged() {
        let keychain = MemoryKeychain::default();
        let vault = Vault::open(&keychain).unwrap();
        assert!(vault.lasting());
        let sealed = vault.seal("one", b"rfr_CANARY").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"CANARY"));
        let again = Vault::open(&keychain).unwrap();
        assert_eq!(again.unseal("one", &sealed).unwrap().as_slice(), b"rfr_CANARY");
        assert_eq!(again.unseal("two", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(again.unseal("one", &changed), None, "byte {at}");
            assert_eq!(again.unseal("one", &sealed[..at]), None, "cut at {at}");
        }
        keychain.put(Some(vec![1; 32]));
        assert_eq!(Vault::open(&keychain).unwrap().unseal("one", &sealed), None, "another keychain");
        assert!(!format!("{vault:?}").contains("key"));
    }

    #[test]
    fn an_emptied_or_odd_keychain_gets_a_new_key() {
        let keychain = MemoryKeychain::default();
        let first = Vault::open(&keychain).unwrap().seal("one", b"x").unwrap();
        for odd in [None, Some(Vec::new()), Some(vec![7; 31]), Some(vec![7; 4000])] {
            keychain.put(odd);
            let vault = Vault::open(&keychain).unwrap();
            assert!(vault.lasting());
            assert_eq!(vault.unseal("one", &first), None);
            assert_eq!(keychain.read().unwrap().unwrap().len(), 32);
        }
    }

    #[test]
    fn without_a_keychain_each_run_is_its_own() {
        let keychain = MemoryKeychain::absent();
        let (one, two) = (Vault::open(&keychain).unwrap(), Vault::open(&keychain).unwrap());
        assert!(!one.lasting());
        let sealed = one.seal("one", b"x").unwrap();
        assert!(one.unseal("one", &sealed).is_some());
        assert_eq!(two.unseal("one", &sealed), None);
        keychain.lock(false);
        assert!(Vault::open(&keychain).unwrap().lasting(), "unlocked meanwhile");
    }
}
