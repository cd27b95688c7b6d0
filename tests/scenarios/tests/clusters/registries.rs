//! Registries of both modes, a change of mode, several registries, and replicas.

use fleet_local::{estate::NEWCOMER, world::Options};
use fleet_scenarios::scenario::{HOUR, SEED, Scenario, text};
use fleet_simulator::{arm::Notice, net::Site};
use serde_json::{Value, json};

const ACR_PULL: &str = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const REPOSITORY_READER: &str = "b93aa761-3e63-49ed-ac28-beffa264f7ac";

fn roles_of(scenario: &Scenario, cluster: &str) -> Vec<String> {
    let principal = scenario.world.estate.kubelet_principal(cluster).expect("an identity");
    let role = |grant: &Value| {
        text(grant, "/properties/roleDefinitionId").rsplit('/').next().unwrap_or_default().to_owned()
    };
    let mut roles: Vec<_> = scenario.holdings().grants_of(&principal).iter().map(role).collect();
    roles.sort();
    roles
}

fn switch_to_repository_permissions(scenario: &Scenario) {
    let registry = scenario.world.estate.registry_ids()[0].clone();
    scenario.arm().edit_resource(&registry, Notice::Silent, |registry| {
        registry["properties"]["roleAssignmentMode"] = "AbacRepositoryPermissions".into();
    });
}

#[tokio::test(start_paused = true)]
async fn a_registry_with_repository_permissions_asks_for_the_repository_role_alone() {
    let mut scenario = Scenario::begins().await;
    switch_to_repository_permissions(&scenario);
    let cluster = scenario.newcomer_appears();
    scenario.passes(2 * HOUR).await;
    assert_eq!(roles_of(&scenario, &cluster), [REPOSITORY_READER]);
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_is_switched_later_is_found_by_the_sweep_and_the_new_role_granted() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    assert_eq!(roles_of(&scenario, &cluster), [ACR_PULL]);
    switch_to_repository_permissions(&scenario);
    scenario.passes(HOUR).await;
    assert!(roles_of(&scenario, &cluster).contains(&REPOSITORY_READER.to_owned()));
    assert!(scenario.serves(&cluster).await, "a stamp that serves is not taken out for it");
}

#[tokio::test(start_paused = true)]
async fn every_configured_registry_is_opened() {
    let configure = |config: &mut Value| {
        let first = config["registryAccess"]["registries"][0].as_str().unwrap_or_default();
        let second = first.replace("crshop", "crtools");
        config["registryAccess"]["registries"] = json!([first, second]);
    };
    let mut scenario = Scenario::unmet(Options { configure, ..Options::in_process(SEED) }).await;
    let _estate = scenario.world.estate.clone().registry("crtools", "rg-shared", NEWCOMER.region);
    let cluster = scenario.newcomer_appears();
    scenario.passes(2 * HOUR).await;
    assert_eq!(roles_of(&scenario, &cluster), [ACR_PULL, ACR_PULL]);
    assert!(scenario.serves(&cluster).await);
}

#[tokio::test(start_paused = true)]
async fn a_registry_without_a_replica_in_the_region_is_reported_and_not_waited_for() {
    let mut scenario = Scenario::begins().await;
    let host = "osl.contoso.example";
    scenario.world.sites.set(host, Site::healthy());
    let cluster = scenario.world.estate.cluster("aks-osl-01").in_region("norwayeast").with_gateway(host);
    let cluster = cluster.tagged("fleet-automation-host", host).appears();
    scenario.passes(2 * HOUR).await;
    scenario.is_held_because(&cluster, &["crshop has no replica in norwayeast"]).await;
    assert!(scenario.serves(&cluster).await, "slow pulls are no reason to stay away");
}
