//! The way in, step by step.

use super::*;

#[test]
fn the_ramp_goes_step_by_step_after_its_bake() {
    // Enabled at minute 0, seen so at minute 2: the bake of ten minutes begins there.
    let seen_first = given(an_origin().enabled_at(50), Some(note().decided_step(0))).decided_at(2);
    assert_eq!(seen_first.diff, Diff::hold(Reason::Ramping { weight: 50, next: 500 }));
    assert_eq!(seen_first.due, Some(minute(12)));

    let early = given(an_origin().enabled_at(50), Some(seen_first.note)).decided_at(11);
    assert_eq!((early.diff.actions.as_slice(), early.due), (&[][..], Some(minute(12))));

    let baked = given(an_origin().enabled_at(50), Some(early.note)).decided_at(12);
    assert_eq!(baked.diff, set_weight(500));

    let not_yet_in_effect = given(an_origin().enabled_at(50), Some(baked.note)).decided_at(13);
    assert_eq!(not_yet_in_effect.diff, set_weight(500), "an unconfirmed step is written again");

    let last = given(an_origin().enabled_at(500), Some(not_yet_in_effect.note)).decided_at(14);
    assert_eq!((last.diff, last.due), (Diff::none(), None));
    assert_eq!(last.note.ramp, Some(RampNote { step: 1, since: minute(14), confirmed: true }));
}

#[test]
fn a_first_enabling_that_was_not_seen_in_effect_asks_for_the_proofs_again() {
    let again = given(an_origin(), Some(note().decided_step(0))).decided_at(5);
    assert_eq!(again.diff, enable(50));
    let case = given(an_origin(), Some(note().decided_step(0))).probe(Some(Probe::Bad("503".to_owned())));
    let standing = case.decided_at(5);
    assert_eq!(standing.diff.actions, []);
    assert_eq!((owners(&standing.note), standing.note.ramp), (vec![&Owner::Quarantine], None));
}

#[test]
fn a_weight_that_somebody_else_set_is_left_and_told() {
    let standing = given(an_origin().enabled_at(7), Some(note().seen_at_step(0))).decided_at(60);
    assert_eq!(standing.diff, Diff::hold(Reason::ForeignWeight { ours: 50, seen: Some(7) }));
}

#[test]
fn a_ramp_whose_host_cannot_be_told_waits() {
    let case = given(an_origin().enabled_at(50), Some(note().seen_at_step(0)));
    let standing = case.host(Err(unread("the Application Gateway"))).decided_at(60);
    assert_eq!(standing.diff, Diff::hold(Reason::Unread(unread("the Application Gateway"))));
    assert_eq!(standing.note, note().seen_at_step(0));
}

#[test]
fn a_ramp_goes_no_further_while_the_health_path_answers_badly() {
    let note = Some(note().seen_at_step(0));
    let case = || given(an_origin().enabled_at(50), note.clone());
    let paused = case().probe(Some(Probe::Bad("it answers 503".to_owned()))).decided_at(11);
    assert!(paused.diff.actions.is_empty(), "{paused:?}");
    assert_eq!(paused.due, Some(minute(21)), "looked at again after another bake");
    assert_eq!(case().decided_at(11).diff, set_weight(500));
}
