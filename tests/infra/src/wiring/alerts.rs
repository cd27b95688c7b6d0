//! Alert receivers and functions.

use std::collections::BTreeSet;

use super::compare;
use crate::snapshot::{Snapshot, text};

/// Alerts reach the functions that are called by POST, in the common schema. `posted_to` are these functions.
#[must_use]
pub fn alerts(snapshot: &Snapshot, posted_to: &BTreeSet<String>) -> Vec<String> {
    let groups = snapshot.of_type("Microsoft.Insights/actionGroups");
    let receivers = groups
        .flat_map(|group| group["properties"]["azureFunctionReceivers"].as_array().into_iter().flatten());
    let receivers: Vec<_> = receivers.collect();
    let called = receivers.iter().map(|receiver| text(&receiver["functionName"]).to_owned()).collect();
    let mut differences =
        compare(&called, "gets alerts and takes no POST", posted_to, "takes POST and gets no alerts");
    let other_schema = receivers.iter().filter(|receiver| receiver["useCommonAlertSchema"] != true);
    differences.extend(
        other_schema.map(|it| format!("`{}` gets alerts in another schema", text(&it["functionName"]))),
    );
    differences
}
