//! `Microsoft.ResourceNotifications.Resources.*`: Resource Notifications reports a resource's new body or its end,
//! whoever caused it. Of the body only the id is read: it is older than what ARM would say now.

use fleet_core::trigger::NudgeKind;
use serde::de::IgnoredAny;

use super::{
    decoded::{Decoded, Fault},
    event::Event,
    resource_info::ResourceInfo,
    subject::about_cluster,
};

/// A resource was created or updated.
pub(super) fn touched(event: &Event<'_>) -> Result<Decoded, Fault> {
    Ok(about_cluster(&info(event)?.id(event)?, NudgeKind::ClusterChanged))
}

/// A resource was deleted.
pub(super) fn deleted(event: &Event<'_>) -> Result<Decoded, Fault> {
    Ok(about_cluster(&info(event)?.id(event)?, NudgeKind::ClusterRemoved))
}

fn info<'a>(event: &Event<'a>) -> Result<ResourceInfo<'a, IgnoredAny>, Fault> {
    ResourceInfo::of(event)
}
