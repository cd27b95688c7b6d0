//! Names that Azure allows for clusters and not for what we derive from them, and names that several clusters share.

use fleet_local::estate::SERVING;
use fleet_scenarios::scenario::{HOUR, Scenario, text};

const HOST: &str = "odd.contoso.example";

async fn becomes_complete(name: &str) {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.appears(name, "RG-Odd_Names", HOST);
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, HOST).await;
}

#[tokio::test(start_paused = true)]
async fn a_name_with_capitals_and_underscores_gets_legal_names_everywhere() {
    becomes_complete("AKS_Prod_SWC_01").await;
}

#[tokio::test(start_paused = true)]
async fn the_longest_name_fits() {
    becomes_complete(&format!("aks-{}", "x".repeat(59))).await;
}

#[tokio::test(start_paused = true)]
async fn a_name_of_one_letter_fits() {
    becomes_complete("k").await;
}

#[tokio::test(start_paused = true)]
async fn clusters_of_one_name_in_two_groups_are_two_stamps() {
    let mut scenario = Scenario::begins().await;
    let one = scenario.appears("aks-twin", "rg-one", "one.contoso.example");
    let two = scenario.appears("aks-twin", "rg-two", "two.contoso.example");
    scenario.comes_to_rest().await;
    scenario.is_complete(&one, "one.contoso.example").await;
    scenario.is_complete(&two, "two.contoso.example").await;
}

#[tokio::test(start_paused = true)]
async fn clusters_in_one_group_share_its_policy_assignment() {
    let mut scenario = Scenario::begins().await;
    let one = scenario.appears("aks-blue", "rg-both", "blue.contoso.example");
    let two = scenario.appears("aks-green", "rg-both", "green.contoso.example");
    scenario.comes_to_rest().await;
    scenario.is_complete(&one, "blue.contoso.example").await;
    scenario.is_complete(&two, "green.contoso.example").await;
    let group = one.split("/providers/").next().expect("a group");
    assert_eq!(scenario.holdings().assignments_at(group).len(), 1);
    let made = scenario.journal.of("PUT", "/resourcegroups/rg-both/providers/microsoft.authorization/");
    assert_eq!(made.len(), 1, "two invocations at once don't write the same twice: {made:?}");
}

#[tokio::test(start_paused = true)]
async fn a_member_under_another_name_is_adopted_with_group_and_labels_and_keeps_foreign_labels() {
    let mut scenario = Scenario::begins().await;
    let estate = &scenario.world.estate;
    let cluster = estate.cluster("aks-fra-01").in_region("swedencentral").with_member_named("payments");
    let cluster = cluster.serving().present();
    let member = format!("{}/members/payments", estate.fleet_id());
    scenario.arm().edit_resource(&member, fleet_simulator::arm::Notice::Silent, |member| {
        member["properties"]["labels"]["owner"] = "payments-team".into();
    });
    scenario.passes(HOUR).await;
    let members = scenario.holdings().members_of(&cluster);
    assert_eq!(members.len(), 1, "{members:#?}");
    assert_eq!(text(&members[0], "/name"), "payments");
    assert_eq!(text(&members[0], "/properties/group"), "nordic");
    assert_eq!(text(&members[0], "/properties/labels/owner"), "payments-team");
    assert_eq!(text(&members[0], "/properties/labels/team"), "platform");
}

#[tokio::test(start_paused = true)]
async fn an_origin_under_another_name_is_adopted_as_it_serves() {
    let scenario = Scenario::begins().await;
    for stamp in SERVING {
        let origin = scenario.holdings().origin_to(stamp.host);
        assert_eq!(text(&origin, "/name"), stamp.cluster, "the one that was there");
        assert_eq!(text(&origin, "/properties/enabledState"), "Enabled");
    }
}
