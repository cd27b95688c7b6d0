//! What the upgrade of a member does to its cluster, and what it tells.

use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::arm::setup::Availability;
use crate::arm::{Announcement, ArmEventKind, ClusterNews, UpgradeFate};
use crate::happening::Happening;
use crate::net::{Site, Sites};

use super::fixture::{CLUSTERS, FLEETS, body, text};
use super::rollout::{Rollout, TARGET, two_stages};

#[test]
fn a_cluster_is_upgrading_meanwhile_and_at_the_version_afterwards() {
    let rollout = Rollout::started(&two_stages());
    rollout.pass(1);
    assert_eq!(rollout.cluster_text(&rollout.weu, "/properties/provisioningState"), "Upgrading");
    rollout.come_to_rest();
    let cluster = rollout.lab.get(&rollout.weu, CLUSTERS);
    assert_eq!(text(body(&cluster), "/properties/provisioningState"), "Succeeded");
    assert_eq!(text(body(&cluster), "/properties/currentKubernetesVersion"), TARGET);
    let pools = rollout.lab.get(&format!("{}/agentPools", rollout.weu), CLUSTERS);
    for pool in body(&pools)["value"].as_array().expect("node pools") {
        assert_eq!(text(pool, "/properties/currentOrchestratorVersion"), TARGET);
        assert_eq!(text(pool, "/properties/nodeImageVersion"), "AKSUbuntu-2204gen2containerd-202602.23.0");
        assert_eq!(text(pool, "/properties/provisioningState"), "Succeeded");
    }
}

#[test]
fn node_pools_tell_of_their_rolling_one_after_the_other() {
    let rollout = Rollout::started(&json!([{"name": "first", "groups": [{"name": "canary"}]}]));
    rollout.come_to_rest();
    let told: Vec<String> = rollout.announcements().into_iter().map(|(what, _)| what).collect();
    let pool = ["Cluster(NodePoolRollingStarted)", "Cluster(NodePoolRollingSucceeded)"];
    assert_eq!(told, [pool, pool].concat(), "the pools system and user");
}

#[test]
fn a_failing_upgrade_fails_in_its_first_pool_with_the_control_plane_done() {
    let rollout = Rollout::new();
    rollout.estate().next_upgrade(&rollout.weu, UpgradeFate::Fails);
    rollout.start(&two_stages());
    rollout.come_to_rest();
    assert_eq!(rollout.cluster_text(&rollout.weu, "/properties/currentKubernetesVersion"), TARGET);
    let pool = "/properties/agentPoolProfiles/0";
    assert_eq!(rollout.cluster_text(&rollout.weu, &format!("{pool}/currentOrchestratorVersion")), "1.33.2");
    assert_eq!(rollout.cluster_text(&rollout.weu, &format!("{pool}/provisioningState")), "Failed");
    assert_eq!(rollout.announcements()[1].0, "Cluster(NodePoolRollingFailed)");
}

#[test]
fn a_control_plane_upgrade_rolls_no_pool_and_a_node_image_upgrade_keeps_the_version() {
    let upgraded = |update: serde_json::Value| {
        let rollout = Rollout::new();
        let run = json!({"properties": {"managedClusterUpdate": {"upgrade": update}}});
        assert_eq!(rollout.lab.put(&rollout.run_id(), FLEETS, &run).status, 201);
        rollout.act("start");
        rollout.come_to_rest();
        assert_eq!(rollout.state(""), "Completed");
        let version = rollout.cluster_text(&rollout.weu, "/properties/currentKubernetesVersion");
        let image = rollout.cluster_text(&rollout.weu, "/properties/agentPoolProfiles/0/nodeImageVersion");
        (version, image.rsplit('-').next().map(str::to_owned), rollout.announcements().len())
    };
    let control_plane = upgraded(json!({"type": "ControlPlaneOnly", "kubernetesVersion": TARGET}));
    assert_eq!(control_plane, (TARGET.to_owned(), Some("202602.10.0".to_owned()), 0));
    let images = upgraded(json!({"type": "NodeImageOnly"}));
    assert_eq!(images, ("1.33.2".to_owned(), Some("202602.23.0".to_owned()), 12));
}

#[test]
fn a_consistent_selection_takes_the_newest_image_that_all_regions_have() {
    let rollout = Rollout::new();
    rollout.estate().node_image_appears("westeurope", "202603.09.0");
    rollout.estate().node_image_appears("northeurope", "202603.02.0");
    rollout.estate().node_image_appears("swedencentral", "202603.10.0");
    let update = json!({"upgrade": {"type": "NodeImageOnly"}, "nodeImageSelection": {"type": "Consistent"}});
    let run = json!({"properties": {"managedClusterUpdate": update}});
    assert_eq!(rollout.lab.put(&rollout.run_id(), FLEETS, &run).status, 201);
    rollout.act("start");
    rollout.come_to_rest();
    let image = rollout.cluster_text(&rollout.sdc, "/properties/agentPoolProfiles/0/nodeImageVersion");
    assert!(image.ends_with("-202603.02.0"), "{image}");
}

#[test]
fn a_cluster_in_an_upgrade_neither_joins_nor_leaves() {
    let rollout = Rollout::started(&two_stages());
    rollout.pass(1);
    let leaving = rollout.lab.delete(&rollout.lab.member("weu"), FLEETS);
    assert_eq!((leaving.status, leaving.error_code()), (409, Some("OperationNotAllowed")));
}

#[test]
fn the_beginning_and_the_end_of_an_upgrade_are_happenings_and_its_host_answers_badly_for_a_while() {
    let rollout = Rollout::new();
    let sites = Sites::default();
    sites.set("weu.contoso.example", Site::healthy());
    sites.follow(rollout.arm().watchers());
    let heard = Arc::<Mutex<Vec<(&str, u16)>>>::default();
    let (log, visited) = (Arc::clone(&heard), sites.clone());
    rollout.arm().watchers().watch(Arc::new(move |happening| {
        let what =
            match happening {
                Happening::UpgradeStarted { member, .. } if member.ends_with("/members/weu") => "started",
                Happening::UpgradeEnded { member, ok: true, .. } if member.ends_with("/members/weu") => {
                    "ended"
                }
                Happening::HostDisturbed { host, disturbed } if host == "weu.contoso.example" => {
                    if *disturbed { "disturbed" } else { "calm" }
                }
                _ => return,
            };
        let status = visited.visit("weu.contoso.example", "/").map_or(0, |site| site.status);
        log.lock().expect("no panic before").push((what, status));
    }));
    rollout.start(&two_stages());
    rollout.come_to_rest();
    let _told = rollout.arm().take_events();
    let heard = heard.lock().expect("no panic before").clone();
    assert_eq!(heard, [("started", 200), ("disturbed", 503), ("calm", 200), ("ended", 200)]);
}

#[test]
fn how_long_an_upgrade_takes_depends_on_the_seed_and_the_member_alone() {
    let spans = |stages: serde_json::Value| {
        let rollout = Rollout::started(&stages);
        rollout.come_to_rest();
        let upgrades = rollout.arm().upgrades();
        let span = |upgrade: &crate::arm::ClusterUpgrade| {
            let to = upgrade.to.expect("an end");
            (upgrade.member.clone(), to.duration_since(upgrade.from))
        };
        upgrades.iter().map(span).collect::<std::collections::BTreeMap<_, _>>()
    };
    let together = json!([{"name": "all", "groups": [{"name": "prod"}, {"name": "canary"}]}]);
    assert_eq!(spans(two_stages()), spans(together));
}

#[test]
fn the_offered_versions_are_listed_by_location() {
    let mut rollout = Rollout::new();
    rollout.lab.estate = rollout.estate().clone().offering("norwayeast", &["1.32.9", "1.33.2", "1.33.5"]);
    let subscription = crate::arm::setup::DEFAULT_SUBSCRIPTION;
    let path = format!(
        "/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/NorwayEast/kubernetesVersions"
    );
    let listed = rollout.lab.get(&path, CLUSTERS);
    let upgrades = |to: &[&str]| json!({ "upgrades": to });
    assert_eq!(
        body(&listed)["values"],
        json!([
            {"version": "1.32", "isDefault": true, "capabilities": {"supportPlan": ["KubernetesOfficial"]},
             "patchVersions": {"1.32.9": upgrades(&["1.33.2", "1.33.5"])}},
            {"version": "1.33", "capabilities": {"supportPlan": ["KubernetesOfficial"]},
             "patchVersions": {"1.33.2": upgrades(&["1.33.5"]), "1.33.5": upgrades(&[])}},
        ])
    );
}

#[test]
fn a_cluster_shows_how_it_upgrades_itself_and_how_its_pools_scale() {
    let rollout = Rollout::new();
    let cluster = rollout.estate().cluster("aks-own").upgrading_itself("stable", "SecurityPatch");
    let cluster = cluster.autoscaling(2, 9).present();
    let seen = rollout.lab.get(&cluster, CLUSTERS);
    let own = json!({"upgradeChannel": "stable", "nodeOSUpgradeChannel": "SecurityPatch"});
    assert_eq!(body(&seen)["properties"]["autoUpgradeProfile"], own);
    let pools = rollout.lab.get(&format!("{cluster}/agentPools"), CLUSTERS);
    let pool = &body(&pools)["value"][0]["properties"];
    assert_eq!((&pool["count"], &pool["minCount"], &pool["maxCount"]), (&json!(3), &json!(2), &json!(9)));
}

#[test]
fn nodes_tell_of_their_availability_once_per_change_and_scale_set() {
    let rollout = Rollout::new();
    rollout.estate().cluster_nodes_become(&rollout.weu, Availability::Unavailable);
    rollout.estate().cluster_nodes_become(&rollout.weu, Availability::Unavailable);
    assert_eq!(rollout.announcements().len(), 2, "one for each node pool");
    rollout.estate().cluster_nodes_become(&rollout.weu, Availability::Available);
    rollout.estate().cluster_nodes_are_annotated(
        &rollout.weu,
        "VirtualMachineRebooted",
        "Platform Initiated",
    );
    let told: Vec<String> = rollout.announcements().into_iter().map(|(what, _)| what).collect();
    assert_eq!(told, ["AvailabilityChanged", "AvailabilityChanged", "Annotated", "Annotated"]);
}

#[test]
fn a_new_version_is_told_by_every_cluster_of_its_region_and_offered_from_then_on() {
    let rollout = Rollout::new();
    rollout.estate().version_appears("swedencentral", "1.34.2");
    let told = rollout.arm().take_events();
    let [event] = told.as_slice() else { panic!("one event, not {told:?}") };
    let news = Announcement::Cluster(ClusterNews::NewKubernetesVersionAvailable);
    assert_eq!((event.kind, &event.resource_id), (ArmEventKind::Announced(news), &rollout.sdc));
    let versions = event.resource.as_ref().map(|news| &news["latestSupportedKubernetesVersion"]);
    assert_eq!(versions, Some(&json!("1.34.2")));
    let update = json!({"upgrade": {"type": "Full", "kubernetesVersion": "1.34.2"}});
    let properties = json!({"managedClusterUpdate": update});
    let run = rollout.estate().create_update_run("run-1", &properties).expect("a run");
    rollout.estate().start_update_run(&run).expect("a start");
    rollout.pass(1);
    assert_eq!(
        rollout.members().iter().map(|(_, state)| state.as_str()).collect::<Vec<_>>(),
        ["Pending", "Running", "NotStarted"]
    );
}
