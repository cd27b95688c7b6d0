//! Two ways to have the handler: as a process of its own, which is what Azure does, and in this process, which is what
//! makes thousands of simulated runs affordable. Both run the same router over the same engine.

use std::{convert::Infallible, path::Path, sync::Arc};

use anyhow::Context as _;
use async_trait::async_trait;
use axum::Router;
use azure_core::{credentials::TokenCredential, http::Transport};
use fleet_arm::{ArmClient, ClientOptions};
use fleet_core::{config::FleetConfig, facets::traffic::Probe};
use fleet_handler::{
    app::App,
    engine::Engine,
    functions, host,
    journal::Journal,
    lane::{self, Lanes},
    ledger_store::LedgerStore,
    probe::Prober,
    settings::{Identity, Settings},
    state::StateStore,
};
use fleet_simulator::{
    arm::{Arm, InProcess},
    functions_host::HandlerService,
    identity::{ManagedIdentity, SimulatedCredential},
    net::Sites,
};
use futures::FutureExt as _;
use http::Response;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use tower::ServiceExt as _;

/// The name under which the handler's identity is known in the simulation.
pub const IDENTITY: &str = "fleet-automation";

/// Where an in-process handler believes ARM to be.
const ENDPOINT: &str = "https://management.azure.com";

/// What an in-process handler is made of. A restart makes a new one around the same state, as a process start would.
#[derive(Clone)]
pub struct Parts {
    /// The configuration.
    pub config: FleetConfig,
    /// ARM.
    pub arm: Arm,
    /// Public hosts.
    pub sites: Sites,
    /// Where state is kept between restarts.
    pub store: Arc<dyn StateStore>,
}

/// A fresh handler in this process.
///
/// # Errors
/// When a client can't be made.
pub fn in_process(parts: &Parts) -> anyhow::Result<HandlerService> {
    let router = router(parts)?;
    Ok(Arc::new(move |request| {
        let router = router.clone();
        async move {
            let (parts, body) = request.into_parts();
            let request = http::Request::from_parts(parts, axum::body::Body::from(body));
            let response = router.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {});
            let (parts, body) = response.into_parts();
            // A router's own body is in memory: collecting it can't fail.
            let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            Response::from_parts(parts, bytes)
        }
        .boxed()
    }))
}

fn router(parts: &Parts) -> anyhow::Result<Router> {
    let settings = Settings {
        port: None,
        config: parts.config.clone(),
        state: "memory:".to_owned(),
        endpoint: ENDPOINT.parse()?,
        identity: Identity::Managed { client_id: None },
        log_filter: None,
    };
    // Every simulated invocation brings its own time; this clock is never asked.
    let app = App::with_engine(settings, || Timestamp::UNIX_EPOCH, engine(parts)?);
    Ok(host::router(functions::routes(), Arc::new(app)))
}

/// The engine of one instance of the app. Several around the same parts are several instances on one state.
///
/// # Errors
/// When a client can't be made.
pub fn engine(parts: &Parts) -> anyhow::Result<Engine> {
    let Parts { config, arm, sites, store } = parts.clone();
    let identity = ManagedIdentity::named(IDENTITY, arm.seed());
    let credential: Arc<dyn TokenCredential> =
        Arc::new(SimulatedCredential::new(arm.tokens().clone(), identity));
    let transport = Some(Transport::new(Arc::new(InProcess::new(&arm))));
    let options = ClientOptions { transport, ..ClientOptions::default() };
    let client = ArmClient::new(ENDPOINT.parse()?, credential, options)?;
    let (ledger, journal) = (LedgerStore::new(Arc::clone(&store)), Journal::new(Arc::clone(&store)));
    let lanes = Lanes::new(store, lane::LIFE);
    Ok(Engine::new(Arc::new(config), client, Box::new(SitesProber(sites)), ledger, journal, lanes))
}

/// Asks the simulated hosts without a network in between.
struct SitesProber(Sites);

#[async_trait]
impl Prober for SitesProber {
    async fn probe(&self, host: &str, _port: u16, path: &str) -> Probe {
        match self.0.visit(host, path) {
            Some(site) if (200..300).contains(&site.status) => Probe::Good,
            Some(site) => Probe::Bad(format!("it answers {}", site.status)),
            None => Probe::Bad("no trusted HTTPS connection".to_owned()),
        }
    }
}

/// Writes a configuration where a handler process reads it.
///
/// # Errors
/// When the file can't be written.
pub fn write_config(path: &Path, config: &serde_json::Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(config)?;
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
