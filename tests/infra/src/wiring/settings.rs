//! App settings and what reads them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::compare;
use crate::snapshot::{Snapshot, text};

/// Settings of the host that no binding names.
const HOST: [&str; 4] = ["APPLICATIONINSIGHTS_", "AzureWebJobsStorage__", "FUNCTIONS_", "WEBSITE_"];

/// What a connection by key would look like.
const SECRETS: [&str; 4] = ["AccountKey=", "SharedAccessKey", "Password=", "listKeys("];

/// The handler's variables are set and nothing else that nobody reads; connections are there and by identity.
#[must_use]
pub fn settings(
    snapshot: &Snapshot,
    variables: &BTreeSet<String>,
    connections: &BTreeSet<String>,
) -> Vec<String> {
    let config = snapshot.of_type("Microsoft.Web/sites/config");
    let config = config.filter(|it| text(&it["name"]).ends_with("/appsettings"));
    let set: Vec<(&String, &Value)> =
        config.filter_map(|it| it["properties"].as_object()).flatten().collect();
    let is_the_hosts = |name: &str| {
        HOST.iter().any(|prefix| name.starts_with(prefix))
            || connections.iter().any(|connection| name.starts_with(&format!("{connection}__")))
    };
    let names: BTreeSet<String> = set.iter().map(|(name, _)| (*name).clone()).collect();
    let handlers = names.iter().filter(|name| !is_the_hosts(name)).cloned().collect();
    let mut differences =
        compare(&handlers, "is set and nothing reads it", variables, "is read by the handler and not set");
    let needed = connections.iter().map(|connection| format!("{connection}__fullyQualifiedNamespace"));
    let needed: BTreeSet<String> = needed.chain(["AzureWebJobsStorage__accountName".to_owned()]).collect();
    differences
        .extend(needed.difference(&names).map(|name| format!("{name:?} is needed by the host and not set")));
    let secret = |value: &str| SECRETS.iter().any(|mark| value.contains(mark));
    let secrets = set.iter().filter(|(_, value)| secret(text(value)));
    differences.extend(secrets.map(|(name, _)| format!("{name:?} holds a secret")));
    differences
}
