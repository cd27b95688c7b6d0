//! A running simulation with the handler inside.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use fleet_core::{config::FleetConfig, report::StampReport};
use fleet_handler::state::{MemoryStore, StateStore};
use fleet_simulator::{
    arm::{Arm, setup::Estate},
    chance::Seed,
    clock::Clock,
    driver::{Order, Simulation},
    event_grid::{EventGrid, EventSubscription, FilterOperator, SystemTopic},
    functions_host::{
        AppSettings, ExitZero, FunctionsHost, HandlerTransport, HttpCall, HttpReply, InProcess, Process,
        ProcessSettings, ScriptRoot, Surroundings,
    },
    happening::Listener,
    identity::{IdentityEndpoint, ManagedIdentity},
    net::{Network, Sites},
    service_bus::QueueSettings,
};
use http::Method;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    estate,
    handler::{self, IDENTITY, Parts},
};

/// How long an answer of simulated ARM is held back, in real time when the handler is a process: long enough that calls
/// made side by side are seen side by side.
const LATENCY: Duration = Duration::from_millis(40);

/// The queues of the app.
pub const QUEUES: [&str; 4] = ["fleet-work", "fleet-commands", "fleet-results", "fleet-rejected"];

/// The event types that the app subscribes to. A test holds them to the decoders' table.
pub const OPERATIONS: [&str; 9] = [
    "Microsoft.Resources.ResourceWriteSuccess",
    "Microsoft.Resources.ResourceWriteFailure",
    "Microsoft.Resources.ResourceWriteCancel",
    "Microsoft.Resources.ResourceDeleteSuccess",
    "Microsoft.Resources.ResourceDeleteFailure",
    "Microsoft.Resources.ResourceDeleteCancel",
    "Microsoft.Resources.ResourceActionSuccess",
    "Microsoft.Resources.ResourceActionFailure",
    "Microsoft.Resources.ResourceActionCancel",
];

/// The same for resource notifications.
pub const NOTIFICATIONS: [&str; 2] = [
    "Microsoft.ResourceNotifications.Resources.CreatedOrUpdated",
    "Microsoft.ResourceNotifications.Resources.Deleted",
];

/// The same for the health of machines and scale sets.
pub const HEALTH: [&str; 2] = [
    "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged",
    "Microsoft.ResourceNotifications.HealthResources.ResourceAnnotated",
];

/// A simulated Azure with the story's estate and the app.
pub struct World {
    /// The driver.
    pub simulation: Simulation,
    /// The estate, to change it.
    pub estate: Estate,
    /// The public hosts of stamps.
    pub sites: Sites,
    /// What the handler is configured with.
    pub config: Value,
    /// What must live as long as the handler process.
    held: Option<Held>,
}

/// Listeners and files that a handler process needs.
struct Held {
    _network: Network,
    _identity: IdentityEndpoint,
    _folder: TempDir,
}

/// Where the handler comes from.
#[derive(Debug, Clone)]
pub enum HandlerKind {
    /// A process: this executable with these arguments.
    Process {
        /// The executable.
        executable: PathBuf,
        /// Its arguments.
        arguments: Vec<String>,
    },
    /// A function call away.
    InProcess,
}

/// Makes a listener that may look at ARM.
pub type MakeListener = Box<dyn FnOnce(&Arm) -> Listener + Send>;

/// Settings of a world.
pub struct Options {
    /// Makes a run repeatable.
    pub seed: u64,
    /// Where the handler comes from.
    pub handler: HandlerKind,
    /// Where ARM's traffic is recorded.
    pub record: Option<PathBuf>,
    /// Who is told what happens.
    pub listener: Option<MakeListener>,
    /// Changes the configuration before the handler reads it.
    pub configure: fn(&mut Value),
    /// Where a handler in this process keeps its state; one in a process of its own has a folder.
    pub state: Arc<dyn StateStore>,
}

impl Options {
    /// A quiet world around a handler in this process.
    #[must_use]
    pub fn in_process(seed: u64) -> Self {
        let state = Arc::new(MemoryStore::default());
        let handler = HandlerKind::InProcess;
        Self { seed, handler, record: None, listener: None, configure: |_| {}, state }
    }
}

/// What the app says about the fleet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Known {
    /// Every stamp.
    pub stamps: Vec<StampReport>,
    /// Wake-ups that are still to come.
    pub waiting: Vec<Value>,
}

impl World {
    /// Builds the estate, starts the handler, and subscribes it to events.
    ///
    /// # Errors
    /// When a listener or the handler can't be started.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let Options { seed, handler, record, listener, configure, state } = options;
        let arm = Arm::new(Seed(seed), Clock::default());
        if let Some(path) = record {
            let file = std::fs::File::create(&path)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            arm.recorder().record_to(Box::new(file));
        }
        if let Some(listener) = listener {
            arm.watchers().watch(listener(&arm));
        }
        let around = Surroundings::of(&arm);
        let settings = AppSettings::default()
            .with("ServiceBusConnection__fullyQualifiedNamespace", "contoso-fleet.servicebus.windows.net");
        let app = script_root().read(&settings)?;
        let (transport, estate, sites, config, held) = match handler {
            HandlerKind::InProcess => {
                let sites = Sites::default();
                let estate = estate::build(&arm, &sites);
                let config = configured(&estate, configure);
                (in_process(&arm, &sites, &config, state)?, estate, sites, config, None)
            }
            HandlerKind::Process { executable, arguments } => {
                let started = Started::prepare(&arm, configure).await?;
                let transport = started.process(executable, arguments, &settings, &arm).await?;
                let Started { estate, sites, config, held, environment: _ } = started;
                (transport, estate, sites, config, Some(held))
            }
        };
        for queue in QUEUES {
            around.bus.create_queue(queue, QueueSettings::default());
        }
        let event_grid = EventGrid::new(arm.seed(), arm.clock().clone(), arm.watchers().clone());
        let host = FunctionsHost::new(app, transport, around);
        for subscription in subscriptions() {
            event_grid.subscribe(subscription, &host).await?;
        }
        // A process decides for itself what it does first; one invocation at a time leaves it no choice.
        let order = if held.is_some() { Order::OneByOne } else { Order::SideBySide };
        Ok(Self {
            simulation: Simulation::new(arm, event_grid, host).in_order(order),
            estate,
            sites,
            config,
            held,
        })
    }

    /// ARM.
    #[must_use]
    pub fn arm(&self) -> &Arm {
        self.simulation.arm()
    }

    /// Whether the handler is a process of its own.
    #[must_use]
    pub fn has_process(&self) -> bool {
        self.held.is_some()
    }

    /// Asks the app's own `fleet` function what is known.
    ///
    /// # Errors
    /// When it does not answer 200 with what it should.
    pub async fn known(&self) -> anyhow::Result<Known> {
        let host = self.simulation.host();
        let url = "https://contoso-fleet.azurewebsites.net/api/fleet".parse()?;
        let call = HttpCall::new(Method::GET, url).header("x-functions-key", &host.function_key());
        let HttpReply { status, body, .. } = host.http(call).await;
        if status != 200 {
            return Err(anyhow!("the fleet function answered {status}: {body}"));
        }
        serde_json::from_str(&body).context("the fleet function's answer has another shape")
    }

    /// Lets simulated time pass until the app waits for nothing any more; `false` when `limit` comes first.
    ///
    /// # Errors
    /// When the app can't be asked.
    pub async fn run_until_settled(&mut self, limit: Duration) -> anyhow::Result<bool> {
        let end = self.simulation.now() + limit;
        while self.simulation.now() < end {
            self.simulation.run_for(Duration::from_secs(60)).await;
            if self.known().await?.waiting.is_empty() && self.arm().next_operation_end().is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The repository's own host.json and function definitions.
fn script_root() -> ScriptRoot {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    ScriptRoot { host_json: root.join("host.json"), definitions_dir: root.join("function-definitions") }
}

fn configured(estate: &Estate, configure: fn(&mut Value)) -> Value {
    let mut config = estate::configuration(estate);
    configure(&mut config);
    config
}

fn in_process(
    arm: &Arm,
    sites: &Sites,
    config: &Value,
    store: Arc<dyn StateStore>,
) -> anyhow::Result<Arc<dyn HandlerTransport>> {
    let config = FleetConfig::parse(&config.to_string())?;
    let parts = Parts { config, arm: arm.clone(), sites: sites.clone(), store };
    // Made once to see that it can be made; a restart makes it again from the same parts.
    handler::in_process(&parts)?;
    let start = move || {
        handler::in_process(&parts).unwrap_or_else(|error| unreachable!("it was made before: {error}"))
    };
    Ok(Arc::new(InProcess::start(arm.clock().clone(), arm.watchers().clone(), start)))
}

/// Everything that stands before a handler process starts.
struct Started {
    estate: Estate,
    sites: Sites,
    config: Value,
    environment: BTreeMap<String, String>,
    held: Held,
}

impl Started {
    async fn prepare(arm: &Arm, configure: fn(&mut Value)) -> anyhow::Result<Self> {
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

    async fn process(
        &self,
        executable: PathBuf,
        arguments: Vec<String>,
        settings: &AppSettings,
        arm: &Arm,
    ) -> anyhow::Result<Arc<dyn HandlerTransport>> {
        let mut environment: BTreeMap<String, String> =
            settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        environment.extend(self.environment.clone());
        let process = ProcessSettings {
            executable,
            arguments,
            working_directory: script_root().folder().to_owned(),
            app_root: script_root().folder().to_owned(),
            environment,
            initialization_timeout: Duration::from_secs(30),
            worker_id: arm.seed().guid(&["worker"]),
            exit_zero: ExitZero::default(),
        };
        Ok(Arc::new(Process::start(process, arm.clock().clone(), arm.watchers().clone()).await?))
    }
}

/// The event subscriptions that `infra/` makes: clusters on two topics, so that every change of one is told twice, and
/// the health of machines.
fn subscriptions() -> [EventSubscription; 3] {
    let clusters = "Microsoft.ContainerService/managedClusters";
    [
        EventSubscription::new("cluster-operations", SystemTopic::Operations, "cluster-events")
            .including(&OPERATIONS)
            .where_field("data.operationName", FilterOperator::StringBeginsWith, &[clusters])
            .with_dead_letters(),
        EventSubscription::new("cluster-notifications", SystemTopic::Notifications, "cluster-events")
            .including(&NOTIFICATIONS)
            .where_field("data.resourceInfo.type", FilterOperator::StringIn, &[clusters])
            .with_dead_letters(),
        EventSubscription::new("machine-health", SystemTopic::Health, "health-events")
            .including(&HEALTH)
            .with_dead_letters(),
    ]
}
