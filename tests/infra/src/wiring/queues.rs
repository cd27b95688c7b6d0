//! Queues and bindings.

use std::collections::BTreeSet;

use super::compare;
use crate::{
    repository::QueueUse,
    snapshot::{Snapshot, last_name, text},
};

const QUEUES: &str = "Microsoft.ServiceBus/namespaces/queues";
const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";

/// Azure Service Bus Data Receiver.
const RECEIVER: &str = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";
/// Azure Service Bus Data Sender.
const SENDER: &str = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";

/// There are the queues that bindings name and no others, and the app may do with each what its bindings do and no more.
#[must_use]
pub fn queues(snapshot: &Snapshot, bound: &BTreeSet<(String, QueueUse)>) -> Vec<String> {
    let there = snapshot.of_type(QUEUES).map(|queue| last_name(text(&queue["name"])).to_owned()).collect();
    let named = bound.iter().map(|(queue, _)| queue.clone()).collect();
    let mut differences =
        compare(&there, "is a queue that no binding names", &named, "is named by a binding and is no queue");
    differences.extend(compare(
        &granted(snapshot),
        "is granted to the app and not used",
        bound,
        "is used by a binding and not granted",
    ));
    differences
}

/// What service principals may do with queues: the app's identity, since people are groups.
fn granted(snapshot: &Snapshot) -> BTreeSet<(String, QueueUse)> {
    let assignments = snapshot.of_type(ASSIGNMENTS);
    let to_the_app = assignments.filter(|it| it["properties"]["principalType"] == "ServicePrincipal");
    to_the_app
        .filter_map(|assignment| {
            let scope = text(&assignment["id"]).split("/providers/Microsoft.Authorization/").next()?;
            let queue = scope.contains(QUEUES.split('/').next()?).then(|| last_name(scope).to_owned())?;
            match last_name(text(&assignment["properties"]["roleDefinitionId"])) {
                RECEIVER => Some((queue, QueueUse::Receive)),
                SENDER => Some((queue, QueueUse::Send)),
                _ => None,
            }
        })
        .collect()
}
