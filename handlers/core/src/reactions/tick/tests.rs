use super::*;
use crate::{
    ledger::Wake,
    testing::{SUBSCRIPTION, a_cluster, config, config_with_updates, id, minute, note, remembering},
};

fn waking(name: &str, at: Timestamp) -> Ledger {
    let cluster = a_cluster(name);
    let mut ledger = remembering(&cluster, None);
    for record in ledger.stamps.values_mut() {
        record.wake = Some(Wake { at, why: "a test says so".to_owned() });
    }
    ledger
}

fn subjects(nudges: &[Nudge]) -> Vec<(&str, NudgeKind)> {
    nudges.iter().map(|nudge| (nudge.subject.name(), nudge.kind)).collect()
}

#[test]
fn a_sweep_is_due_at_first_and_then_every_so_many_minutes() {
    let swept = |at| Ledger { swept: Some(at), ..Ledger::default() };
    assert!(sweep_due(&config(), &Ledger::default(), minute(0)));
    assert!(!sweep_due(&config(), &swept(minute(0)), minute(14)));
    assert!(sweep_due(&config(), &swept(minute(0)), minute(15)));
}

#[test]
fn only_wake_ups_that_are_due_wake() {
    let ledger = waking("due", minute(5)).and(&a_cluster("asleep"), None);
    assert_eq!(nudges(&config(), &ledger, None, &BTreeSet::new(), "run", minute(4)), []);
    let due = nudges(&config(), &ledger, None, &BTreeSet::new(), "run", minute(5));
    assert_eq!(subjects(&due), [("due", NudgeKind::WakeUp)]);
    assert_eq!((due[0].event_id.as_str(), due[0].enqueued), ("tick-run", minute(5)));
}

#[test]
fn a_sweep_looks_once_at_every_cluster_in_scope_and_at_every_stamp_on_record() {
    let ledger = waking("b-due", minute(0)).and(&a_cluster("d-gone"), None);
    let foreign = id(&a_cluster("foreign").id.as_str().replace(SUBSCRIPTION, "/subscriptions/2"));
    let listed = [a_cluster("c-new").id, foreign, a_cluster("b-due").id, a_cluster("a-new").id];
    let nudges = nudges(&config(), &ledger, Some(&listed), &BTreeSet::new(), "run", minute(5));
    let expected = [
        ("a-new", NudgeKind::Sweep),
        ("b-due", NudgeKind::WakeUp),
        ("c-new", NudgeKind::Sweep),
        ("d-gone", NudgeKind::Sweep),
    ];
    assert_eq!(subjects(&nudges), expected);
}

// ---- updates

fn fleet_nudge(config: &FleetConfig, ledger: &Ledger, now: Timestamp) -> Vec<NudgeKind> {
    let nudges = nudges(config, ledger, None, &BTreeSet::new(), "run", now);
    nudges.into_iter().filter(|nudge| nudge.subject == config.fleet).map(|nudge| nudge.kind).collect()
}

fn listed_at(at: Timestamp, wake: Option<Timestamp>) -> Ledger {
    let mut ledger = Ledger::default();
    ledger.updates.listed = Some(at);
    ledger.updates.wake = wake;
    ledger
}

#[test]
fn the_fleets_updates_are_looked_at_when_a_wake_up_is_due_and_when_runs_were_not_listed_for_long() {
    let config = config_with_updates();
    let due = vec![NudgeKind::WakeUp];
    assert_eq!(fleet_nudge(&config, &Ledger::default(), minute(0)), due, "never listed");
    assert_eq!(fleet_nudge(&config, &listed_at(minute(0), None), minute(14)), []);
    assert_eq!(fleet_nudge(&config, &listed_at(minute(0), None), minute(15)), due);
    let waking = listed_at(minute(0), Some(minute(5)));
    assert_eq!(fleet_nudge(&config, &waking, minute(4)), []);
    assert_eq!(fleet_nudge(&config, &waking, minute(5)), due);
}

#[test]
fn where_updates_are_not_accompanied_they_are_looked_at_only_while_something_of_theirs_is_left() {
    let waking = listed_at(minute(0), Some(minute(0)));
    assert_eq!(fleet_nudge(&config(), &waking, minute(60)), []);
    let left = waking.wanting_out(&a_cluster("aks"), "r1/canary");
    assert_eq!(fleet_nudge(&config(), &left, minute(60)), [NudgeKind::WakeUp]);
}

#[test]
fn stamps_whose_holds_are_not_as_updates_want_are_looked_at_until_somebody_has() {
    let aks = a_cluster("aks");
    let held = note().held_by(Owner::Update("r1/canary".to_owned()));
    let told = |ledger: &Ledger| {
        let nudges = nudges(&config(), ledger, None, &BTreeSet::new(), "run", minute(1));
        nudges.iter().any(|nudge| nudge.kind == NudgeKind::UpdateTurned)
    };
    assert!(told(&remembering(&aks, Some(note())).wanting_out(&aks, "r1/canary")), "to be taken out");
    assert!(!told(&remembering(&aks, Some(held.clone())).wanting_out(&aks, "r1/canary")), "is out");
    assert!(
        told(&remembering(&aks, Some(held.clone())).wanting_out(&aks, "r1 failed")),
        "for another reason"
    );
    assert!(told(&remembering(&aks, Some(held))), "to be let back");
    assert!(!told(&remembering(&aks, Some(note()))));
    let mut refused = remembering(&aks, Some(note())).wanting_out(&aks, "r1/canary");
    refused.stamps.values_mut().for_each(|record| record.observed = minute(0));
    assert!(!told(&refused), "the guard has said no, and the stamp has a wake-up of its own");
}
