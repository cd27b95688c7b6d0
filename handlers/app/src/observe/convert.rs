//! From wire types to what the core sees. The one place where Azure's spelling becomes ours.

pub(super) mod updates;

use std::collections::BTreeMap;

use fleet_arm::{
    page::Listing,
    wire::{
        AgentPoolProfile, AutoUpgradeProfile, EnabledState, ManagedCluster, Member, Origin, PolicyAssignment,
        PowerStateCode, Registry, Replication, RoleAssignment, RoleAssignmentMode,
    },
};
use fleet_core::{
    facets::{
        Progress, Sight, Unread,
        governance::AssignmentSeen,
        membership::MemberSeen,
        registry_access::{Grant, RegistryMode, RegistrySeen},
        traffic::OriginSeen,
    },
    ids::{ArmId, PrincipalId},
    world::{Channels, ClusterSeen, Pool, PoolRuns, Runs},
};
use serde_json::Value;

/// Front Door's port for HTTPS where an origin shows none.
const HTTPS_PORT: u16 = 443;

/// A list of which every item counts: one that can't be read makes the whole a hole, since it could be the very one
/// that matters.
pub(super) fn whole<W, T>(what: &str, listing: &Listing<W>, convert: fn(&W) -> Option<T>) -> Sight<Vec<T>> {
    let hole = |why: String| Unread { what: what.to_owned(), why };
    if let Some(bad) = listing.bad.first() {
        let id = bad.id.as_deref().unwrap_or("an item without id");
        return Err(hole(format!("{id} has an unexpected shape: {}", bad.problem)));
    }
    let items = listing.items.iter().map(convert).collect::<Option<Vec<_>>>();
    items.ok_or_else(|| hole("an item names a resource by something that is no resource id".to_owned()))
}

pub(super) fn cluster(id: &ArmId, wire: &ManagedCluster) -> ClusterSeen {
    let properties = &wire.properties;
    let power = properties.power_state.as_ref().and_then(|power| power.code.as_ref());
    let identity = wire.identity.as_ref().and_then(|identity| identity.kind.as_deref());
    ClusterSeen {
        id: id.clone(),
        uid: properties.resource_uid.clone().filter(|uid| !uid.is_empty()),
        location: region(wire.location.as_deref()),
        tags: wire.tags.clone(),
        progress: Progress::of(Some(properties.provisioning_state.as_str())),
        state: properties.provisioning_state.as_str().to_owned(),
        running: power != Some(&PowerStateCode::Stopped),
        managed_identity: identity.is_some_and(|kind| !kind.eq_ignore_ascii_case("None")),
        kubelet: wire.kubelet_object_id().map(PrincipalId::new),
        gateway: wire.ingress_gateway_id().and_then(|id| ArmId::parse(id).ok()),
        node_group: node_group(id, properties.node_resource_group.as_deref()),
        pools: properties.agent_pool_profiles.iter().map(pool).collect(),
        runs: Runs {
            version: said(properties.current_kubernetes_version.as_deref()),
            pools: properties.agent_pool_profiles.iter().map(pool_runs).collect(),
        },
        channels: properties.auto_upgrade_profile.as_ref().map(channels).unwrap_or_default(),
    }
}

/// Nodes live in a resource group of the cluster's own subscription.
fn node_group(cluster: &ArmId, name: Option<&str>) -> Option<ArmId> {
    let (subscription, name) = (cluster.subscription()?, name.filter(|name| !name.is_empty())?);
    ArmId::parse(&format!("/subscriptions/{subscription}/resourceGroups/{name}")).ok()
}

fn pool(wire: &AgentPoolProfile) -> Pool {
    let nodes = wire.count.unwrap_or(0);
    let grows = wire.enable_auto_scaling == Some(true);
    Pool {
        name: wire.name.clone().unwrap_or_default(),
        nodes,
        most: wire.max_count.filter(|_| grows).unwrap_or(nodes),
        system: wire.mode.as_deref().is_some_and(|mode| mode.eq_ignore_ascii_case("System")),
    }
}

fn pool_runs(wire: &AgentPoolProfile) -> PoolRuns {
    PoolRuns {
        name: wire.name.clone().unwrap_or_default(),
        version: said(wire.current_orchestrator_version.as_deref()),
        image: said(wire.node_image_version.as_deref()),
        progress: Progress::of(Some(wire.provisioning_state.as_str())),
    }
}

/// The service says `none` in several cases where a cluster does not update itself.
fn channels(wire: &AutoUpgradeProfile) -> Channels {
    let channel =
        |word: &Option<String>| said(word.as_deref()).filter(|word| !word.eq_ignore_ascii_case("none"));
    Channels { upgrade: channel(&wire.upgrade_channel), node_os: channel(&wire.node_os_upgrade_channel) }
}

fn said(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) fn member(wire: &Member) -> Option<MemberSeen> {
    Some(MemberSeen {
        id: ArmId::parse(&wire.id).ok()?,
        cluster: ArmId::parse(&wire.properties.cluster_resource_id).ok()?,
        group: wire.properties.group.clone().filter(|group| !group.is_empty()),
        labels: wire.properties.labels.clone(),
        progress: Progress::of(Some(wire.properties.provisioning_state.as_str())),
        failure: wire.last_error().and_then(|error| error.message.clone()),
        etag: wire.etag.clone(),
    })
}

pub(super) fn registry(id: &ArmId, wire: &Registry, grants: Sight<Vec<Grant>>) -> RegistrySeen {
    let mode = wire.properties.role_assignment_mode.as_ref().map(RoleAssignmentMode::as_str);
    let location = region(wire.location.as_deref());
    RegistrySeen { id: id.clone(), mode: RegistryMode::of(mode), location, grants, replicas: None }
}

/// The grants that can be read. One that can't is left out: at worst we grant again under a derived name, which the
/// service answers with the existing one. Conditional grants don't give the whole role, and grants at the tenant's root
/// have no id to compare.
pub(super) fn grants(listing: &Listing<RoleAssignment>) -> Vec<Grant> {
    let grant = |wire: &RoleAssignment| {
        Some(Grant {
            id: ArmId::parse(&wire.id).ok()?,
            scope: ArmId::parse(&wire.properties.scope).ok()?,
            role: wire.role_guid(),
            principal: PrincipalId::new(&wire.properties.principal_id),
            description: wire.properties.description.clone(),
        })
    };
    let whole_role =
        |wire: &&RoleAssignment| wire.properties.condition.as_deref().unwrap_or_default().is_empty();
    listing.items.iter().filter(whole_role).filter_map(grant).collect()
}

pub(super) fn assignment(wire: &PolicyAssignment) -> Option<AssignmentSeen> {
    let settings = &wire.properties.settings;
    let id = ArmId::parse(&wire.id).ok()?;
    let scope = match &wire.properties.scope {
        Some(scope) => ArmId::parse(scope).ok()?,
        None => ArmId::parse(id.extension_scope()).ok()?,
    };
    let metadata = match &settings.metadata {
        Some(Value::Object(map)) => map.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        _ => BTreeMap::new(),
    };
    let value_of = |parameter: &Value| parameter.get("value").cloned().unwrap_or(Value::Null);
    Some(AssignmentSeen {
        id,
        scope,
        definition: settings.policy_definition_id.clone(),
        display_name: settings.display_name.clone(),
        parameters: settings.parameters.iter().map(|(name, given)| (name.clone(), value_of(given))).collect(),
        enforcement: settings.enforcement_mode.as_ref().map(|mode| mode.as_str().to_owned()),
        metadata,
        rest: rest(wire),
    })
}

/// What a PUT must carry so that it is not lost.
fn rest(wire: &PolicyAssignment) -> BTreeMap<String, Value> {
    let settings = &wire.properties.settings;
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let identity = wire.identity.as_ref().map(fleet_arm::wire::Identity::writable);
    [
        ("definitionVersion", text(&settings.definition_version)),
        ("description", text(&settings.description)),
        ("notScopes", settings.not_scopes.clone()),
        ("nonComplianceMessages", settings.non_compliance_messages.clone()),
        ("resourceSelectors", settings.resource_selectors.clone()),
        ("overrides", settings.overrides.clone()),
        ("location", text(&wire.location)),
        ("identity", identity.and_then(|identity| serde_json::to_value(identity).ok())),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key.to_owned(), value?)))
    .collect()
}

pub(super) fn origin(wire: &Origin) -> Option<OriginSeen> {
    let settings = &wire.properties.settings;
    Some(OriginSeen {
        id: ArmId::parse(&wire.id).ok()?,
        host: settings.host_name.clone().unwrap_or_default(),
        host_header: settings.origin_host_header.clone(),
        https_port: settings.https_port.unwrap_or(HTTPS_PORT),
        priority: settings.priority.and_then(|priority| u8::try_from(priority).ok()),
        weight: settings.weight.and_then(|weight| u16::try_from(weight).ok()),
        enabled: settings.enabled_state.as_ref() == Some(&EnabledState::Enabled),
        progress: Progress::of(Some(wire.properties.provisioning_state.as_str())),
    })
}

/// Regions in which images are ready to be pulled.
pub(super) fn replica_regions(listing: &Listing<Replication>) -> Vec<String> {
    let settled = |wire: &&Replication| {
        Progress::of(Some(wire.properties.provisioning_state.as_str())) == Progress::Settled
    };
    listing.items.iter().filter(settled).map(|wire| region(wire.location.as_deref())).collect()
}

pub(super) fn cluster_ids(what: &str, listing: &Listing<ManagedCluster>) -> Sight<Vec<ArmId>> {
    let ids = listing.items.iter().map(|wire| wire.id.as_str());
    let bad = listing.bad.iter().filter_map(|bad| bad.id.as_deref());
    let parsed = ids.chain(bad).map(ArmId::parse).collect::<Result<Vec<_>, _>>();
    parsed.map_err(|error| Unread { what: what.to_owned(), why: error.to_string() })
}

/// Regions come as `westeurope` and as `West Europe`.
fn region(location: Option<&str>) -> String {
    location.unwrap_or("unknown").replace(' ', "").to_ascii_lowercase()
}
