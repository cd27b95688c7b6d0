//! What a handler needs that is a process of its own: files, a network, an identity endpoint. Several processes share
//! them, and their state.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use fleet_simulator::{
    arm::{Arm, setup::Estate},
    functions_host::{AppSettings, ExitZero, HandlerTransport, Process, ProcessSettings},
    identity::{IdentityEndpoint, ManagedIdentity},
    net::{Network, Sites},
};
use serde_json::Value;
use tempfile::TempDir;

use super::{configured, script_root};
use crate::{
    estate,
    handler::{self, IDENTITY},
};

/// How long an answer of simulated ARM is held back, in real time when the handler is a process: long enough that calls
/// made side by side are seen side by side.
const LATENCY: Duration = Duration::from_millis(40);

/// Listeners and files that a handler process needs.
pub(super) struct Held {
    _network: Network,
    _identity: IdentityEndpoint,
    _folder: TempDir,
}

/// Everything that stands before a handler process starts.
pub(super) struct Started {
    pub(super) estate: Estate,
    pub(super) sites: Sites,
    pub(super) config: Value,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) held: Held,
}

impl Started {
    /// Everything but the processes themselves, which share it.
    pub(super) async fn prepare(arm: &Arm, configure: fn(&mut Value)) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        arm.configure(|settings| settings.latency = LATENCY);
        let network = Network::start(arm, &folder.path().join("ca.pem")).await?;
        let identity = ManagedIdentity::named(IDENTITY, arm.seed());
        let secret = arm.seed().guid(&["identity header"]).to_string();
        let identity = IdentityEndpoint::start(arm.tokens().clone(), vec![identity], &secret).await?;
        let sites = network.sites().clone();
        let estate = estate::build(arm, &sites);
        let config = configured(&estate, configure);
        let fleet_json = folder.path().join("fleet.json");
        handler::write_config(&fleet_json, &config)?;
        let mut environment = network.environment();
        environment.extend(identity.environment());
        let state = folder.path().join("state");
        environment.extend([
            ("FLEET_CONFIG".to_owned(), fleet_json.display().to_string()),
            ("FLEET_STATE".to_owned(), format!("file:{}", state.display())),
            ("AZURE_ARM_ENDPOINT".to_owned(), network.arm_url()),
            ("FLEET_LOG".to_owned(), "warn".to_owned()),
        ]);
        let held = Held { _network: network, _identity: identity, _folder: folder };
        Ok(Self { estate, sites, config, environment, held })
    }

    /// Starts one instance's process, counted from 1.
    pub(super) async fn process(
        &self,
        number: usize,
        executable: &Path,
        arguments: &[String],
        settings: &AppSettings,
        arm: &Arm,
    ) -> anyhow::Result<Arc<dyn HandlerTransport>> {
        let mut environment: BTreeMap<String, String> =
            settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        environment.extend(self.environment.clone());
        let process = ProcessSettings {
            executable: executable.to_owned(),
            arguments: arguments.to_vec(),
            working_directory: script_root().folder().to_owned(),
            app_root: script_root().folder().to_owned(),
            environment,
            initialization_timeout: Duration::from_secs(30),
            worker_id: arm.seed().guid(&["worker", &number.to_string()]),
            exit_zero: ExitZero::default(),
        };
        Ok(Arc::new(Process::start(process, arm.clock().clone(), arm.watchers().clone()).await?))
    }
}
