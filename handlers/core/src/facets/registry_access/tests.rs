use super::*;
use crate::{
    testing::{SUBSCRIPTION, a_cluster, a_registry, id, our_grant, unread},
    world::ClusterSeen,
};

fn puller(cluster: &ClusterSeen) -> Puller<'_> {
    Puller { cluster: &cluster.id, principal: cluster.kubelet.as_ref() }
}

fn grant_of(role: PullRole, cluster: &ClusterSeen) -> Action {
    let principal = cluster.kubelet.clone().expect("a kubelet identity");
    let registry = a_registry().id;
    let name = role_assignment_name(&registry, &principal, role.guid());
    Action::Grant { registry, name, role, principal, description: grant_description(&cluster.id) }
}

#[test]
fn the_mode_and_the_roles_at_hand_decide() {
    use AccessState::{Adopted, CutOff, Granted, Inherited, Missing};
    use PullRole::{AcrPull, RepositoryReader};
    use RegistryMode::{Abac, Legacy};

    let aks = a_cluster("aks");
    let ours = |role| our_grant(role, &aks);
    let theirs = |role| ours(role).made_by_somebody_else();
    let above = |role| theirs(role).at(id(SUBSCRIPTION));
    let granting = |role| vec![grant_of(role, &aks)];
    let revoking = |grant: Grant| vec![Action::Revoke { assignment: grant.id }];

    let table = [
        ("nothing", Legacy, vec![], Missing, granting(AcrPull)),
        ("nothing", Abac, vec![], Missing, granting(RepositoryReader)),
        ("our role", Legacy, vec![ours(AcrPull)], Granted, vec![]),
        ("our role", Abac, vec![ours(RepositoryReader)], Granted, vec![]),
        ("somebody else's role", Legacy, vec![theirs(AcrPull)], Adopted, vec![]),
        ("a role from above", Legacy, vec![above(AcrPull)], Inherited, vec![]),
        ("a role from above", Abac, vec![above(RepositoryReader)], Inherited, vec![]),
        ("a role that gives nothing here", Legacy, vec![ours(RepositoryReader)], Missing, granting(AcrPull)),
        ("our role before the switch", Abac, vec![ours(AcrPull)], CutOff, granting(RepositoryReader)),
        ("their role before the switch", Abac, vec![theirs(AcrPull)], CutOff, granting(RepositoryReader)),
        (
            "ours for both modes",
            Abac,
            vec![ours(AcrPull), ours(RepositoryReader)],
            Granted,
            revoking(ours(AcrPull)),
        ),
        ("theirs for the other mode", Abac, vec![theirs(AcrPull), ours(RepositoryReader)], Granted, vec![]),
    ];
    for (what, mode, grants, state, actions) in table {
        let case = format!("{what} in mode {mode:?}");
        let registry = RegistrySeen { grants: Ok(grants), ..a_registry().in_mode(mode) };
        assert_eq!(access(puller(&aks), &registry).1, state, "{case}");
        assert_eq!(diff(puller(&aks), &registry).actions, actions, "{case}");
    }
}

#[test]
fn a_cluster_cut_off_by_a_switch_of_modes_says_so_while_the_new_role_is_granted() {
    let aks = a_cluster("aks");
    let registry = a_registry().in_mode(RegistryMode::Abac).with(our_grant(PullRole::AcrPull, &aks));
    assert_eq!(
        diff(puller(&aks), &registry),
        Diff {
            actions: vec![grant_of(PullRole::RepositoryReader, &aks)],
            reasons: vec![Reason::CutOff { registry: "acrone".to_owned() }],
        }
    );
}

#[test]
fn a_stale_principal_is_revoked_only_once_the_new_grant_is_seen() {
    let aks = a_cluster("aks");
    let stale = our_grant(PullRole::AcrPull, &aks).for_principal("of-a-former-life");
    let before = a_registry().with(stale.clone());
    assert_eq!(diff(puller(&aks), &before), Diff::act(grant_of(PullRole::AcrPull, &aks)));
    let after = before.with(our_grant(PullRole::AcrPull, &aks));
    assert_eq!(diff(puller(&aks), &after), Diff::act(Action::Revoke { assignment: stale.id }));
}

#[test]
fn grants_that_are_not_ours_for_this_cluster_are_never_revoked() {
    let (aks, other) = (a_cluster("aks"), a_cluster("other"));
    let stale = our_grant(PullRole::AcrPull, &aks).for_principal("of-a-former-life");
    let not_a_pull_role = Grant { role: "8311e382-0749-4cb8-b61a-304f252e45ec".to_owned(), ..stale.clone() };
    let registry = a_registry()
        .with(our_grant(PullRole::AcrPull, &aks).made_by_somebody_else())
        .with(our_grant(PullRole::AcrPull, &other))
        .with(stale.clone().at(id(SUBSCRIPTION)))
        .with(stale.made_by_somebody_else())
        .with(not_a_pull_role);
    assert_eq!(diff(puller(&aks), &registry), Diff::none());
    assert_eq!(withdraw(&aks.id, &registry), Diff::none());
}

#[test]
fn withdrawing_revokes_every_role_that_we_made_for_the_cluster() {
    let aks = a_cluster("aks");
    let (pull, reader) = (our_grant(PullRole::AcrPull, &aks), our_grant(PullRole::RepositoryReader, &aks));
    let other = our_grant(PullRole::AcrPull, &a_cluster("other"));
    let registry = a_registry().with(pull.clone()).with(other).with(reader.clone());
    let revoked = [pull, reader].map(|grant| Action::Revoke { assignment: grant.id });
    assert_eq!(withdraw(&aks.id, &registry).actions, revoked);
}

#[test]
fn what_cannot_be_told_is_a_reason_and_no_action() {
    let aks = a_cluster("aks");
    let new_mode = a_registry().in_mode(RegistryMode::of(Some("Quantum")));
    let holding = |reason| Diff::hold(reason);
    assert_eq!(
        diff(puller(&aks), &new_mode),
        holding(Reason::UnknownMode { registry: "acrone".to_owned(), mode: "Quantum".to_owned() })
    );
    assert_eq!(access(puller(&aks), &new_mode), (None, AccessState::Unknown));

    let nobody = Puller { cluster: &aks.id, principal: None };
    assert_eq!(diff(nobody, &a_registry()), holding(Reason::NoKubeletIdentity));
    assert_eq!(access(nobody, &a_registry()).1, AccessState::Unknown);

    let hole = unread("role assignments");
    let blind = RegistrySeen { grants: Err(hole.clone()), ..a_registry() };
    assert_eq!(diff(puller(&aks), &blind), holding(Reason::Unread(hole.clone())));
    assert_eq!(withdraw(&aks.id, &blind), holding(Reason::Unread(hole)));
    assert_eq!(access(puller(&aks), &blind).1, AccessState::Unknown);
}

#[test]
fn registry_modes_are_read_without_case_and_absent_means_legacy() {
    let table = [
        (None, RegistryMode::Legacy),
        (Some("legacyregistrypermissions"), RegistryMode::Legacy),
        (Some("AbacRepositoryPermissions"), RegistryMode::Abac),
        (Some("Quantum"), RegistryMode::Other("Quantum".to_owned())),
    ];
    for (text, mode) in table {
        assert_eq!(RegistryMode::of(text), mode, "{text:?}");
    }
}

#[test]
fn a_region_without_a_replica_is_told_where_replicas_were_asked_for() {
    let replicated = |regions: &[&str]| RegistrySeen {
        replicas: Some(Ok(regions.iter().map(|&region| region.to_owned()).collect())),
        ..a_registry()
    };
    let gap = Reason::NoReplica { registry: "acrone".to_owned(), region: "eastus2".to_owned() };
    assert_eq!(replica_gap(&a_registry(), "eastus2"), None, "not asked for");
    assert_eq!(replica_gap(&replicated(&[]), "westeurope"), None, "its home");
    assert_eq!(replica_gap(&replicated(&["eastus2"]), "eastus2"), None);
    assert_eq!(replica_gap(&replicated(&["northeurope"]), "eastus2"), Some(gap));
    let hole = unread("replications");
    let blind = RegistrySeen { replicas: Some(Err(hole.clone())), ..a_registry() };
    assert_eq!(replica_gap(&blind, "eastus2"), Some(Reason::Unread(hole)));
}
