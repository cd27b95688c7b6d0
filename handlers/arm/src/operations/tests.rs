use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::*;

/// One operation as the official clients send it; `official` names it there, `{}` stands for a parameter.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fact {
    name: String,
    official: Option<String>,
    method: String,
    url: String,
    api_version: String,
}

fn facts() -> Vec<Fact> {
    serde_json::from_str(include_str!("contract.json")).expect("the fixture parses")
}

/// A template with its parameter names left out, which differ between clients.
fn nameless(template: &str) -> String {
    let named = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
    template.split('/').map(named).collect::<Vec<_>>().join("/")
}

#[test]
fn every_row_agrees_with_the_contract() {
    for fact in facts() {
        let row = named(&fact.name).unwrap_or_else(|| panic!("{} is missing", fact.name));
        assert_eq!(row.method.as_str(), fact.method, "{}", fact.name);
        assert_eq!(nameless(row.path), fact.url, "{}", fact.name);
        assert_eq!(row.api_version, fact.api_version, "{}", fact.name);
    }
}

#[test]
fn the_contract_covers_every_row_once() {
    let rows: Vec<_> = OPERATIONS.iter().map(|row| row.name.to_owned()).collect();
    let facts: Vec<_> = facts().into_iter().map(|fact| fact.name).collect();
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len(), "a name occurs twice");
    assert_eq!(rows, facts);
}

#[test]
fn the_contract_agrees_with_the_reference_where_it_is_at_hand() {
    let reference =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts/data/operations.json");
    let Ok(text) = std::fs::read_to_string(&reference) else {
        eprintln!("SKIPPED: no contract reference beside the checkout; only the fixture was compared");
        return;
    };
    let reference: Value = serde_json::from_str(&text).expect("the reference parses");
    let all = reference["operations"].as_array().expect("a list of operations");
    for fact in facts() {
        let Some(official) = fact.official else { continue };
        let entry = all.iter().find(|entry| entry["operation"] == official.as_str());
        let entry = entry.unwrap_or_else(|| panic!("{official} is not in the reference"));
        assert_eq!(entry["method"], fact.method.as_str(), "{official}");
        assert_eq!(entry["apiVersion"], fact.api_version.as_str(), "{official}");
        let url = nameless(entry["urlTemplate"].as_str().expect("a template"));
        // Clients that expand the scope into its parts agree from the provider on.
        let own = fact.url.strip_prefix("/{}").unwrap_or(&fact.url);
        assert!(url.ends_with(own), "{official}: {url} does not end in {own}");
        assert!(own != fact.url || url == fact.url, "{official}: {url} is not {}", fact.url);
    }
}

#[test]
fn an_rbac_action_is_the_type_of_the_path_and_the_verb_of_the_method() {
    for row in OPERATIONS {
        let (_, provider) = row.path.rsplit_once("/providers/").expect("a provider");
        let literals: Vec<_> = provider.split('/').filter(|segment| !segment.starts_with('{')).collect();
        let verb = match (row.method, row.kind) {
            (Method::Post, _) => "action",
            (_, Kind::Read) => "read",
            (_, Kind::Write) => "write",
            (_, Kind::Delete) => "delete",
        };
        assert_eq!(row.rbac_action, format!("{}/{verb}", literals.join("/")), "{}", row.name);
    }
}

#[test]
fn a_template_matches_ids_in_any_case() {
    let row = row("members.list");
    assert!(
        row.matches(
            "/subscriptions/s/resourcegroups/g/providers/microsoft.containerservice/FLEETS/f/members"
        )
    );
}

#[test]
fn a_template_refuses_ids_of_another_shape() {
    let row = row("members.list");
    for path in [
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/members/m",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/f/members",
        "",
    ] {
        assert!(!row.matches(path), "{path}");
    }
}

#[test]
fn a_scope_is_anything_of_at_least_one_segment() {
    let row = row("roleAssignments.listAtScope");
    let suffix = "/providers/Microsoft.Authorization/roleAssignments";
    assert!(row.matches(&format!("/subscriptions/s{suffix}")));
    assert!(row.matches(&format!("/providers/Microsoft.Management/managementGroups/m{suffix}")));
    assert!(!row.matches(suffix));
}
