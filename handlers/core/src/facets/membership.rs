//! Membership: the stamp's cluster is a member of the fleet, in the right update group, with our labels.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Diff, Progress, Sight, Unread};
use crate::{
    ids::ArmId,
    names::{MEMBER_NAME_MAX, is_update_group, member_name, successor_member_name},
};

/// The label that marks a member as cared for by us and remembers which incarnation of the cluster joined. A recreated cluster has another value, and its
/// membership is written again: the documented repair after a change of the cluster's identity (ARM contract: fleets).
pub const UID_LABEL: &str = "fleet-automation/cluster-uid";

/// The label's value for a cluster that shows no unique id.
const NO_UID: &str = "unknown";

/// Labels below this prefix are written by the fleet itself and never sent back.
const FLEET_LABELS: &str = "fleet.azure.com/";

/// What configuration asks of one cluster's membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The fleet to be a member of.
    pub fleet: ArmId,
    /// The update group.
    pub group: String,
    /// Labels of ours. Others on the member are kept.
    pub labels: BTreeMap<String, String>,
}

/// The cluster whose membership is at stake, as far as this facet cares.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// The cluster.
    pub id: &'a ArmId,
    /// Its unique id, which a recreated cluster does not share. Older clusters may lack one.
    pub uid: Option<&'a str>,
}

/// A member as read from the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSeen {
    /// The member's own id.
    pub id: ArmId,
    /// The cluster that it stands for; fixed at creation.
    pub cluster: ArmId,
    /// Its update group, if it has one.
    pub group: Option<String>,
    /// All labels, the fleet's own included.
    pub labels: BTreeMap<String, String>,
    /// How far the last operation on it came.
    pub progress: Progress,
    /// The error of the last operation, when it failed.
    pub failure: Option<String>,
    /// Its version, as received; changes with every write, ours or somebody else's.
    pub etag: Option<String>,
}

/// A write to a fleet's members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Create the member, or write it whole again as a repair.
    Put {
        /// The member to write.
        member: ArmId,
        /// The cluster that it stands for.
        cluster: ArmId,
        /// Its update group.
        group: String,
        /// All caller's labels that it shall have.
        labels: BTreeMap<String, String>,
        /// Why, when the member exists already.
        repair: Option<Repair>,
    },
    /// Change group and labels of an existing member.
    Patch {
        /// The member to change.
        member: ArmId,
        /// Its update group.
        group: String,
        /// All caller's labels that it shall have.
        labels: BTreeMap<String, String>,
        /// The version that the labels were read from: when somebody changed the member since, the write is refused and
        /// decided anew, so that a label of theirs is not lost.
        etag: Option<String>,
    },
    /// Remove the member from the fleet. The cluster itself is not touched.
    Delete {
        /// The member to remove.
        member: ArmId,
    },
}

/// Why an existing member is written whole again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Repair {
    /// Its last operation failed.
    Failed,
    /// Its cluster was deleted and created again.
    ClusterRecreated,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { member, group, repair: None, .. } => {
                write!(f, "create fleet member {} in update group {group}", member.name())
            }
            Self::Put { member, repair: Some(Repair::Failed), .. } => {
                write!(f, "write fleet member {} again, whose last operation failed", member.name())
            }
            Self::Put { member, repair: Some(Repair::ClusterRecreated), .. } => {
                write!(f, "write fleet member {} again, whose cluster was recreated", member.name())
            }
            Self::Patch { member, group, .. } => {
                write!(f, "set update group {group} and our labels on fleet member {}", member.name())
            }
            Self::Delete { member } => write!(f, "remove fleet member {}", member.name()),
        }
    }
}

/// Why membership is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The members could not be read.
    Unread(Unread),
    /// The fleet is working on the member.
    Busy {
        /// The member in question.
        member: String,
    },
    /// The update group wanted, by a tag, can't be one.
    IllegalGroup {
        /// What the tag says.
        group: String,
    },
    /// Both of our names are taken by members that stand for other clusters.
    NameTaken {
        /// The name.
        member: String,
        /// The cluster that holds it.
        by: ArmId,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(unread) => unread.fmt(f),
            Self::Busy { member } => write!(f, "fleet member {member} has an operation running"),
            Self::IllegalGroup { group } => write!(
                f,
                "`{group}` can be no update group; the cluster's tag must hold 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends"
            ),
            Self::NameTaken { member, by } => {
                write!(f, "fleet member name {member} is taken by cluster {by}; remove or rename that member")
            }
        }
    }
}

/// The member that stands for a cluster, if the fleet has one.
#[must_use]
pub fn member_of<'a>(members: &'a [MemberSeen], cluster: &ArmId) -> Option<&'a MemberSeen> {
    members.iter().find(|member| member.cluster == *cluster)
}

/// Whether the cluster was deleted and created again since it joined. A cluster whose unique id is unknown was not.
#[must_use]
pub fn was_recreated(cluster: Joining<'_>, member: &MemberSeen) -> bool {
    let joined_as = member.labels.get(UID_LABEL).map(String::as_str);
    matches!((joined_as, cluster.uid), (Some(then), Some(now)) if then != now && then != NO_UID)
}

/// What to do so that the cluster is a member as wanted.
pub fn diff(wanted: &Wanted, cluster: Joining<'_>, members: &Sight<Vec<MemberSeen>>) -> Diff<Action, Reason> {
    let members = match members {
        Ok(members) => members,
        Err(unread) => return Diff::hold(Reason::Unread(unread.clone())),
    };
    if !is_update_group(&wanted.group) {
        return Diff::hold(Reason::IllegalGroup { group: wanted.group.clone() });
    }
    match member_of(members, cluster.id) {
        None => join(wanted, cluster, members),
        Some(member) => keep(wanted, cluster, member),
    }
}

/// What to do so that a cluster that is gone is no member any more. A member without our label was made by somebody else
/// for a cluster that we never cared for, one that opted out for instance, and is theirs to remove.
pub fn leave(cluster: &ArmId, members: &Sight<Vec<MemberSeen>>) -> Diff<Action, Reason> {
    let members = match members {
        Ok(members) => members,
        Err(unread) => return Diff::hold(Reason::Unread(unread.clone())),
    };
    match member_of(members, cluster) {
        None => Diff::none(),
        Some(member) if !is_ours(member, cluster) => Diff::none(),
        Some(member) if member.progress == Progress::Busy => busy(member),
        Some(member) => Diff::act(Action::Delete { member: member.id.clone() }),
    }
}

/// Whether we made the member, or took it over by marking it. One with our derived name is ours even if it lost the mark.
fn is_ours(member: &MemberSeen, cluster: &ArmId) -> bool {
    member.labels.contains_key(UID_LABEL) || member.id.name() == member_name(cluster)
}

fn join(wanted: &Wanted, cluster: Joining<'_>, members: &[MemberSeen]) -> Diff<Action, Reason> {
    let holder = |name: &str| members.iter().find(|member| member.id.name().eq_ignore_ascii_case(name));
    let mut name = member_name(cluster.id);
    if let (Some(_), Some(uid)) = (holder(&name), cluster.uid) {
        name = successor_member_name(cluster.id, uid);
    }
    debug_assert!(name.len() <= MEMBER_NAME_MAX);
    if let Some(holder) = holder(&name) {
        return Diff::hold(Reason::NameTaken { member: name, by: holder.cluster.clone() });
    }
    match wanted.fleet.child(&format!("members/{name}")) {
        Ok(member) => Diff::act(put(wanted, cluster, member, &BTreeMap::new(), None)),
        Err(error) => {
            let what = format!("the id of fleet member {name}");
            Diff::hold(Reason::Unread(Unread { what, why: error.to_string() }))
        }
    }
}

fn keep(wanted: &Wanted, cluster: Joining<'_>, member: &MemberSeen) -> Diff<Action, Reason> {
    let recreated = was_recreated(cluster, member);
    let repair = |why| Diff::act(put(wanted, cluster, member.id.clone(), &member.labels, Some(why)));
    match member.progress {
        Progress::Busy => busy(member),
        Progress::Failed => repair(Repair::Failed),
        Progress::Settled if recreated => repair(Repair::ClusterRecreated),
        Progress::Settled => {
            let labels = labels_to_send(wanted, cluster, &member.labels);
            let as_wanted =
                member.group.as_deref() == Some(&wanted.group) && labels == foreign_labels(&member.labels);
            if as_wanted {
                return Diff::none();
            }
            let (group, etag) = (wanted.group.clone(), member.etag.clone());
            Diff::act(Action::Patch { member: member.id.clone(), group, labels, etag })
        }
    }
}

fn busy(member: &MemberSeen) -> Diff<Action, Reason> {
    Diff::hold(Reason::Busy { member: member.id.name().to_owned() })
}

fn put(
    wanted: &Wanted,
    cluster: Joining<'_>,
    member: ArmId,
    present: &BTreeMap<String, String>,
    repair: Option<Repair>,
) -> Action {
    let labels = labels_to_send(wanted, cluster, present);
    Action::Put { member, cluster: cluster.id.clone(), group: wanted.group.clone(), labels, repair }
}

/// Everything a caller may have set: all but the fleet's own.
fn foreign_labels(present: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    present
        .iter()
        .filter(|(key, _)| !key.starts_with(FLEET_LABELS))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

/// Foreign labels kept, ours on top. Whether a PATCH merges or replaces the map is not documented, so it is always sent
/// whole.
fn labels_to_send(
    wanted: &Wanted,
    cluster: Joining<'_>,
    present: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut labels = foreign_labels(present);
    labels.extend(wanted.labels.clone());
    match cluster.uid {
        Some(uid) => drop(labels.insert(UID_LABEL.to_owned(), uid.to_owned())),
        None => drop(labels.entry(UID_LABEL.to_owned()).or_insert_with(|| NO_UID.to_owned())),
    }
    labels
}

#[cfg(test)]
mod tests;
