//! `Microsoft.ResourceNotifications.HealthResources.*`: whether scale sets and virtual machines are available. A node lives
//! in the node resource group of its cluster, so that group says whom an event concerns.

use std::borrow::Cow;

use fleet_core::{
    health::{About, MACHINE_KEY, Says, Source},
    ids::ArmId,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    decoded::{Decoded, Fault, IgnoreReason},
    event::{Event, lenient_time},
    resource_info::ResourceInfo,
    statement::Statement,
    subject::{no_id, parse_id},
};

const SCALE_SET: &str = "microsoft.compute/virtualmachinescalesets";
const SCALE_SET_INSTANCE: &str = "microsoft.compute/virtualmachinescalesets/virtualmachines";
const MACHINE: &str = "microsoft.compute/virtualmachines";

/// Where the resource's id stands. `resourceInfo.id` is the health record's own.
const TARGET: &str = "data.resourceInfo.properties.targetResourceId";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    #[serde(borrow, default)]
    target_resource_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    availability_state: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    occurred_time: Option<&'a RawValue>,
}

/// A resource's availability changed.
///
/// One instance of a scale set does not speak for the set: its return would take back what another instance's failure
/// said, and an autoscaler that removes it leaves an "Unavailable" that nobody ever takes back. Kubernetes moves the
/// pods of a lost node; a lost set is told by an event of its own.
pub(super) fn changed(event: &Event<'_>) -> Result<Decoded, Fault> {
    let properties = properties(event)?;
    let resource = target(event, &properties)?;
    let Some(group) = resource.resource_group_scope() else {
        return Ok(Decoded::Ignored(IgnoreReason::NoMachine));
    };
    let (what, key) = match resource.resource_type().as_deref() {
        Some(SCALE_SET) => ("scale set", resource.name().to_ascii_lowercase()),
        Some(MACHINE) => ("machine", format!("{MACHINE_KEY}{}", resource.name().to_ascii_lowercase())),
        Some(SCALE_SET_INSTANCE) => return Ok(Decoded::Ignored(IgnoreReason::OneInstance)),
        _ => return Ok(Decoded::Ignored(IgnoreReason::NoMachine)),
    };
    let Some(state) = properties.availability_state.filter(|state| !state.is_empty()) else {
        let path = "data.resourceInfo.properties.availabilityState";
        return Err(Fault::at(path, "is missing; expected Available, Unavailable or Unknown"));
    };
    Ok(Decoded::Signal(Statement {
        source: Source::Nodes,
        key,
        about: About::NodeGroup(group),
        says: said(&state),
        why: format!("{what} {} is {state}", resource.name()),
        at: lenient_time(properties.occurred_time).or_else(|| event.time()),
    }))
}

/// A resource was annotated: Azure says why its availability changes, changed or might change. None of it is evidence.
///
/// - Restarts, stops, starts, deallocations, redeployments and resizes (`context` "Customer Initiated") are what a person
///   or the autoscaler asked for, and what an update does to every node.
/// - A crash inside the machine ("VM Initiated") concerns one node.
/// - Host failures, lost storage, planned reboots, migrations and freezes ("Platform Initiated") explain an unavailability
///   that [`changed`] tells by itself, with its end. An annotation has no end, and it may come after the resource is back:
///   it would speak against a stamp that is well until it is stale.
/// - Degraded hardware, scheduled healing and redeployment deadlines foretell something that has not happened.
/// - A spot machine that is taken away was rented on these terms.
pub(super) fn annotated(_: &Event<'_>) -> Result<Decoded, Fault> {
    Ok(Decoded::Ignored(IgnoreReason::Annotation))
}

/// Only the two plain words count. "Unknown", and "Degraded" of a scale set some of whose instances are in motion, say
/// neither, and take back what was said before.
fn said(state: &str) -> Says {
    match state {
        _ if state.eq_ignore_ascii_case("Available") => Says::Good,
        _ if state.eq_ignore_ascii_case("Unavailable") => Says::Bad,
        _ => Says::Nothing,
    }
}

fn properties<'a>(event: &Event<'a>) -> Result<Properties<'a>, Fault> {
    Ok(ResourceInfo::of(event)?.properties().unwrap_or_default())
}

/// The resource that the event is about, else the subject. The first that is there must be an id.
fn target(event: &Event<'_>, properties: &Properties<'_>) -> Result<ArmId, Fault> {
    if let Some(id) = properties.target_resource_id.as_deref().filter(|id| !id.is_empty()) {
        return parse_id(TARGET, id);
    }
    event.subject().map_or_else(|| Err(no_id(TARGET)), |subject| parse_id("subject", subject))
}
