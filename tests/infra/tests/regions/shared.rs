use fleet_infra_tests::{estate, lines::shared};

use crate::{
    predictions::predictions,
    spoil::{
        Spoil::{Replace, Without},
        production,
    },
};

const FLEETS: &str = "Microsoft.ContainerService/fleets";
const GROUPS: &str = "Microsoft.Cdn/profiles/originGroups";
const INITIATIVES: &str = "Microsoft.Authorization/policySetDefinitions";
const PEERINGS: &str = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";
const PROFILES: &str = "Microsoft.ContainerService/fleets/autoUpgradeProfiles";
const ROUTES: &str = "Microsoft.Cdn/profiles/afdEndpoints/routes";
const SECURITY: &str = "Microsoft.Cdn/profiles/securityPolicies";
const STRATEGIES: &str = "Microsoft.ContainerService/fleets/updateStrategies";

#[test]
fn r07_one_fleet_without_a_hub_is_administered_by_a_group_and_logged() {
    production(
        shared::fleet,
        &[
            (Without(FLEETS), "there isn't one fleet"),
            (
                Replace(FLEETS, "\"properties\":{}", "\"properties\":{\"hubProfile\":{}}"),
                "the fleet has a hub",
            ),
            (
                Replace("Microsoft.Authorization/roleAssignments", "\"Group\"", "\"User\""),
                "another than one group of people",
            ),
            (Without("Microsoft.Insights/diagnosticSettings"), "the fleet's logs go nowhere"),
        ],
    );
}

#[test]
fn r37_every_cluster_is_updated_in_one_gated_stage_of_the_strategy() {
    production(
        shared::update_strategy,
        &[
            (Replace(STRATEGIES, "\"wave-1\"", "\"wave-2\""), "in no stage, or in two"),
            (Replace(STRATEGIES, "afterGates", "none"), "a stage waits for nobody"),
            (Replace(PROFILES, "updateStrategies/staged", "updateStrategies/other"), "past the strategy"),
            (Without(PROFILES), "past the strategy"),
        ],
    );
}

#[test]
fn r68_one_way_in_leads_to_the_nearest_healthy_stamp() {
    production(
        shared::front_door,
        &[
            (
                Replace("Microsoft.Cdn/profiles", "Premium_AzureFrontDoor", "Standard_AzureFrontDoor"),
                "no Front Door Premium",
            ),
            (Without("Microsoft.Cdn/profiles/afdEndpoints"), "there isn't one endpoint"),
            (Replace(ROUTES, "originGroups/stamps", "originGroups/other"), "leads elsewhere"),
            (
                Replace(ROUTES, "\"httpsRedirect\":\"Enabled\"", "\"httpsRedirect\":\"Disabled\""),
                "without encryption",
            ),
            (Replace(GROUPS, "healthProbeSettings", "none"), "aren't probed"),
            (
                Replace(
                    GROUPS,
                    "\"additionalLatencyInMilliseconds\":50",
                    "\"additionalLatencyInMilliseconds\":900",
                ),
                "far stamps are chosen",
            ),
        ],
    );
}

#[test]
fn r67_a_web_application_firewall_guards_every_path() {
    let policies = "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies";
    production(
        shared::web_application_firewall,
        &[
            (Replace(policies, "\"Prevention\"", "\"Detection\""), "only watches"),
            (Replace(policies, "\"managedRuleSets\"", "\"none\""), "no rules of Azure"),
            (Replace(SECURITY, "wafretailedge", "wafother"), "linked to nothing"),
            (Replace(SECURITY, "fde-retail", "fde-other"), "the endpoint isn't behind it"),
            (Replace(SECURITY, "\"/*\"", "\"/api/*\""), "some paths aren't behind it"),
        ],
    );
}

#[test]
fn r48_one_initiative_holds_the_workload_s_policies_and_denies_foreign_images() {
    production(
        shared::initiative,
        &[
            (Replace(INITIATIVES, "\"allowed-images\"", "\"any-images\""), "no rule of images"),
            (
                Replace(INITIATIVES, "\"defaultValue\":\"Deny\"", "\"defaultValue\":\"Audit\""),
                "isn't refused",
            ),
            (Replace(INITIATIVES, "\"defaultValue\":\"Audit\"", "\"defaultValue\":\"Deny\""), "is refused"),
            (Replace(INITIATIVES, "^acrretail", ".*"), "not anchored"),
        ],
    );
}

#[test]
fn r08_a_fleet_s_hub_is_private_and_in_reach_of_every_stamp() {
    let Some(predictions) = predictions() else { return };
    let good = &predictions.with_hub;
    assert_eq!(shared::fleet_hub(good), Vec::<String>::new());
    assert_eq!(estate::addresses(good), Vec::<String>::new());
    for (spoil, words) in [
        (
            Replace(FLEETS, "\"enablePrivateCluster\":true", "\"enablePrivateCluster\":false"),
            "the hub's API is public",
        ),
        (Replace(FLEETS, "vnet-retail-fleet-hub", "vnet-other"), "no network of its own"),
        (
            Replace(PEERINGS, "vnet-retail-fleet-hub\"", "vnet-other\""),
            "swedencentral: its cluster doesn't reach the hub",
        ),
        (Without(PEERINGS), "swedencentral: the hub doesn't answer"),
    ] {
        let faults = shared::fleet_hub(&spoil.apply(good, "swedencentral", |_| true));
        assert!(faults.iter().any(|it| it.contains(words)), "{spoil:?} should say {words:?}: {faults:#?}");
    }
    let without = shared::fleet_hub(&predictions.one_region);
    assert_eq!(without[0], "the hub's API is public, or there is no hub");
}
