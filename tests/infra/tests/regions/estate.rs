use std::collections::BTreeSet;

use fleet_infra_tests::{
    estate::{self, Handler},
    repository,
    snapshot::Snapshot,
};

use crate::{
    predictions::predictions,
    spoil::{
        Spoil::{Replace, Without},
        production,
    },
};

const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";
const ENDPOINTS: &str = "Microsoft.Network/privateEndpoints";
const GATEWAYS: &str = "Microsoft.Network/applicationGateways";
const NETWORKS: &str = "Microsoft.Network/virtualNetworks";
const SETTINGS: &str = "Microsoft.Insights/diagnosticSettings";

#[test]
fn no_addresses_of_any_region_overlap() {
    production(
        estate::addresses,
        &[
            (Replace(NETWORKS, "10.30.", "10.20."), "vnet-hub-swedencentral overlaps vnet-hub-northeurope"),
            (
                Replace(NETWORKS, "10.30.20.0/24", "10.30.16.0/24"),
                "vnet-spoke-northeurope: snet-nodes overlaps snet-gateway",
            ),
            (
                Replace(NETWORKS, "10.30.20.0/24", "10.31.20.0/24"),
                "snet-gateway isn't part of vnet-spoke-northeurope",
            ),
            (Replace(NETWORKS, "10.250.0.0/24", "10.10.0.0/24"), "overlaps vnet-automation-retail"),
            (Replace(NETWORKS, "10.30.16.0/20", "10.30.16.0"), "is no CIDR range"),
            (
                Replace(CLUSTERS, "172.16.0.0/14", "10.30.0.0/16"),
                "pods of aks-northeurope overlaps vnet-hub-northeurope",
            ),
            (Replace(CLUSTERS, "172.20.0.0/16", "172.16.0.0/16"), "overlaps services of"),
        ],
    );
}

#[test]
fn every_private_resource_has_its_endpoint_and_its_name_in_each_region() {
    production(
        estate::privacy,
        &[
            (Without(ENDPOINTS), "has no private endpoint"),
            (
                Replace(ENDPOINTS, "registries/acrretail", "registries/other"),
                "has no private endpoint in northeurope",
            ),
            (Replace(ENDPOINTS, "vaults/kv-stamp-", "vaults/kv-other-"), "has no private endpoint"),
            (
                Without("Microsoft.Network/privateEndpoints/privateDnsZoneGroups"),
                "pep-key-vault-northeurope isn't found by name",
            ),
            (Without("Microsoft.Network/privateDnsZones"), "pep-queues-retail isn't found by name"),
            (
                Without("Microsoft.Network/privateDnsZones/virtualNetworkLinks"),
                "pep-blob-retail isn't found by name",
            ),
            (
                Replace(
                    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
                    "vnet-spoke-{region}",
                    "vnet-hub-{region}",
                ),
                "pep-registry-northeurope isn't found by name",
            ),
            (
                Replace(CLUSTERS, "privatelink.{region}.azmk8s.io", "privatelink.elsewhere.azmk8s.io"),
                "isn't the region's own",
            ),
            (
                Replace(
                    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
                    "vnet-hub-{region}",
                    "vnet-none",
                ),
                "northeurope: the hub doesn't find the Kubernetes API",
            ),
        ],
    );
}

#[test]
fn every_diagnostic_setting_points_to_the_right_workspace() {
    production(
        estate::diagnostics,
        &[
            (
                Replace(SETTINGS, "workspaces/log-stamp-{region}\"", "workspaces/log-stamp-westeurope\""),
                "wrong workspace",
            ),
            (
                Replace(SETTINGS, "workspaces/log-retail-shared", "workspaces/log-stamp-westeurope"),
                "afd-retail reports to the wrong",
            ),
            (Without(SETTINGS), "aks-northeurope reports nothing"),
        ],
    );
}

#[test]
fn infrastructure_and_handler_fit_without_edits() {
    let config = repository::sample_configuration().expect("the sample");
    let regions = repository::regions().expect("parameter files");
    let handler = Handler { config: &config, regions: &regions };
    production(
        |it| estate::agreement(it, handler),
        &[
            (
                Replace(CLUSTERS, "fleet-automation-host", "host"),
                "northeurope: the cluster's tag doesn't name the host",
            ),
            (
                Replace(GATEWAYS, "\"hostName\":\"northeurope.", "\"hostName\":\"neu."),
                "northeurope: the cluster's tag doesn't name",
            ),
            (Replace(CLUSTERS, "fleet-automation-group", "group"), "doesn't name an update group"),
            (
                Replace(
                    CLUSTERS,
                    "\"fleet-automation-group\":\"wave-1\"",
                    "\"fleet-automation-group\":\"wave-9\"",
                ),
                "northeurope: ",
            ),
            (
                Replace(CLUSTERS, "\"environment\":\"production\"", "\"environment\":\"test\""),
                "lacks the tags",
            ),
            (Replace(CLUSTERS, "\"fleet\":\"retail\"", "\"fleet-automation-opt-out\":\"yes\""), "opts out"),
            (Replace(GATEWAYS, "/healthz", "/ready"), "ask different health paths"),
            (
                Replace("Microsoft.Cdn/profiles/originGroups", "/healthz", "/ready"),
                "Front Door asks \"/ready\"",
            ),
        ],
    );
    one_region_more_or_less_is_noticed(handler, &regions);
}

fn one_region_more_or_less_is_noticed(handler: Handler, regions: &BTreeSet<String>) {
    let Some(predictions) = predictions() else { return };
    let says = |snapshot: &Snapshot, handler| estate::agreement(snapshot, handler);
    assert_eq!(
        says(&predictions.two_regions, handler),
        ["northeurope is deployed or has a parameter file, not both"]
    );
    let more: BTreeSet<String> = regions.iter().cloned().chain(["eastus2".to_owned()]).collect();
    assert_eq!(
        says(&predictions.production, Handler { regions: &more, ..handler }),
        ["eastus2 is deployed or has a parameter file, not both"]
    );
}
