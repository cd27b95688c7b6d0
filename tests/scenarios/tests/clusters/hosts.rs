//! Where a stamp's public host name comes from when no tag gives it.

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{HOUR, Scenario};
use fleet_simulator::{arm::Notice, net::Site};

const HOST: &str = "gate.contoso.example";

#[tokio::test(start_paused = true)]
async fn the_host_is_found_through_the_application_gateway() {
    let mut scenario = Scenario::begins().await;
    scenario.world.sites.set(HOST, Site::healthy());
    let cluster =
        scenario.world.estate.cluster("aks-gate").in_region(NEWCOMER.region).with_gateway(HOST).appears();
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, HOST).await;
}

#[tokio::test(start_paused = true)]
async fn the_gateways_address_may_lie_in_another_group() {
    let mut scenario = Scenario::begins().await;
    scenario.world.sites.set(HOST, Site::healthy());
    let estate = scenario.world.estate.clone().resource_group("rg-network", "swedencentral");
    let cluster = estate.cluster("aks-gate").in_region(NEWCOMER.region).with_gateway(HOST).appears();
    let here = estate.id("rg-aks-gate", "Microsoft.Network/publicIPAddresses/pip-aks-gate");
    let there = estate.id("rg-network", "Microsoft.Network/publicIPAddresses/pip-aks-gate");
    let address = scenario.arm().resource(&here).expect("an address");
    scenario.arm().remove_resource(&here, Notice::Silent);
    scenario.arm().put_resource(&there, address, Notice::Silent);
    let gateway = estate.id("rg-aks-gate", "Microsoft.Network/applicationGateways/agw-aks-gate");
    scenario.arm().edit_resource(&gateway, Notice::Silent, |gateway| {
        gateway["properties"]["frontendIPConfigurations"][0]["properties"]["publicIPAddress"]["id"] =
            there.into();
    });
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, HOST).await;
}

#[tokio::test(start_paused = true)]
async fn a_stamp_without_any_host_joins_and_is_told_what_is_missing() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.world.estate.cluster("aks-inner").in_region(NEWCOMER.region).appears();
    scenario.passes(HOUR).await;
    scenario.is_held_because(&cluster, &["has no origin", "fleet-automation-host"]).await;
    assert_eq!(scenario.holdings().members_of(&cluster).len(), 1);
    assert_eq!(scenario.journal.of("PUT", "/origins/"), []);
}
