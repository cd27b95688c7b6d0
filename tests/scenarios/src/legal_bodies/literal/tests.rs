use std::io::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use super::{string, write};
use crate::legal_bodies::compiler::{Compiler, Surroundings};

fn text(value: &Value) -> String {
    write(value, "").rows.iter().map(|row| format!("{}\n", row.text)).collect()
}

#[test]
fn a_value_takes_a_line_and_knows_its_path() {
    let value = json!({"a": [{"b.c": null}, true], "d": {}});
    let rows: Vec<_> =
        write(&value, "value[2]").rows.into_iter().map(|row| (row.text, row.path, row.is_null)).collect();
    let expected = [
        ("{", "value[2]"),
        ("  'a': [", "value[2].a"),
        ("    {", "value[2].a[0]"),
        ("      'b.c': null", "value[2].a[0]['b.c']"),
        ("    }", "value[2].a[0]"),
        ("    true", "value[2].a[1]"),
        ("  ]", "value[2].a"),
        ("  'd': {}", "value[2].d"),
        ("}", "value[2]"),
    ];
    assert_eq!(rows, expected.map(|(text, path)| (text.to_owned(), path.to_owned(), text.ends_with("null"))));
}

#[test]
fn what_bicep_would_read_as_syntax_is_escaped() {
    assert_eq!(string("it's ${a} \\ $b"), r"'it\'s \${a} \\ \$b'");
    assert_eq!(string("a\r\n\tb\0\u{2028}"), r"'a\r\n\tb\u{0}\u{2028}'");
    assert_eq!(string("größe 🚢"), "'größe 🚢'");
}

#[test]
fn a_number_without_a_type_is_reported_by_its_path() {
    let literal = write(&json!({"a": [1.5, i64::MIN], "b": u64::MAX}), "");
    assert_eq!(literal.unjudged, ["a[0]", "b"]);
    assert_eq!(literal.rows[2].text, "    json('1.5')");
    assert_eq!(literal.rows[3].text, "    -9223372036854775808");
}

/// Any JSON without the numbers that have no type. Keys are told apart by more than case, as in ARM.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        r"[\[\]'${}\\\n\r]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let members = prop::collection::btree_map(r"[a-z0-9 .'$\[\\{}\u{e9}]{0,5}", inner.clone(), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The values of a compiled program's variables `v0`, `v1`, … A template doubles a leading bracket, which would
/// otherwise begin an expression.
fn variables(template: &Value, count: usize) -> Vec<Value> {
    (0..count).map(|index| unescaped(&template["variables"][format!("v{index}")])).collect()
}

fn unescaped(value: &Value) -> Value {
    let plain =
        |text: &str| text.strip_prefix('[').filter(|rest| rest.starts_with('[')).unwrap_or(text).to_owned();
    match value {
        Value::String(text) => plain(text).into(),
        Value::Array(items) => items.iter().map(unescaped).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, member)| (plain(key), unescaped(member))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

#[test]
fn the_compiler_reads_back_what_was_written() {
    let Some(compiler) = Compiler::find(&Surroundings::of_this_process()) else {
        let _ = writeln!(std::io::stderr(), "SKIPPED: no Bicep compiler to read literals back");
        return;
    };
    let (mut runner, strategy) = (TestRunner::deterministic(), json_value());
    let mut sample = || strategy.new_tree(&mut runner).expect("a value").current();
    let values: Vec<Value> = (0..128).map(|_| sample()).collect();

    let declarations = values.iter().enumerate();
    let program: String =
        declarations.map(|(index, value)| format!("var v{index} = {}", text(value))).collect();
    let output = compiler.run(&["build", "--no-restore", "--stdout"], &program).expect("the compiler runs");
    let template: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no template:\n{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(variables(&template, values.len()), values);
}
