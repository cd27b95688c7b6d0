//! A prediction as a person reads it in review: a line per resource, with what matters of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde_json::Value;
use uuid::Uuid;

use crate::{
    estate::Difference,
    snapshot::{Snapshot, text},
};

/// All resources, by scope and type: name, region, and a digest of everything else, so that any change shows.
#[must_use]
pub fn outline(snapshot: &Snapshot) -> String {
    let mut scopes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for resource in snapshot.resources() {
        let (scope, name) = place(resource);
        let region = resource["location"].as_str().map(|region| format!(" {region}")).unwrap_or_default();
        let line = format!("{} {name}{region} {}", text(&resource["type"]), digest(resource));
        scopes.entry(scope).or_default().insert(line);
    }
    let mut outline = String::new();
    for (scope, lines) in scopes {
        let _ = writeln!(outline, "{scope}");
        for line in lines {
            let _ = writeln!(outline, "  {line}");
        }
    }
    outline
}

/// What differs between two predictions.
#[must_use]
pub fn difference(before: &Snapshot, after: &Snapshot) -> String {
    let difference = Difference::between(before, after);
    let signed = [("+", &difference.added), ("-", &difference.removed), ("~", &difference.changed)];
    let lines = signed.into_iter().flat_map(|(sign, ids)| ids.iter().map(move |id| (sign, id)));
    lines.fold(String::new(), |mut text, (sign, id)| {
        let _ = writeln!(text, "{sign} {}", short(id));
        text
    })
}

/// The scope that a resource is deployed to, and its id below that scope, without repeating its type.
fn place(resource: &Value) -> (String, String) {
    let id = text(&resource["id"]);
    // What Azure has yet to name is an expression.
    if id.starts_with('[') {
        return ("named by Azure".to_owned(), text(&resource["name"]).to_owned());
    }
    let short = short(id);
    match short.split_once('/') {
        Some((group, rest)) if !group.is_empty() => (group.to_owned(), owner(rest, text(&resource["name"]))),
        Some((_, rest)) => ("(subscription)".to_owned(), owner(rest, text(&resource["name"]))),
        None => ("(subscription)".to_owned(), short),
    }
}

/// The name, and for what extends another resource that one's name.
fn owner(rest: &str, name: &str) -> String {
    let extended =
        rest.rsplit_once("/providers/").map(|(owner, _)| owner.rsplit('/').next().unwrap_or_default());
    extended
        .filter(|owner| !owner.is_empty())
        .map_or_else(|| name.to_owned(), |owner| format!("{name} of {owner}"))
}

/// An id below its resource group, which comes first; below the subscription it begins with a slash.
fn short(id: &str) -> String {
    let below = id.strip_prefix("/subscriptions/").and_then(|rest| rest.split_once('/'));
    let below = below.map_or(id, |(_, rest)| rest);
    match below.strip_prefix("resourceGroups/") {
        Some(group) => group.replacen("/providers/", "/", 1),
        None => below.replacen("providers/", "/", 1),
    }
}

/// The first digits of a hash of the resource, whatever the order of its fields.
fn digest(resource: &Value) -> String {
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, canonical(resource).as_bytes());
    hash.simple().to_string()[..8].to_owned()
}

fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, String> =
                fields.iter().map(|(name, field)| (name, canonical(field))).collect();
            format!("{fields:?}")
        }
        Value::Array(members) => format!("{:?}", members.iter().map(canonical).collect::<Vec<_>>()),
        scalar => scalar.to_string(),
    }
}
