//! What each command comes to for one stamp.

use super::*;
use crate::{
    command::Target,
    facets::traffic::{Probe, TrafficNote},
    testing::{
        Story, a_cluster, all_in_place, an_origin_of, config, config_where, config_with_updates, minute,
        note, remembering, seen,
    },
    trigger::NudgeKind,
    world::{ClusterSeen, Seen},
};

fn aks() -> ClusterSeen {
    a_cluster("aks")
}

fn command(order: Order) -> Command {
    Command {
        id: "c-1".to_owned(),
        requested_by: "ann".to_owned(),
        reason: "planned work".to_owned(),
        dry_run: false,
        order,
    }
}

fn this() -> Target {
    Target::Stamp("aks".to_owned())
}

fn drain() -> Command {
    command(Order::Drain { target: this(), hold: None, expires: None })
}

fn hold() -> Command {
    command(Order::Hold { target: this(), hold: None, expires: None })
}

fn restore() -> Command {
    command(Order::Restore { target: this(), hold: None })
}

fn release_unknown() -> Command {
    command(Order::Release { target: this(), owner: ReleaseOwner::Unknown, hold: None })
}

fn an_update() -> Owner {
    Owner::Update("run-1".to_owned())
}

fn ann() -> Owner {
    Owner::Operator("ann".to_owned())
}

/// The stamp serves, and so does a peer.
fn serving() -> Story {
    let seen = all_in_place(&aks()).with_peer(&a_cluster("peer"), Probe::Good);
    let ledger = remembering(&aks(), Some(note().seen_at_step(1))).and(&a_cluster("peer"), Some(note()));
    Story::of(&aks().id, config(), seen, ledger)
}

/// The stamp is out for these owners, taken out by us; a peer serves.
fn out_for(owners: &[Owner]) -> Story {
    let held = owners.iter().fold(note(), |note, owner| note.held_by(owner.clone()));
    let mut story = serving().remembering(TrafficNote { taken_out: true, ..held });
    if let Ok(origins) = &mut story.seen.front_door().origins {
        origins[0].enabled = false;
    }
    if owners.contains(&an_update()) {
        story.config = config_with_updates();
        story.ledger = story.ledger.wanting_out(&aks(), "run-1");
    }
    story
}

impl Story {
    fn remembering(mut self, note: TrafficNote) -> Self {
        self.ledger = self.ledger.and(&aks(), Some(note));
        self
    }

    fn asked(&self, command: &Command) -> Answered {
        answer(
            command,
            &Question {
                trigger: NudgeKind::Command,
                subject: &self.subject,
                config: &self.config,
                seen: &self.seen,
                ledger: &self.ledger,
                now: self.now,
            },
        )
    }
}

fn note_of(answered: &Answered) -> TrafficNote {
    answered.plan.record.as_ref().and_then(|record| record.traffic.clone()).expect("a note")
}

fn owners(answered: &Answered) -> Vec<Owner> {
    note_of(answered).holds.into_iter().map(|hold| hold.owner).collect()
}

/// Whether it is granted, how it ends, and with how many writes.
fn told(answered: &Answered) -> (bool, Status, usize) {
    (answered.granted, answered.result.status, answered.plan.actions.len())
}

const DONE: bool = true;

// ---- drain

#[test]
fn a_drain_takes_the_stamp_out_under_the_name_of_whoever_asks() {
    let answered = serving().asked(&drain());
    assert_eq!(told(&answered), (DONE, Status::Done, 1));
    insta::assert_snapshot!(answered.plan, @r#"
    stamp changed aks: 1 write
      do    disable origin aks-1be8b585
      hold  held out of traffic by operator ann (planned work (asked by ann))
    "#);
    assert_eq!(owners(&answered), [ann()]);
    assert_eq!(note_of(&answered).holds[0].reason, "planned work (asked by ann)");
}

#[test]
fn a_drain_that_the_guard_refuses_leaves_no_trace_and_says_why() {
    let mut alone = serving();
    alone.seen.front_door().peers[0].1 = Probe::Bad("503".to_owned());
    let answered = alone.asked(&drain());
    assert_eq!((answered.granted, answered.result.status), (false, Status::Refused));
    assert_eq!(
        answered.result.why_not,
        [
            "refused to disable origin aks-1be8b585: 0 other healthy origin(s) would be left in traffic, the configured minimum is 1"
        ]
    );
    assert_eq!(answered.result.did, Vec::<String>::new());
}

#[test]
fn a_second_drain_by_the_same_name_is_the_first_and_one_by_another_name_is_one_more() {
    let story = out_for(&[ann()]);
    let again = story.asked(&drain());
    assert_eq!(
        (again.result.status, note_of(&again).holds[0].since),
        (Status::Done, minute(0)),
        "since the first"
    );
    let twice = story.remembering(note_of(&again)).asked(&drain());
    assert_eq!(told(&twice), (DONE, Status::NoOp, 0));
    let bobs = Command { requested_by: "bob".to_owned(), ..drain() };
    let also = out_for(&[ann()]).asked(&bobs);
    assert_eq!(owners(&also), [ann(), Owner::Operator("bob".to_owned())]);
}

#[test]
fn a_drain_with_a_name_and_an_end_is_kept_under_both() {
    let until = Some(minute(90));
    let order = Order::Drain { target: this(), hold: Some("change-7".to_owned()), expires: until };
    let held = note_of(&serving().asked(&command(order))).holds.remove(0);
    assert_eq!((held.owner, held.until), (Owner::Operator("change-7".to_owned()), until));
}

#[test]
fn what_is_asked_while_a_write_to_the_origin_is_under_way_waits_or_is_refused() {
    let claimed = |mut story: Story| {
        let record = story.ledger.stamp(&aks().id).cloned();
        story.ledger.begin(record.as_ref(), &aks().id, &[an_origin_of(&aks()).id], "another", story.now);
        story
    };
    let table = [
        ("drain of one that comes in", claimed(out_for(&[])), drain(), (DONE, Status::Held, 0)),
        ("drain of one that serves", claimed(serving()), drain(), (DONE, Status::Held, 0)),
        ("hold", claimed(out_for(&[])), hold(), (false, Status::Refused, 0)),
        ("restore", claimed(out_for(&[ann()])), restore(), (DONE, Status::Held, 0)),
    ];
    for (what, story, command, expected) in table {
        assert_eq!(told(&story.asked(&command)), expected, "{what}");
    }
}

// ---- hold, restore, release

#[test]
fn a_hold_keeps_out_what_is_out_and_never_takes_out_what_serves() {
    let kept = out_for(&[an_update()]).asked(&hold());
    assert_eq!((told(&kept), owners(&kept)), ((DONE, Status::Done, 0), vec![an_update(), ann()]));
    let refused = serving().asked(&hold());
    assert_eq!((refused.granted, refused.result.status), (false, Status::Refused));
    assert_eq!(refused.result.why_not, ["the stamp takes traffic; use drain to take it out"]);
    let mut alone = serving();
    alone.seen.front_door().peers[0].1 = Probe::Bad("503".to_owned());
    let refused = alone.asked(&hold()).result.why_not;
    assert_eq!(refused, ["the stamp takes traffic; use drain to take it out"], "whatever the guard says");
}

#[test]
fn a_restore_brings_the_stamp_back_at_the_first_step_of_its_way_in() {
    let answered = out_for(&[ann()]).asked(&restore());
    assert_eq!(told(&answered), (DONE, Status::Done, 1));
    assert_eq!(answered.result.did, ["enable origin aks-1be8b585 at weight 50"]);
    assert_eq!(owners(&answered), []);
}

#[test]
fn a_restored_stamp_that_is_not_proven_waits_in_quarantine() {
    let mut story = out_for(&[ann()]);
    story.seen.front_door().probe = Some(Probe::Bad("503".to_owned()));
    let answered = story.asked(&restore());
    assert_eq!((told(&answered), owners(&answered)), ((DONE, Status::Held, 0), vec![Owner::Quarantine]));
}

#[test]
fn a_restore_ends_only_ones_own_hold() {
    let bob = Owner::Operator("bob".to_owned());
    let others = out_for(&[an_update(), ann(), bob.clone()]);
    let answered = others.asked(&restore());
    assert_eq!((answered.granted, answered.result.status), (true, Status::Held));
    assert_eq!(owners(&answered), [an_update(), bob.clone()]);

    let not_mine = out_for(&[bob]).asked(&restore());
    assert_eq!((not_mine.granted, not_mine.result.status), (false, Status::NoOp));
    assert_eq!(not_mine.result.why_not, ["operator ann does not hold the stamp; held by operator bob"]);
}

#[test]
fn the_release_of_an_unknown_owner_lets_the_stamp_come_back_once_it_is_proven() {
    let mut story = out_for(&[]).remembering(note().held_by(Owner::Unknown));
    let answered = story.asked(&release_unknown());
    assert_eq!((told(&answered), owners(&answered)), ((DONE, Status::Done, 1), vec![]));
    story.seen.front_door().probe = Some(Probe::Bad("503".to_owned()));
    let unproven = story.asked(&release_unknown());
    assert_eq!((told(&unproven), owners(&unproven)), ((DONE, Status::Held, 0), vec![Owner::Quarantine]));
    assert_eq!(serving().asked(&release_unknown()).result.status, Status::NoOp);
}

// ---- health, enrolment, reconcile

#[test]
fn a_stated_health_outweighs_what_the_probe_says() {
    let state = |health| command(Order::StateHealth { target: this(), health, expires: minute(60) });
    let verdict = |health| {
        let config = config_where(|document| document["health"] = serde_json::json!({}));
        let answered = Story { config, ..serving() }.asked(&state(health));
        assert!(answered.granted, "{answered:?}");
        answered.plan.record.expect("remembered").report.health.verdict
    };
    assert_eq!(verdict(StatedHealth::Good), "good");
    assert_eq!(verdict(StatedHealth::Bad), "bad: an operator: planned work (stated by ann)");
    assert_eq!(verdict(StatedHealth::Unknown), "good", "as the probe says");
}

#[test]
fn a_decommissioned_stamp_is_taken_apart_step_by_step_and_remembered_and_enrolled_again_only_on_command() {
    let cluster = aks().id;
    let mut story = serving();
    let answered = story.asked(&command(Order::Decommission { cluster: cluster.clone() }));
    assert_eq!(answered.result.did, ["disable origin aks-1be8b585"]);
    story.ledger.begin(answered.plan.record.as_ref(), &cluster, &[], "the command", story.now);
    let steps: Vec<String> = (0..5).map(|_| story.round().to_string()).collect();
    insta::assert_snapshot!(steps.join("\n"), @r#"
    stamp removed aks: 1 write
      do    disable origin aks-1be8b585
      hold  removal waits: what is left follows when this step is seen done
    stamp removed aks: 1 write
      do    delete origin aks-1be8b585
      hold  removal waits: what is left follows when this step is seen done
    stamp removed aks: 1 write
      do    revoke our stale role assignment 8a22d171-423f-508e-b8c4-1a64c2e1e855
      hold  removal waits: what is left follows when this step is seen done
    stamp removed aks: 1 write
      do    remove fleet member aks-1be8b585
      hold  removal waits: what is left follows when this step is seen done
    stamp removed aks: nothing to do
      hold  decommissioned by ann (planned work); the command enroll brings it back
    "#);

    let enrolled = story.asked(&command(Order::Enroll { cluster: cluster.clone() }));
    assert!(enrolled.granted && !enrolled.plan.actions.is_empty(), "{}", enrolled.plan);
    assert_eq!(enrolled.plan.record.and_then(|record| record.retired), None);
}

#[test]
fn only_an_existing_cluster_in_scope_is_enrolled() {
    let enroll = command(Order::Enroll { cluster: aks().id });
    let new = Story { ledger: Ledger::default(), seen: seen(&aks()), ..serving() };
    assert_eq!(new.asked(&enroll).result.status, Status::Done);
    let gone = Story { seen: Seen { cluster: Ok(None), ..new.seen.clone() }, ..new.clone() };
    let opted_out = aks().tagged(&config().scope.opt_out_tag, "true");
    let left_out = Story { seen: Seen { cluster: Ok(Some(opted_out)), ..new.seen.clone() }, ..new };
    for (story, why) in [(gone, "the cluster does not exist"), (left_out, "left alone")] {
        let answered = story.asked(&enroll);
        assert_eq!((answered.granted, answered.result.status), (false, Status::Refused));
        assert!(answered.result.why_not[0].starts_with(why), "{:?}", answered.result);
    }
}

#[test]
fn reconcile_asks_for_nothing_but_a_look() {
    let reconcile = command(Order::Reconcile { target: this() });
    let settled = serving().asked(&reconcile);
    assert_eq!(told(&settled), (DONE, Status::NoOp, 0), "{}", settled.plan);
}

#[test]
fn a_cluster_that_nobody_knows_can_only_be_enrolled_or_looked_at() {
    let unknown = Story { ledger: Ledger::default(), ..serving() };
    for command in [drain(), hold(), restore(), release_unknown()] {
        let answered = unknown.asked(&command);
        assert_eq!((answered.granted, answered.result.status), (false, Status::Refused));
        assert_eq!(answered.result.why_not, ["no stamp of this cluster is on record; enroll it first"]);
    }
}
