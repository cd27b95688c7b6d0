//! Every fixture and what it comes to.

use fleet_core::trigger::NudgeKind;
use fleet_handler::inbound::Triaged;

use super::{each_file_comes_to, in_words as signal_in_words, triaged};

const OTHER: &str = "ignored: the resource is no managed cluster";
const NO_REACTION: &str = "ignored: no reaction uses this event type";
const CHANGED: &str = "changed: aks-orders-weu";
const REMOVED: &str = "removed: aks-orders-weu";

const SET_BAD: &str = "Nodes: Bad about MC_rg-orders-weu_aks-orders-weu_westeurope";
const SET_GOOD: &str = "Nodes: Good about MC_rg-orders-weu_aks-orders-weu_westeurope";
const SET_NOTHING: &str = "Nodes: Nothing about MC_rg-orders-weu_aks-orders-weu_westeurope";

#[rustfmt::skip]
const EXPECTED: &[(&str, &[&str])] = &[
    ("batch.availability-late-then-early", &[SET_GOOD, SET_BAD]),
    ("batch.bad-one-between", &[CHANGED, OTHER, "rejected at Data.event[1]", "rejected at Data.event[2].eventType"]),
    ("batch.empty", &[]),
    ("batch.late-then-early", &[REMOVED]),
    ("batch.two-clusters-three-events", &["changed: aks-orders-neu", "removed: AKS-ORDERS-WEU"]),
    ("containerservice.ClusterSupportEnded", &[NO_REACTION]),
    ("containerservice.ClusterSupportEnding", &[NO_REACTION]),
    ("containerservice.NewKubernetesVersionAvailable", &[NO_REACTION]),
    ("containerservice.NodePoolRollingFailed", &[NO_REACTION]),
    ("containerservice.NodePoolRollingStarted", &[NO_REACTION]),
    ("containerservice.NodePoolRollingSucceeded", &[NO_REACTION]),
    ("eventgrid.dead-letter", &["ignored: the event type is unknown"]),
    ("eventgrid.dead-letter.cloudevents", &["ignored: the event type is unknown"]),
    ("eventgrid.handshake", &["ignored: answered by the host"]),
    ("eventgrid.handshake.text-data.cloudevents", &["ignored: answered by the host"]),
    ("gates.created.before-stage", &[NO_REACTION]),
    ("gates.created.scheduled-start", &[NO_REACTION]),
    ("gates.created.upper-case-family", &[NO_REACTION]),
    ("gates.deleted.cloudevents", &[NO_REACTION]),
    ("gates.updated.completed.cloudevents", &[NO_REACTION]),
    ("health.availability-changed.cloudevents", &[SET_BAD]),
    ("health.disk.cloudevents", &["ignored: the resource is neither a virtual machine nor a scale set"]),
    ("health.machine-unavailable.cloudevents", &[SET_BAD]),
    ("health.machine-unknown.cloudevents", &[SET_NOTHING]),
    ("health.resource-annotated", &["ignored: an annotation tells no change of availability"]),
    ("health.scale-set-available.cloudevents", &[SET_GOOD]),
    ("health.scale-set-degraded.cloudevents", &[SET_NOTHING]),
    ("health.scale-set-instance.cloudevents", &["ignored: one instance does not speak for its scale set"]),
    ("health.subject-only.cloudevents", &[SET_BAD]),
    ("malformed.alert", &["rejected at Data.event.eventType"]),
    ("malformed.data-is-text", &["rejected at Data.event[0].data"]),
    ("malformed.empty-type", &["rejected at Data.event.eventType"]),
    ("malformed.no-availability.cloudevents", &["rejected at Data.event.data.resourceInfo.properties.availabilityState"]),
    ("malformed.no-resource", &["rejected at Data.event[0].data.resourceUri"]),
    ("malformed.no-type", &["rejected at Data.event.eventType"]),
    ("malformed.notification-id-is-no-id", &["rejected at Data.event[0].data.resourceInfo.id"]),
    ("malformed.resource-info-is-text", &["rejected at Data.event[0].data.resourceInfo"]),
    ("malformed.resource-uri-is-a-number", &["rejected at Data.event[0].data.resourceUri"]),
    ("malformed.resource-uri-is-no-id", &["rejected at Data.event[0].data.resourceUri"]),
    ("malformed.scope-is-no-id", &["rejected at Data.event[0].data.authorization.scope"]),
    ("malformed.subject-is-no-id", &["rejected at Data.event[0].subject"]),
    ("malformed.target-is-no-id.cloudevents", &["rejected at Data.event.data.resourceInfo.properties.targetResourceId"]),
    ("malformed.text", &["rejected at Data.event"]),
    ("malformed.type-is-a-number", &["rejected at Data.event.eventType"]),
    ("notifications.created-or-updated.cluster", &[CHANGED]),
    ("notifications.created-or-updated.cluster.cloudevents", &[CHANGED]),
    ("notifications.created-or-updated.subject-only", &[CHANGED]),
    ("notifications.deleted.cluster", &[REMOVED]),
    ("notifications.deleted.storage-account.cloudevents", &[OTHER]),
    ("policy.state-changed.cloudevents", &[NO_REACTION]),
    ("resources.action-success.cluster-stopped", &[CHANGED]),
    ("resources.action-success.event-hub.cloudevents", &[OTHER]),
    ("resources.action-success.update-run-started", &[OTHER]),
    ("resources.delete-failure.cluster", &[CHANGED]),
    ("resources.delete-success.cluster", &[REMOVED]),
    ("resources.delete-success.cluster.cloudevents", &[REMOVED]),
    ("resources.delete-success.fleet-member", &[OTHER]),
    ("resources.delete-success.front-door-origin", &[OTHER]),
    ("resources.delete-success.node-pool", &[CHANGED]),
    ("resources.delete-success.role-on-registry", &[OTHER]),
    ("resources.write-failure.cluster", &[CHANGED]),
    ("resources.write-success.cluster-created", &[CHANGED]),
    ("resources.write-success.cluster-updated", &[CHANGED]),
    ("resources.write-success.cluster.cloudevents", &[CHANGED]),
    ("resources.write-success.deployment", &[OTHER]),
    ("resources.write-success.fleet-hub", &["ignored: the cluster is a fleet's hub"]),
    ("resources.write-success.fleet-member", &[OTHER]),
    ("resources.write-success.lower-case-id", &[CHANGED]),
    ("resources.write-success.no-data", &[CHANGED]),
    ("resources.write-success.node-pool", &[CHANGED]),
    ("resources.write-success.role-on-cluster", &[CHANGED]),
    ("resources.write-success.storage-account", &[OTHER]),
    ("resources.write-success.subject-only", &[CHANGED]),
    ("resources.write-success.text-fields", &[CHANGED]),
    ("scheduled-events.object-details.cloudevents", &[NO_REACTION]),
    ("scheduled-events.text-details", &[NO_REACTION]),
];

#[test]
fn every_fixture_comes_to_what_the_table_says() {
    each_file_comes_to("events", EXPECTED, |event| in_words(&triaged(event)));
}

fn in_words(triaged: &Triaged) -> Vec<String> {
    let nudges = triaged.nudges.iter().map(|nudge| {
        let what = if nudge.kind == NudgeKind::ClusterRemoved { "removed" } else { "changed" };
        format!("{what}: {}", nudge.subject.name())
    });
    let signals = triaged.signals.iter().map(signal_in_words);
    let ignored = triaged.ignored.iter().map(|ignored| format!("ignored: {}", ignored.reason));
    let rejected = triaged.rejected.iter().map(|rejected| format!("rejected at {}", rejected.path));
    nudges.chain(signals).chain(ignored).chain(rejected).collect()
}
