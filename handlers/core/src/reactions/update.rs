//! The holds of fleet updates follow what the ledger says that updates want: placed when a run is to take the stamp's
//! cluster, released when it is done with it. The guard decides about each as about any other.

use jiff::{SignedDuration, Timestamp};

use super::{Draft, Question};
use crate::{
    facets::{Mode, traffic::Owner},
    plan::Hold,
    updates::Support,
    world::{Channels, ClusterSeen},
};

/// Channels by which a cluster updates what a fleet's runs update too. `Unmanaged` patches nodes in place and leaves
/// their image alone.
const COMPETING_NODE_CHANNELS: [&str; 2] = ["NodeImage", "SecurityPatch"];

/// Lets the update's hold follow. Where traffic is not ours to change there is none.
pub(super) fn follow(draft: &mut Draft, question: &Question<'_>) {
    let Some(note) = &mut draft.traffic else { return };
    let traffic = question.config.traffic.as_ref().map_or(Mode::Off, |traffic| traffic.mode);
    let out = question.ledger.updates.out.get(question.subject.key());
    let wanted = out.filter(|_| traffic == Mode::Enforce && accompanied(question) == Mode::Enforce);
    let owner = wanted.map(|out| Owner::Update(out.owner.clone()));
    note.holds.retain(|hold| !matches!(hold.owner, Owner::Update(_)) || Some(&hold.owner) == owner.as_ref());
    if let (Some(owner), Some(out)) = (owner, wanted) {
        note.hold(owner, &out.reason, question.now);
    }
}

/// What about the cluster itself speaks against leaving its version to the fleet: said, never changed.
pub(super) fn report(draft: &mut Draft, question: &Question<'_>, cluster: &ClusterSeen) {
    if accompanied(question) == Mode::Off {
        return;
    }
    draft.holds.extend(competing(&cluster.channels).map(Hold::UpdatesItself));
    let support = question.ledger.updates.support.get(cluster.id.key());
    if let Some(support) = support.filter(|support| concerns(support, cluster)) {
        draft.holds.push(ending(support, question.now));
    }
}

fn accompanied(question: &Question<'_>) -> Mode {
    question.config.updates.as_ref().map_or(Mode::Off, |updates| updates.mode)
}

fn competing(channels: &Channels) -> Option<String> {
    let upgrade = channels.upgrade.as_deref().filter(|name| !name.eq_ignore_ascii_case("none"));
    let competes = |name: &&str| COMPETING_NODE_CHANNELS.iter().any(|one| name.eq_ignore_ascii_case(one));
    let node_os = channels.node_os.as_deref().filter(competes);
    let named = [("auto-upgrade channel", upgrade), ("node OS channel", node_os)];
    let named: Vec<String> =
        named.iter().filter_map(|(what, name)| name.map(|name| format!("{what} {name}"))).collect();
    (!named.is_empty()).then(|| named.join(" and "))
}

/// A statement about a version that the cluster has left behind concerns it no more.
fn concerns(support: &Support, cluster: &ClusterSeen) -> bool {
    let minor = |text: &str| text.split('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    support.version.is_empty()
        || cluster.runs.version.as_deref().is_none_or(|runs| minor(runs) == minor(&support.version))
}

fn ending(support: &Support, now: Timestamp) -> Hold {
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    let days = support.ends.map(|ends| ends.duration_since(now).as_secs().div_euclid(DAY.as_secs()));
    Hold::SupportEnds {
        version: support.version.clone(),
        days: days.filter(|days| *days >= 0),
        over: support.over || days.is_some_and(|days| days < 0),
    }
}
