//! Every write of the story, struck by every fault of the network and of ARM itself: what stands at the end is what stands
//! without the fault, nothing twice.

use std::collections::BTreeMap;

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::Scenario;
use fleet_simulator::faults::{Effect, Rule};
use serde_json::{Value, json};

/// A write of the story: its method and what its path contains.
type Struck = (&'static str, &'static str);

const MEMBER_PUT: Struck = ("PUT", "/fleets/fleet-shop/members/");
const ROLE_PUT: Struck = ("PUT", "/roleAssignments/");
const POLICY_PUT: Struck = ("PUT", "/policyAssignments/");
const ORIGIN_PUT: Struck = ("PUT", "/origins/");
const ORIGIN_PATCH: Struck = ("PATCH", "/origins/");

/// Once, which the client's own retries may swallow, and more often than the client tries in one call.
const STRIKES: [u32; 2] = [1, 4];

fn effects() -> [Effect; 6] {
    let status = |status: u16, code: &str| {
        let body = json!({"error": {"code": code, "message": "Try again later."}});
        Effect::Status { status, body: Some(body) }
    };
    [
        Effect::ReplyLost,
        Effect::ConnectionLost,
        Effect::Throttle { retry_after_seconds: Some(30) },
        Effect::Throttle { retry_after_seconds: None },
        status(500, "InternalServerError"),
        status(503, "ServiceUnavailable"),
    ]
}

/// The newcomer's arrival under a fault; answers everything that stands at the end.
async fn arrival(fault: Option<Rule>) -> BTreeMap<String, Value> {
    let mut scenario = Scenario::begins().await;
    let struck = fault.is_some();
    fault.into_iter().for_each(|rule| scenario.goes_wrong(rule));
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    let failed =
        scenario.journal.writes().iter().any(|write| write.status.is_none_or(|status| status >= 400));
    assert_eq!(failed, struck, "the fault strikes, and without one nothing fails");
    scenario.holdings().everything()
}

async fn heals((method, path): Struck) {
    let expected = arrival(None).await;
    for effect in effects() {
        for strikes in STRIKES {
            let rule =
                Rule::once(effect.clone()).times(strikes).method(method).path(path).expect("a pattern");
            assert_eq!(arrival(Some(rule)).await, expected, "{effect:?}, {strikes} time(s)");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn joining_the_fleet_heals_from_every_fault() {
    heals(MEMBER_PUT).await;
}

#[tokio::test(start_paused = true)]
async fn granting_the_pull_role_heals_from_every_fault() {
    heals(ROLE_PUT).await;
}

#[tokio::test(start_paused = true)]
async fn assigning_a_policy_heals_from_every_fault() {
    heals(POLICY_PUT).await;
}

#[tokio::test(start_paused = true)]
async fn creating_the_origin_heals_from_every_fault() {
    heals(ORIGIN_PUT).await;
}

#[tokio::test(start_paused = true)]
async fn enabling_and_weighing_the_origin_heal_from_every_fault() {
    heals(ORIGIN_PATCH).await;
}
