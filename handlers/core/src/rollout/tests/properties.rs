//! What must hold whatever is seen and remembered. The seed is fixed, so that a run can be repeated anywhere.

use proptest::{
    prelude::*,
    sample::{select, subsequence},
    test_runner::{Config, RngSeed},
};

use super::*;
use crate::{
    facets::traffic::Owner,
    testing::{note, unread},
    updates::{
        GateKind, GateSeen, RunSeen,
        Timing::{self, After, Before},
        UpdateState,
    },
};

fn settings() -> Config {
    Config { cases: 256, rng_seed: RngSeed::Fixed(0x00F1_EE75), ..Config::default() }
}

fn states() -> impl Strategy<Value = UpdateState> {
    select(vec![
        UpdateState::NotStarted,
        UpdateState::Running,
        UpdateState::Pending,
        UpdateState::Stopping,
        UpdateState::Stopped,
        UpdateState::Skipped,
        UpdateState::Failed,
        UpdateState::Completed,
        UpdateState::Other("Thinking".to_owned()),
    ])
}

/// Mostly under way, since there is more to do wrong.
fn run_states() -> impl Strategy<Value = UpdateState> {
    prop_oneof![2 => select(vec![UpdateState::Running, UpdateState::Pending]), 1 => states()]
}

fn gate_states() -> impl Strategy<Value = UpdateState> {
    prop_oneof![2 => Just(UpdateState::Pending), 1 => states()]
}

/// One stage over some of the stamps, in any states, with gates in any states.
fn scripts(name: &'static str) -> impl Strategy<Value = Script> {
    let stamps = subsequence(NAMES.to_vec(), 0..=3);
    let members = proptest::collection::vec((states(), any::<bool>()), 3);
    let gates = (gate_states(), gate_states(), any::<bool>());
    (run_states(), stamps, members, gates).prop_map(
        move |(state, stamps, members, (before, after, of_group))| {
            let script = a_run(name).that_is(state).stage("prod", &stamps);
            let mut script = match of_group {
                true => script.group_gate(Before, before).group_gate(After, after),
                false => script.gate(Before, before).gate(After, after),
            };
            let told = script.run.stages[0].groups[0].members.iter_mut();
            for (member, (state, ended)) in told.zip(members) {
                member.phase.completed = (ended && state.is_over()).then(|| crate::testing::minute(-1));
                member.phase.state = state;
            }
            script.run.phase.completed = script.run.phase.state.is_over().then(|| crate::testing::minute(-1));
            script
        },
    )
}

/// What an earlier look may have left, and what this one may not see.
#[derive(Debug, Clone)]
struct Chance {
    followed: bool,
    enabled: Vec<&'static str>,
    held: Vec<&'static str>,
    soaked: bool,
    strange: Vec<usize>,
    hole: Option<usize>,
    least: u16,
}

fn chances() -> impl Strategy<Value = Chance> {
    let stamps = || subsequence(NAMES.to_vec(), 0..=4);
    let hole = prop_oneof![3 => Just(None), 1 => (0_usize..5).prop_map(Some)];
    let strange = prop_oneof![2 => Just(vec![]), 1 => subsequence(vec![0, 1, 2, 3], 0..=2)];
    let enabled = prop_oneof![1 => Just(vec![]), 1 => stamps()];
    (any::<bool>(), enabled, stamps(), any::<bool>(), strange, hole, 0_u16..4).prop_map(
        |(followed, enabled, held, soaked, strange, hole, least)| Chance {
            followed,
            enabled,
            held,
            soaked,
            strange,
            hole,
            least,
        },
    )
}

fn fleets() -> impl Strategy<Value = Fleet> {
    (scripts("r1"), proptest::option::of(scripts("r2")), chances()).prop_map(|(first, second, chance)| {
        let mut fleet = fleet_of([first].into_iter().chain(second)).at_least(chance.least);
        if chance.followed {
            fleet.look_and_follow();
            fleet.look_and_follow();
        }
        if chance.soaked {
            fleet.pass(6);
        }
        for name in chance.enabled {
            let origin = fleet.record(name).report.origin.clone().expect("an origin").id;
            fleet.origins().iter_mut().filter(|seen| seen.id == origin).for_each(|seen| seen.enabled = true);
        }
        for name in chance.held {
            fleet.record(name).traffic = Some(note().held_by(Owner::Incident));
        }
        for number in chance.strange {
            if let Some(gate) = fleet.gates().get_mut(number) {
                gate.kind = GateKind::Other("ScheduledStart".to_owned());
            }
        }
        match chance.hole {
            Some(0) => fleet.seen.gates = Err(unread("gates")),
            Some(1) => fleet.seen.runs = Err(unread("update runs")),
            Some(2) => fleet.seen.origins = Some(Err(unread("origins"))),
            Some(3) => fleet.seen.clusters.clear(),
            Some(_) => fleet.ledger.stamps.clear(),
            None => {}
        }
        fleet
    })
}

fn seen_runs(fleet: &Fleet) -> &[RunSeen] {
    fleet.seen.runs.as_ref().map(Vec::as_slice).unwrap_or_default()
}

/// Stamps of a gate's part that its run may still update.
fn unfinished(fleet: &Fleet, gate: &GateSeen) -> Vec<&'static str> {
    let members = seen_runs(fleet).iter().filter(|run| run.id == gate.run);
    let members = members.flat_map(|run| run.members_of(&gate.scope));
    let left = members.filter(|it| !matches!(it.phase.state, UpdateState::Completed | UpdateState::Skipped));
    left.filter_map(|member| NAMES.into_iter().find(|name| *name == member.name)).collect()
}

fn takes_traffic(fleet: &Fleet, name: &str) -> bool {
    let origin = crate::testing::an_origin_of(&crate::testing::a_cluster(name)).id;
    let Some(Ok(origins)) = &fleet.seen.origins else { return true };
    origins.iter().any(|seen| seen.id == origin && seen.enabled)
}

fn approved(fleet: &Fleet, plan: &Plan, timing: Timing) -> Vec<GateSeen> {
    let gates = fleet.seen.gates.as_ref().map(Vec::as_slice).unwrap_or_default();
    let is_approved = |gate: &&GateSeen| plan.approved.iter().any(|approved| approved.gate == gate.id);
    gates.iter().filter(is_approved).filter(|gate| gate.timing == timing).cloned().collect()
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn no_gate_before_an_update_is_approved_while_one_of_its_stamps_may_take_traffic(fleet in fleets()) {
        for gate in approved(&fleet, &fleet.plan(), Before) {
            for name in unfinished(&fleet, &gate) {
                prop_assert!(!takes_traffic(&fleet, name), "{} of {}", name, gate.scope);
            }
        }
    }

    #[test]
    fn only_approval_gates_that_were_seen_waiting_are_approved_and_each_with_evidence(fleet in fleets()) {
        let plan = fleet.plan();
        let writes = plan.actions.iter().filter(|action| matches!(action, Action::Approve { .. })).count();
        let gates = [approved(&fleet, &plan, Before), approved(&fleet, &plan, After)].concat();
        prop_assert_eq!((writes, plan.approved.len()), (gates.len(), gates.len()), "each was seen");
        for gate in gates {
            prop_assert_eq!((gate.kind, gate.state), (GateKind::Approval, UpdateState::Pending));
        }
        for approved in &plan.approved {
            prop_assert!(!approved.evidence.is_empty() && !approved.evidence.iter().any(crate::updates::Piece::is_missing));
        }
    }

    #[test]
    fn one_run_is_started_at_most_and_none_while_another_is_under_way(fleet in fleets(), orders in subsequence(vec!["r1", "r2"], 0..=2)) {
        let mut fleet = fleet;
        for run in orders {
            fleet.order(crate::command::Order::StartUpdate { run: run.to_owned() });
            fleet.stamps_follow_where_seen();
            fleet.pass(2);
        }
        let plan = fleet.plan();
        let starts: Vec<_> = plan.actions.iter().filter(|action| matches!(action, Action::Start { .. })).collect();
        prop_assert!(starts.len() <= 1, "{starts:?}");
        for start in starts {
            let busy = seen_runs(&fleet).iter().find(|run| run.id != *start.target() && run.phase.state.is_active());
            prop_assert_eq!(busy.map(|run| run.id.name()), None);
        }
    }

    #[test]
    fn deciding_again_on_what_was_remembered_turns_nobody_and_tells_nothing_new(fleet in fleets()) {
        let mut fleet = fleet;
        let first = fleet.look();
        let second = fleet.plan();
        prop_assert_eq!(&second.turned, &Vec::new(), "after {:?}", first.turned);
        prop_assert_eq!(&second.notices, &Vec::new());
        prop_assert_eq!(&second.actions, &Vec::new(), "after {:?}", first.actions);
    }

    #[test]
    fn nobody_is_gathered_beyond_what_the_fleet_can_spare(fleet in fleets()) {
        let mut fleet = fleet;
        let before = fleet.ledger.updates.out.clone();
        fleet.look();
        let gathers = fleet.ledger.updates.out.keys().any(|key| !before.contains_key(key));
        let passed = seen_runs(&fleet).iter().any(|run| run.stages.iter().any(|stage| {
            let group = &stage.groups[0];
            stage.before.iter().chain(&group.before).all(|gate| gate.state != UpdateState::Pending)
        }));
        if gathers && !passed {
            let out = fleet.ledger.updates.out.values().map(|out| out.cluster.clone()).collect();
            prop_assert_eq!(crate::guard::can_spare(&fleet.config, &fleet.ledger, &out), Ok(()));
        }
    }
}
