//! Any state of the world around one stamp.

use proptest::{
    prelude::*,
    sample::{select, subsequence},
};

use super::{aks, story};
use crate::{
    facets::{
        Progress,
        governance::AssignmentSeen,
        membership::MemberSeen,
        registry_access::{Grant, PullRole, RegistryMode, RegistrySeen},
        traffic::{OriginSeen, Owner, Probe, TrafficNote},
    },
    ids::ArmId,
    ledger::Ledger,
    setback::{Fault, FaultClass, Setback},
    testing::{
        SUBSCRIPTION, Story, a_cluster, a_member_of, a_registry, an_origin_of, assigned, config, id, minute,
        note, our_grant, remembering, seen, unread,
    },
    world::{ClusterSeen, Seen, Wanted},
};

/// Whether somebody else may have had a hand in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Others {
    Present,
    Absent,
}

fn progresses() -> [Progress; 3] {
    [Progress::Settled, Progress::Busy, Progress::Failed]
}

fn clusters(others: Others) -> impl Strategy<Value = Option<ClusterSeen>> {
    let mut states = vec![Some(aks()), Some(aks().recreated()), None];
    if others == Others::Present {
        states.extend([
            Some(ClusterSeen { kubelet: None, uid: None, ..aks() }),
            Some(ClusterSeen { running: false, ..aks() }),
            Some(aks().tagged("fleet-automation-opt-out", "yes")),
        ]);
    }
    select(states)
}

fn members(others: Others) -> impl Strategy<Value = Vec<MemberSeen>> {
    let mut states = vec![vec![]];
    for member in [a_member_of(&aks()), a_member_of(&aks()).in_group("canary").labelled("cost-center", "42")]
    {
        states.extend(progresses().map(|progress| vec![member.clone().that_is(progress)]));
    }
    if others == Others::Present {
        let name = a_member_of(&aks()).id.name().to_owned();
        states.push(vec![a_member_of(&a_cluster("other")).named(&name)]);
        states.push(vec![a_member_of(&aks()).named("by-hand").that_is(Progress::Failed)]);
    }
    select(states)
}

fn registries(others: Others) -> impl Strategy<Value = RegistrySeen> {
    let mut modes = vec![RegistryMode::Legacy, RegistryMode::Abac];
    let ours = PullRole::ALL.map(|role| our_grant(role, &aks()));
    let stale = our_grant(PullRole::AcrPull, &aks()).for_principal("of-a-former-life");
    let mut grants: Vec<_> = ours.iter().cloned().chain([stale]).collect();
    if others == Others::Present {
        modes.push(RegistryMode::Other("Quantum".to_owned()));
        grants.extend(ours.clone().map(Grant::made_by_somebody_else));
        grants.extend(ours.map(|grant| grant.made_by_somebody_else().at(id(SUBSCRIPTION))));
    }
    let most = grants.len();
    (select(modes), subsequence(grants, 0..=most)).prop_map(|(mode, grants)| RegistrySeen {
        mode,
        grants: Ok(grants),
        ..a_registry()
    })
}

fn policies(others: Others) -> impl Strategy<Value = Vec<AssignmentSeen>> {
    let choices = Wanted::of(&config(), &aks()).governance.into_iter().map(move |wanted| {
        let drifted = AssignmentSeen { display_name: None, ..assigned(&wanted) };
        let mut states = vec![vec![], vec![assigned(&wanted)], vec![drifted]];
        if others == Others::Present {
            let foreign = assigned(&wanted).made_by_somebody_else();
            let in_the_way = AssignmentSeen { definition: "something else".to_owned(), ..foreign.clone() };
            let above = foreign.clone().at(&id("/providers/Microsoft.Management/managementGroups/m"));
            states.extend([
                vec![foreign],
                vec![in_the_way],
                vec![above.clone()],
                vec![assigned(&wanted), above],
            ]);
        }
        select(states)
    });
    choices.collect::<Vec<_>>().prop_map(|found| found.concat())
}

fn policies_in_place() -> Vec<AssignmentSeen> {
    Wanted::of(&config(), &aks()).governance.iter().map(assigned).collect()
}

/// An origin and what is remembered of it: `None` for no record, `Some(None)` for one without a traffic note.
type Traffic = (Option<OriginSeen>, Option<Option<TrafficNote>>);

fn traffics(others: Others) -> impl Strategy<Value = Traffic> {
    let (down, at) = (|| an_origin_of(&aks()), |weight| an_origin_of(&aks()).enabled_at(weight));
    let quarantine = note().held_by(Owner::Quarantine);
    let mut pairs = vec![
        (at(500), None),
        (at(500), Some(note())),
        (down(), Some(quarantine.clone())),
        (at(50), Some(quarantine)),
        (down(), Some(note().decided_step(0))),
        (at(50), Some(note().decided_step(0))),
        (at(50), Some(note().seen_at_step(0))),
        (at(50), Some(note().decided_step(1))),
        (at(500), Some(note().decided_step(1))),
        (at(500), Some(note().seen_at_step(1))),
        (down(), Some(note().held_by(Owner::Decommission))),
        (at(500), Some(note().held_by(Owner::Decommission))),
    ];
    if others == Others::Present {
        pairs.extend([
            (down(), None),
            (down(), Some(note())),
            (down(), Some(note().seen_at_step(0))),
            (down(), Some(note().decided_step(1))),
            (at(7), Some(note().seen_at_step(1))),
            (at(7), Some(note().decided_step(9))),
            (down(), Some(note().held_by(Owner::Unknown))),
            (at(500), Some(note().held_by(Owner::Unknown).held_by(Owner::Quarantine))),
            (at(500).named("by-hand"), None),
            (down().named("by-hand"), Some(note().held_by(Owner::Quarantine))),
        ]);
    }
    let moved = |origin: OriginSeen, moved: bool| {
        if moved { origin.pointing_to("old.example.net") } else { origin }
    };
    let present = (select(pairs), mostly(Progress::Settled, select(progresses().to_vec())), any::<bool>())
        .prop_map(move |((origin, note), progress, away)| {
            (Some(moved(origin.that_is(progress), away)), Some(note))
        });
    let forgotten = vec![(None, None), (None, Some(None)), (None, Some(Some(note().decided_step(0))))];
    prop_oneof![1 => select(forgotten), 9 => present]
}

/// Peers that take traffic: how they answer, if they were asked, and whether somebody holds them.
fn peers(others: Others) -> BoxedStrategy<Vec<(Option<Probe>, bool)>> {
    match others {
        Others::Absent => proptest::collection::vec(Just((Some(Probe::Good), false)), 1..=3).boxed(),
        Others::Present => {
            let probes = vec![Some(Probe::Good), Some(Probe::Bad("503".to_owned())), None];
            proptest::collection::vec((select(probes), any::<bool>()), 0..=3).boxed()
        }
    }
}

/// Mostly `usual`, so that what is off in one part meets others that are in place.
fn mostly<T: Clone + std::fmt::Debug + 'static>(
    usual: T,
    any: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = T> {
    prop_oneof![2 => Just(usual), 1 => any]
}

pub(super) fn worlds(others: Others) -> impl Strategy<Value = Story> {
    let parts = (
        mostly(Some(aks()), clusters(others)),
        mostly(vec![a_member_of(&aks())], members(others)),
        mostly(a_registry().with(our_grant(PullRole::AcrPull, &aks())), registries(others)),
        mostly(policies_in_place(), policies(others)),
        traffics(others),
        peers(others),
        others_hands(others),
    );
    parts.prop_map(|(cluster, members, registry, policies, traffic, peers, hands)| {
        let mut world = seen(&aks());
        world.neighbours = cluster.is_none().then(|| Ok(hands.neighbours.clone()));
        world.cluster = Ok(cluster);
        world.members = Ok(members);
        world.registries = vec![Ok(registry)];
        world.assignments = Ok(policies);
        world.front_door().probe = hands.probe.clone();
        let (origin, remembered) = traffic;
        let mut ledger = remembered.map(|note| remembering(&aks(), note)).unwrap_or_default();
        for (number, (probe, held)) in peers.into_iter().enumerate() {
            let peer = a_cluster(&format!("peer-{number}"));
            let origin = an_origin_of(&peer).enabled_at(500);
            world.front_door().peers.extend(probe.map(|probe| (origin.id.clone(), probe)));
            world = world.with_origin(origin);
            ledger = ledger.and(&peer, Some(if held { note().held_by(Owner::Unknown) } else { note() }));
        }
        world = origin.into_iter().fold(world, Seen::with_origin);
        story(world, hands.disturbed(ledger))
    })
}

/// What is left to chance beside the resources themselves.
#[derive(Debug, Clone)]
struct Hands {
    probe: Option<Probe>,
    neighbours: Vec<ArmId>,
    claimed: Vec<ArmId>,
    set_back: Vec<ArmId>,
}

fn others_hands(others: Others) -> BoxedStrategy<Hands> {
    let quiet = Hands { probe: Some(Probe::Good), neighbours: vec![], claimed: vec![], set_back: vec![] };
    if others == Others::Absent {
        return Just(quiet).boxed();
    }
    let targets = vec![a_member_of(&aks()).id, an_origin_of(&aks()).id];
    let neighbours = vec![vec![], vec![a_cluster("neighbour").id]];
    let probes = vec![Some(Probe::Good), Some(Probe::Bad("503".to_owned())), None];
    (
        mostly(Some(Probe::Good), select(probes)),
        select(neighbours),
        subsequence(targets.clone(), 0..=2),
        subsequence(targets, 0..=2),
    )
        .prop_map(|(probe, neighbours, claimed, set_back)| Hands { probe, neighbours, claimed, set_back })
        .boxed()
}

impl Hands {
    fn disturbed(&self, mut ledger: Ledger) -> Ledger {
        let record = ledger.stamp(&aks().id).cloned();
        ledger.begin(record.as_ref(), &aks().id, &self.claimed, "another", minute(0));
        for record in ledger.stamps.values_mut().filter(|record| record.cluster == aks().id) {
            let fault = Fault {
                class: FaultClass::Passing,
                code: "TooManyRequests".to_owned(),
                message: "slow down".to_owned(),
                retry_after_seconds: Some(120),
            };
            let setback = Setback::after(None, fault, minute(0));
            record.setbacks = self.set_back.iter().map(|it| (it.key().to_owned(), setback.clone())).collect();
        }
        ledger
    }
}

/// A part of the world that may be out of sight.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hole {
    Cluster,
    Members,
    Registry,
    Grants,
    Replicas,
    Assignments,
    FrontDoor,
    Origins,
    Host,
    Probe,
    Peers,
    Neighbours,
    NeighboursNotAsked,
}

impl Hole {
    pub(super) const ALL: [Self; 13] = [
        Self::Cluster,
        Self::Members,
        Self::Registry,
        Self::Grants,
        Self::Replicas,
        Self::Assignments,
        Self::FrontDoor,
        Self::Origins,
        Self::Host,
        Self::Probe,
        Self::Peers,
        Self::Neighbours,
        Self::NeighboursNotAsked,
    ];

    pub(super) fn tear(self, seen: &mut Seen) {
        let hole = unread("it");
        match self {
            Self::Cluster => seen.cluster = Err(hole),
            Self::Members => seen.members = Err(hole),
            Self::Registry => seen.registries = vec![Err(hole)],
            Self::Grants => seen.registries.iter_mut().flatten().for_each(|it| it.grants = Err(hole.clone())),
            Self::Replicas => {
                seen.registries.iter_mut().flatten().for_each(|it| it.replicas = Some(Err(unread("it"))));
            }
            Self::Assignments => seen.assignments = Err(hole),
            Self::FrontDoor => seen.traffic = None,
            Self::Origins => seen.front_door().origins = Err(hole),
            Self::Host => seen.front_door().host = Err(hole),
            Self::Probe => seen.front_door().probe = None,
            Self::Peers => seen.front_door().peers.clear(),
            Self::Neighbours => seen.neighbours = Some(Err(hole)),
            Self::NeighboursNotAsked => seen.neighbours = None,
        }
    }
}
