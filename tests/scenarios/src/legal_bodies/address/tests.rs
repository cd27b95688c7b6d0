use super::Address;

const GROUP: &str = "/subscriptions/s/resourceGroups/g";

fn read(path: &str) -> (String, Vec<String>) {
    let address = Address::parse(path).expect("names a resource");
    (address.resource_type(), address.names)
}

#[test]
fn a_child_resource_has_one_name_for_each_type() {
    let url =
        format!("{GROUP}/providers/Microsoft.ContainerService/fleets/f/members/m?api-version=2026-06-01");
    let address = Address::parse(&url).expect("names a resource");
    assert_eq!(address.resource_type(), "Microsoft.ContainerService/fleets/members");
    assert_eq!(address.type_at(1), "Microsoft.ContainerService/fleets");
    assert_eq!(address.names, ["f", "m"]);
    assert_eq!(address.api_version.as_deref(), Some("2026-06-01"));
    assert!(!address.is_collection());
}

#[test]
fn a_collection_lacks_the_last_name_and_its_items_bring_it() {
    let url =
        format!("{GROUP}/providers/Microsoft.Cdn/profiles/p/originGroups?$top=5&API-Version=2025-12-01");
    let collection = Address::parse(&url).expect("names a collection");
    assert!(collection.is_collection());
    assert_eq!(collection.api_version.as_deref(), Some("2025-12-01"));
    let item = collection.item(Some("og"));
    assert_eq!(item.names, ["p", "og"]);
    assert!(!item.is_collection());
}

#[test]
fn an_extension_resource_belongs_to_the_last_provider() {
    let scope = format!("{GROUP}/providers/Microsoft.ContainerRegistry/registries/r");
    let expected = ("Microsoft.Authorization/roleAssignments".to_owned(), vec!["a".to_owned()]);
    assert_eq!(read(&format!("{scope}/providers/Microsoft.Authorization/roleAssignments/a")), expected);
    let management_group = "/providers/Microsoft.Management/managementGroups/mg";
    assert_eq!(
        read(&format!("{management_group}/PROVIDERS/Microsoft.Authorization/roleAssignments/a")),
        expected
    );
}

#[test]
fn a_resource_group_has_no_provider_in_its_path() {
    assert_eq!(
        read("/subscriptions/s/resourcegroups/g?api-version=2025-04-01"),
        ("Microsoft.Resources/resourcegroups".to_owned(), vec!["g".to_owned()])
    );
}

#[test]
fn an_absolute_url_is_read_like_its_path() {
    let path = format!("{GROUP}/providers/Microsoft.Cdn/profiles/p?api-version=1");
    assert_eq!(Address::parse(&format!("https://arm.test:8443{path}")), Address::parse(&path));
}

#[test]
fn what_is_no_resource_is_passed_over() {
    for url in [
        "/subscriptions/s/providers/Microsoft.ContainerService/locations/l/operations/o?api-version=2016-03-30",
        "/subscriptions/s/resourcegroups/g/providers/Microsoft.Cdn/operationResults/o/profileresults/p",
        "/subscriptions/s?api-version=2022-12-01",
        "/providers/Microsoft.Management",
        "/",
        "",
    ] {
        assert_eq!(Address::parse(url), None, "{url}");
    }
}
