use serde_json::json;

use super::*;
use crate::functions_host::settings::AppSettings;

/// The bodies sent for an output `value` given as JSON text, with the binding's `dataType`.
fn sent_as(binding: &str, data_type: &str, value: &str) -> Result<Vec<String>, String> {
    let bindings = json!({"bindings": [
        {"type": "eventGridTrigger", "name": "event", "direction": "in"},
        {"type": "serviceBus", "name": binding, "direction": "out", "queueName": "q", "connection": "Bus", "dataType": data_type}]});
    let function = FunctionDefinition::from_json("f", bindings, &AppSettings::default()).unwrap();
    let value = Token::parse(value).unwrap();
    let answer = if binding == "$return" {
        Answer { return_value: Some(value), ..Answer::default() }
    } else {
        Answer { outputs: Some(vec![(binding.to_owned(), value)]), ..Answer::default() }
    };
    Ok(messages(&function, &answer)?
        .into_iter()
        .map(|(_, message)| String::from_utf8_lossy(&message.body).into_owned())
        .collect())
}

fn sent(value: &str) -> Vec<String> {
    sent_as("work", "string", value).unwrap()
}

#[test]
fn an_array_makes_one_message_per_element_each_object_indented() {
    assert_eq!(sent(r#"[{"a":1},{"b":[]}]"#), ["{\n  \"a\": 1\n}", "{\n  \"b\": []\n}"]);
    assert_eq!(sent(r#""[{\"a\":1},\"two words\"]""#), ["{\n  \"a\": 1\n}", "two words"]);
}

#[test]
fn one_object_or_its_text_makes_one_message_with_dates_normalised() {
    let expected = ["{\n  \"at\": \"2026-03-04T05:06:07.12Z\"\n}"];
    assert_eq!(sent(r#"{"at":"2026-03-04T05:06:07.1200000Z"}"#), expected);
    assert_eq!(sent(r#""{\"at\":\"2026-03-04T05:06:07.1200000Z\"}""#), expected);
}

#[test]
fn an_output_that_no_binding_is_named_after_is_a_mistake() {
    let bindings = json!({"bindings": [{"type": "eventGridTrigger", "name": "event", "direction": "in"}]});
    let function = FunctionDefinition::from_json("f", bindings, &AppSettings::default()).unwrap();
    let stray =
        Answer { outputs: Some(vec![("work".to_owned(), Token::Array(Vec::new()))]), ..Answer::default() };
    let fault = messages(&function, &stray).map(|sent| sent.len()).unwrap_err();
    assert_eq!(fault, "output work: the function has no output binding of this name");
}

#[test]
fn nothing_makes_no_message() {
    assert_eq!(sent("null"), Vec::<String>::new());
    assert_eq!(sent("[]"), Vec::<String>::new());
}

#[test]
fn scalars_make_empty_messages() {
    assert_eq!(sent("5"), [""]);
    assert_eq!(sent("true"), [""]);
    assert_eq!(sent("[null]"), [""]);
}

#[test]
fn a_bare_word_that_happens_to_be_base64_is_lost() {
    for word in ["test", "done", "12345678", ""] {
        assert_eq!(sent(&format!("{word:?}")), ["System.Byte[]"], "{word:?}");
        assert_eq!(sent_as("work", "binary", &format!("{word:?}")).unwrap(), [word]);
    }
    assert_eq!(sent(r#"["test"]"#), ["test"]);
    assert_eq!(sent(r#""tests""#), ["tests"]);
}

#[test]
fn the_return_value_is_tried_as_base64_without_its_blanks() {
    assert_eq!(sent_as("$return", "string", r#""rv string""#).unwrap(), ["System.Byte[]"]);
    assert_eq!(sent(r#""rv string""#), ["rv string"]);
}

#[test]
fn a_text_that_is_a_date_is_re_spelled() {
    assert_eq!(sent(r#""2026-03-04T05:06:07Z""#), ["03/04/2026 05:06:07"]);
}

#[test]
fn a_nested_array_is_not_simulated() {
    assert!(sent_as("work", "string", "[[1]]").unwrap_err().contains("output work"));
}
