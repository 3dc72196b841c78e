//! The second factor of the maker's people: codes of time (TOTP, RFC 6238; SHA-1, six digits, thirty seconds, which every
//! authenticator app understands). The secret is made here, shown once while it is being set up, and kept sealed; a code
//! is believed one step early or late, and its step never again.

use crate::ids::AccountId;
use crate::seal::SealKey;
use crate::secret::random;
use crate::store::Role;
use anyhow::Context;
use qrcode::{Color, QrCode};
use std::fmt::Write as _;
use totp_rs::{Algorithm, Builder, Totp};

/// Bytes of a secret: as long as the hash (RFC 4226 section 4).
const SECRET: usize = 20;

/// Seconds of a step.
const STEP: u64 = 30;

/// Steps that a clock may be off, either way (RFC 6238 section 5.2).
const SKEW: u16 = 1;

/// Whether somebody of this role needs a second factor to sign in.
pub fn needed(role: Role) -> bool {
    match role {
        Role::Customer => false,
        Role::Staff | Role::Administrator => true,
    }
}

/// A new factor, as its owner sees it once.
pub struct Setup {
    /// The secret in base32, in groups of four, to be typed in.
    pub text: String,
    /// The same with its names, for a link.
    pub url: String,
    /// The link as a picture (SVG), to be scanned.
    pub picture: String,
    /// What is kept.
    pub sealed: Vec<u8>,
}

fn totp(secret: [u8; SECRET]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(secret.to_vec())
}

/// Makes a new secret for an account.
///
/// # Errors
/// The system has no randomness, or the names can't be written.
pub fn set_up(key: &SealKey, account: AccountId, maker: &str, email: &str) -> anyhow::Result<Setup> {
    let secret: [u8; SECRET] = random()?;
    // A colon parts the names in the link.
    let plain = |text: &str| text.replace(':', " ");
    let totp = totp(secret).with_issuer(Some(plain(maker))).with_account_name(plain(email));
    let totp = totp.build().map_err(|why| anyhow::anyhow!("{why}"))?;
    let url = totp.to_url().map_err(|why| anyhow::anyhow!("{why}"))?;
    let base32 = totp.secret().to_base32();
    let groups: Vec<String> =
        base32.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(Setup { text: groups.join(" "), picture: picture(&url)?, url, sealed: key.seal(account, &secret)? })
}

/// A QR code as SVG, dark on white whatever the page's colours, with the quiet zone around it that readers need.
fn picture(text: &str) -> anyhow::Result<String> {
    const QUIET: usize = 4;
    let code = QrCode::new(text.as_bytes()).context("Too long for a QR code")?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Writing to a string can't fail.
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        }
    }
    let all = width + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {all} {all}\" width=\"216\" height=\"216\" \
         role=\"img\" aria-label=\"QR code\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{all}v{all}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

/// The time step whose code this is; none if it is of no step around `now` (ms). Spaces are left out.
///
/// # Errors
/// What is sealed can't be opened: it was sealed with another key.
pub fn step_of(
    key: &SealKey,
    account: AccountId,
    sealed: &[u8],
    code: &str,
    now: i64,
) -> anyhow::Result<Option<i64>> {
    let totp = opened(key, account, sealed)?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).take(16).collect();
    let digits = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
    let seconds = u64::try_from(now.div_euclid(1000)).unwrap_or(0);
    let step = totp.check(&code, seconds).filter(|_| digits);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn opened(key: &SealKey, account: AccountId, sealed: &[u8]) -> anyhow::Result<Totp> {
    let secret: [u8; SECRET] = key.open(account, sealed)?;
    totp(secret).build().map_err(|why| anyhow::anyhow!("{why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn key() -> SealKey {
        SealKey::parse("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=").unwrap()
    }

    fn one() -> AccountId {
        AccountId(Uuid::from_u128(1))
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, the last six of its eight digits.
        let sealed = key().seal(one(), b"12345678901234567890").unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = |code: &str, at: i64| step_of(&key(), one(), &sealed, code, at * 1000).unwrap();
            assert_eq!(step(code, seconds), Some(seconds / 30));
            assert_eq!(step(code, seconds + 30), Some(seconds / 30), "a step late");
            assert_eq!(step(code, seconds - 30), Some(seconds / 30), "a step early");
            assert_eq!(step(code, seconds + 60), None);
            assert_eq!(step(code, (seconds - 90).max(0)).filter(|_| seconds > 90), None);
            assert_eq!(step(&format!(" {} {} ", &code[..3], &code[3..]), seconds), Some(seconds / 30));
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        let sealed = key().seal(one(), b"12345678901234567890").unwrap();
        for bad in ["", "28708", "2870821", "28708x", "２８７０８２", "+87082", &"9".repeat(100_000)] {
            assert_eq!(step_of(&key(), one(), &sealed, bad, 59_000).unwrap(), None, "{}", bad.len());
        }
        let other = AccountId(Uuid::from_u128(2));
        assert!(step_of(&key(), other, &sealed, "287082", 59_000).is_err(), "copied to another account");
    }

    #[test]
    fn a_new_factor_is_shown_in_three_ways_and_kept_sealed() {
        let new = set_up(&key(), one(), "Maker: Ltd & Co", "tom@example.com").unwrap();
        let secret = new.text.replace(' ', "");
        assert_eq!(secret.len(), 32);
        assert!(new.url.starts_with("otpauth://totp/") && new.url.contains(&secret), "{}", new.url);
        assert!(new.url.contains("tom%40example.com") && !new.url.contains("Maker:"), "{}", new.url);
        assert!(new.picture.starts_with("<svg") && new.picture.contains("M4 4h1v1h-1z"));
        assert!(!String::from_utf8_lossy(&new.sealed).contains(&secret));
        let again = set_up(&key(), one(), "Maker", "tom@example.com").unwrap();
        assert_ne!(again.text, new.text);
        let totp = opened(&key(), one(), &new.sealed).unwrap();
        let code = totp.generate(59).to_string();
        assert_eq!(step_of(&key(), one(), &new.sealed, &code, 59_000).unwrap(), Some(1));
    }

    #[test]
    fn customers_need_none() {
        assert!(!needed(Role::Customer) && needed(Role::Staff) && needed(Role::Administrator));
    }
}
