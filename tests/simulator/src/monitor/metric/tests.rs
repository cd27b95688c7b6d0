use super::*;
use crate::clock::EPOCH;

const PROFILE: &str =
    "/subscriptions/5b0c6b2e/resourceGroups/RG-Edge/providers/Microsoft.Cdn/profiles/AFD-Shop";

fn alert() -> MetricAlert {
    MetricAlert::origin_health(PROFILE, "stamps", "weu.contoso.example")
}

#[test]
fn a_fired_alert_names_the_metric_its_dimensions_and_the_value() {
    let body = alert().fired(EPOCH, 12.5);
    assert_eq!(body["schemaId"], "azureMonitorCommonAlertSchema");
    let essentials = &body["data"]["essentials"];
    assert_eq!(essentials["monitorCondition"], "Fired");
    assert_eq!(essentials["firedDateTime"], "2026-03-04T05:00:00.0000000Z");
    assert_eq!(essentials.get("resolvedDateTime"), None);
    let criterion = &body["data"]["alertContext"]["condition"]["allOf"][0];
    assert_eq!(
        (&criterion["metricName"], &criterion["threshold"], &criterion["metricValue"]),
        (&json!("OriginHealthPercentage"), &json!("50"), &json!(12.5))
    );
    let dimensions = json!([
        {"name": "OriginGroup", "value": "stamps"}, {"name": "Origin", "value": "weu.contoso.example"}]);
    assert_eq!(criterion["dimensions"], dimensions);
}

#[test]
fn types_of_the_target_are_in_lower_case_and_names_are_not() {
    let body = alert().fired(EPOCH, 0.0);
    assert_eq!(
        body["data"]["essentials"]["alertTargetIDs"],
        json!(["/subscriptions/5b0c6b2e/resourcegroups/RG-Edge/providers/microsoft.cdn/profiles/AFD-Shop"])
    );
    assert_eq!(body["data"]["essentials"]["configurationItems"], json!(["AFD-Shop"]));
}

#[test]
fn a_resolved_alert_is_the_same_alert_with_a_good_value_and_two_times() {
    let end = EPOCH + Duration::from_secs(900);
    let (fired, resolved) = (alert().fired(EPOCH, 0.0), alert().resolved(EPOCH, end, 100.0));
    let (fired, resolved) = (&fired["data"]["essentials"], &resolved["data"]["essentials"]);
    assert_eq!(fired["alertId"], resolved["alertId"]);
    assert_eq!(fired["originAlertId"], resolved["originAlertId"]);
    assert_eq!(resolved["monitorCondition"], "Resolved");
    assert_eq!(resolved["firedDateTime"], fired["firedDateTime"]);
    assert_eq!(resolved["resolvedDateTime"], "2026-03-04T05:15:00.0000000Z");
}

#[test]
fn alerts_of_other_dimensions_or_times_are_others() {
    let other = MetricAlert::origin_health(PROFILE, "stamps", "neu.contoso.example");
    let later = EPOCH + Duration::from_secs(900);
    let id = |body: &Value| body["data"]["essentials"]["alertId"].clone();
    assert_ne!(id(&alert().fired(EPOCH, 0.0)), id(&other.fired(EPOCH, 0.0)));
    assert_ne!(id(&alert().fired(EPOCH, 0.0)), id(&alert().fired(later, 0.0)));
}
