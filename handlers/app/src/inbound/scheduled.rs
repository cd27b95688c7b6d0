//! `Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted`: what AKS is about to do to a cluster
//! by itself, and that the support of its version ends.

use std::borrow::Cow;

use fleet_core::trigger::NudgeKind;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    decoded::{Decoded, Fault},
    event::Event,
    resource_info::ResourceInfo,
    subject::about_cluster,
    support::SupportStatement,
};
use crate::envelope::parse_time;

/// The source that speaks about the end of support.
const END_OF_SUPPORT: &str = "EOLNotification";

/// What that source calls a version whose support has ended; it says so again every week.
const OUT_OF_SUPPORT: &str = "KubernetesVersionOutOfSupport";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    #[serde(borrow, default)]
    event_source: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    description: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event_details: Option<&'a RawValue>,
}

/// A scheduled event. That of an upgrade is a reason to look at the cluster; whether updates of a fleet raise any isn't
/// verified. The id of the event itself lacks a segment in one documented sample, so that the subject is read first.
pub(super) fn emitted(event: &Event<'_>) -> Result<Decoded, Fault> {
    let info: ResourceInfo<'_, Properties<'_>> = ResourceInfo::of(event)?;
    let about = about_cluster(&info.id_by_subject(event)?, NudgeKind::ClusterChanged);
    let properties = info.properties().unwrap_or_default();
    let is = |name: &Option<Cow<'_, str>>, word: &str| {
        name.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(word))
    };
    if !is(&properties.event_source, END_OF_SUPPORT) {
        return Ok(about);
    }
    let details = details(properties.event_details);
    let over = is(&properties.description, OUT_OF_SUPPORT) || has_passed(&details);
    let version = details["kubernetesVersion"].as_str().unwrap_or_default().to_owned();
    let ends = ends(&details);
    Ok(about.into_support(|cluster| SupportStatement { cluster, version, ends, over }))
}

/// The details: an object, the JSON text of one, or a sentence, which tells nothing that we could read.
fn details(raw: Option<&RawValue>) -> Value {
    let value = raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or(Value::Null);
    match value.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        None => value,
    }
}

fn ends(details: &Value) -> Option<Timestamp> {
    parse_time(details["eolDate"].as_str()?)
}

/// The days that are left are negative once the day has passed.
fn has_passed(details: &Value) -> bool {
    details["daysUntilEOL"].as_f64().is_some_and(|days| days < 0.0)
}
