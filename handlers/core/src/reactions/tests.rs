//! Main decisions, as an operator reads them.

mod properties;
mod updates;
mod worlds;

use worlds::Hole;

use super::*;
use crate::{
    facets::{
        Progress,
        membership::MemberSeen,
        registry_access::PullRole,
        traffic::{Owner, Probe},
    },
    health::Standing,
    setback::{Fault, FaultClass, Setback},
    testing::{
        Story, a_cluster, a_member_of, a_registry, all_in_place, an_origin_of, config, config_where, minute,
        note, our_grant, remembering, seen, unread,
    },
    world::ClusterSeen,
};

fn aks() -> ClusterSeen {
    a_cluster("aks-weu-01")
}

fn story(seen: Seen, ledger: Ledger) -> Story {
    Story::of(&aks().id, config(), seen, ledger)
}

/// The stamp at full weight, remembered so.
fn serving() -> Story {
    story(all_in_place(&aks()), remembering(&aks(), Some(note().seen_at_step(1))))
}

fn wake_of(plan: &Plan) -> Option<(i64, &str)> {
    let wake = plan.record.as_ref()?.wake.as_ref()?;
    Some((wake.at.duration_since(minute(1)).as_secs(), wake.why.as_str()))
}

#[test]
fn everything_in_place_is_left_alone() {
    let plan = serving().plan();
    insta::assert_snapshot!(plan, @r#"
    stamp changed aks-weu-01: nothing to do
    "#);
    let record = plan.record.as_ref().expect("remembered");
    assert!(record.report.serving && record.report.why_not.is_empty(), "{record:?}");
    assert_eq!(wake_of(&plan), None, "nothing to look at again");
}

#[test]
fn a_new_cluster_gets_everything_at_once_and_starts_in_quarantine() {
    let plan = story(seen(&aks()), Ledger::default()).plan();
    insta::assert_snapshot!(plan, @r#"
    stamp changed aks-weu-01: 5 writes
      do    create fleet member aks-weu-01-c691adb8 in update group stable
      do    grant AcrPull on registry acrone to kubelet identity kubelet-of-aks-weu-01
      do    assign policy baseline at /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-aks-weu-01
      do    assign policy no-privileged at /subscriptions/11111111-1111-1111-1111-111111111111
      do    create origin aks-weu-01-c691adb8 for aks-weu-01.example.net, disabled
    "#);
    let record = plan.record.as_ref().expect("remembered");
    assert!(record.traffic.as_ref().is_some_and(|note| note.is_held_by(&Owner::Quarantine)));
    assert!(!record.report.serving);
    assert_eq!(wake_of(&plan), Some((30, "to see its writes settled")));
}

#[test]
fn a_new_cluster_is_brought_to_full_weight_step_by_step() {
    let mut story = story(seen(&aks()), Ledger::default());
    let mut told: Vec<String> = (0..5).map(|_| story.round().to_string()).collect();
    told.remove(0);
    insta::assert_snapshot!(told.join("\n"), @r#"
    stamp changed aks-weu-01: 1 write
      do    enable origin aks-weu-01-c691adb8 at weight 50
    stamp changed aks-weu-01: nothing to do
      hold  takes traffic at weight 50, 500 is next
    stamp changed aks-weu-01: 1 write
      do    set origin aks-weu-01-c691adb8 to weight 500
    stamp changed aks-weu-01: nothing to do
    "#);
}

#[test]
fn a_stamp_lacking_proofs_stays_in_quarantine_and_says_which() {
    let mut seen = seen(&aks()).with_origin(an_origin_of(&aks()));
    seen.members = Ok(vec![a_member_of(&aks()).that_is(Progress::Busy)]);
    seen.front_door().probe = Some(Probe::Bad("503 Service Unavailable".to_owned()));
    let plan = story(seen, remembering(&aks(), Some(note().held_by(Owner::Quarantine)))).plan();
    insta::assert_snapshot!(plan, @r#"
    stamp changed aks-weu-01: 3 writes
      do    grant AcrPull on registry acrone to kubelet identity kubelet-of-aks-weu-01
      do    assign policy baseline at /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-aks-weu-01
      do    assign policy no-privileged at /subscriptions/11111111-1111-1111-1111-111111111111
      hold  fleet member aks-weu-01-c691adb8 has an operation running
      hold  quarantined until proven: fleet membership; pull access to registry acrone; policy assignment baseline; policy assignment no-privileged; a good probe of its health path (503 Service Unavailable)
    "#);
}

#[test]
fn a_stamp_leaves_quarantine_only_with_every_proof_in_sight() {
    let mut proven = serving();
    proven.seen.front_door().origins = Ok(vec![an_origin_of(&aks())]);
    proven.ledger = remembering(&aks(), Some(note().held_by(Owner::Quarantine)));
    assert_eq!(proven.plan().actions.len(), 1, "it would be enabled");
    let proofs = [
        Hole::Cluster,
        Hole::Members,
        Hole::Registry,
        Hole::Grants,
        Hole::Assignments,
        Hole::FrontDoor,
        Hole::Origins,
        Hole::Host,
        Hole::Probe,
    ];
    for hole in proofs {
        let mut blind = proven.clone();
        hole.tear(&mut blind.seen);
        let plan = blind.plan();
        assert!(plan.is_noop(), "without {hole:?}: {plan}");
    }
}

#[test]
fn a_cluster_that_is_not_ready_waits() {
    let updating = ClusterSeen { progress: Progress::Busy, state: "Updating".to_owned(), ..aks() };
    let plan = story(seen(&updating), Ledger::default()).plan();
    insta::assert_snapshot!(plan, @r#"
    stamp left alone aks-weu-01: nothing to do
      hold  the cluster's provisioning state is Updating, not Succeeded
    "#);
    assert_eq!(wake_of(&plan), Some((300, "to see whether it changed")));
}

#[test]
fn a_cluster_that_opted_out_is_left_as_it_stands() {
    let seen = seen(&aks().tagged("fleet-automation-opt-out", "true"));
    let plan = story(seen.clone(), Ledger::default()).plan();
    insta::assert_snapshot!(plan, @r#"
    stamp left alone aks-weu-01: nothing to do
      hold  left alone: it carries the opt-out tag fleet-automation-opt-out
    "#);
    assert_eq!(plan.record, None, "what was never ours is not remembered");

    let known = remembering(&aks(), Some(note().held_by(Owner::Quarantine)));
    let plan = story(seen, known).plan();
    assert!(plan.is_noop());
    let traffic = plan.record.and_then(|record| record.traffic);
    assert_eq!(traffic, Some(note().held_by(Owner::Quarantine)), "what was ours is not forgotten");
}

#[test]
fn a_cluster_that_could_not_be_read_is_left_and_read_again_soon() {
    let blind = Seen { cluster: Err(unread("the cluster")), ..all_in_place(&aks()) };
    let plan = Story { seen: blind, ..serving() }.plan();
    insta::assert_snapshot!(plan, @r#"
    stamp unseen aks-weu-01: nothing to do
      hold  the cluster could not be read: 503 ServiceUnavailable
    "#);
    assert_eq!(wake_of(&plan), Some((60, "to read what could not be read")));
    assert_eq!(plan.record.and_then(|record| record.traffic), Some(note().seen_at_step(1)));
}

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

#[test]
fn a_write_that_another_invocation_is_at_is_not_done_twice() {
    let mut ledger = Ledger::default();
    let member = a_member_of(&aks()).id;
    ledger.begin(None, &aks().id, &[member], "another", minute(0));
    let plan = story(seen(&aks()), ledger).plan();
    insta::assert_snapshot!(plan, @r#"
    stamp changed aks-weu-01: 4 writes
      do    grant AcrPull on registry acrone to kubelet identity kubelet-of-aks-weu-01
      do    assign policy baseline at /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-aks-weu-01
      do    assign policy no-privileged at /subscriptions/11111111-1111-1111-1111-111111111111
      do    create origin aks-weu-01-c691adb8 for aks-weu-01.example.net, disabled
      hold  create fleet member aks-weu-01-c691adb8 in update group stable: another invocation is at it, until 2026-01-01T00:01:30Z at the latest
    "#);
    assert_eq!(wake_of(&plan), Some((30, "to see what became of another invocation's write")));
}

#[test]
fn a_step_into_traffic_that_was_not_taken_is_not_remembered_as_taken() {
    let mut story = serving();
    story.seen.front_door().origins = Ok(vec![an_origin_of(&aks())]);
    let quarantined = Some(note().held_by(Owner::Quarantine));
    story.ledger = remembering(&aks(), quarantined.clone());
    assert_eq!(story.plan().actions.len(), 1, "all is proven");

    let record = story.ledger.stamp(&aks().id).cloned();
    story.ledger.begin(record.as_ref(), &aks().id, &[an_origin_of(&aks()).id], "another", minute(0));
    let plan = story.plan();
    assert!(plan.is_noop(), "{plan}");
    assert_eq!(plan.record.and_then(|record| record.traffic), quarantined);
}

#[test]
fn a_ramp_wakes_up_for_its_next_step() {
    let mut story = serving();
    story.seen.front_door().origins = Ok(vec![an_origin_of(&aks()).enabled_at(50)]);
    story.ledger = remembering(&aks(), Some(note().seen_at_step(0)));
    assert_eq!(wake_of(&story.plan()), Some((540, "for the next step of its ramp")));
}

#[test]
fn a_write_that_failed_waits_for_its_time() {
    let fault = Fault {
        class: FaultClass::Lasting,
        code: "AuthorizationFailed".to_owned(),
        message: "may not write members".to_owned(),
        retry_after_seconds: None,
    };
    let setback = Setback::after(None, fault, minute(0));
    let mut ledger = remembering(&aks(), Some(note().seen_at_step(1)));
    for record in ledger.stamps.values_mut() {
        record.setbacks.insert(a_member_of(&aks()).id.key().to_owned(), setback.clone());
    }
    let seen = Seen { members: Ok(Vec::new()), ..all_in_place(&aks()) };
    let mut story = story(seen, ledger);
    let plan = story.plan();
    insta::assert_snapshot!(plan, @r#"
    stamp changed aks-weu-01: nothing to do
      hold  create fleet member aks-weu-01-c691adb8 in update group stable: AuthorizationFailed: may not write members (failed once, tried again after 2026-01-01T00:10:00Z)
    "#);
    assert_eq!(wake_of(&plan), Some((540, "to try again what failed")));
    assert_eq!(plan.record.map(|record| record.setbacks.len()), Some(1), "the count goes on");

    story.now = minute(10);
    assert_eq!(story.plan().actions.len(), 1);
    story.seen = all_in_place(&aks());
    let healed = story.plan().record.map(|record| record.setbacks.len());
    assert_eq!(healed, Some(0), "what is no longer wished is no longer set back");
}

#[test]
fn a_write_that_just_failed_is_explained_before_anybody_looks_again() {
    let seen = Seen { members: Ok(Vec::new()), ..all_in_place(&aks()) };
    let story = story(seen, remembering(&aks(), Some(note().seen_at_step(1))));
    let plan = story.plan();
    let fault = Fault {
        class: FaultClass::Lasting,
        code: "AuthorizationFailed".to_owned(),
        message: "may not write members".to_owned(),
        retry_after_seconds: None,
    };
    let mut ledger = story.ledger;
    ledger.begin(plan.record.as_ref(), &aks().id, &[], "us", minute(1));
    let outcomes = [(a_member_of(&aks()).id, crate::ledger::Outcome::Failed(fault))];
    ledger.settle(&aks().id, "us", &outcomes, minute(1), minute(1));
    plan.tell_failures(&mut ledger);
    let why_not = ledger.stamp(&aks().id).map(|record| record.report.why_not.join("\n")).unwrap_or_default();
    assert!(
        why_not.contains("create fleet member") && why_not.contains("may not write members"),
        "{why_not}"
    );
}

#[test]
fn repairs_of_what_the_service_failed_at_wait_longer_each_time() {
    let failed = a_member_of(&aks()).that_is(Progress::Failed);
    let mut story =
        Story { seen: Seen { members: Ok(vec![failed.clone()]), ..all_in_place(&aks()) }, ..serving() };
    let mut waited = Vec::new();
    for _ in 0..3 {
        let plan = story.round();
        assert_eq!(plan.actions.len(), 1, "{plan}");
        let record = story.ledger.stamp(&aks().id).expect("remembered");
        waited.extend(record.setbacks.values().map(|setback| setback.attempts));
        story.seen.members = Ok(vec![failed.clone()]);
    }
    assert_eq!(waited, [1, 2, 3]);
}

#[test]
fn a_repair_that_waits_repeats_the_services_own_reason() {
    let why = Some("its subnet is full".to_owned());
    let failed = MemberSeen { failure: why, ..a_member_of(&aks()).that_is(Progress::Failed) };
    let mut story =
        Story { seen: Seen { members: Ok(vec![failed.clone()]), ..all_in_place(&aks()) }, ..serving() };
    let _repair = story.round();
    story.seen.members = Ok(vec![failed]);
    story.now = minute(1);
    let plan = story.plan();
    assert!(plan.to_string().contains("failed at it: its subnet is full"), "{plan}");
}

#[test]
fn a_facet_that_is_only_observed_reports_and_writes_nothing() {
    let config = config_where(|document| {
        document["membership"]["mode"] = "observe".into();
        document["registryAccess"]["mode"] = "off".into();
        document["governance"]["mode"] = "observe".into();
        document["traffic"]["mode"] = "observe".into();
    });
    let plan = Story::of(&aks().id, config, seen(&aks()), Ledger::default()).plan();
    insta::assert_snapshot!(plan, @r#"
    stamp changed aks-weu-01: nothing to do
      hold  only observed: would create fleet member aks-weu-01-c691adb8 in update group stable
      hold  only observed: would assign policy baseline at /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-aks-weu-01
      hold  only observed: would assign policy no-privileged at /subscriptions/11111111-1111-1111-1111-111111111111
      hold  only observed: would create origin aks-weu-01-c691adb8 for aks-weu-01.example.net, disabled
    "#);
    assert_eq!(plan.record.and_then(|record| record.traffic), None, "an observer holds nothing");
}

#[test]
fn a_facet_that_is_off_is_neither_planned_nor_told() {
    let config = config_where(|document| {
        for facet in ["membership", "registryAccess", "governance", "traffic"] {
            document[facet]["mode"] = "off".into();
        }
    });
    let quarantined = remembering(&aks(), Some(note().held_by(Owner::Quarantine)));
    let seen = seen(&aks()).with_origin(an_origin_of(&aks()).enabled_at(50));
    let plan = Story::of(&aks().id, config, seen, quarantined).plan();
    assert_eq!((plan.actions, plan.holds), (vec![], vec![]));
}

#[test]
fn a_recreated_cluster_is_joined_again_gets_access_for_its_new_identity_and_is_proven_anew() {
    let reborn = ClusterSeen { kubelet: a_cluster("new-kubelet").kubelet, ..aks().recreated() };
    let seen = Seen { cluster: Ok(Some(reborn)), ..all_in_place(&aks()) };
    let mut story = Story { seen, ..serving() };
    let told: Vec<String> = (0..3).map(|_| story.round().to_string()).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    stamp changed aks-weu-01: 2 writes
      do    write fleet member aks-weu-01-c691adb8 again, whose cluster was recreated
      do    grant AcrPull on registry acrone to kubelet identity kubelet-of-new-kubelet
      hold  quarantined until proven: fleet membership; pull access to registry acrone
      hold  refused to disable origin aks-weu-01-c691adb8: 0 other healthy origin(s) would be left in traffic, the configured minimum is 1
    stamp changed aks-weu-01: 2 writes
      do    revoke our stale role assignment 488359ed-53bd-5836-8e47-a67a9b9f61d2
      do    enable origin aks-weu-01-c691adb8 at weight 50
    stamp changed aks-weu-01: nothing to do
      hold  takes traffic at weight 50, 500 is next
    "#);
}

#[test]
fn where_nobody_judges_health_any_more_an_incident_is_over() {
    let mut ledger = remembering(&aks(), Some(note().seen_at_step(1).held_by(Owner::Incident)));
    ledger.stamps.values_mut().for_each(|record| record.health.standing = Standing::Sick);
    let record = story(all_in_place(&aks()), ledger).plan().record.expect("remembered");
    assert_eq!((record.report.holds, record.health.standing), (vec![], Standing::Healthy));
}

#[test]
fn a_serving_stamp_that_answers_badly_is_told_and_kept() {
    let mut story = serving();
    story.seen.front_door().probe = Some(Probe::Bad("503 Service Unavailable".to_owned()));
    insta::assert_snapshot!(story.plan(), @r#"
    stamp changed aks-weu-01: nothing to do
      hold  its health path answers badly: 503 Service Unavailable
    "#);
}

#[test]
fn a_plan_is_read_back_as_it_was_written() {
    let removed = all_in_place(&aks()).with_peer(&a_cluster("aks-neu-01"), Probe::Good).gone();
    let mut grown = all_in_place(&aks());
    grown.registries = vec![Ok(a_registry()
        .with(our_grant(PullRole::AcrPull, &aks()))
        .with(our_grant(PullRole::RepositoryReader, &aks())))];
    let starts = [
        story(seen(&aks()), Ledger::default()),
        Story { seen: removed, ..serving() },
        Story { seen: grown, ..serving() },
        Story { seen: Seen { cluster: Err(unread("the cluster")), ..seen(&aks()) }, ..serving() },
    ];
    for start in starts {
        let plan = start.plan();
        let text = serde_json::to_string(&plan).expect("serialises");
        assert_eq!(serde_json::from_str::<Plan>(&text).expect("parses"), plan);
    }
}

#[test]
fn a_look_from_before_anothers_write_changes_nothing_and_looks_again_soon() {
    let Story { seen, mut ledger, now, .. } = serving();
    let record = ledger.stamp(&aks().id).cloned();
    let mut before = seen;
    before.front_door().origins = Ok(vec![an_origin_of(&aks())]);
    ledger.begin(record.as_ref(), &aks().id, &[an_origin_of(&aks()).id], "another", now);
    let plan = story(before, ledger).plan();
    insta::assert_snapshot!(plan, @r#"
    stamp changed aks-weu-01: nothing to do
      hold  origin aks-weu-01-c691adb8 has an operation running
    "#);
    let traffic = plan.record.as_ref().and_then(|record| record.traffic.clone());
    assert_eq!(traffic, Some(note().seen_at_step(1)), "not: disabled by somebody else");
    assert_eq!(wake_of(&plan), Some((30, "to see an operation end")));
}
