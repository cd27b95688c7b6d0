//! Whatever arrives: no panic, and an answer with a body.

use std::path::Path;

use fleet_handler::{
    envelope::{Answer, Invocation, binding},
    inbound::{
        alerts::{self, Alert},
        triage_invocation,
        work::{self, Work},
    },
};
use proptest::{prelude::*, test_runner::RngSeed};

use super::{clock, delivering, json_files, posting};

/// The answer that the function would send for a body.
fn answered(body: &[u8]) -> Answer {
    triage_invocation(body, clock).to_answer().expect("nudges and rejections are objects")
}

/// The same of a body that is an HTTP request with an alert.
fn heard(body: &[u8]) -> Answer {
    alerts::read_invocation(body, clock).to_answer().expect("signals and rejections are objects")
}

/// Whether the caller is told something and every signal can be read back from the queue.
fn is_told(alert: &str) -> bool {
    let signals = match alerts::read(alert, clock()) {
        Alert::Signals(signals) if signals.is_empty() => return false,
        Alert::Signals(signals) => signals,
        _ => Vec::new(),
    };
    let survives = |signal| {
        let message = serde_json::to_vec(&signal).expect("serialises");
        work::decode(&message) == Ok(Work::Signal(signal))
    };
    signals.into_iter().all(survives) && is_an_object(&heard(posting(alert).as_bytes()))
}

/// Whether the function answers, and every message of its answer can be read back from the queue.
fn is_queued(body: &[u8]) -> bool {
    let triaged = triage_invocation(body, clock);
    let read = |message: serde_json::Result<Vec<u8>>| work::decode(&message.expect("serialises"));
    // A nudge's time may be finer than the message's.
    triaged.nudges.iter().all(|it| read(serde_json::to_vec(it)).is_ok())
        && triaged.signals.iter().all(|it| read(serde_json::to_vec(it)) == Ok(Work::Signal(it.clone())))
        && triaged.support.iter().all(|it| read(serde_json::to_vec(it)) == Ok(Work::Support(it.clone())))
        && is_an_object(&answered(body))
}

fn is_an_object(answer: &Answer) -> bool {
    serde_json::from_slice::<serde_json::Value>(&answer.to_body()).is_ok_and(|body| body.is_object())
}

/// Every extractor on a body; only their not panicking counts.
fn extract(body: &[u8]) {
    if let Ok(invocation) = Invocation::parse(body) {
        let _ = invocation.now(clock);
        let _ = invocation.timer(binding::TIMER);
        let _ = invocation.request(binding::REQUEST);
        if let Ok(message) = invocation.message(binding::MESSAGE) {
            let _ = work::decode(&message.body);
        }
    }
}

fn fixtures(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    json_files(&folder).into_iter().map(|(_, text)| text).collect()
}

/// A body with a few bytes replaced, or cut short.
fn mutated(bodies: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let body = prop::sample::select(bodies).prop_map(String::into_bytes);
    (
        body,
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(mut body, edits, end, cut)| {
            for (at, byte) in edits {
                let at = at.index(body.len());
                body[at] = byte;
            }
            if cut {
                body.truncate(end.index(body.len()));
            }
            body
        })
}

/// A signal as it stands on the queue.
fn signal() -> String {
    let Alert::Signals(signals) = alerts::read(&fixture("alerts", "metric.origin-health.fired"), clock())
    else {
        panic!("evidence")
    };
    serde_json::to_string(&signals[0]).expect("serialises")
}

fn fixture(folder: &str, name: &str) -> String {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder).join(format!("{name}.json"));
    std::fs::read_to_string(path).expect("a fixture")
}

fn as_values(folder: &str) -> Vec<serde_json::Value> {
    fixtures(folder).iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
}

/// A document with one of its parts, chosen anywhere, replaced by another value.
fn replaced(documents: Vec<serde_json::Value>) -> impl Strategy<Value = serde_json::Value> {
    (prop::sample::select(documents), any::<prop::sample::Index>(), json()).prop_map(
        |(mut document, at, value)| {
            let pointers = pointers(&document);
            *document.pointer_mut(&pointers[at.index(pointers.len())]).expect("a part of it") = value;
            document
        },
    )
}

/// JSON pointers to every part of a value, itself included.
fn pointers(value: &serde_json::Value) -> Vec<String> {
    let parts: Vec<(String, &serde_json::Value)> = match value {
        serde_json::Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        serde_json::Value::Object(members) => {
            members.iter().map(|(key, member)| (key.replace('~', "~0").replace('/', "~1"), member)).collect()
        }
        _ => Vec::new(),
    };
    let below = parts.into_iter().flat_map(|(key, part)| {
        pointers(part).into_iter().map(move |pointer| format!("/{key}{pointer}")).collect::<Vec<_>>()
    });
    std::iter::once(String::new()).chain(below).collect()
}

/// The same cases at every run; another seed is another night's work.
fn seeded() -> ProptestConfig {
    ProptestConfig { cases: 512, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(seeded())]

    #[test]
    fn any_bytes_are_answered_and_rejected(body in prop::collection::vec(any::<u8>(), 0..512)) {
        let answer = answered(&body);
        prop_assert!(is_an_object(&answer));
        prop_assert_eq!(answer.count(binding::REJECTED), 1);
        let answer = heard(&body);
        prop_assert!(is_an_object(&answer));
        prop_assert_eq!(answer.count(binding::REJECTED), 1);
        extract(&body);
        prop_assert!(work::decode(&body).is_err());
    }

    #[test]
    fn any_text_in_place_of_an_alert_is_told(text in ".{0,256}") {
        prop_assert!(is_told(&text));
    }

    #[test]
    fn any_value_in_place_of_an_alert_is_told(alert in json()) {
        prop_assert!(is_told(&alert.to_string()));
    }

    #[test]
    fn any_part_of_an_alert_may_be_anything(alert in replaced(as_values("alerts"))) {
        prop_assert!(is_told(&alert.to_string()));
    }

    #[test]
    fn damaged_alerts_are_told(body in mutated(fixtures("alerts"))) {
        prop_assert!(is_told(&String::from_utf8_lossy(&body)));
    }

    #[test]
    fn damaged_signals_are_read_or_rejected(body in mutated(vec![signal()])) {
        if let Err(rejected) = work::decode(&body) {
            prop_assert_eq!(rejected.bytes, body.len());
        }
    }

    #[test]
    fn any_value_in_place_of_an_event_is_answered(event in json(), wrapped in any::<bool>()) {
        let text = event.to_string();
        let event = if wrapped { serde_json::Value::String(text).to_string() } else { text };
        prop_assert!(is_queued(delivering(&event).as_bytes()));
    }

    #[test]
    fn any_part_of_an_event_may_be_anything(event in replaced(as_values("events"))) {
        prop_assert!(is_queued(delivering(&event.to_string()).as_bytes()));
    }

    #[test]
    fn damaged_events_are_answered(body in mutated(fixtures("events").iter().map(|event| delivering(event)).collect())) {
        prop_assert!(is_queued(&body));
    }

    #[test]
    fn damaged_invocations_are_answered(body in mutated(fixtures("invocations"))) {
        prop_assert!(is_an_object(&answered(&body)));
        prop_assert!(is_an_object(&heard(&body)));
        extract(&body);
    }
}

/// The keys that decoders read.
const KEYS: &[&str] = &[
    "id",
    "type",
    "eventType",
    "subject",
    "topic",
    "source",
    "time",
    "data",
    "resourceUri",
    "authorization",
    "scope",
    "resourceInfo",
    "properties",
    "targetResourceId",
    "availabilityState",
    "gateType",
    "target",
    "eventSource",
    "description",
    "eventDetails",
    "kubernetesVersion",
    "eolDate",
    "daysUntilEOL",
    "schemaId",
    "essentials",
    "alertContext",
    "monitoringService",
    "condition",
];

/// JSON values whose keys are those that decoders look for.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,24}".prop_map(Into::into),
        Just("Microsoft.Resources.ResourceDeleteSuccess".into()),
        Just("Microsoft.ResourceNotifications.Resources.Deleted".into()),
        Just("Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged".into()),
        Just("Microsoft.ResourceNotifications.AKSResources.FleetGateDeleted".into()),
        Just("Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted".into()),
        Just("Microsoft.ContainerService.ClusterSupportEnded".into()),
        Just("EOLNotification".into()),
        Just("azureMonitorCommonAlertSchema".into()),
        Just("Unavailable".into()),
        Just(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c".into()
        ),
    ];
    leaf.prop_recursive(5, 48, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(prop::sample::select(KEYS), inner, 0..8).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

#[test]
fn deep_nesting_is_parked_as_text_that_the_host_can_read() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for event in [format!("{{\"data\":{deep}}}"), deep] {
        let triaged = triage_invocation(delivering(&event).as_bytes(), clock);
        assert!(!triaged.rejected.is_empty());
        assert!(triaged.rejected.iter().all(|rejected| rejected.raw.is_string()), "deep input stays text");
    }
}

#[test]
fn a_deeply_nested_alert_is_parked_as_text_that_the_host_can_read() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let whole = format!(r#"{{"schemaId":"azureMonitorCommonAlertSchema","data":{deep}}}"#);
    for alert in [whole, deep] {
        let Alert::Rejected(rejected) = alerts::read(&alert, clock()) else { panic!("a rejection") };
        assert!(rejected.raw.is_string(), "deep input stays text");
    }
}

#[test]
fn an_event_of_more_than_a_mebibyte_is_rejected_without_being_copied_whole() {
    let event = format!(r#"{{"eventType":"x","data":"{}"}}"#, "y".repeat(1_048_576));
    let triaged = triage_invocation(delivering(&event).as_bytes(), clock);
    let [rejected] = triaged.rejected.as_slice() else { panic!("one rejection") };
    assert_eq!(rejected.bytes, event.len());
    assert!(rejected.raw.as_str().is_some_and(|text| text.len() < 64 * 1_024));
}
