use serde_json::json;

use super::*;
use crate::functions_host::settings::AppSettings;

fn reply_to(outputs: Option<&str>) -> HttpReply {
    let bindings = json!({"bindings": [
        {"type": "httpTrigger", "name": "req", "direction": "in"},
        {"type": "http", "name": "res", "direction": "out"}]});
    let function = FunctionDefinition::from_json("f", bindings, &AppSettings::default()).unwrap();
    let outputs = outputs.map(|text| Token::parse(text).unwrap().members().to_vec());
    reply(&function, &Answer { outputs, ..Answer::default() })
}

fn res(res: &str) -> HttpReply {
    reply_to(Some(&format!(r#"{{"res":{res}}}"#)))
}

#[test]
fn status_headers_and_a_string_body_go_to_the_caller() {
    let reply = res(
        r#"{"statusCode":"201","headers":{"content-type":"application/json","X-Count":2},"body":"{\"a\":1}"}"#,
    );
    assert_eq!(reply.status, 201);
    assert_eq!(reply.header("Content-Type"), Some("application/json; charset=utf-8"));
    assert_eq!(reply.header("x-count"), Some("2"));
    assert_eq!(reply.body, r#"{"a":1}"#);
}

#[test]
fn without_a_status_it_is_200_and_the_member_status_means_nothing() {
    assert_eq!(res(r#"{"status":404,"body":"x"}"#).status, 200);
    assert_eq!(res(r#"{"statusCode":404}"#).status, 404);
}

#[test]
fn an_object_body_is_indented_and_a_date_body_re_spelled() {
    assert_eq!(res(r#"{"body":{"a":1}}"#).body, "{\n  \"a\": 1\n}");
    assert_eq!(res(r#"{"body":"2026-03-04T05:06:07Z"}"#).body, "03/04/2026 05:06:07");
    assert_eq!(res("{}").header("content-type"), Some("text/plain; charset=utf-8"));
}

#[test]
fn missing_outputs_have_their_own_replies() {
    assert_eq!(reply_to(None), HttpReply::bare(204));
    assert_eq!((reply_to(Some("{}")).status, reply_to(Some("{}")).body), (200, "{}".to_owned()));
}

#[test]
fn what_is_no_reply_is_500() {
    for broken in [r#""plain text""#, "5", "[]", "null", r#"{"headers":{"X-List":["a"]}}"#] {
        assert_eq!(res(broken).status, 500, "{broken}");
    }
}
