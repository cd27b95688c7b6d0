//! Events, neutral of their schema.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::functions_host::Token;

/// The form in which a subscription wants its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Event Grid's own.
    EventGrid,
    /// CloudEvents 1.0.
    CloudEvents,
}

/// A system topic, of an Azure subscription unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemTopic {
    /// `Microsoft.Resources.Subscriptions`: ARM operations.
    Operations,
    /// `Microsoft.ResourceNotifications.Resources`: resources with their bodies.
    Notifications,
    /// `Microsoft.ContainerService.ManagedClusters`: one topic per cluster; a subscription listens to all of them.
    Clusters,
    /// `Microsoft.ResourceNotifications.AKSResources`: gates of update runs.
    Gates,
    /// `Microsoft.ResourceNotifications.HealthResources`: availability of machines.
    Health,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Where it was published.
    pub system_topic: SystemTopic,
    /// Its id; the same in every delivery.
    pub id: String,
    /// `topic`, or `source` in CloudEvents: `/subscriptions/<id>`.
    pub topic: String,
    /// What it is about, mostly a resource id.
    pub subject: String,
    /// The event type.
    pub event_type: String,
    /// When it happened.
    pub time: Timestamp,
    /// The payload.
    pub data: Token,
    /// The version of the payload; absent in CloudEvents.
    pub data_version: String,
}

impl Event {
    /// The event as JSON.
    #[must_use]
    pub fn in_schema(&self, schema: Schema) -> Token {
        let text = |text: &str| Token::text(text);
        match schema {
            Schema::EventGrid => Token::object([
                ("id", text(&self.id)),
                ("topic", text(&self.topic)),
                ("subject", text(&self.subject)),
                ("data", self.data.clone()),
                ("eventType", text(&self.event_type)),
                ("dataVersion", text(&self.data_version)),
                ("metadataVersion", text("1")),
                ("eventTime", Token::Text(seven_digits(self.time))),
            ]),
            Schema::CloudEvents => Token::object([
                ("id", text(&self.id)),
                ("source", text(&self.topic)),
                ("subject", text(&self.subject)),
                ("data", self.data.clone()),
                ("type", text(&self.event_type)),
                ("time", Token::Text(seven_digits(self.time))),
                ("specversion", text("1.0")),
            ]),
        }
    }
}

/// `2026-03-04T05:06:07.0000000Z`: Event Grid writes all seven digits.
pub(super) fn seven_digits(time: Timestamp) -> String {
    let date = time.to_zoned(TimeZone::UTC).datetime();
    format!("{}.{:07}Z", date.strftime("%Y-%m-%dT%H:%M:%S"), date.subsec_nanosecond() / 100)
}

/// `/subscriptions/<id>` of a resource id; empty for an id outside of subscriptions.
pub(super) fn topic_of(resource_id: &str) -> String {
    subscription_of(resource_id).map(|id| format!("/subscriptions/{id}")).unwrap_or_default()
}

/// The subscription's id in a resource id.
pub(super) fn subscription_of(resource_id: &str) -> Option<&str> {
    let mut segments = resource_id.trim_start_matches('/').split('/');
    segments.next().filter(|first| first.eq_ignore_ascii_case("subscriptions"))?;
    segments.next()
}
