//! What the handler may do in Azure Resource Manager.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use super::compare;
use crate::snapshot::{Snapshot, last_name, text, texts};

const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";

/// Role Based Access Control Administrator.
const DELEGATE: &str = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";

/// Built-in roles that give data only: nothing that Resource Manager would do.
const DATA_ROLES: [&str; 5] = [
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", // Storage Blob Data Owner
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe", // Storage Blob Data Contributor
    "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0", // Azure Service Bus Data Receiver
    "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39", // Azure Service Bus Data Sender
    "3913510d-42f4-4e42-8a64-420c390055eb", // Monitoring Metrics Publisher
];

/// What is assigned to the app is exactly what its calls need: custom roles by their actions, the delegate by the actions
/// that its condition speaks of, and of built-in roles those for data. `needed` are the RBAC actions of all calls.
#[must_use]
pub fn rights(snapshot: &Snapshot, needed: &BTreeSet<String>) -> Vec<String> {
    let mut differences = Vec::new();
    let mut granted = BTreeSet::new();
    for assignment in snapshot.of_type(ASSIGNMENTS) {
        let role = text(&assignment["properties"]["roleDefinitionId"]);
        let guid = last_name(role);
        let to = text(&assignment["properties"]["principalType"]);
        if !DATA_ROLES.contains(&guid) && to != "ServicePrincipal" {
            differences.push(format!("{role} is assigned to a {to}, not to the app"));
        }
        if guid == DELEGATE {
            granted.extend(clauses(assignment).into_iter().map(|clause| clause.action));
        } else if let Some(definition) = snapshot.by_id(role) {
            granted.extend(actions(definition, &mut differences));
        } else if !DATA_ROLES.contains(&guid) {
            differences.push(format!("a built-in role that is not for data is assigned: {role}"));
        }
    }
    differences.extend(compare(
        &granted,
        "is granted and no call needs it",
        needed,
        "is needed by a call and not granted",
    ));
    differences
}

/// The actions of a custom role; what else a role could hold is a fault.
fn actions(definition: &Value, faults: &mut Vec<String>) -> BTreeSet<String> {
    let name = text(&definition["properties"]["roleName"]);
    let mut actions = BTreeSet::new();
    for permission in definition["properties"]["permissions"].as_array().into_iter().flatten() {
        for other in ["notActions", "dataActions", "notDataActions"] {
            if texts(&permission[other]).next().is_some() {
                faults.push(format!("role {name:?} has {other}"));
            }
        }
        for action in texts(&permission["actions"]) {
            if action.contains('*') {
                faults.push(format!("role {name:?} has the wildcard {action:?}"));
            }
            actions.insert(action.to_owned());
        }
    }
    actions
}

/// Roles are granted and revoked under a condition that names the handler's own pull roles and service principals, for both
/// actions. `roles` are the GUIDs in the handler's code.
#[must_use]
pub fn delegation(snapshot: &Snapshot, roles: &BTreeSet<String>) -> Vec<String> {
    let delegates = snapshot.of_type(ASSIGNMENTS);
    let delegates = delegates.filter(|it| last_name(text(&it["properties"]["roleDefinitionId"])) == DELEGATE);
    let mut differences = Vec::new();
    for delegate in delegates {
        let clauses = clauses(delegate);
        let judged = clauses.iter().map(|it| (it.action.clone(), it.judged.clone())).collect();
        let wanted = [("write", "Request"), ("delete", "Resource")];
        let wanted = wanted.map(|(verb, judged)| (format!("{ASSIGNMENTS}/{verb}"), judged.to_owned()));
        differences.extend(compare(
            &judged,
            "is judged so by the condition",
            &wanted.into(),
            "is not judged by the condition",
        ));
        for Clause { action, roles: named, principals, .. } in clauses {
            differences.extend(compare(
                &named,
                &format!("may be used in {action}, the code does not"),
                roles,
                &format!("is used by the code, not allowed in {action}"),
            ));
            if principals != ["ServicePrincipal".to_owned()].into() {
                differences.push(format!("{action} is allowed for {principals:?}"));
            }
        }
        if delegate["properties"]["conditionVersion"] != "2.0" {
            differences.push("the condition is of another version than 2.0".to_owned());
        }
    }
    differences
}

/// A clause of a condition: what may be done with which roles, for whom.
#[derive(Debug)]
struct Clause {
    action: String,
    /// `Request` or `Resource`: whether what is asked for is looked at, or what is there.
    judged: String,
    roles: BTreeSet<String>,
    principals: BTreeSet<String>,
}

/// The clauses of an assignment's condition. One that is written in another way is not found, and thus missing.
fn clauses(assignment: &Value) -> Vec<Clause> {
    let clause = Regex::new(concat!(
        r"\(\(!\(ActionMatches\{'([^']+)'\}\)\) OR \(",
        r"@(\w+)\[Microsoft.Authorization/roleAssignments:RoleDefinitionId\] ForAnyOfAnyValues:GuidEquals \{([^}]*)\} AND ",
        r"@(\w+)\[Microsoft.Authorization/roleAssignments:PrincipalType\] ForAnyOfAnyValues:StringEqualsIgnoreCase \{([^}]*)\}\)\)",
    ))
    .expect("an expression");
    let list = |text: &str| text.split(',').map(|it| it.trim().trim_matches('\'').to_owned()).collect();
    let condition = text(&assignment["properties"]["condition"]);
    let both_judged_alike = |found: &regex::Captures<'_>| found[2] == found[4];
    clause
        .captures_iter(condition)
        .filter(both_judged_alike)
        .map(|found| Clause {
            action: found[1].to_owned(),
            judged: found[2].to_owned(),
            roles: list(&found[3]),
            principals: list(&found[5]),
        })
        .collect()
}
