//! Policy assignments that somebody else made before us.

use fleet_local::estate::{MANAGEMENT_GROUP, NEWCOMER};
use fleet_scenarios::scenario::{HOUR, Scenario, text};
use fleet_simulator::arm::Notice;
use serde_json::{Value, json};

fn definition_of(scenario: &Scenario, name: &str) -> String {
    let assignments = scenario.world.config["governance"]["assignments"].as_array().expect("a list").iter();
    let mut named = assignments.filter(|assignment| text(assignment, "/name") == name);
    text(named.next().expect("configured"), "/definition").to_owned()
}

fn assignment(scope: &str, definition: &str) -> Value {
    json!({
        "type": "Microsoft.Authorization/policyAssignments",
        "properties": {
            "displayName": "Made by hand", "policyDefinitionId": definition, "scope": scope,
            "parameters": {}, "metadata": {}, "enforcementMode": "Default", "notScopes": [],
        },
    })
}

fn group_of(cluster: &str) -> &str {
    cluster.split("/providers/").next().expect("a group")
}

#[tokio::test(start_paused = true)]
async fn what_a_management_group_assigns_is_not_assigned_again_below() {
    let mut scenario = Scenario::begins().await;
    let scope = format!("/providers/Microsoft.Management/managementGroups/{MANAGEMENT_GROUP}");
    let above = format!("{scope}/providers/Microsoft.Authorization/policyAssignments/images");
    let body = assignment(&scope, &definition_of(&scenario, "allowed-images"));
    scenario.arm().put_resource(&above, body, Notice::Silent);
    let cluster = scenario.newcomer_appears();
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.holdings().assignments_at(group_of(&cluster)), [] as [Value; 0]);
    assert!(scenario.serves(&cluster).await, "{}", scenario.why_not(&cluster).await);
}

#[tokio::test(start_paused = true)]
async fn an_assignment_of_the_same_name_that_is_not_ours_is_left_and_explained() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    let scope = group_of(&cluster).to_owned();
    let theirs = format!("{scope}/providers/Microsoft.Authorization/policyAssignments/allowed-images");
    let body = assignment(&scope, &definition_of(&scenario, "pod-security-baseline"));
    scenario.arm().put_resource(&theirs, body, Notice::Silent);
    let before = scenario.arm().resource(&theirs);
    scenario.passes(2 * HOUR).await;
    scenario
        .is_held_because(
            &cluster,
            &["is not ours and assigns something else", "policy assignment allowed-images"],
        )
        .await;
    assert_eq!(scenario.arm().resource(&theirs), before);
    assert!(!scenario.holdings().takes_traffic(NEWCOMER.host));
}
