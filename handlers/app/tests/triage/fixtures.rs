//! Every fixture and what it comes to.

use fleet_core::updates::SupportStated;
use fleet_handler::inbound::Triaged;

use super::{each_file_comes_to, in_words as signal_in_words, triaged};

const OTHER: &str = "ignored: the resource is neither a managed cluster nor an update run";
const NO_REACTION: &str = "ignored: no reaction uses this event type";
const CHANGED: &str = "cluster changed: aks-orders-weu";
const REMOVED: &str = "cluster removed: aks-orders-weu";
const ROLLED: &str = "node pools rolled: aks-orders-weu";
const VERSIONS: &str = "versions changed: aks-orders-weu";
const HUB: &str = "ignored: the cluster is a fleet's hub";

const GATE: &str = "gate changed: 90000000-0000-4000-8000-000000000001";
const NO_APPROVAL: &str = "ignored: the gate does not wait for an approval";
const RUN: &str = "update run changed: run-42";

const SET_BAD: &str = "Nodes: Bad about MC_rg-orders-weu_aks-orders-weu_westeurope";
const SET_GOOD: &str = "Nodes: Good about MC_rg-orders-weu_aks-orders-weu_westeurope";
const SET_NOTHING: &str = "Nodes: Nothing about MC_rg-orders-weu_aks-orders-weu_westeurope";

#[rustfmt::skip]
const EXPECTED: &[(&str, &[&str])] = &[
    ("batch.availability-late-then-early", &[SET_GOOD, SET_BAD]),
    ("batch.bad-one-between", &[CHANGED, OTHER, "rejected at Data.event[1]", "rejected at Data.event[2].eventType"]),
    ("batch.empty", &[]),
    ("batch.late-then-early", &[REMOVED]),
    ("batch.support-late-then-early", &["support of aks-orders-weu: 1.32.9 ends 2026-11-29T00:00:00Z"]),
    ("batch.two-clusters-three-events", &["cluster changed: aks-orders-neu", "cluster removed: AKS-ORDERS-WEU"]),
    ("batch.versions-and-cluster", &[CHANGED, VERSIONS]),
    ("containerservice.ClusterSupportEnded", &["support of aks-orders-weu: 1.31.9 is over"]),
    ("containerservice.ClusterSupportEnding", &["support of aks-orders-weu: 1.32.9 ends"]),
    ("containerservice.ClusterSupportEnding.cloudevents", &["support of aks-orders-weu: 1.32.9 ends"]),
    ("containerservice.ClusterSupportEnding.without-version", &["support of aks-orders-weu:  ends"]),
    ("containerservice.NewKubernetesVersionAvailable", &[VERSIONS]),
    ("containerservice.NodePoolRollingFailed", &[ROLLED]),
    ("containerservice.NodePoolRollingProgress", &[NO_REACTION]),
    ("containerservice.NodePoolRollingStarted", &[ROLLED]),
    ("containerservice.NodePoolRollingStarted.fleet-hub", &[HUB]),
    ("containerservice.NodePoolRollingSucceeded", &[ROLLED]),
    ("eventgrid.dead-letter", &["ignored: the event type is unknown"]),
    ("eventgrid.dead-letter.cloudevents", &["ignored: the event type is unknown"]),
    ("eventgrid.handshake", &["ignored: answered by the host"]),
    ("eventgrid.handshake.text-data.cloudevents", &["ignored: answered by the host"]),
    ("gates.created.before-stage", &[GATE]),
    ("gates.created.scheduled-start", &[NO_APPROVAL]),
    ("gates.created.upper-case-family", &[GATE]),
    ("gates.deleted.cloudevents", &[RUN]),
    ("gates.deleted.scheduled-start.cloudevents", &[NO_APPROVAL]),
    ("gates.deleted.without-properties.cloudevents", &[GATE]),
    ("gates.of-a-member.cloudevents", &["ignored: the resource is no gate of a fleet"]),
    ("gates.subject-only.cloudevents", &[GATE]),
    ("gates.updated.completed.cloudevents", &[GATE]),
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
    ("malformed.no-topic", &["rejected at Data.event.topic"]),
    ("malformed.no-type", &["rejected at Data.event.eventType"]),
    ("malformed.notification-id-is-no-id", &["rejected at Data.event[0].data.resourceInfo.id"]),
    ("malformed.resource-info-is-text", &["rejected at Data.event[0].data.resourceInfo"]),
    ("malformed.resource-uri-is-a-number", &["rejected at Data.event[0].data.resourceUri"]),
    ("malformed.resource-uri-is-no-id", &["rejected at Data.event[0].data.resourceUri"]),
    ("malformed.run-of-gate-is-no-id.cloudevents", &["rejected at Data.event.data.resourceInfo.properties.target.id"]),
    ("malformed.scope-is-no-id", &["rejected at Data.event[0].data.authorization.scope"]),
    ("malformed.source-is-no-id.cloudevents", &["rejected at Data.event.source"]),
    ("malformed.subject-is-no-id", &["rejected at Data.event[0].subject"]),
    ("malformed.target-is-no-id.cloudevents", &["rejected at Data.event.data.resourceInfo.properties.targetResourceId"]),
    ("malformed.text", &["rejected at Data.event"]),
    ("malformed.type-is-a-number", &["rejected at Data.event.eventType"]),
    ("malformed.version-is-a-number", &["rejected at Data.event.data.kubernetesVersion"]),
    ("notifications.created-or-updated.cluster", &[CHANGED]),
    ("notifications.created-or-updated.cluster.cloudevents", &[CHANGED]),
    ("notifications.created-or-updated.subject-only", &[CHANGED]),
    ("notifications.deleted.cluster", &[REMOVED]),
    ("notifications.deleted.storage-account.cloudevents", &[OTHER]),
    ("policy.state-changed.cloudevents", &[NO_REACTION]),
    ("resources.action-failure.update-run-stopped", &[RUN]),
    ("resources.action-success.cluster-stopped", &[CHANGED]),
    ("resources.action-success.event-hub.cloudevents", &[OTHER]),
    ("resources.action-success.update-run-started", &[RUN]),
    ("resources.delete-failure.cluster", &[CHANGED]),
    ("resources.delete-success.cluster", &[REMOVED]),
    ("resources.delete-success.cluster.cloudevents", &[REMOVED]),
    ("resources.delete-success.fleet-member", &[OTHER]),
    ("resources.delete-success.front-door-origin", &[OTHER]),
    ("resources.delete-success.node-pool", &[CHANGED]),
    ("resources.delete-success.role-on-registry", &[OTHER]),
    ("resources.delete-success.update-run", &[RUN]),
    ("resources.write-failure.cluster", &[CHANGED]),
    ("resources.write-success.cluster-created", &[CHANGED]),
    ("resources.write-success.cluster-updated", &[CHANGED]),
    ("resources.write-success.cluster.cloudevents", &[CHANGED]),
    ("resources.write-success.deployment", &[OTHER]),
    ("resources.write-success.fleet-hub", &[HUB]),
    ("resources.write-success.fleet-member", &[OTHER]),
    ("resources.write-success.lower-case-id", &[CHANGED]),
    ("resources.write-success.no-data", &[CHANGED]),
    ("resources.write-success.node-pool", &[CHANGED]),
    ("resources.write-success.role-on-cluster", &[CHANGED]),
    ("resources.write-success.storage-account", &[OTHER]),
    ("resources.write-success.subject-only", &[CHANGED]),
    ("resources.write-success.text-fields", &[CHANGED]),
    ("resources.write-success.update-run", &[RUN]),
    ("scheduled-events.end-of-support.object", &["support of aks-orders-weu: 1.32.9 ends 2026-11-29T00:00:00Z"]),
    ("scheduled-events.end-of-support.over", &["support of aks-orders-weu: 1.31.9 is over 2026-11-20T00:00:00Z"]),
    ("scheduled-events.end-of-support.over-by-days", &["support of aks-orders-weu: 1.31.9 is over 2026-11-20T00:00:00Z"]),
    ("scheduled-events.end-of-support.sentence", &["support of aks-orders-weu:  ends"]),
    ("scheduled-events.end-of-support.text", &["support of aks-orders-weu: 1.32.9 ends 2026-11-29T00:00:00Z"]),
    ("scheduled-events.id-without-type", &[CHANGED]),
    ("scheduled-events.object-details.cloudevents", &[CHANGED]),
    ("scheduled-events.other-resource", &[OTHER]),
    ("scheduled-events.text-details", &[CHANGED]),
];

#[test]
fn every_fixture_comes_to_what_the_table_says() {
    each_file_comes_to("events", EXPECTED, |event| in_words(&triaged(event)));
}

/// What a delivery came to, an outcome each.
pub(super) fn in_words(triaged: &Triaged) -> Vec<String> {
    let nudges =
        triaged.nudges.iter().map(|nudge| format!("{}: {}", nudge.kind.name(), nudge.subject.name()));
    let signals = triaged.signals.iter().map(signal_in_words);
    let support = triaged.support.iter().map(support_in_words);
    let ignored = triaged.ignored.iter().map(|ignored| format!("ignored: {}", ignored.reason));
    let rejected = triaged.rejected.iter().map(|rejected| format!("rejected at {}", rejected.path));
    nudges.chain(signals).chain(support).chain(ignored).chain(rejected).collect()
}

fn support_in_words(stated: &SupportStated) -> String {
    let SupportStated { cluster, version, ends, over, .. } = stated;
    let tense = if *over { "is over" } else { "ends" };
    let ends = ends.map(|ends| format!(" {ends}")).unwrap_or_default();
    format!("support of {}: {version} {tense}{ends}", cluster.name())
}
