//! From JSON to a command, with every problem at once and what is allowed instead.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    Command, GuardRule, InvalidCommand, OVERRIDE_MAX_HOURS, Order, ReleaseOwner, StatedHealth, Target,
};
use crate::{
    ids::ArmId,
    names::is_update_group,
    reader::{At, Object, Problem, Problems, text},
};

const GATE: &str = "Microsoft.ContainerService/fleets/gates";
const CLUSTER: &str = "Microsoft.ContainerService/managedClusters";

/// Reads one command. `now` tells what lies in the past.
///
/// # Errors
/// With every problem that was found.
pub fn parse(bytes: &[u8], now: Timestamp) -> Result<Command, InvalidCommand> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| InvalidCommand {
        id: None,
        command: None,
        problems: vec![Problem { path: "$".to_owned(), fault: format!("is not JSON: {error}") }],
    })?;
    let problems = Problems::default();
    let command = document(At { value: &value, path: "$", problems: &problems }, now);
    let problems = problems.into_vec();
    match command {
        Some(command) if problems.is_empty() => Ok(command),
        _ => Err(InvalidCommand {
            id: value["id"].as_str().filter(|id| is_id(id)).map(str::to_owned),
            command: value["command"].as_str().map(|name| name.chars().take(50).collect()),
            problems,
        }),
    }
}

fn document(at: At<'_>, now: Timestamp) -> Option<Command> {
    let mut object = at.object()?;
    let id = object.required("id", command_id);
    let requested_by = object.required("requestedBy", |at| short(at, 200));
    let reason = object.required("reason", |at| short(at, 500));
    let dry_run = object.optional("dryRun", |at| match at.value {
        Value::Bool(dry_run) => Some(*dry_run),
        other => at.fail(&format!("is {other}; allowed are true and false")),
    });
    let names = Order::NAMES.map(|name| (name, name));
    let order =
        object.required("command", |at| at.one_of(&names)).and_then(|name| order(name, &mut object, now));
    // Which keys an unknown command may have nobody knows.
    if ["target", "cluster", "gate", "run"].iter().any(|key| object.knows(key)) {
        object.refuse_others();
    }
    Some(Command {
        id: id?,
        requested_by: requested_by?,
        reason: reason?,
        dry_run: dry_run.unwrap_or_default(),
        order: order?,
    })
}

fn order(name: &str, object: &mut Object<'_>, now: Timestamp) -> Option<Order> {
    let later = |at: At<'_>| instant(at, now);
    match name {
        "drain" | "hold" => {
            let target = object.required("target", target);
            let hold = object.optional("hold", hold_name);
            let expires = object.optional("expires", later);
            let target = target?;
            Some(if name == "drain" {
                Order::Drain { target, hold, expires }
            } else {
                Order::Hold { target, hold, expires }
            })
        }
        "restore" => {
            let target = object.required("target", target);
            let hold = object.optional("hold", hold_name);
            Some(Order::Restore { target: target?, hold })
        }
        "release" => {
            let target = object.required("target", target);
            let owners = [
                ("operator", ReleaseOwner::Operator),
                ("update", ReleaseOwner::Update),
                ("unknown", ReleaseOwner::Unknown),
            ];
            let owner = object.optional("owner", |at| at.one_of(&owners)).unwrap_or_default();
            let hold = object.optional("hold", hold_name);
            Some(Order::Release { target: target?, owner, hold })
        }
        "stateHealth" => {
            let target = object.required("target", target);
            let stated = [
                ("good", StatedHealth::Good),
                ("bad", StatedHealth::Bad),
                ("unknown", StatedHealth::Unknown),
            ];
            let health = object.required("health", |at| at.one_of(&stated));
            let expires = object.required("expires", later);
            Some(Order::StateHealth { target: target?, health: health?, expires: expires? })
        }
        "enroll" => object.required("cluster", cluster).map(|cluster| Order::Enroll { cluster }),
        "decommission" => object.required("cluster", cluster).map(|cluster| Order::Decommission { cluster }),
        "reconcile" => object.required("target", target).map(|target| Order::Reconcile { target }),
        "approveGate" => object.required("gate", gate).map(|gate| Order::ApproveGate { gate }),
        "startUpdate" => object.required("run", run_name).map(|run| Order::StartUpdate { run }),
        "stopUpdate" => object.required("run", run_name).map(|run| Order::StopUpdate { run }),
        "retryFailed" => object.required("run", run_name).map(|run| Order::RetryFailed { run }),
        _ => {
            let target = object.required("target", target);
            let guard = object.required("guard", |at| at.one_of(&GuardRule::ALL));
            let expires = object.required("expires", |at| soon(at, now));
            Some(Order::Override { target: target?, guard: guard?, expires: expires? })
        }
    }
}

fn target(at: At<'_>) -> Option<Target> {
    match at.value {
        Value::String(text) if text == "fleet" => Some(Target::Fleet),
        Value::Object(_) => {
            let mut object = at.object()?;
            let stamp = object.optional("stamp", |at| short(at, 500));
            let region = object.optional("region", |at| short(at, 100));
            object.refuse_others();
            match (stamp, region) {
                (Some(stamp), None) => Some(Target::Stamp(stamp)),
                (None, Some(region)) => Some(Target::Region(region)),
                _ => at.fail(ONE_TARGET),
            }
        }
        _ => at.fail(ONE_TARGET),
    }
}

const ONE_TARGET: &str = "names no single target; allowed are {\"stamp\": \"<cluster's id or name>\"}, {\"region\": \"<region>\"} and \"fleet\"";

fn cluster(at: At<'_>) -> Option<ArmId> {
    at.typed_id(CLUSTER)
}

/// A gate's name is a GUID that the service sets (ARM contract: fleets).
fn gate(at: At<'_>) -> Option<String> {
    let text = short(at, 500)?;
    let name = if text.starts_with('/') { at.typed_id(GATE)?.name().to_owned() } else { text.clone() };
    match uuid::Uuid::parse_str(&name) {
        Ok(id) => Some(id.to_string()),
        Err(_) => at.fail(&format!("`{text}` is no gate; expected its resource id, or its name, a GUID")),
    }
}

fn run_name(at: At<'_>) -> Option<String> {
    let text = text(at)?;
    if is_update_group(&text) {
        return Some(text);
    }
    at.fail(&format!(
        "`{text}` is no name of a run; expected 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends"
    ))
}

fn is_id(id: &str) -> bool {
    (1..=100).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn command_id(at: At<'_>) -> Option<String> {
    let id = text(at)?;
    if is_id(&id) {
        Some(id)
    } else {
        at.fail("is no id; expected 1 to 100 letters, digits, `.`, `_` and `-`")
    }
}

fn hold_name(at: At<'_>) -> Option<String> {
    short(at, 200)
}

fn short(at: At<'_>, longest: usize) -> Option<String> {
    let text = text(at)?;
    if text.chars().count() <= longest {
        return Some(text);
    }
    at.fail(&format!("is too long; expected at most {longest} characters"))
}

fn instant(at: At<'_>, now: Timestamp) -> Option<Timestamp> {
    let text = text(at)?;
    match text.parse::<Timestamp>() {
        Ok(instant) if instant > now => Some(instant),
        Ok(_) => at.fail(&format!("`{text}` is past; expected a time after {now}")),
        Err(_) => at.fail(&format!("`{text}` is no time; expected one such as 2026-01-31T18:00:00Z")),
    }
}

fn soon(at: At<'_>, now: Timestamp) -> Option<Timestamp> {
    let instant = instant(at, now)?;
    if instant <= now + SignedDuration::from_hours(OVERRIDE_MAX_HOURS) {
        return Some(instant);
    }
    at.fail(&format!("is too far ahead; an override lasts at most {OVERRIDE_MAX_HOURS} hours"))
}
