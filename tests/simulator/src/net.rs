//! The network side of the simulation: ARM over HTTPS on loopback, and behind a proxy the public hosts of stamps and the
//! Service Bus namespaces.
//!
//! A process under test gets [`Network::environment`]: the certificate authority to trust and the proxy
//! through which `https://weu.contoso.example/healthz` and `https://management.azure.com` are reached. No
//! name is ever resolved.

mod authority;
mod connection;
mod listener;
mod outage;
mod sites;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::TlsAcceptor;

use crate::arm::Arm;
use crate::service_bus::RestFront;

use authority::Authority;
use listener::Listener;

pub use outage::Loss;
pub use sites::{Site, Sites};

/// The running listeners. They stop when dropped.
pub struct Network {
    arm: Listener,
    proxy: Listener,
    sites: Sites,
    namespaces: Namespaces,
    certificate: PathBuf,
}

/// The fronts of Service Bus namespaces by host name.
type Namespaces = Arc<Mutex<BTreeMap<String, RestFront>>>;

/// What connections are answered from.
pub(crate) struct Served {
    pub arm: Arm,
    pub sites: Sites,
    namespaces: Namespaces,
    pub tls: TlsAcceptor,
}

impl Served {
    /// The Service Bus namespace under this host name.
    fn namespace(&self, host: &str) -> Option<RestFront> {
        self.namespaces.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }
}

impl Network {
    /// Opens both listeners on free loopback ports, and writes the certificate authority's PEM to
    /// `certificate`.
    ///
    /// # Errors
    /// When a port or the file can't be opened, or no certificate can be made.
    pub async fn start(arm: &Arm, certificate: &Path) -> io::Result<Self> {
        let authority = Authority::new().map_err(io::Error::other)?;
        std::fs::write(certificate, authority.pem())?;
        let config = authority.server_config().map_err(io::Error::other)?;
        let namespaces = Namespaces::default();
        let sites = Sites::default();
        sites.follow(arm.watchers());
        let served = Arc::new(Served {
            arm: arm.clone(),
            sites: sites.clone(),
            namespaces: Arc::clone(&namespaces),
            tls: TlsAcceptor::from(Arc::new(config)),
        });
        let arm = Listener::start(Arc::clone(&served), connection::https).await?;
        let proxy = Listener::start(served, connection::proxy).await?;
        Ok(Self { arm, proxy, sites, namespaces, certificate: certificate.to_owned() })
    }

    /// ARM's address, for instance `https://127.0.0.1:40123`.
    #[must_use]
    pub fn arm_url(&self) -> String {
        format!("https://{}", self.arm.address())
    }

    /// The proxy's address.
    #[must_use]
    pub fn proxy_address(&self) -> SocketAddr {
        self.proxy.address()
    }

    /// The public hosts, to be changed at any time.
    #[must_use]
    pub fn sites(&self) -> &Sites {
        &self.sites
    }

    /// Serves a Service Bus namespace under its host name from now on, through the proxy.
    pub fn serve_namespace(&self, front: RestFront) {
        let host = front.host().to_owned();
        self.namespaces.lock().unwrap_or_else(PoisonError::into_inner).insert(host, front);
    }

    /// The environment of a process that shall live in the simulation: `SSL_CERT_FILE`, `HTTPS_PROXY` and
    /// `NO_PROXY`.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("SSL_CERT_FILE".to_owned(), self.certificate.display().to_string()),
            ("HTTPS_PROXY".to_owned(), format!("http://{}", self.proxy_address())),
            ("NO_PROXY".to_owned(), "127.0.0.1,localhost".to_owned()),
        ])
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("arm", &self.arm).field("proxy", &self.proxy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
