use fleet_infra_tests::lines::network;

use crate::spoil::{
    Spoil::{Replace, Without},
    every_region,
};

const FIREWALLS: &str = "Microsoft.Network/azureFirewalls";
const NETWORKS: &str = "Microsoft.Network/virtualNetworks";
const PEERINGS: &str = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";
const POLICIES: &str = "Microsoft.Network/firewallPolicies";
const ROUTES: &str = "Microsoft.Network/routeTables";
const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";

#[test]
fn r02_each_region_has_hub_and_spoke_peered_with_each_other_only() {
    every_region(
        network::hub_and_spoke,
        &[
            (Without(FIREWALLS), "no network is the firewall's"),
            (Replace(NETWORKS, "\"location\":\"{region}\"", "\"location\":\"eastus\""), "in another region"),
            (Without(PEERINGS), "the spoke isn't peered with the hub"),
            (
                Replace(PEERINGS, "vnet-spoke-{region}\"", "vnet-other\""),
                "the hub isn't peered with the spoke",
            ),
            (
                Replace(
                    PEERINGS,
                    "rg-stamp-{region}/providers/Microsoft.Network/virtualNetworks/vnet-spoke-{region}\"",
                    "rg-stamp-elsewhere/providers/Microsoft.Network/virtualNetworks/vnet-spoke-elsewhere\"",
                ),
                "peered with another region's",
            ),
        ],
    );
}

#[test]
fn r03_each_region_s_firewall_obeys_a_child_of_the_one_base_policy() {
    every_region(
        network::firewall_policies,
        &[
            (Replace(FIREWALLS, "afwp-{region}", "afwp-other"), "doesn't obey"),
            (Replace(POLICIES, "afwp-retail-base", "afwp-retail-other"), "isn't a child of the base policy"),
            (Replace(POLICIES, "\"tier\":\"Premium\"", "\"tier\":\"Standard\""), "different tiers"),
            (
                Replace(POLICIES, "\"location\":\"westeurope\"", "\"location\":\"eastus\""),
                "in its parent's region",
            ),
        ],
    );
}

#[test]
fn r61_each_region_has_addresses_for_another_region_s_failure() {
    every_region(
        network::room_for_failover,
        &[
            (Replace(CLUSTERS, "\"maxCount\":6", "\"maxCount\":900"), "the node subnet is too small"),
            (
                Replace(CLUSTERS, "\"networkPluginMode\":\"overlay\"", "\"networkPluginMode\":null"),
                "pods take addresses",
            ),
            (Replace(CLUSTERS, "172.16.0.0/14", "172.16.0.0/20"), "no /24 for every node"),
        ],
    );
}

#[test]
fn r64_whatever_leaves_a_region_passes_its_firewall() {
    every_region(
        network::egress,
        &[
            (Replace(CLUSTERS, "userDefinedRouting", "loadBalancer"), "a way out of its own"),
            (Replace(NETWORKS, "rt-egress-{region}", "rt-none"), "snet-nodes has another way out"),
            (
                Replace(NETWORKS, "\"defaultOutboundAccess\":false", "\"defaultOutboundAccess\":true"),
                "snet-ingress",
            ),
            (
                Replace(ROUTES, "\"VirtualAppliance\"", "\"Internet\""),
                "snet-private-endpoints has another way out",
            ),
            (Replace(ROUTES, "afw-{region}", "afw-elsewhere"), "another way out"),
            (Replace(ROUTES, "0.0.0.0/0", "10.0.0.0/8"), "another way out"),
        ],
    );
}

#[test]
fn r56_each_cluster_reaches_the_repository_that_configures_it() {
    let rules = "Microsoft.Network/firewallPolicies/ruleCollectionGroups";
    every_region(
        network::way_to_git,
        &[
            (Replace(rules, "\"github.com\"", "\"example.org\""), "doesn't let the cluster reach"),
            (Replace(rules, "\"Allow\"", "\"Deny\""), "doesn't let the cluster reach"),
            (Replace(rules, ".16.0/22", ".99.0/24"), "doesn't let the cluster reach"),
            (
                Replace("Microsoft.KubernetesConfiguration/fluxConfigurations", "https://", "http://"),
                "without encryption",
            ),
        ],
    );
}
