use fleet_infra_tests::lines::access;

use crate::spoil::{
    Spoil::{Replace, Without},
    every_region, everywhere, production,
};

const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";
const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";
const GATEWAYS: &str = "Microsoft.Network/applicationGateways";
const VAULTS: &str = "Microsoft.KeyVault/vaults";

#[test]
fn r04_each_region_has_a_vault_that_only_the_region_reads() {
    every_region(
        access::key_vault,
        &[
            (Without(VAULTS), "has no vault of its own"),
            (
                Replace(VAULTS, "\"enableRbacAuthorization\":true", "\"enableRbacAuthorization\":false"),
                "access policies",
            ),
            (
                Replace(
                    ASSIGNMENTS,
                    "resourceGroups/rg-stamp-{region}/providers/Microsoft.ManagedIdentity",
                    "resourceGroups/rg-stamp-elsewhere/providers/Microsoft.ManagedIdentity",
                ),
                "somebody of elsewhere may read the vault",
            ),
            (
                Replace(GATEWAYS, "vaults/kv-stamp-", "vaults/kv-other-"),
                "the certificate is in another vault",
            ),
        ],
    );
}

#[test]
fn r79_each_cluster_asks_entra_id_and_grants_by_groups() {
    every_region(
        access::entra_id,
        &[
            (Replace(CLUSTERS, "\"managed\":true", "\"managed\":false"), "who somebody is"),
            (Replace(CLUSTERS, "\"enableAzureRBAC\":true", "\"enableAzureRBAC\":false"), "who may do what"),
            (
                Replace(CLUSTERS, "\"disableLocalAccounts\":true", "\"disableLocalAccounts\":false"),
                "local accounts",
            ),
            (
                Replace(ASSIGNMENTS, "\"principalType\":\"Group\"", "\"principalType\":\"User\""),
                "without a group",
            ),
            (Without(ASSIGNMENTS), "nobody may administer"),
        ],
    );
}

#[test]
fn r81_each_region_has_administrators_of_its_own() {
    every_region(
        access::administrators,
        &[
            (Without(ASSIGNMENTS), "another number of groups"),
            // All three groups, in every region but the one that has it.
            (
                Replace(ASSIGNMENTS, "\"principalType\":\"ServicePrincipal\"", "\"principalType\":\"Group\""),
                "another number",
            ),
        ],
    );
    production(
        everywhere(access::administrators),
        &[(
            Replace(
                ASSIGNMENTS,
                "a94d2c18-6e3b-4f0a-b7c5-2d90e1f83c22",
                "3d0c7f52-91c8-4c1e-8b5f-6a2e04d7b133",
            ),
            "have rights in another region",
        )],
    );
}
