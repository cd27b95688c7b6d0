//! What the handler's identity may do: no more is needed than the table of operations says, and less is explained.

use std::collections::BTreeSet;

use fleet_arm::operations::OPERATIONS;
use fleet_local::{estate::NEWCOMER, world::Options};
use fleet_scenarios::scenario::{MINUTE, SEED, Scenario};

fn table() -> Vec<&'static str> {
    OPERATIONS.iter().map(|operation| operation.rbac_action).collect()
}

fn table_without(action: &str) -> Vec<&'static str> {
    let rest: Vec<_> = table().into_iter().filter(|granted| !granted.eq_ignore_ascii_case(action)).collect();
    assert!(rest.len() < table().len(), "{action} is in the table");
    rest
}

#[tokio::test(start_paused = true)]
async fn a_stamp_comes_and_goes_with_nothing_but_the_rights_in_the_table() {
    let mut scenario = Scenario::unmet(Options::in_process(SEED)).await;
    scenario.arm().grant_only(&table());
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    scenario.world.estate.delete_cluster(&cluster);
    scenario.comes_to_rest().await;
    assert!(scenario.holdings().members_of(&cluster).is_empty());

    let listed: BTreeSet<_> = table().iter().map(|action| action.to_ascii_lowercase()).collect();
    let used: BTreeSet<_> =
        scenario.arm().actions_used().iter().map(|used| used.to_ascii_lowercase()).collect();
    assert!(used.is_subset(&listed), "not in the table: {:?}", used.difference(&listed).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_denied_grant_holds_back_only_what_hangs_on_it_and_heals_once_allowed() {
    let mut scenario = Scenario::begins().await;
    scenario.arm().grant_only(&table_without("Microsoft.Authorization/roleAssignments/write"));
    let cluster = scenario.newcomer_appears();
    scenario.passes(5 * MINUTE).await;
    scenario.is_held_because(&cluster, &["AuthorizationFailed", "pull access to registry crshop"]).await;
    let report = scenario.report(&cluster).await.expect("known");
    assert!(report.member.is_some() && report.origin.is_some(), "{report:#?}");
    assert!(report.policies.iter().all(|policy| policy.state.applies()), "{report:#?}");
    assert!(!scenario.holdings().takes_traffic(NEWCOMER.host));

    scenario.arm().grant_only(&table());
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}
