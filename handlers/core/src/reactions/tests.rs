//! Main decisions, as an operator reads them.

mod properties;
mod removal;
mod updates;
mod worlds;
mod writes;

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
fn a_ramp_wakes_up_for_its_next_step() {
    let mut story = serving();
    story.seen.front_door().origins = Ok(vec![an_origin_of(&aks()).enabled_at(50)]);
    story.ledger = remembering(&aks(), Some(note().seen_at_step(0)));
    assert_eq!(wake_of(&story.plan()), Some((540, "for the next step of its ramp")));
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
