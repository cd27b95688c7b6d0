//! Documents read, and what is told about bad ones.

mod schema;

use serde_json::json;

use super::*;
use crate::{
    testing::{INITIATIVE, POLICY, id, shared},
    updates::Timing,
};

const SUBSCRIPTION: &str = "11111111-1111-1111-1111-111111111111";

fn minimal() -> Value {
    json!({
        "fleet": shared("Microsoft.ContainerService/fleets/fleet-one"),
        "scope": { "subscriptions": [SUBSCRIPTION] },
        "membership": { "defaultGroup": "stable" },
    })
}

fn full() -> Value {
    json!({
        "$schema": "./fleet.schema.json",
        "fleet": shared("Microsoft.ContainerService/fleets/fleet-one"),
        "scope": {
            "subscriptions": [SUBSCRIPTION],
            "resourceGroups": ["rg-aks-*"],
            "tags": { "env": "prod" },
            "optOutTag": "hands-off",
        },
        "membership": {
            "mode": "observe",
            "defaultGroup": "stable",
            "groups": [{ "group": "canary", "regions": ["westeurope"], "tags": { "ring": "0" } }],
            "groupTag": "ring-name",
            "labels": { "team": "platform" },
        },
        "registryAccess": {
            "mode": "off",
            "registries": [shared("Microsoft.ContainerRegistry/registries/acrone")],
        },
        "governance": {
            "mode": "enforce",
            "assignments": [{
                "name": "baseline",
                "definition": INITIATIVE,
                "scope": { "managementGroup": "platform" },
                "displayName": "Baseline",
                "effect": null,
                "parameters": { "excludedNamespaces": ["kube-system"] },
                "enforcement": "doNotEnforce",
            }],
        },
        "traffic": {
            "mode": "observe",
            "originGroup": shared("Microsoft.Cdn/profiles/afd-one/originGroups/stamps"),
            "hostTag": "host",
            "gatewayTag": "gateway",
            "healthPath": "/ready",
            "httpsPort": 8443,
            "httpPort": 8080,
            "priority": 2,
            "ramp": [{ "weight": 10, "bakeMinutes": 30 }, { "weight": 1000 }],
            "minimum": { "count": 2, "percent": 75 },
            "maximumDrained": 1,
            "capacity": "refuse",
        },
        "health": full_health(),
        "updates": full_updates(),
        "tick": { "sweepMinutes": 5 },
    })
}

fn full_health() -> Value {
    json!({
        "mode": "observe",
        "failAfterMinutes": 3,
        "recoverAfterMinutes": 15,
        "flapWindowMinutes": 90,
        "longestRecoverMinutes": 60,
        "brakePercent": 40,
        "nodesPercent": 30,
        "probeMinutes": 4,
        "evidenceMinutes": 120,
        "sources": { "serviceHealth": "decides", "logAlert": "ignored" },
        "stamps": { "weu.example": shared("Microsoft.ContainerService/managedClusters/weu") },
    })
}

fn full_updates() -> Value {
    json!({
        "mode": "observe",
        "gates": [
            { "displayName": "before *", "stage": "canary", "group": "wave-1*", "timing": "before",
              "soakMinutes": 0, "patienceMinutes": 30 },
            { "timing": "after" },
        ],
        "newVersions": { "action": "createAndStart", "strategy": "rings", "follow": "minor" },
    })
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn parse(document: &Value) -> Result<FleetConfig, InvalidConfig> {
    FleetConfig::parse(&document.to_string())
}

fn traffic_in_full() -> Traffic {
    Traffic {
        mode: Mode::Observe,
        origin_group: shared("Microsoft.Cdn/profiles/afd-one/originGroups/stamps"),
        host_tag: "host".to_owned(),
        gateway_tag: "gateway".to_owned(),
        health_path: "/ready".to_owned(),
        https_port: 8443,
        http_port: 8080,
        priority: 2,
        ramp: vec![RampStep { weight: 10, bake_minutes: 30 }, RampStep { weight: 1000, bake_minutes: 0 }],
        minimum: Minimum { count: 2, percent: 75 },
        maximum_drained: Some(1),
        capacity: Capacity::Refuse,
    }
}

fn health_in_full() -> Health {
    Health {
        mode: Mode::Observe,
        fail_after_minutes: 3,
        recover_after_minutes: 15,
        flap_window_minutes: 90,
        longest_recover_minutes: 60,
        brake_percent: 40,
        nodes_percent: 30,
        probe_minutes: 4,
        evidence_minutes: 120,
        sources: [(Source::ServiceHealth, Weight::Decides), (Source::LogAlert, Weight::Ignored)].into(),
        stamps: [("weu.example".to_owned(), shared("Microsoft.ContainerService/managedClusters/weu"))].into(),
    }
}

fn updates_in_full() -> Updates {
    let canary = GateRule {
        display_name: Some("before *".to_owned()),
        stage: Some("canary".to_owned()),
        group: Some("wave-1*".to_owned()),
        timing: Some(Timing::Before),
        soak_minutes: 0,
        patience_minutes: 30,
    };
    let after = GateRule {
        display_name: None,
        stage: None,
        group: None,
        timing: Some(Timing::After),
        soak_minutes: 5,
        patience_minutes: 240,
    };
    Updates {
        mode: Mode::Observe,
        gates: vec![canary, after],
        new_versions: NewVersions {
            action: NewVersionAction::CreateAndStart,
            strategy: Some("rings".to_owned()),
            profile: None,
            follow: Follow::Minor,
        },
    }
}

#[test]
fn a_full_document_is_read_field_by_field() {
    let expected = FleetConfig {
        fleet: shared("Microsoft.ContainerService/fleets/fleet-one"),
        scope: Scope {
            subscriptions: vec![SUBSCRIPTION.to_owned()],
            resource_groups: vec!["rg-aks-*".to_owned()],
            tags: texts(&[("env", "prod")]),
            opt_out_tag: "hands-off".to_owned(),
        },
        membership: Membership {
            mode: Mode::Observe,
            default_group: "stable".to_owned(),
            groups: vec![GroupRule {
                group: "canary".to_owned(),
                regions: vec!["westeurope".to_owned()],
                tags: texts(&[("ring", "0")]),
            }],
            group_tag: "ring-name".to_owned(),
            labels: texts(&[("team", "platform")]),
        },
        registry_access: RegistryAccess {
            mode: Mode::Off,
            registries: vec![shared("Microsoft.ContainerRegistry/registries/acrone")],
        },
        governance: Governance {
            mode: Mode::Enforce,
            assignments: vec![PolicyAssignment {
                name: "baseline".to_owned(),
                definition: id(INITIATIVE),
                scope: PolicyScope::ManagementGroup("platform".to_owned()),
                display_name: Some("Baseline".to_owned()),
                effect: None,
                parameters: [("excludedNamespaces".to_owned(), json!(["kube-system"]))].into(),
                enforcement: Enforcement::DoNotEnforce,
            }],
        },
        traffic: Some(traffic_in_full()),
        updates: Some(updates_in_full()),
        health: Some(health_in_full()),
        tick: Tick { sweep_minutes: 5 },
    };
    assert_eq!(parse(&full()), Ok(expected));
}

#[test]
fn a_minimal_document_manages_membership_and_nothing_else() {
    let config = parse(&minimal()).expect("legal");
    assert_eq!(config.membership.mode, Mode::Enforce);
    assert_eq!(config.membership.group_tag, "fleet-automation-group");
    assert_eq!(config.scope.opt_out_tag, "fleet-automation-opt-out");
    assert_eq!(
        (config.registry_access, config.governance),
        (RegistryAccess::default(), Governance::default())
    );
    assert_eq!((config.traffic, config.updates, config.tick), (None, None, Tick { sweep_minutes: 15 }));
}

#[test]
fn traffic_needs_only_its_origin_group() {
    let mut document = minimal();
    let origin_group = shared("Microsoft.Cdn/profiles/afd-one/originGroups/stamps");
    document["traffic"] = json!({ "originGroup": origin_group });
    let expected = Traffic {
        mode: Mode::Enforce,
        origin_group,
        host_tag: "fleet-automation-host".to_owned(),
        gateway_tag: "fleet-automation-gateway".to_owned(),
        health_path: "/healthz".to_owned(),
        https_port: 443,
        http_port: 80,
        priority: 1,
        ramp: vec![RampStep { weight: 50, bake_minutes: 0 }],
        minimum: Minimum { count: 1, percent: 50 },
        maximum_drained: None,
        capacity: Capacity::Warn,
    };
    assert_eq!(parse(&document).expect("legal").traffic, Some(expected));
}

#[test]
fn an_effect_left_out_audits_for_an_initiative_and_denies_for_a_policy() {
    let effect_of = |definition: &str| {
        let mut document = minimal();
        document["governance"] =
            json!({ "assignments": [{ "name": "a", "definition": definition, "scope": "subscription" }] });
        parse(&document).expect("legal").governance.assignments.remove(0).effect
    };
    assert_eq!(effect_of(INITIATIVE).as_deref(), Some("Audit"));
    assert_eq!(effect_of(POLICY).as_deref(), Some("Deny"));
}

#[test]
fn every_problem_is_told_at_once_with_its_path_and_what_is_allowed() {
    let document = json!({
        "fleet": shared("Microsoft.ContainerRegistry/registries/acrone"),
        "flete": {},
        "scope": { "subscriptions": [], "resourceGroups": ["rg-*-aks"], "tags": { "env": 1 }, "optOutTag": " " },
        "membership": { "mode": "on", "defaultGroup": "Stable", "groups": [{ "regions": "westeurope" }] },
        "registryAccess": { "registries": ["acrone"] },
        "governance": { "assignments": [
            { "name": "no spaces", "definition": "/subscriptions/s", "scope": "cluster", "enforcement": "never" },
            { "name": "longer-than-management-groups-allow", "definition": POLICY,
              "scope": { "managementGroup": "platform" }, "displayName": 7 },
        ] },
        "traffic": {
            "healthPath": "healthz", "httpsPort": 0, "priority": 6, "ramp": [{ "weight": 1001 }, { "bakeMinutes": 1 }],
            "minimum": { "percent": 101 },
        },
        "tick": { "sweepMinutes": 0 },
    });
    let error = parse(&document).expect_err("wrong in many ways");
    insta::assert_snapshot!(error, @r#"
    the configuration has 25 problem(s)
      $.fleet: `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shared/providers/Microsoft.ContainerRegistry/registries/acrone` is not a Microsoft.ContainerService/fleets; expected the resource id of one
      $.scope.subscriptions: has too few items; expected at least 1
      $.scope.resourceGroups[0]: `rg-*-aks` is not allowed; expected a resource group name with at most one `*`, at its end
      $.scope.tags.env: is a number; expected a text
      $.scope.optOutTag: is empty; expected a text
      $.membership.defaultGroup: `Stable` is not an update group; expected 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends
      $.membership.mode: is "on"; allowed are "enforce", "observe", "off"
      $.membership.groups[0].group: is missing; it is required
      $.membership.groups[0].regions: is a text; expected a list
      $.registryAccess.registries[0]: `acrone` is not an Azure resource id: it does not start with /subscriptions/ or /providers/Microsoft.; expected /subscriptions/<id>[/resourceGroups/<name>[/providers/<namespace>/<type>/<name>…]] or /providers/Microsoft.Management/managementGroups/<name>
      $.governance.assignments[0].scope: is "cluster"; allowed are "resourceGroup", "subscription" and {"managementGroup": "<name>"}
      $.governance.assignments[0].name: `no spaces` is not allowed; expected at most 64 letters, digits, `-` and `_` at this scope
      $.governance.assignments[0].definition: `/subscriptions/s` is neither a Microsoft.Authorization/policyDefinitions nor a Microsoft.Authorization/policySetDefinitions; expected the resource id of one
      $.governance.assignments[0].enforcement: is "never"; allowed are "default", "doNotEnforce"
      $.governance.assignments[1].name: `longer-than-management-groups-allow` is not allowed; expected at most 24 letters, digits, `-` and `_` at this scope
      $.governance.assignments[1].displayName: is a number; expected a text
      $.traffic.originGroup: is missing; it is required
      $.traffic.ramp[0].weight: is 1001; expected a whole number from 1 to 1000
      $.traffic.ramp[1].weight: is missing; it is required
      $.traffic.healthPath: `healthz` is not a path; expected one that starts with `/`, without query and blanks
      $.traffic.httpsPort: is 0; expected a whole number from 1 to 65535
      $.traffic.priority: is 6; expected a whole number from 1 to 5
      $.traffic.minimum.percent: is 101; expected a whole number from 0 to 100
      $.tick.sweepMinutes: is 0; expected a whole number from 1 to 1440
      $.flete: is not a known key; allowed are $schema, fleet, scope, membership, registryAccess, governance, traffic, health, updates, tick
    "#);
}

#[test]
fn what_is_wrong_about_updates_is_told_with_its_path_and_what_is_allowed() {
    let mut document = minimal();
    document["updates"] = json!({
        "gates": [{ "displayName": "*weu", "timing": "during", "soakMinutes": 10_081, "patienceMinutes": 0, "name": 1 }],
        "newVersions": { "action": "start", "strategy": "Rings", "profile": "stable" },
    });
    let both = parse(&document).expect_err("wrong in many ways");
    document["updates"] = json!({ "newVersions": { "action": "create", "follow": "major" } });
    let neither = parse(&document).expect_err("wrong in two ways");
    insta::assert_snapshot!(format!("{both}\n{neither}"), @r#"
    the configuration has 8 problem(s)
      $.updates.gates[0].displayName: `*weu` is not allowed; expected a name with at most one `*`, at its end
      $.updates.gates[0].timing: is "during"; allowed are "before", "after"
      $.updates.gates[0].soakMinutes: is 10081; expected a whole number from 0 to 10080
      $.updates.gates[0].patienceMinutes: is 0; expected a whole number from 1 to 10080
      $.updates.gates[0].name: is not a known key; allowed are displayName, stage, group, timing, soakMinutes, patienceMinutes
      $.updates.newVersions.action: is "start"; allowed are "off", "create", "createAndStart"
      $.updates.newVersions.strategy: `Rings` is no name of a strategy or profile; expected 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends
      $.updates.newVersions: names both `strategy` and `profile`; name one of them
    the configuration has 2 problem(s)
      $.updates.newVersions.follow: is "major"; allowed are "patch", "minor"
      $.updates.newVersions: names neither `strategy` nor `profile`; name the one that new runs are made by
    "#);
}

#[test]
fn updates_left_out_in_part_answer_no_gate_and_make_no_run() {
    let mut document = minimal();
    document["updates"] = json!({});
    assert_eq!(parse(&document).expect("legal").updates, Some(Updates::default()));
    document["updates"] = json!({ "newVersions": { "strategy": "rings" } });
    let expected = NewVersions {
        action: NewVersionAction::Off,
        strategy: Some("rings".to_owned()),
        profile: None,
        follow: Follow::Patch,
    };
    assert_eq!(parse(&document).expect("legal").updates.map(|updates| updates.new_versions), Some(expected));
}

#[test]
fn what_is_not_json_says_where() {
    let error = FleetConfig::parse("{ \"fleet\": }").expect_err("not JSON");
    insta::assert_snapshot!(error, @r#"
    the configuration has 1 problem(s)
      $: is not JSON: expected value at line 1 column 12
    "#);
}
