//! From bytes to nudges and statements. What Event Grid delivers becomes at most one [`Nudge`] per subject and kind of look,
//! what it and Azure Monitor say about health at most one [`Signal`] per source, key and subject, and what it says about
//! support at most one [`SupportStated`] per cluster; everything else is either quietly ignored with a reason or loudly
//! rejected with the path of its fault.
//!
//! An event is a hint: its kind, subject, id and time are kept, the rest is never parsed. Health and the end of support are
//! the exceptions, since nobody can be asked again: there the few fields that carry the statement are read. The caller's
//! `claims` are skipped everywhere and never logged.

use std::collections::BTreeMap;

use fleet_core::{
    health::Signal,
    ids::ArmId,
    trigger::{NUDGE_VERSION, Nudge, NudgeKind},
    updates::SupportStated,
};
use jiff::Timestamp;

use crate::envelope::{Answer, EventItem, Invocation, NotAnInvocation, NotAnObject, binding};

pub mod alerts;
mod availability;
mod clusters;
mod decoded;
pub mod decoders;
pub mod event;
mod gates;
mod notifications;
mod rejected;
mod resource_info;
mod resources;
mod scheduled;
mod statement;
mod subject;
mod support;
pub mod work;

pub use decoded::{Decoded, Fault, IgnoreReason};
pub use rejected::Rejected;
pub use statement::{MAX_KEY_CHARS, MAX_WHY_CHARS, Statement};
pub use support::{MAX_VERSION_CHARS, SupportStatement};

use event::Event;

/// The largest event we read, in bytes. Event Grid itself allows 1 MiB.
pub const MAX_EVENT_BYTES: usize = 1_048_576;

/// What a delivery came to. Every event of it is in exactly one of the five lists, except that nudges to the same look merge,
/// and statements that would replace each other do.
#[derive(Debug, Default)]
#[must_use = "nudges and statements that are not queued and rejections that are not parked are lost"]
pub struct Triaged {
    /// One nudge per subject and kind of look, in the order of the subjects' ids.
    pub nudges: Vec<Nudge>,
    /// One signal per source, key and subject, in their order.
    pub signals: Vec<Signal>,
    /// One statement about support per cluster, in the order of their ids.
    pub support: Vec<SupportStated>,
    /// Events that are well-formed and not ours.
    pub ignored: Vec<Ignored>,
    /// Events that redelivery cannot mend.
    pub rejected: Vec<Rejected>,
}

/// An event that needs nothing from us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The event's id as the source gave it, at most [`event::MAX_EVENT_ID_CHARS`] long.
    pub event_id: String,
    /// Why nothing follows.
    pub reason: IgnoreReason,
}

impl Triaged {
    /// The answer of an Event Grid function: nudges and statements to the work queue, rejections to theirs. Says in the log
    /// what became of each event; of a rejected one only place and nature of the fault.
    ///
    /// # Errors
    /// Never in practice: every kind of item is an object.
    pub fn to_answer(&self) -> Result<Answer, NotAnObject> {
        let Self { nudges, signals, support, ignored, rejected } = self;
        let mut answer = Answer::new();
        for nudge in nudges {
            answer.push(binding::WORK, nudge)?;
            answer = answer.log(format!("{}: {}", nudge.kind.name(), nudge.subject.name()));
        }
        for signal in signals {
            answer.push(binding::WORK, signal)?;
            answer = answer.log(format!("{}: {}", signal.source, signal.why));
        }
        for stated in support {
            answer.push(binding::WORK, stated)?;
            let what = if stated.over { "support has ended" } else { "support ends" };
            answer = answer.log(format!("{what}: {}", stated.cluster.name()));
        }
        for Ignored { event_id, reason } in ignored {
            tracing::debug!(event.id = event_id, ignored.reason = %reason, "An event needs nothing.");
        }
        rejected.iter().try_fold(answer, |answer, refused| refused.park(answer))
    }
}

/// Triages the body of an Event Grid invocation; `clock` serves when the host sent no time (see [`Invocation::now`]).
///
/// Never fails: a body that is no invocation at all is one rejection.
pub fn triage_invocation(body: &[u8], clock: fn() -> Timestamp) -> Triaged {
    let read = |invocation: Invocation<'_>| -> Result<Triaged, NotAnInvocation> {
        let items = invocation.events(binding::EVENT)?;
        Ok(triage(&items, invocation.now(clock)))
    };
    Invocation::parse(body).and_then(read).unwrap_or_else(|error| Triaged {
        rejected: vec![Rejected::new(&error.path, error.fault, body)],
        ..Triaged::default()
    })
}

/// Triages the events of one delivery. One bad event never spoils the others.
pub fn triage(items: &[EventItem<'_>], now: Timestamp) -> Triaged {
    let mut triaged = Triaged::default();
    let (mut by_look, mut signals, mut support) = (BTreeMap::new(), Vec::new(), Vec::new());
    for item in items {
        match read(item) {
            Ok((event, Decoded::Nudge { kind, subject })) => {
                let event_time = event.time().unwrap_or(now);
                let (v, event_id, enqueued) = (NUDGE_VERSION, event.id(), now);
                merge(&mut by_look, Nudge { v, kind, subject, event_id, event_time, enqueued });
            }
            Ok((event, Decoded::Signal(statement))) => signals.push(statement.signal(&event.id(), now)),
            Ok((event, Decoded::Support(statement))) => support.push(statement.message(&event, now)),
            Ok((event, Decoded::Ignored(reason))) => {
                triaged.ignored.push(Ignored { event_id: event.id(), reason });
            }
            Err(Fault { path, fault }) => {
                let path = if path.is_empty() { item.path.clone() } else { format!("{}.{path}", item.path) };
                triaged.rejected.push(Rejected::new(&path, fault, item.json.as_bytes()));
            }
        }
    }
    triaged.nudges = by_look.into_values().collect();
    triaged.signals = statement::latest(signals);
    triaged.support = support::newest(support);
    triaged
}

fn read<'a>(item: &'a EventItem<'_>) -> Result<(Event<'a>, Decoded), Fault> {
    if item.json.len() > MAX_EVENT_BYTES {
        let bytes = item.json.len();
        return Err(Fault::at(
            "",
            format!("the event has {bytes} bytes; at most {MAX_EVENT_BYTES} are read"),
        ));
    }
    let event = Event::parse(&item.json)?;
    let decoded = decoders::decode(&event)?;
    Ok((event, decoded))
}

/// What will be looked at: a subject; or the fleet's updates, for what its region offers to a cluster.
type Look = (ArmId, bool);

/// Keeps the nudge with the later event time. Delivery order says nothing, so of two at the same time either is right:
/// both only say where to look.
fn merge(by_look: &mut BTreeMap<Look, Nudge>, nudge: Nudge) {
    let look = (nudge.subject.clone(), nudge.kind == NudgeKind::VersionsChanged);
    match by_look.get(&look) {
        Some(kept) if kept.event_time >= nudge.event_time => {}
        _ => {
            by_look.insert(look, nudge);
        }
    }
}

#[cfg(test)]
mod tests;
