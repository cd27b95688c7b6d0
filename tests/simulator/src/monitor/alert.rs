//! What alerts of every kind say.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::chance::Seed;

/// Ids of alerts hang on what they say, not on the seed of a simulation: the same alert has the same id everywhere.
const IDS: Seed = Seed(0);

/// The essentials of an alert and its context.
pub(super) struct Alert<'a> {
    /// The rule's name.
    pub(super) rule: &'a str,
    /// 0, the worst, to 4.
    pub(super) severity: u8,
    pub(super) signal_type: &'a str,
    pub(super) monitoring_service: &'a str,
    /// The ARM id that the alert is about.
    pub(super) target: &'a str,
    /// What the id of the alert hangs on, beside rule and target.
    pub(super) key: String,
    pub(super) origin_id: String,
    pub(super) fired: Timestamp,
    pub(super) resolved: Option<Timestamp>,
    pub(super) context: Value,
}

impl Alert<'_> {
    /// The alert in the common schema.
    pub(super) fn body(self) -> Value {
        let subscription = after(self.target, "subscriptions").unwrap_or_default();
        let id = guid(&["alert", self.rule, self.target, &self.key]);
        let mut essentials = json!({
            "alertId": format!("/subscriptions/{subscription}/providers/Microsoft.AlertsManagement/alerts/{id}"),
            "alertRule": self.rule,
            "severity": format!("Sev{}", self.severity),
            "signalType": self.signal_type,
            "monitorCondition": if self.resolved.is_some() { "Resolved" } else { "Fired" },
            "monitoringService": self.monitoring_service,
            "alertTargetIDs": [partly_lower_cased(self.target)],
            "originAlertId": self.origin_id,
            "firedDateTime": time(self.fired),
            "description": "",
            "essentialsVersion": "1.0",
            "alertContextVersion": "1.0",
        });
        if let Some(name) = self.target.rsplit('/').next().filter(|_| self.target.contains("/providers/")) {
            essentials["configurationItems"] = json!([name]);
        }
        if let Some(resolved) = self.resolved {
            essentials["resolvedDateTime"] = json!(time(resolved));
        }
        let mut data = Map::new();
        data.insert("essentials".to_owned(), essentials);
        data.insert("alertContext".to_owned(), self.context);
        data.insert("customProperties".to_owned(), Value::Null);
        json!({ "schemaId": "azureMonitorCommonAlertSchema", "data": data })
    }
}

/// A time as alerts carry it: seven digits after the point.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%7fZ").to_string()
}

/// A GUID for `key`.
pub(super) fn guid(key: &[&str]) -> String {
    IDS.guid(key).to_string()
}

/// A number for `key`, as long as those in ids of metric alerts.
pub(super) fn number(key: &[&str]) -> u64 {
    IDS.between(1_000_000_000, 2_147_483_647, key)
}

/// The segment of an ARM id after the one named `name`, compared in any case.
pub(super) fn after<'i>(id: &'i str, name: &str) -> Option<&'i str> {
    let mut segments = id.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case(name))?;
    segments.next()
}

/// Alerts carry target ids with everything in lower case but names, the resource group's among them.
fn partly_lower_cased(id: &str) -> String {
    let is_name = |at: usize, before: &str| match before.to_ascii_lowercase().as_str() {
        "subscriptions" | "resourcegroups" => true,
        "providers" => false,
        // After the provider's namespace types and names take turns, beginning with a type.
        _ => at >= 8 && at.is_multiple_of(2),
    };
    let segments: Vec<&str> = id.split('/').collect();
    let spelled = segments.iter().enumerate().map(|(at, segment)| {
        let before = if at == 0 { "" } else { segments[at - 1] };
        if is_name(at, before) { (*segment).to_owned() } else { segment.to_ascii_lowercase() }
    });
    spelled.collect::<Vec<_>>().join("/")
}
