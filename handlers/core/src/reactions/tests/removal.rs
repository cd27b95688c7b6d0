//! A stamp whose cluster is gone, step by step.

use super::*;

#[test]
fn a_removed_cluster_is_taken_apart_step_by_step_and_then_forgotten() {
    let seen = all_in_place(&aks()).with_peer(&a_cluster("aks-neu-01"), Probe::Good).gone();
    let mut story = Story { seen, ..serving() };
    let told: Vec<String> = (0..5).map(|_| story.round().to_string()).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    stamp removed aks-weu-01: 1 write
      do    disable origin aks-weu-01-c691adb8
      hold  removal waits: what is left follows when this step is seen done
    stamp removed aks-weu-01: 1 write
      do    delete origin aks-weu-01-c691adb8
      hold  removal waits: what is left follows when this step is seen done
    stamp removed aks-weu-01: 2 writes
      do    revoke our stale role assignment 488359ed-53bd-5836-8e47-a67a9b9f61d2
      do    remove policy assignment /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-aks-weu-01/providers/Microsoft.Authorization/policyAssignments/baseline
      hold  removal waits: what is left follows when this step is seen done
    stamp removed aks-weu-01: 1 write
      do    remove fleet member aks-weu-01-c691adb8
      hold  removal waits: what is left follows when this step is seen done
    stamp removed aks-weu-01: nothing to do
    "#);
    assert_eq!(story.ledger.stamp(&aks().id), None);
}

#[test]
fn the_last_healthy_origin_is_not_taken_out_even_when_its_cluster_is_gone() {
    let seen = all_in_place(&aks()).with_peer(&a_cluster("aks-neu-01"), Probe::Bad("503".to_owned())).gone();
    let plan = Story { seen, ..serving() }.plan();
    insta::assert_snapshot!(plan, @r#"
    stamp removed aks-weu-01: nothing to do
      hold  removal waits: what is left follows when this step is seen done
      hold  refused to disable origin aks-weu-01-c691adb8: 0 other healthy origin(s) would be left in traffic, the configured minimum is 1
    "#);
    let holds = plan.record.and_then(|record| record.traffic).unwrap_or_default().holds;
    assert_eq!(holds.len(), 1, "the decommission is remembered although it could not be carried out");
}

#[test]
fn a_removed_cluster_with_a_neighbour_leaves_the_groups_policies() {
    let mut seen = seen(&aks()).gone();
    seen.assignments = all_in_place(&aks()).assignments;
    seen.neighbours = Some(Ok(vec![a_cluster("neighbour").id]));
    let plan = story(seen, remembering(&aks(), None)).plan();
    insta::assert_snapshot!(plan, @r#"
    stamp removed aks-weu-01: nothing to do
    "#);
    assert_eq!(plan.record, None);
}

#[test]
fn a_removal_that_did_not_look_at_traffic_does_not_skip_it() {
    let seen = Seen { traffic: None, ..all_in_place(&aks()).gone() };
    let plan = Story { seen, ..serving() }.plan();
    assert!(plan.is_noop(), "access goes only after traffic: {plan}");
}

#[test]
fn a_cluster_created_again_during_its_removal_comes_back_through_quarantine() {
    let held = note().held_by(Owner::Decommission);
    let mut again = all_in_place(&aks());
    again.front_door().origins = Ok(vec![an_origin_of(&aks())]);
    let mut story = story(again, remembering(&aks(), Some(held)));
    let told: Vec<String> = (0..2).map(|_| story.round().to_string()).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    stamp changed aks-weu-01: 1 write
      do    enable origin aks-weu-01-c691adb8 at weight 50
    stamp changed aks-weu-01: nothing to do
      hold  takes traffic at weight 50, 500 is next
    "#);
}
