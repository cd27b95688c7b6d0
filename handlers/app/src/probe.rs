//! Asks a stamp's health path whether the stamp is fit for traffic.

use std::time::Duration;

use async_trait::async_trait;
use fleet_core::facets::traffic::Probe;

/// How long a health path may take. Front Door itself gives up later, but a stamp that needs longer is not fit.
const PATIENCE: Duration = Duration::from_secs(5);

/// Something that can ask a health path.
#[async_trait]
pub trait Prober: Send + Sync {
    /// Asks `https://<host>:<port><path>`; never fails, since no answer is an answer.
    async fn probe(&self, host: &str, port: u16, path: &str) -> Probe;
}

/// Asks over HTTPS, with the certificates and the proxy of the environment.
#[derive(Debug, Clone)]
pub struct HttpsProber {
    client: reqwest::Client,
}

impl HttpsProber {
    /// A prober that follows no redirects: a health path that redirects does not say that the stamp is healthy.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .pool_max_idle_per_host(0)
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client })
    }
}

#[async_trait]
impl Prober for HttpsProber {
    async fn probe(&self, host: &str, port: u16, path: &str) -> Probe {
        let url = if port == 443 {
            format!("https://{host}{path}")
        } else {
            format!("https://{host}:{port}{path}")
        };
        match self.client.get(url).send().await {
            Ok(response) if response.status().is_success() => Probe::Good,
            Ok(response) => Probe::Bad(format!("it answers {}", response.status().as_u16())),
            Err(error) => Probe::Bad(why(&error).to_owned()),
        }
    }
}

/// The kind of failure, without addresses and system texts that differ from run to run.
fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer within 5 s"
    } else if error.is_connect() {
        "no trusted HTTPS connection"
    } else {
        "the answer broke off"
    }
}
