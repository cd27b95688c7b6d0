//! Messages as they come back from the `fleet-work` queue.

use std::borrow::Cow;

use fleet_core::{
    health::{SIGNAL_VERSION, Signal},
    trigger::{NUDGE_VERSION, Nudge},
    updates::{SUPPORT_VERSION, SupportStated},
};
use serde::Deserialize;

use super::rejected::Rejected;
use crate::envelope::fault_text;

/// The largest message read, in bytes: an id of 2 KiB, an event id, a key and a reason, with room for escapes and the
/// host's indentation.
const MAX_WORK_BYTES: usize = 16 * 1_024;

/// The `kind` that tells a signal from a nudge; see [`fleet_core::health::SignalKind`].
const SIGNAL: &str = "healthSignal";

/// The `kind` that tells a statement about support; see [`fleet_core::updates::SupportKind`].
const SUPPORT: &str = "supportStated";

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A reason to look at one stamp, or at the fleet's updates.
    Nudge(Nudge),
    /// A statement about the health of whom it concerns.
    Signal(Signal),
    /// A statement about the end of support of a cluster's version.
    Support(SupportStated),
}

#[derive(Deserialize)]
struct Head<'a> {
    v: u8,
    #[serde(borrow, default)]
    kind: Option<Cow<'a, str>>,
}

/// Reads a message's bytes.
///
/// # Errors
/// When the bytes are neither a nudge nor a statement, or one of a version that this build does not know. Such a message can
/// never succeed here; the version is looked at first, since another version's fields mean nothing to us.
pub fn decode(message: &[u8]) -> Result<Work, Rejected> {
    if message.len() > MAX_WORK_BYTES {
        let bytes = message.len();
        let fault = format!("the message has {bytes} bytes; a message has at most {MAX_WORK_BYTES}");
        return Err(Rejected::new("", fault, message));
    }
    let Head { v, kind } = parse(message)?;
    let knows = |name: &str, known: u8| {
        let fault = || format!("{name} version {v} is unknown; this build reads version {known}");
        if v == known { Ok(()) } else { Err(Rejected::new("v", fault(), message)) }
    };
    match kind.as_deref() {
        Some(SIGNAL) => knows("signal", SIGNAL_VERSION).and_then(|()| parse(message)).map(Work::Signal),
        Some(SUPPORT) => knows("support", SUPPORT_VERSION).and_then(|()| parse(message)).map(Work::Support),
        _ => knows("nudge", NUDGE_VERSION).and_then(|()| parse(message)).map(Work::Nudge),
    }
}

fn parse<'a, T: Deserialize<'a>>(message: &'a [u8]) -> Result<T, Rejected> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(message)).map_err(|error| {
        let path = error.path().to_string();
        Rejected::new(path.trim_start_matches('.'), fault_text(error.inner()), message)
    })
}

#[cfg(test)]
mod tests;
