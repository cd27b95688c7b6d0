//! Whether a cluster has what an update was to bring, or more.

use super::{good, missing};
use crate::{
    updates::{Found, RunSeen, Update, UpgradeKind, Version},
    world::{ClusterSeen, PoolRuns},
};

/// Whether control plane and, unless only that is updated, nodes run the version.
pub(super) fn version(update: &Update, cluster: &ClusterSeen) -> Option<Found> {
    let wanted = update.kubernetes.as_deref()?;
    let pools: &[PoolRuns] =
        if update.kind == UpgradeKind::ControlPlaneOnly { &[] } else { &cluster.runs.pools };
    let parts = std::iter::once(("control plane", &cluster.runs.version))
        .chain(pools.iter().map(|pool| (pool.name.as_str(), &pool.version)));
    let behind: Vec<String> = parts
        .filter(|(_, version)| !is_at_least(version.as_deref(), wanted))
        .map(|(name, version)| format!("{name} runs {}", version.as_deref().unwrap_or("nobody knows what")))
        .collect();
    Some(if behind.is_empty() { good(format!("it runs {wanted}")) } else { missing(behind.join(", ")) })
}

/// Whether nodes run the images that the run has chosen; `None` where it names none.
pub(super) fn image(run: &RunSeen, cluster: &ClusterSeen) -> Option<Found> {
    if run.images.is_empty() || run.update.kind == UpgradeKind::ControlPlaneOnly {
        return None;
    }
    let behind: Vec<String> = cluster
        .runs
        .pools
        .iter()
        .filter(|pool| !run.images.iter().any(|wanted| is_image_at_least(pool.image.as_deref(), wanted)))
        .map(|pool| format!("{} runs {}", pool.name, pool.image.as_deref().unwrap_or("nobody knows what")))
        .collect();
    Some(if behind.is_empty() { good("on every node pool") } else { missing(behind.join(", ")) })
}

/// Images are named `<family>-<numbers with dots>`; a family's numbers grow.
fn is_image_at_least(image: Option<&str>, wanted: &str) -> bool {
    let parts = |name: &str| {
        let (family, numbers) = name.rsplit_once('-')?;
        let numbers: Option<Vec<u64>> = numbers.split('.').map(|number| number.parse().ok()).collect();
        Some((family.to_owned(), numbers?))
    };
    let Some(image) = image else { return false };
    let newer = parts(image)
        .zip(parts(wanted))
        .is_some_and(|(image, wanted)| image.0 == wanted.0 && image.1 >= wanted.1);
    image == wanted || newer
}

/// Whether a version in full is the one that was asked for, which may name no patch.
pub(super) fn is_at(full: &str, asked: &str) -> bool {
    full == asked || full.strip_prefix(asked).is_some_and(|rest| rest.starts_with('.'))
}

/// The same, or newer.
fn is_at_least(full: Option<&str>, asked: &str) -> bool {
    let Some(full) = full else { return false };
    let newer = |full: Version, asked: Version| full >= asked;
    is_at(full, asked) || full.parse().ok().zip(asked.parse().ok()).is_some_and(|(f, a)| newer(f, a))
}
