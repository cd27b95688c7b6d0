//! A cluster that is gone: its stamp is taken apart in a safe order, once it is certain, and nothing else is touched.

mod certainty;
mod kills;
mod neighbours;
mod order;
mod refused;

use fleet_scenarios::scenario::Scenario;

/// The story's newcomer serves, and what was written for that is forgotten; answers its cluster's id.
async fn with_newcomer() -> (Scenario, String) {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.journal.forget();
    (scenario, cluster)
}
