mod serving;
mod updates;

use super::*;
use crate::{
    config::Minimum,
    facets::{
        Sight,
        traffic::{Owner, Probe},
    },
    testing::{
        SUBSCRIPTION, a_cluster, a_member_of, a_registry, all_in_place, an_origin_of, assigned, config,
        config_where, id, minute, note, our_grant, remembering, seen, shared, unread,
    },
    world::{ClusterSeen, Wanted},
};
use registry_access::PullRole;

fn aks() -> ClusterSeen {
    a_cluster("aks")
}

fn verdict(action: impl Into<Action>, seen: &Seen) -> Result<(), Refusal> {
    verdict_with(&action.into(), seen, &Ledger::default(), &config())
}

fn verdict_with(action: &Action, seen: &Seen, ledger: &Ledger, config: &FleetConfig) -> Result<(), Refusal> {
    review(action, Case { subject: &aks().id, config, seen, ledger, now: minute(1) }).map(|_| ())
}

fn disable(cluster: &ClusterSeen) -> Action {
    Action::Traffic(traffic::Action::Disable { origin: an_origin_of(cluster).id })
}

impl From<membership::Action> for Action {
    fn from(action: membership::Action) -> Self {
        Self::Membership(action)
    }
}

impl From<traffic::Action> for Action {
    fn from(action: traffic::Action) -> Self {
        Self::Traffic(action)
    }
}

impl From<governance::Action> for Action {
    fn from(action: governance::Action) -> Self {
        Self::Governance(action)
    }
}

impl From<registry_access::Action> for Action {
    fn from(action: registry_access::Action) -> Self {
        Self::RegistryAccess(action)
    }
}

const NOT_OURS: Result<(), Refusal> = Err(Refusal::NotThisStamps);
const BLIND: Result<(), Refusal> = Err(Refusal::Blind);

// ---- only this stamp

#[test]
fn a_member_is_written_only_for_the_stamps_own_cluster_in_our_fleet() {
    let mut seen = seen(&aks());
    let (own, other) = (a_member_of(&aks()), a_member_of(&a_cluster("other")));
    seen.members = Ok(vec![own.clone(), other.clone()]);
    let put = |member: &ArmId, cluster: &ArmId| membership::Action::Put {
        member: member.clone(),
        cluster: cluster.clone(),
        group: "stable".to_owned(),
        labels: own.labels.clone(),
        repair: None,
    };
    let delete = |member: &ArmId| membership::Action::Delete { member: member.clone() };
    let another_fleet = shared("Microsoft.ContainerService/fleets/fleet-two/members/aks");

    assert_eq!(verdict(put(&own.id, &aks().id), &seen), Ok(()));
    assert_eq!(verdict(put(&own.id, &other.cluster), &seen), NOT_OURS);
    assert_eq!(verdict(put(&another_fleet, &aks().id), &seen), NOT_OURS);
    assert_eq!(verdict(delete(&own.id), &seen), Ok(()));
    assert_eq!(verdict(delete(&other.id), &seen), NOT_OURS);
    seen.members = Err(unread("the fleet's members"));
    assert_eq!(verdict(delete(&own.id), &seen), NOT_OURS, "a hole proves no ownership");
}

#[test]
fn a_grant_is_made_only_at_configured_registries_and_revoked_only_when_it_is_ours() {
    let grant = |registry: ArmId, cluster: &ClusterSeen| registry_access::Action::Grant {
        registry,
        name: uuid::Uuid::nil(),
        role: PullRole::AcrPull,
        principal: aks().kubelet.expect("a kubelet identity"),
        description: grant_description(&cluster.id),
    };
    let elsewhere = shared("Microsoft.ContainerRegistry/registries/acrtwo");
    let untouched = seen(&aks());
    assert_eq!(verdict(grant(a_registry().id, &aks()), &untouched), Ok(()));
    assert_eq!(verdict(grant(elsewhere, &aks()), &untouched), NOT_OURS);
    assert_eq!(verdict(grant(a_registry().id, &a_cluster("other")), &untouched), NOT_OURS);

    let revoke = |id: ArmId| registry_access::Action::Revoke { assignment: id };
    let own = our_grant(PullRole::AcrPull, &aks());
    let theirs = our_grant(PullRole::RepositoryReader, &aks()).made_by_somebody_else();
    let others = our_grant(PullRole::AcrPull, &a_cluster("other"));
    let mut seen = seen(&aks());
    let registry = a_registry().with(own.clone()).with(theirs.clone()).with(others.clone());
    seen.registries = vec![Err(unread("another registry")), Ok(registry)];
    assert_eq!(verdict(revoke(own.id.clone()), &seen), Ok(()));
    assert_eq!(verdict(revoke(theirs.id), &seen), NOT_OURS);
    assert_eq!(verdict(revoke(others.id), &seen), NOT_OURS);
    assert_eq!(verdict(revoke(own.id), &untouched), NOT_OURS, "never seen");
}

#[test]
fn a_policy_is_assigned_only_where_the_stamp_lies_and_removed_only_from_an_empty_group() {
    let wanted = Wanted::of(&config(), &aks()).governance.remove(0);
    let assign_at = |scope: &ArmId| {
        governance::Action::Assign(Box::new(governance::Assignment {
            id: assigned(&wanted).at(scope).id,
            definition: wanted.definition.clone(),
            display_name: wanted.display_name.clone(),
            parameters: wanted.parameters.clone(),
            enforcement: wanted.enforcement,
            metadata: std::collections::BTreeMap::new(),
            rest: std::collections::BTreeMap::new(),
        }))
    };
    let group = wanted.scope.clone();
    let other_group = a_cluster("other").id.resource_group_scope().expect("a group");
    let management_group = id("/providers/Microsoft.Management/managementGroups/platform");
    let mut seen = seen(&aks());
    for scope in [&group, &id(SUBSCRIPTION)] {
        assert_eq!(verdict(assign_at(scope), &seen), Ok(()), "{scope}");
    }
    let platform = config_where(|document| {
        document["governance"]["assignments"][0]["scope"] =
            serde_json::json!({ "managementGroup": "platform" });
    });
    let case = Case {
        subject: &aks().id,
        config: &platform,
        seen: &seen,
        ledger: &Ledger::default(),
        now: minute(1),
    };
    assert_eq!(
        review(&Action::Governance(assign_at(&management_group)), case),
        Ok(Vec::new()),
        "a configured group"
    );
    for scope in [&other_group, &aks().id, &management_group] {
        assert_eq!(verdict(assign_at(scope), &seen), NOT_OURS, "{scope}");
    }

    let unassign =
        |scope: &ArmId| governance::Action::Unassign { assignment: assigned(&wanted).at(scope).id };
    let table: [(Option<Sight<Vec<ArmId>>>, _); 4] = [
        (Some(Ok(Vec::new())), Ok(())),
        (Some(Ok(vec![a_cluster("neighbour").id])), NOT_OURS),
        (Some(Err(unread("the neighbours"))), NOT_OURS),
        (None, NOT_OURS),
    ];
    for (neighbours, expected) in table {
        seen.neighbours = neighbours;
        assert_eq!(verdict(unassign(&group), &seen), expected, "{:?}", seen.neighbours);
    }
    seen.neighbours = Some(Ok(Vec::new()));
    assert_eq!(verdict(unassign(&id(SUBSCRIPTION)), &seen), NOT_OURS, "others rely on it");
}

#[test]
fn an_origin_is_written_only_in_our_group_and_never_another_stamps() {
    let (other, seen) = (a_cluster("other"), all_in_place(&aks()));
    let enable = |origin: ArmId| Action::Traffic(traffic::Action::Enable { origin, weight: 50 });
    let elsewhere = shared("Microsoft.Cdn/profiles/afd-two/originGroups/stamps/origins/aks");
    let knows_other = remembering(&other, None);
    let knows_us = remembering(&aks(), None);
    let without_traffic =
        config_where(|document| drop(document.as_object_mut().map(|map| map.remove("traffic"))));

    let own = enable(an_origin_of(&aks()).id);
    assert_eq!(verdict_with(&own, &seen, &knows_us, &config()), Ok(()));
    assert_eq!(verdict_with(&own, &seen, &knows_us, &without_traffic), NOT_OURS);
    assert_eq!(verdict(enable(elsewhere), &seen), NOT_OURS);
    let others = enable(an_origin_of(&other).id);
    assert_eq!(verdict_with(&others, &seen, &knows_other, &config()), NOT_OURS);
    let adopted = an_origin_of(&aks()).named("made-by-hand").id;
    assert_eq!(verdict(enable(adopted.clone()), &seen), Ok(()));
    assert_eq!(verdict(traffic::Action::Delete { origin: adopted }, &seen), NOT_OURS);
}

// ---- enough must keep serving

#[test]
fn the_minimum_is_the_larger_of_count_and_share_rounded_up() {
    // (count, percent, enabled now) -> must keep serving
    let table = [
        ((1, 0, 0), 1),
        ((1, 0, 10), 1),
        ((3, 0, 2), 3),
        ((1, 50, 1), 1),
        ((1, 50, 2), 1),
        ((1, 50, 3), 2),
        ((1, 50, 4), 2),
        ((1, 100, 4), 4),
        ((2, 34, 3), 2),
        ((1, 34, 3), 2),
        ((5, 50, 4), 5),
    ];
    for ((count, percent, enabled), expected) in table {
        let minimum = Minimum { count, percent };
        assert_eq!(minimum_serving(minimum, enabled), expected, "{minimum:?} of {enabled}");
    }
}

#[test]
fn a_withdrawal_needs_enough_healthy_peers() {
    let (good, bad) = (|| Probe::Good, || Probe::Bad("503".to_owned()));
    let few = |left, minimum| Err(Refusal::TooFewServing { left, minimum });
    let table = [
        (vec![], few(0, 1)),
        (vec![good()], Ok(())),
        (vec![bad()], few(0, 1)),
        (vec![good(), bad()], few(1, 2)),
        (vec![good(), good()], Ok(())),
        (vec![good(), good(), bad()], Ok(())),
    ];
    for (probes, expected) in table {
        let mut seen = all_in_place(&aks());
        for (number, probe) in probes.iter().enumerate() {
            seen = seen.with_peer(&a_cluster(&format!("peer-{number}")), probe.clone());
        }
        assert_eq!(verdict(disable(&aks()), &seen), expected, "{probes:?}");
    }
}

#[test]
fn a_peer_that_is_held_does_not_count_however_well_it_answers() {
    let peer = a_cluster("peer");
    let seen = all_in_place(&aks()).with_peer(&peer, Probe::Good);
    let ledger = remembering(&peer, Some(note().held_by(Owner::Unknown)));
    let verdict = verdict_with(&disable(&aks()), &seen, &ledger, &config());
    assert_eq!(verdict, Err(Refusal::TooFewServing { left: 0, minimum: 1 }));
}

#[test]
fn without_sight_of_every_peer_nothing_is_withdrawn() {
    let seen = all_in_place(&aks())
        .with_peer(&a_cluster("one"), Probe::Good)
        .with_peer(&a_cluster("two"), Probe::Good);
    let mut one_not_asked = seen.clone();
    one_not_asked.front_door().peers.pop();
    let mut origins_unread = seen.clone();
    origins_unread.front_door().origins = Err(unread("the origins"));
    let never_looked = Seen { traffic: None, ..seen };
    for seen in [one_not_asked, origins_unread, never_looked] {
        assert_eq!(verdict(disable(&aks()), &seen), BLIND);
    }
}

#[test]
fn what_takes_no_traffic_may_go_and_what_adds_traffic_needs_no_peers() {
    let alone = seen(&aks()).with_origin(an_origin_of(&aks()));
    let origin = an_origin_of(&aks()).id;
    assert_eq!(verdict(disable(&aks()), &alone), Ok(()));
    assert_eq!(verdict(traffic::Action::Delete { origin: origin.clone() }, &alone), Ok(()));
    assert_eq!(verdict(traffic::Action::Enable { origin: origin.clone(), weight: 50 }, &alone), Ok(()));
    let serving = all_in_place(&aks());
    let delete = traffic::Action::Delete { origin };
    assert_eq!(verdict(delete, &serving), Err(Refusal::TooFewServing { left: 0, minimum: 1 }));
}
