//! Writes that others are at, that were not taken, and that failed.

use super::*;
use crate::setback::{Fault, FaultClass, Setback};

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
