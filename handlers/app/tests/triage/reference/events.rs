//! The reference's events, and what each comes to.

use serde_json::Value;

use super::reference;
use crate::{fixtures::in_words, json_files, triaged};

const OTHER: &str = "ignored: the resource is neither a managed cluster nor an update run";
const CHANGED: &str = "cluster changed: aks-weu-01";
const REMOVED: &str = "cluster removed: aks-weu-01";
const ROLLED: &str = "node pools rolled: {cluster}";
const ANNOTATED: &str = "ignored: an annotation tells no change of availability";
const HANDSHAKE: &str = "ignored: answered by the host";

#[rustfmt::skip]
const EVENTS: &[(&str, &str)] = &[
    ("arn-aksresources.FleetGateCreated-howto.eventgrid", "gate changed: 1eb18051-fff5-4c09-a15f-9eebd2e3b906"),
    ("arn-aksresources.FleetGateCreated.cloudevents", "gate changed: 9i567df1-jh3a-281j-8eb8-123ac2el0t60"),
    ("arn-aksresources.FleetGateCreated.eventgrid", "gate changed: 4u987df0-dn1a-482j-8eb5-456ac2ef0a60"),
    ("arn-aksresources.FleetGateDeleted.cloudevents", "update run changed: run-delete"),
    ("arn-aksresources.FleetGateDeleted.eventgrid", "update run changed: run-delete"),
    ("arn-aksresources.FleetGateUpdated.cloudevents", "gate changed: 1k90uy67-e375-4xv6-z220-5197ekk1aka4"),
    ("arn-aksresources.FleetGateUpdated.eventgrid", "gate changed: 1b27db86-e375-4cb6-b220-5197eff1afa4"),
    ("arn-containerserviceevents.ScheduledEventEmitted-article.eventgrid", "cluster changed: {managedcluster-name}"),
    ("arn-containerserviceevents.ScheduledEventEmitted.cloudevents", "cluster changed: {managedcluster-name}"),
    ("arn-containerserviceevents.ScheduledEventEmitted.eventgrid", "cluster changed: {managedcluster-id}"),
    ("arn-healthresources.AvailabilityStatusChanged.cloudevents", "Nodes: Good about {rg-name}"),
    ("arn-healthresources.AvailabilityStatusChanged.eventgrid", "Nodes: Good about {rg-name}"),
    ("arn-healthresources.ResourceAnnotated.cloudevents", ANNOTATED),
    ("arn-healthresources.ResourceAnnotated.eventgrid", ANNOTATED),
    ("arn-resources.CreatedOrUpdated.cloudevents", OTHER),
    ("arn-resources.CreatedOrUpdated.eventgrid", OTHER),
    ("arn-resources.Deleted.cloudevents", OTHER),
    ("arn-resources.Deleted.eventgrid", OTHER),
    ("constructed/arn-aksresources.FleetGateCreated-afterLastStage.eventgrid", "gate changed: 00000000-0000-0000-0000-000000000031"),
    ("constructed/arn-aksresources.FleetGateCreated-scheduledStart.eventgrid", "ignored: the gate does not wait for an approval"),
    ("constructed/arn-aksresources.FleetGateCreated-upperCaseAKS.eventgrid", "gate changed: 00000000-0000-0000-0000-000000000032"),
    ("constructed/arn-aksresources.FleetGateUpdated-afterLastStage.eventgrid", "gate changed: 00000000-0000-0000-0000-000000000031"),
    ("constructed/arn-containerserviceevents.ScheduledEventEmitted-EOL-object.eventgrid", "support of aks-weu-01: 1.32.3 ends 2026-03-01T00:00:00Z"),
    ("constructed/arn-containerserviceevents.ScheduledEventEmitted-EOL-string.eventgrid", "support of aks-weu-01: 1.32.3 ends 2026-03-01T00:00:00Z"),
    ("constructed/arn-resources.CreatedOrUpdated-managedCluster.eventgrid", CHANGED),
    ("constructed/arn-resources.Deleted-managedCluster.eventgrid", REMOVED),
    ("constructed/eventgrid.SubscriptionValidation-doubleEncoded.cloudevents", HANDSHAKE),
    ("constructed/resources-sub.ResourceActionSuccess-updateRunStart.eventgrid", "update run changed: run-1"),
    ("constructed/resources-sub.ResourceDeleteSuccess-fleetMember.eventgrid", OTHER),
    ("constructed/resources-sub.ResourceDeleteSuccess-frontDoorOrigin.eventgrid", OTHER),
    ("constructed/resources-sub.ResourceDeleteSuccess-managedCluster.eventgrid", REMOVED),
    ("constructed/resources-sub.ResourceDeleteSuccess-roleAssignment.eventgrid", OTHER),
    ("constructed/resources-sub.ResourceWriteFailure-managedCluster.eventgrid", CHANGED),
    ("constructed/resources-sub.ResourceWriteSuccess-agentPool.eventgrid", CHANGED),
    ("constructed/resources-sub.ResourceWriteSuccess-deployment.eventgrid", OTHER),
    ("constructed/resources-sub.ResourceWriteSuccess-fleetMember.eventgrid", OTHER),
    ("constructed/resources-sub.ResourceWriteSuccess-managedCluster-create.eventgrid", CHANGED),
    ("constructed/resources-sub.ResourceWriteSuccess-managedCluster-update.cloudevents", CHANGED),
    ("constructed/resources-sub.ResourceWriteSuccess-managedCluster-update.eventgrid", CHANGED),
    ("constructed/resources-sub.ResourceWriteSuccess-stringfields.eventgrid", CHANGED),
    ("containerservice.ClusterSupportEnded.cloudevents", "support of {cluster}: 1.23.15 is over"),
    ("containerservice.ClusterSupportEnded.eventgrid", "support of {cluster}: 1.23.15 is over"),
    ("containerservice.ClusterSupportEnding.cloudevents", "support of {cluster}: 1.23.15 ends"),
    ("containerservice.ClusterSupportEnding.eventgrid", "support of {cluster}: 1.23.15 ends"),
    ("containerservice.NewKubernetesVersionAvailable.cloudevents", "versions changed: {cluster}"),
    ("containerservice.NewKubernetesVersionAvailable.eventgrid", "versions changed: {cluster}"),
    ("containerservice.NodePoolRollingFailed.cloudevents", ROLLED),
    ("containerservice.NodePoolRollingFailed.eventgrid", ROLLED),
    ("containerservice.NodePoolRollingStarted.cloudevents", ROLLED),
    ("containerservice.NodePoolRollingStarted.eventgrid", ROLLED),
    ("containerservice.NodePoolRollingSucceeded.cloudevents", ROLLED),
    ("containerservice.NodePoolRollingSucceeded.eventgrid", ROLLED),
    ("eventgrid.DeadLetter.cloudevents", "ignored: the event type is unknown"),
    ("eventgrid.DeadLetter.eventgrid", "ignored: the event type is unknown"),
    ("eventgrid.SubscriptionValidationEvent.eventgrid", HANDSHAKE),
    ("policyinsights.PolicyStateChanged.cloudevents", "ignored: no reaction uses this event type"),
    ("policyinsights.PolicyStateChanged.eventgrid", "ignored: no reaction uses this event type"),
    ("resources-rg.ResourceActionSuccess.cloudevents", OTHER),
    ("resources-rg.ResourceActionSuccess.eventgrid", OTHER),
    ("resources-rg.ResourceDeleteSuccess.cloudevents", OTHER),
    ("resources-rg.ResourceDeleteSuccess.eventgrid", OTHER),
    ("resources-rg.ResourceWriteFailure.cloudevents", OTHER),
    ("resources-rg.ResourceWriteFailure.eventgrid", OTHER),
    ("resources-rg.ResourceWriteSuccess.cloudevents", OTHER),
    ("resources-rg.ResourceWriteSuccess.eventgrid", OTHER),
    ("resources-sub.ResourceActionSuccess.eventgrid", OTHER),
    ("resources-sub.ResourceDeleteSuccess.eventgrid", OTHER),
    ("resources-sub.ResourceWriteSuccess.eventgrid", OTHER),
];

#[test]
fn every_reference_event_is_what_the_table_says() {
    let Some(folder) = reference("events") else { return };
    let is_event = |name: &str| !["monitor.", "fragments/", "batch"].iter().any(|other| name.contains(other));
    let events = json_files(&folder).into_iter().filter(|(name, _)| is_event(name));
    let found: Vec<(String, String)> = events
        .map(|(name, text)| (name.trim_end_matches(".json").to_owned(), in_words(&triaged(&text)).join(", ")))
        .collect();
    let expected: Vec<(String, String)> =
        EVENTS.iter().map(|(name, outcome)| ((*name).to_owned(), (*outcome).to_owned())).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_reference_batch_loses_no_event() {
    let Some(folder) = reference("events") else { return };
    for (name, text) in json_files(&folder).into_iter().filter(|(name, _)| name.contains("batch")) {
        let events: Vec<Value> = serde_json::from_str(&text).expect(&name);
        let apart: usize = events.iter().map(|event| in_words(&triaged(&event.to_string())).len()).sum();
        assert_eq!(apart, events.len(), "{name}");
        assert!(triaged(&text).rejected.is_empty(), "{name}");
    }
}
