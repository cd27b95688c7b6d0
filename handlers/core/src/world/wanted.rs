//! What configuration wants of one stamp.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ClusterSeen, is_fleet_hub};
use crate::{
    config::{FleetConfig, PolicyAssignment, PolicyScope, Scope, Traffic},
    facets::{governance, membership, traffic},
    ids::ArmId,
    names::management_group,
};

/// What configuration wants of one stamp, facet by facet.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Fleet membership.
    pub membership: membership::Wanted,
    /// Policy assignments.
    pub governance: Vec<governance::Wanted>,
    /// The Front Door origin, when traffic is managed.
    pub traffic: Option<traffic::Wanted>,
}

/// Why a cluster is none of our business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutOfScope {
    /// Its subscription is not configured.
    Subscription,
    /// Its resource group is not configured.
    ResourceGroup,
    /// It lacks a configured tag.
    Tag(String),
    /// It is a fleet's own hub.
    FleetHub,
    /// It has the opt-out tag.
    OptedOut(String),
}

impl fmt::Display for OutOfScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subscription => f.write_str("its subscription is not in scope"),
            Self::ResourceGroup => f.write_str("its resource group is not in scope"),
            Self::Tag(tag) => write!(f, "it lacks the tag {tag} that the scope asks for"),
            Self::FleetHub => f.write_str("it is a fleet's own hub cluster"),
            Self::OptedOut(tag) => write!(f, "it carries the opt-out tag {tag}"),
        }
    }
}

impl OutOfScope {
    /// Whether the id alone puts a cluster out of scope, before anything is read.
    #[must_use]
    pub fn by_id(scope: &Scope, cluster: &ArmId) -> Option<Self> {
        let subscription = cluster.subscription().unwrap_or_default();
        if !scope.subscriptions.iter().any(|allowed| allowed.eq_ignore_ascii_case(subscription)) {
            return Some(Self::Subscription);
        }
        let group = cluster.resource_group().unwrap_or_default();
        let patterns = &scope.resource_groups;
        if !patterns.is_empty() && !patterns.iter().any(|pattern| fits(pattern, group)) {
            return Some(Self::ResourceGroup);
        }
        is_fleet_hub(cluster).then_some(Self::FleetHub)
    }

    /// Whether what was read puts it out of scope.
    #[must_use]
    pub fn of(scope: &Scope, cluster: &ClusterSeen) -> Option<Self> {
        if let Some(reason) = Self::by_id(scope, &cluster.id) {
            return Some(reason);
        }
        if tag(&cluster.tags, &scope.opt_out_tag).is_some_and(|value| !value.eq_ignore_ascii_case("false")) {
            return Some(Self::OptedOut(scope.opt_out_tag.clone()));
        }
        let lacking = scope.tags.iter().find(|(key, value)| tag(&cluster.tags, key) != Some(value.as_str()));
        lacking.map(|(key, value)| Self::Tag(format!("{key}={value}")))
    }
}

impl Wanted {
    /// What configuration wants of the stamp of a cluster.
    #[must_use]
    pub fn of(config: &FleetConfig, cluster: &ClusterSeen) -> Self {
        let assignments = config.governance.assignments.iter();
        Self {
            membership: membership::Wanted {
                fleet: config.fleet.clone(),
                group: update_group(config, cluster),
                labels: config.membership.labels.clone(),
            },
            governance: assignments.filter_map(|assignment| assignment_of(assignment, &cluster.id)).collect(),
            traffic: config.traffic.as_ref().map(origin_of),
        }
    }
}

/// A tag's value; tag names are compared without case, as Azure does.
#[must_use]
pub fn tag<'a>(tags: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// What configuration wants of any stamp's origin.
#[must_use]
pub(crate) fn origin_of(traffic: &Traffic) -> traffic::Wanted {
    traffic::Wanted {
        origin_group: traffic.origin_group.clone(),
        https_port: traffic.https_port,
        http_port: traffic.http_port,
        priority: traffic.priority,
        ramp: traffic.ramp.clone(),
    }
}

fn fits(pattern: &str, group: &str) -> bool {
    let (pattern, group) = (pattern.to_ascii_lowercase(), group.to_ascii_lowercase());
    match pattern.strip_suffix('*') {
        Some(start) => group.starts_with(start),
        None => group == pattern,
    }
}

fn update_group(config: &FleetConfig, cluster: &ClusterSeen) -> String {
    let rules = &config.membership;
    if let Some(group) = tag(&cluster.tags, &rules.group_tag) {
        return group.to_owned();
    }
    let fitting = rules.groups.iter().find(|rule| {
        let region =
            rule.regions.is_empty() || rule.regions.iter().any(|r| same_region(r, &cluster.location));
        region && rule.tags.iter().all(|(key, value)| tag(&cluster.tags, key) == Some(value.as_str()))
    });
    fitting.map_or(&rules.default_group, |rule| &rule.group).clone()
}

/// Whether two names mean the same region: `westeurope` in ids, `West Europe` in some answers.
#[must_use]
pub fn same_region(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.replace(' ', "").to_ascii_lowercase();
    plain(one) == plain(other)
}

fn assignment_of(assignment: &PolicyAssignment, cluster: &ArmId) -> Option<governance::Wanted> {
    let scope = match &assignment.scope {
        PolicyScope::ResourceGroup => cluster.resource_group_scope()?,
        PolicyScope::Subscription => cluster.subscription_scope()?,
        PolicyScope::ManagementGroup(name) => management_group(name)?,
    };
    let mut parameters = assignment.parameters.clone();
    if let Some(effect) = &assignment.effect {
        parameters.insert("effect".to_owned(), Value::from(effect.clone()));
    }
    Some(governance::Wanted {
        scope,
        name: assignment.name.clone(),
        definition: assignment.definition.clone(),
        display_name: assignment.display_name.clone().unwrap_or_else(|| assignment.name.clone()),
        parameters,
        enforcement: assignment.enforcement,
    })
}
