//! The reference's alerts, and how each is heard.

use serde_json::{Value, json};

use super::reference;
use crate::{alerted, alerts::outcome, json_files};

/// The reference's alerts, and how each is to be heard. Its payloads of the portal's tests are tests to us.
#[rustfmt::skip]
const ALERTS: &[(&str, &str)] = &[
    ("constructed/monitor.LogAlertV2-fleetUpdateRunFinished-fired", "ignored: how an update run stands says nothing about health"),
    ("constructed/monitor.LogAlertV2-resolved", "ignored: it is a test"),
    ("constructed/monitor.MetricAlert-OriginHealthPercentage-fired", "FrontDoor: Bad about weu.example.com"),
    ("constructed/monitor.MetricAlert-OriginHealthPercentage-resolved", "FrontDoor: Good about weu.example.com"),
    ("constructed/monitor.MetricAlert-UnhealthyHostCount-fired", "Gateway: Bad about agw-weu"),
    ("constructed/monitor.MetricAlert-UnhealthyHostCount-resolved", "Gateway: Good about agw-weu"),
    ("constructed/monitor.ResourceHealth-managedCluster-fired", "ResourceHealth: Bad about aks-weu-01"),
    ("fragments/monitor.MetricAlertStatic", "ignored: no condition is on a metric that tells a stamp's health"),
    ("fragments/monitor.ResourceHealth", "ignored: its target is neither a managed cluster nor an Application Gateway"),
    ("fragments/monitor.ServiceHealth-numeric", "ignored: it announces something and is no incident"),
    ("fragments/monitor.ServiceHealth-text", "ignored: it announces something and is no incident"),
    ("fragments/monitor.SimpleLogAlert", "ignored: no dimension names whom it concerns"),
    ("monitor.ActivityLogAdministrative-fired", "ignored: it is a test"),
    ("monitor.LogAlertV2-fired", "ignored: it is a test"),
    ("monitor.MetricAlert-resolved", "ignored: no condition is on a metric that tells a stamp's health"),
    ("monitor.MetricAlertDynamic-fired", "ignored: it is a test"),
    ("monitor.MetricAlertStatic-fired", "ignored: it is a test"),
    ("monitor.ResourceHealth-fired", "ignored: it is a test"),
    ("monitor.ServiceHealth-fired", "ignored: it is a test"),
];

#[test]
fn every_reference_alert_is_evidence_or_has_its_reason() {
    let Some(folder) = reference("events") else { return };
    let alerts = json_files(&folder).into_iter().filter(|(name, _)| name.contains("monitor."));
    let heard: Vec<(String, String)> = alerts
        .map(|(name, text)| {
            let text = if name.starts_with("fragments/") { whole(&name, &text) } else { text };
            let name = name
                .trim_end_matches(".json")
                .trim_end_matches(".commonalert")
                .trim_end_matches(".alertContext");
            (name.to_owned(), outcome(&alerted(&text)).join(", "))
        })
        .collect();
    let expected: Vec<(String, String)> =
        ALERTS.iter().map(|(name, heard)| ((*name).to_owned(), (*heard).to_owned())).collect();
    assert_eq!(heard, expected);
}

/// Tests aside, the documented payloads mean something: what they would be under a rule of ours.
#[test]
fn the_reference_alerts_of_the_portals_tests_are_heard_under_a_real_rules_name() {
    let Some(folder) = reference("events") else { return };
    let heard = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).expect("a reference payload");
        outcome(&alerted(&text.replace("\"alertRule\": \"test-", "\"alertRule\": \""))).join(", ")
    };
    assert_eq!(heard("monitor.LogAlertV2-fired.commonalert.json"), "LogAlert: Bad about test-computer");
    assert_eq!(
        heard("constructed/monitor.LogAlertV2-resolved.commonalert.json"),
        "LogAlert: Good about test-computer"
    );
    assert_eq!(heard("monitor.ServiceHealth-fired.commonalert.json"), "ignored: it is a test");
    let other = "ignored: its target is neither a managed cluster nor an Application Gateway";
    assert_eq!(heard("monitor.ResourceHealth-fired.commonalert.json"), other);
    let kind = "ignored: alerts of this kind say nothing about health";
    assert_eq!(heard("monitor.ActivityLogAdministrative-fired.commonalert.json"), kind);
}

/// A documented part of an alert, made whole.
fn whole(name: &str, part: &str) -> String {
    let service = match name {
        _ if name.contains("ServiceHealth") => "ServiceHealth",
        _ if name.contains("ResourceHealth") => "Resource Health",
        _ if name.contains("Log") => "Log Alerts V2",
        _ => "Platform",
    };
    let part: Value = serde_json::from_str(part).expect(name);
    json!({
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": "/subscriptions/s/providers/Microsoft.AlertsManagement/alerts/a",
                "alertRule": "whole",
                "monitorCondition": "Fired",
                "monitoringService": service,
                "alertTargetIDs": ["/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/m"],
            },
            "alertContext": part["alertContext"],
        },
    })
    .to_string()
}
