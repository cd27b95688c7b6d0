use fleet_core::{
    health::{About, Says, Source},
    trigger::NudgeKind,
    updates::{SUPPORT_VERSION, SupportKind},
};

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
            let json = format!(r#"{{"type":"{event_type}","source":"{CLUSTER}","subject":"{CLUSTER}"}}"#);
            let triaged = triage(&[item(json)], at(0));
            let reasons: Vec<IgnoreReason> = triaged.ignored.iter().map(|ignored| ignored.reason).collect();
            match row.function {
                "cluster-events" => assert_eq!(triaged.nudges.len(), 1, "{event_type}"),
                "fleet-events" if row.event_type.contains("FleetGate") => {
                    assert_eq!(reasons, [IgnoreReason::NoGate], "{event_type}");
                }
                "fleet-events" => {
                    assert_eq!(triaged.nudges.len() + triaged.support.len(), 1, "{event_type}");
                }
                _ if row.event_type.ends_with("ResourceAnnotated") => {
                    assert_eq!(reasons, [IgnoreReason::Annotation], "{event_type}");
                }
                _ => assert_eq!(reasons, [IgnoreReason::NoMachine], "{event_type}"),
            }
        }
    }
}

#[test]
fn only_a_deletion_that_succeeded_removes_a_cluster() {
    let removes = |row: &&decoders::Row| {
        let json = format!(r#"{{"type":"{}","subject":"{CLUSTER}"}}"#, row.event_type);
        let triaged = triage(&[item(json)], at(0));
        triaged.nudges.first().is_some_and(|nudge| nudge.kind == NudgeKind::ClusterRemoved)
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

/// An availability event of the scale set `aks-user1-1`.
fn availability(state: &str, time: &str) -> String {
    let target = format!("{NODE_GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/AKS-user1-1");
    let properties =
        format!(r#"{{"targetResourceId":"{target}","occurredTime":"{time}","availabilityState":"{state}"}}"#);
    let event_type = "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged";
    format!(
        r#"{{"id":"e1","type":"{event_type}","time":"1970-01-01T00:00:30Z","data":{{"resourceInfo":{{"properties":{properties}}}}}}}"#
    )
}

const NODE_GROUP: &str = "/subscriptions/s/resourceGroups/MC_rg_aks-weu";

#[test]
fn a_scale_set_that_is_unavailable_speaks_against_the_cluster_of_its_node_group() {
    let triaged = triage(&[item(availability("Unavailable", "1970-01-01T00:00:05"))], at(60));
    let [signal] = triaged.signals.as_slice() else { panic!("one signal, not {:?}", triaged.signals) };
    assert_eq!((signal.source, signal.says, signal.at), (Source::Nodes, Says::Bad, at(5)));
    assert_eq!((signal.key.as_str(), signal.event_id.as_str()), ("aks-user1-1", "e1"));
    assert_eq!(signal.about, About::NodeGroup(ArmId::parse(NODE_GROUP).expect("an id")));
    assert_eq!(signal.why, "scale set AKS-user1-1 is Unavailable");
}

#[test]
fn availability_without_a_time_of_its_own_has_the_events() {
    let triaged = triage(&[item(availability("Available", "0001-01-01T00:00:00.0000000Z"))], at(60));
    assert_eq!((triaged.signals[0].says, triaged.signals[0].at), (Says::Good, at(30)));
}

#[test]
fn of_several_statements_about_one_scale_set_the_latest_stands_and_at_one_time_the_worse() {
    let said = |events: &[(&str, &str)]| {
        let items: Vec<EventItem<'_>> = events
            .iter()
            .map(|(state, time)| item(availability(state, &format!("1970-01-01T{time}"))))
            .collect();
        triage(&items, at(60)).signals.iter().map(|signal| signal.says).collect::<Vec<_>>()
    };
    let (down, up) = (("Unavailable", "00:00:01Z"), ("Available", "00:00:05Z"));
    assert_eq!(said(&[down, up]), [Says::Good]);
    assert_eq!(said(&[up, down]), [Says::Good]);
    let down_too = ("Unavailable", "00:00:05Z");
    assert_eq!(said(&[down_too, up]), [Says::Bad]);
    assert_eq!(said(&[up, down_too]), [Says::Bad]);
}

#[test]
fn the_answer_queues_statements_beside_nudges() {
    let items = [
        item(write("e1", "1970-01-01T00:00:05Z")),
        item(availability("Available", "1970-01-01T00:00:05Z")),
        item(support("Ending", "e1", "1970-01-01T00:00:05Z")),
    ];
    assert_eq!(triage(&items, at(60)).to_answer().expect("an answer").count(binding::WORK), 3);
}

/// What the topic of the cluster tells about the support of its version.
fn support(what: &str, id: &str, time: &str) -> String {
    format!(
        r#"{{"id":"{id}","eventType":"Microsoft.ContainerService.ClusterSupport{what}","eventTime":"{time}","topic":"{CLUSTER}","subject":"aks-weu","data":{{"kubernetesVersion":"1.31.9\n"}}}}"#
    )
}

#[test]
fn a_statement_about_support_names_the_topics_cluster_and_is_one_line() {
    let triaged = triage(&[item(support("Ended", "e1", "1970-01-01T00:00:05.0004Z"))], at(60));
    assert_eq!(
        triaged.support,
        [SupportStated {
            v: SUPPORT_VERSION,
            kind: SupportKind::SupportStated,
            cluster: ArmId::parse(CLUSTER).expect("an id"),
            version: "1.31.9 ".to_owned(),
            ends: None,
            over: true,
            event_id: "e1".to_owned(),
            event_time: at(5),
        }]
    );
}

#[test]
fn of_several_statements_about_one_clusters_support_the_newest_stands_and_at_one_time_the_end() {
    let said = |events: [(&str, &str); 2]| {
        let items = events.map(|(what, time)| item(support(what, what, &format!("1970-01-01T{time}"))));
        triage(&items, at(60)).support.iter().map(|stated| stated.event_id.clone()).collect::<Vec<_>>()
    };
    let (ending, ended) = (("Ending", "00:00:05Z"), ("Ended", "00:00:01Z"));
    assert_eq!(said([ending, ended]), ["Ending"]);
    assert_eq!(said([ended, ending]), ["Ending"]);
    let ended = ("Ended", "00:00:05Z");
    assert_eq!(said([ending, ended]), ["Ended"]);
    assert_eq!(said([ended, ending]), ["Ended"]);
}

#[test]
fn a_version_of_any_length_becomes_a_short_message() {
    let long = support("Ended", "e1", "").replace("1.31.9", &"9".repeat(20_000));
    assert_eq!(triage(&[item(long)], at(60)).support[0].version.len(), MAX_VERSION_CHARS);
}
