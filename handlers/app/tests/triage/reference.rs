//! The reference payloads, where a checkout has them beside it.

use std::path::{Path, PathBuf};

use super::{clock, json_files, triaged};
use fleet_handler::inbound::{Triaged, triage_invocation};

/// A folder of the reference, or a word on stderr that there is none.
fn reference(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder);
    if !path.is_dir() {
        eprintln!("SKIPPED: the reference payloads were not read, there is no folder {}", path.display());
        return None;
    }
    Some(path)
}

fn outcomes(triaged: &Triaged) -> usize {
    triaged.nudges.len() + triaged.ignored.len() + triaged.rejected.len()
}

#[test]
fn every_reference_event_has_exactly_one_outcome() {
    let Some(folder) = reference("events") else { return };
    for (name, text) in json_files(&folder) {
        if name.contains("batch") {
            continue;
        }
        assert_eq!(outcomes(&triaged(&text)), 1, "{name}");
    }
}

#[test]
fn every_reference_batch_loses_no_event() {
    let Some(folder) = reference("events") else { return };
    for (name, text) in json_files(&folder).into_iter().filter(|(name, _)| name.contains("batch")) {
        let events: Vec<serde_json::Value> = serde_json::from_str(&text).expect(&name);
        let apart: usize = events.iter().map(|event| outcomes(&triaged(&event.to_string()))).sum();
        assert_eq!(apart, events.len(), "{name}");
        assert!(triaged(&text).rejected.is_empty(), "{name}");
    }
}

#[test]
fn every_reference_event_about_a_cluster_is_a_nudge() {
    let Some(folder) = reference("events") else { return };
    for (name, text) in json_files(&folder) {
        let about_cluster = name.contains("managedCluster") || name.contains("agentPool");
        let ours = name.contains("resources-") && !name.contains("fleet");
        if about_cluster && ours {
            assert_eq!(triaged(&text).nudges.len(), 1, "{name}");
        }
    }
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
