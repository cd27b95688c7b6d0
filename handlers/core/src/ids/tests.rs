use super::ArmId;

const CLUSTER: &str = "/subscriptions/0-1/resourceGroups/rg-weu/providers/Microsoft.ContainerService/managedClusters/aks-weu-01";

fn id(text: &str) -> ArmId {
    ArmId::parse(text).expect(text)
}

#[test]
fn ids_compare_without_case_and_keep_their_text() {
    let upper = id(&CLUSTER.to_uppercase());
    assert_eq!(upper, id(CLUSTER));
    assert_eq!(upper.as_str(), CLUSTER.to_uppercase());
    assert_eq!(upper.key(), CLUSTER.to_lowercase());
}

#[test]
fn parts_of_a_resource_id() {
    let cluster = id(CLUSTER);
    assert_eq!(cluster.name(), "aks-weu-01");
    assert_eq!(cluster.subscription(), Some("0-1"));
    assert_eq!(cluster.resource_group(), Some("rg-weu"));
    assert!(cluster.is_type("Microsoft.ContainerService/managedClusters"));
    assert_eq!(cluster.parent(), None);
    assert_eq!(cluster.resource_group_scope(), Some(id("/subscriptions/0-1/resourceGroups/rg-weu")));
    assert_eq!(cluster.subscription_scope(), Some(id("/subscriptions/0-1")));
}

#[test]
fn children_and_extensions_know_their_type_and_parent() {
    let pool = id(&format!("{CLUSTER}/agentPools/user1"));
    assert!(pool.is_type("microsoft.containerservice/managedclusters/agentpools"));
    assert_eq!(pool.parent(), Some(id(CLUSTER)));
    let grant = id(&format!("{CLUSTER}/providers/Microsoft.Authorization/roleAssignments/g"));
    assert!(grant.is_type("microsoft.authorization/roleassignments"));
    assert!(grant.is_within(&id(CLUSTER)));
    assert_eq!(grant.extension_scope(), CLUSTER);
}

#[test]
fn scope_containment_is_by_segment_not_by_prefix() {
    let scope = id("/subscriptions/0-1/resourceGroups/rg");
    assert!(!id(CLUSTER).is_within(&scope), "rg-weu is not below rg");
    assert!(id(CLUSTER).is_within(&id("/subscriptions/0-1")));
}

#[test]
fn management_groups_are_scopes_without_a_subscription() {
    let group = id("/providers/Microsoft.Management/managementGroups/platform");
    assert_eq!((group.subscription(), group.resource_group()), (None, None));
    assert_eq!(group.name(), "platform");
}

#[test]
fn what_is_not_an_id_says_why() {
    let cases = [
        ("", "it does not start"),
        ("aks-weu-01", "it does not start"),
        ("/subscriptions/", "it does not start"),
        ("/subscriptions//resourceGroups/g", "empty segment"),
        ("/subscriptions/s/resourceGroups", "lacks its name"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.X/t", "lacks its name"),
        ("/subscriptions/s/resourceGroups/../x", "segment of dots"),
        ("/subscriptions/s?api-version=1", "cannot stand"),
        ("/subscriptions/s/resourceGroups/a b", "cannot stand"),
    ];
    for (text, why) in cases {
        let error = ArmId::parse(text).expect_err(text).to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
    assert!(ArmId::parse(&format!("/subscriptions/{}", "x".repeat(3_000))).is_err());
}
