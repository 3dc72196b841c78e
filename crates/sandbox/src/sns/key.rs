//! The topic's own key pair and certificate. Both signature versions are made here (protocols 5.3): version 1 is SHA-1, which
//! only exists because the real topics still default to it.

use anyhow::Context as _;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::signature::{SignatureEncoding as _, Signer as _};

/// The private key with its certificate.
pub struct Key {
    v2: RsaKeyPair,
    v1: rsa::pkcs1v15::SigningKey<sha1::Sha1>,
    certificate: String,
}

impl Key {
    /// A new key of 2048 bits, in a certificate for `sns.amazonaws.com` (protocols 5.3) that it signed itself.
    ///
    /// # Errors
    /// None in practice; those of the libraries.
    pub fn generate() -> anyhow::Result<Self> {
        let v2 = RsaKeyPair::generate(KeySize::Rsa2048).ok().context("no RSA key could be made")?;
        let der = v2.as_der().ok().context("the RSA key can't be written")?;
        let der = der.as_ref();
        let v1 = rsa::RsaPrivateKey::from_pkcs8_der(der)?;
        let pair = KeyPair::try_from(der)?;
        let mut params = CertificateParams::new(vec!["sns.amazonaws.com".to_owned()])?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "sns.amazonaws.com");
        params.not_before = rcgen::date_time_ymd(2015, 1, 1);
        params.not_after = rcgen::date_time_ymd(2099, 1, 1);
        let certificate = params.self_signed(&pair)?.pem();
        Ok(Self { v2, v1: rsa::pkcs1v15::SigningKey::new(v1), certificate })
    }

    /// The certificate, PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The signature over a string, Base64.
    ///
    /// # Errors
    /// None in practice; those of the libraries.
    pub fn sign(&self, version: u8, text: &str) -> anyhow::Result<String> {
        let bytes = if version == 1 {
            self.v1.try_sign(text.as_bytes())?.to_vec()
        } else {
            let mut bytes = vec![0; self.v2.public_modulus_len()];
            let random = aws_lc_rs::rand::SystemRandom::new();
            let signed = self.v2.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut bytes);
            signed.ok().context("the message can't be signed")?;
            bytes
        };
        Ok(base64::engine::general_purpose::STANDARD.encode(bytes))
    }
}
