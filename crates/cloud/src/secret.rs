//! Everything that opens a door. What is handed out is 256 random bits with the account it belongs to in front, so that
//! a store split by account knows where to look; what is kept is its SHA-256. Passwords are kept as Argon2id. Nothing
//! here prints a secret.

use crate::ids::AccountId;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// SHA-256 of a secret; what is stored and compared.
pub type Hash = [u8; 32];

/// What a secret opens. The prefix lets leak scanners find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
    /// An authorization code.
    Code,
    /// A browser's session.
    Session,
    /// A device.
    Device,
    /// The way back from a registration at Amazon.
    Registration,
    /// The way back from letting us enable the skill at Amazon.
    Enabling,
}

impl Door {
    fn prefix(self) -> &'static str {
        match self {
            Door::Access => "rfa_",
            Door::Refresh => "rfr_",
            Door::Code => "rfc_",
            Door::Session => "rfs_",
            Door::Device => "rfd_",
            Door::Registration => "rfg_",
            Door::Enabling => "rfl_",
        }
    }
}

/// A secret as its holder has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

const ACCOUNT_CHARS: usize = 22;
const SECRET_CHARS: usize = 43;
const PREFIX_CHARS: usize = 4;

impl Secret {
    /// A new one for an account.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn new(door: Door, account: AccountId) -> anyhow::Result<Self> {
        Ok(Self::of(door, account, random()?))
    }

    fn of(door: Door, account: AccountId, bits: [u8; 32]) -> Self {
        let account = URL_SAFE_NO_PAD.encode(account.bytes());
        Self(format!("{}{account}{}", door.prefix(), URL_SAFE_NO_PAD.encode(bits)))
    }

    /// The one that follows another, the same every time for the same salt: a lost answer can be given again, though
    /// only the hash of either is kept.
    pub fn derived(door: Door, account: AccountId, from: &Secret, salt: &[u8; 16]) -> Self {
        let mut bits = [0; 32];
        bits.copy_from_slice(&mac(from.0.as_bytes(), &[salt.as_slice(), door.prefix().as_bytes()].concat()));
        Self::of(door, account, bits)
    }

    /// Reads what somebody shows at a door.
    pub fn parse(door: Door, text: &str) -> Option<(Self, AccountId)> {
        let rest = text.strip_prefix(door.prefix())?;
        if text.len() != PREFIX_CHARS + ACCOUNT_CHARS + SECRET_CHARS || !rest.is_ascii() {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(rest.get(..ACCOUNT_CHARS)?).ok()?;
        Some((Self(text.to_owned()), AccountId::from_bytes(bytes.try_into().ok()?)))
    }

    /// What its holder is given.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept.
    pub fn hash(&self) -> Hash {
        digest(self.0.as_bytes())
    }
}

/// SHA-256.
pub fn digest(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Whether two hashes are the same, in the same time whatever they are.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// Random bytes of the system.
///
/// # Errors
/// It has none to give.
pub fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|cause| anyhow::anyhow!("No randomness: {cause}"))?;
    Ok(bytes)
}

/// HMAC-SHA256.
pub fn mac(key: &[u8], message: &[u8]) -> Hash {
    // A key of any length will do, so this can't fail; a fixed answer for the impossible would be a hole.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(message);
            mac.finalize().into_bytes().into()
        }
        Err(_) => digest(&[key, message].concat()),
    }
}

/// Bytes as text that fits into an address.
pub fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Argon2id with 19 MiB, 2 passes, 1 lane (OWASP's password storage cheat sheet).
fn argon() -> anyhow::Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|cause| anyhow::anyhow!("Argon2: {cause}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Longest password taken, in bytes.
pub const PASSWORD_MAX: usize = 256;

/// A password as it is kept (PHC text). Takes tens of milliseconds: call it where blocking is allowed.
///
/// # Errors
/// The system has no randomness to give.
pub fn hash_password(password: &str) -> anyhow::Result<String> {
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(|cause| anyhow::anyhow!("Salt: {cause}"))?;
    let hash = argon()?
        .hash_password(password.as_bytes(), &salt)
        .map_err(|cause| anyhow::anyhow!("Argon2: {cause}"))?;
    Ok(hash.to_string())
}

/// A hash of the same cost that no known text has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$LpE4Y2ZCcyWM4aMOIYlDdYVVtOWgXZdbqkmQlMD7Zu8";

/// Whether a password is the one that was kept. As slow when there is none, so that the time tells nobody whether an
/// address is known.
pub fn password_matches(password: &str, kept: Option<&str>) -> bool {
    let judged = PasswordHash::new(kept.unwrap_or(NOBODY)).ok().zip(argon().ok());
    let matches =
        judged.is_some_and(|(hash, argon)| argon.verify_password(password.as_bytes(), &hash).is_ok());
    matches && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_secret_names_its_account_and_nothing_else() {
        let account = AccountId(Uuid::from_u128(7));
        let secret = Secret::new(Door::Access, account).unwrap();
        let (read, of) = Secret::parse(Door::Access, secret.expose()).unwrap();
        assert_eq!((of, read.hash()), (account, secret.hash()));
        assert_eq!(Secret::parse(Door::Refresh, secret.expose()), None);
        assert_ne!(Secret::new(Door::Access, account).unwrap().hash(), secret.hash());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for bad in ["", "rfa_", &secret.expose()[..60], &format!("{}x", secret.expose()), "rfa_ä"] {
            assert_eq!(Secret::parse(Door::Access, bad), None, "{bad}");
        }
    }

    #[test]
    fn the_follower_of_a_secret_is_always_the_same_for_a_salt() {
        let account = AccountId(Uuid::from_u128(7));
        let secret = Secret::new(Door::Refresh, account).unwrap();
        let follower = |salt: [u8; 16]| Secret::derived(Door::Refresh, account, &secret, &salt);
        assert_eq!(follower([1; 16]), follower([1; 16]));
        assert_ne!(follower([1; 16]), follower([2; 16]));
        assert_ne!(follower([1; 16]), Secret::derived(Door::Access, account, &secret, &[1; 16]));
    }

    #[test]
    fn passwords_are_kept_as_argon2id_and_nobody_has_none() {
        let kept = hash_password("correct horse").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(password_matches("correct horse", Some(&kept)));
        assert!(!password_matches("wrong horse", Some(&kept)));
        assert!(!password_matches("correct horse", None));
        assert!(PasswordHash::new(NOBODY).is_ok(), "or an unknown address would be told by its speed");
        assert!(!password_matches("", Some("not a hash")));
        assert_ne!(hash_password("correct horse").unwrap(), kept, "salted");
    }
}
