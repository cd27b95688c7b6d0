use super::*;
use crate::clock::EPOCH;

const CLUSTER: &str = "/subscriptions/5b0c6b2e/resourceGroups/rg-weu/providers/Microsoft.ContainerService/managedClusters/aks-weu-01";

#[test]
fn a_resource_that_goes_down_and_comes_back_fires_twice() {
    let (down, back) = (ResourceHealth::goes_down(CLUSTER), ResourceHealth::comes_back(CLUSTER));
    let facts = |body: Value| {
        let (essentials, context) = (&body["data"]["essentials"], &body["data"]["alertContext"]);
        assert_eq!(essentials["monitoringService"], "Resource Health");
        [&essentials["monitorCondition"], &context["status"], &context["properties"]["currentHealthStatus"]]
            .map(|text| text.as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(facts(down.alert(EPOCH)), ["Fired", "Active", "Unavailable"]);
    assert_eq!(facts(back.alert(EPOCH)), ["Fired", "Resolved", "Available"]);
}

#[test]
fn a_service_incident_names_its_region_and_says_inside_when_it_is_over() {
    let incident = ServiceHealth {
        subscription: "5b0c6b2e".to_owned(),
        service: "Azure Kubernetes Service (AKS)".to_owned(),
        region: "West Europe".to_owned(),
        tracking_id: "XXXX-000".to_owned(),
        began: EPOCH,
    };
    for (progress, word) in [(Progress::Active, "Active"), (Progress::Resolved, "Resolved")] {
        let body = incident.alert(progress, EPOCH);
        assert_eq!(body["data"]["essentials"]["monitorCondition"], "Fired");
        assert_eq!(body["data"]["essentials"]["alertTargetIDs"], json!(["/subscriptions/5b0c6b2e"]));
        let context = &body["data"]["alertContext"];
        assert_eq!((&context["status"], &context["properties"]["stage"]), (&json!(word), &json!(word)));
        let impact: Value =
            serde_json::from_str(context["properties"]["impactedServices"].as_str().unwrap()).unwrap();
        assert_eq!(impact[0]["ImpactedRegions"][0]["RegionName"], "West Europe");
    }
}
