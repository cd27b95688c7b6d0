//! Diagnostics of the compiler, in the format SARIF.

use serde::Deserialize;

/// One remark of the compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    /// `BCP037` and the like.
    pub code: String,
    pub message: String,
    /// Line of the program, counted from 1.
    pub line: usize,
}

/// Reads the compiler's report.
pub(crate) fn parse(report: &[u8]) -> serde_json::Result<Vec<Diagnostic>> {
    let report: Report = serde_json::from_slice(report)?;
    let results = report.runs.into_iter().flat_map(|run| run.results);
    Ok(results.map(Diagnostic::from).collect())
}

impl From<Finding> for Diagnostic {
    fn from(finding: Finding) -> Self {
        let line = finding.locations.first().map_or(0, |place| place.physical_location.region.start_line);
        Self { code: finding.rule_id, message: essence(&finding.message.text).to_owned(), line }
    }
}

/// The message without the closing advice and the link to the documentation, which are the same for all.
fn essence(message: &str) -> &str {
    let end =
        [" If this is a resource type definition", " [https://"].iter().filter_map(|tail| message.find(tail));
    &message[..end.min().unwrap_or(message.len())]
}

#[derive(Deserialize)]
struct Report {
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    results: Vec<Finding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: String,
    message: Message,
    #[serde(default)]
    locations: Vec<Location>,
}

#[derive(Deserialize)]
struct Message {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Deserialize)]
struct PhysicalLocation {
    region: Region,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
}

#[cfg(test)]
mod tests;
