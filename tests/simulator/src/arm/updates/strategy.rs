//! Reading strategies: stages, groups, gates and their limits.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::arm::error::{self, ArmError};
use crate::arm::names;

use super::model::{Amount, Gate, Group, Limits, Opening, Stage, Status};

/// The most upgrades at once in a stage, and what a stage has that names no limit.
const STAGE_CEILING: usize = 50;
/// The most groups in a stage.
const MOST_GROUPS: usize = 50;
/// What the preview knows and the pinned version does not.
const PREVIEW_FIELDS: [&str; 4] =
    ["maxAllowedFailures", "failureCount", "absoluteStartTime", "memberSelector"];

/// Refuses, as not simulated, what only the preview of the service takes.
pub(crate) fn refuse_preview(strategy: &Value) -> Result<(), ArmError> {
    match strategy {
        Value::Array(items) => items.iter().try_for_each(refuse_preview),
        Value::Object(members) => members.iter().try_for_each(|(name, value)| {
            let unknown_gate = name == "type" && value != "Approval";
            if unknown_gate || PREVIEW_FIELDS.contains(&name.as_str()) {
                return Err(error::not_implemented(&format!(
                    "'{name}': {value} of a strategy in this api-version"
                )));
            }
            refuse_preview(value)
        }),
        _ => Ok(()),
    }
}

/// Takes out what the pinned version does not show.
pub(crate) fn without_preview(shown: &mut Value) {
    match shown {
        Value::Array(items) => items.iter_mut().for_each(without_preview),
        Value::Object(members) => {
            members.retain(|name, _| !PREVIEW_FIELDS.contains(&name.as_str()));
            members.values_mut().for_each(without_preview);
        }
        _ => {}
    }
}

/// The stages of a strategy, without members yet.
pub(crate) fn stages(strategy: &Value) -> Result<Vec<Stage>, ArmError> {
    let stages = strategy["stages"].as_array().filter(|stages| !stages.is_empty());
    let stages =
        stages.ok_or_else(|| error::invalid_parameter("strategy.stages", "at least one is required"))?;
    let stages: Vec<Stage> = stages.iter().map(stage).collect::<Result<_, _>>()?;
    require_unique("strategy.stages", stages.iter().map(|stage| stage.name.as_str()))?;
    Ok(stages)
}

/// The sequence of a run without a strategy: everybody, one by one.
pub(super) fn one_by_one() -> Vec<Stage> {
    let limits = |concurrency| Limits { concurrency, failures: Amount::Count(0) };
    let group = Group {
        name: "default".to_owned(),
        everybody: true,
        members: Vec::new(),
        limits: limits(Amount::Count(1)),
        before: Vec::new(),
        after: Vec::new(),
        status: Status::default(),
    };
    vec![Stage {
        name: "default".to_owned(),
        groups: vec![group],
        limits: limits(Amount::Count(STAGE_CEILING)),
        before: Vec::new(),
        after: Vec::new(),
        wait_seconds: 0,
        wait: Status::default(),
        status: Status::default(),
    }]
}

/// Refuses a group's fixed limit above its size. A group without members is accepted with any limit.
pub(super) fn check_sizes(stages: &[Stage]) -> Result<(), ArmError> {
    for group in stages.iter().flat_map(|stage| &stage.groups) {
        let size = group.members.len();
        if let Amount::Count(count) = group.limits.concurrency
            && size > 0
            && count > size
        {
            let why = format!("{count} is more than the {size} members of group '{}'", group.name);
            return Err(error::invalid_parameter("maxConcurrency", &why));
        }
    }
    Ok(())
}

fn stage(body: &Value) -> Result<Stage, ArmError> {
    let groups = body["groups"].as_array().filter(|groups| (1..=MOST_GROUPS).contains(&groups.len()));
    let groups = groups.ok_or_else(|| error::invalid_parameter("stages.groups", "there must be 1 to 50"))?;
    let groups: Vec<Group> = groups.iter().map(group).collect::<Result<_, _>>()?;
    require_unique("stages.groups", groups.iter().map(|group| group.name.as_str()))?;
    let limits = limits(body, Amount::Count(STAGE_CEILING))?;
    if let Amount::Count(ceiling) = limits.concurrency {
        let above =
            |group: &Group| matches!(group.limits.concurrency, Amount::Count(count) if count > ceiling);
        if ceiling > STAGE_CEILING || groups.iter().any(above) {
            let why = "a stage takes at most 50, and a group no more than its stage";
            return Err(error::invalid_parameter("maxConcurrency", why));
        }
    }
    Ok(Stage {
        name: name(body)?,
        groups,
        limits,
        before: gates(&body["beforeGates"])?,
        after: gates(&body["afterGates"])?,
        wait_seconds: body["afterStageWaitInSeconds"].as_u64().unwrap_or_default(),
        wait: Status::default(),
        status: Status::default(),
    })
}

fn group(body: &Value) -> Result<Group, ArmError> {
    Ok(Group {
        name: name(body)?,
        everybody: false,
        members: Vec::new(),
        limits: limits(body, Amount::Count(1))?,
        before: gates(&body["beforeGates"])?,
        after: gates(&body["afterGates"])?,
        status: Status::default(),
    })
}

fn gates(body: &Value) -> Result<Vec<Gate>, ArmError> {
    body.as_array().into_iter().flatten().map(gate).collect()
}

fn gate(body: &Value) -> Result<Gate, ArmError> {
    let start = || body["absoluteStartTime"].as_str().and_then(|time| time.parse().ok());
    let opening = match body["type"].as_str() {
        Some("Approval") => Some(Opening::Approval),
        Some("ScheduledStart") => start().map(Opening::ScheduledStart),
        _ => None,
    };
    let why = "it must be Approval, or ScheduledStart with an absoluteStartTime";
    let opening = opening.ok_or_else(|| error::invalid_parameter("gates.type", why))?;
    let display_name = body["displayName"].as_str().map(str::to_owned);
    if display_name.as_ref().is_some_and(|name| !(1..=100).contains(&name.len())) {
        return Err(error::invalid_parameter("gates.displayName", "it must have 1 to 100 characters"));
    }
    Ok(Gate { display_name, opening, id: None, status: Status::default() })
}

fn limits(body: &Value, default: Amount) -> Result<Limits, ArmError> {
    let concurrency = match &body["maxConcurrency"] {
        Value::Null => default,
        Value::String(text) => amount(text).filter(|amount| amount.of(100) > 0).ok_or_else(|| {
            error::invalid_parameter("maxConcurrency", "it must be a count from 1, or 1% to 100%")
        })?,
        _ => return Err(error::invalid_parameter("maxConcurrency", "it must be a string")),
    };
    let failures = match &body["maxAllowedFailures"] {
        Value::String(text) => amount(text),
        other => Some(Amount::Count(other.as_u64().and_then(|count| count.try_into().ok()).unwrap_or(0))),
    };
    let failures =
        failures.ok_or_else(|| error::invalid_parameter("maxAllowedFailures", "no count or share"))?;
    Ok(Limits { concurrency, failures })
}

/// A count, or a share up to 100%.
fn amount(text: &str) -> Option<Amount> {
    match text.strip_suffix('%') {
        Some(percent) => percent.parse().ok().filter(|percent| *percent <= 100).map(Amount::Percent),
        None => text.parse().ok().map(Amount::Count),
    }
}

fn name(body: &Value) -> Result<String, ArmError> {
    let name = body["name"].as_str().unwrap_or_default();
    names::require("name", name)?;
    Ok(name.to_owned())
}

fn require_unique<'n>(what: &str, names: impl Iterator<Item = &'n str>) -> Result<(), ArmError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(error::invalid_parameter(what, &format!("'{name}' occurs twice")));
        }
    }
    Ok(())
}
