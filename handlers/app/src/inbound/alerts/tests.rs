use fleet_core::health::{About, Says, Source};
use serde_json::{Value, json};

use super::*;
use crate::inbound::{
    MAX_KEY_CHARS, MAX_WHY_CHARS,
    work::{self, Work},
};

const GATEWAY: &str =
    "/subscriptions/s/resourcegroups/rg/providers/microsoft.network/applicationgateways/agw-weu";
const CLUSTER: &str =
    "/subscriptions/s/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/aks-weu";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn clock() -> Timestamp {
    at(600)
}

/// An alert on `target`, fired at second 60.
fn alert(service: &str, target: &str, context: &Value) -> Value {
    json!({
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": "/subscriptions/s/providers/Microsoft.AlertsManagement/alerts/a-1",
                "alertRule": "rule",
                "monitorCondition": "Fired",
                "monitoringService": service,
                "alertTargetIDs": [target],
                "firedDateTime": "1970-01-01T00:01:00.0000000Z",
            },
            "alertContext": context,
        },
    })
}

fn on_metric(criterion: &Value) -> Value {
    alert("Platform", GATEWAY, &json!({ "condition": { "allOf": [criterion] } }))
}

fn on_origin(origin: &str) -> Value {
    on_metric(&json!({
        "metricName": "OriginHealthPercentage",
        "operator": "LessThan",
        "dimensions": [{ "name": "Origin", "value": origin }],
    }))
}

fn resolved(mut alert: Value, time: Option<&str>) -> Value {
    alert["data"]["essentials"]["monitorCondition"] = "Resolved".into();
    alert["data"]["essentials"]["resolvedDateTime"] = time.into();
    alert
}

fn on_incident(status: &str, time: &str) -> Value {
    let regions = json!([{ "ImpactedRegions": [{ "RegionName": "West Europe" }] }]).to_string();
    let properties = json!({
        "incidentType": "Incident",
        "trackingId": "ABCD-123",
        "title": "Outage",
        "impactedServices": regions,
    });
    alert(
        "ServiceHealth",
        "/subscriptions/s",
        &json!({ "status": status, "eventTimestamp": time, "properties": properties }),
    )
}

fn on_health(current: &str, time: &str) -> Value {
    let context =
        json!({ "eventTimestamp": time, "properties": { "currentHealthStatus": current, "title": "why" } });
    alert("Resource Health", CLUSTER, &context)
}

fn signals(alert: &Value) -> Vec<Signal> {
    match read(&alert.to_string(), clock()) {
        Alert::Signals(signals) => signals,
        other => panic!("evidence, not {other:?}"),
    }
}

fn signal(alert: &Value) -> Signal {
    let [signal] = <[Signal; 1]>::try_from(signals(alert)).expect("one signal");
    signal
}

fn rejected(alert: &Value) -> Rejected {
    match read(&alert.to_string(), clock()) {
        Alert::Rejected(rejected) => rejected,
        other => panic!("a rejection, not {other:?}"),
    }
}

#[test]
fn a_sick_origin_speaks_from_when_it_fired_until_it_is_resolved() {
    let fired = signal(&on_origin("weu"));
    assert_eq!((fired.source, fired.says, fired.at), (Source::FrontDoor, Says::Bad, at(60)));
    assert_eq!((fired.about.clone(), fired.key.as_str()), (About::Named("weu".to_owned()), "a-1 weu"));
    let ended = signal(&resolved(on_origin("weu"), Some("1970-01-01T00:05:00Z")));
    assert_eq!((ended.says, ended.at), (Says::Good, at(300)));
    assert_eq!((ended.key, ended.about), (fired.key, fired.about), "the end replaces the beginning");
}

#[test]
fn an_end_without_a_time_is_at_its_arrival_and_not_when_the_alert_fired() {
    assert_eq!(signal(&resolved(on_origin("weu"), None)).at, clock());
}

#[test]
fn pools_of_one_gateway_are_told_apart() {
    let of_pool = |pool: &str| {
        let dimensions = json!([{ "name": "BackendSettingsPool", "value": pool }]);
        on_metric(
            &json!({ "metricName": "unhealthyhostcount", "operator": "GreaterThan", "dimensions": dimensions }),
        )
    };
    let (one, other) = (signal(&of_pool("p1~https")), signal(&of_pool("p2~https")));
    assert_eq!(one.about, About::Gateway(GATEWAY.parse().expect("an id")));
    assert_eq!((one.key.as_str(), other.key.as_str()), ("a-1 p1~https", "a-1 p2~https"));
    assert_eq!(one.why, "unhealthy hosts in p1~https, alert rule");
}

#[test]
fn a_metric_of_another_namespace_is_another_metric() {
    let alert = on_metric(&json!({
        "metricName": "UnhealthyHostCount",
        "metricNamespace": "Contoso.Proxies/gateways",
        "operator": "GreaterThan",
    }));
    assert_eq!(read(&alert.to_string(), clock()), Alert::Ignored(NotEvidence::OtherMetric));
}

#[test]
fn only_a_condition_that_asks_for_sickness_is_evidence() {
    let is_heard = |metric: &str, operator: &str| {
        let dimensions = json!([{ "name": "Origin", "value": "weu" }]);
        let alert =
            on_metric(&json!({ "metricName": metric, "operator": operator, "dimensions": dimensions }));
        matches!(read(&alert.to_string(), clock()), Alert::Signals(_))
    };
    let operators =
        ["LessThan", "LessThanOrEqual", "GreaterThan", "GreaterThanOrEqual", "GreaterOrLessThan", "Equals"];
    let heard = |metric| operators.map(|operator| is_heard(metric, operator));
    assert_eq!(heard("OriginHealthPercentage"), [true, true, false, false, false, false]);
    assert_eq!(heard("UnhealthyHostCount"), [false, false, true, true, false, false]);
}

#[test]
fn the_health_that_is_reported_counts_and_not_that_the_alert_fired() {
    let said = |current: &str| signal(&on_health(current, "1970-01-01T00:00:30Z")).says;
    let says = ["Available", "unavailable", "Degraded", "Unknown", "Improvised"].map(said);
    assert_eq!(says, [Says::Good, Says::Bad, Says::Nothing, Says::Nothing, Says::Nothing]);
}

#[test]
fn a_later_report_on_the_same_resource_replaces_the_earlier_although_its_alert_is_another() {
    let down = signal(&on_health("Unavailable", "1970-01-01T00:00:30Z"));
    let mut up = on_health("Available", "1970-01-01T00:00:40.1234567+00:00");
    up["data"]["essentials"]["alertId"] =
        "/subscriptions/s/providers/Microsoft.AlertsManagement/alerts/a-2".into();
    let up = signal(&up);
    assert_eq!((up.source, &up.key, &up.about), (down.source, &down.key, &down.about));
    assert!(up.at > down.at, "{} {}", up.at, down.at);
}

#[test]
fn an_incident_speaks_against_its_region_and_its_end_takes_that_back() {
    let active = signal(&on_incident("Active", "1970-01-01T00:00:30Z"));
    assert_eq!((active.source, active.says, active.at), (Source::ServiceHealth, Says::Bad, at(30)));
    assert_eq!(active.about, About::Region("West Europe".to_owned()));
    let over = signal(&on_incident("Resolved", "1970-01-01T00:00:50Z"));
    assert_eq!((over.says, over.at), (Says::Nothing, at(50)));
    assert_eq!((over.key, over.about), (active.key, active.about));
}

#[test]
fn what_others_wrote_is_cut_and_stays_on_one_line() {
    let mut alert = on_incident("Active", "");
    alert["data"]["alertContext"]["properties"]["title"] = format!("two\nlines{}", "…".repeat(5_000)).into();
    alert["data"]["alertContext"]["properties"]["trackingId"] = "t".repeat(5_000).into();
    let signal = signal(&alert);
    assert_eq!((signal.why.chars().count(), signal.key.len()), (MAX_WHY_CHARS, MAX_KEY_CHARS));
    assert!(!signal.why.contains('\n'));
    let message = serde_json::to_vec(&signal).expect("serialises");
    assert_eq!(work::decode(&message), Ok(Work::Signal(signal)));
}

#[test]
fn an_alert_that_names_everybody_is_rejected() {
    let criterion = json!({
        "metricName": "OriginHealthPercentage",
        "dimensions": (0..200).map(|n| json!({ "name": "Origin", "value": n.to_string() })).collect::<Vec<_>>(),
    });
    let rejected = rejected(&on_metric(&criterion));
    assert!(rejected.fault.contains("200 subjects"), "{}", rejected.fault);
}

#[test]
fn an_alert_beyond_the_size_that_azure_sends_is_rejected() {
    let rejected = rejected(&on_origin(&"x".repeat(MAX_ALERT_BYTES)));
    assert_eq!((rejected.path.as_str(), rejected.raw.is_string()), ("", true));
}

/// The body that the host posts for a request with this body.
fn invocation(body: &Value) -> String {
    json!({
        "Data": { "req": { "Method": "POST", "Url": "https://x/api/alerts?code=secret", "Body": body } },
        "Metadata": { "sys": { "UtcNow": "1970-01-01T00:20:00" } },
    })
    .to_string()
}

fn answered(body: &Value) -> Value {
    let answer = read_invocation(invocation(body).as_bytes(), clock).to_answer().expect("an answer");
    serde_json::from_slice(&answer.to_body()).expect("JSON")
}

#[test]
fn evidence_is_queued_and_the_caller_is_told_how_much() {
    let body = answered(&on_origin("weu").to_string().into());
    assert_eq!(body["Outputs"]["work"][0]["kind"], "healthSignal");
    assert_eq!(body["Outputs"]["res"]["statusCode"], "200");
    assert_eq!(body["Outputs"]["res"]["body"], r#"{"signals":1}"#);
}

#[test]
fn what_is_no_evidence_is_answered_with_its_reason_and_queues_nothing() {
    let body = answered(&alert("CostAlerts", CLUSTER, &Value::Null).to_string().into());
    assert_eq!(
        body["Outputs"]["res"]["body"],
        r#"{"ignored":"alerts of this kind say nothing about health","signals":0}"#
    );
    assert!(body["Outputs"]["work"].is_null());
}

#[test]
fn what_cannot_be_read_is_parked_and_answered_with_400_and_what_to_do() {
    let body = answered(&r#"{"schemaId":"AzureMonitorMetricAlert","data":{}}"#.into());
    assert_eq!(body["Outputs"]["res"]["statusCode"], "400");
    let told: Value =
        serde_json::from_str(body["Outputs"]["res"]["body"].as_str().expect("text")).expect("JSON");
    assert_eq!(told["path"], "schemaId");
    assert!(
        told["error"].as_str().is_some_and(|error| error.contains("enable the common alert schema")),
        "{told}"
    );
    assert_eq!(body["Outputs"]["rejected"][0]["raw"]["schemaId"], "AzureMonitorMetricAlert");
}

#[test]
fn the_callers_key_is_never_parked() {
    for body in [Value::Null, "[]".into(), json!({ "schemaId": 7 })] {
        let answer = answered(&body);
        assert_eq!(answer["Outputs"]["res"]["statusCode"], "400", "{body}");
        assert_eq!(answer["Outputs"]["rejected"].as_array().map(Vec::len), Some(1), "{body}");
        assert!(!answer.to_string().contains("secret"), "{answer}");
    }
}

#[test]
fn the_time_of_the_invocation_is_the_arrival() {
    let body = invocation(&resolved(on_origin("weu"), None).to_string().into());
    let Alert::Signals(signals) = read_invocation(body.as_bytes(), clock) else { panic!("evidence") };
    assert_eq!(signals[0].at, at(1_200));
}
