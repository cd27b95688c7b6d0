//! `Microsoft.ResourceNotifications.AKSResources.FleetGate*`: gates of update runs. Only the id is kept: whether a gate still
//! waits is read again before anybody thinks of opening it.

use std::borrow::Cow;

use fleet_core::{ids::ArmId, trigger::NudgeKind};
use serde::Deserialize;

use super::{
    decoded::{Decoded, Fault, IgnoreReason},
    event::Event,
    resource_info::ResourceInfo,
    subject::{about_run, parse_id},
};

/// The one kind of gate that waits for somebody.
const APPROVAL: &str = "Approval";

/// Where the id of a gate's run stands.
const RUN: &str = "data.resourceInfo.properties.target.id";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    #[serde(borrow, default)]
    gate_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    target: Option<Target<'a>>,
}

#[derive(Deserialize)]
struct Target<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
}

/// An update run reached a gate, or a gate was completed.
pub(super) fn changed(event: &Event<'_>) -> Result<Decoded, Fault> {
    decode(event, |gate, _| Ok(about_gate(gate)))
}

/// A gate is gone, and gates go only with their runs: the run is what to look at.
pub(super) fn vanished(event: &Event<'_>) -> Result<Decoded, Fault> {
    decode(event, |gate, properties| {
        let run = properties.target.and_then(|target| target.id).filter(|id| !id.is_empty());
        let run = run.map(|id| parse_id(RUN, &id)).transpose()?;
        Ok(run.as_ref().and_then(about_run).unwrap_or_else(|| about_gate(gate)))
    })
}

/// What follows for a gate that waits for somebody. One whose kind is not told is taken for such: it is read again anyway.
fn decode<'a>(
    event: &Event<'a>,
    follows: impl FnOnce(ArmId, Properties<'a>) -> Result<Decoded, Fault>,
) -> Result<Decoded, Fault> {
    let info: ResourceInfo<'a, Properties<'a>> = ResourceInfo::of(event)?;
    let gate = info.id(event)?;
    if gate.resource_group().is_none() || !gate.is_type("Microsoft.ContainerService/fleets/gates") {
        return Ok(Decoded::Ignored(IgnoreReason::NoGate));
    }
    let properties = info.properties().unwrap_or_default();
    match &properties.gate_type {
        Some(kind) if !kind.eq_ignore_ascii_case(APPROVAL) => Ok(Decoded::Ignored(IgnoreReason::NoApproval)),
        _ => follows(gate, properties),
    }
}

fn about_gate(gate: ArmId) -> Decoded {
    Decoded::Nudge { kind: NudgeKind::GateChanged, subject: gate }
}
