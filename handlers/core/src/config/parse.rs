//! From JSON to [`FleetConfig`], section by section.

mod updates;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Capacity, FleetConfig, Governance, GroupRule, Health, InvalidConfig, Membership, Minimum,
    PolicyAssignment, PolicyScope, RegistryAccess, Scope, Source, Tick, Traffic, Weight, default_gateway_tag,
    default_group_tag, default_health_path, default_host_tag, default_http_port, default_https_port,
    default_minimum_count, default_minimum_percent, default_opt_out_tag, default_priority, default_ramp,
    default_sweep_minutes,
};
use crate::{
    facets::{
        Mode,
        governance::{Enforcement, NAME_MAX, NAME_MAX_MANAGEMENT_GROUP},
        traffic::RampStep,
    },
    ids::ArmId,
    names::is_update_group,
    reader::{At, Object, Problem, Problems, text},
};

const CLUSTER: &str = "Microsoft.ContainerService/managedClusters";
const FLEET: &str = "Microsoft.ContainerService/fleets";
const REGISTRY: &str = "Microsoft.ContainerRegistry/registries";
const ORIGIN_GROUP: &str = "Microsoft.Cdn/profiles/originGroups";
const POLICY: &str = "Microsoft.Authorization/policyDefinitions";
const INITIATIVE: &str = "Microsoft.Authorization/policySetDefinitions";

pub(super) fn parse(text: &str) -> Result<FleetConfig, InvalidConfig> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let fault = format!("is not JSON: {error}");
        InvalidConfig { problems: vec![Problem { path: "$".to_owned(), fault }] }
    })?;
    let problems = Problems::default();
    let config = document(At { value: &value, path: "$", problems: &problems });
    let problems = problems.into_vec();
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(InvalidConfig { problems }),
    }
}

fn document(at: At<'_>) -> Option<FleetConfig> {
    let mut object = at.object()?;
    object.optional("$schema", text);
    let fleet = object.required("fleet", |at| at.typed_id(FLEET));
    let scope = object.required("scope", scope);
    let membership = object.required("membership", membership);
    let registry_access = object.optional("registryAccess", registry_access).unwrap_or_default();
    let governance = object.optional("governance", governance).unwrap_or_default();
    let traffic = object.optional("traffic", traffic);
    let health = object.optional("health", health);
    let updates = object.optional("updates", updates::updates);
    let tick = object.optional("tick", tick).unwrap_or_default();
    object.refuse_others();
    Some(FleetConfig {
        fleet: fleet?,
        scope: scope?,
        membership: membership?,
        registry_access,
        governance,
        traffic,
        health,
        updates,
        tick,
    })
}

fn scope(at: At<'_>) -> Option<Scope> {
    let mut object = at.object()?;
    let scope = Scope {
        subscriptions: object.list("subscriptions", 1, subscription),
        resource_groups: object.list("resourceGroups", 0, group_pattern),
        tags: object.texts("tags"),
        opt_out_tag: object.optional("optOutTag", text).unwrap_or_else(default_opt_out_tag),
    };
    object.refuse_others();
    Some(scope)
}

fn subscription(at: At<'_>) -> Option<String> {
    let text = text(at)?;
    match uuid::Uuid::parse_str(&text) {
        Ok(id) => Some(id.to_string()),
        Err(_) => at.fail(&format!("`{text}` is not a subscription id; expected a GUID")),
    }
}

fn group_pattern(at: At<'_>) -> Option<String> {
    let text = text(at)?;
    if text.strip_suffix('*').unwrap_or(&text).contains(['*', '/']) {
        return at.fail(&format!(
            "`{text}` is not allowed; expected a resource group name with at most one `*`, at its end"
        ));
    }
    Some(text)
}

fn membership(at: At<'_>) -> Option<Membership> {
    let mut object = at.object()?;
    let default_group = object.required("defaultGroup", update_group);
    let rest = Membership {
        mode: mode(&mut object),
        default_group: String::new(),
        groups: object.list("groups", 0, group_rule),
        group_tag: object.optional("groupTag", text).unwrap_or_else(default_group_tag),
        labels: object.texts("labels"),
    };
    object.refuse_others();
    Some(Membership { default_group: default_group?, ..rest })
}

fn group_rule(at: At<'_>) -> Option<GroupRule> {
    let mut object = at.object()?;
    let group = object.required("group", update_group);
    let regions = object.list("regions", 0, text);
    let tags = object.texts("tags");
    object.refuse_others();
    Some(GroupRule { group: group?, regions, tags })
}

fn update_group(at: At<'_>) -> Option<String> {
    let text = text(at)?;
    if is_update_group(&text) {
        return Some(text);
    }
    at.fail(&format!(
        "`{text}` is not an update group; expected 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends"
    ))
}

fn registry_access(at: At<'_>) -> Option<RegistryAccess> {
    let mut object = at.object()?;
    let access = RegistryAccess {
        mode: mode(&mut object),
        registries: object.list("registries", 0, |at| at.typed_id(REGISTRY)),
    };
    object.refuse_others();
    Some(access)
}

fn governance(at: At<'_>) -> Option<Governance> {
    let mut object = at.object()?;
    let governance =
        Governance { mode: mode(&mut object), assignments: object.list("assignments", 0, policy_assignment) };
    object.refuse_others();
    Some(governance)
}

fn policy_assignment(at: At<'_>) -> Option<PolicyAssignment> {
    let mut object = at.object()?;
    let scope = object.required("scope", policy_scope);
    let longest = match scope {
        Some(PolicyScope::ManagementGroup(_)) => NAME_MAX_MANAGEMENT_GROUP,
        _ => NAME_MAX,
    };
    let name = object.required("name", |at| assignment_name(at, longest));
    let definition = object.required("definition", definition);
    let display_name = object.optional("displayName", display_name);
    let effect = effect(&mut object, definition.as_ref());
    let parameters: BTreeMap<String, Value> = object.entries("parameters", |at| Some(at.value.clone()));
    let enforcement = object.optional("enforcement", |at| {
        at.one_of(&[("default", Enforcement::Default), ("doNotEnforce", Enforcement::DoNotEnforce)])
    });
    object.refuse_others();
    Some(PolicyAssignment {
        name: name?,
        definition: definition?,
        scope: scope?,
        display_name,
        effect,
        parameters,
        enforcement: enforcement.unwrap_or_default(),
    })
}

fn assignment_name(at: At<'_>, longest: usize) -> Option<String> {
    let text = text(at)?;
    let legal = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if legal && text.len() <= longest {
        return Some(text);
    }
    at.fail(&format!(
        "`{text}` is not allowed; expected at most {longest} letters, digits, `-` and `_` at this scope"
    ))
}

fn definition(at: At<'_>) -> Option<ArmId> {
    let id = at.id()?;
    if id.is_type(POLICY) || id.is_type(INITIATIVE) {
        return Some(id);
    }
    at.fail(&format!("`{id}` is neither a {POLICY} nor a {INITIATIVE}; expected the resource id of one"))
}

fn display_name(at: At<'_>) -> Option<String> {
    let text = text(at)?;
    if text.chars().count() <= 128 {
        return Some(text);
    }
    at.fail("is too long; expected at most 128 characters")
}

/// Initiatives make things visible, single policies forbid, unless stated otherwise.
fn effect(object: &mut Object<'_>, definition: Option<&ArmId>) -> Option<String> {
    if !object.has("effect") {
        object.optional("effect", text);
        let initiative = definition.is_some_and(|id| id.is_type(INITIATIVE));
        return Some(if initiative { "Audit" } else { "Deny" }.to_owned());
    }
    object.optional("effect", |at| if at.value.is_null() { None } else { text(at) })
}

fn policy_scope(at: At<'_>) -> Option<PolicyScope> {
    match at.value {
        Value::String(text) if text == "resourceGroup" => Some(PolicyScope::ResourceGroup),
        Value::String(text) if text == "subscription" => Some(PolicyScope::Subscription),
        Value::Object(_) => {
            let mut object = at.object()?;
            let group = object.required("managementGroup", text);
            object.refuse_others();
            group.map(PolicyScope::ManagementGroup)
        }
        other => at.fail(&format!(
            "is {other}; allowed are \"resourceGroup\", \"subscription\" and {{\"managementGroup\": \"<name>\"}}"
        )),
    }
}

fn traffic(at: At<'_>) -> Option<Traffic> {
    let mut object = at.object()?;
    let origin_group = object.required("originGroup", |at| at.typed_id(ORIGIN_GROUP));
    let port = |at: At<'_>| at.integer(1..=65_535).and_then(|port| u16::try_from(port).ok());
    let mode = mode(&mut object);
    let ramp = object.list("ramp", usize::from(object.has("ramp")), ramp_step);
    let ramp = if ramp.is_empty() { default_ramp() } else { ramp };
    let host_tag = object.optional("hostTag", text).unwrap_or_else(default_host_tag);
    let gateway_tag = object.optional("gatewayTag", text).unwrap_or_else(default_gateway_tag);
    let health_path = object.optional("healthPath", health_path).unwrap_or_else(default_health_path);
    let https_port = object.optional("httpsPort", port).unwrap_or_else(default_https_port);
    let http_port = object.optional("httpPort", port).unwrap_or_else(default_http_port);
    let priority = object.optional("priority", |at| at.integer(1..=5).and_then(|n| u8::try_from(n).ok()));
    let minimum = object.optional("minimum", minimum).unwrap_or_default();
    let maximum_drained =
        object.optional("maximumDrained", |at| at.integer(1..=1_000)).and_then(|n| u16::try_from(n).ok());
    let capacity = object.optional("capacity", |at| at.one_of(&Capacity::ALLOWED)).unwrap_or_default();
    object.refuse_others();
    Some(Traffic {
        mode,
        origin_group: origin_group?,
        host_tag,
        gateway_tag,
        health_path,
        https_port,
        http_port,
        priority: priority.unwrap_or_else(default_priority),
        ramp,
        minimum,
        maximum_drained,
        capacity,
    })
}

fn ramp_step(at: At<'_>) -> Option<RampStep> {
    let mut object = at.object()?;
    let weight =
        object.required("weight", |at| at.integer(1..=1_000)).and_then(|weight| u16::try_from(weight).ok());
    let bake_minutes = object.optional("bakeMinutes", |at| at.integer(0..=10_080)).unwrap_or(0);
    object.refuse_others();
    Some(RampStep { weight: weight?, bake_minutes })
}

fn health_path(at: At<'_>) -> Option<String> {
    let text = text(at)?;
    if text.starts_with('/') && !text.contains(|c: char| c.is_whitespace() || "?#".contains(c)) {
        return Some(text);
    }
    at.fail(&format!("`{text}` is not a path; expected one that starts with `/`, without query and blanks"))
}

fn minimum(at: At<'_>) -> Option<Minimum> {
    let mut object = at.object()?;
    let count =
        object.optional("count", |at| at.integer(1..=1_000)).and_then(|count| u16::try_from(count).ok());
    let percent = object.optional("percent", |at| at.integer(0..=100)).and_then(|n| u8::try_from(n).ok());
    object.refuse_others();
    Some(Minimum {
        count: count.unwrap_or_else(default_minimum_count),
        percent: percent.unwrap_or_else(default_minimum_percent),
    })
}

fn health(at: At<'_>) -> Option<Health> {
    let usual = Health::default();
    let mut object = at.object()?;
    let mut number =
        |key, low, high, usual: u32| object.optional(key, |at| at.integer(low..=high)).unwrap_or(usual);
    let fail_after_minutes = number("failAfterMinutes", 0, 1_440, usual.fail_after_minutes);
    let recover_after_minutes = number("recoverAfterMinutes", 1, 1_440, usual.recover_after_minutes);
    let flap_window_minutes = number("flapWindowMinutes", 1, 10_080, usual.flap_window_minutes);
    let longest_recover_minutes = number("longestRecoverMinutes", 1, 10_080, usual.longest_recover_minutes);
    let probe_minutes = number("probeMinutes", 1, 60, usual.probe_minutes);
    let evidence_minutes = number("evidenceMinutes", 1, 10_080, usual.evidence_minutes);
    let mut percent = |key, usual: u8| {
        let percent = object.optional(key, |at| at.integer(1..=100)).and_then(|n| u8::try_from(n).ok());
        percent.unwrap_or(usual)
    };
    let brake_percent = percent("brakePercent", usual.brake_percent);
    let nodes_percent = percent("nodesPercent", usual.nodes_percent);
    let health = Health {
        mode: mode(&mut object),
        sources: weights(&mut object),
        stamps: object.entries("stamps", |at| at.typed_id(CLUSTER)),
        fail_after_minutes,
        recover_after_minutes,
        flap_window_minutes,
        longest_recover_minutes,
        brake_percent,
        nodes_percent,
        probe_minutes,
        evidence_minutes,
    };
    object.refuse_others();
    Some(health)
}

fn weights(object: &mut Object<'_>) -> BTreeMap<Source, Weight> {
    let read = |at: At<'_>| {
        let mut sources = at.object()?;
        let weights = Source::ALL.iter().filter_map(|(name, source)| {
            sources.optional(name, |at| at.one_of(&Weight::ALLOWED)).map(|weight| (*source, weight))
        });
        let weights = weights.collect();
        sources.refuse_others();
        Some(weights)
    };
    object.optional("sources", read).unwrap_or_default()
}

fn tick(at: At<'_>) -> Option<Tick> {
    let mut object = at.object()?;
    let sweep_minutes = object.optional("sweepMinutes", |at| at.integer(1..=1_440));
    object.refuse_others();
    Some(Tick { sweep_minutes: sweep_minutes.unwrap_or_else(default_sweep_minutes) })
}

fn mode(object: &mut Object<'_>) -> Mode {
    object.optional("mode", |at| at.one_of(&Mode::ALLOWED)).unwrap_or_default()
}
