//! The automation's infrastructure agrees with its code. Beside each agreement stand predictions that are spoilt on purpose:
//! a comparison that notices nothing would be worth nothing.

use std::{collections::BTreeSet, sync::LazyLock};

use fleet_infra_tests::{
    compiler::Bicep,
    repository::{self, Functions},
    snapshot::Snapshot,
    wiring,
};
use serde_json::Value;

const SUBSCRIPTIONS: &str = "Microsoft.EventGrid/systemTopics/eventSubscriptions";
const QUEUES: &str = "Microsoft.ServiceBus/namespaces/queues";
const ROLES: &str = "Microsoft.Authorization/roleDefinitions";
const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";
const SETTINGS: &str = "Microsoft.Web/sites/config";
const ACTION_GROUPS: &str = "Microsoft.Insights/actionGroups";

/// The automation as it would be deployed, predicted once; nothing where there is no compiler to ask.
static DEPLOYED: LazyLock<Option<Snapshot>> = LazyLock::new(|| {
    let bicep = Bicep::at_hand().expect("a compiler")?;
    Some(bicep.snapshot("infra/params/app.production.bicepparam").expect("a prediction"))
});

fn functions() -> Functions {
    Functions::of_this_repository().expect("the function definitions")
}

/// The comparison finds nothing on `good`, and something that says `words` on each of the spoilt predictions.
#[track_caller]
fn notices<const N: usize>(
    compare: impl Fn(&Snapshot) -> Vec<String>,
    spoil: impl Fn(&Snapshot) -> [(Snapshot, &'static str); N],
) {
    let Some(deployed) = DEPLOYED.as_ref() else { return };
    assert_eq!(compare(deployed), Vec::<String>::new());
    for (spoilt, words) in spoil(deployed) {
        let differences = compare(&spoilt);
        assert!(differences.iter().any(|it| it.contains(words)), "{words}: {differences:?}");
    }
}

/// Replaces a text wherever it stands in a resource.
fn replace(from: &'static str, to: &'static str) -> impl FnMut(&mut Value) {
    move |resource| {
        let text = resource.to_string();
        *resource = text.replace(from, to).parse().expect("still JSON");
    }
}

#[test]
fn every_event_type_goes_to_the_function_that_decodes_it() {
    let (decoded, functions) = (repository::decoded_events(), functions().names());
    notices(
        |it| wiring::events(it, &decoded, &functions),
        |good| {
            let spoilt = |from, to| good.spoilt(SUBSCRIPTIONS, replace(from, to));
            [
                (spoilt("ResourceWriteSuccess", "ResourceWriteMaybe"), "is subscribed to and not decoded"),
                (good.without(SUBSCRIPTIONS, |_| true), "is decoded and nobody subscribes to it"),
                (spoilt("/functions/cluster-events", "/functions/gone"), "there is no function `gone`"),
                (spoilt("deadLetterDestination", "none"), "what can't be delivered is lost"),
                (spoilt("evgt-operations", "evgt-elsewhere"), "is not raised by a topic"),
            ]
        },
    );
}

#[test]
fn no_event_that_the_handler_acts_on_is_filtered_out() {
    let samples = repository::sample_events().expect("the samples");
    assert!(samples.len() > 10, "{} samples", samples.len());
    notices(
        |it| wiring::unheard(it, &samples),
        |good| {
            let spoilt = |from, to| good.spoilt(SUBSCRIPTIONS, replace(from, to));
            [
                (spoilt("StringBeginsWith", "StringIn"), "resources.write-success.cluster-created.json"),
                (spoilt("data.resourceInfo.type", "data.type"), "notifications.deleted.cluster.json"),
                (spoilt("ResourceDeleteSuccess", "ResourceGone"), "resources.delete-success.cluster.json"),
                (
                    spoilt("fleets/updateRuns", "fleets/runs"),
                    "resources.action-success.update-run-started.json",
                ),
                (spoilt("FleetGateCreated", "FleetGateMade"), "gates.created.before-stage.json"),
            ]
        },
    );
}

#[test]
fn a_decoder_that_nobody_feeds_and_a_function_that_is_gone_are_noticed_from_the_other_side() {
    let Some(deployed) = DEPLOYED.as_ref() else { return };
    let mut decoded = repository::decoded_events();
    decoded.insert(("cluster-events".to_owned(), "Contoso.New".to_owned()));
    let differences = wiring::events(deployed, &decoded, &BTreeSet::new());
    assert!(differences.iter().any(|it| it.contains("Contoso.New")), "{differences:?}");
    assert!(differences.iter().any(|it| it.contains("there is no function")), "{differences:?}");
}

#[test]
fn there_are_the_queues_that_bindings_name_with_the_rights_that_they_use() {
    let bound = functions().queues();
    notices(
        |it| wiring::queues(it, &bound),
        |good| {
            [
                (
                    good.spoilt(QUEUES, replace("fleet-work", "fleet-play")),
                    "is a queue that no binding names",
                ),
                (good.without(QUEUES, |_| true), "is named by a binding and is no queue"),
                (
                    good.without(ASSIGNMENTS, |it| it["id"].to_string().contains("fleet-rejected")),
                    "and not granted",
                ),
                (
                    good.spoilt(
                        ASSIGNMENTS,
                        replace(
                            "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
                            "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
                        ),
                    ),
                    "is granted to the app and not used",
                ),
            ]
        },
    );
}

#[test]
fn the_handler_may_do_what_its_calls_need_and_nothing_else() {
    let needed = repository::rbac_actions();
    notices(
        |it| wiring::rights(it, &needed),
        |good| {
            let spoilt = |from, to| good.spoilt(ROLES, replace(from, to));
            [
                (spoilt("fleets/members/delete", "fleets/delete"), "is granted and no call needs it"),
                (spoilt("fleets/members/delete", "fleets/read"), "is needed by a call and not granted"),
                (spoilt("originGroups/origins/read", "*/read"), "has the wildcard"),
                (spoilt("\"dataActions\":[]", "\"dataActions\":[\"x\"]"), "has dataActions"),
                // Defined and assigned to nobody: not granted.
                (
                    good.without(ASSIGNMENTS, |it| it["id"].to_string().contains("originGroups")),
                    "origins/write",
                ),
                (
                    good.spoilt(
                        ASSIGNMENTS,
                        replace(
                            "3913510d-42f4-4e42-8a64-420c390055eb",
                            "b24988ac-6180-42a0-ab88-20f7382dd24c",
                        ),
                    ),
                    "a built-in role that is not for data",
                ),
                (
                    good.spoilt(
                        ASSIGNMENTS,
                        replace("ServicePrincipal\",\"roleDefinitionId", "User\",\"roleDefinitionId"),
                    ),
                    "is assigned to a User",
                ),
                // Without its condition the delegate may do nothing that we know of, and that is noticed too.
                (
                    good.spoilt(ASSIGNMENTS, |it| it["properties"]["condition"] = Value::Null),
                    "roleAssignments/write\" is needed by a call and not granted",
                ),
            ]
        },
    );
}

#[test]
fn only_pull_roles_are_granted_and_only_to_service_principals() {
    let roles = repository::pull_roles();
    notices(
        |it| wiring::delegation(it, &roles),
        |good| {
            let spoilt = |from, to| good.spoilt(ASSIGNMENTS, replace(from, to));
            [
                (
                    spoilt(
                        "{7f951dda-4ed3-4680-a7ca-43fe172d538d, ",
                        "{8e3af657-a8ff-443c-a75c-2fe8c4bcb635, ",
                    ),
                    "the code does not",
                ),
                (spoilt("7f951dda-4ed3-4680-a7ca-43fe172d538d, ", ""), "not allowed in"),
                (spoilt("{'ServicePrincipal'}", "{'ServicePrincipal', 'User'}"), "is allowed for"),
                (spoilt("@Resource", "@Request"), "is not judged by the condition"),
                (spoilt("\"2.0\"", "\"1.0\""), "another version"),
            ]
        },
    );
}

#[test]
fn app_settings_are_what_handler_and_host_read() {
    let (variables, connections) = (repository::handler_variables(), functions().connections());
    notices(
        |it| wiring::settings(it, &variables, &connections),
        |good| {
            let spoilt = |from, to| good.spoilt(SETTINGS, replace(from, to));
            [
                (spoilt("FLEET_LOG", "FLEET_LOUD"), "is set and nothing reads it"),
                (spoilt("FLEET_STATE", "FLEET_LOG"), "is read by the handler and not set"),
                (
                    spoilt("ServiceBusConnection__fully", "ServiceBusConnection__partly"),
                    "is needed by the host",
                ),
                (spoilt("\"managedidentity\"", "\"AccountKey=\""), "holds a secret"),
            ]
        },
    );
}

#[test]
fn alerts_reach_the_functions_that_take_them() {
    let posted_to = functions().posted_to();
    notices(
        |it| wiring::alerts(it, &posted_to),
        |good| {
            let spoilt = |from, to| good.spoilt(ACTION_GROUPS, replace(from, to));
            [
                (
                    spoilt("\"functionName\":\"alerts\"", "\"functionName\":\"fleet\""),
                    "gets alerts and takes no POST",
                ),
                (good.without(ACTION_GROUPS, |_| true), "takes POST and gets no alerts"),
                (
                    spoilt("\"useCommonAlertSchema\":true", "\"useCommonAlertSchema\":false"),
                    "in another schema",
                ),
            ]
        },
    );
}
