//! `docs/requirements.md` says where each requirement is realised and which test proves it. Here every reference in it,
//! and in the other documents, is followed.

use std::{fs, path::PathBuf};

use regex::Regex;

/// The lines that the table answers for, each in exactly one row.
const COVERED: [&str; 44] = [
    "R21", "R34", "R35", "R36", "R45", "R46", "R47", "R49", "R59", "R60", "R72", "R75", "R76", "C01", "C02",
    "C03", "C04", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12", "C13", "C14", "C15", "C16", "C17",
    "C20", "C24", "C25", "C29", "C32", "C33", "C37", "U01", "U02", "U06", "U07", "U08", "U12", "U15",
];

/// Documents whose references must lead somewhere.
const DOCUMENTS: [&str; 6] = [
    "README.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/operations.md",
    "docs/requirements.md",
    "docs/threat-model.md",
];

fn workspace(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(workspace(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A row of the table: a requirement's line, where it is realised, and what proves it.
struct Row {
    line: String,
    realised: Vec<Reference>,
    proved: Vec<Reference>,
}

fn rows() -> Vec<Row> {
    let table = read("docs/requirements.md");
    let cells = |text: &str| text.trim_matches('|').split(" | ").map(str::to_owned).collect::<Vec<_>>();
    let rows = table.lines().filter(|line| line.starts_with("| ")).map(cells);
    rows.filter(|cells| pattern("^ ?[RCU][0-9]{2}$").is_match(&cells[0]))
        .map(|cells| Row {
            line: cells[0].trim().to_owned(),
            realised: references(&cells[1]),
            proved: references(&cells[2]),
        })
        .collect()
}

/// A path of the repository, and a symbol in that file.
#[derive(Debug)]
struct Reference {
    path: String,
    symbol: Option<String>,
}

/// Everything in backticks that begins with a folder of the repository, and is no pattern.
fn references(text: &str) -> Vec<Reference> {
    let quoted = pattern(
        "`((?:handlers|tests|xtask|docs|function-definitions)/[A-Za-z0-9_./-]*)(?:::([A-Za-z0-9_]+))?`",
    );
    let found = quoted.captures_iter(text);
    found
        .map(|found| Reference {
            path: found[1].to_owned(),
            symbol: found.get(2).map(|symbol| symbol.as_str().to_owned()),
        })
        .collect()
}

impl Reference {
    /// What is wrong with it, if anything.
    fn fault(&self) -> Option<String> {
        let Self { path, symbol } = self;
        if !workspace(path).exists() {
            return Some(format!("there is no {path}"));
        }
        let symbol = symbol.as_ref()?;
        let item = format!(r"\b(fn|struct|enum|trait|type|const|static|mod) {symbol}\b");
        (!pattern(&item).is_match(&read(path))).then(|| format!("{path} has no item {symbol}"))
    }

    fn is_test(&self) -> bool {
        let Some(symbol) = &self.symbol else { return false };
        let test = format!(r"#\[(tokio::)?test[^\n]*\n(\s*#\[[^\n]*\n)*\s*(async )?fn {symbol}\b");
        workspace(&self.path).is_file() && pattern(&test).is_match(&read(&self.path))
    }
}

#[test]
fn every_covered_line_has_exactly_one_row() {
    let mut lines: Vec<String> = rows().into_iter().map(|row| row.line).collect();
    lines.sort();
    let mut covered = COVERED.map(str::to_owned).to_vec();
    covered.sort();
    assert_eq!(lines, covered);
}

#[test]
fn every_row_says_where_and_names_a_test_that_exists() {
    for Row { line, realised, proved } in rows() {
        assert!(!realised.is_empty(), "{line} is realised nowhere");
        assert!(!proved.is_empty(), "{line} is proved by nothing");
        for reference in proved {
            assert!(reference.is_test(), "{line}: {reference:?} is no test");
        }
    }
}

#[test]
fn every_reference_of_the_documents_leads_somewhere() {
    let dead: Vec<String> = DOCUMENTS
        .iter()
        .flat_map(|document| {
            let faults = references(&read(document)).into_iter().filter_map(|reference| reference.fault());
            faults.map(move |fault| format!("{document}: {fault}"))
        })
        .collect();
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let link = pattern(r"\]\(([^)#:]+)(#[^)]*)?\)");
    for document in DOCUMENTS {
        let folder = workspace(document).parent().map(PathBuf::from).unwrap_or_default();
        for found in link.captures_iter(&read(document)) {
            assert!(folder.join(&found[1]).exists(), "{document} links to {}", &found[1]);
        }
    }
}
