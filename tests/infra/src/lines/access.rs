//! Who may do what in a stamp.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    snapshot::{same, text},
    stamp::Stamp,
};

const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";

/// R04: a vault of the region, which only the region's own identities and administrators may read.
#[must_use]
pub fn key_vault(stamp: &Stamp) -> Vec<String> {
    let vault = stamp.the("Microsoft.KeyVault/vaults");
    let everywhere = stamp.snapshot.of_type(ASSIGNMENTS);
    let mut on_vault =
        everywhere.filter(|it| text(&it["id"]).starts_with(&format!("{}/", text(&vault["id"]))));
    let administrators = administrators_of(stamp);
    let of_region = |assignment: &Value| {
        let who = text(&assignment["properties"]["principalId"]);
        let identity = who.strip_prefix("[reference('").and_then(|rest| rest.split('\'').next());
        identity.map_or_else(|| administrators.contains(who), |id| stamp.holds(id))
    };
    let secret = &stamp.gateway()["properties"]["sslCertificates"][0]["properties"]["keyVaultSecretId"];
    stamp.faults([
        (same(&vault["location"], &stamp.group["location"]), "has no vault of its own"),
        (vault["properties"]["enableRbacAuthorization"] == true, "the vault has access policies"),
        (on_vault.all(of_region), "somebody of elsewhere may read the vault"),
        (
            text(secret).contains(text(&vault["id"])) && !vault.is_null(),
            "the certificate is in another vault",
        ),
    ])
}

/// R79: whoever uses the Kubernetes API is known to Entra ID, and has rights by a group.
#[must_use]
pub fn entra_id(stamp: &Stamp) -> Vec<String> {
    let cluster = &stamp.cluster()["properties"];
    let below = format!("{}/", text(&stamp.cluster()["id"]));
    let mut granted = stamp.of_type(ASSIGNMENTS).filter(|it| text(&it["id"]).starts_with(&below)).peekable();
    let some = granted.peek().is_some();
    stamp.faults([
        (cluster["aadProfile"]["managed"] == true, "Entra ID isn't asked who somebody is"),
        (cluster["aadProfile"]["enableAzureRBAC"] == true, "Azure RBAC isn't asked who may do what"),
        (cluster["disableLocalAccounts"] == true, "there are local accounts"),
        (some, "nobody may administer the cluster"),
        (
            granted.all(|it| it["properties"]["principalType"] == "Group"),
            "somebody has rights on the cluster without a group",
        ),
    ])
}

/// R81: the region's administrators are a group that administers no other region.
#[must_use]
pub fn administrators(stamp: &Stamp) -> Vec<String> {
    let own = administrators_of(stamp);
    let others = Stamp::all(stamp.snapshot).filter(|other| other.name != stamp.name);
    let theirs: BTreeSet<&str> = others.flat_map(|other| administrators_of(&other)).collect();
    stamp.faults([
        (own.len() == 1, "another number of groups administers it than one"),
        (own.is_disjoint(&theirs), "its administrators have rights in another region"),
    ])
}

/// The groups with a role in the stamp's resource group.
fn administrators_of<'a>(stamp: &Stamp<'a>) -> BTreeSet<&'a str> {
    let groups = stamp.of_type(ASSIGNMENTS).filter(|it| it["properties"]["principalType"] == "Group");
    groups.map(|it| text(&it["properties"]["principalId"])).collect()
}
