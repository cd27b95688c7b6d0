//! Which versions of Kubernetes and of node images a region offers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value, json};

/// The versions of a region that nothing else is said about.
const VERSIONS: [Version; 5] =
    [Version(1, 32, 6), Version(1, 32, 9), Version(1, 33, 2), Version(1, 33, 5), Version(1, 34, 1)];

/// The node image of a region that nothing else is said about, without the image's family. New clusters have an older
/// one.
const NODE_IMAGE: &str = "202602.23.0";

/// A version in full: major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// `1.33` of `1.33.5`.
    pub(crate) fn minor(self) -> String {
        format!("{}.{}", self.0, self.1)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        match numbers.as_deref() {
            Some([major, minor, patch]) => Ok(Self(*major, *minor, *patch)),
            _ => Err(()),
        }
    }
}

/// What each region offers.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    versions: BTreeMap<String, BTreeSet<Version>>,
    node_images: BTreeMap<String, String>,
}

impl Offers {
    /// The region offers these versions and no others.
    pub(crate) fn set_versions(&mut self, region: &str, versions: BTreeSet<Version>) {
        self.versions.insert(region.to_ascii_lowercase(), versions);
    }

    pub(crate) fn set_node_image(&mut self, region: &str, image: &str) {
        self.node_images.insert(region.to_ascii_lowercase(), image.to_owned());
    }

    pub(crate) fn versions(&self, region: &str) -> BTreeSet<Version> {
        let known = self.versions.get(&region.to_ascii_lowercase()).cloned();
        known.unwrap_or_else(|| VERSIONS.into_iter().collect())
    }

    /// The newest node image of a region, without its family: `202602.23.0`.
    pub(crate) fn node_image(&self, region: &str) -> &str {
        self.node_images.get(&region.to_ascii_lowercase()).map_or(NODE_IMAGE, String::as_str)
    }

    /// The list of a location, in the shape of the service: minor versions with their patches, and for each patch what
    /// it can be upgraded to.
    pub(crate) fn listed(&self, region: &str) -> Value {
        let versions = self.versions(region);
        let minors: BTreeSet<(u32, u32)> = versions.iter().map(|version| (version.0, version.1)).collect();
        // The default is the minor before the newest.
        let default = minors.iter().nth_back(usize::from(minors.len() > 1)).copied();
        let entry = |minor: &(u32, u32)| {
            let of_minor = versions.iter().filter(|version| (version.0, version.1) == *minor);
            let patches: Map<String, Value> = of_minor
                .map(|patch| (patch.to_string(), json!({"upgrades": upgrades(*patch, &versions)})))
                .collect();
            let mut entry = json!({
                "version": format!("{}.{}", minor.0, minor.1),
                "capabilities": {"supportPlan": ["KubernetesOfficial"]},
                "patchVersions": patches,
            });
            if Some(*minor) == default {
                entry["isDefault"] = json!(true);
            }
            entry
        };
        json!({"values": minors.iter().map(entry).collect::<Vec<_>>()})
    }
}

/// Later patches of the same minor, and all of the next.
fn upgrades(from: Version, versions: &BTreeSet<Version>) -> Vec<String> {
    let reachable = |to: &&Version| **to > from && to.0 == from.0 && to.1 <= from.1 + 1;
    versions.iter().filter(reachable).map(Version::to_string).collect()
}

/// Whether node image `one` is as new as `other` or newer; both without their family.
pub(super) fn is_as_new(one: &str, other: &str) -> bool {
    let numbers = |image: &str| image.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>();
    numbers(one) >= numbers(other)
}
