use super::*;
use crate::{
    command::{GuardRule, Target},
    facets::traffic::Probe,
    health::{Evidence, Says, Source, Standing},
    ledger::Override,
    plan::Plan,
    reactions::tick::check_up,
    testing::{Story, a_cluster, all_in_place, config_where, minute, note, remembering},
};

fn judged() -> FleetConfig {
    config_where(|document| document["health"] = serde_json::json!({ "failAfterMinutes": 0 }))
}

fn rules() -> Health {
    judged().health.expect("health is judged")
}

/// Stamps that serve, each with a word of its probe, or none.
fn fleet(words: &[Option<Says>]) -> Ledger {
    let mut ledger = Ledger::default();
    for (at, says) in words.iter().enumerate() {
        let cluster = a_cluster(&format!("aks-{at}"));
        ledger = ledger.and(&cluster, Some(note()));
        let health = &mut ledger.stamps.get_mut(cluster.id.key()).expect("on record").health;
        if let Some(says) = *says {
            let (source, key, why) = (Source::Probe, String::new(), "a test says so".to_owned());
            health.take(Evidence { source, key, says, why, at: minute(0), until: minute(60) }, minute(0));
        }
    }
    ledger
}

fn picture(words: &[Option<Says>]) -> Picture {
    Picture::of(&fleet(words), &rules(), minute(1))
}

const GOOD: Option<Says> = Some(Says::Good);
const BAD: Option<Says> = Some(Says::Bad);

#[test]
fn the_brake_is_on_when_more_than_the_configured_share_is_bad() {
    let table = [
        (vec![], false),
        (vec![GOOD, GOOD], false),
        (vec![BAD], true),
        (vec![BAD, GOOD], false),
        (vec![BAD, BAD, GOOD], true),
        (vec![BAD, BAD, GOOD, None], false),
        (vec![BAD, BAD, BAD], true),
        (vec![None, None], false),
    ];
    for (words, expected) in table {
        let picture = picture(&words);
        assert_eq!(picture.brakes(&rules()), expected, "half is allowed: {picture}");
    }
}

#[test]
fn only_stamps_that_serve_or_are_out_for_a_while_are_in_the_picture() {
    let with = |owner: Owner| {
        let mut ledger = fleet(&[BAD, GOOD]);
        ledger
            .stamps
            .values_mut()
            .take(1)
            .for_each(|record| record.traffic = Some(note().held_by(owner.clone())));
        Picture::of(&ledger, &rules(), minute(1))
    };
    for owner in [Owner::Incident, Owner::Operator("ann".to_owned())] {
        assert_eq!(with(owner.clone()), Picture { of: 2, bad: 1, blind: 0 }, "{owner}");
    }
    let update = Owner::Update("run-1".to_owned());
    for owner in [Owner::Quarantine, Owner::Decommission, Owner::Unknown, update] {
        assert_eq!(with(owner.clone()), Picture { of: 1, bad: 0, blind: 0 }, "{owner}");
    }
}

#[test]
fn a_newer_verdict_on_one_stamp_takes_the_place_of_the_remembered_one() {
    let ledger = fleet(&[GOOD, GOOD]);
    let verdict = Verdict::Bad("503".to_owned());
    let picture = Picture::with(&ledger, &rules(), minute(1), &a_cluster("aks-0").id, &verdict);
    assert_eq!(picture, Picture { of: 2, bad: 1, blind: 0 });
}

/// So many ticks, each with the same answers of all health paths.
fn ticks(
    ledger: &mut Ledger,
    answers: Option<&Probe>,
    minutes: std::ops::Range<i64>,
) -> (usize, usize, usize) {
    let clusters: Vec<ArmId> = ledger.stamps.values().map(|record| record.cluster.clone()).collect();
    let probes: Vec<(ArmId, Probe)> =
        answers.iter().flat_map(|answer| clusters.iter().map(|id| (id.clone(), (*answer).clone()))).collect();
    let mut told = (0, 0, 0);
    for at in minutes {
        let checkup = check_up(&judged(), ledger, &probes, minute(at));
        told.0 += checkup.turned.len();
        told.1 += checkup.raised.len();
        told.2 += checkup.over.len();
        ledger.note_told(&checkup.raised);
    }
    told
}

#[test]
fn when_all_turn_bad_nothing_is_to_be_drained_and_people_are_told_once() {
    let mut ledger = fleet(&[GOOD, GOOD, GOOD]);
    let bad = Probe::Bad("503".to_owned());
    assert_eq!(ticks(&mut ledger, Some(&bad), 1..31), (0, 1, 0), "turned, raised, over");
    assert_eq!(
        ledger.alarms[0].says,
        "of 3 stamps, 3 look bad and of 0 nothing is known; above 50 % nothing is drained without an operator"
    );
    assert!(
        ledger.stamps.values().all(|record| record.health.standing == Standing::Sick),
        "it is only not acted on"
    );
    assert_eq!(ticks(&mut ledger, Some(&Probe::Good), 31..61), (0, 0, 1), "over once");
    assert_eq!(ledger.alarms, []);
}

#[test]
fn when_nobody_says_anything_nothing_is_to_be_drained_and_people_are_told_once() {
    let mut ledger = fleet(&[None, None]);
    assert_eq!(ticks(&mut ledger, None, 1..31), (0, 1, 0), "turned, raised, over");
    assert_eq!(ledger.alarms[0].alarm, Alarm::NoEvidence);
    assert_eq!(ticks(&mut ledger, Some(&Probe::Good), 31..33), (0, 0, 1));
    assert_eq!(alarms(&judged(), &Ledger::default(), minute(0)), [], "a fleet of none is not blind");
}

#[test]
fn an_alarm_is_told_until_somebody_was_told() {
    let mut ledger = fleet(&[None, None]);
    let check_up = |ledger: &mut Ledger, at| check_up(&judged(), ledger, &[], minute(at)).raised;
    let raised = check_up(&mut ledger, 1);
    assert_eq!(check_up(&mut ledger, 2), raised, "the first one was killed before it told");
    ledger.note_told(&raised);
    assert_eq!(check_up(&mut ledger, 3), []);
}

#[test]
fn alarms_are_over_where_nobody_judges_any_more() {
    let mut ledger = fleet(&[None, None]);
    assert_eq!(ticks(&mut ledger, None, 1..2), (0, 1, 0));
    let nobody = config_where(|config| config["health"] = serde_json::json!({ "mode": "off" }));
    assert_eq!(check_up(&nobody, &mut ledger, &[], minute(2)).over.len(), 1);
    assert_eq!(ledger.alarms, []);
}

#[test]
fn one_that_turns_bad_among_good_ones_is_to_be_looked_at_until_it_is_held() {
    let mut ledger = fleet(&[GOOD, GOOD, GOOD]);
    let sick = a_cluster("aks-1").id;
    let bad = [(sick.clone(), Probe::Bad("503".to_owned()))];
    for at in 1..3 {
        let checkup = check_up(&judged(), &mut ledger, &bad, minute(at));
        assert_eq!(checkup.turned, [sick.clone()].into(), "nobody has acted yet");
        assert_eq!((checkup.raised, checkup.over), (vec![], vec![]));
    }
    ledger.stamps.get_mut(sick.key()).expect("on record").traffic = Some(note().held_by(Owner::Incident));
    assert_eq!(check_up(&judged(), &mut ledger, &bad, minute(3)).turned, [].into());
    let well = [(sick.clone(), Probe::Good)];
    let turned: Vec<i64> = (4..20)
        .filter(|at| !check_up(&judged(), &mut ledger, &well, minute(*at)).turned.is_empty())
        .collect();
    assert_eq!(turned.first(), Some(&14), "well for ten minutes");
}

#[test]
fn where_health_is_off_nobody_judges() {
    let off = config_where(|document| document["health"] = serde_json::json!({ "mode": "off" }));
    let mut ledger = remembering(&a_cluster("aks"), Some(note()));
    let before = ledger.clone();
    let bad = [(a_cluster("aks").id, Probe::Bad("503".to_owned()))];
    let checkup = check_up(&off, &mut ledger, &bad, minute(1));
    assert_eq!((checkup, ledger), (crate::reactions::tick::Checkup::default(), before));
}

// ---- at the decision

/// What is decided for the first of the fleet's stamps, whose probe answers so, while a peer serves.
fn decided(ledger: Ledger, probe: Probe) -> Plan {
    let cluster = a_cluster("aks-0");
    let mut seen = all_in_place(&cluster).with_peer(&a_cluster("aks-1"), Probe::Good);
    seen.front_door().probe = Some(probe);
    Story::of(&cluster.id, judged(), seen, ledger).plan()
}

fn bad() -> Probe {
    Probe::Bad("503".to_owned())
}

fn is_drained(plan: &Plan) -> bool {
    plan.actions.iter().any(|action| action.to_string().starts_with("disable"))
}

#[test]
fn a_sick_stamp_is_drained_unless_the_brake_is_on_and_nobody_overrides_it() {
    assert!(is_drained(&decided(fleet(&[BAD, GOOD]), bad())));
    let braked = decided(fleet(&[BAD, BAD]), bad());
    insta::assert_snapshot!(braked, @r#"
    stamp changed aks-0: nothing to do
      hold  the evidence speaks against it, but the mass-failure brake is on: of 2 stamps, 2 look bad and of 0 nothing is known
      hold  its health path answers badly: 503
    "#);
    let mut overridden = fleet(&[BAD, BAD]);
    let (by, reason, until) = ("ann".to_owned(), "it is no false alarm".to_owned(), minute(60));
    let over = Override { target: Target::Fleet, guard: GuardRule::Brake, by, reason, until };
    overridden.break_glass("c-1", &over, minute(0));
    let despite = decided(overridden, bad());
    assert!(is_drained(&despite));
    let said = despite.holds.iter().map(ToString::to_string).find(|hold| hold.starts_with("done although"));
    assert_eq!(
        said.as_deref(),
        Some(
            "done although 2 of 2 stamps look bad, which is more than the mass-failure brake lets pass: \
             hold the stamp out of traffic (overridden by ann until 2026-01-01T01:00:00Z: it is no false alarm)"
        )
    );
}

#[test]
fn a_stamp_that_fell_sick_while_the_brake_was_on_is_not_drained_once_it_looks_good_again() {
    let mut ledger = fleet(&[GOOD, GOOD]);
    ledger.stamps.values_mut().for_each(|record| record.health.standing = Standing::Sick);
    let plan = decided(ledger, Probe::Good);
    assert_eq!((plan.actions, plan.holds), (vec![], vec![]));
}
