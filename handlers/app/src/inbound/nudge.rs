//! Nudges as they come back from the `fleet-work` queue.

use fleet_core::trigger::{NUDGE_VERSION, Nudge};
use serde::Deserialize;

use super::rejected::Rejected;
use crate::envelope::fault_text;

/// The largest nudge read, in bytes: an id of 2 KiB and an event id, with room for the host's indentation.
const MAX_NUDGE_BYTES: usize = 16 * 1_024;

#[derive(Deserialize)]
struct Versioned {
    v: u8,
}

/// Reads a nudge from a message's bytes.
///
/// # Errors
/// When the bytes are no nudge, or one of a version that this build does not know. Such a message can never succeed
/// here; the version is looked at first, since another version's fields mean nothing to us.
pub fn decode(message: &[u8]) -> Result<Nudge, Rejected> {
    if message.len() > MAX_NUDGE_BYTES {
        let fault = format!("the message has {} bytes; a nudge has at most {MAX_NUDGE_BYTES}", message.len());
        return Err(Rejected::new("", fault, message));
    }
    let Versioned { v } = parse(message)?;
    if v != NUDGE_VERSION {
        let fault = format!("nudge version {v} is unknown; this build reads version {NUDGE_VERSION}");
        return Err(Rejected::new("v", fault, message));
    }
    parse(message)
}

fn parse<'a, T: Deserialize<'a>>(message: &'a [u8]) -> Result<T, Rejected> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(message)).map_err(|error| {
        let path = error.path().to_string();
        Rejected::new(path.trim_start_matches('.'), fault_text(error.inner()), message)
    })
}
