use fleet_infra_tests::{
    lines::{cluster, workload},
    repository,
    stamp::Stamp,
};

use crate::{
    predictions::predictions,
    spoil::{
        Spoil::{Replace, Without},
        every_region, everywhere, production,
    },
};

const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";
const CONFIGURATIONS: &str = "Microsoft.KubernetesConfiguration/fluxConfigurations";
const GATEWAYS: &str = "Microsoft.Network/applicationGateways";
const GROUPS: &str = "Microsoft.Resources/resourceGroups";
const REPLICAS: &str = "Microsoft.ContainerRegistry/registries/replications";
const WINDOWS: &str = "Microsoft.ContainerService/managedClusters/maintenanceConfigurations";

#[test]
fn r01_two_regions_or_more_have_a_cluster_and_a_gateway_each() {
    production(
        cluster::clusters_in_regions,
        &[
            (Without(GATEWAYS), "no gateway of its own"),
            (Without(CLUSTERS), "has no cluster"),
            (
                Replace(CLUSTERS, "\"location\":\"{region}\"", "\"location\":\"westeurope\""),
                "isn't in its region",
            ),
        ],
    );
    let Some(predictions) = predictions() else { return };
    assert_eq!(cluster::clusters_in_regions(&predictions.two_regions), Vec::<String>::new());
    let of_one = cluster::clusters_in_regions(&predictions.one_region);
    assert_eq!(of_one, ["1 stamps have clusters in {\"swedencentral\"}"]);
}

#[test]
fn r10_the_registry_is_replicated_to_each_region_that_pulls_from_it() {
    every_region(
        cluster::registry,
        &[(Replace(CONFIGURATIONS, ".azurecr.io", ".example.org"), "images come from another registry")],
    );
    production(
        everywhere(cluster::registry),
        &[(Without(REPLICAS), "northeurope: the registry has no replica there")],
    );
}

#[test]
fn r11_no_cluster_upgrades_itself() {
    every_region(
        cluster::upgrades_come_from_the_fleet,
        &[
            (
                Replace(CLUSTERS, "\"upgradeChannel\":\"none\"", "\"upgradeChannel\":\"stable\""),
                "Kubernetes by itself",
            ),
            (
                Replace(
                    CLUSTERS,
                    "\"nodeOSUpgradeChannel\":\"None\"",
                    "\"nodeOSUpgradeChannel\":\"NodeImage\"",
                ),
                "node images",
            ),
        ],
    );
}

#[test]
fn r16_nodes_of_each_region_are_in_three_zones() {
    every_region(
        cluster::zones,
        &[
            (Replace(CLUSTERS, "[\"1\",\"2\",\"3\"]", "[\"1\"]"), "the loss of a zone"),
            (Replace(CLUSTERS, "\"minCount\":3", "\"minCount\":1"), "the loss of a zone"),
        ],
    );
}

#[test]
fn r42_each_cluster_is_configured_by_flux_and_watched_by_azure_policy() {
    every_region(
        cluster::bootstrap,
        &[
            (Without("Microsoft.KubernetesConfiguration/extensions"), "Flux isn't installed"),
            (Replace(CONFIGURATIONS, "./infra/workload/cluster", "./elsewhere"), "applies something else"),
            (Replace(CONFIGURATIONS, "\"prune\":true", "\"prune\":false"), "doesn't remove what left"),
            (Replace(CLUSTERS, "\"azurepolicy\"", "\"none\""), "add-on is off"),
        ],
    );
}

#[test]
fn r50_each_cluster_has_a_resource_group_in_its_region() {
    every_region(
        cluster::resource_group,
        &[
            (Without(CLUSTERS), "another number of clusters"),
            (Replace(GROUPS, "\"location\":\"{region}\"", "\"location\":\"eastus\""), "in different regions"),
        ],
    );
}

#[test]
fn r62_the_workload_of_each_region_scales_by_load() {
    let good = repository::workload().expect("the workload");
    every_region(
        |stamp| workload::pod_autoscaler(stamp, &good),
        &[(Replace(CONFIGURATIONS, "./infra/workload/cluster", "./elsewhere"), "Flux applies no release")],
    );
    let Some(predictions) = predictions() else { return };
    let values = "infra/workload/chart/values.yaml";
    for (file, from, to, words) in [
        ("infra/workload/cluster/release.yaml", "workload/chart\n", "workload/other\n", "of another chart"),
        (
            "infra/workload/chart/templates/scaling.yaml",
            "kind: HorizontalPodAutoscaler",
            "kind: None",
            "nothing scales",
        ),
        (values, "maxReplicas: 24", "maxReplicas: 6", "swedencentral: the workload has no replicas to add"),
        (
            "infra/workload/stamps/westeurope.yaml",
            "maxReplicas: 36",
            "maxReplicas: 9",
            "westeurope: the workload has no",
        ),
    ] {
        let mut spoilt = good.clone();
        let text = spoilt.get_mut(file).expect(file);
        *text = text.replace(from, to);
        let stamps = Stamp::all(&predictions.production);
        let faults: Vec<String> =
            stamps.flat_map(|stamp| workload::pod_autoscaler(&stamp, &spoilt)).collect();
        assert!(faults.iter().any(|it| it.contains(words)), "{file} should say {words:?}: {faults:#?}");
    }
}

#[test]
fn r63_pools_of_each_region_have_room_for_another_region_s_traffic() {
    every_region(
        cluster::autoscaler,
        &[
            (Replace(CLUSTERS, "\"enableAutoScaling\":true", "\"enableAutoScaling\":false"), "pool system"),
            (Replace(CLUSTERS, "\"maxCount\":6", "\"maxCount\":4"), "pool system has no room"),
            (Replace(CLUSTERS, "\"minCount\":", "\"count\":3,\"minCount\":"), "pool workload has no room"),
        ],
    );
}

#[test]
fn r88_each_region_is_updated_in_its_own_night() {
    every_region(
        cluster::maintenance,
        &[
            (Without(WINDOWS), "not both of cluster and nodes"),
            (Replace(WINDOWS, "\"startTime\":\"02:00\"", "\"startTime\":\"11:00\""), "isn't in the night"),
            (Replace(WINDOWS, "\"startTime\":\"02:00\"", "\"startTime\":\"05:00\""), "isn't in the night"),
            (Replace(WINDOWS, "\"durationHours\":4", "\"durationHours\":1"), "isn't in the night"),
            (Replace(WINDOWS, "\"utcOffset\":", "\"offset\":"), "isn't in the night"),
        ],
    );
    production(
        everywhere(cluster::maintenance),
        &[(Replace(WINDOWS, "Wednesday", "Thursday"), "another region is updated on that day")],
    );
}

#[test]
fn r89_each_cluster_tells_what_a_namespace_costs() {
    every_region(
        cluster::cost_analysis,
        &[
            (
                Replace(
                    CLUSTERS,
                    "\"costAnalysis\":{\"enabled\":true",
                    "\"costAnalysis\":{\"enabled\":false",
                ),
                "is off",
            ),
            (Replace(CLUSTERS, "\"tier\":\"Standard\"", "\"tier\":\"Free\""), "has no cost analysis"),
        ],
    );
}
