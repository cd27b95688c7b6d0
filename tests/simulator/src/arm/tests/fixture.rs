//! A small estate and a caller.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::arm::setup::Estate;
use crate::arm::{Arm, ArmRequest, ArmResponse, Outcome};
use crate::chance::Seed;
use crate::clock::Clock;
use crate::faults::{Effect, Rule};
use crate::identity::ManagedIdentity;

pub(super) const FLEETS: &str = "2026-06-01";
pub(super) const CLUSTERS: &str = "2026-05-01";
pub(super) const ROLES: &str = "2022-04-01";
pub(super) const POLICIES: &str = "2026-06-01";
pub(super) const CDN: &str = "2025-12-01";

/// One fleet, one registry, one Front Door with the origin group `web`, one serving cluster and one that is
/// new.
pub(super) struct Lab {
    pub arm: Arm,
    pub estate: Estate,
    pub serving: String,
    pub new: String,
    token: String,
}

impl Lab {
    pub(super) fn new() -> Self {
        Self::with_seed(7)
    }

    pub(super) fn with_seed(seed: u64) -> Self {
        let arm = Arm::new(Seed(seed), Clock::default());
        let estate = Estate::new(&arm)
            .under_management_group("mg-platform")
            .management_group_under("mg-platform", "mg-root")
            .built_in_policies()
            .fleet("fleet-shop", "rg-fleet", "westeurope")
            .registry("crshop", "rg-shared", "westeurope")
            .front_door("afd-shop", "rg-edge", &["web"]);
        let serving = estate.cluster("aks-weu-01").with_gateway("weu.contoso.example").serving().present();
        let new = estate
            .cluster("aks-neu-01")
            .in_region("northeurope")
            .with_gateway("neu.contoso.example")
            .present();
        let identity = ManagedIdentity::named("caller", arm.seed());
        let token = arm.tokens().issue(&identity, "https://management.azure.com").text;
        Self { arm, estate, serving, new, token }
    }

    /// A request with a token; `path` without the api-version.
    pub(super) fn request(&self, method: &str, path: &str, api_version: &str) -> ArmRequest {
        let separator = if path.contains('?') { '&' } else { '?' };
        ArmRequest::new(method, &format!("{path}{separator}api-version={api_version}"))
            .header("authorization", &format!("Bearer {}", self.token))
    }

    pub(super) fn send(&self, request: &ArmRequest) -> ArmResponse {
        self.arm.handle(request).answer().expect("an answer")
    }

    pub(super) fn get(&self, path: &str, api_version: &str) -> ArmResponse {
        self.send(&self.request("GET", path, api_version))
    }

    pub(super) fn put(&self, path: &str, api_version: &str, body: &Value) -> ArmResponse {
        self.send(&self.request("PUT", path, api_version).json(body))
    }

    pub(super) fn patch(&self, path: &str, api_version: &str, body: &Value) -> ArmResponse {
        self.send(&self.request("PATCH", path, api_version).json(body))
    }

    pub(super) fn delete(&self, path: &str, api_version: &str) -> ArmResponse {
        self.send(&self.request("DELETE", path, api_version))
    }

    /// Follows a URL out of a header or a `nextLink`, unchanged.
    pub(super) fn follow(&self, url: &str) -> ArmResponse {
        let path = url
            .strip_prefix("https://management.azure.com")
            .expect("an absolute URL of the host that was asked");
        let request = ArmRequest::new("GET", path).header("authorization", &format!("Bearer {}", self.token));
        self.send(&request)
    }

    /// Lets enough simulated time pass for any operation to end.
    pub(super) fn wait(&self) {
        self.arm.clock().advance_by(SignedDuration::from_mins(5));
    }

    pub(super) fn member(&self, name: &str) -> String {
        format!("{}/members/{name}", self.estate.fleet_id())
    }

    pub(super) fn join(&self, name: &str) -> ArmResponse {
        self.put(
            &self.member(name),
            FLEETS,
            &json!({"properties": {"clusterResourceId": self.new, "group": "canary"}}),
        )
    }

    pub(super) fn origin(&self, name: &str) -> String {
        format!("{}/origins/{name}", self.estate.origin_group_ids()[0])
    }

    /// A fault on the next request of this method.
    pub(super) fn fail_next(&self, method: &str, effect: Effect) {
        self.arm.inject(Rule::once(effect).method(method));
    }

    pub(super) fn try_send(&self, request: &ArmRequest) -> Outcome {
        self.arm.handle(request)
    }

    /// Counts the calls of the kill hook.
    pub(super) fn watch_kills(&self) -> Arc<std::sync::atomic::AtomicU32> {
        let kills = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let counter = Arc::clone(&kills);
        self.arm.on_kill(Arc::new(move |_| {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }));
        kills
    }
}

/// The text at a JSON pointer.
pub(super) fn text<'v>(body: &'v Value, pointer: &str) -> &'v str {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The body of an answer that must have one.
pub(super) fn body(response: &ArmResponse) -> &Value {
    response.body.as_ref().expect("a body")
}
