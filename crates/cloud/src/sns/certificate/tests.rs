//! Certificates that lead to an authority and those that don't.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256};

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap()
}

fn params(name: &str, is_ca: IsCa) -> CertificateParams {
    let mut params = CertificateParams::new(vec![SIGNER.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = is_ca;
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2030, 1, 1);
    params
}

fn read(pem: &str, authorities: &[&str]) -> Result<(), NotBelieved> {
    let authorities = authorities.iter().flat_map(|pem| certificates(pem.as_bytes(), 1).unwrap()).collect();
    let names = [SIGNER.to_owned()];
    SigningKey::read(pem.as_bytes(), &names, &Trust::Authorities(authorities), now()).map(|_| ())
}

#[test]
fn it_leads_to_a_named_authority_by_itself_or_over_what_comes_with_it() {
    let ca = || IsCa::Ca(BasicConstraints::Unconstrained);
    let (root_key, between_key, own_key) = (key(), key(), key());
    let root_params = params("Root", ca());
    let root = root_params.self_signed(&root_key).unwrap().pem();
    let root_issuer = Issuer::from_params(&root_params, &root_key);
    let between_params = params("Between", ca());
    let between = between_params.signed_by(&between_key, &root_issuer).unwrap().pem();
    let between_issuer = Issuer::from_params(&between_params, &between_key);
    let own = params(SIGNER, IsCa::NoCa).signed_by(&own_key, &between_issuer).unwrap().pem();
    let itself = params(SIGNER, IsCa::NoCa).self_signed(&own_key).unwrap().pem();
    let other = params("Root", ca()).self_signed(&key()).unwrap().pem();
    let whole = format!("{own}{between}");
    assert_eq!(read(&whole, &[&root]), Ok(()));
    assert_eq!(read(&own, &[&between]), Ok(()), "what issues it may be named itself");
    for (pem, authorities) in [
        (&own, vec![root.as_str()]),
        (&whole, vec![]),
        (&whole, vec![other.as_str()]),
        (&itself, vec![]),
        (&itself, vec![root.as_str(), between.as_str()]),
    ] {
        assert_eq!(read(pem, &authorities), Err(NotBelieved::Authority));
    }
    let giver = SigningKey::read(itself.as_bytes(), &[SIGNER.to_owned()], &Trust::Giver, now());
    assert!(giver.is_ok(), "the stand-in vouches for its own");
}

#[test]
fn a_key_that_was_kept_ends_with_its_certificate() {
    let pem = params(SIGNER, IsCa::NoCa).self_signed(&key()).unwrap().pem();
    let kept = SigningKey::read(pem.as_bytes(), &[SIGNER.to_owned()], &Trust::Giver, now()).unwrap();
    assert_eq!(kept.in_time(now()), Ok(()));
    assert_eq!(kept.in_time("2030-01-02T00:00:00Z".parse().unwrap()), Err(NotBelieved::Expired));
    assert_eq!(kept.in_time("2019-12-31T00:00:00Z".parse().unwrap()), Err(NotBelieved::NotYet));
}

#[test]
fn a_short_key_is_no_key() {
    // 1024 bits, made by hand: no library here makes one any more.
    let short = rsa_spki(&[0xC5; 128]);
    assert!(ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &short).is_err() || !fits(&short));
    assert!(fits(&rsa_spki(&[0xC5; 256])));
}

/// The public key info of an RSA key with this modulus and exponent 65537.
fn rsa_spki(modulus: &[u8]) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], content].concat()
    };
    let odd: Vec<u8> = [&modulus[..modulus.len() - 1], &[0xC5]].concat();
    let numbers = [tlv(2, &[&[0], odd.as_slice()].concat()), vec![2, 3, 1, 0, 1]].concat();
    let algorithm = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
    let bits = tlv(3, &[&[0], tlv(0x30, &numbers).as_slice()].concat());
    tlv(0x30, &[&algorithm[..], &bits].concat())
}

fn fits(spki: &[u8]) -> bool {
    let (_, key) = SubjectPublicKeyInfo::from_der(spki).unwrap();
    is_long(&key)
}
