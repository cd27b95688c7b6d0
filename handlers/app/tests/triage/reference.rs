//! The reference payloads, where a checkout has them beside it.

mod alerts;
mod events;

use std::path::{Path, PathBuf};

use super::{clock, json_files};
use fleet_handler::inbound::triage_invocation;

/// A folder of the reference, or a word on stderr that there is none.
fn reference(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder);
    if !path.is_dir() {
        eprintln!("SKIPPED: the reference payloads were not read, there is no folder {}", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn every_reference_invocation_is_read() {
    let Some(folder) = reference("host/samples") else { return };
    for (name, text) in json_files(&folder).into_iter().filter(|(name, _)| name.contains("eventgrid")) {
        let text = text.replace("\"events\": \"[", "\"event\": \"[");
        if name.ends_with(".request.json") {
            assert!(triage_invocation(text.as_bytes(), clock).rejected.is_empty(), "{name}");
        }
    }
}
