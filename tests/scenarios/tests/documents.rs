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

/// Enums whose variants a person meets on the page, in the journal or in a log.
const EXPLAINED: [&str; 12] = [
    "Hold",
    "Reason",
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

/// `Enum::Variant` for each variant of the core that a person may meet. A facet's `Reason` goes by the facet's name.
fn variants() -> BTreeSet<String> {
    let body = pattern(&format!(r"(?ms)^pub enum ({}) \{{\n(.*?)^\}}", EXPLAINED.join("|")));
    let variant = pattern(r"(?m)^    ([A-Z][A-Za-z]*)");
    let mut found = BTreeSet::new();
    for file in rust_files(&workspace("handlers/core/src")) {
        let facet = file.file_stem().expect("a name").to_string_lossy().into_owned();
        for body in body.captures_iter(&read(&file)) {
            let name = if &body[1] == "Reason" { facet.as_str() } else { &body[1] };
            found.extend(variant.captures_iter(&body[2]).map(|variant| format!("{name}::{}", &variant[1])));
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
    assert!(known.len() > EXPLAINED.len(), "the enums are found: {known:?}");
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

/// The block of the README that follows the line ``` + `language` and contains `mark`.
fn block(language: &str, mark: &str) -> String {
    let blocks = pattern(&format!(r"(?ms)^```{language}\n(.*?)^```"));
    let readme = read(&workspace("README.md"));
    let found =
        blocks.captures_iter(&readme).map(|block| block[1].to_owned()).find(|text| text.contains(mark));
    found.unwrap_or_else(|| panic!("README.md has no {language} block with {mark}"))
}

#[test]
fn the_configuration_in_the_readme_is_one() {
    let config = FleetConfig::parse(&block("json", "\"fleet\""));
    assert!(config.is_ok(), "{config:?}");
}

#[test]
fn the_event_in_the_readme_nudges_about_the_cluster_that_serve_makes() {
    let command = block("sh", "aeg-event-type");
    let json = command.split('\'').find(|part| part.trim_start().starts_with('[')).expect("a body in quotes");
    let event = json.trim().trim_start_matches('[').trim_end_matches(']').to_owned();
    let item = EventItem { path: "event".to_owned(), json: Cow::Owned(event) };
    let Triaged { nudges, signals: _, ignored, rejected } = triage(&[item], Timestamp::UNIX_EPOCH);
    assert!(ignored.is_empty() && rejected.is_empty(), "{ignored:?} {rejected:?}");
    let told: Vec<_> = nudges.iter().map(|nudge| (nudge.kind, nudge.subject.name())).collect();
    assert_eq!(told, [(NudgeKind::ClusterChanged, NEWCOMER.cluster)]);
}
