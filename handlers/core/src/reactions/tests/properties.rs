//! What must hold from any state of the world. The seed is fixed, so that a run can be repeated anywhere.

use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

use super::{
    aks,
    worlds::{Hole, Others, worlds},
};
use crate::{
    facets::traffic,
    guard::{self, Case},
    ids::ArmId,
    names::grant_description,
    plan::{Action, Plan},
    testing::{Story, an_origin_of, minute},
    world::Seen,
};

fn settings() -> Config {
    Config { cases: 256, rng_seed: RngSeed::Fixed(0x00F1_EE70), ..Config::default() }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn deciding_is_deterministic_and_every_action_passes_the_guard(world in worlds(Others::Present)) {
        let plan = world.plan();
        prop_assert_eq!(&plan, &world.plan());
        let case =
            Case { subject: &world.subject, config: &world.config, seen: &world.seen, ledger: &world.ledger, now: minute(1) };
        for action in &plan.actions {
            prop_assert_eq!(guard::review(action, case).map(|_| ()), Ok(()), "{}", action);
        }
        prop_assert_eq!(duplicate_target(&plan), None, "one write per resource: {}", plan);
    }

    #[test]
    fn an_undisturbed_stamp_comes_to_rest_with_everything_in_place(mut world in worlds(Others::Absent)) {
        let told = run(&mut world);
        let rest = world.plan();
        prop_assert!(rest.is_noop(), "after {}\nstill {}", told, rest);
        if world.seen.cluster == Ok(None) {
            prop_assert_eq!(leftovers(&world.seen), Vec::<String>::new(), "after {}", told);
            prop_assert_eq!(rest.record, None);
        } else {
            let report = rest.record.expect("remembered").report;
            prop_assert_eq!(&report.why_not, &Vec::<String>::new(), "after {}", told);
            prop_assert!(report.serving, "after {}", told);
        }
    }

    #[test]
    fn whatever_others_did_a_stamp_comes_to_rest(mut world in worlds(Others::Present)) {
        let told = run(&mut world);
        prop_assert!(world.round().is_noop() && world.round().is_noop(), "after {}\nstill {}", told, world.plan());
    }

    #[test]
    fn a_hole_never_permits_an_action(world in worlds(Others::Present)) {
        let with_sight = world.plan();
        for hole in Hole::ALL {
            let mut blind = world.clone();
            hole.tear(&mut blind.seen);
            for action in blind.plan().actions {
                prop_assert!(
                    with_sight.actions.contains(&action) || undoes_what_is_held(&action, &world),
                    "without {:?}: {}\nwith sight: {}", hole, action, with_sight
                );
            }
        }
    }
}

/// Twelve rounds, in words.
fn run(world: &mut Story) -> String {
    (0..12).map(|_| format!("\n{}", world.round())).collect()
}

fn duplicate_target(plan: &Plan) -> Option<ArmId> {
    let mut targets: Vec<ArmId> = plan.actions.iter().map(Action::target).collect();
    targets.sort();
    targets.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone())
}

/// What is still there of a stamp whose cluster is gone.
fn leftovers(seen: &Seen) -> Vec<String> {
    let mark = grant_description(&aks().id);
    let members = seen.members.iter().flatten().filter(|member| member.cluster == aks().id);
    let grants = seen.registries.iter().flatten().flat_map(|registry| registry.grants.iter().flatten());
    let ours = grants.filter(|grant| grant.description.as_deref() == Some(&mark));
    let group = aks().id.resource_group_scope().expect("a group");
    let policies = seen.assignments.iter().flatten().filter(|policy| policy.scope == group);
    let origins = seen.traffic.iter().flat_map(|traffic| traffic.origins.iter().flatten());
    let own = origins.filter(|origin| origin.id == an_origin_of(&aks()).id);
    members
        .map(|member| member.id.to_string())
        .chain(ours.map(|grant| grant.id.to_string()))
        .chain(policies.map(|policy| policy.id.to_string()))
        .chain(own.map(|origin| origin.id.to_string()))
        .collect()
}

/// The one thing that less sight may bring: an origin that is enabled although it is held goes out of traffic. With
/// full sight the hold itself might have ended.
fn undoes_what_is_held(action: &Action, world: &Story) -> bool {
    let held = world.ledger.stamp(&aks().id).and_then(|record| record.traffic.as_ref());
    matches!(action, Action::Traffic(traffic::Action::Disable { .. }))
        && held.is_some_and(|note| !note.holds.is_empty())
}
