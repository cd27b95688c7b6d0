//! Pages.

use serde_json::Value;

use super::fixture::{CLUSTERS, FLEETS, Lab, ROLES, body, text};

/// Follows `nextLink` to the end; answers the items' names and the number of pages.
fn walk(lab: &Lab, path: &str, api_version: &str) -> (Vec<String>, usize) {
    let mut page = lab.get(path, api_version);
    let (mut names, mut pages) = (Vec::new(), 1);
    loop {
        assert_eq!(page.status, 200);
        let items = body(&page)["value"].as_array().expect("a list").clone();
        names.extend(items.iter().map(|item| text(item, "/name").to_owned()));
        let next = body(&page).get("nextLink").and_then(Value::as_str).map(str::to_owned);
        let Some(link) = next else { return (names, pages) };
        page = lab.follow(&link);
        pages += 1;
    }
}

fn clusters_of_subscription() -> String {
    let subscription = crate::arm::setup::DEFAULT_SUBSCRIPTION;
    format!("/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters")
}

#[test]
fn every_item_is_on_exactly_one_page() {
    let lab = Lab::new();
    for number in 0..7 {
        let _ = lab.estate.cluster(&format!("more-{number}")).present();
    }
    lab.arm.configure(|settings| settings.page_size = 4);
    let (names, pages) = walk(&lab, &clusters_of_subscription(), CLUSTERS);
    assert_eq!((names.len(), pages), (9, 3));
    assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), 9);
}

#[test]
fn an_empty_page_with_a_next_link_is_no_end() {
    let lab = Lab::new();
    lab.arm.configure(|settings| settings.empty_first_page = true);
    let (names, pages) = walk(&lab, &clusters_of_subscription(), CLUSTERS);
    assert_eq!((names.len(), pages), (2, 2));
}

#[test]
fn a_list_over_several_scopes_is_complete_in_pages_of_one() {
    let lab = Lab::new();
    let registry = lab.estate.registry_ids()[0].clone();
    let subscription = format!("/subscriptions/{}", crate::arm::setup::DEFAULT_SUBSCRIPTION);
    let platform = "/providers/Microsoft.Management/managementGroups/mg-platform";
    for (scope, principal) in [(subscription.as_str(), "a"), (platform, "b"), (registry.as_str(), "c")] {
        lab.estate.assign_pull_role(scope, principal);
    }
    lab.arm.configure(|settings| settings.page_size = 1);
    let list = |filter: &str| {
        walk(&lab, &format!("{registry}/providers/Microsoft.Authorization/roleAssignments{filter}"), ROLES)
    };
    assert_eq!((list("?$filter=atScope()").0.len(), list("?$filter=atScope()").1), (4, 4));
    assert_eq!(list("").0.len(), 4);
}

#[test]
fn a_group_lists_only_its_own_clusters() {
    let lab = Lab::new();
    let collection = lab.new.rsplit_once('/').expect("an id").0.to_owned();
    assert_eq!(walk(&lab, &collection, CLUSTERS).0, ["aks-neu-01"]);
}

#[test]
fn members_end_with_a_null_next_link() {
    let lab = Lab::new();
    let page = lab.get(&format!("{}/members", lab.estate.fleet_id()), FLEETS);
    assert_eq!(body(&page).get("nextLink"), Some(&Value::Null));
}
