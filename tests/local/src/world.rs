//! A running simulation with the handler inside.

mod events;
mod process;

use std::{
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
    driver::{Balance, Instances, Order, Simulation},
    event_grid::EventGrid,
    functions_host::{
        AppSettings, FunctionApp, FunctionsHost, HandlerTransport, HttpCall, HttpReply, InProcess,
        ScriptRoot, Surroundings,
    },
    happening::Listener,
    monitor::ActionGroup,
    net::Sites,
    service_bus::QueueSettings,
};
use http::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    estate,
    handler::{self, Parts},
};

use process::{Held, Started};

pub use events::{CLUSTERS, GATES, HEALTH, NOTIFICATIONS, OPERATIONS, SCHEDULED};

/// The queues of the app.
pub const QUEUES: [&str; 4] = ["fleet-work", "fleet-commands", "fleet-results", "fleet-rejected"];

/// The queue that answers to commands wait on, for whoever asked.
pub const RESULTS: &str = "fleet-results";

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
    /// Where handlers in this process keep their state; those in processes of their own have a folder.
    pub state: Arc<dyn StateStore>,
    /// How many instances of the app share that state and the queues; several take turns.
    pub instances: usize,
    /// How invocations that are due at one moment are run. Unless said, side by side; but one after the other when the
    /// handler is a process, which decides for itself what it does first: that makes its run repeatable.
    pub order: Option<Order>,
}

impl Options {
    /// A quiet world around a handler in this process.
    #[must_use]
    pub fn in_process(seed: u64) -> Self {
        let state = Arc::new(MemoryStore::default());
        let handler = HandlerKind::InProcess;
        let configure = |_: &mut Value| {};
        Self { seed, handler, record: None, listener: None, configure, state, instances: 1, order: None }
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
        let Options { seed, handler, record, listener, configure, state, instances, order } = options;
        let arm = Arm::new(Seed(seed), Clock::default());
        if let Some(path) = record {
            let file = std::fs::File::create(&path)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            arm.recorder().record_to(Box::new(file));
        }
        if let Some(listener) = listener {
            arm.watchers().watch(listener(&arm));
        }
        let settings = AppSettings::default()
            .with("ServiceBusConnection__fullyQualifiedNamespace", "contoso-fleet.servicebus.windows.net");
        let app = script_root().read(&settings)?;
        let (mut transports, numbers) = (Vec::new(), 1..=instances.max(1));
        let (estate, sites, config, held) = match handler {
            HandlerKind::InProcess => {
                let sites = Sites::default();
                sites.follow(arm.watchers());
                let estate = estate::build(&arm, &sites);
                let config = configured(&estate, configure);
                for _ in numbers {
                    transports.push(in_process(&arm, &sites, &config, Arc::clone(&state))?);
                }
                (estate, sites, config, None)
            }
            HandlerKind::Process { executable, arguments } => {
                let started = Started::prepare(&arm, configure).await?;
                for number in numbers {
                    transports.push(started.process(number, &executable, &arguments, &settings, &arm).await?);
                }
                let Started { estate, sites, config, held, environment: _ } = started;
                (estate, sites, config, Some(held))
            }
        };
        let usual = if held.is_some() { Order::OneByOne } else { Order::SideBySide };
        let simulation = simulation(arm, &app, transports).await?.in_order(order.unwrap_or(usual));
        Ok(Self { simulation, estate, sites, config, held })
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

    /// Azure Monitor tells the app of an alert.
    pub fn alert(&self, body: &Value) {
        if let Some(group) = self.simulation.action_group() {
            group.alert(body);
        }
    }

    /// Asks the app's own `fleet` function what is known.
    ///
    /// # Errors
    /// When it does not answer 200 with what it should.
    pub async fn known(&self) -> anyhow::Result<Known> {
        let HttpReply { status, body, .. } = self.get("fleet", "").await?;
        if status != 200 {
            return Err(anyhow!("the fleet function answered {status}: {body}"));
        }
        serde_json::from_str(&body).context("the fleet function's answer has another shape")
    }

    /// A GET of one of the app's functions, with its key and a query such as `limit=5`, by whichever instance gets it.
    ///
    /// # Errors
    /// When there is no such function.
    pub async fn get(&self, function: &str, query: &str) -> anyhow::Result<HttpReply> {
        let url = self.simulation.host().trigger_url(function);
        let mut url = url.with_context(|| format!("the app has no HTTP function {function}"))?;
        let key = url.query().unwrap_or_default().to_owned();
        url.set_query(Some(&format!("{key}&{query}")));
        Ok(self.simulation.http(HttpCall::new(Method::GET, url)).await)
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

/// The app's instances with everything that calls them: queues, Event Grid, and the action group of alerts.
async fn simulation(
    arm: Arm,
    app: &FunctionApp,
    transports: Vec<Arc<dyn HandlerTransport>>,
) -> anyhow::Result<Simulation> {
    let around = Surroundings::of(&arm);
    for queue in QUEUES {
        around.bus.create_queue(queue, QueueSettings::default());
    }
    let hosts = transports
        .into_iter()
        .map(|transport| FunctionsHost::new(app.clone(), transport, around.clone()))
        .map(Instances::from);
    let instances = hosts
        .reduce(|several, one| several.and(one.first().clone()))
        .context("the app has no instance")?
        .balanced(Balance::InTurn);
    let event_grid = EventGrid::new(arm.seed(), arm.clock().clone(), arm.watchers().clone());
    for subscription in events::subscriptions() {
        event_grid.subscribe(subscription, instances.first()).await?;
    }
    let alerts = instances.first().trigger_url("alerts").context("the app has no function for alerts")?;
    let group = ActionGroup::calling(alerts, &arm);
    Ok(Simulation::new(arm, event_grid, instances).with_action_group(group))
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
