use fleet_infra_tests::estate;

use crate::spoil::{
    Spoil::{Replace, Without},
    production,
};

const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";
const GATEWAYS: &str = "Microsoft.Network/applicationGateways";
const GUARDS: &str = "Microsoft.Network/networkSecurityGroups";
const SITES: &str = "Microsoft.Web/sites";

#[test]
fn nothing_is_reached_from_the_internet_but_front_door_and_what_is_argued() {
    let closed = "\"publicNetworkAccess\":\"Disabled\"";
    let open = "\"publicNetworkAccess\":\"Enabled\"";
    production(
        estate::exposure,
        &[
            (Without(GATEWAYS), "pip-gateway-northeurope is a public address of nothing"),
            (
                Without("Microsoft.Network/natGateways"),
                "pip-automation-retail is a public address of nothing",
            ),
            (Replace("Microsoft.KeyVault/vaults", closed, open), "is open to the internet"),
            (
                Replace("Microsoft.Storage/storageAccounts", closed, "\"publicNetworkAccess\":null"),
                "is open to the internet",
            ),
            (Replace("Microsoft.ContainerRegistry/registries", closed, open), "acrretailazluerg6 is open"),
            (Replace("Microsoft.ServiceBus/namespaces", closed, open), "is open to the internet"),
            (
                Replace(
                    "Microsoft.OperationalInsights/workspaces",
                    "\"sku\":",
                    "\"publicNetworkAccessForQuery\":\"Enabled\",\"sku\":",
                ),
                "log-retail-shared is open",
            ),
            (
                Replace(
                    "Microsoft.ContainerRegistry/registries",
                    "\"anonymousPullEnabled\":false",
                    "\"anonymousPullEnabled\":true",
                ),
                "is open to the internet",
            ),
            (
                Replace(CLUSTERS, "\"enablePrivateCluster\":true", "\"enablePrivateCluster\":false"),
                "API of aks-northeurope is public",
            ),
            (
                Replace(
                    CLUSTERS,
                    "\"enablePrivateClusterPublicFQDN\":false",
                    "\"enablePrivateClusterPublicFQDN\":true",
                ),
                "API of aks-northeurope is public",
            ),
        ],
    );
}

#[test]
fn functions_networks_and_firewalls_let_in_nobody_else() {
    production(
        estate::exposure,
        &[
            (
                Replace(
                    SITES,
                    "\"ipSecurityRestrictionsDefaultAction\":\"Deny\"",
                    "\"ipSecurityRestrictionsDefaultAction\":\"Allow\"",
                ),
                "lets others in",
            ),
            (Replace(SITES, "\"ActionGroup\"", "\"AzureCloud\""), "lets others in"),
            (
                Replace(
                    GUARDS,
                    "\"sourceAddressPrefix\":\"10.30.20.0/24\"",
                    "\"sourceAddressPrefix\":\"Internet\"",
                ),
                "nsg-nodes-northeurope lets everybody in",
            ),
            (Replace(GUARDS, "AzureFrontDoor.Backend", "*"), "nsg-gateway-northeurope lets everybody in"),
            (
                Replace(
                    "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
                    "FirewallPolicyFilterRuleCollection",
                    "FirewallPolicyNatRuleCollection",
                ),
                "translates addresses inward",
            ),
        ],
    );
}
