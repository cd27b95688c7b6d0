//! What is removed, in which order, and what stays.

use fleet_local::estate::{NEWCOMER, SERVING};
use fleet_scenarios::scenario::{HOUR, Scenario, text};
use fleet_simulator::arm::Notice;

#[tokio::test(start_paused = true)]
async fn a_stamp_leaves_traffic_first_and_the_fleet_last() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    scenario.world.estate.delete_cluster(&cluster);
    scenario.comes_to_rest().await;
    let mut effects = scenario.journal.effects();
    // These two go side by side.
    effects[2..4].sort();
    let expected = [
        "PATCH origins",
        "DELETE origins",
        "DELETE policyassignments",
        "DELETE roleassignments",
        "DELETE members",
    ];
    assert_eq!(effects, expected);
    assert!(scenario.report(&cluster).await.is_none(), "and it is forgotten");
}

#[tokio::test(start_paused = true)]
async fn what_belongs_to_others_is_the_same_before_and_after() {
    let mut scenario = Scenario::begins().await;
    let before = scenario.holdings().everything();
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    assert_ne!(scenario.holdings().everything(), before);
    scenario.world.estate.delete_cluster(&cluster);
    scenario.comes_to_rest().await;
    assert_eq!(scenario.holdings().everything(), before);
}

#[tokio::test(start_paused = true)]
async fn an_origin_that_somebody_else_made_is_disabled_and_not_deleted() {
    let (mut scenario, _) = Scenario::with_newcomer().await;
    let cluster = scenario.report_of(SERVING[0].cluster).await.cluster;
    scenario.world.estate.delete_cluster(cluster.as_str());
    scenario.passes(2 * HOUR).await;
    let origin = scenario.holdings().origin_to(SERVING[0].host);
    assert_eq!(text(&origin, "/properties/enabledState"), "Disabled");
    assert_eq!(scenario.journal.of("DELETE", "/origins/"), []);
    assert!(scenario.holdings().members_of(cluster.as_str()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stamp_whose_resource_group_went_too_is_taken_apart_all_the_same() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let group = cluster.split("/providers/").next().expect("a group").to_owned();
    let assignment = scenario.holdings().assignments_at(&group).remove(0);
    scenario.arm().remove_resource(text(&assignment, "/id"), Notice::Silent);
    scenario.world.estate.delete_cluster(&cluster);
    assert!(scenario.arm().remove_resource(&group, Notice::Silent));
    scenario.comes_to_rest().await;
    assert!(scenario.holdings().members_of(&cluster).is_empty());
    assert!(scenario.holdings().origins_to(NEWCOMER.host).is_empty());
    assert!(scenario.report(&cluster).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_somebody_else_made_for_the_identity_stays() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let principal = scenario.world.estate.kubelet_principal(&cluster).expect("an identity");
    let theirs = text(&scenario.holdings().grants_of(&principal)[0], "/id").to_owned();
    scenario.arm().edit_resource(&theirs, Notice::Silent, |grant| {
        grant["properties"]["description"] = "given by hand".into();
    });
    scenario.world.estate.delete_cluster(&cluster);
    scenario.comes_to_rest().await;
    assert_eq!(scenario.holdings().grants_of(&principal).len(), 1);
    assert!(scenario.holdings().members_of(&cluster).is_empty());
}
