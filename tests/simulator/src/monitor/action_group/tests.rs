use serde_json::json;

use super::*;
use crate::chance::Seed;

/// The end of an alert: its number, and the reason when it was lost.
type End = (u64, Option<String>);

struct Bench {
    clock: Clock,
    group: ActionGroup,
    ends: Arc<Mutex<Vec<End>>>,
}

fn bench() -> Bench {
    let arm = Arm::new(Seed(7), Clock::default());
    let ends = Arc::<Mutex<Vec<_>>>::default();
    let heard = Arc::clone(&ends);
    arm.watchers().watch(Arc::new(move |happening| match happening {
        Happening::AlertDelivered { id, .. } => heard.lock().unwrap().push((*id, None)),
        Happening::AlertLost { id, reason } => heard.lock().unwrap().push((*id, Some(reason.clone()))),
        _ => {}
    }));
    let url = "https://app.example/api/alerts?code=k".parse().unwrap();
    Bench { clock: arm.clock().clone(), group: ActionGroup::calling(url, &arm), ends }
}

impl Bench {
    /// Answers every call with `outcome` until none waits; answers the seconds at which calls came.
    fn answer_all(&self, outcome: Outcome) -> Vec<i64> {
        let mut calls = Vec::new();
        while let Some(due) = self.group.next_due() {
            self.clock.advance_to(due);
            for call in self.group.take_due() {
                calls.push(self.clock.now().duration_since(crate::clock::EPOCH).as_secs());
                self.group.settle(call, outcome);
            }
        }
        calls
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance_by(jiff::SignedDuration::from_secs(seconds));
    }
}

#[test]
fn a_call_carries_the_alert_the_key_and_the_length_of_its_body() {
    let bench = bench();
    bench.group.alert(&json!({"schemaId": "azureMonitorCommonAlertSchema"}));
    let [call] = bench.group.take_due().try_into().unwrap();
    let request = call.request();
    assert_eq!((request.method.as_str(), request.url.query()), ("POST", Some("code=k")));
    assert_eq!(&request.body[..], br#"{"schemaId":"azureMonitorCommonAlertSchema"}"#);
    assert!(request.headers.contains(&("content-length".to_owned(), "44".to_owned())), "{request:?}");
}

#[test]
fn five_retries_follow_what_may_be_over_soon() {
    for outcome in [408, 429, 503, 504].map(Outcome::Answered).into_iter().chain([Outcome::NoAnswer]) {
        let bench = bench();
        bench.group.alert(&json!({}));
        assert_eq!(bench.answer_all(outcome), [0, 5, 25, 30, 70, 75], "{outcome:?}");
        assert_eq!(*bench.ends.lock().unwrap(), [(1, Some("all retries failed".to_owned()))]);
    }
}

#[test]
fn other_answers_end_the_matter() {
    for (status, lost) in [(200, false), (202, false), (204, false), (301, true), (401, true), (500, true)] {
        let bench = bench();
        bench.group.alert(&json!({}));
        assert_eq!(bench.answer_all(Outcome::Answered(status)), [0], "{status}");
        let ends = bench.ends.lock().unwrap().clone();
        assert_eq!(ends.iter().map(|(_, reason)| reason.is_some()).collect::<Vec<_>>(), [lost], "{status}");
    }
}

#[test]
fn after_retries_in_vain_nobody_is_called_for_a_quarter_of_an_hour() {
    let bench = bench();
    bench.group.alert(&json!({}));
    bench.answer_all(Outcome::NoAnswer);
    bench.pass(15 * 60 - 1);
    bench.group.alert(&json!({}));
    assert_eq!(bench.answer_all(Outcome::Answered(200)), Vec::<i64>::new());
    bench.pass(1);
    bench.group.alert(&json!({}));
    assert_eq!(bench.answer_all(Outcome::Answered(200)), [75 + 900]);
    let lost: Vec<_> = bench.ends.lock().unwrap().iter().map(|(id, lost)| (*id, lost.is_some())).collect();
    assert_eq!(lost, [(1, true), (2, true), (3, false)]);
}
