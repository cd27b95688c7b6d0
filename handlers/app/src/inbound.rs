//! From bytes to nudges. What Event Grid delivers becomes at most one [`Nudge`] per subject; everything else is either
//! quietly ignored with a reason or loudly rejected with the path of its fault.
//!
//! An event is a hint: its kind, subject, id and time are kept, the rest is never parsed. In particular the caller's
//! `claims` are skipped and never logged.

use std::collections::BTreeMap;

use fleet_core::{
    ids::ArmId,
    trigger::{NUDGE_VERSION, Nudge},
};
use jiff::Timestamp;

use crate::envelope::{Answer, EventItem, Invocation, NotAnInvocation, NotAnObject, binding};

mod decoded;
pub mod decoders;
pub mod event;
mod notifications;
pub mod nudge;
mod rejected;
mod resources;
mod subject;

pub use decoded::{Decoded, Fault, IgnoreReason};
pub use rejected::Rejected;

use event::Event;

/// The largest event we read, in bytes. Event Grid itself allows 1 MiB.
pub const MAX_EVENT_BYTES: usize = 1_048_576;

/// What a delivery came to. Every event of it is in exactly one of the three lists, except that nudges about one
/// subject merge.
#[derive(Debug, Default)]
#[must_use = "nudges that are not queued and rejections that are not parked are lost"]
pub struct Triaged {
    /// One nudge per subject, in the order of the subjects' ids.
    pub nudges: Vec<Nudge>,
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
    /// The answer of an Event Grid function: nudges to the work queue, rejections to theirs. Says in the log what became
    /// of each event; of a rejected one only place and nature of the fault.
    ///
    /// # Errors
    /// Never in practice: both kinds of item are objects.
    pub fn to_answer(&self) -> Result<Answer, NotAnObject> {
        let Self { nudges, ignored, rejected } = self;
        let mut answer = Answer::new();
        for nudge in nudges {
            answer.push(binding::WORK, nudge)?;
            answer = answer.log(format!("{}: {}", nudge.kind.name(), nudge.subject.name()));
        }
        for Ignored { event_id, reason } in ignored {
            tracing::debug!(event.id = event_id, ignored.reason = %reason, "An event needs nothing.");
        }
        for refused in rejected {
            tracing::warn!(
                rejected.path = refused.path,
                rejected.fault = refused.fault,
                rejected.bytes = refused.bytes,
                "An event was rejected and parked."
            );
            answer.push(binding::REJECTED, refused)?;
            answer = answer.log(format!("rejected at `{}`: {}", refused.path, refused.fault));
        }
        Ok(answer)
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
    let mut by_subject = BTreeMap::new();
    for item in items {
        match read(item) {
            Ok((event, Decoded::Nudge { kind, subject })) => {
                let nudge = Nudge {
                    v: NUDGE_VERSION,
                    kind,
                    subject,
                    event_id: event.id(),
                    event_time: event.time().unwrap_or(now),
                    enqueued: now,
                };
                merge(&mut by_subject, nudge);
            }
            Ok((event, Decoded::Ignored(reason))) => {
                triaged.ignored.push(Ignored { event_id: event.id(), reason });
            }
            Err(Fault { path, fault }) => {
                let path = if path.is_empty() { item.path.clone() } else { format!("{}.{path}", item.path) };
                triaged.rejected.push(Rejected::new(&path, fault, item.json.as_bytes()));
            }
        }
    }
    triaged.nudges = by_subject.into_values().collect();
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

/// Keeps the nudge with the later event time. Delivery order says nothing, so of two at the same time either is right:
/// both only say which resource to look at.
fn merge(by_subject: &mut BTreeMap<ArmId, Nudge>, nudge: Nudge) {
    match by_subject.get(&nudge.subject) {
        Some(kept) if kept.event_time >= nudge.event_time => {}
        _ => {
            by_subject.insert(nudge.subject.clone(), nudge);
        }
    }
}

#[cfg(test)]
mod tests;
