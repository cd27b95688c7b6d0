//! Which stamps count for the others while an update takes some: those that can take over.

use super::{fleet::*, script::*};
use crate::{
    config::Capacity,
    facets::traffic::{RampNote, RampStep},
    updates::{Timing::Before, UpdateState},
};

/// One stamp at its gate, in a fleet of four that needs three.
fn one_leaves() -> Fleet {
    fleet_of([a_run("r1").stage("prod", &["neu"]).gate(Before, UpdateState::Pending)]).at_least(3)
}

impl Fleet {
    /// Stamps come into traffic in two steps, and one of them is at this one.
    fn on_its_way(mut self, name: &str, step: usize) -> Self {
        let weights = [(50, 10), (500, 0)];
        self.traffic().ramp =
            weights.map(|(weight, bake_minutes)| RampStep { weight, bake_minutes }).to_vec();
        let since = self.now;
        let note = self.record(name).traffic.as_mut().expect("a note");
        note.ramp = Some(RampNote { step, since, confirmed: true });
        self
    }

    fn refusing_for_want_of_room(mut self) -> Self {
        self.traffic().capacity = Capacity::Refuse;
        self
    }

    /// How many nodes its workload runs, and how many it may run.
    fn sized(mut self, name: &str, nodes: u32, most: u32) -> Self {
        let pool = crate::world::Pool { name: "work".to_owned(), nodes, most, system: false };
        self.record(name).facts.pools = vec![pool];
        self
    }
}

#[test]
fn a_stamp_on_its_way_in_does_not_take_over_from_one_that_leaves() {
    assert_eq!(turned(&one_leaves().on_its_way("weu", 1).plan()), ["neu"], "it has arrived");
    let waits = one_leaves().on_its_way("weu", 0).plan();
    assert!(waits.turned.is_empty());
    assert!(waits.why_not[0].contains("2 other healthy origin(s) would be left"), "{:?}", waits.why_not);
}

#[test]
fn once_everybody_has_left_it_counts_so_that_nobody_is_let_back_for_it() {
    let mut fleet = one_leaves();
    fleet.look_and_follow();
    let mut fleet = fleet.on_its_way("weu", 0);
    fleet.look();
    assert_eq!(fleet.out(), [("neu", "r1/prod")].into());
}

#[test]
fn where_capacity_must_be_there_it_must_be_there_for_all_of_a_gates_stamps() {
    let run = || a_run("r1").stage("prod", &["neu", "swc"]).gate(Before, UpdateState::Pending);
    let fleet = || {
        let fleet = fleet_of([run()]).refusing_for_want_of_room();
        fleet.sized("neu", 3, 3).sized("swc", 3, 3).sized("weu", 3, 6).sized("eus", 3, 5)
    };
    let waits = fleet().plan();
    assert!(waits.turned.is_empty(), "6 nodes leave, and 5 fit");
    assert!(waits.why_not[0].contains("it runs 6 node(s)"), "{:?}", waits.why_not);
    assert_eq!(turned(&fleet().sized("eus", 3, 6).plan()), ["neu", "swc"]);
}
