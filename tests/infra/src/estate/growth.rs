//! What another region changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::snapshot::{Snapshot, last_name, text, texts};

/// What every region is listed in: the rule that brings the stamps' alerts to the handler, and the alert on their health.
/// Each has the stamps' resource groups as its scopes.
const LISTS: [&str; 2] = ["alert-retail-resource-health", "apr-retail-stamps"];

/// The ids of what differs between two predictions.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Only in the later one.
    pub added: BTreeSet<String>,
    /// Only in the earlier one.
    pub removed: BTreeSet<String>,
    /// In both, with other properties.
    pub changed: BTreeSet<String>,
}

impl Difference {
    /// What differs between `before` and `after`.
    #[must_use]
    pub fn between(before: &Snapshot, after: &Snapshot) -> Self {
        let (before, after) = (by_id(before), by_id(after));
        let only_in = |one: &BTreeMap<&str, &Value>, other: &BTreeMap<&str, &Value>| {
            one.keys().filter(|id| !other.contains_key(*id)).map(|&id| id.to_owned()).collect()
        };
        let changed = before.iter().filter(|(id, resource)| after.get(*id).is_some_and(|it| it != *resource));
        Self {
            added: only_in(&after, &before),
            removed: only_in(&before, &after),
            changed: changed.map(|(&id, _)| id.to_owned()).collect(),
        }
    }
}

/// With `region`, the deployment `with` has what it had `without`, and what is the region's own. The lists of regions are one
/// member longer; nothing else changes. The same read backwards: whoever removes the region removes only that.
#[must_use]
pub fn growth(without: &Snapshot, with: &Snapshot, region: &str) -> Vec<String> {
    let difference = Difference::between(without, with);
    let mut faults: Vec<String> = difference.removed.iter().map(|id| format!("{id} goes")).collect();
    let foreign = difference.added.iter().filter(|id| !belongs_to(id, region));
    faults.extend(foreign.map(|id| format!("{id} comes and isn't {region}'s")));
    for id in &difference.changed {
        let is_list = LISTS.contains(&last_name(id));
        if !is_list || !longer_by(without.by_id(id), with.by_id(id), region) {
            faults.push(format!("{id} changes"));
        }
    }
    if difference.added.is_empty() {
        faults.push(format!("{region} brings nothing"));
    }
    faults
}

/// Whether something is a region's own: in its resource group, its replica of the registry, the flow logs of its networks,
/// which Azure keeps in a resource group for all regions, or the topic of its cluster's own events, which lies with the
/// automation.
fn belongs_to(id: &str, region: &str) -> bool {
    let group = format!("/resourceGroups/rg-stamp-{region}");
    id.ends_with(&group)
        || id.contains(&format!("{group}/"))
        || id.contains(&format!("/networkWatchers/NetworkWatcher_{region}/"))
        || id.ends_with(&format!("/replications/{region}"))
        || format!("{id}/").contains(&format!("/systemTopics/evgt-aks-{region}/"))
}

/// Whether the one differs from the other by the region's resource group among the scopes, and by nothing else.
fn longer_by(before: Option<&Value>, after: Option<&Value>, region: &str) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let scopes = |resource: &Value| {
        texts(&resource["properties"]["scopes"]).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let (earlier, later) = (scopes(before), scopes(after));
    let new: Vec<&String> = later.difference(&earlier).collect();
    let mut otherwise = after.clone();
    otherwise["properties"]["scopes"] = before["properties"]["scopes"].clone();
    earlier.is_subset(&later)
        && matches!(new[..], [group] if last_name(group) == format!("rg-stamp-{region}"))
        && otherwise == *before
}

fn by_id(snapshot: &Snapshot) -> BTreeMap<&str, &Value> {
    snapshot.resources().map(|resource| (text(&resource["id"]), resource)).collect()
}
