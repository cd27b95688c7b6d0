//! Versions of Kubernetes that a region offers (`Microsoft.ContainerService/locations/kubernetesVersions`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::resource::null_as_default;

/// What a region offers.
///
/// Unverified: the shape is that of the public documentation of the operation; no recorded answer was at hand. The list
/// is under `values`, not `value`, and has no pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KubernetesVersions {
    /// One for each minor version. Required: an answer without it is not an empty offer.
    pub values: Vec<MinorVersion>,
}

/// A minor version and its patches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MinorVersion {
    /// Only for trying out.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_preview: bool,
    /// Its versions in full; what each can be upgraded to is not read.
    #[serde(default, deserialize_with = "keys")]
    pub patch_versions: Vec<String>,
}

/// The keys of a map, in order.
fn keys<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let map: Option<BTreeMap<String, IgnoredAny>> = Option::deserialize(deserializer)?;
    Ok(map.unwrap_or_default().into_keys().collect())
}
