use super::*;
use crate::{
    testing::{a_cluster, a_member_of, config, unread},
    world::{self, ClusterSeen},
};

fn plan(cluster: &ClusterSeen, members: Vec<MemberSeen>) -> Diff<Action, Reason> {
    let wanted = world::Wanted::of(&config(), cluster).membership;
    diff(&wanted, Joining { id: &cluster.id, uid: cluster.uid.as_deref() }, &Ok(members))
}

fn labels_of(action: &Action) -> Vec<(&str, &str)> {
    let (Action::Put { labels, .. } | Action::Patch { labels, .. }) = action else {
        panic!("{action} sends no labels")
    };
    labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

#[test]
fn a_member_as_wanted_is_left_alone() {
    let aks = a_cluster("aks");
    let fleets_own = a_member_of(&aks).labelled("fleet.azure.com/cluster", "x");
    assert_eq!(plan(&aks, vec![a_member_of(&aks)]), Diff::none());
    assert_eq!(plan(&aks, vec![fleets_own]), Diff::none());
}

#[test]
fn a_cluster_without_a_member_joins_in_its_group_with_our_labels() {
    let aks = a_cluster("aks");
    let other = a_member_of(&a_cluster("other"));
    let expected = a_member_of(&aks);
    let put = Action::Put {
        member: expected.id,
        cluster: aks.id.clone(),
        group: "stable".to_owned(),
        labels: expected.labels,
        repair: None,
    };
    assert_eq!(plan(&aks, vec![other]), Diff::act(put));
}

#[test]
fn a_member_in_another_group_is_patched_and_keeps_foreign_labels() {
    let aks = a_cluster("aks");
    let member = a_member_of(&aks)
        .in_group("canary")
        .labelled("cost-center", "42")
        .labelled("fleet.azure.com/cluster", "the fleet's own");
    let diff = plan(&aks, vec![member]);
    let [patch @ Action::Patch { group, .. }] = diff.actions.as_slice() else { panic!("{diff:?}") };
    assert_eq!(group, "stable");
    assert_eq!(
        labels_of(patch),
        [("cost-center", "42"), ("fleet-automation/cluster-uid", "uid-of-aks"), ("team", "platform")]
    );
}

#[test]
fn a_label_of_ours_that_somebody_changed_is_set_again() {
    let aks = a_cluster("aks");
    let diff = plan(&aks, vec![a_member_of(&aks).labelled("team", "somebody-else")]);
    assert!(labels_of(&diff.actions[0]).contains(&("team", "platform")), "{diff:?}");
}

#[test]
fn a_busy_member_is_left_to_the_fleet_whatever_is_wrong_with_it() {
    let aks = a_cluster("aks");
    let member = a_member_of(&aks).in_group("canary").that_is(Progress::Busy);
    let held = Diff::hold(Reason::Busy { member: member.id.name().to_owned() });
    assert_eq!(plan(&aks, vec![member.clone()]), held);
    assert_eq!(leave(&aks.id, &Ok(vec![member])), held);
}

#[test]
fn a_member_is_written_whole_again_to_repair_it() {
    let aks = a_cluster("aks");
    let member = a_member_of(&aks).labelled("cost-center", "42");
    let cases = [
        (aks.clone(), member.clone().that_is(Progress::Failed), Repair::Failed),
        (aks.recreated(), member, Repair::ClusterRecreated),
    ];
    for (cluster, member, why) in cases {
        let diff = plan(&cluster, vec![member.clone()]);
        let [put @ Action::Put { member: written, repair, .. }] = diff.actions.as_slice() else {
            panic!("{diff:?}")
        };
        assert_eq!((written, *repair), (&member.id, Some(why)));
        let uid = cluster.uid.as_deref().unwrap_or_default();
        let expected = [("cost-center", "42"), (UID_LABEL, uid), ("team", "platform")];
        assert_eq!(labels_of(put), expected);
    }
}

#[test]
fn a_cluster_or_member_without_a_unique_id_is_not_taken_for_recreated() {
    let aks = a_cluster("aks");
    let unmarked = ClusterSeen { uid: None, ..aks.clone() };
    assert_eq!(plan(&unmarked, vec![a_member_of(&aks)]), Diff::none());
    let mut joined_by_hand = a_member_of(&aks);
    joined_by_hand.labels.remove(UID_LABEL);
    let diff = plan(&aks, vec![joined_by_hand]);
    assert!(matches!(diff.actions.as_slice(), [Action::Patch { .. }]), "{diff:?}");
}

#[test]
fn a_name_taken_by_another_cluster_gives_way_to_a_successor_and_then_to_a_hold() {
    let (aks, other) = (a_cluster("aks"), a_cluster("other"));
    let successor = successor_member_name(&aks.id, "uid-of-aks");
    let first = a_member_of(&other).named(&member_name(&aks.id));
    let second = a_member_of(&other).named(&successor);

    let diff = plan(&aks, vec![first.clone()]);
    let [Action::Put { member, repair: None, .. }] = diff.actions.as_slice() else { panic!("{diff:?}") };
    assert_eq!(member.name(), successor);

    let held = Diff::hold(Reason::NameTaken { member: successor, by: other.id.clone() });
    assert_eq!(plan(&aks, vec![first.clone(), second]), held);

    let unmarked = ClusterSeen { uid: None, ..aks.clone() };
    let held = Diff::hold(Reason::NameTaken { member: member_name(&aks.id), by: other.id });
    assert_eq!(plan(&unmarked, vec![first]), held, "without a unique id there is no successor's name");
}

#[test]
fn a_cluster_that_is_gone_leaves_by_whatever_name_it_joined() {
    let aks = a_cluster("aks");
    let member = a_member_of(&aks).named("joined-by-hand");
    assert_eq!(leave(&aks.id, &Ok(vec![member.clone()])), Diff::act(Action::Delete { member: member.id }));
    assert_eq!(leave(&aks.id, &Ok(vec![a_member_of(&a_cluster("other"))])), Diff::none());
}

#[test]
fn a_member_that_we_neither_made_nor_marked_stays_when_its_cluster_goes() {
    let aks = a_cluster("aks");
    let mut theirs = a_member_of(&aks).named("joined-by-hand");
    theirs.labels.remove(UID_LABEL);
    assert_eq!(leave(&aks.id, &Ok(vec![theirs])), Diff::none());
    let mut unmarked = a_member_of(&aks);
    unmarked.labels.remove(UID_LABEL);
    assert_eq!(
        leave(&aks.id, &Ok(vec![unmarked.clone()])),
        Diff::act(Action::Delete { member: unmarked.id })
    );
}

#[test]
fn members_that_could_not_be_read_permit_nothing() {
    let aks = a_cluster("aks");
    let hole = unread("the fleet's members");
    let held = Diff::hold(Reason::Unread(hole.clone()));
    let wanted = world::Wanted::of(&config(), &aks).membership;
    assert_eq!(diff(&wanted, Joining { id: &aks.id, uid: None }, &Err(hole.clone())), held);
    assert_eq!(leave(&aks.id, &Err(hole)), held);
}
