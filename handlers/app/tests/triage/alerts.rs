//! Every alert among the fixtures and what it is evidence of.

use fleet_handler::inbound::alerts::Alert;

use super::{alerted, each_file_comes_to, in_words};

const WEU_BAD: &str = "FrontDoor: Bad about orders-weu.example.com";
const OTHER_METRIC: &str = "ignored: no condition is on a metric that tells a stamp's health";
const OTHER_DIRECTION: &str = "ignored: its condition is met when the metric is well";
const UNNAMED: &str = "ignored: no dimension names whom it concerns";
const OTHER_KIND: &str = "ignored: alerts of this kind say nothing about health";
const TEST: &str = "ignored: it is a test";

#[rustfmt::skip]
const EXPECTED: &[(&str, &[&str])] = &[
    ("activity-log", &[OTHER_KIND]),
    ("budget", &[OTHER_KIND]),
    ("log-search.fired", &["LogAlert: Bad about aks-orders-weu"]),
    ("log-search.resolved", &["LogAlert: Good about aks-orders-weu"]),
    ("log-search.update-run", &["ignored: how an update run stands says nothing about health"]),
    ("log-search.without-dimension", &[UNNAMED]),
    ("malformed.condition", &["rejected at data.essentials.monitorCondition"]),
    ("malformed.impacted-services", &["rejected at data.alertContext.properties.impactedServices[0].ImpactedRegions"]),
    ("malformed.list", &["rejected at "]),
    ("malformed.long-dimension", &["rejected at data.alertContext.condition.allOf"]),
    ("malformed.no-alert-id", &["rejected at data.essentials.alertId"]),
    ("malformed.no-context", &["rejected at data.alertContext"]),
    ("malformed.no-essentials", &["rejected at data.essentials"]),
    ("malformed.no-health-status", &["rejected at data.alertContext.properties.currentHealthStatus"]),
    ("malformed.no-schema", &["rejected at schemaId"]),
    ("malformed.old-schema", &["rejected at schemaId"]),
    ("malformed.target-is-no-id", &["rejected at data.essentials.alertTargetIDs[0]"]),
    ("metric.origin-health.dynamic", &[OTHER_DIRECTION]),
    ("metric.origin-health.fired", &[WEU_BAD]),
    ("metric.origin-health.resolved", &["FrontDoor: Good about orders-weu.example.com"]),
    ("metric.origin-health.two-origins", &["FrontDoor: Bad about orders-neu.example.com", WEU_BAD]),
    ("metric.origin-health.well-again-rule", &[OTHER_DIRECTION]),
    ("metric.origin-health.without-dimension", &[UNNAMED]),
    ("metric.other", &[OTHER_METRIC]),
    ("metric.unhealthy-hosts.fired", &["Gateway: Bad about agw-orders-weu"]),
    ("metric.unhealthy-hosts.other-target", &["ignored: its target is neither a managed cluster nor an Application Gateway"]),
    ("metric.unhealthy-hosts.resolved", &["Gateway: Good about agw-orders-weu"]),
    ("metric.unhealthy-hosts.without-dimension", &["Gateway: Bad about agw-orders-weu"]),
    ("resource-health.cluster.available", &["ResourceHealth: Good about aks-orders-weu"]),
    ("resource-health.cluster.degraded", &["ResourceHealth: Nothing about aks-orders-weu"]),
    ("resource-health.cluster.over", &["ResourceHealth: Nothing about aks-orders-weu"]),
    ("resource-health.cluster.unavailable", &["ResourceHealth: Bad about aks-orders-weu"]),
    ("resource-health.cluster.unknown", &["ResourceHealth: Nothing about aks-orders-weu"]),
    ("resource-health.gateway.unavailable", &["ResourceHealth: Bad about agw-orders-weu"]),
    ("resource-health.machine", &["ignored: its target is neither a managed cluster nor an Application Gateway"]),
    ("service-health.drill", &[TEST]),
    ("service-health.incident.array", &["ServiceHealth: Bad about West Europe"]),
    ("service-health.incident.complete", &["ServiceHealth: Nothing about West Europe"]),
    ("service-health.incident.global", &["ignored: it names no region"]),
    ("service-health.incident.region-only", &["ServiceHealth: Bad about North Europe"]),
    ("service-health.incident.resolved", &["ServiceHealth: Nothing about West Europe"]),
    ("service-health.incident.text", &["ServiceHealth: Bad about North Europe", "ServiceHealth: Bad about West Europe"]),
    ("service-health.maintenance", &["ignored: it announces something and is no incident"]),
    ("test.metric", &[TEST]),
];

#[test]
fn every_alert_is_the_evidence_that_the_table_says() {
    each_file_comes_to("alerts", EXPECTED, |alert| outcome(&alerted(alert)));
}

pub(super) fn outcome(alert: &Alert) -> Vec<String> {
    match alert {
        Alert::Signals(signals) => signals.iter().map(in_words).collect(),
        Alert::Ignored(reason) => vec![format!("ignored: {reason}")],
        Alert::Rejected(rejected) => vec![format!("rejected at {}", rejected.path)],
    }
}
