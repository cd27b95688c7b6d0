use serde::Serialize;

use super::*;

const A_NUDGE: &str =
    r#"{"v":1,"kind":"sweep","subject":"/subscriptions/s","eventId":"e","eventTime":1,"enqueued":1}"#;
const A_SIGNAL: &str = r#"{"v":1,"kind":"healthSignal","source":"nodes","key":"k","about":{"region":"West Europe"},"says":"bad","why":"w","at":1,"eventId":"e"}"#;
const A_STATEMENT: &str = r#"{"v":1,"kind":"supportStated","cluster":"/subscriptions/s","version":"1.31.9","ends":2,"over":true,"eventId":"e","eventTime":1}"#;

#[test]
fn what_is_queued_survives_the_queue_and_the_hosts_indentation() {
    fn survives<T: for<'a> Deserialize<'a> + Serialize>(message: &str, work: fn(T) -> Work) {
        let sent: T = serde_json::from_str(message).expect("a message");
        let indented = serde_json::to_string_pretty(&sent).expect("serialises");
        assert_eq!(decode(indented.as_bytes()), Ok(work(sent)));
    }
    survives(A_NUDGE, Work::Nudge);
    survives(A_SIGNAL, Work::Signal);
    survives(A_STATEMENT, Work::Support);
}

#[test]
fn work_of_another_version_is_rejected_for_its_version() {
    let kinds = [
        (r#""soul":"new""#, "nudge"),
        (r#""kind":"healthSignal""#, "signal"),
        (r#""kind":"supportStated""#, "support"),
    ];
    for (kind, name) in kinds {
        let rejected = decode(format!(r#"{{"v":2,{kind}}}"#).as_bytes()).expect_err("unknown");
        assert_eq!(rejected.path, "v");
        assert!(rejected.fault.contains(&format!("{name} version 2")), "{}", rejected.fault);
    }
}

/// Spoils a message in one place at a time, and sees that it is rejected at the path given.
#[track_caller]
fn rejected_where_spoilt(message: &str, places: &[(&str, &str, &str)]) {
    assert!(decode(message.as_bytes()).is_ok());
    for (right, wrong, path) in places {
        let spoilt = message.replace(right, wrong);
        assert_ne!(spoilt, message, "{right}");
        let rejected = decode(spoilt.as_bytes()).expect_err("spoilt");
        assert_eq!(rejected.path, *path, "{}", rejected.fault);
    }
}

#[test]
fn what_is_no_nudge_is_rejected_at_its_fault() {
    let places = [
        ("/subscriptions/s", "nowhere", "subject"),
        ("sweep", "fly", "kind"),
        (r#""sweep""#, "7", "kind"),
        ("eventId", "soul", "soul"),
    ];
    rejected_where_spoilt(A_NUDGE, &places);
}

#[test]
fn what_is_no_signal_is_rejected_at_its_fault() {
    let places = [
        (r#""nodes""#, r#""rumour""#, "source"),
        (r#"{"region":"West Europe"}"#, r#"{"cluster":"nowhere"}"#, "about.cluster"),
        (r#""bad""#, r#""awful""#, "says"),
        (r#""at":1"#, r#""at":"now""#, "at"),
        (r#""why""#, r#""soul""#, "soul"),
        (r#""eventId":"e""#, r#""eventId":"e","more":1"#, "more"),
    ];
    rejected_where_spoilt(A_SIGNAL, &places);
}

#[test]
fn what_is_no_statement_about_support_is_rejected_at_its_fault() {
    let places = [
        ("/subscriptions/s", "nowhere", "cluster"),
        (r#""1.31.9""#, "1.31", "version"),
        (r#""ends":2"#, r#""ends":"soon""#, "ends"),
        ("true", "1", "over"),
        (r#""eventTime":1"#, r#""eventTime":1,"more":1"#, "more"),
    ];
    rejected_where_spoilt(A_STATEMENT, &places);
}

#[test]
fn what_is_no_message_at_all_is_rejected_as_a_whole() {
    for message in ["[]", "", &" ".repeat(20_000)] {
        assert_eq!(decode(message.as_bytes()).expect_err("no message").path, "");
    }
}
