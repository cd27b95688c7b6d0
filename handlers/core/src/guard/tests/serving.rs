//! The rules that operators may override: how many must serve, how many may be out, and who takes over the load.

use super::*;
use crate::{
    command::Target,
    facets::traffic::TrafficNote,
    health::Standing,
    ledger::Override,
    world::{Facts, Pool},
};

const PEERS: [&str; 3] = ["one", "two", "three"];

/// The stamp and three peers, all serving and well, with room for another's nodes.
struct Fleet {
    seen: Seen,
    ledger: Ledger,
    config: FleetConfig,
}

fn fleet() -> Fleet {
    let mut seen = all_in_place(&aks());
    let mut ledger = remembering(&aks(), Some(note()));
    for peer in PEERS.map(a_cluster) {
        seen = seen.with_peer(&peer, Probe::Good);
        ledger = ledger.and(&peer, Some(note()));
    }
    for record in ledger.stamps.values_mut() {
        record.facts = Facts { pools: aks().pools, ..Facts::default() };
    }
    Fleet { seen, ledger, config: config() }
}

impl Fleet {
    fn asks_for(mut self, count: u16, percent: u8) -> Self {
        self.traffic().minimum = Minimum { count, percent };
        self
    }

    fn traffic(&mut self) -> &mut crate::config::Traffic {
        self.config.traffic.as_mut().expect("traffic is configured")
    }

    /// A peer is out of traffic, with this note.
    fn out(mut self, peer: &str, note: TrafficNote) -> Self {
        let id = an_origin_of(&a_cluster(peer)).id;
        let traffic = self.seen.front_door();
        traffic.peers.retain(|(peer, _)| *peer != id);
        for origin in traffic.origins.iter_mut().flatten().filter(|origin| origin.id == id) {
            origin.enabled = false;
        }
        self.record(peer).traffic = Some(note);
        self
    }

    fn record(&mut self, peer: &str) -> &mut crate::ledger::StampRecord {
        self.ledger.stamps.get_mut(a_cluster(peer).id.key()).expect("on record")
    }

    fn overridden(mut self, guard: GuardRule) -> Self {
        let (by, reason, until) = ("ann".to_owned(), "a test".to_owned(), minute(60));
        let target = Target::Stamp("aks".to_owned());
        self.ledger.break_glass("c-1", &Override { target, guard, by, reason, until }, minute(0));
        self
    }

    /// What speaks against taking the stamp out, and whether it passes all the same.
    fn review(&self) -> Result<Concerns, Refusal> {
        let Self { seen, ledger, config, .. } = self;
        review(&disable(&aks()), Case { subject: &aks().id, config, seen, ledger, now: minute(1) })
    }
}

fn drained() -> TrafficNote {
    TrafficNote { taken_out: true, ..note().held_by(Owner::Operator("ann".to_owned())) }
}

fn too_few(left: usize, minimum: usize) -> Result<Concerns, Refusal> {
    Err(Refusal::TooFewServing { left, minimum })
}

#[test]
fn the_share_is_of_all_that_are_meant_to_serve_also_of_those_held_out_for_a_while() {
    let asks = || fleet().asks_for(1, 60);
    assert_eq!(asks().review(), Ok(vec![]), "three of four are left, and three must be");
    assert_eq!(asks().out("one", drained()).review(), too_few(2, 3), "of four still");
    let quarantined = note().held_by(Owner::Quarantine);
    assert_eq!(asks().out("one", quarantined).review(), Ok(vec![]), "of three: one never served");
    let unknown = note().held_by(Owner::Unknown);
    assert_eq!(asks().out("one", unknown).review(), Ok(vec![]), "of three: one is somebody else's");
    let returning = TrafficNote { taken_out: true, ..note() };
    assert_eq!(asks().out("one", returning).review(), too_few(2, 3), "on its way back");
}

#[test]
fn a_peer_taken_for_sick_does_not_count_however_well_it_answers() {
    let mut fleet = fleet().asks_for(3, 0);
    assert_eq!(fleet.review(), Ok(vec![]));
    fleet.record("one").health.standing = Standing::Sick;
    assert_eq!(fleet.review(), too_few(2, 3));
}

#[test]
fn a_peer_with_a_write_under_way_or_later_than_what_was_seen_does_not_count() {
    let mut fleet = fleet().asks_for(3, 0);
    let (one, origin) = (a_cluster("one"), an_origin_of(&a_cluster("one")).id);
    let record = fleet.record("one").clone();
    fleet.ledger.begin(Some(&record), &one.id, std::slice::from_ref(&origin), "another", minute(0));
    assert_eq!(fleet.review(), too_few(2, 3), "under way");
    let done = [(origin, crate::ledger::Outcome::Completed)];
    fleet.ledger.settle(&one.id, "another", &done, minute(0), minute(0));
    assert_eq!(fleet.review(), too_few(2, 3), "done after the observation began");
    fleet.seen.at = minute(1);
    assert_eq!(fleet.review(), Ok(vec![]), "done before it");
}

#[test]
fn no_more_stamps_are_held_out_at_once_than_configured() {
    let mut fleet = fleet().asks_for(1, 0).out("one", drained());
    fleet.traffic().maximum_drained = Some(2);
    assert_eq!(fleet.review(), Ok(vec![]));
    let fleet = fleet.out("two", drained());
    assert_eq!(fleet.review(), Err(Refusal::TooManyDrained { out: 2, maximum: 2 }));
}

#[test]
fn the_others_must_have_room_for_the_nodes_of_the_one_that_leaves() {
    let with = |capacity, room: u32| {
        let mut fleet = fleet();
        fleet.traffic().capacity = capacity;
        for peer in PEERS {
            let pools = &mut fleet.record(peer).facts.pools;
            pools.iter_mut().filter(|pool| !pool.system).for_each(|pool| pool.most = pool.nodes + room);
        }
        fleet
    };
    let lacking = Refusal::TooLittleCapacity { needed: 3, spare: 0 };
    assert_eq!(with(Capacity::Refuse, 1).review(), Ok(vec![]), "three peers with room for one each");
    assert_eq!(with(Capacity::Refuse, 0).review(), Err(lacking.clone()));
    assert_eq!(with(Capacity::Warn, 0).review(), Ok(vec![(lacking, Despite::Warned)]));
    assert_eq!(with(Capacity::Ignore, 0).review(), Ok(vec![]));
}

#[test]
fn what_nothing_is_known_of_has_no_room_and_a_held_peers_room_is_nobodys() {
    let refuse = || {
        let mut fleet = fleet();
        fleet.traffic().capacity = Capacity::Refuse;
        fleet
    };
    let mut unknown = refuse();
    PEERS.iter().for_each(|peer| unknown.record(peer).facts = Facts::default());
    assert_eq!(unknown.review(), Err(Refusal::TooLittleCapacity { needed: 3, spare: 0 }));
    let alone = refuse().out("one", drained()).out("two", drained());
    assert_eq!(alone.review().map(|_| ()), too_few(1, 2).map(|_| ()), "the minimum speaks first");
    let mut system_only = refuse();
    let pool = Pool { name: "system".to_owned(), nodes: 2, most: 3, system: true };
    system_only.ledger.stamps.values_mut().for_each(|record| record.facts.pools = vec![pool.clone()]);
    assert_eq!(system_only.review(), Ok(vec![]), "system pools count where there are no others");
}

#[test]
fn each_rule_is_overridden_by_its_own_name_and_by_no_other() {
    let few = || fleet().asks_for(4, 0);
    let many = || {
        let mut fleet = fleet().out("one", drained());
        fleet.traffic().maximum_drained = Some(1);
        fleet
    };
    let full = || {
        let mut fleet = fleet();
        fleet.traffic().capacity = Capacity::Refuse;
        PEERS.iter().for_each(|peer| fleet.record(peer).facts = Facts::default());
        fleet
    };
    let blind = || {
        let mut fleet = fleet();
        fleet.seen.front_door().peers.clear();
        fleet.traffic().capacity = Capacity::Ignore;
        fleet
    };
    let cases: [(&str, &dyn Fn() -> Fleet, GuardRule); 4] = [
        ("too few", &few, GuardRule::Minimum),
        ("blind", &blind, GuardRule::Minimum),
        ("too many", &many, GuardRule::MaximumDrained),
        ("full", &full, GuardRule::Capacity),
    ];
    for (what, case, rule) in cases {
        for (_, other) in GuardRule::ALL {
            let passes = case().overridden(other).review();
            assert_eq!(passes.is_ok(), other == rule, "{what}, {other:?}: {passes:?}");
        }
        let concerns = case().overridden(rule).review().unwrap_or_default();
        let told = matches!(concerns.as_slice(), [(_, Despite::Overridden { by, .. })] if by == "ann");
        assert!(told, "{what}: {concerns:?}");
    }
}

#[test]
fn an_override_ends_covers_only_its_stamps_and_never_what_is_another_stamps() {
    let over = fleet().asks_for(4, 0).overridden(GuardRule::Minimum);
    let Fleet { seen, ledger, config } = &over;
    let own = aks().id;
    let at = |now| Case { subject: &own, config, seen, ledger, now };
    assert!(review(&disable(&aks()), at(minute(59))).is_ok());
    assert_eq!(review(&disable(&aks()), at(minute(60))), too_few(3, 4), "over");
    let ours = disable(&a_cluster("one"));
    let subject = a_cluster("one").id;
    let anothers = review(&ours, Case { subject: &subject, ..at(minute(1)) });
    assert_eq!(anothers, Err(Refusal::Blind), "the stamp in the override is another");
    assert_eq!(review(&ours, at(minute(1))), Err(Refusal::NotThisStamps));
}
