//! What the documents promise to explain, and what they give to copy, held against the code.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use fleet_core::{command::Order, config::FleetConfig, trigger::NudgeKind};
use fleet_handler::{
    envelope::EventItem,
    functions,
    inbound::{Triaged, triage},
    settings::VARIABLES,
};
use fleet_local::estate::NEWCOMER;
use jiff::Timestamp;
use regex::Regex;
use serde_json::Value;

/// A cluster's id, in place of what the reader is to fill in.
const CLUSTER: &str = "/subscriptions/5b0c6b2e-7c1d-4d0a-9a57-0d6f1c2e3a01/resourceGroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/aks";

/// Enums whose variants a person meets on the page, in the journal or in a log.
const EXPLAINED: [&str; 14] = [
    "Hold",
    "Refusal",
    "Despite",
    "RefusedBy",
    "OutOfScope",
    "NotReady",
    "Owner",
    "FaultClass",
    "Source",
    "Alarm",
    "Status",
    "NudgeKind",
    "Asks",
    "UpdateAction",
];

/// The same of enums whose name says little without their module: a person meets `traffic::Busy`, not `Reason::Busy`.
const EXPLAINED_BY_MODULE: [(&str, &str); 6] = [
    ("membership", "Reason"),
    ("registry_access", "Reason"),
    ("governance", "Reason"),
    ("traffic", "Reason"),
    ("verdict", "Outcome"),
    ("notice", "Kind"),
];

fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| rust_files(folder));
    files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs")).chain(below).collect()
}

/// `Enum::Variant`, or `module::Variant`, for each variant of the core that a person may meet.
fn variants() -> BTreeSet<String> {
    let body = pattern(r"(?ms)^pub enum ([A-Za-z]+) \{\n(.*?)^\}");
    let variant = pattern(r"(?m)^    ([A-Z][A-Za-z]*)");
    let mut found = BTreeSet::new();
    for file in rust_files(&workspace("handlers/core/src")) {
        let module = file.file_stem().expect("a name").to_string_lossy().into_owned();
        for body in body.captures_iter(&read(&file)) {
            let by_module = EXPLAINED_BY_MODULE.contains(&(module.as_str(), &body[1]));
            let name = if by_module { module.as_str() } else { &body[1] };
            if by_module || EXPLAINED.contains(&name) {
                found.extend(
                    variant.captures_iter(&body[2]).map(|variant| format!("{name}::{}", &variant[1])),
                );
            }
        }
    }
    found
}

/// The same names as `docs/operations.md` has them in its tables.
fn explained() -> BTreeSet<String> {
    let name = pattern("`([A-Za-z_]+::[A-Z][A-Za-z]*)`");
    let document = read(&workspace("docs/operations.md"));
    let rows = document.lines().filter(|line| line.starts_with('|'));
    rows.flat_map(|row| name.captures_iter(row).map(|name| name[1].to_owned()).collect::<Vec<_>>()).collect()
}

#[test]
fn operations_explain_every_reason_for_standing_still_and_no_other() {
    let (known, explained) = (variants(), explained());
    let modules = EXPLAINED_BY_MODULE.map(|(module, _)| module);
    for name in EXPLAINED.into_iter().chain(modules) {
        assert!(known.iter().any(|it| it.starts_with(&format!("{name}::"))), "{name} is found: {known:?}");
    }
    let missing: Vec<_> = known.difference(&explained).collect();
    let gone: Vec<_> = explained.difference(&known).collect();
    assert!(missing.is_empty() && gone.is_empty(), "missing {missing:?}, no longer there {gone:?}");
}

#[test]
fn operations_explain_every_setting_queue_function_and_command() {
    let document = read(&workspace("docs/operations.md"));
    let functions = functions::routes();
    let functions = functions.iter().map(fleet_handler::host::Route::function);
    let names = VARIABLES.into_iter().chain(fleet_local::world::QUEUES).chain(Order::NAMES);
    for name in names.chain(functions) {
        assert!(document.contains(&format!("| `{name}` |")), "{name} has no row");
    }
}

/// The block of a document that follows the line ``` + `language` and contains `mark`.
fn block(document: &str, language: &str, mark: &str) -> String {
    let blocks = pattern(&format!(r"(?ms)^```{language}\n(.*?)^```"));
    let text = read(&workspace(document));
    let found = blocks.captures_iter(&text).map(|block| block[1].to_owned()).find(|text| text.contains(mark));
    found.unwrap_or_else(|| panic!("{document} has no {language} block with {mark}"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

#[test]
fn the_configuration_in_the_readme_is_one() {
    let config = FleetConfig::parse(&block("README.md", "json", "\"fleet\""));
    assert!(config.is_ok(), "{config:?}");
}

#[test]
fn the_sections_in_operations_complete_the_configuration_in_the_readme() {
    for section in ["updates", "health"] {
        let mut config = json(&block("README.md", "json", "\"fleet\""));
        config[section] =
            json(&block("docs/operations.md", "json", &format!("\"{section}\"")))[section].take();
        let text = config.to_string().replace("<the cluster's resource id>", CLUSTER);
        let config = FleetConfig::parse(&text);
        assert!(config.is_ok(), "{config:?}");
    }
}

#[test]
fn the_event_in_the_readme_nudges_about_the_cluster_that_serve_makes() {
    let command = block("README.md", "sh", "aeg-event-type");
    let json = command.split('\'').find(|part| part.trim_start().starts_with('[')).expect("a body in quotes");
    let event = json.trim().trim_start_matches('[').trim_end_matches(']').to_owned();
    let item = EventItem { path: "event".to_owned(), json: Cow::Owned(event) };
    let Triaged { nudges, signals: _, support: _, ignored, rejected } =
        triage(&[item], Timestamp::UNIX_EPOCH);
    assert!(ignored.is_empty() && rejected.is_empty(), "{ignored:?} {rejected:?}");
    let told: Vec<_> = nudges.iter().map(|nudge| (nudge.kind, nudge.subject.name())).collect();
    assert_eq!(told, [(NudgeKind::ClusterChanged, NEWCOMER.cluster)]);
}
