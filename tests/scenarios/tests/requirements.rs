//! `docs/requirements.md` says where each requirement is realised and which test proves it. Here every reference in it,
//! and in the other documents, is followed.

use std::{fs, path::PathBuf};

use regex::Regex;

/// The lines that the table answers for, each in exactly one row.
const COVERED: [&str; 126] = [
    "R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R10", "R11", "R12", "R13", "R14", "R15",
    "R16", "R17", "R18", "R19", "R20", "R21", "R24", "R25", "R26", "R27", "R28", "R29", "R30", "R31", "R32",
    "R33", "R34", "R35", "R36", "R37", "R39", "R40", "R41", "R42", "R44", "R45", "R46", "R47", "R48", "R49",
    "R50", "R51", "R52", "R53", "R54", "R55", "R56", "R57", "R58", "R59", "R60", "R61", "R62", "R63", "R64",
    "R65", "R66", "R67", "R68", "R69", "R70", "R71", "R72", "R73", "R74", "R75", "R76", "R77", "R78", "R79",
    "R80", "R81", "R82", "R83", "R84", "R85", "R86", "R87", "R88", "R89", "R90", "C01", "C02", "C03", "C04",
    "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12", "C13", "C14", "C15", "C16", "C17", "C19", "C20",
    "C21", "C22", "C23", "C24", "C25", "C29", "C31", "C32", "C33", "C37", "C38", "U01", "U02", "U03", "U04",
    "U05", "U06", "U07", "U08", "U12", "U15",
];

/// Checks of infrastructure that aren't Rust; what they check is named by their steps.
const INFRA_CHECK: &str = "infra/check";

/// Documents whose references must lead somewhere.
const DOCUMENTS: [&str; 11] = [
    "README.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/certificates.md",
    "docs/cost.md",
    "docs/decisions.md",
    "docs/deploy.md",
    "docs/operations.md",
    "docs/regions.md",
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
        "`((?:handlers|tests|xtask|docs|function-definitions|infra|\\.github)/[A-Za-z0-9_./-]*)(?:::([A-Za-z0-9_]+))?`",
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
        // Of Rust, of Bicep, and a function of a shell script.
        let item = format!(
            r"\b(fn|struct|enum|trait|type|const|static|mod|resource|module|func|param|var|output) {symbol}\b|(?m)^{symbol}\(\)"
        );
        (!pattern(&item).is_match(&read(path))).then(|| format!("{path} has no item {symbol}"))
    }

    /// A test, or a step of the checks that need no compiler of ours.
    fn is_test(&self) -> bool {
        let Some(symbol) = &self.symbol else { return false };
        if self.path == INFRA_CHECK {
            return pattern(&format!("(?m)^step {symbol}$")).is_match(&read(&self.path));
        }
        let test = format!(r"#\[(tokio::)?test[^\n]*\n(\s*#\[[^\n]*\n)*\s*(async )?fn {symbol}\b");
        workspace(&self.path).is_file() && pattern(&test).is_match(&read(&self.path))
    }

    /// Something that is proved by reading it.
    fn is_document(&self) -> bool {
        PathBuf::from(&self.path).extension().is_some_and(|it| it == "md")
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
        let is_told = realised.iter().all(Reference::is_document);
        assert!(is_told || !proved.is_empty(), "{line} is proved by nothing");
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
    let link = pattern(r"\]\(([^)#:]*)(?:#([^)]*))?\)");
    for document in DOCUMENTS {
        let folder = workspace(document).parent().map(PathBuf::from).unwrap_or_default();
        for found in link.captures_iter(&read(document)) {
            let to = if found[1].is_empty() { workspace(document) } else { folder.join(&found[1]) };
            assert!(to.exists(), "{document} links to {}", &found[1]);
            let Some(anchor) = found.get(2).map(|anchor| anchor.as_str()) else { continue };
            let text = fs::read_to_string(&to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
            assert!(anchors(&text).any(|it| it == anchor), "{document} links to {}#{anchor}", &found[1]);
        }
    }
}

/// What the headings of a document are linked by.
fn anchors(document: &str) -> impl Iterator<Item = String> {
    let headings = document.lines().filter_map(|line| line.strip_prefix('#'));
    headings.map(|heading| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        heading
            .chars()
            .filter(|it| it.is_alphanumeric() || " -_".contains(*it))
            .collect::<String>()
            .replace(' ', "-")
    })
}
