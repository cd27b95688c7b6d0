//! `Microsoft.Resources.*`: Resource Manager reports every PUT, PATCH, POST and DELETE it was sent.
//!
//! The event type decides what happened; `data.status` does not, because documented samples of failures say
//! "Succeeded" there. The events say nothing about long-running operations having ended.

use std::borrow::Cow;

use fleet_core::{ids::ArmId, trigger::NudgeKind};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    decoded::{Decoded, Fault},
    event::Event,
    subject::{about_cluster, about_run, no_id, parse_id},
};

/// What we read of `data`. `claims`, `httpRequest` and all else are skipped.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default, rename = "resourceUri")]
    resource_uri: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    authorization: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Authorization {
    #[serde(default)]
    scope: Option<String>,
}

/// A cluster, something below it, or an update run was written, acted on, or one of these failed. Of a run that covers
/// `start`, `stop` and `skip`; that a run was started does not say how far it is, let alone that it ended.
pub(super) fn touched(event: &Event<'_>) -> Result<Decoded, Fault> {
    about(event, NudgeKind::ClusterChanged)
}

/// A cluster, something below it, or an update run was deleted.
pub(super) fn deleted(event: &Event<'_>) -> Result<Decoded, Fault> {
    about(event, NudgeKind::ClusterRemoved)
}

/// A nudge of this kind if a cluster itself is concerned; an update run has a kind of its own.
fn about(event: &Event<'_>, kind: NudgeKind) -> Result<Decoded, Fault> {
    let id = resource_id(event)?;
    Ok(about_run(&id).unwrap_or_else(|| about_cluster(&id, kind)))
}

/// The id of the resource operated on: `data.resourceUri`, else `data.authorization.scope`, else the subject. The first
/// that is there must be an id.
fn resource_id(event: &Event<'_>) -> Result<ArmId, Fault> {
    let data: Option<Data<'_>> = match event.data() {
        Some(text) => {
            let parsed = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text));
            Some(Fault::catch("data", parsed)?)
        }
        None => None,
    };
    let uri = data.as_ref().and_then(|data| data.resource_uri.as_deref()).filter(|uri| !uri.is_empty());
    if let Some(uri) = uri {
        return parse_id("data.resourceUri", uri);
    }
    if let Some(scope) = data.and_then(|data| scope_of(data.authorization?)) {
        return parse_id("data.authorization.scope", &scope);
    }
    let subject = event.subject();
    subject.map_or_else(|| Err(no_id("data.resourceUri")), |subject| parse_id("subject", subject))
}

/// `authorization` is an object today and was JSON text in older revisions of the schema.
fn scope_of(authorization: &RawValue) -> Option<String> {
    let text = serde_json::from_str::<String>(authorization.get());
    let text = text.as_deref().unwrap_or_else(|_| authorization.get());
    let authorization: Authorization = serde_json::from_str(text).ok()?;
    authorization.scope.filter(|scope| !scope.is_empty())
}
