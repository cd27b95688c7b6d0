//! `Microsoft.ResourceNotifications.Resources.*`: Resource Notifications reports a resource's new body or its end,
//! whoever caused it. Of the body only the id is read: it is older than what ARM would say now.

use std::borrow::Cow;

use fleet_core::{ids::ArmId, trigger::NudgeKind};
use serde::Deserialize;

use super::{
    decoded::{Decoded, Fault},
    event::Event,
    subject::{about_cluster, no_id, parse_id},
};

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default, rename = "resourceInfo")]
    resource_info: Option<ResourceInfo<'a>>,
}

#[derive(Deserialize)]
struct ResourceInfo<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
}

/// A resource was created or updated.
pub(super) fn touched(event: &Event<'_>) -> Result<Decoded, Fault> {
    Ok(about_cluster(&resource_id(event)?, NudgeKind::ClusterChanged))
}

/// A resource was deleted.
pub(super) fn deleted(event: &Event<'_>) -> Result<Decoded, Fault> {
    Ok(about_cluster(&resource_id(event)?, NudgeKind::ClusterRemoved))
}

/// `data.resourceInfo.id`, else the subject. The first that is there must be an id.
fn resource_id(event: &Event<'_>) -> Result<ArmId, Fault> {
    if let Some(text) = event.data() {
        let parsed = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text));
        let data: Data<'_> = Fault::catch("data", parsed)?;
        if let Some(id) = data.resource_info.and_then(|info| info.id).filter(|id| !id.is_empty()) {
            return parse_id("data.resourceInfo.id", &id);
        }
    }
    event.subject().map_or_else(|| Err(no_id("data.resourceInfo.id")), |subject| parse_id("subject", subject))
}
