//! A stamp on its way out for good.

use super::*;

#[test]
fn a_removed_stamp_leaves_traffic_before_front_door() {
    let out = given(an_origin().enabled_at(500), Some(note().seen_at_step(1))).removed(None);
    assert_eq!(out.diff, Diff::act(disable()));
    assert_eq!(owners(&out.note), [&Owner::Decommission]);

    let deleted = given(an_origin(), Some(out.note)).removed(None);
    assert_eq!(deleted.diff, Diff::act(Action::Delete { origin: an_origin().id }));

    let mut case = given(an_origin(), Some(deleted.note));
    case.seen.origins = Ok(vec![an_origin_of(&a_cluster("other"))]);
    assert_eq!(case.removed(None).diff, Diff::none());
}

#[test]
fn an_adopted_origin_is_disabled_but_not_deleted() {
    let theirs = an_origin().named("made-by-hand");
    let serving = given(theirs.clone().enabled_at(500), None).removed(Some(&theirs.id));
    assert_eq!(serving.diff, Diff::act(Action::Disable { origin: theirs.id.clone() }));
    let disabled = given(theirs.clone(), None).removed(Some(&theirs.id));
    assert_eq!(disabled.diff, Diff::none());
    assert_eq!(given(theirs.enabled_at(500), None).removed(None).diff, Diff::none(), "not ours to touch");
}

#[test]
fn a_removal_that_cannot_see_the_origins_waits() {
    let mut case = given(an_origin(), quarantine());
    case.seen.origins = Err(unread("the origins"));
    assert_eq!(case.removed(None).diff, Diff::hold(Reason::Unread(unread("the origins"))));
}
