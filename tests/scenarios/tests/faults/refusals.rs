//! Refusals that say something: busy, not replicated yet, there already, somebody else's.

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{HOUR, MINUTE, Scenario, text};
use fleet_simulator::{
    arm::Notice,
    faults::{Effect, Rule},
};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn a_join_refused_while_another_operation_runs_comes_after_it() {
    let mut scenario = Scenario::begins().await;
    let body =
        json!({"error": {"code": "OperationNotAllowed", "message": "Another operation is in progress."}});
    let busy = Effect::Status { status: 409, body: Some(body) };
    scenario.goes_wrong(Rule::once(busy).times(5).method("PUT").path("/members/").expect("a pattern"));
    let cluster = scenario.newcomer_appears();
    scenario.passes(MINUTE).await;
    scenario.is_held_because(&cluster, &["OperationNotAllowed", "create fleet member"]).await;
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    assert_eq!(
        scenario.journal.of("PUT", "/members/").len(),
        6,
        "a refusal for now is not retried on the spot"
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_identity_that_is_not_replicated_yet_is_waited_for() {
    let mut scenario = Scenario::begins().await;
    scenario.arm().configure(|settings| settings.principal_replication_seconds = 90);
    let cluster = scenario.newcomer_appears();
    scenario.passes(MINUTE).await;
    scenario.is_held_because(&cluster, &["PrincipalNotFound"]).await;
    scenario.passes(2 * MINUTE).await;
    let principal = scenario.world.estate.kubelet_principal(&cluster).expect("a kubelet identity");
    assert_eq!(scenario.holdings().grants_of(&principal).len(), 1, "it is a matter of minutes");
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    let tries = scenario.journal.of("PUT", "/roleassignments/").len();
    assert!((2..=4).contains(&tries), "{tries} tries in 90 seconds");
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_the_list_does_not_show_yet_is_adopted_and_not_doubled() {
    let mut scenario = Scenario::begins().await;
    scenario.arm().configure(|settings| settings.role_assignment_lag_seconds = 150);
    let cluster = scenario.newcomer_appears();
    let estate = &scenario.world.estate;
    let principal = estate.kubelet_principal(&cluster).expect("a kubelet identity");
    estate.assign_pull_role(&estate.registry_ids()[0], &principal);
    let theirs = text(&scenario.holdings().grants_of(&principal)[0], "/id").to_owned();
    let now = scenario.world.simulation.now().to_string();
    scenario
        .arm()
        .edit_resource(&theirs, Notice::Silent, |grant| grant["properties"]["createdOn"] = json!(now));
    scenario.passes(MINUTE).await;
    let refused = scenario.journal.of("PUT", "/roleassignments/");
    assert!(refused.iter().any(|write| write.status == Some(409)), "{refused:?}");
    let why = scenario.why_not(&cluster).await;
    assert!(!why.contains("RoleAssignmentExists"), "as good as done, and no reason to complain:\n{why}");
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    let grants = scenario.holdings().grants_of(&principal);
    assert_eq!(text(&grants[0], "/id"), theirs, "the one that was there");
}

#[tokio::test(start_paused = true)]
async fn our_own_grant_that_the_list_does_not_show_yet_is_not_doubled() {
    let mut scenario = Scenario::begins().await;
    scenario.arm().configure(|settings| settings.role_assignment_lag_seconds = 150);
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

/// The status of this refusal is documented nowhere: whichever it is, the code decides.
#[tokio::test(start_paused = true)]
async fn a_cluster_of_another_fleet_is_left_there_and_seldom_asked_about() {
    for status in [400, 409] {
        let mut scenario = Scenario::begins().await;
        scenario.arm().configure(|settings| settings.already_joined_status = status);
        let cluster = scenario.newcomer_appears();
        scenario.world.estate.join_other_fleet(&cluster, "fleet-other", "rg-other");
        let theirs = scenario.holdings().members_of(&cluster);
        scenario.passes(6 * HOUR).await;
        scenario.is_held_because(&cluster, &["ClusterAlreadyJoinedAnotherFleet", "fleet membership"]).await;
        assert_eq!(scenario.holdings().members_of(&cluster), theirs);
        let tries = scenario.journal.of("PUT", "/members/").len();
        assert!(tries <= 6, "{tries} tries in six hours");
        assert_eq!(scenario.journal.of("DELETE", "/members/"), []);
        assert!(!scenario.holdings().takes_traffic(NEWCOMER.host), "without membership it stays quarantined");
    }
}
