//! A simulated Azure Monitor, as far as an app meets it: an action group that tells an HTTP function of alerts, and the
//! bodies of alerts in the common alert schema.
//!
//! Not simulated: rules that watch a metric (a test says when an alert fires), other actions than a function, payloads
//! that don't follow the common schema, the limit of 256 KB, the smart grouping and suppression of alerts.

mod action_group;
mod alert;
mod health;
mod metric;

pub use action_group::{ActionGroup, Call, Outcome};
pub use health::{HealthStatus, Progress, ResourceHealth, ServiceHealth};
pub use metric::MetricAlert;
