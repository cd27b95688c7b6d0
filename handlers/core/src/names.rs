//! Names that we derive for what we create. Each is a pure function of the cluster, so that two instances of the app,
//! or one before and after a crash, always arrive at the same name.

use uuid::Uuid;

use crate::ids::{ArmId, PrincipalId};

/// Marks what we made: the prefix of descriptions, the value of the `managedBy` metadata key and of tag names. What does
/// not carry it is left alone.
pub const MANAGED_BY: &str = "fleet-automation";

/// The longest member name a fleet accepts (ARM contract: fleets, names).
pub const MEMBER_NAME_MAX: usize = 50;

/// The longest name of an update run (ARM contract: fleets).
pub const UPDATE_NAME_MAX: usize = 50;

/// The longest origin name (ARM contract: Front Door, names).
pub const ORIGIN_NAME_MAX: usize = 90;

/// The namespace of every UUID v5 that we derive. Fixed for good: another value would rename everything.
const NAMESPACE: Uuid = Uuid::from_u128(0x7d0f_5c1e_2b64_5a0b_9c39_61c7_1f3a_8e52);

/// Hexadecimal digits of the suffix that tells apart clusters of the same name in different groups.
const SUFFIX_DIGITS: usize = 8;

/// The fleet member name of a cluster: its name made legal (`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`, at most 50), with a
/// suffix from its full id.
#[must_use]
pub fn member_name(cluster: &ArmId) -> String {
    legal_name(cluster, cluster.key(), MEMBER_NAME_MAX)
}

/// The member name of a cluster whose [`member_name`] is taken by a member that stands for another cluster: a
/// predecessor of the same name that cannot be repointed, since a member's cluster is fixed at creation. The cluster's
/// unique id, which a recreated cluster does not share, makes the difference.
#[must_use]
pub fn successor_member_name(cluster: &ArmId, cluster_uid: &str) -> String {
    legal_name(cluster, &format!("{}|{cluster_uid}", cluster.key()), MEMBER_NAME_MAX)
}

/// The Front Door origin name of a cluster's stamp (letters, digits, hyphens, 2 to 90, alphanumeric ends).
#[must_use]
pub fn origin_name(cluster: &ArmId) -> String {
    legal_name(cluster, cluster.key(), ORIGIN_NAME_MAX)
}

/// The id of the origin that a cluster's stamp has in an origin group where we made it; none where it would be no legal id.
#[must_use]
pub fn origin_id(group: &ArmId, cluster: &ArmId) -> Option<ArmId> {
    group.child(&format!("origins/{}", origin_name(cluster))).ok()
}

/// Whether a text can name an update group (ARM contract: fleets, names).
#[must_use]
pub fn is_update_group(text: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=50).contains(&text.len())
        && text.chars().all(|c| alphanumeric(c) || c == '-')
        && text.starts_with(alphanumeric)
        && text.ends_with(alphanumeric)
}

/// The id of a management group, by its name.
#[must_use]
pub fn management_group(name: &str) -> Option<ArmId> {
    ArmId::parse(&format!("/providers/Microsoft.Management/managementGroups/{name}")).ok()
}

/// The name of a role assignment: a GUID from scope, principal and role, all in lower case, because ids change casing
/// between requests and the name must be unique in the tenant (ARM contract: role assignments).
#[must_use]
pub fn role_assignment_name(scope: &ArmId, principal: &PrincipalId, role: &str) -> Uuid {
    derive(&format!("{}|{principal}|{}", scope.key(), role.to_ascii_lowercase()))
}

/// The description that marks a role assignment as ours and says for which cluster it was made.
#[must_use]
pub fn grant_description(cluster: &ArmId) -> String {
    format!("{MANAGED_BY}: pull access of {}", cluster.key())
}

fn derive(text: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, text.as_bytes())
}

fn legal_name(cluster: &ArmId, distinct: &str, max: usize) -> String {
    let suffix = &derive(distinct).simple().to_string()[..SUFFIX_DIGITS];
    let mut stem = String::new();
    for c in cluster.name().chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            stem.push(c);
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
        if stem.len() == max - SUFFIX_DIGITS - 1 {
            break;
        }
    }
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() { format!("c-{suffix}") } else { format!("{stem}-{suffix}") }
}

#[cfg(test)]
mod tests;
