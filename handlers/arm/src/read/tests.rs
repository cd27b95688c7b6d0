use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::operations::{Kind, OPERATIONS};
use crate::testing::{Act, Script};

const GROUP: &str = "/subscriptions/s/resourceGroups/g";

#[tokio::test(start_paused = true)]
async fn every_read_of_the_table_has_its_function() {
    let reads: Vec<_> = OPERATIONS.iter().filter(|row| row.kind == Kind::Read).map(|row| row.name).collect();
    let script = Script::new(vec![Act::Answer(404, vec![], Value::Null); reads.len()]);
    let (client, context) = (script.client(), CallContext::new(Uuid::nil()));
    let reader = Reader { client: &client, context: &context };
    let id = |rest: &str| format!("{GROUP}/providers/Microsoft.{rest}");
    let fleet = id("ContainerService/fleets/f");
    let registry = id("ContainerRegistry/registries/r");
    let origin_group = id("Cdn/profiles/p/originGroups/og");

    let statuses = [
        reader.managed_cluster(&id("ContainerService/managedClusters/c")).await.err(),
        reader.managed_clusters_in_group(GROUP).await.err(),
        reader.managed_clusters_in_subscription("s").await.err(),
        reader.kubernetes_versions("s", "westeurope").await.err(),
        reader.members(&fleet).await.err(),
        reader.update_runs(&fleet).await.err(),
        reader.update_run(&format!("{fleet}/updateRuns/r")).await.err(),
        reader.gates(&fleet).await.err(),
        reader.registry(&registry).await.err(),
        reader.replications(&registry).await.err(),
        reader.role_assignments(GROUP).await.err(),
        reader.policy_assignments(GROUP).await.err(),
        reader.origins(&origin_group).await.err(),
        reader.application_gateway(&id("Network/applicationGateways/gw")).await.err(),
        reader.public_ip_address(&id("Network/publicIPAddresses/ip")).await.err(),
        reader.public_ip_addresses_in_group(GROUP).await.err(),
    ]
    .map(|error| error.and_then(|error| error.status()));

    assert_eq!(statuses, [Some(404); 16]);
    let called: Vec<_> = context.calls().iter().map(|call| call.operation).collect();
    assert_eq!(called, reads);
    let url = format!(
        "https://arm.test{GROUP}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=atScope()"
    );
    assert_eq!(script.seen()[10].url, url, "the filter goes out as it is written");
}
