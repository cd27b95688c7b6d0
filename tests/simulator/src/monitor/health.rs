//! Alerts of Resource Health and Service Health. They are stateless: each of them is Fired, and the end of what they tell
//! about is another one that says so inside.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::alert::{Alert, guid, time};

/// What Resource Health thinks of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthStatus {
    /// It works.
    Available,
    /// It works badly.
    Degraded,
    /// It doesn't work.
    Unavailable,
    /// Nothing is known.
    Unknown,
}

/// A change of a resource's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceHealth {
    /// The ARM id of the resource.
    pub target: String,
    /// Its health until now.
    pub previous: HealthStatus,
    /// Its health from now on.
    pub current: HealthStatus,
    /// `PlatformInitiated` or `UserInitiated`.
    pub cause: String,
}

/// How far an incident has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It goes on.
    Active,
    /// It is over.
    Resolved,
}

/// An incident of an Azure service in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceHealth {
    /// The subscription that is told.
    pub subscription: String,
    /// The service's display name, for instance `Azure Kubernetes Service (AKS)`.
    pub service: String,
    /// The region's display name, for instance `West Europe`.
    pub region: String,
    /// The incident's id, the same in all its alerts.
    pub tracking_id: String,
    /// When it began.
    pub began: Timestamp,
}

impl HealthStatus {
    /// Resource Health's word for it.
    fn word(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Degraded => "Degraded",
            Self::Unavailable => "Unavailable",
            Self::Unknown => "Unknown",
        }
    }
}

impl Progress {
    fn word(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Resolved => "Resolved",
        }
    }
}

impl ResourceHealth {
    /// A resource that worked is taken down by the platform.
    #[must_use]
    pub fn goes_down(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            previous: HealthStatus::Available,
            current: HealthStatus::Unavailable,
            cause: "PlatformInitiated".to_owned(),
        }
    }

    /// The same resource works again.
    #[must_use]
    pub fn comes_back(target: &str) -> Self {
        let down = Self::goes_down(target);
        Self { previous: down.current, current: down.previous, ..down }
    }

    /// The alert of the change at `at`. That the change back to Available is a Resolved one is documented for the activity
    /// log, not for alerts.
    #[must_use]
    pub fn alert(&self, at: Timestamp) -> Value {
        let is_over = self.current == HealthStatus::Available;
        let (status, operation) = if is_over { ("Resolved", "Resolved") } else { ("Active", "Activated") };
        let (key, id) = (format!("{self:?} {at}"), |what: &str| guid(&[what, &self.target, &at.to_string()]));
        let context = json!({
            "channels": "Admin, Operation",
            "correlationId": id("correlation"),
            "eventSource": "ResourceHealth",
            "eventTimestamp": time(at),
            "eventDataId": id("event data"),
            "level": "Informational",
            "operationName": format!("Microsoft.Resourcehealth/healthevent/{operation}/action"),
            "operationId": id("operation"),
            "properties": {
                "title": format!("The resource is {}", self.current.word().to_lowercase()),
                "details": null,
                "currentHealthStatus": self.current.word(),
                "previousHealthStatus": self.previous.word(),
                "type": "Downtime",
                "cause": self.cause,
            },
            "status": status,
            "submissionTimestamp": time(at),
            "Activity Log Event Description": null,
        });
        let alert = Alert {
            rule: "resource-health",
            severity: 4,
            signal_type: "Activity Log",
            monitoring_service: "Resource Health",
            target: &self.target,
            origin_id: format!("{}_{}", id("event data"), id("rule").replace('-', "")),
            key,
            fired: at,
            resolved: None,
            context,
        };
        alert.body()
    }
}

impl ServiceHealth {
    /// The alert that tells at `at` how far the incident has come. Numbers stand for the level and the source, which is one
    /// of two documented spellings.
    #[must_use]
    pub fn alert(&self, progress: Progress, at: Timestamp) -> Value {
        let target = format!("/subscriptions/{}", self.subscription);
        let id = |what: &str| guid(&[what, &self.tracking_id, &at.to_string()]);
        let context = json!({
            "authorization": null,
            "channels": 1,
            "claims": null,
            "caller": null,
            "correlationId": id("correlation"),
            "eventSource": 2,
            "eventTimestamp": time(at),
            "httpRequest": null,
            "eventDataId": id("event data"),
            "level": 3,
            "operationName": "Microsoft.ServiceHealth/incident/action",
            "operationId": id("operation"),
            "properties": self.properties(progress, at),
            "status": progress.word(),
            "subStatus": null,
            "submissionTimestamp": time(at),
            "ResourceType": null,
        });
        let alert = Alert {
            rule: "service-health",
            severity: 4,
            signal_type: "ActivityLog",
            monitoring_service: "ServiceHealth",
            target: &target,
            origin_id: id("event data"),
            key: format!("{} {progress:?} {at}", self.tracking_id),
            fired: at,
            resolved: None,
            context,
        };
        alert.body()
    }

    /// The impacted services are JSON inside a text, as real alerts have them.
    fn properties(&self, progress: Progress, at: Timestamp) -> Value {
        let impact = json!([{
            "ImpactedRegions": [{ "RegionName": self.region }],
            "ServiceName": self.service,
        }]);
        let title = format!("{} in {}", self.service, self.region);
        let mut properties = json!({
            "title": title,
            "service": self.service,
            "region": self.region,
            "communication": "",
            "incidentType": "Incident",
            "trackingId": self.tracking_id,
            "impactStartTime": time(self.began),
            "impactedServices": impact.to_string(),
            "impactedServicesTableRows": "",
            "defaultLanguageTitle": title,
            "defaultLanguageContent": "",
            "stage": progress.word(),
            "communicationId": guid(&["communication", &self.tracking_id, &at.to_string()]),
            "isHIR": "false",
            "IsSynthetic": "False",
            "impactType": "SubscriptionList",
            "version": "0.1.1",
        });
        if progress == Progress::Resolved {
            properties["impactMitigationTime"] = json!(time(at));
        }
        properties
    }
}

#[cfg(test)]
mod tests;
