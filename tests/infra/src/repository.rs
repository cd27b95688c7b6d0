//! What the rest of the repository says: the facts that the infrastructure must agree with.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use fleet_arm::operations::OPERATIONS;
use fleet_core::{config::FleetConfig, facets::registry_access::PullRole};
use fleet_handler::{
    inbound::{Decoded, decoders, event::Event},
    settings,
};
use serde::Deserialize;
use serde_json::Value;

/// The functions of the app, as the Functions host knows them, by name.
#[derive(Debug, Clone)]
pub struct Functions(BTreeMap<String, Vec<Binding>>);

#[derive(Debug, Clone, Deserialize)]
struct Definition {
    bindings: Vec<Binding>,
}

/// What we read of a binding.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Binding {
    #[serde(rename = "type")]
    kind: String,
    direction: String,
    queue_name: Option<String>,
    connection: Option<String>,
    #[serde(default)]
    methods: Vec<String>,
}

/// What the host does with a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueueUse {
    /// By a trigger.
    Receive,
    /// By an output binding.
    Send,
}

impl Functions {
    /// Reads the function definitions of this repository.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn of_this_repository() -> anyhow::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../function-definitions");
        let mut functions = BTreeMap::new();
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let text = fs::read_to_string(path.join("function.json"))?;
            let definition: Definition =
                serde_json::from_str(&text).with_context(|| path.display().to_string())?;
            let name = path.file_name().context("a folder has a name")?.to_string_lossy().into_owned();
            functions.insert(name, definition.bindings);
        }
        Ok(Self(functions))
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// Which queues they use, and how.
    #[must_use]
    pub fn queues(&self) -> BTreeSet<(String, QueueUse)> {
        let uses = self.bindings().filter(|binding| binding.kind.starts_with("serviceBus"));
        uses.filter_map(|binding| {
            let way = if binding.direction == "in" { QueueUse::Receive } else { QueueUse::Send };
            Some((binding.queue_name.clone()?, way))
        })
        .collect()
    }

    /// Prefixes of the app settings that say where their connections lead.
    #[must_use]
    pub fn connections(&self) -> BTreeSet<String> {
        self.bindings().filter_map(|binding| binding.connection.clone()).collect()
    }

    /// Those that are called by HTTP POST, which is how alerts come.
    #[must_use]
    pub fn posted_to(&self) -> BTreeSet<String> {
        let takes_post = |binding: &Binding| {
            binding.kind == "httpTrigger" && binding.methods.iter().any(|method| method == "post")
        };
        let posted_to = self.0.iter().filter(|(_, bindings)| bindings.iter().any(takes_post));
        posted_to.map(|(name, _)| name.clone()).collect()
    }

    fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.0.values().flatten()
    }
}

/// Which function gets which type of event: what the decoders know.
#[must_use]
pub fn decoded_events() -> BTreeSet<(String, String)> {
    decoders::ROWS.iter().map(|row| (row.function.to_owned(), row.event_type.to_owned())).collect()
}

/// The RBAC actions of all ARM calls.
#[must_use]
pub fn rbac_actions() -> BTreeSet<String> {
    OPERATIONS.iter().map(|operation| operation.rbac_action.to_owned()).collect()
}

/// The GUIDs of the roles that the handler grants.
#[must_use]
pub fn pull_roles() -> BTreeSet<String> {
    PullRole::ALL.iter().map(|role| role.guid().to_owned()).collect()
}

/// The variables that the handler reads and that app settings must give: all but those that the host and App Service set.
#[must_use]
pub fn handler_variables() -> BTreeSet<String> {
    let given = ["FUNCTIONS_CUSTOMHANDLER_PORT", settings::IDENTITY_VARIABLE];
    settings::VARIABLES.iter().filter(|name| !given.contains(name)).map(|&name| name.to_owned()).collect()
}

/// The sample events that the handler does something about, each with the name of its file, without those that filters keep
/// back on purpose.
///
/// # Errors
/// When a sample can't be read.
pub fn sample_events() -> anyhow::Result<Vec<(String, Value)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../handlers/app/fixtures/events");
    let mut samples = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().context("a file has a name")?.to_string_lossy().into_owned();
        if KEPT_BACK.iter().any(|kept_back| name.contains(kept_back)) {
            continue;
        }
        let delivery = fs::read_to_string(&path)?;
        let events = match serde_json::from_str(&delivery).with_context(|| name.clone())? {
            Value::Array(events) => events,
            event => vec![event],
        };
        let of_use = events.into_iter().filter(is_of_use);
        samples.extend(of_use.map(|event| (name.clone(), event)));
    }
    Ok(samples)
}

/// Parts of the names of samples that no filter lets through. Some lack the field that a filter asks for: Azure sends none
/// such, and the handler reads them only to be on the safe side. A role on a cluster is nothing that a reaction looks at.
const KEPT_BACK: [&str; 3] = ["subject-only", "no-data", "role-on-cluster"];

fn is_of_use(event: &Value) -> bool {
    let text = event.to_string();
    let decoded = Event::parse(&text).and_then(|event| decoders::decode(&event));
    decoded.is_ok_and(|decoded| !matches!(decoded, Decoded::Ignored(_)))
}

/// The files of the workload, by their path from the root of the repository.
pub type Workload = BTreeMap<String, String>;

/// What runs on every stamp.
///
/// # Errors
/// When a file can't be read.
pub fn workload() -> anyhow::Result<Workload> {
    let mut workload = Workload::new();
    let mut folders = vec!["infra/workload".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).with_context(|| folder.clone())? {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(entry.path()).with_context(|| path.clone())?;
                workload.insert(path, text);
            }
        }
    }
    Ok(workload)
}

/// The regions of production: those with a parameter file. What else has one there is no region.
///
/// # Errors
/// When the folder can't be read.
pub fn regions() -> anyhow::Result<BTreeSet<String>> {
    let mut regions = BTreeSet::new();
    for entry in fs::read_dir(root().join("infra/params"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(part) = name.strip_suffix(".production.bicepparam") {
            regions.insert(part.to_owned());
        }
    }
    for part in ["app", "main", "shared"] {
        anyhow::ensure!(regions.remove(part), "infra/params has no parameter file of {part}");
    }
    Ok(regions)
}

/// The configuration that the repository shows as an example.
///
/// # Errors
/// When it can't be read, or the handler refuses it.
pub fn sample_configuration() -> anyhow::Result<FleetConfig> {
    Ok(FleetConfig::parse(&fs::read_to_string(root().join("fleet.sample.json"))?)?)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
