//! What runs on a stamp, as far as its deployment decides it.

use regex::Regex;

use crate::{repository::Workload, snapshot::text, stamp::Stamp};

const CHART: &str = "infra/workload/chart";

/// R62: what Flux is told to apply releases the chart, with the stamp's own values; the chart scales its Deployment by load,
/// and has replicas to add when another region's traffic comes.
#[must_use]
pub fn pod_autoscaler(stamp: &Stamp, workload: &Workload) -> Vec<String> {
    let flux = stamp.the("Microsoft.KubernetesConfiguration/fluxConfigurations");
    let folder = text(&flux["properties"]["kustomizations"]["cluster"]["path"]).trim_start_matches("./");
    let file = |path: String| workload.get(&path).map(String::as_str).unwrap_or_default();
    let kustomization = file(format!("{folder}/kustomization.yaml"));
    let release = file(format!("{folder}/release.yaml"));
    let scaling = file(format!("{CHART}/templates/scaling.yaml"));
    let own = format!("infra/workload/stamps/{}.yaml", stamp.name);
    // The stamp's own value wins, where it has one.
    let replicas = |which: &str| {
        let common = number(file(format!("{CHART}/values.yaml")), which);
        number(file(own.clone()), which).or(common)
    };
    stamp.faults([
        (kustomization.contains("release.yaml"), "Flux applies no release of the workload"),
        (release.contains(&format!("chart: {CHART}\n")), "the release is of another chart"),
        (
            release.contains("infra/workload/stamps/${STAMP_NAME}.yaml"),
            "the release takes no values of the stamp",
        ),
        (workload.contains_key(&own), "the workload has no values for it"),
        (
            scaling.contains("kind: HorizontalPodAutoscaler") && scaling.contains("kind: Deployment"),
            "nothing scales the Deployment",
        ),
        (
            replicas("minReplicas").zip(replicas("maxReplicas")).is_some_and(|(least, most)| least < most),
            "the workload has no replicas to add",
        ),
    ])
}

fn number(values: &str, name: &str) -> Option<u32> {
    let line = Regex::new(&format!(r"\b{name}: (\d+)")).ok()?;
    line.captures(values)?[1].parse().ok()
}
