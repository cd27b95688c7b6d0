//! The door: how a command line outside reaches the app in the simulation. The host's own HTTP, Service Bus over its REST
//! API behind the proxy, and an identity with tokens for it; written down as the environment that `fleetctl --local` reads.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use fleet_simulator::{
    functions_host::Listener,
    identity::{IdentityEndpoint, ManagedIdentity},
    net::Network,
    service_bus::RestFront,
};
use tempfile::TempDir;

use crate::world::World;

/// The namespace's host name.
const NAMESPACE: &str = "contoso-fleet.servicebus.windows.net";

/// The queues that the app takes messages from.
const LISTENED: [&str; 2] = ["fleet-commands", "fleet-work"];

/// An open door. It closes, and what was written down goes, with this value.
#[derive(Debug)]
pub struct Door {
    listener: Listener,
    key: String,
    file: PathBuf,
    _network: Network,
    _identity: IdentityEndpoint,
    _folder: TempDir,
}

/// Where `fleetctl --local`, called from the workspace's folder, looks.
#[must_use]
pub fn usual_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join("target/local/fleetctl.json")
}

impl Door {
    /// Opens the door of a world and writes to `file` how to come in.
    ///
    /// # Errors
    /// When a port or the file can't be had.
    pub async fn open(world: &World, file: &Path) -> anyhow::Result<Self> {
        let (arm, host) = (world.arm(), world.simulation.host());
        let listener = Listener::bind(host.clone(), 0).await?;
        let folder = tempfile::tempdir()?;
        let network = Network::start(arm, &folder.path().join("ca.pem")).await?;
        network.serve_namespace(RestFront::new(NAMESPACE, world.simulation.bus(), arm.tokens()));
        let operator = ManagedIdentity::named("operator", arm.seed());
        let secret = arm.seed().guid(&["operator's identity header"]).to_string();
        let identity = IdentityEndpoint::start(arm.tokens().clone(), vec![operator], &secret).await?;
        let key = host.function_key();
        let mut environment = network.environment();
        environment.extend(identity.environment());
        environment.extend([
            ("FLEETCTL_URL".to_owned(), format!("http://{}", listener.address())),
            ("FLEETCTL_KEY".to_owned(), key.clone()),
            ("FLEETCTL_SERVICE_BUS".to_owned(), NAMESPACE.to_owned()),
        ]);
        write(file, &environment)?;
        let file = file.to_owned();
        Ok(Self { listener, key, file, _network: network, _identity: identity, _folder: folder })
    }

    /// The address of the app's own page, its key in it.
    #[must_use]
    pub fn page(&self) -> String {
        format!("http://{}/api/fleet?code={}", self.listener.address(), self.key)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // One that is left behind is replaced by the next world's.
        let _gone = std::fs::remove_file(&self.file);
    }
}

/// Whether something came in that the app would work on if time passed.
#[must_use]
pub fn knocks(world: &World) -> bool {
    LISTENED.iter().any(|queue| world.simulation.bus().is_ready(queue))
}

fn write(file: &Path, environment: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(environment)?;
    let folder = file.parent().context("the file has no folder")?;
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(file, text))
        .with_context(|| format!("{} cannot be written", file.display()))
}
