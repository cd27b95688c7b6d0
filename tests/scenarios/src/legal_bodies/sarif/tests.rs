use serde_json::json;

use super::{Diagnostic, parse};

#[test]
fn a_remark_keeps_its_code_line_and_what_it_says_of_its_own() {
    let text = "The property \"bogus\" is not allowed. If this is a resource type definition inaccuracy, report it. [https://aka.ms/x]";
    let region =
        json!({"region": {"startLine": 7, "charOffset": 5}, "artifactLocation": {"uri": "file:///x.bicep"}});
    let report = json!({"version": "2.1.0", "runs": [{"tool": {}, "results": [
        {"ruleId": "BCP037", "message": {"text": text}, "locations": [{"physicalLocation": region}]},
        {"ruleId": "BCP394", "level": "error", "message": {"text": "Refused. [https://aka.ms/y]"}},
    ]}]});
    let read = parse(report.to_string().as_bytes()).expect("a report");
    let bogus = "The property \"bogus\" is not allowed.".to_owned();
    assert_eq!(
        read,
        [
            Diagnostic { code: "BCP037".to_owned(), message: bogus, line: 7 },
            Diagnostic { code: "BCP394".to_owned(), message: "Refused.".to_owned(), line: 0 },
        ]
    );
}

#[test]
fn silence_is_no_report() {
    assert!(parse(b"").is_err());
}
