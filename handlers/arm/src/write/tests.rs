use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::error::Class;
use crate::operations::{Kind, OPERATIONS};
use crate::testing::{Act, Script};
use crate::wire::{
    EnabledState, ManagedClusterUpdate, MemberPatchProperties, MemberPutProperties, OriginSettings,
    PolicySettings, PrincipalType, RoleAssignmentPutProperties, Stages, UpdateOrder, UpdateRunPutProperties,
    Upgrade,
};

const ORIGIN: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Cdn/profiles/p/originGroups/og/origins/o";
const RUN: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/updateRuns/r";

async fn drain(act: Act) -> Outcome {
    let script = Script::new([act]);
    let (client, context) = (script.client(), CallContext::new(Uuid::nil()));
    let writer = Writer { client: &client, context: &context, mode: Mode::Live };
    writer.patch_origin(ORIGIN, &OriginPatch::enabled_state(EnabledState::Disabled)).await
}

fn node_images() -> UpdateRunPut {
    let upgrade = Upgrade { kind: "NodeImageOnly".to_owned(), kubernetes_version: None };
    let managed_cluster_update = ManagedClusterUpdate { upgrade, node_image_selection: None };
    let order = UpdateOrder::Own(Stages::default());
    UpdateRunPut { properties: UpdateRunPutProperties { order, managed_cluster_update } }
}

fn state(state: &str) -> Value {
    json!({"properties": {"provisioningState": state}})
}

#[tokio::test(start_paused = true)]
async fn a_finished_write_is_completed_and_a_running_one_only_started() {
    let done = drain(Act::Answer(200, vec![], state("Succeeded"))).await;
    assert_eq!(done.ok(), Some(Written::Completed));
    let headers = vec![("azure-asyncoperation", "https://arm.test/operations/1")];
    let started = drain(Act::Answer(202, headers, state("Updating"))).await;
    assert_eq!(started.ok(), Some(Written::Started));
}

#[tokio::test(start_paused = true)]
async fn an_action_that_was_only_accepted_has_started_by_either_header() {
    for header in ["azure-asyncoperation", "location"] {
        let headers = vec![(header, "https://arm.test/operations/1")];
        let script = Script::new([Act::Answer(202, headers, Value::Null)]);
        let (client, context) = (script.client(), CallContext::new(Uuid::nil()));
        let writer = Writer { client: &client, context: &context, mode: Mode::Live };
        assert_eq!(writer.start_update_run(RUN).await.ok(), Some(Written::Started), "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_action_is_done_although_its_answer_shows_the_old_state() {
    let body = json!({"properties": {"provisioningState": "Succeeded", "status": {"status": {"state": "NotStarted"}}}});
    let script = Script::new([Act::Answer(200, vec![], body)]);
    let (client, context) = (script.client(), CallContext::new(Uuid::nil()));
    let writer = Writer { client: &client, context: &context, mode: Mode::Live };
    assert_eq!(writer.start_update_run(RUN).await.ok(), Some(Written::Completed));
}

#[tokio::test(start_paused = true)]
async fn a_write_that_failed_at_once_is_an_error() {
    let error = drain(Act::Answer(200, vec![], state("Failed"))).await.expect_err("it failed");
    assert!(matches!(error.problem(), Problem::Failed { .. }), "{error}");
    assert_eq!((error.operation(), error.resource()), ("origins.patch", ORIGIN));
}

#[tokio::test(start_paused = true)]
async fn a_refused_write_says_why() {
    let body = json!({"error": {"code": "Conflict", "message": "busy"}});
    let error = drain(Act::Answer(409, vec![], body)).await.expect_err("refused");
    assert_eq!((error.class(), error.code()), (Class::Conflict, Some("Conflict")));
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_sends_nothing_and_still_checks_the_id() {
    let script = Script::new([]);
    let (client, context) = (script.client(), CallContext::new(Uuid::nil()));
    let writer = Writer { client: &client, context: &context, mode: Mode::DryRun };
    assert_eq!(writer.delete_origin(ORIGIN).await.ok(), Some(Written::NotSent));
    assert_eq!(writer.delete_origin("/wrong").await.map_err(|error| error.class()), Err(Class::Invalid));
    assert!(script.seen().is_empty() && context.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_write_of_the_table_has_its_function() {
    const GROUP: &str = "/subscriptions/s/resourceGroups/g";
    let member = format!("{GROUP}/providers/Microsoft.ContainerService/fleets/f/members/m");
    let role = format!("{GROUP}/providers/Microsoft.Authorization/roleAssignments/a");
    let policy = format!("{GROUP}/providers/Microsoft.Authorization/policyAssignments/a");
    let role_put = RoleAssignmentPut {
        properties: RoleAssignmentPutProperties {
            role_definition_id: "/d".to_owned(),
            principal_id: "p".to_owned(),
            principal_type: PrincipalType::ServicePrincipal,
            description: None,
        },
    };
    let policy_put =
        PolicyAssignmentPut { properties: PolicySettings::default(), identity: None, location: None };
    let member_put = MemberPut {
        properties: MemberPutProperties {
            cluster_resource_id: "/c".to_owned(),
            group: None,
            labels: BTreeMap::new(),
        },
    };
    let member_patch = MemberPatch { properties: MemberPatchProperties::default() };
    let fleet = format!("{GROUP}/providers/Microsoft.ContainerService/fleets/f");
    let run_put = node_images();
    let origin_put = OriginPut { properties: OriginSettings::default() };
    let writes: Vec<_> = OPERATIONS.iter().filter(|row| row.kind != Kind::Read).map(|row| row.name).collect();

    let script = Script::new(vec![Act::Answer(204, vec![], Value::Null); writes.len()]);
    let (client, context) = (script.client(), CallContext::new(Uuid::nil()));
    let writer = Writer { client: &client, context: &context, mode: Mode::Live };
    for outcome in [
        writer.put_member(&member, &member_put, Some("e")).await,
        writer.patch_member(&member, &member_patch, Some("e")).await,
        writer.delete_member(&member, Some("e")).await,
        writer.put_update_run(RUN, &run_put).await,
        writer.start_update_run(RUN).await,
        writer.stop_update_run(RUN).await,
        writer.skip_in_update_run(RUN, &Skip::members(&["m".to_owned()])).await,
        writer.patch_gate(&format!("{fleet}/gates/g"), &GatePatch::completed(), Some("e")).await,
        writer.generate_update_run(&format!("{fleet}/autoUpgradeProfiles/p")).await,
        writer.put_role_assignment(GROUP, "a", &role_put).await,
        writer.delete_role_assignment(&role).await,
        writer.put_policy_assignment(GROUP, "a", &policy_put).await,
        writer.delete_policy_assignment(&policy).await,
        writer.put_origin(ORIGIN, &origin_put).await,
        writer.patch_origin(ORIGIN, &OriginPatch::weight(1)).await,
        writer.delete_origin(ORIGIN).await,
    ] {
        assert_eq!(outcome.ok(), Some(Written::Completed));
    }

    let called: Vec<_> = context.calls().iter().map(|call| call.operation).collect();
    assert_eq!(called, writes);
    let conditional = script.seen().iter().filter(|seen| seen.header("if-match") == Some("e")).count();
    assert_eq!(conditional, 4, "members and gates of fleets alone take an etag");
    let if_absent: Vec<_> =
        script.seen().into_iter().filter(|seen| seen.header("if-none-match") == Some("*")).collect();
    assert!(matches!(&if_absent[..], [seen] if seen.url.contains("/updateRuns/r?")), "{if_absent:?}");
}
