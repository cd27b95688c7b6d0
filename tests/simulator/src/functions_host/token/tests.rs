use super::Token;

#[test]
fn members_keep_their_order_and_characters_stay_unescaped() {
    let text = r#"{"z":"é<>&'","a":[1,true,null],"m":{}}"#;
    assert_eq!(Token::parse(text).unwrap().compact(), text);
}

#[test]
fn a_number_with_an_exponent_is_written_out() {
    assert_eq!(Token::parse("1e3").unwrap().compact(), "1000.0");
}

#[test]
fn a_repeated_member_keeps_its_first_place_and_its_last_value() {
    assert_eq!(Token::parse(r#"{"a":1,"b":2,"a":3}"#).unwrap().compact(), r#"{"a":3,"b":2}"#);
}

#[test]
fn dates_are_rewritten_at_every_depth() {
    let token =
        Token::parse(r#"{"a":["2026-03-04T05:06:07.1200000Z"],"b":{"c":"2026-03-04T05:06:07.0000000Z"}}"#)
            .unwrap();
    assert_eq!(token.compact(), r#"{"a":["2026-03-04T05:06:07.12Z"],"b":{"c":"2026-03-04T05:06:07Z"}}"#);
}

#[test]
fn the_indented_form_uses_two_blanks_and_line_feeds() {
    assert_eq!(
        Token::parse(r#"{"a":[1],"b":[]}"#).unwrap().indented(),
        "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}"
    );
}

#[test]
fn members_are_found_in_any_case_only_when_asked() {
    let token = Token::parse(r#"{"Logs":[]}"#).unwrap();
    assert!(token.get("logs").is_none());
    assert!(token.get_any_case("logs").is_some());
}
