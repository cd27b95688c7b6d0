//! Alerts of metric rules: fired, and resolved after three healthy checks.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::alert::{Alert, after, number, time};

/// The window over which a rule looks at its metric.
const WINDOW: Duration = Duration::from_secs(5 * 60);

/// One time series of a metric rule: the rule, its target, and the values of its dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricAlert {
    /// The rule's name.
    pub rule: String,
    /// 0, the worst, to 4.
    pub severity: u8,
    /// The ARM id of the resource that has the metric.
    pub target: String,
    /// The metric's namespace: the resource's type in Azure's spelling.
    pub namespace: String,
    /// The metric.
    pub metric: String,
    /// `LessThan`, `GreaterThan` and so on.
    pub operator: String,
    /// The threshold, in the metric's unit.
    pub threshold: f64,
    /// Names and values of the dimensions.
    pub dimensions: Vec<(String, String)>,
}

impl MetricAlert {
    /// Front Door sees fewer than half of its probes of an origin succeed. What the dimension `Origin` holds isn't
    /// documented: `origin` goes in as it is.
    #[must_use]
    pub fn origin_health(profile: &str, origin_group: &str, origin: &str) -> Self {
        let dimensions = [("OriginGroup", origin_group), ("Origin", origin)];
        Self {
            rule: "origin-health".to_owned(),
            severity: 1,
            target: profile.to_owned(),
            namespace: "Microsoft.Cdn/profiles".to_owned(),
            metric: "OriginHealthPercentage".to_owned(),
            operator: "LessThan".to_owned(),
            threshold: 50.0,
            dimensions: owned(&dimensions),
        }
    }

    /// An application gateway has unhealthy hosts behind it. What the dimension holds isn't documented:
    /// `backend_settings_pool` goes in as it is.
    #[must_use]
    pub fn unhealthy_hosts(gateway: &str, backend_settings_pool: &str) -> Self {
        Self {
            rule: "gateway-unhealthy-hosts".to_owned(),
            severity: 1,
            target: gateway.to_owned(),
            namespace: "Microsoft.Network/applicationGateways".to_owned(),
            metric: "UnhealthyHostCount".to_owned(),
            operator: "GreaterThan".to_owned(),
            threshold: 0.0,
            dimensions: owned(&[("BackendSettingsPool", backend_settings_pool)]),
        }
    }

    /// The alert that fires at `at` because of `value`.
    #[must_use]
    pub fn fired(&self, at: Timestamp, value: f64) -> Value {
        self.body(at, None, value)
    }

    /// The end of the alert that fired at `fired`: `value` has been good for long enough. It has the same alert id.
    #[must_use]
    pub fn resolved(&self, fired: Timestamp, at: Timestamp, value: f64) -> Value {
        self.body(fired, Some(at), value)
    }

    fn body(&self, fired: Timestamp, resolved: Option<Timestamp>, value: f64) -> Value {
        let subscription = after(&self.target, "subscriptions").unwrap_or_default();
        let group = after(&self.target, "resourceGroups").unwrap_or_default();
        let series = format!("{:?}", self.dimensions);
        let alert = Alert {
            rule: &self.rule,
            severity: self.severity,
            signal_type: "Metric",
            monitoring_service: "Platform",
            target: &self.target,
            key: format!("{series} {fired}"),
            origin_id: format!(
                "{subscription}_{group}_microsoft.insights_metricAlerts_{}_{}",
                self.rule,
                number(&[&self.rule, &self.target, &series])
            ),
            fired,
            resolved,
            context: self.context(resolved.unwrap_or(fired), value),
        };
        alert.body()
    }

    fn context(&self, at: Timestamp, value: f64) -> Value {
        let dimensions: Vec<Value> =
            self.dimensions.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let begin = at.checked_sub(WINDOW).unwrap_or(at);
        json!({
            "properties": null,
            "conditionType": "SingleResourceMultipleMetricCriteria",
            "condition": {
                "windowSize": "PT5M",
                "allOf": [{
                    "metricName": self.metric,
                    "metricNamespace": self.namespace,
                    "operator": self.operator,
                    // A text, while the value is a number.
                    "threshold": self.threshold.to_string(),
                    "timeAggregation": "Average",
                    "dimensions": dimensions,
                    "metricValue": value,
                    "webTestName": null,
                }],
                "windowStartTime": time(begin),
                "windowEndTime": time(at),
            },
        })
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[cfg(test)]
mod tests;
