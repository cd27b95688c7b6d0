use super::{enclosing, key, parent, resource_type};

const MEMBER: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/members/m";

#[test]
fn a_nested_resource_lies_in_its_parent_its_group_and_its_subscription() {
    assert_eq!(
        enclosing(MEMBER),
        [
            "/subscriptions/s/resourcegroups/g/providers/microsoft.containerservice/fleets/f",
            "/subscriptions/s/resourcegroups/g",
            "/subscriptions/s",
        ]
    );
    assert!(enclosing("/subscriptions/s").is_empty());
}

#[test]
fn types_come_from_every_second_segment() {
    assert_eq!(resource_type(&key(MEMBER)), "microsoft.containerservice/fleets/members");
    assert_eq!(resource_type("/subscriptions/s/resourcegroups/g"), "microsoft.resources/resourcegroups");
}

#[test]
fn an_extension_resource_has_the_type_of_its_last_provider() {
    let id = key(&format!("{MEMBER}/providers/Microsoft.Authorization/roleAssignments/x"));
    assert_eq!(resource_type(&id), "microsoft.authorization/roleassignments");
}

#[test]
fn the_parent_of_a_member_is_its_fleet() {
    assert!(parent(MEMBER).ends_with("/fleets/f"));
}
