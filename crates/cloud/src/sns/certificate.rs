//! The certificate that signs notifications (protocols 5.3; the attacks of reliability N6). It is believed if it is in its
//! time, is for the name SNS signs under, holds an RSA key of at least 2048 bits, and leads to an authority that is
//! trusted, unless it was put into our hands by somebody else who vouches for it.

use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use refill_domain::sns::{Claim, Digest};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use std::time::Duration;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Bytes of a certificate file (reliability N6).
pub const CERTIFICATE_MAX: usize = 16 * 1024;

/// Certificates in one file at most: its own, and those that lead to an authority.
const CHAIN_MAX: usize = 6;

/// The name in the certificates of SNS (protocols 5.3).
pub const SIGNER: &str = "sns.amazonaws.com";

/// Why a certificate or a signature is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotBelieved {
    /// No certificate in PEM.
    #[error("the certificate can't be read")]
    Unreadable,
    /// Its time has not begun.
    #[error("the certificate is not valid yet")]
    NotYet,
    /// Its time is over.
    #[error("the certificate has expired")]
    Expired,
    /// For another name.
    #[error("the certificate is not of SNS")]
    Name,
    /// No RSA key, or one of fewer than 2048 bits.
    #[error("the certificate has no RSA key of 2048 bits or more")]
    Key,
    /// It leads to no trusted authority.
    #[error("the certificate leads to no trusted authority; name what issues it in `sns.authorities`")]
    Authority,
    /// The signature is not of this message by this certificate.
    #[error("the signature does not verify")]
    Signature,
}

impl NotBelieved {
    /// A stable name, for answers to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "certificate-unreadable",
            Self::NotYet => "certificate-not-yet-valid",
            Self::Expired => "certificate-expired",
            Self::Name => "certificate-name",
            Self::Key => "certificate-key",
            Self::Authority => "certificate-authority",
            Self::Signature => "signature",
        }
    }
}

/// Who vouches for a certificate.
#[derive(Debug, Clone)]
pub enum Trust {
    /// Whoever gave it to us: a person, or the stand-in on this computer.
    Giver,
    /// One of these authorities: certificates of whoever may issue it, beside the public ones.
    Authorities(Vec<CertificateDer<'static>>),
}

/// The certificates in a PEM file.
///
/// # Errors
/// [`NotBelieved::Unreadable`], also for an empty file or a long list.
pub fn certificates(pem: &[u8], max: usize) -> Result<Vec<CertificateDer<'static>>, NotBelieved> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).take(max + 1).collect();
    all.ok().filter(|all| (1..=max).contains(&all.len())).ok_or(NotBelieved::Unreadable)
}

/// A key that signs notifications, ready to verify with.
pub struct SigningKey {
    sha1: ParsedPublicKey,
    sha256: ParsedPublicKey,
    /// Seconds since 1970 UTC.
    valid: (i64, i64),
}

impl SigningKey {
    /// Reads a certificate file: the certificate, then perhaps those that lead from it to an authority. One of `names`
    /// must be its own.
    ///
    /// # Errors
    /// [`NotBelieved`].
    pub fn read(
        pem: &[u8],
        names: &[String],
        trust: &Trust,
        now: DateTime<Utc>,
    ) -> Result<Self, NotBelieved> {
        if pem.len() > CERTIFICATE_MAX {
            return Err(NotBelieved::Unreadable);
        }
        let chain = certificates(pem, CHAIN_MAX)?;
        let [own, between @ ..] = chain.as_slice() else { return Err(NotBelieved::Unreadable) };
        let (rest, certificate) = X509Certificate::from_der(own).map_err(|_| NotBelieved::Unreadable)?;
        if !rest.is_empty() {
            return Err(NotBelieved::Unreadable);
        }
        let spki = certificate.public_key().raw;
        let parsed = |algorithm| ParsedPublicKey::new(algorithm, spki).map_err(|_| NotBelieved::Key);
        let validity = certificate.validity();
        let key = Self {
            sha1: parsed(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY)?,
            sha256: parsed(&RSA_PKCS1_2048_8192_SHA256)?,
            valid: (validity.not_before.timestamp(), validity.not_after.timestamp()),
        };
        if !is_long(certificate.public_key()) {
            return Err(NotBelieved::Key);
        }
        key.in_time(now)?;
        if !is_named(&certificate, names) {
            return Err(NotBelieved::Name);
        }
        if let Trust::Authorities(own_authorities) = trust {
            leads_to(own, between, own_authorities, now)?;
        }
        Ok(key)
    }

    fn in_time(&self, now: DateTime<Utc>) -> Result<(), NotBelieved> {
        let (from, to) = self.valid;
        if now.timestamp() < from {
            Err(NotBelieved::NotYet)
        } else if now.timestamp() > to {
            Err(NotBelieved::Expired)
        } else {
            Ok(())
        }
    }

    /// Verifies the signature of a message.
    ///
    /// # Errors
    /// [`NotBelieved::Signature`], or the certificate is out of its time meanwhile.
    pub fn verify(&self, claim: &Claim, now: DateTime<Utc>) -> Result<(), NotBelieved> {
        self.in_time(now)?;
        let signature = STANDARD.decode(&claim.signature).map_err(|_| NotBelieved::Signature)?;
        let key = match claim.digest {
            Digest::Sha1 => &self.sha1,
            Digest::Sha256 => &self.sha256,
        };
        key.verify_sig(claim.signed.as_bytes(), &signature).map_err(|_| NotBelieved::Signature)
    }
}

/// An RSA key that nobody can break, nor make us spend long on.
fn is_long(key: &SubjectPublicKeyInfo<'_>) -> bool {
    matches!(key.parsed(), Ok(PublicKey::RSA(rsa)) if (2048..=8192).contains(&rsa.key_size()))
}

/// Names are in the certificate's list of them; a certificate without one has its common name.
fn is_named(certificate: &X509Certificate<'_>, names: &[String]) -> bool {
    let wanted = |name: &str| names.iter().any(|wanted| wanted == name);
    match certificate.subject_alternative_name() {
        Err(_) => false,
        Ok(Some(listed)) => listed
            .value
            .general_names
            .iter()
            .any(|name| matches!(name, GeneralName::DNSName(name) if wanted(name))),
        Ok(None) => certificate.subject().iter_common_name().any(|name| name.as_str().is_ok_and(wanted)),
    }
}

fn leads_to(
    own: &CertificateDer<'_>,
    between: &[CertificateDer<'_>],
    authorities: &[CertificateDer<'_>],
    now: DateTime<Utc>,
) -> Result<(), NotBelieved> {
    let public = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let anchors: Vec<TrustAnchor<'_>> =
        public.chain(authorities).filter_map(|of| anchor_from_trusted_cert(of).ok()).collect();
    let end = EndEntityCert::try_from(own).map_err(|_| NotBelieved::Unreadable)?;
    let seconds = u64::try_from(now.timestamp()).map_err(|_| NotBelieved::NotYet)?;
    let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let usage = KeyUsage::server_auth();
    let judged = end.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, between, at, usage, None, None);
    judged.map(|_| ()).map_err(|_| NotBelieved::Authority)
}

#[cfg(test)]
mod tests;
