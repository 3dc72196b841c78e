//! Verifying a signature and nothing else: key, text and signature are ready.

use crate::rate;
use anyhow::{Context, bail};
use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
};
use std::path::Path;
use std::time::Duration;

/// Reads `digest`, `key` (DER), `signed` and `signature`, which our side wrote down for the message it judges.
pub fn verify(folder: &Path, time: Duration) -> anyhow::Result<()> {
    let read = |name: &str| std::fs::read(folder.join(name)).with_context(|| format!("Read {name}"));
    let algorithm = match read("digest")?.as_slice() {
        b"sha1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        b"sha256" => &RSA_PKCS1_2048_8192_SHA256,
        _ => bail!("an unknown digest"),
    };
    let key = ParsedPublicKey::new(algorithm, read("key")?)?;
    let (signed, signature) = (read("signed")?, read("signature")?);
    let per_second = rate(time, || Ok(key.verify_sig(&signed, &signature)?))?;
    println!("{{\"per_second\":{per_second}}}");
    Ok(())
}
