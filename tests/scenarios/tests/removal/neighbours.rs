//! Two clusters in one resource group: its policy assignment goes with the last of them.

use fleet_scenarios::scenario::Scenario;

#[tokio::test(start_paused = true)]
async fn the_groups_policy_assignment_stays_until_its_last_cluster_goes() {
    let mut scenario = Scenario::begins().await;
    let one = scenario.appears("aks-blue", "rg-both", "blue.contoso.example");
    let two = scenario.appears("aks-green", "rg-both", "green.contoso.example");
    scenario.comes_to_rest().await;
    let group = one.split("/providers/").next().expect("a group").to_owned();

    scenario.world.estate.delete_cluster(&one);
    scenario.comes_to_rest().await;
    assert!(scenario.holdings().members_of(&one).is_empty());
    assert_eq!(scenario.holdings().assignments_at(&group).len(), 1, "the other one needs it");
    scenario.is_complete(&two, "green.contoso.example").await;

    scenario.world.estate.delete_cluster(&two);
    scenario.comes_to_rest().await;
    assert!(scenario.holdings().assignments_at(&group).is_empty());
}
