//! The judge of bodies is fit to judge: it passes the bodies of every type that is written or listed, and names what
//! is wrong with each of the illegal ones.

use fleet_scenarios::legal_bodies::{Fault, Report, Side, check};
use serde_json::{Value, json};

const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-edge";
const GATE: &str = "/gates/12345678-910a-bcde-f000-000000000000";
const ROLE: &str =
    "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d";
const POLICY: &str =
    "/providers/Microsoft.Authorization/policySetDefinitions/a8640138-9b0a-4a28-b8cb-1666c838647d";

fn fleet(rest: &str) -> String {
    format!("{GROUP}/providers/Microsoft.ContainerService/fleets/fleet-1{rest}?api-version=2026-06-01")
}

fn origin(rest: &str) -> String {
    let group = format!("{GROUP}/providers/Microsoft.Cdn/profiles/afd/originGroups/web");
    format!("{group}{rest}?api-version=2025-12-01")
}

fn authorization(kind: &str, version: &str) -> String {
    let scope = format!("{GROUP}/providers/Microsoft.ContainerRegistry/registries/acr");
    format!("{scope}/providers/Microsoft.Authorization/{kind}?api-version={version}")
}

fn role(name: &str) -> String {
    authorization(&format!("roleAssignments/{name}"), "2022-04-01")
}

fn policy(name: &str) -> String {
    authorization(&format!("policyAssignments/{name}"), "2026-06-01")
}

fn line(method: &str, url: &str, request: &Value, status: u16, answer: &Value) -> String {
    let exchange = json!({
        "at": "2026-03-04T05:00:00Z", "method": method, "url": url, "requestHeaders": {}, "requestBody": request,
        "status": status, "responseHeaders": {}, "responseBody": answer, "cause": null,
    });
    format!("{exchange}\n")
}

fn request(method: &str, url: &str, body: &Value) -> String {
    line(method, url, body, 503, &json!({"error": {"code": "ServiceUnavailable", "message": "later"}}))
}

fn answer(url: &str, body: &Value) -> String {
    line("GET", url, &Value::Null, 200, body)
}

fn member() -> Value {
    json!({"properties": {"clusterResourceId": "/c", "group": "canary", "labels": {"example.com/ring": "0"}}})
}

fn origin_settings() -> Value {
    json!({"properties": {
        "hostName": "a.example", "originHostHeader": "a.example", "httpPort": 80, "httpsPort": 443, "priority": 1,
        "weight": 1000, "enabledState": "Enabled", "enforceCertificateNameCheck": true,
    }})
}

fn role_assignment() -> Value {
    json!({"properties": {
        "roleDefinitionId": ROLE, "principalId": "00000000-0000-0000-0000-00000000000a",
        "principalType": "ServicePrincipal", "description": "it's for ${cluster}",
    }})
}

fn policy_assignment() -> Value {
    json!({"location": "westeurope", "identity": {"type": "SystemAssigned"}, "properties": {
        "policyDefinitionId": POLICY, "displayName": "baseline", "enforcementMode": "Default", "metadata": {"by": "us"},
        "notScopes": [], "parameters": {"effect": {"value": "audit"}, "excludedNamespaces": {"value": ["kube-system"]}},
    }})
}

/// `base` with one value at a JSON pointer set, or taken away.
fn changed(mut base: Value, pointer: &str, value: Option<Value>) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer below the root");
    let parent = base.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match value {
        Some(value) => parent.insert(key.to_owned(), value),
        None => parent.remove(key),
    };
    base
}

/// The verdict; `None` where there is no compiler, which `check` has said aloud.
fn verdict(recording: &str) -> Option<Report> {
    let report = check(recording.as_bytes()).expect("a verdict");
    (report.checked > 0).then_some(report)
}

fn told(faults: &[Fault]) -> Vec<(usize, &str, &str)> {
    faults.iter().map(|fault| (fault.site.line, fault.code.as_str(), fault.path.as_str())).collect()
}

#[test]
fn every_body_that_is_written_is_legal() {
    let recording = [
        request("PUT", &fleet("/members/aks-1"), &member()),
        request("PATCH", &fleet("/members/aks-1"), &json!({"properties": {"group": "broad"}})),
        request("PATCH", &fleet(GATE), &json!({"properties": {"state": "Completed"}})),
        request("PUT", &origin("/origins/aks-1"), &origin_settings()),
        request("PATCH", &origin("/origins/aks-1"), &json!({"properties": {"enabledState": "Disabled"}})),
        request("PUT", &origin(""), &json!({"properties": {"loadBalancingSettings": {"sampleSize": 4}}})),
        request("PUT", &role("00000000-0000-0000-0000-00000000000b"), &role_assignment()),
        request("PUT", &policy("pod-security"), &policy_assignment()),
    ];
    let Some(report) = verdict(&recording.concat()) else { return };
    assert_eq!(told(&report.faults), []);
    assert_eq!(report.checked, recording.len());
    assert_eq!(report.kinds.len(), recording.len());
}

#[test]
fn answers_may_show_what_only_the_service_writes() {
    let shown = json!({
        "id": fleet("/members/aks-1"), "name": "aks-1", "type": "Microsoft.ContainerService/Fleets/Members",
        "eTag": "\"0\"", "systemData": {"createdAt": "2026-03-04T05:00:00Z", "createdByType": "Application"},
        "properties": {"clusterResourceId": "/c", "provisioningState": "Joining", "status": {"lastOperationId": "1"}},
    });
    let mut settings = origin_settings()["properties"].clone();
    settings["provisioningState"] = json!("Succeeded");
    settings["weight"] = Value::Null;
    let listed = json!({"name": "aks-1", "type": "Microsoft.Cdn/profiles/origingroups/origins", "properties": settings});
    let group = json!({"id": GROUP, "name": "rg-edge", "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope", "properties": {"provisioningState": "Succeeded"}});
    let pools =
        json!([{"name": "system", "provisioningState": "Succeeded", "powerState": {"code": "Running"}}]);
    let cluster =
        json!({"name": "aks-1", "location": "westeurope", "properties": {"agentPoolProfiles": pools}});
    let clusters =
        format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters?api-version=2026-05-01");
    let registry = json!({"name": "acr12", "location": "westeurope", "sku": {"name": "Premium"}, "properties": {"status": null}});
    let registries =
        format!("{GROUP}/providers/Microsoft.ContainerRegistry/registries/acr12?api-version=2025-11-01");
    let recording = [
        answer(&registries, &registry),
        answer(&clusters, &json!({"value": [cluster]})),
        line("PUT", &fleet("/members/aks-1"), &member(), 201, &shown),
        answer(&fleet("/members"), &json!({"value": [shown, shown], "nextLink": null})),
        answer(&origin("/origins"), &json!({"value": [listed]})),
        answer(&format!("{GROUP}?api-version=2025-04-01"), &group),
    ];
    let Some(report) = verdict(&recording.concat()) else { return };
    assert_eq!(told(&report.faults), []);
    assert_eq!(report.checked, 8);
}

#[test]
fn an_illegal_request_is_named_by_line_code_and_path() {
    let (members, origins) = (fleet("/members/aks-1"), origin("/origins/aks-1"));
    let set = |base: Value, pointer: &str, value: Value| changed(base, pointer, Some(value));
    let weight = |weight: i64| set(origin_settings(), "/properties/weight", json!(weight));
    let patch = json!({"properties": {"enabledSate": "Disabled"}});
    let future = fleet("/members/aks-1").replace("2026-06-01", "2036-06-01");
    let cases = [
        ("PUT", &members, set(member(), "/properties/cluster", json!("/c")), "BCP037", "properties.cluster"),
        ("PUT", &members, set(member(), "/properties/group", json!(7)), "BCP036", "properties.group"),
        (
            "PUT",
            &members,
            set(member(), "/properties/group", json!("No_Group")),
            "BCP416",
            "properties.group",
        ),
        ("PUT", &members, changed(member(), "/properties/clusterResourceId", None), "BCP035", "properties"),
        (
            "PUT",
            &members,
            set(member(), "/properties/provisioningState", json!("Succeeded")),
            "BCP073",
            "properties.provisioningState",
        ),
        ("PUT", &origins, weight(0), "BCP328", "properties.weight"),
        ("PUT", &origins, weight(1001), "BCP327", "properties.weight"),
        ("PATCH", &origins, patch, "BCP089", "properties.enabledSate"),
        ("PATCH", &fleet(GATE), json!({"properties": {"approved": true}}), "BCP037", "properties.approved"),
        ("PATCH", &members, json!({"properties": {"status": {}}}), "BCP073", "properties.status"),
        (
            "PUT",
            &role("r"),
            changed(role_assignment(), "/properties/roleDefinitionId", None),
            "BCP035",
            "properties",
        ),
        (
            "PUT",
            &policy("p"),
            set(policy_assignment(), "/properties/notScopes", json!("/s")),
            "BCP036",
            "properties.notScopes",
        ),
        ("PUT", &policy("p"), set(policy_assignment(), "/sku", json!({})), "BCP187", "sku"),
        ("PUT", &fleet("/members/No_Name"), member(), "BCP416", "url"),
        ("PUT", &future, member(), "BCP081", "url"),
    ];
    let recording: String = cases.iter().map(|(method, url, body, ..)| request(method, url, body)).collect();
    let Some(report) = verdict(&recording) else { return };
    let mut expected: Vec<_> =
        cases.iter().enumerate().map(|(index, (.., code, path))| (index + 1, *code, *path)).collect();
    // A future version is unknown of the fleet and of its member.
    expected.push((cases.len(), "BCP081", "url"));
    assert_eq!(told(&report.faults), expected);
}

#[test]
fn an_illegal_answer_is_named_by_the_place_in_its_list() {
    let shown = |properties: Value| json!({"name": "aks-1", "properties": properties});
    let list = json!({"value": [
        shown(json!({"clusterResourceId": "/c", "provisioningState": "Succeeded"})),
        shown(json!({"clusterResourceId": "/c", "provisioningState": true})),
        shown(json!({"provisioningState": "Succeeded"})),
        {"properties": {"clusterResourceId": "/c", "labels": {"a": 1.5}}},
        {"name": "aks-1", "type": "Microsoft.ContainerService/managedClusters", "etag": "\"0\""},
    ]});
    let Some(report) = verdict(&answer(&fleet("/members"), &list)) else { return };
    let mut faults = told(&report.faults);
    faults.sort_by_key(|(.., path)| *path);
    let expected = [
        ("BCP036", "value[1].properties.provisioningState"),
        ("BCP035", "value[2].properties"),
        ("BCP035", "value[3]"),
        ("NOT-AN-INTEGER", "value[3].properties.labels.a"),
        ("BCP089", "value[4].etag"),
        ("BCP088", "value[4].type"),
    ];
    assert_eq!(faults, expected.map(|(code, path)| (1, code, path)));
    assert!(report.faults.iter().all(|fault| fault.site.side == Side::Answer));
}

#[test]
fn equal_bodies_are_counted_each_and_blamed_once() {
    let illegal = request("PUT", &fleet("/members/aks-1"), &json!({"properties": {}}));
    let Some(report) = verdict(&illegal.repeat(3)) else { return };
    assert_eq!((report.checked, told(&report.faults)), (3, vec![(1, "BCP035", "properties")]));
}

#[test]
fn what_carries_no_resource_is_passed_over() {
    let location = format!("{GROUP}/providers/Microsoft.Cdn/operationresults/1?api-version=2025-12-01");
    let query = "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01";
    let offers = "/subscriptions/s/providers/Microsoft.ContainerService/locations/westeurope/kubernetesVersions?api-version=2026-05-01";
    let recording = [
        answer(offers, &json!({"values": [{"version": "1.33"}]})),
        answer(&location, &json!({"status": "InProgress"})),
        line("POST", query, &json!({"query": "resources"}), 200, &json!({"data": []})),
        line("GET", &fleet(""), &Value::Null, 404, &json!({"error": {"code": "NotFound"}})),
        line("DELETE", &fleet("/members/aks-1"), &Value::Null, 204, &Value::Null),
        "\n".to_owned(),
    ];
    let report = check(recording.concat().as_bytes()).expect("a verdict");
    assert_eq!((report.checked, told(&report.faults)), (0, vec![]));
}

#[test]
fn faults_that_need_no_compiler_are_found_without_one() {
    let versionless = format!("{GROUP}/providers/Microsoft.Cdn/profiles/afd");
    let recording =
        [answer(&fleet("/members"), &json!([])), answer(&versionless, &json!({"name": "afd"}))].concat();
    let report = check(recording.as_bytes()).expect("a verdict");
    assert_eq!(told(&report.faults), [(1, "NOT-A-LIST", "value"), (2, "NO-API-VERSION", "url")]);
}

#[test]
fn a_broken_recording_is_refused_by_its_line() {
    let recording = answer(&fleet(""), &json!({"name": "fleet-1"})) + "{\"method\": \"GET\"}\n";
    let error = check(recording.as_bytes()).expect_err("no url");
    assert!(error.to_string().starts_with("line 2 of the recording"), "{error}");
}

#[test]
fn a_fault_reads_as_one_sentence_about_one_place() {
    let recording = answer(&fleet("/members"), &json!([]));
    let report = check(recording.as_bytes()).expect("a verdict");
    let url = fleet("/members");
    let expected = format!(
        "line 1, answer of GET {url}\n  value: NOT-A-LIST a list answers {{\"value\": [...]}}, this has no array of that name"
    );
    assert_eq!(report.faults[0].to_string(), expected);
}
