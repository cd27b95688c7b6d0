//! A fleet of three members in two groups, and runs over it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::arm::setup::Estate;
use crate::arm::{Arm, ArmEvent, ArmEventKind, ArmResponse};

use super::fixture::{FLEETS, Lab, body, text};

pub(super) const TARGET: &str = "1.33.5";

/// `weu` is in group `canary`; `neu` and `sdc` are in group `prod`.
pub(super) struct Rollout {
    pub lab: Lab,
    pub weu: String,
    pub neu: String,
    pub sdc: String,
}

impl Rollout {
    pub(super) fn new() -> Self {
        Self::with_seed(7)
    }

    pub(super) fn with_seed(seed: u64) -> Self {
        let lab = Lab::with_seed(seed);
        lab.arm.remove_resource(&lab.member("aks-weu-01"), crate::arm::Notice::Silent);
        let member = |name: &str, region: &str, group: &str| {
            let cluster = lab.estate.cluster(&format!("aks-{name}")).in_region(region);
            let cluster = cluster.with_gateway(&format!("{name}.contoso.example"));
            cluster.with_member_named(name).in_update_group(group).serving().present()
        };
        let weu = member("weu", "westeurope", "canary");
        let neu = member("neu", "northeurope", "prod");
        let sdc = member("sdc", "swedencentral", "prod");
        Self { lab, weu, neu, sdc }
    }

    pub(super) fn arm(&self) -> &Arm {
        &self.lab.arm
    }

    pub(super) fn estate(&self) -> &Estate {
        &self.lab.estate
    }

    pub(super) fn run_id(&self) -> String {
        format!("{}/updateRuns/run-1", self.lab.estate.fleet_id())
    }

    /// PUT of `run-1` with these stages.
    pub(super) fn create(&self, stages: &Value) -> ArmResponse {
        let properties = json!({"strategy": {"stages": stages}, "managedClusterUpdate": full()});
        self.lab.put(&self.run_id(), FLEETS, &json!({ "properties": properties }))
    }

    pub(super) fn act(&self, verb: &str) -> ArmResponse {
        self.lab.send(&self.lab.request("POST", &format!("{}/{verb}", self.run_id()), FLEETS))
    }

    /// Creates and starts `run-1`.
    pub(super) fn started(stages: &Value) -> Self {
        let rollout = Self::new();
        rollout.start(stages);
        rollout
    }

    pub(super) fn start(&self, stages: &Value) {
        assert_eq!(self.create(stages).status, 201);
        assert_eq!(self.act("start").status, 200);
    }

    pub(super) fn run(&self) -> Value {
        body(&self.lab.get(&self.run_id(), FLEETS)).clone()
    }

    /// The state at a pointer below `properties.status`; empty for the run itself.
    pub(super) fn state(&self, part: &str) -> String {
        text(&self.run(), &format!("/properties/status{part}/status/state")).to_owned()
    }

    /// The states of all members, by name.
    pub(super) fn members(&self) -> Vec<(String, String)> {
        let run = self.run();
        let stages = run["properties"]["status"]["stages"].as_array().into_iter().flatten();
        let groups = stages.flat_map(|stage| stage["groups"].as_array().into_iter().flatten());
        let members = groups.flat_map(|group| group["members"].as_array().into_iter().flatten());
        members
            .map(|member| (text(member, "/name").to_owned(), text(member, "/status/state").to_owned()))
            .collect()
    }

    pub(super) fn pass(&self, seconds: i64) {
        self.arm().clock().advance_by(SignedDuration::from_secs(seconds));
    }

    /// Moves from step to step until nothing is under way; answers when that was.
    pub(super) fn come_to_rest(&self) -> Timestamp {
        for _ in 0..1000 {
            let Some(next) = self.arm().next_operation_end() else { return self.arm().clock().now() };
            self.arm().clock().advance_to(next);
            let _state = self.arm().resource(&self.run_id());
        }
        panic!("still busy after 1000 steps: {:#}", self.run());
    }

    /// The ids of the gates that wait for an approval.
    pub(super) fn pending_gates(&self) -> Vec<String> {
        let gates = self.arm().resources_of_type("Microsoft.ContainerService/fleets/gates");
        let pending = gates.iter().filter(|gate| gate["properties"]["state"] == "Pending");
        pending.map(|gate| text(gate, "/id").to_owned()).collect()
    }

    pub(super) fn approve(&self, gate: &str) -> ArmResponse {
        self.lab.patch(gate, FLEETS, &json!({"properties": {"state": "Completed"}}))
    }

    pub(super) fn cluster_text(&self, cluster: &str, pointer: &str) -> String {
        text(&self.arm().resource(cluster).unwrap_or_default(), pointer).to_owned()
    }

    /// What was announced since the last time, with the subject's last part.
    pub(super) fn announcements(&self) -> Vec<(String, String)> {
        let events = self.arm().take_events();
        let told = events.iter().filter_map(|event: &ArmEvent| match event.kind {
            ArmEventKind::Announced(what) => {
                let name = event.resource_id.rsplit('/').next().unwrap_or_default();
                Some((format!("{what:?}"), name.to_owned()))
            }
            _ => None,
        });
        told.collect()
    }
}

pub(super) fn full() -> Value {
    json!({"upgrade": {"type": "Full", "kubernetesVersion": TARGET}})
}

/// `canary`, then `prod`, without gates.
pub(super) fn two_stages() -> Value {
    json!([
        {"name": "first", "groups": [{"name": "canary"}]},
        {"name": "second", "groups": [{"name": "prod"}]},
    ])
}

/// One approval at a place: `beforeGates` or `afterGates`.
pub(super) fn approval(name: &str) -> Value {
    json!([{"displayName": name, "type": "Approval"}])
}
