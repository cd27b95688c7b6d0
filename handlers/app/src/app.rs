//! What every function shares: settings, and an engine that is built when first asked.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
};
use fleet_arm::{ArmClient, ClientOptions};
use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::{
    engine::Engine,
    journal::Journal,
    lane::{self, Lanes},
    ledger_store::LedgerStore,
    probe::HttpsProber,
    settings::{Identity, Settings},
    state,
};

/// Names us in the user agent of ARM calls.
const APPLICATION_ID: &str = "fleet-automation";

/// What every function shares.
pub struct App {
    /// The clock for calls that bring no time of their own.
    pub clock: fn() -> Timestamp,
    settings: Settings,
    engine: OnceCell<Engine>,
}

/// Why the engine can't be built. It is tried again with the next call.
pub type EngineError = Box<dyn std::error::Error + Send + Sync>;

impl App {
    /// An app that builds its engine when first asked: clients, credentials and TLS roots wait until the listener
    /// answers.
    #[must_use]
    pub fn new(settings: Settings, clock: fn() -> Timestamp) -> Self {
        Self { clock, settings, engine: OnceCell::new() }
    }

    /// An app around a given engine, for tests that bring their own transport.
    #[must_use]
    pub fn with_engine(settings: Settings, clock: fn() -> Timestamp, engine: Engine) -> Self {
        Self { clock, settings, engine: OnceCell::new_with(Some(engine)) }
    }

    /// The engine, built on first use.
    ///
    /// # Errors
    /// When a client can't be set up.
    pub async fn engine(&self) -> Result<&Engine, EngineError> {
        self.engine.get_or_try_init(|| async { build(&self.settings) }).await
    }
}

fn build(settings: &Settings) -> Result<Engine, EngineError> {
    let credential = credential(&settings.identity)?;
    let options =
        ClientOptions { application_id: Some(APPLICATION_ID.to_owned()), ..ClientOptions::default() };
    let client = ArmClient::new(settings.endpoint.clone(), Arc::clone(&credential), options)?;
    let store = state::open(&settings.state, Some(credential))?;
    let ledger = LedgerStore::new(Arc::clone(&store));
    let prober = Box::new(HttpsProber::new()?);
    let lanes = Lanes::new(Arc::clone(&store), lane::LIFE);
    Ok(Engine::new(Arc::new(settings.config.clone()), client, prober, ledger, Journal::new(store), lanes))
}

fn credential(identity: &Identity) -> azure_core::Result<Arc<dyn TokenCredential>> {
    match identity {
        Identity::Managed { client_id } => {
            let user_assigned_id = client_id.clone().map(UserAssignedId::ClientId);
            let options = ManagedIdentityCredentialOptions { user_assigned_id, ..Default::default() };
            Ok(ManagedIdentityCredential::new(Some(options))?)
        }
        Identity::Developer => Ok(DeveloperToolsCredential::new(None)?),
    }
}
