//! `Microsoft.ContainerService.*`: what a cluster's own topic tells. The subject is no more than the cluster's name, so the
//! topic says which cluster it is.

use fleet_core::{ids::ArmId, trigger::NudgeKind};
use serde::Deserialize;

use super::{
    decoded::{Decoded, Fault},
    event::Event,
    subject::{about_cluster, parse_id},
    support::SupportStatement,
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Support {
    #[serde(default)]
    kubernetes_version: Option<String>,
}

/// The cluster's region offers other versions. Which ones is asked of ARM: samples leave some of them out.
pub(super) fn versions(event: &Event<'_>) -> Result<Decoded, Fault> {
    Ok(about_cluster(&cluster(event)?, NudgeKind::VersionsChanged))
}

/// Node pools were, are, or could not be replaced; the event does not say on whose behalf.
pub(super) fn rolled(event: &Event<'_>) -> Result<Decoded, Fault> {
    Ok(about_cluster(&cluster(event)?, NudgeKind::PoolsRolled))
}

/// The cluster's version will soon be out of support. When is not said here; a scheduled event says it.
pub(super) fn support_ending(event: &Event<'_>) -> Result<Decoded, Fault> {
    support(event, false)
}

/// The cluster's version is out of support.
pub(super) fn support_ended(event: &Event<'_>) -> Result<Decoded, Fault> {
    support(event, true)
}

fn support(event: &Event<'_>, over: bool) -> Result<Decoded, Fault> {
    let said: Support =
        event.data().map_or_else(|| Ok(Support::default()), |text| Fault::read("data", text))?;
    let version = said.kubernetes_version.unwrap_or_default();
    let about = about_cluster(&cluster(event)?, NudgeKind::ClusterChanged);
    Ok(about.into_support(|cluster| SupportStatement { cluster, version, ends: None, over }))
}

fn cluster(event: &Event<'_>) -> Result<ArmId, Fault> {
    let Some((field, topic)) = event.topic() else {
        let fault =
            "the event names no cluster; expected its id as `topic` (Event Grid) or `source` (CloudEvents)";
        return Err(Fault::at("topic", fault));
    };
    parse_id(field, &topic)
}
