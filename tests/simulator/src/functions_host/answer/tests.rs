use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    case: String,
    status: u16,
    content_type: Option<String>,
    body: String,
    verdict: String,
    reason: Option<String>,
    logs: Option<Vec<String>>,
}

#[test]
fn every_answer_in_the_fixture_gets_its_verdict() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../fixtures/host/answers.json")).unwrap();
    for Case { case, status, content_type, body, verdict, reason, logs } in cases {
        match judge(&HandlerAnswer { status, content_type, body: body.into() }) {
            Verdict::Success(answer) => {
                assert_eq!(verdict, "success", "{case}");
                assert_eq!(answer.logs, logs.unwrap_or_default(), "{case}");
            }
            Verdict::Failure(text) => {
                assert_eq!(verdict, "failure", "{case}");
                let reason = reason.unwrap_or_default();
                assert!(text.contains(&reason), "{case}: {text}");
                assert!(!text.contains("lost"), "{case}: the body of a failure is dropped");
            }
            Verdict::Hang => assert_eq!(verdict, "hang", "{case}"),
        }
    }
}

#[test]
fn outputs_are_found_by_binding_in_any_case() {
    let body = r#"{"OUTPUTS":{"Work":[{"a":1}]},"ReturnValue":"rv"}"#;
    let answer =
        HandlerAnswer { status: 200, content_type: Some("application/json".to_owned()), body: body.into() };
    let Verdict::Success(answer) = judge(&answer) else { panic!("a success") };
    assert_eq!(answer.output("work").map(Token::compact).as_deref(), Some(r#"[{"a":1}]"#));
    assert_eq!(answer.output("$return"), Some(&Token::text("rv")));
    assert_eq!(answer.output("other"), None);
}
