use proptest::prelude::*;

use super::*;

fn cluster(group: &str, name: &str) -> ArmId {
    let text = format!(
        "/subscriptions/s/resourceGroups/{group}/providers/Microsoft.ContainerService/managedClusters/{name}"
    );
    ArmId::parse(&text).expect("a cluster id")
}

fn is_legal(name: &str, max: usize) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=max).contains(&name.len())
        && name.chars().all(|c| inner(c) || c == '-')
        && name.starts_with(inner)
        && name.ends_with(inner)
}

#[test]
fn a_member_name_reads_like_its_cluster() {
    assert!(member_name(&cluster("rg", "Aks_WEU_01")).starts_with("aks-weu-01-"));
}

#[test]
fn one_cluster_has_one_name_whatever_the_casing_of_its_id() {
    let lower = cluster("rg", "aks");
    let upper = ArmId::parse(&lower.as_str().to_uppercase()).expect("a cluster id");
    assert_eq!(member_name(&lower), member_name(&upper));
    assert_eq!(origin_name(&lower), origin_name(&upper));
}

#[test]
fn same_name_in_another_group_is_another_member() {
    assert_ne!(member_name(&cluster("rg-a", "aks")), member_name(&cluster("rg-b", "aks")));
}

#[test]
fn a_successor_differs_from_its_predecessor_and_per_recreation() {
    let aks = cluster("rg", "aks");
    let names =
        [member_name(&aks), successor_member_name(&aks, "uid-1"), successor_member_name(&aks, "uid-2")];
    assert!(names[0] != names[1] && names[1] != names[2] && names[0] != names[2], "{names:?}");
}

#[test]
fn a_role_assignment_name_depends_on_scope_principal_and_role_but_not_on_casing() {
    let scope = cluster("rg", "registry");
    let upper = ArmId::parse(&scope.as_str().to_uppercase()).expect("an id");
    let (one, two) = (PrincipalId::new("AAAA-1"), PrincipalId::new("aaaa-2"));
    let name = role_assignment_name(&scope, &one, "7F951DDA");
    assert_eq!(name, role_assignment_name(&upper, &PrincipalId::new("aaaa-1"), "7f951dda"));
    assert_ne!(name, role_assignment_name(&scope, &two, "7f951dda"));
    assert_ne!(name, role_assignment_name(&scope, &one, "b93aa761"));
    assert_eq!(name.get_version_num(), 5);
}

/// A change here renames every assignment in every installation: it must never happen by accident.
#[test]
fn derived_names_are_frozen() {
    let scope = cluster("rg", "registry");
    assert_eq!(member_name(&scope), "registry-6c9be956");
    let grant = role_assignment_name(&scope, &PrincipalId::new("p"), "r");
    assert_eq!(grant.to_string(), "ac6d28c7-f7de-59e5-abd8-7795d3d3974e");
}

proptest! {
    #[test]
    fn every_cluster_name_gives_legal_names(name in "[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]") {
        let id = cluster("rg", &name);
        prop_assert!(is_legal(&member_name(&id), MEMBER_NAME_MAX), "{}", member_name(&id));
        prop_assert!(is_legal(&successor_member_name(&id, "u"), MEMBER_NAME_MAX));
        prop_assert!(is_legal(&origin_name(&id), ORIGIN_NAME_MAX));
    }
}
