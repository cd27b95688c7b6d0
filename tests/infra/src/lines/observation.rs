//! What is known of a stamp: workspaces, logs, metrics.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    snapshot::{members, same, text, texts},
    stamp::{Stamp, refers_to, shared, shared_workspace},
};

/// What of a network has logs or metrics.
const NETWORK: [&str; 7] = [
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Network/publicIPAddresses",
    "Microsoft.Network/azureFirewalls",
    "Microsoft.Network/bastionHosts",
    "Microsoft.Network/applicationGateways",
    "Microsoft.KeyVault/vaults",
];

/// Logs of a control plane that AKS can export and that are asked for.
const CONTROL_PLANE: [&str; 7] = [
    "kube-apiserver",
    "kube-audit-admin",
    "kube-controller-manager",
    "kube-scheduler",
    "cluster-autoscaler",
    "cloud-controller-manager",
    "guard",
];

/// R05: a workspace of the region, which everything of the region's network reports to.
#[must_use]
pub fn regional_workspace(stamp: &Stamp) -> Vec<String> {
    let workspace = stamp.workspace();
    let reports = |resource: &Value| {
        stamp.diagnostics_of(resource).any(|it| refers_to(&it["properties"]["workspaceId"], workspace))
    };
    let silent = NETWORK.into_iter().flat_map(|kind| {
        let silent = stamp.of_type(kind).filter(|resource| !reports(resource)).map(|it| text(&it["name"]));
        let missing = stamp.of_type(kind).next().is_none().then_some(kind);
        silent.chain(missing).collect::<Vec<_>>()
    });
    let mut faults: Vec<String> = silent
        .map(|what| format!("{}: {what} doesn't report to the region's workspace", stamp.name))
        .collect();
    let flow_logs = flow_logs_of(stamp);
    faults.extend(stamp.faults([
        (same(&workspace["location"], &stamp.group["location"]), "has no workspace of its own"),
        (flow_logs.len() == 2, "not both networks' flows are logged"),
        (
            flow_logs.iter().all(|flow_log| {
                let analysis = &flow_log["properties"]["flowAnalyticsConfiguration"];
                let analysis = &analysis["networkWatcherFlowAnalyticsConfiguration"];
                refers_to(&analysis["workspaceResourceId"], workspace)
            }),
            "flows are analysed in another workspace",
        ),
    ]));
    faults
}

/// Flow logs live in Azure's own resource group; they are the stamp's when they watch its networks.
fn flow_logs_of<'a>(stamp: &Stamp<'a>) -> Vec<&'a Value> {
    let all = stamp.snapshot.of_type("Microsoft.Network/networkWatchers/flowLogs");
    all.filter(|it| stamp.holds(text(&it["properties"]["targetResourceId"]))).collect()
}

/// R06: logs and metrics of the cluster are in the workspace that all clusters share.
#[must_use]
pub fn shared_workspace_of_clusters(stamp: &Stamp) -> Vec<String> {
    let workspace = shared_workspace(stamp.snapshot);
    let settings: Vec<&Value> = stamp.diagnostics_of(stamp.cluster()).collect();
    let metrics = |it: &&Value| members(&it["properties"]["metrics"]).any(|metric| metric["enabled"] == true);
    stamp.faults([
        (!workspace.is_null() && workspace != stamp.workspace(), "clusters share no workspace"),
        (!settings.is_empty(), "the cluster reports nothing"),
        (
            settings.iter().all(|it| refers_to(&it["properties"]["workspaceId"], workspace)),
            "the cluster reports elsewhere",
        ),
        (settings.iter().any(metrics), "the cluster's metrics aren't there"),
    ])
}

/// R78: reports are built on the shared workspace, which the cluster's logs go to, in tables of their own.
#[must_use]
pub fn reports(stamp: &Stamp) -> Vec<String> {
    let workspace = shared_workspace(stamp.snapshot);
    let workbook = shared(stamp.snapshot, "Microsoft.Insights/workbooks");
    let settings: Vec<&Value> = stamp.diagnostics_of(stamp.cluster()).collect();
    let logs = |it: &&Value| members(&it["properties"]["logs"]).any(|log| log["enabled"] == true);
    let dedicated = |it: &&Value| it["properties"]["logAnalyticsDestinationType"] == "Dedicated";
    stamp.faults([
        (
            settings.iter().filter(|it| refers_to(&it["properties"]["workspaceId"], workspace)).any(logs),
            "the cluster's logs aren't in the shared workspace",
        ),
        (settings.iter().all(dedicated), "logs of all kinds are in one table"),
        (refers_to(&workbook["properties"]["sourceId"], workspace), "no report is built on the workspace"),
    ])
}

/// R85: the logs of the control plane are exported.
#[must_use]
pub fn control_plane_logs(stamp: &Stamp) -> Vec<String> {
    let settings = stamp.diagnostics_of(stamp.cluster());
    let logs =
        settings.flat_map(|it| members(&it["properties"]["logs"])).filter(|log| log["enabled"] == true);
    let exported: BTreeSet<&str> = logs.map(|log| text(&log["category"])).collect();
    let missing = CONTROL_PLANE.into_iter().filter(|category| !exported.contains(category));
    missing.map(|category| format!("{}: {category} isn't exported", stamp.name)).collect()
}

/// R84: Container Insights and managed Prometheus, each with a rule that says where to, and that the cluster is joined to.
#[must_use]
pub fn insights(stamp: &Stamp) -> Vec<String> {
    let cluster = &stamp.cluster()["properties"];
    let agent = &cluster["addonProfiles"]["omsagent"];
    let workspace = shared_workspace(stamp.snapshot);
    let accounts = shared(stamp.snapshot, "Microsoft.Monitor/accounts");
    let goes_to = |kind: &str, id: &str, wanted: &Value| {
        rules_of(stamp).iter().any(|rule| {
            let flows =
                members(&rule["properties"]["dataFlows"]).flat_map(|flow| texts(&flow["destinations"]));
            let flows: BTreeSet<&str> = flows.collect();
            members(&rule["properties"]["destinations"][kind])
                .any(|to| refers_to(&to[id], wanted) && flows.contains(text(&to["name"])))
        })
    };
    stamp.faults([
        (agent["enabled"] == true, "Container Insights is off"),
        (
            refers_to(&agent["config"]["logAnalyticsWorkspaceResourceID"], workspace),
            "Container Insights reports elsewhere",
        ),
        (
            goes_to("logAnalytics", "workspaceResourceId", workspace),
            "no rule brings container logs to the workspace",
        ),
        (cluster["azureMonitorProfile"]["metrics"]["enabled"] == true, "managed Prometheus is off"),
        (
            goes_to("monitoringAccounts", "accountResourceId", accounts),
            "no rule brings metrics to the fleet's Prometheus",
        ),
    ])
}

/// The data collection rules that the cluster is joined to.
fn rules_of<'a>(stamp: &Stamp<'a>) -> Vec<&'a Value> {
    let below = format!("{}/", text(&stamp.cluster()["id"]));
    let associations = stamp.of_type("Microsoft.Insights/dataCollectionRuleAssociations");
    let joined: Vec<&Value> = associations
        .filter(|it| text(&it["id"]).starts_with(&below))
        .map(|it| &it["properties"]["dataCollectionRuleId"])
        .collect();
    let rules = stamp.of_type("Microsoft.Insights/dataCollectionRules");
    rules.filter(|rule| joined.iter().any(|id| refers_to(id, rule))).collect()
}

/// R57: what services trace goes to an Application Insights of the region, whose data is in the shared workspace with all
/// others'.
#[must_use]
pub fn traces(stamp: &Stamp) -> Vec<String> {
    let component = stamp.the("Microsoft.Insights/components");
    let flux = stamp.the("Microsoft.KubernetesConfiguration/fluxConfigurations");
    let variables = &flux["properties"]["kustomizations"]["cluster"]["postBuild"]["substitute"];
    let asks = format!("[reference('{}'", text(&component["id"]));
    stamp.faults([
        (
            refers_to(&component["properties"]["WorkspaceResourceId"], shared_workspace(stamp.snapshot)),
            "its traces aren't in the shared workspace",
        ),
        (
            text(&variables["APPLICATION_INSIGHTS_CONNECTION"]).starts_with(&asks) && !component.is_null(),
            "the workload isn't told where traces go",
        ),
    ])
}
