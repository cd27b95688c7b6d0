//! Polling long-running operations, and the events at their ends.

use jiff::SignedDuration;

use crate::arm::ArmEventKind;
use crate::faults::Effect;

use super::fixture::{FLEETS, Lab, body, text};

#[test]
fn a_status_url_is_longer_than_4000_characters_and_has_a_version_of_its_own() {
    let joined = Lab::new().join("neu");
    let url = &joined.headers["azure-asyncoperation"];
    assert!(url.len() > 4000, "{} characters", url.len());
    assert!(url.contains("api-version=2016-03-30&t="));
}

#[test]
fn a_fleet_operation_is_in_progress_and_then_succeeded() {
    let lab = Lab::new();
    let url = lab.join("neu").headers["azure-asyncoperation"].clone();
    let running = lab.follow(&url);
    assert_eq!((running.status, text(body(&running), "/status")), (200, "InProgress"));
    lab.wait();
    let done = lab.follow(&url);
    assert_eq!((done.status, text(body(&done), "/status")), (200, "Succeeded"));
    assert!(body(&done).get("endTime").is_some() && body(&done).get("error").is_none());
}

#[test]
fn a_location_answers_202_with_a_body_and_another_location_each_time() {
    let lab = Lab::new();
    let first = lab.delete(&lab.member("aks-weu-01"), FLEETS).headers["location"].clone();
    let poll = lab.follow(&first);
    let second = poll.headers["location"].clone();
    assert_eq!((poll.status, text(body(&poll), "/status")), (202, "InProgress"));
    let third = lab.follow(&second).headers["location"].clone();
    assert!(first != second && second != third);
    lab.wait();
    assert_eq!(lab.follow(&third).status, 204);
}

#[test]
fn a_failed_operation_is_read_with_200_and_leaves_the_resource_failed() {
    let lab = Lab::new();
    lab.fail_next("PUT", Effect::OperationFails { code: "InternalServerError".to_owned() });
    let url = lab.join("neu").headers["azure-asyncoperation"].clone();
    lab.wait();
    let failed = lab.follow(&url);
    assert_eq!((failed.status, text(body(&failed), "/status")), (200, "Failed"));
    assert_eq!(text(body(&failed), "/error/code"), "InternalServerError");
    let member = lab.get(&lab.member("neu"), FLEETS);
    assert_eq!(text(body(&member), "/properties/provisioningState"), "Failed");
    assert_eq!(text(body(&member), "/properties/status/lastOperationError/code"), "InternalServerError");
}

#[test]
fn a_stuck_operation_never_ends() {
    let lab = Lab::new();
    lab.fail_next("PUT", Effect::OperationStuck);
    let _ = lab.join("neu");
    lab.arm.clock().advance_by(SignedDuration::from_hours(48));
    let member = lab.get(&lab.member("neu"), FLEETS);
    assert_eq!(text(body(&member), "/properties/provisioningState"), "Joining");
    assert_eq!(lab.arm.next_operation_end(), None);
}

#[test]
fn the_event_of_an_operation_comes_at_its_end() {
    let lab = Lab::new();
    let _ = lab.join("neu");
    assert!(lab.arm.take_events().is_empty());
    let end = lab.arm.next_operation_end().expect("a running operation");
    lab.arm.clock().advance_to(end);
    let events = lab.arm.take_events();
    let [event] = events.as_slice() else { panic!("one event, not {events:?}") };
    assert_eq!((event.kind, event.succeeded, event.at), (ArmEventKind::Write, true, end));
    assert_eq!(event.operation_name, "Microsoft.ContainerService/fleets/members/write");
    assert!(event.caller.is_some());
}

#[test]
fn a_refused_write_raises_a_failure() {
    let lab = Lab::new();
    let _ = lab.join("NEU");
    assert!(lab.arm.take_events().iter().any(|event| !event.succeeded));
}

#[test]
fn how_long_an_operation_takes_depends_on_the_seed_and_the_request_alone() {
    let end = |seed, first: &str, second: &str| {
        let lab = Lab::with_seed(seed);
        let extra = lab.estate.cluster("aks-extra").present();
        for name in [first, second] {
            let cluster = if name == "neu" { &lab.new } else { &extra };
            let request = serde_json::json!({"properties": {"clusterResourceId": cluster}});
            let _ = lab.put(&lab.member(name), FLEETS, &request);
        }
        lab.arm.next_operation_end()
    };
    assert_eq!(end(3, "neu", "extra"), end(3, "extra", "neu"));
}

#[test]
fn retry_after_is_sent_only_when_asked_for() {
    let lab = Lab::new();
    lab.arm.configure(|settings| settings.operation_retry_after_seconds = Some(15));
    let joined = lab.join("neu");
    assert_eq!(joined.headers["retry-after"], "15");
    assert_eq!(lab.follow(&joined.headers["azure-asyncoperation"]).headers["retry-after"], "15");
}
