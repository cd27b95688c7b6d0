use fleet_core::trigger::NudgeKind;

use super::*;

const CLUSTER: &str =
    "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-weu";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn item(json: impl Into<String>) -> EventItem<'static> {
    EventItem { path: "Data.event".to_owned(), json: json.into().into() }
}

fn write(id: &str, time: &str) -> String {
    format!(
        r#"{{"id":"{id}","eventType":"Microsoft.Resources.ResourceWriteSuccess","eventTime":"{time}","subject":"{CLUSTER}","data":{{}}}}"#
    )
}

#[test]
fn a_nudge_keeps_kind_subject_id_and_times_and_nothing_else() {
    let triaged = triage(&[item(write("e1", "1970-01-01T00:00:05.1234567Z"))], at(60));
    assert_eq!(
        triaged.nudges,
        [Nudge {
            v: NUDGE_VERSION,
            kind: NudgeKind::ClusterChanged,
            subject: ArmId::parse(CLUSTER).expect("an id"),
            event_id: "e1".to_owned(),
            event_time: Timestamp::new(5, 123_456_700).expect("in range"),
            enqueued: at(60),
        }]
    );
}

#[test]
fn of_several_events_about_one_subject_the_latest_speaks() {
    let events = [("early", "00:00:01Z"), ("latest", "00:00:09Z"), ("middle", "00:00:05Z")];
    let items: Vec<EventItem<'_>> =
        events.iter().map(|(id, time)| item(write(id, &format!("1970-01-01T{time}")))).collect();
    let triaged = triage(&items, at(60));
    let [nudge] = triaged.nudges.as_slice() else { panic!("one nudge, not {:?}", triaged.nudges) };
    assert_eq!((nudge.event_id.as_str(), nudge.event_time), ("latest", at(9)));
}

#[test]
fn a_time_that_is_absent_unset_or_unreadable_is_the_invocations() {
    for time in ["", "0001-01-01T00:00:00.0000000Z", "yesterday"] {
        let triaged = triage(&[item(write("e", time))], at(60));
        assert_eq!(triaged.nudges[0].event_time, at(60), "{time}");
    }
}

#[test]
fn every_row_of_the_table_is_found_in_any_letter_case() {
    for row in decoders::ROWS {
        for event_type in [row.event_type.to_owned(), row.event_type.to_ascii_uppercase()] {
            let json = format!(r#"{{"type":"{event_type}","subject":"{CLUSTER}"}}"#);
            assert_eq!(triage(&[item(json)], at(0)).nudges.len(), 1, "{event_type}");
        }
    }
}

#[test]
fn only_a_deletion_that_succeeded_removes_a_cluster() {
    let removes = |row: &&decoders::Row| {
        let json = format!(r#"{{"type":"{}","subject":"{CLUSTER}"}}"#, row.event_type);
        triage(&[item(json)], at(0)).nudges[0].kind == NudgeKind::ClusterRemoved
    };
    let removing: Vec<&str> = decoders::ROWS.iter().filter(removes).map(|row| row.event_type).collect();
    assert_eq!(
        removing,
        ["Microsoft.Resources.ResourceDeleteSuccess", "Microsoft.ResourceNotifications.Resources.Deleted"]
    );
}

#[test]
fn a_rejection_says_where_and_keeps_the_input() {
    let triaged = triage(&[item(r#"{"id":"e","data":{"a":1}}"#)], at(0));
    let [rejected] = triaged.rejected.as_slice() else { panic!("one rejection") };
    assert_eq!(rejected.path, "Data.event.eventType");
    assert!(rejected.fault.contains("no type"), "{}", rejected.fault);
    assert_eq!(rejected.raw["data"]["a"], 1);
}

#[test]
fn a_fault_never_quotes_what_may_be_claims() {
    let events = [
        r#"{"type":"Microsoft.Resources.ResourceWriteSuccess","data":"{\"claims\":{\"upn\":\"someone\"}}"}"#,
        r#"{"type":"Microsoft.ResourceNotifications.Resources.Deleted","data":{"resourceInfo":"someone"}}"#,
    ];
    for event in events {
        let triaged = triage(&[item(event)], at(0));
        let [rejected] = triaged.rejected.as_slice() else { panic!("one rejection") };
        assert!(!rejected.fault.contains("someone"), "{}", rejected.fault);
    }
    let body = br#"{"Data":"someone"}"#;
    let triaged = triage_invocation(body, || at(0));
    assert!(!triaged.rejected[0].fault.contains("someone"), "{}", triaged.rejected[0].fault);
}

#[test]
fn the_answer_queues_nudges_and_parks_rejections() {
    let items = [item(write("e1", "1970-01-01T00:00:05Z")), item("{}"), item(r#"{"type":"Contoso.Other"}"#)];
    let answer = triage(&items, at(60)).to_answer().expect("an answer");
    assert_eq!((answer.count(binding::WORK), answer.count(binding::REJECTED)), (1, 1));
}

#[test]
fn a_nudge_survives_the_queue_and_the_hosts_indentation() {
    let triaged = triage(&[item(write("e1", "1970-01-01T00:00:05Z"))], at(60));
    let sent = serde_json::to_string_pretty(&triaged.nudges[0]).expect("serialises");
    assert_eq!(nudge::decode(sent.as_bytes()).expect("a nudge"), triaged.nudges[0]);
}

#[test]
fn a_nudge_of_another_version_is_rejected_for_its_version() {
    let rejected = nudge::decode(br#"{"v":2,"soul":"new"}"#).expect_err("unknown");
    assert_eq!(rejected.path, "v");
    assert!(rejected.fault.contains("version 2"), "{}", rejected.fault);
}

#[test]
fn what_is_no_nudge_is_rejected_at_its_fault() {
    let with_subject = |subject: &str| {
        format!(r#"{{"v":1,"kind":"sweep","subject":"{subject}","eventId":"e","eventTime":1,"enqueued":1}}"#)
    };
    assert!(nudge::decode(with_subject("/subscriptions/s").as_bytes()).is_ok());
    let cases = [
        (with_subject("nowhere"), "subject"),
        (with_subject("/subscriptions/s").replace("sweep", "fly"), "kind"),
        ("[]".to_owned(), ""),
        (String::new(), ""),
        (" ".repeat(20_000), ""),
    ];
    for (message, path) in cases {
        let rejected = nudge::decode(message.as_bytes()).expect_err("no nudge");
        assert_eq!(rejected.path, path, "{}", rejected.fault);
    }
}
