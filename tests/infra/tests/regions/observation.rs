use fleet_infra_tests::lines::observation;

use crate::spoil::{
    Spoil::{Replace, Without},
    every_region, everywhere, production,
};

const ASSOCIATIONS: &str = "Microsoft.Insights/dataCollectionRuleAssociations";
const BASTIONS: &str = "Microsoft.Network/bastionHosts";
const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";
const FLOW_LOGS: &str = "Microsoft.Network/networkWatchers/flowLogs";
const RULES: &str = "Microsoft.Insights/dataCollectionRules";
const SETTINGS: &str = "Microsoft.Insights/diagnosticSettings";
const WORKSPACES: &str = "Microsoft.OperationalInsights/workspaces";

#[test]
fn r05_each_region_s_network_reports_to_the_region_s_workspace() {
    every_region(
        observation::regional_workspace,
        &[
            (Without(WORKSPACES), "has no workspace of its own"),
            (Without(SETTINGS), "afw-{region} doesn't report"),
            (Without(BASTIONS), "Microsoft.Network/bastionHosts doesn't report"),
            (Replace(SETTINGS, "log-stamp-{region}", "log-elsewhere"), "agw-{region} doesn't report"),
            (Without(FLOW_LOGS), "not both networks' flows"),
            (Replace(FLOW_LOGS, "log-stamp-{region}", "log-elsewhere"), "analysed in another workspace"),
        ],
    );
}

#[test]
fn r06_logs_and_metrics_of_each_cluster_are_in_the_shared_workspace() {
    every_region(
        observation::shared_workspace_of_clusters,
        &[
            (Without(SETTINGS), "the cluster reports nothing"),
            (Replace(SETTINGS, "log-retail-shared", "log-elsewhere"), "the cluster reports elsewhere"),
            (Replace(SETTINGS, "\"metrics\":", "\"nothing\":"), "the cluster's metrics aren't there"),
        ],
    );
}

#[test]
fn r78_each_cluster_s_logs_are_where_the_reports_look() {
    every_region(
        observation::reports,
        &[
            (Replace(SETTINGS, "log-retail-shared", "log-elsewhere"), "aren't in the shared workspace"),
            (Replace(SETTINGS, "\"Dedicated\"", "\"AzureDiagnostics\""), "in one table"),
        ],
    );
    production(
        everywhere(observation::reports),
        &[(Without("Microsoft.Insights/workbooks"), "no report is built")],
    );
}

#[test]
fn r84_each_cluster_has_container_insights_and_managed_prometheus() {
    every_region(
        observation::insights,
        &[
            (Replace(CLUSTERS, "\"omsagent\"", "\"none\""), "Container Insights is off"),
            (Replace(CLUSTERS, "log-retail-shared", "log-elsewhere"), "Container Insights reports elsewhere"),
            (Without(ASSOCIATIONS), "no rule brings container logs"),
            (Replace(RULES, "log-retail-shared", "log-elsewhere"), "no rule brings container logs"),
            (Replace(RULES, "amw-retail-shared", "amw-elsewhere"), "no rule brings metrics"),
            (Replace(CLUSTERS, "\"azureMonitorProfile\"", "\"none\""), "managed Prometheus is off"),
        ],
    );
}

#[test]
fn r85_each_control_plane_s_logs_are_exported() {
    every_region(
        observation::control_plane_logs,
        &[
            (Replace(SETTINGS, "kube-audit-admin", "other"), "kube-audit-admin isn't exported"),
            (Replace(SETTINGS, "\"enabled\":true", "\"enabled\":false"), "kube-apiserver isn't exported"),
        ],
    );
}

#[test]
fn r57_traces_of_each_region_are_in_the_shared_workspace() {
    let components = "Microsoft.Insights/components";
    every_region(
        observation::traces,
        &[
            (Replace(components, "log-retail-shared", "log-elsewhere"), "aren't in the shared workspace"),
            (Replace(components, "appi-stamp-{region}", "appi-other"), "isn't told where traces go"),
        ],
    );
}
