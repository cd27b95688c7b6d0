//! A certificate authority made anew for each simulation, and leaf certificates for whatever host is asked
//! for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// A failure to make a certificate or a key.
pub(super) type Error = Box<dyn std::error::Error + Send + Sync>;

/// The name for connections that send none, as those to a bare address do.
const NAMELESS: &str = "127.0.0.1";

/// The authority. Its certificate signs leaves and is never itself a leaf: clients refuse one that is both.
pub(super) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new() -> Result<Self, Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Simulated Azure");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { pem, issuer: Issuer::new(params, key) })
    }

    /// The authority's certificate, for clients to trust.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// A TLS configuration that makes a leaf for each name on first use and speaks HTTP/2 and HTTP/1.1.
    pub(super) fn server_config(self) -> Result<ServerConfig, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let leaves = Leaves { authority: self, provider: Arc::clone(&provider), made: Mutex::default() };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(leaves));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn leaf(&self, name: &str, provider: &CryptoProvider) -> Result<CertifiedKey, Error> {
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        Ok(CertifiedKey::from_der(vec![certificate.der().clone()], key, provider)?)
    }
}

/// The leaves made so far, by host name.
struct Leaves {
    authority: Authority,
    provider: Arc<CryptoProvider>,
    made: Mutex<BTreeMap<String, Arc<CertifiedKey>>>,
}

impl ResolvesServerCert for Leaves {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().unwrap_or(NAMELESS).to_ascii_lowercase();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = made.get(&name) {
            return Some(Arc::clone(leaf));
        }
        match self.authority.leaf(&name, &self.provider) {
            Ok(leaf) => Some(Arc::clone(made.entry(name).or_insert(Arc::new(leaf)))),
            Err(error) => {
                tracing::error!(host = name, error = %error, "no certificate could be made");
                None
            }
        }
    }
}

impl std::fmt::Debug for Leaves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Leaves")
    }
}
