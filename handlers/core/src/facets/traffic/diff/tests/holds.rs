//! Several owners at one origin, writes under way, stamps that are not ready, and bad evidence on the way in.

use super::*;
use crate::facets::traffic::{RampStep, TrafficHold};

fn operator(name: &str) -> Owner {
    Owner::Operator(name.to_owned())
}

/// Taken out by us, for these owners.
fn out_for(owners: &[Owner]) -> TrafficNote {
    let note = owners.iter().fold(note(), |note, owner| note.held_by(owner.clone()));
    TrafficNote { taken_out: true, ..note }
}

#[test]
fn whoever_holds_a_serving_stamp_it_goes_out_and_is_remembered_as_taken_out_by_us() {
    for owner in [Owner::Incident, Owner::Update("run-1".to_owned()), operator("ann")] {
        let standing = given(an_origin().enabled_at(500), Some(note().held_by(owner.clone()))).decided_at(1);
        assert_eq!((standing.diff.actions, standing.note.taken_out), (vec![disable()], true), "{owner}");
    }
}

#[test]
fn each_hold_ends_by_itself_and_the_last_one_lets_the_stamp_come_back_through_quarantine() {
    let mut held = out_for(&[Owner::Incident, operator("ann"), operator("bob")]);
    for (owner, left) in [(operator("ann"), 2), (Owner::Incident, 1)] {
        held.release(&owner);
        let standing = given(an_origin(), Some(held.clone())).decided_at(1);
        assert_eq!((standing.diff.actions.len(), standing.note.holds.len()), (0, left), "{owner} released");
    }
    held.release(&operator("bob"));
    let unproven = given(an_origin(), Some(held.clone())).missing("fleet membership").decided_at(1);
    assert_eq!(
        (lacks(&unproven), owners(&unproven.note)),
        (&["fleet membership".to_owned()][..], vec![&Owner::Quarantine])
    );
    let proven = given(an_origin(), Some(held)).decided_at(1);
    assert_eq!(
        (proven.diff, proven.note.ramp.map(|ramp| ramp.step)),
        (enable(50), Some(0)),
        "from the first step"
    );
}

#[test]
fn a_hold_with_an_end_is_looked_at_then_and_is_over_then() {
    let mut held = out_for(&[]);
    let until = Some(minute(30));
    held.place(TrafficHold { owner: operator("ann"), reason: "a test".to_owned(), since: minute(0), until });
    let before = given(an_origin(), Some(held.clone())).decided_at(29);
    assert_eq!((before.diff.actions.len(), before.due), (0, Some(minute(30))));
    assert_eq!(given(an_origin(), Some(held)).decided_at(30).diff, enable(50));
}

#[test]
fn disabling_a_stamp_that_we_hold_changes_nothing_and_enabling_it_is_undone() {
    let held = out_for(&[operator("ann")]);
    assert_eq!(given(an_origin(), Some(held.clone())).decided_at(1).note, held, "no unknown owner appears");
    let enabled = given(an_origin().enabled_at(500), Some(held)).decided_at(1);
    assert_eq!(enabled.diff.actions, [disable()]);
}

#[test]
fn while_a_write_may_be_under_way_nothing_is_concluded_from_what_was_seen() {
    let confirmed = note().seen_at_step(1);
    let released = out_for(&[]);
    let held = note().held_by(operator("ann"));
    let cases = [
        ("an enabling that is not in effect yet", an_origin(), note().decided_step(0)),
        ("an origin seen before it was enabled and confirmed", an_origin(), confirmed),
        ("a removal that may not have landed", an_origin().enabled_at(500), released),
        ("an unknown owner's release", an_origin().enabled_at(500), note().held_by(Owner::Unknown)),
        ("a hold placed meanwhile", an_origin().enabled_at(500), held),
    ];
    for (what, origin, before) in cases {
        let standing = given(origin, Some(before.clone())).claimed().decided_at(1);
        assert_eq!((standing.note, standing.diff.actions), (before, vec![]), "{what}");
        assert!(matches!(standing.diff.reasons[..], [Reason::Busy { .. }]), "{what}");
    }
}

// ---- a stamp that is not ready, or can't be read

#[test]
fn an_unready_stamp_goes_out_when_it_is_held_and_never_comes_in() {
    let serving = || an_origin().enabled_at(500);
    let held = || Some(note().held_by(Owner::Incident));
    let table = [
        ("held and serving", serving(), held(), vec![disable()]),
        ("held and out", an_origin(), held(), vec![]),
        ("proven and waiting", an_origin(), quarantine(), vec![]),
        ("serving in quarantine", serving(), quarantine(), vec![]),
        ("nobody's", serving(), Some(note()), vec![]),
        ("released", an_origin(), Some(out_for(&[])), vec![]),
        ("held, with a failed operation", serving().that_is(Progress::Failed), held(), vec![disable()]),
        ("held, with an operation running", serving().that_is(Progress::Busy), held(), vec![]),
    ];
    for (what, origin, note, expected) in table {
        assert_eq!(given(origin, note).unready_at(1).diff.actions, expected, "{what}");
    }
}

#[test]
fn an_unready_stamp_whose_host_is_unknown_is_found_by_the_origin_it_had() {
    let adopted = an_origin_of(&a_cluster("aks")).named("made-by-hand").enabled_at(500);
    let case = given(adopted.clone(), Some(note().held_by(Owner::Incident))).host(Err(unread("its host")));
    let standing = withdraw(case.at(&wanted(), Some(&adopted.id), 1));
    assert_eq!(standing.diff.actions, [Action::Disable { origin: adopted.id }]);
}

// ---- bad evidence on the way in

fn three_steps() -> Wanted {
    let step = |weight| RampStep { weight, bake_minutes: 10 };
    Wanted { ramp: vec![step(50), step(200), step(500)], ..wanted() }
}

#[test]
fn bad_evidence_sends_a_stamp_on_its_way_in_back_a_step_and_no_other() {
    let bad = || Verdict::Bad("our probe: 503".to_owned());
    let back = |step: usize, weight: u16, verdict: Verdict| {
        let case = given(an_origin().enabled_at(weight), Some(note().seen_at_step(step))).verdict(verdict);
        let proofs = Proofs::default();
        let standing = diff(case.at(&three_steps(), None, 1), &proofs);
        (standing.diff.actions, standing.note.ramp.map(|ramp| (ramp.step, ramp.confirmed)))
    };
    let to_first = Action::SetWeight { origin: an_origin().id, weight: 50 };
    assert_eq!(back(1, 200, bad()), (vec![to_first], Some((0, false))));
    assert_eq!(back(0, 50, bad()), (vec![], Some((0, true))), "below the first step is only a hold");
    assert_eq!(back(2, 500, bad()), (vec![], Some((2, true))), "at full weight the hysteresis judges");
    let unknown = Verdict::Unknown("nobody said anything".to_owned());
    assert_eq!(back(1, 200, unknown), (vec![], Some((1, true))), "what is unknown moves nothing");
}
