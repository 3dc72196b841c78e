//! The https door of a cloud on this computer, as a maker's reverse proxy has one: a certificate of an authority that is made
//! for one run and that only those trust who are told of it.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A door that leads to a port of this computer, until it is dropped.
pub struct Front {
    /// Its address, with a slash at the end.
    pub url: String,
    /// The authority's certificate, for who is to trust it.
    pub authority: PathBuf,
    doors: JoinHandle<()>,
}

impl Front {
    /// Opens one that leads to `port`, whether or not somebody listens there yet.
    pub async fn open(folder: &Path, port: u16) -> Self {
        let authority = folder.join("authority.pem");
        let acceptor = TlsAcceptor::from(Arc::new(certified(&authority)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        #[expect(clippy::disallowed_methods, reason = "ends with the door")]
        let doors = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                #[expect(clippy::disallowed_methods, reason = "ends with its connection")]
                tokio::spawn(through(acceptor.clone(), stream, port));
            }
        });
        Self { url, authority, doors }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.doors.abort();
    }
}

/// One connection. Whoever does not trust the authority hangs up, which is theirs to do.
async fn through(acceptor: TlsAcceptor, stream: TcpStream, port: u16) {
    if let Ok(mut outside) = acceptor.accept(stream).await
        && let Ok(mut inside) = TcpStream::connect(("127.0.0.1", port)).await
    {
        // Either side may end at any time.
        let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
    }
}

/// A certificate for this computer; its authority goes to `file`.
fn certified(file: &Path) -> ServerConfig {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    // Of another name than what it signs, which would look self-signed otherwise.
    root.distinguished_name.push(DnType::CommonName, "An authority for one run");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate().unwrap();
    let root_certificate = root.self_signed(&root_key).unwrap();
    std::fs::write(file, root_certificate.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(root, root_key)).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap()
}
