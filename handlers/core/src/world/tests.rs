use serde_json::{Value, json};

use super::*;
use crate::{
    config::FleetConfig,
    testing::{SUBSCRIPTION, a_cluster, config, config_where, id},
};

fn scoped(change: impl FnOnce(&mut Value)) -> FleetConfig {
    config_where(|document| change(&mut document["scope"]))
}

#[test]
fn a_cluster_is_in_scope_by_subscription_group_tags_and_opt_out() {
    let groups = scoped(|scope| scope["resourceGroups"] = json!(["RG-aks", "rg-test-*"]));
    let tags = scoped(|scope| scope["tags"] = json!({ "Env": "prod" }));
    let lacking = OutOfScope::Tag("Env=prod".to_owned());
    let opted_out = || Some(OutOfScope::OptedOut("fleet-automation-opt-out".to_owned()));
    let opt_out = |value| a_cluster("aks").tagged("Fleet-Automation-Opt-Out", value);
    let elsewhere = scoped(|scope| scope["subscriptions"] = json!(["22222222-2222-2222-2222-222222222222"]));

    let table = [
        ("the ordinary case", config(), a_cluster("aks"), None),
        ("another subscription", elsewhere, a_cluster("aks"), Some(OutOfScope::Subscription)),
        ("a group by name, without case", groups.clone(), a_cluster("aks"), None),
        ("a group by its beginning", groups.clone(), a_cluster("test-7"), None),
        ("a group that only begins alike", groups, a_cluster("aks-2"), Some(OutOfScope::ResourceGroup)),
        ("a tag, its name without case", tags.clone(), a_cluster("aks").tagged("ENV", "prod"), None),
        (
            "a tag's value with case",
            tags.clone(),
            a_cluster("aks").tagged("env", "Prod"),
            Some(lacking.clone()),
        ),
        ("no tag", tags, a_cluster("aks"), Some(lacking)),
        ("opted out", config(), opt_out("true"), opted_out()),
        ("opted out without a value", config(), opt_out(""), opted_out()),
        ("opted out of opting out", config(), opt_out("False"), None),
    ];
    for (what, config, cluster, expected) in table {
        assert_eq!(OutOfScope::of(&config.scope, &cluster), expected, "{what}");
    }
}

#[test]
fn a_fleets_own_hub_is_never_in_scope() {
    let cluster = |group: &str, name: &str| {
        let below = format!("{SUBSCRIPTION}/resourceGroups/{group}/providers");
        id(&format!("{below}/Microsoft.ContainerService/managedClusters/{name}"))
    };
    assert!(is_fleet_hub(&cluster("FL_rg_fleet_westeurope", "hub")));
    assert!(!is_fleet_hub(&cluster("rg", "hub")));
    assert!(!is_fleet_hub(&cluster("FL_rg_fleet_westeurope", "aks")));
    let hub = cluster("fl_rg_fleet_westeurope", "HUB");
    assert_eq!(OutOfScope::by_id(&config().scope, &hub), Some(OutOfScope::FleetHub));
}

#[test]
fn the_first_thing_wrong_with_a_cluster_is_why_it_is_not_ready() {
    let aks = || a_cluster("aks");
    let updating = ClusterSeen { progress: Progress::Busy, state: "Updating".to_owned(), ..aks() };
    let stopped = ClusterSeen { running: false, ..aks() };
    let legacy = ClusterSeen { managed_identity: false, ..aks() };
    assert_eq!(aks().not_ready(), None);
    assert_eq!(
        ClusterSeen { running: false, ..updating }.not_ready(),
        Some(NotReady::State("Updating".to_owned()))
    );
    assert_eq!(stopped.not_ready(), Some(NotReady::Stopped));
    assert_eq!(legacy.not_ready(), Some(NotReady::NoManagedIdentity));
}

#[test]
fn the_update_group_comes_from_the_tag_then_the_first_fitting_rule_then_the_default() {
    let config = config_where(|document| {
        document["membership"]["groups"] = json!([
            { "group": "canary", "tags": { "ring": "0" } },
            { "group": "europe", "regions": ["West Europe", "northeurope"] },
            { "group": "any" , "regions": ["eastus2"], "tags": { "ring": "1" } },
        ]);
    });
    let table = [
        (a_cluster("aks").in_region("eastus2"), "stable"),
        (a_cluster("aks").in_region("westeurope"), "europe"),
        (a_cluster("aks").in_region("eastus2").tagged("Ring", "1"), "any"),
        (a_cluster("aks").in_region("westeurope").tagged("ring", "0"), "canary"),
        (a_cluster("aks").tagged("ring", "0").tagged("FLEET-automation-group", "mine"), "mine"),
    ];
    for (cluster, group) in table {
        assert_eq!(Wanted::of(&config, &cluster).membership.group, group, "{cluster:?}");
    }
}

#[test]
fn policies_are_wanted_at_the_scope_they_belong_to_with_their_effect() {
    let config = config_where(|document| {
        let policies = document["governance"]["assignments"].as_array_mut().expect("a list");
        let mut platform = policies[0].clone();
        platform["scope"] = json!({ "managementGroup": "platform" });
        platform["effect"] = Value::Null;
        platform["displayName"] = json!("Baseline of the platform");
        policies.push(platform);
    });
    let wanted = Wanted::of(&config, &a_cluster("aks")).governance;
    let rows: Vec<_> = wanted
        .iter()
        .map(|wanted| (wanted.scope.as_str(), wanted.display_name.as_str(), wanted.parameters.get("effect")))
        .collect();
    let group = format!("{SUBSCRIPTION}/resourceGroups/rg-aks");
    let (audit, deny) = (json!("Audit"), json!("Deny"));
    assert_eq!(
        rows,
        [
            (group.as_str(), "baseline", Some(&audit)),
            (SUBSCRIPTION, "no-privileged", Some(&deny)),
            ("/providers/Microsoft.Management/managementGroups/platform", "Baseline of the platform", None),
        ]
    );
}
