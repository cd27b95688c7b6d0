use super::*;
use crate::{
    ledger::Wake,
    testing::{SUBSCRIPTION, a_cluster, config, id, minute, remembering},
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
