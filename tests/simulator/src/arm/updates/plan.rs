//! Making an update run out of what a caller asks for and of who is in the fleet.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::arm::error::{self, ArmError};
use crate::arm::id;
use crate::arm::state::State;
use crate::arm::store::Store;

use super::model::{Kind, Member, Run, Selection, Stage, Status, Update, UpdateState};
use super::offers::Version;
use super::{render, strategy};

const TYPE: &str = "Microsoft.ContainerService/fleets/updateRuns";

/// Creates or replaces a run that has not been started, with the strategy as it is now. `asked` is the `properties` of
/// the caller's body.
pub(crate) fn store_run(state: &mut State, run: &str, asked: &Value, now: Timestamp) -> Result<(), ArmError> {
    let (strategy, mut stages) = sequence(&state.store, asked)?;
    let update = update(asked)?;
    for stage in &mut stages {
        adopt(&state.store, run, stage);
    }
    strategy::check_sizes(&stages)?;
    let created = state.updates.run(run).map_or(now, |run| run.created);
    let planned = Run {
        id: run.to_owned(),
        created,
        update,
        stages,
        status: Status::default(),
        asked: None,
        wake: None,
    };
    let mut properties = asked.clone();
    if let Some(strategy) = strategy {
        properties["strategy"] = strategy;
    }
    properties["provisioningState"] = json!("Succeeded");
    let body = json!({"id": run, "name": id::name(run), "type": TYPE, "properties": properties});
    state.store.put(run, body);
    render::show(&planned, state);
    state.updates.runs.insert(id::key(run), planned);
    Ok(())
}

/// Takes the members of a stage's groups from the fleet as it is now. Members that were touched already stay.
pub(super) fn adopt(store: &Store, run: &str, stage: &mut Stage) {
    let members = format!("{}/members", id::parent(run));
    for group in &mut stage.groups {
        let belongs = |(_, body): &(&str, &Value)| {
            let properties = &body["properties"];
            let named = group.everybody || properties["group"].as_str() == Some(group.name.as_str());
            named && properties["provisioningState"] != "Leaving"
        };
        let now: BTreeMap<&str, &Value> = store
            .children(&members, "")
            .filter(belongs)
            .map(|(key, body)| (body["name"].as_str().unwrap_or_else(|| id::name(key)), body))
            .collect();
        let untouched = |member: &Member| member.status.state == UpdateState::NotStarted;
        group.members.retain(|member| !untouched(member) || now.contains_key(member.name.as_str()));
        for (name, body) in now {
            if !group.members.iter().any(|member| member.name == name) {
                let cluster = body["properties"]["clusterResourceId"].as_str().unwrap_or_default();
                group.members.push(member(name, cluster));
            }
        }
        group.members.sort_by(|one, other| one.name.cmp(&other.name));
    }
}

fn member(name: &str, cluster: &str) -> Member {
    Member {
        name: name.to_owned(),
        cluster: cluster.to_owned(),
        status: Status::default(),
        message: None,
        operation: None,
        attempts: 0,
        recheck: None,
    }
}

/// The strategy to show, if there is one, and its stages. Naming two strategies is stated to be invalid, although GET
/// answers both once a strategy was copied.
fn sequence(store: &Store, asked: &Value) -> Result<(Option<Value>, Vec<Stage>), ArmError> {
    match (asked["updateStrategyId"].as_str(), asked.get("strategy").filter(|strategy| !strategy.is_null())) {
        (Some(_), Some(_)) => Err(error::both_strategies()),
        (Some(id), None) => {
            let stored = store.get(id).ok_or_else(|| error::invalid_resource_reference(id))?;
            let strategy = stored["properties"]["strategy"].clone();
            let stages = strategy::stages(&strategy)?;
            Ok((Some(strategy), stages))
        }
        (None, Some(strategy)) => Ok((None, strategy::stages(strategy)?)),
        (None, None) => Ok((None, strategy::one_by_one())),
    }
}

fn update(asked: &Value) -> Result<Update, ArmError> {
    let asked = &asked["managedClusterUpdate"];
    let kind = match asked["upgrade"]["type"].as_str() {
        Some("Full") => Kind::Full,
        Some("NodeImageOnly") => Kind::NodeImageOnly,
        Some("ControlPlaneOnly") => Kind::ControlPlaneOnly,
        _ => {
            let why = "it must be Full, NodeImageOnly or ControlPlaneOnly";
            return Err(error::invalid_parameter("managedClusterUpdate.upgrade.type", why));
        }
    };
    let version = version(kind, asked["upgrade"]["kubernetesVersion"].as_str())?;
    let selection = match asked["nodeImageSelection"]["type"].as_str() {
        None | Some("Latest") => Selection::Latest,
        Some("Consistent") => Selection::Consistent,
        Some(other) => return Err(error::not_implemented(&format!("node image selection '{other}'"))),
    };
    Ok(Update { kind, version, selection, image: None })
}

/// Required for Kubernetes upgrades, forbidden for node images.
fn version(kind: Kind, asked: Option<&str>) -> Result<Option<Version>, ArmError> {
    let refused = |why| Err(error::invalid_parameter("managedClusterUpdate.upgrade.kubernetesVersion", why));
    match (kind, asked) {
        (Kind::NodeImageOnly, None) => Ok(None),
        (Kind::NodeImageOnly, Some(_)) => refused("it must be absent for NodeImageOnly"),
        (_, None) => refused("it is required for Full and ControlPlaneOnly"),
        (_, Some(text)) => match text.parse() {
            Ok(version) => Ok(Some(version)),
            Err(()) => refused("it must be a full version such as 1.33.5"),
        },
    }
}
