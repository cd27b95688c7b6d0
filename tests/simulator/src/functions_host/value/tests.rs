use super::*;

fn wire(value: BindingValue) -> String {
    value.on_the_wire().compact()
}

#[test]
fn each_kind_of_value_has_its_form_on_the_wire() {
    let date = dates::utc("2026-03-04T05:06:07.89Z".parse().unwrap());
    let table = [
        (BindingValue::Bytes(b"abc".to_vec()), r#""YWJj""#),
        (BindingValue::Bytes(Vec::new()), r#""""#),
        (BindingValue::DateTime(date), r#""2026-03-04T05:06:07""#),
        (BindingValue::DateTimeOffset(date), r#""2026-03-04T05:06:07+00:00""#),
        (BindingValue::text("hello"), r#""\"hello\"""#),
        (BindingValue::text(r#"{"a":1}"#), r#""\"{\\\"a\\\":1}\"""#),
        (BindingValue::number(3), r#""3""#),
        (BindingValue::Scalar(Token::Bool(true)), r#""true""#),
        (BindingValue::Scalar(Token::Null), r#""null""#),
        (BindingValue::Array(Token::parse(r#"[{"a":1}]"#).unwrap()), r#""[{\"a\":1}]""#),
        (BindingValue::Object(Token::parse(r#"{"a":1}"#).unwrap()), r#"{"a":1}"#),
    ];
    for (value, expected) in table {
        assert_eq!(wire(value.clone()), expected, "{value:?}");
    }
}

#[test]
fn members_of_a_json_message_are_laid_over_as_invariant_text() {
    let table = [
        ("false", Some(r#""\"False\"""#)),
        ("1", Some(r#""\"1\"""#)),
        (r#""2026-03-04T05:06:00Z""#, Some(r#""\"03/04/2026 05:06:00\"""#)),
        (r#"{"force":true}"#, Some(r#"{"force":true}"#)),
        ("[1]", None),
        ("null", None),
    ];
    for (member, expected) in table {
        let laid = BindingValue::laid_over(&serde_json::from_str(member).unwrap());
        assert_eq!(laid.map(wire).as_deref(), expected, "{member}");
    }
}
