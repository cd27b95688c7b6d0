//! The built-in policies that matter to clusters, with their parameters' names.

use serde_json::{Map, Value, json};

const EFFECT: &str = "effect";
const NAMESPACES: [&str; 3] = ["excludedNamespaces", "namespaces", "labelSelector"];

/// Initiative or definition, id, display name, parameters beside `effect`.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

const ROWS: [Row; 9] = [
    (
        "policySetDefinitions",
        "a8640138-9b0a-4a28-b8cb-1666c838647d",
        "Pod security baseline",
        &["excludedNamespaces", "namespaces", "allowedHostPaths"],
    ),
    (
        "policySetDefinitions",
        "42b8ef37-b724-4e24-bbc8-7a7708edfe00",
        "Pod security restricted",
        &["excludedNamespaces", "namespaces", "allowedCapabilities", "requiredDropCapabilities"],
    ),
    (
        "policyDefinitions",
        "febd0533-8e55-448f-b837-bd0e06f16469",
        "Allowed container images",
        &["allowedContainerImagesRegex", "excludedContainers", "source", "warn"],
    ),
    ("policyDefinitions", "1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d", "HTTPS ingress only", &["source", "warn"]),
    (
        "policyDefinitions",
        "3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e",
        "Internal load balancers",
        &["source", "warn"],
    ),
    (
        "policyDefinitions",
        "cadd9445-aeb8-4ee4-b505-c279db2f737f",
        "Auto-join a fleet",
        &[
            "fleet-subscription-id",
            "fleet-resource-group",
            "fleet-name",
            "fleet-group-tag",
            "skip-cluster-tag",
        ],
    ),
    (
        "policyDefinitions",
        "c7f49635-e3f0-4986-b072-90d0c7c3d4cd",
        "Cluster is a fleet member",
        &["skip-cluster-tag"],
    ),
    ("policyDefinitions", "a8eff44f-8c92-45c3-a3fb-9880802d67a7", "Deploy the policy add-on", &[]),
    ("policyDefinitions", "0a15ec92-a229-4763-bb14-0ea34a568f8d", "Audit the policy add-on", &[]),
];

/// Ids and bodies.
pub(super) fn built_in() -> impl Iterator<Item = (String, Value)> {
    ROWS.iter().map(|(kind, name, display_name, parameters)| {
        let takes_namespaces = parameters.contains(&"source");
        let names = parameters.iter().chain([&EFFECT]).chain(NAMESPACES.iter().filter(|_| takes_namespaces));
        let parameters: Map<String, Value> = names.map(|name| ((*name).to_owned(), json!({}))).collect();
        let body = json!({
            "type": format!("Microsoft.Authorization/{kind}"),
            "properties": {"displayName": display_name, "policyType": "BuiltIn", "parameters": parameters},
        });
        (format!("/providers/Microsoft.Authorization/{kind}/{name}"), body)
    })
}
