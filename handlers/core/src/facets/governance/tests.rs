use serde_json::json;

use super::*;
use crate::{
    testing::{INITIATIVE, SUBSCRIPTION, a_cluster, assigned, config, id, unread},
    world,
};

/// What the usual configuration wants at the resource group of a cluster.
fn baseline() -> Wanted {
    world::Wanted::of(&config(), &a_cluster("aks")).governance.remove(0)
}

fn management_group() -> ArmId {
    id("/providers/Microsoft.Management/managementGroups/platform")
}

fn plan(present: AssignmentSeen) -> Diff<Action, Reason> {
    diff(&[baseline()], &Ok(vec![present]))
}

fn only_assign(diff: &Diff<Action, Reason>) -> &Assignment {
    match (diff.actions.as_slice(), diff.reasons.as_slice()) {
        ([Action::Assign(assignment)], []) => assignment,
        _ => panic!("{diff:?}"),
    }
}

#[test]
fn an_assignment_as_wanted_is_left_alone() {
    assert_eq!(plan(assigned(&baseline())), Diff::none());
    assert_eq!(state(&baseline(), &Ok(vec![assigned(&baseline())])), AssignmentState::Assigned);
}

#[test]
fn a_missing_assignment_is_made_with_our_mark() {
    let (wanted, none) = (baseline(), Ok(Vec::new()));
    let diff = diff(std::slice::from_ref(&wanted), &none);
    let assignment = only_assign(&diff);
    assert_eq!(assignment.id, assigned(&wanted).id);
    assert_eq!(assignment.parameters, BTreeMap::from([("effect".to_owned(), json!("Audit"))]));
    assert_eq!(assignment.metadata, BTreeMap::from([(OWNER_KEY.to_owned(), json!(MANAGED_BY))]));
    assert_eq!(state(&wanted, &none), AssignmentState::Missing);
}

#[test]
fn drift_in_any_field_that_configuration_states_is_mended() {
    type Drift = fn(&mut AssignmentSeen);
    let drifts: [(&str, Drift); 5] = [
        ("definition", |seen| seen.definition.push_str("-other")),
        ("display name", |seen| seen.display_name = Some("renamed".to_owned())),
        ("no display name", |seen| seen.display_name = None),
        ("enforcement", |seen| seen.enforcement = Some("DoNotEnforce".to_owned())),
        ("parameter", |seen| drop(seen.parameters.insert("effect".to_owned(), json!("Disabled")))),
    ];
    for (field, drift) in drifts {
        let mut present = assigned(&baseline());
        drift(&mut present);
        let seen = Ok(vec![present.clone()]);
        assert_eq!(state(&baseline(), &seen), AssignmentState::Drifted, "{field}");
        let diff = plan(present);
        let assignment = only_assign(&diff);
        assert_eq!(assignment.definition, baseline().definition, "{field}");
        assert_eq!(assignment.display_name, "baseline", "{field}");
        assert_eq!(assignment.enforcement, Enforcement::Default, "{field}");
        assert_eq!(assignment.parameters["effect"], "Audit", "{field}");
    }
}

#[test]
fn what_configuration_does_not_state_is_nobodys_drift_and_is_kept_in_a_write() {
    let mut present = assigned(&baseline());
    present.parameters.insert("excludedNamespaces".to_owned(), json!(["kube-system"]));
    present.metadata.insert("costCenter".to_owned(), json!(42));
    present.rest.insert("notScopes".to_owned(), json!([SUBSCRIPTION]));
    assert_eq!(plan(present.clone()), Diff::none());

    present.display_name = None;
    let diff = plan(present.clone());
    let assignment = only_assign(&diff);
    assert_eq!(assignment.parameters, present.parameters);
    assert_eq!(assignment.metadata, present.metadata);
    assert_eq!(assignment.rest, present.rest);
}

#[test]
fn effects_parameter_names_and_enforcement_compare_without_case() {
    let mut present = assigned(&baseline());
    present.parameters = BTreeMap::from([("Effect".to_owned(), json!("audit"))]);
    present.enforcement = None;
    assert_eq!(plan(present.clone()), Diff::none());

    present.display_name = None;
    let diff = plan(present);
    let expected = BTreeMap::from([("effect".to_owned(), json!("Audit"))]);
    assert_eq!(only_assign(&diff).parameters, expected, "one spelling of the parameter is sent, not two");
}

#[test]
fn other_parameters_compare_with_case() {
    let wanted = Wanted { parameters: BTreeMap::from([("region".to_owned(), json!("West"))]), ..baseline() };
    let mut present = assigned(&wanted);
    present.parameters = BTreeMap::from([("region".to_owned(), json!("west"))]);
    assert_eq!(state(&wanted, &Ok(vec![present])), AssignmentState::Drifted);
}

#[test]
fn the_same_policy_from_somebody_else_or_from_above_covers_the_stamp() {
    let group = baseline().scope;
    for scope in [group, id(SUBSCRIPTION), management_group()] {
        let theirs = assigned(&baseline()).at(&scope).made_by_somebody_else();
        assert_eq!(state(&baseline(), &Ok(vec![theirs.clone()])), AssignmentState::Covered, "{scope}");
        assert_eq!(plan(theirs), Diff::none(), "{scope}");
    }
    let same_name = assigned(&baseline()).made_by_somebody_else();
    assert_eq!(plan(same_name), Diff::none(), "an equal one of somebody else is not rewritten");
}

#[test]
fn a_policy_below_or_beside_the_scope_covers_nothing() {
    let beside = a_cluster("other").id.resource_group_scope().expect("a group");
    let cluster = a_cluster("aks").id;
    for scope in [beside, cluster] {
        let elsewhere = assigned(&baseline()).at(&scope);
        assert_eq!(state(&baseline(), &Ok(vec![elsewhere])), AssignmentState::Missing, "{scope}");
    }
}

#[test]
fn two_of_ours_at_one_scope_do_not_cover_each_other() {
    let twin = Wanted { name: "baseline-twin".to_owned(), ..baseline() };
    let seen = Ok(vec![assigned(&baseline())]);
    assert_eq!(state(&twin, &seen), AssignmentState::Missing);
}

#[test]
fn a_name_taken_by_another_policy_of_somebody_else_is_a_hold() {
    let mut theirs = assigned(&baseline()).made_by_somebody_else();
    theirs.definition.push_str("-other");
    let held = Diff::hold(Reason::NameTaken { assignment: theirs.id.clone() });
    assert_eq!(state(&baseline(), &Ok(vec![theirs.clone()])), AssignmentState::Conflict);
    assert_eq!(plan(theirs), held);
}

#[test]
fn ours_beside_the_same_from_above_is_reported_not_removed() {
    let ours = assigned(&baseline());
    let above = assigned(&baseline()).at(&id(SUBSCRIPTION)).made_by_somebody_else();
    let duplicate = Reason::Duplicate { assignment: ours.id.clone(), above: above.id.clone() };
    assert_eq!(diff(&[baseline()], &Ok(vec![ours, above])), Diff::hold(duplicate));
}

#[test]
fn withdrawing_takes_only_ours_at_the_group_itself() {
    let ours = assigned(&baseline());
    let theirs = assigned(&Wanted { name: "theirs".to_owned(), ..baseline() }).made_by_somebody_else();
    let ours_above = assigned(&Wanted { scope: id(SUBSCRIPTION), ..baseline() });
    let seen = Ok(vec![theirs, ours_above, ours.clone()]);
    assert_eq!(withdraw(&baseline().scope, &seen), Diff::act(Action::Unassign { assignment: ours.id }));
}

#[test]
fn assignments_that_could_not_be_read_permit_nothing() {
    let hole = unread("policy assignments");
    let held = Diff::hold(Reason::Unread(hole.clone()));
    assert_eq!(diff(&[baseline()], &Err(hole.clone())), held);
    assert_eq!(withdraw(&baseline().scope, &Err(hole.clone())), held);
    assert_eq!(state(&baseline(), &Err(hole.clone())), AssignmentState::Unknown);
    assert_eq!(diff(&[], &Err(hole)), Diff::none(), "nothing wanted, nothing missed");
}

#[test]
fn an_assignment_at_a_management_group_has_an_id_of_its_own() {
    let wanted = Wanted { scope: management_group(), definition: id(INITIATIVE), ..baseline() };
    let diff = diff(&[wanted], &Ok(Vec::new()));
    let text = Action::Assign(Box::new(only_assign(&diff).clone())).to_string();
    assert_eq!(text, "assign policy baseline at /providers/Microsoft.Management/managementGroups/platform");
}
