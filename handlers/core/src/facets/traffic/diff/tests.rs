mod holds;
mod ramp;
mod removal;

use super::*;
use crate::{
    facets::traffic::{self, Seen, remove},
    health::Verdict,
    testing::{a_cluster, an_origin_of, config, front_door, minute, note, shared, unread},
    world::{self, ClusterSeen},
};

/// The origin of `aks` in the usual configuration: ramp 50 for ten minutes, then 500.
struct Case {
    aks: ClusterSeen,
    seen: Seen,
    note: Option<TrafficNote>,
    missing: Vec<String>,
    claimed: bool,
    verdict: Option<Verdict>,
}

fn given(origin: OriginSeen, note: Option<TrafficNote>) -> Case {
    let aks = a_cluster("aks");
    let seen = Seen { origins: Ok(vec![origin]), ..front_door(&aks) };
    Case { aks, seen, note, missing: Vec::new(), claimed: false, verdict: None }
}

impl Case {
    fn host(mut self, host: Result<&str, Unread>) -> Self {
        self.seen.host = host.map(str::to_owned);
        self
    }

    fn probe(mut self, probe: Option<Probe>) -> Self {
        self.seen.probe = probe;
        self
    }

    fn missing(mut self, proof: &str) -> Self {
        self.missing.push(proof.to_owned());
        self
    }

    /// A write to the origin may still be under way.
    fn claimed(mut self) -> Self {
        self.claimed = true;
        self
    }

    fn verdict(mut self, verdict: Verdict) -> Self {
        self.verdict = Some(verdict);
        self
    }

    fn at<'a>(&'a self, wanted: &'a Wanted, known: Option<&'a ArmId>, minutes: i64) -> traffic::Case<'a> {
        let (cluster, seen, note) = (&self.aks.id, &self.seen, self.note.as_ref());
        traffic::Case {
            wanted,
            cluster,
            seen,
            note,
            known,
            claimed: self.claimed,
            verdict: self.verdict.as_ref(),
            now: minute(minutes),
        }
    }

    fn decided_at(self, minutes: i64) -> Standing {
        let wanted = wanted();
        let proofs = Proofs { missing: self.missing.clone(), ..Proofs::default() };
        diff(self.at(&wanted, None, minutes), &proofs)
    }

    /// What happens when the stamp is not ready, or can't be read.
    fn unready_at(self, minutes: i64) -> Standing {
        withdraw(self.at(&wanted(), None, minutes))
    }

    fn removed(self, adopted: Option<&ArmId>) -> Standing {
        remove(self.at(&wanted(), adopted, 1), "its cluster was deleted")
    }
}

fn wanted() -> Wanted {
    world::origin_of(&config().traffic.expect("traffic is configured"))
}

fn an_origin() -> OriginSeen {
    an_origin_of(&a_cluster("aks"))
}

fn quarantine() -> Option<TrafficNote> {
    Some(note().held_by(Owner::Quarantine))
}

fn enable(weight: u16) -> Diff<Action, Reason> {
    Diff::act(Action::Enable { origin: an_origin().id, weight })
}

fn set_weight(weight: u16) -> Diff<Action, Reason> {
    Diff::act(Action::SetWeight { origin: an_origin().id, weight })
}

fn disable() -> Action {
    Action::Disable { origin: an_origin().id }
}

fn owners(note: &TrafficNote) -> Vec<&Owner> {
    note.holds.iter().map(|hold| &hold.owner).collect()
}

/// The proofs that a stamp in quarantine still lacks.
fn lacks(standing: &Standing) -> &[String] {
    match standing.diff.reasons.as_slice() {
        [Reason::Quarantined { missing }] => missing,
        _ => panic!("{standing:?}"),
    }
}

// ---- at rest and at first sight

#[test]
fn an_origin_at_its_last_step_is_left_alone() {
    let standing = given(an_origin().enabled_at(500), Some(note().seen_at_step(1))).decided_at(60);
    assert_eq!((standing.diff, standing.due), (Diff::none(), None));
    assert_eq!(standing.note, note().seen_at_step(1));
}

#[test]
fn a_stamp_that_served_before_we_knew_it_is_let_be_at_any_weight() {
    let first = given(an_origin().enabled_at(333), None).decided_at(0);
    assert_eq!((&first.diff, &first.note), (&Diff::none(), &note()));
    let later = given(an_origin().enabled_at(333), Some(first.note)).decided_at(60);
    assert_eq!(later.diff, Diff::none());
}

#[test]
fn a_disabled_origin_that_nobody_remembers_belongs_to_an_unknown_owner() {
    let standing = given(an_origin(), None).decided_at(0);
    assert_eq!((standing.diff.actions.len(), owners(&standing.note)), (0, vec![&Owner::Unknown]));
    let later = given(an_origin(), Some(standing.note)).decided_at(600);
    assert_eq!(later.diff.actions, [], "however well it is: only an operator may release it");
}

#[test]
fn origins_that_could_not_be_read_permit_nothing_and_forget_nothing() {
    let mut case = given(an_origin(), quarantine());
    case.seen.origins = Err(unread("the origins"));
    let standing = case.decided_at(1);
    assert_eq!(standing.diff, Diff::hold(Reason::Unread(unread("the origins"))));
    assert_eq!(Some(standing.note), quarantine());
}

// ---- the way in

#[test]
fn a_new_origin_is_created_disabled_and_quarantined() {
    let mut case = given(an_origin(), None);
    case.seen.origins = Ok(vec![an_origin_of(&a_cluster("other"))]);
    let standing = case.decided_at(0);
    let expected = Origin {
        id: an_origin().id,
        host: "aks.example.net".to_owned(),
        http_port: 80,
        https_port: 443,
        priority: 1,
        weight: 50,
        enabled: false,
        rewrites_failed: false,
    };
    assert_eq!(standing.diff, Diff::act(Action::Put(expected)));
    assert_eq!(owners(&standing.note), [&Owner::Quarantine]);
}

#[test]
fn without_a_public_host_there_is_no_origin() {
    let mut case = given(an_origin(), None).host(Err(unread("the host tag")));
    case.seen.origins = Ok(Vec::new());
    assert_eq!(case.decided_at(0).diff, Diff::hold(Reason::NoHost(unread("the host tag"))));
}

#[test]
fn an_origin_that_somebody_made_for_the_same_host_is_adopted() {
    let theirs = an_origin().named("made-by-hand").pointing_to("AKS.example.net").enabled_at(100);
    let standing = given(theirs.clone(), None).decided_at(0);
    assert_eq!((standing.diff, standing.origin), (Diff::none(), Some(theirs)));
}

#[test]
fn quarantine_ends_when_every_proof_is_there_and_not_before() {
    let bad = Probe::Bad("503".to_owned());
    let proven = given(an_origin(), quarantine()).decided_at(5);
    assert_eq!(proven.diff, enable(50));
    assert_eq!(
        proven.note,
        TrafficNote {
            holds: Vec::new(),
            ramp: Some(RampNote { step: 0, since: minute(5), confirmed: false }),
            taken_out: false,
        }
    );

    let table = [
        (given(an_origin(), quarantine()).probe(None), "a good probe of its health path (not asked yet)"),
        (given(an_origin(), quarantine()).probe(Some(bad)), "a good probe of its health path (503)"),
        (given(an_origin(), quarantine()).missing("fleet membership"), "fleet membership"),
    ];
    for (case, proof) in table {
        let standing = case.decided_at(5);
        assert_eq!((standing.diff.actions.as_slice(), lacks(&standing)), (&[][..], &[proof.to_owned()][..]));
        assert_eq!(Some(standing.note), quarantine());
    }
}

#[test]
fn a_stamp_whose_host_cannot_be_told_does_not_leave_quarantine() {
    let case = given(an_origin(), quarantine()).host(Err(unread("the Application Gateway")));
    let standing = case.decided_at(5);
    assert_eq!(standing.diff.actions, [], "its origin may point to a host that is not its own any more");
}

#[test]
fn proofs_do_not_release_what_somebody_else_holds() {
    let both = note().held_by(Owner::Quarantine).held_by(Owner::Unknown);
    let standing = given(an_origin(), Some(both.clone())).decided_at(5);
    assert_eq!((standing.diff.actions.as_slice(), standing.note), (&[][..], both));
}

#[test]
fn an_origin_that_somebody_else_disabled_stays_so() {
    for served in [note().seen_at_step(0), note().decided_step(1), note().seen_at_step(1), note()] {
        let standing = given(an_origin(), Some(served.clone())).decided_at(60);
        assert_eq!(standing.diff.actions, [], "{served:?}");
        assert_eq!(owners(&standing.note), [&Owner::Unknown], "{served:?}");
    }
}

// ---- out of order

#[test]
fn an_unknown_owner_holds_while_the_origin_is_disabled_and_releases_by_enabling_it() {
    let held = || Some(note().held_by(Owner::Unknown));
    let out = given(an_origin(), held()).decided_at(5);
    assert_eq!(out.diff, Diff::hold(Reason::Held { by: "unknown owner (a test says so)".to_owned() }));
    let back = given(an_origin().enabled_at(500), held()).decided_at(5);
    assert_eq!((back.diff, back.note), (Diff::none(), note()), "it serves at the weight that it was given");
}

#[test]
fn an_unproven_origin_that_takes_traffic_is_taken_out() {
    let case = given(an_origin().enabled_at(50), quarantine()).missing("fleet membership");
    assert_eq!(case.decided_at(5).diff.actions, [disable()]);
}

#[test]
fn a_moved_host_leaves_traffic_before_its_origin_is_repointed() {
    let serving = given(an_origin().enabled_at(500), Some(note().seen_at_step(1)));
    let out = serving.host(Ok("new.example.net")).decided_at(5);
    assert_eq!(out.diff.actions, [disable()]);
    assert_eq!(lacks(&out), ["its origin to point to new.example.net"]);

    let repoint = given(an_origin(), Some(out.note)).host(Ok("new.example.net")).decided_at(6);
    let action = Action::Repoint { origin: an_origin().id, host: "new.example.net".to_owned() };
    assert_eq!(repoint.diff, Diff::act(action));

    let moved = an_origin().pointing_to("new.example.net");
    let back = given(moved, Some(repoint.note)).host(Ok("new.example.net")).decided_at(7);
    assert_eq!(back.diff, enable(50), "through the same door as a new stamp");
}

#[test]
fn a_busy_origin_is_left_to_front_door() {
    let held = Diff::hold(Reason::Busy { origin: an_origin().id.name().to_owned() });
    let busy = an_origin().that_is(Progress::Busy);
    let standing = given(busy.clone(), quarantine()).decided_at(5);
    assert_eq!((standing.diff, Some(standing.note)), (held.clone(), quarantine()));
    assert_eq!(given(busy, quarantine()).removed(None).diff, held);
}

#[test]
fn a_failed_origin_is_written_whole_again_as_it_stood() {
    let origin = an_origin().enabled_at(123).pointing_to("old.example.net").that_is(Progress::Failed);
    let standing = given(origin, Some(note().seen_at_step(0))).decided_at(5);
    let [Action::Put(whole)] = standing.diff.actions.as_slice() else { panic!("{standing:?}") };
    assert_eq!((whole.enabled, whole.weight, whole.host.as_str()), (true, 123, "old.example.net"));
    assert!(whole.rewrites_failed);
    assert_eq!(standing.note, note().seen_at_step(0));
}

// ---- whose origin it is

#[test]
fn origins_of_another_group_are_not_looked_for() {
    let elsewhere = shared("Microsoft.Cdn/profiles/afd-two/originGroups/stamps");
    let other_group = Wanted { origin_group: elsewhere.clone(), ..wanted() };
    let case = given(an_origin(), None).host(Ok("new.example.net"));
    let standing = diff(case.at(&other_group, None, 0), &Proofs::default());
    let [Action::Put(origin)] = standing.diff.actions.as_slice() else { panic!("{standing:?}") };
    assert!(origin.id.is_within(&elsewhere));
}

#[test]
fn an_adopted_origin_is_not_forgotten_while_the_host_cannot_be_told() {
    let adopted = OriginSeen {
        id: an_origin().id.parent().expect("a group").child("origins/theirs").expect("an id"),
        ..an_origin()
    };
    let case = given(adopted.clone(), Some(note())).host(Err(unread("the gateway")));
    let wanted = wanted();
    let seen = |known| diff(case.at(&wanted, known, 0), &Proofs::default()).origin;
    assert_eq!(seen(Some(&adopted.id)), Some(adopted.clone()));
    assert_eq!(seen(None), None, "unknown before, it is nobody's");
}

#[test]
fn a_recreated_cluster_leaves_traffic_and_is_proven_again() {
    let case = given(an_origin().enabled_at(500), Some(note().seen_at_step(1)));
    let wanted = wanted();
    let recreated = Proofs { missing: vec!["fleet membership".to_owned()], recreated: true, unseen: false };
    let standing = diff(case.at(&wanted, None, 30), &recreated);
    assert_eq!(standing.diff.actions, [disable()]);
    assert!(standing.note.is_held_by(&Owner::Quarantine) && standing.note.ramp.is_none());
}

#[test]
fn a_proof_that_could_not_be_looked_for_takes_no_origin_out_of_traffic() {
    let case = given(an_origin().enabled_at(50), quarantine());
    let wanted = wanted();
    let proofs = |unseen| Proofs { missing: vec!["pull access".to_owned()], recreated: false, unseen };
    assert!(diff(case.at(&wanted, None, 0), &proofs(true)).diff.actions.is_empty());
    assert_eq!(diff(case.at(&wanted, None, 0), &proofs(false)).diff.actions, [disable()]);
}
