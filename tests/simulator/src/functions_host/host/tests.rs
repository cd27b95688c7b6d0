use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::arm::Arm;
use crate::chance::Seed;
use crate::clock::Clock;
use crate::functions_host::bench::{Bench, app, fine};
use crate::functions_host::definition::{Output, OutputTarget};
use crate::functions_host::invocation::event_grid_event;
use crate::functions_host::token::Token;

fn input(subject: &str) -> TriggerInput {
    event_grid_event(Token::object([("subject", Token::text(subject)), ("data", Token::Object(Vec::new()))]))
}

async fn invoke(bench: &Bench, subject: &str) -> Settled {
    let function = bench.host.app().function("events").unwrap().clone();
    let finished = bench.host.run(&function, &input(subject)).await;
    bench.host.settle(finished)
}

fn invocation_ids(bench: &Bench) -> Vec<String> {
    bench.happened(|happening| match happening {
        Happening::InvocationStarted { id, .. } => Some(id.clone()),
        _ => None,
    })
}

#[tokio::test]
async fn the_handler_learns_the_functions_name_and_the_simulated_time() {
    let bench = Bench::new(app(), |_, _| fine());
    invoke(&bench, "aks-weu-01").await;
    let [body] = bench.bodies().try_into().unwrap();
    assert_eq!(body["Data"]["event"]["subject"], "aks-weu-01");
    assert_eq!(body["Metadata"]["sys"]["MethodName"], "events");
    assert_eq!(body["Metadata"]["sys"]["UtcNow"], "2026-03-04T05:00:00Z");
}

#[tokio::test]
async fn an_invocation_is_the_cause_of_calls_with_its_id() {
    let bench = Bench::new(app(), |_, _| fine());
    invoke(&bench, "aks-weu-01").await;
    let [id] = invocation_ids(&bench).try_into().unwrap();
    let cause = bench.arm.causes().get(&id).unwrap();
    assert_eq!((cause.function.as_str(), cause.subject.as_str()), ("events", "aks-weu-01"));
}

#[tokio::test]
async fn ids_hang_on_the_seed_and_on_what_is_invoked_but_never_repeat() {
    let (one, other) = (Bench::new(app(), |_, _| fine()), Bench::new(app(), |_, _| fine()));
    for subject in ["a", "b", "a"] {
        invoke(&one, subject).await;
    }
    for subject in ["b", "a", "a"] {
        invoke(&other, subject).await;
    }
    let (one, other) = (invocation_ids(&one), invocation_ids(&other));
    assert_eq!((&one[0], &one[1], &one[2]), (&other[1], &other[0], &other[2]));
    assert_ne!(one[0], one[2]);
}

#[tokio::test]
async fn messages_go_out_only_when_the_invocation_is_settled() {
    let bench = Bench::new(app(), |_, _| {
        (200, r#"{"Outputs":{"work":[{"n":1},{"n":2}]},"Logs":["two"]}"#.to_owned())
    });
    let function = bench.host.app().function("events").unwrap().clone();
    let finished = bench.host.run(&function, &input("a")).await;
    let bus = &bench.host.around().bus;
    assert_eq!(bus.messages("fleet-work").len(), 0);
    assert!(matches!(bench.host.settle(finished), Settled::Succeeded(_)));
    let texts: Vec<_> = bus.messages("fleet-work").iter().map(crate::service_bus::Message::text).collect();
    assert_eq!(texts, ["{\n  \"n\": 1\n}", "{\n  \"n\": 2\n}"]);
}

#[tokio::test]
async fn one_invocation_may_send_to_several_queues_in_one_answer() {
    let outputs = r#"{"Outputs":{"work":[{"n":1}],"results":[{"id":"c-1","result":"done"},{"id":"c-2"}]}}"#;
    let mut app = app();
    let results = OutputTarget::ServiceBus { queue: "fleet-results".to_owned(), binary: false };
    let events = app.functions.iter_mut().find(|function| function.name == "events").unwrap();
    events.outputs.push(Output { binding: "results".to_owned(), target: results });
    let bench = Bench::new(app, move |_, _| (200, outputs.to_owned()));
    assert!(matches!(invoke(&bench, "a").await, Settled::Succeeded(_)));
    let sent = |queue| {
        let messages = bench.host.around().bus.messages(queue);
        messages
            .iter()
            .map(|message| serde_json::from_slice(&message.body).unwrap())
            .collect::<Vec<serde_json::Value>>()
    };
    assert_eq!(sent("fleet-work"), [serde_json::json!({"n": 1})]);
    assert_eq!(
        sent("fleet-results"),
        [serde_json::json!({"id": "c-1", "result": "done"}), serde_json::json!({"id": "c-2"})]
    );
}

#[tokio::test]
async fn a_failed_invocation_sends_nothing_and_keeps_its_reason() {
    let bench =
        Bench::new(app(), |_, _| (500, r#"{"Outputs":{"work":[{"n":1}]},"Logs":["lost"]}"#.to_owned()));
    assert_eq!(invoke(&bench, "a").await, Settled::Failed);
    assert_eq!(bench.failures(), ["Response status code does not indicate success: 500"]);
    assert_eq!(bench.host.around().bus.messages("fleet-work").len(), 0);
}

/// A handler that answers the first call with a crash of itself, and later ones well. `memory` counts its calls.
fn crashing(arm: &Arm, memory: &Arc<AtomicU32>) -> FunctionsHost {
    let (calls, starts) = (Arc::clone(memory), Arc::new(AtomicU32::new(0)));
    let start = move || -> crate::functions_host::HandlerService {
        let (calls, life) = (Arc::clone(&calls), starts.fetch_add(1, Ordering::Relaxed));
        Arc::new(move |_| {
            calls.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                if life == 0 {
                    std::future::pending::<()>().await;
                }
                let response = ::http::Response::builder().header(CONTENT_TYPE, "application/json");
                response.body("{}".into()).unwrap()
            })
        })
    };
    FunctionsHost::in_process(app(), Surroundings::of(arm), start)
}

#[tokio::test]
async fn a_kill_fails_the_calls_under_way_and_a_fresh_handler_takes_the_next() {
    let arm = Arm::new(Seed(7), Clock::default());
    let calls = Arc::new(AtomicU32::new(0));
    let host = crashing(&arm, &calls);
    let function = host.app().function("events").unwrap().clone();
    let input = input("a");
    let (finished, ()) = tokio::join!(host.run(&function, &input), async { host.kill_handler() });
    assert_eq!(host.settle(finished), Settled::Failed);
    let finished = host.run(&function, &input).await;
    assert!(matches!(host.settle(finished), Settled::Succeeded(_)));
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn the_third_crash_stops_the_host() {
    let bench = Bench::new(app(), |_, _| fine());
    for _ in 0..2 {
        bench.host.kill_handler();
        assert!(!bench.host.is_stopped());
    }
    bench.host.kill_handler();
    assert!(bench.host.is_stopped());
    assert_eq!(invoke(&bench, "a").await, Settled::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_answers_counts_as_hanging() {
    let arm = Arm::new(Seed(7), Clock::default());
    let host = crashing(&arm, &Arc::default());
    let function = host.app().function("events").unwrap().clone();
    let finished = host.run(&function, &input("a")).await;
    assert!(matches!(host.settle(finished), Settled::Hangs(_)));
    let due = host.next_timeout().unwrap();
    assert_eq!(due, arm.clock().now() + Duration::from_secs(30 * 60 + 2));
}

#[tokio::test]
async fn a_timeout_kills_the_handler_uncounted_and_every_hanging_invocation_with_it() {
    let bench = Bench::new(app(), |_, _| (200, String::new()));
    let Settled::Hangs(first) = invoke(&bench, "a").await else { panic!("it hangs") };
    bench.arm.clock().advance_by(jiff::SignedDuration::from_mins(10));
    let Settled::Hangs(second) = invoke(&bench, "b").await else { panic!("it hangs") };
    assert_eq!(bench.host.strike_timeouts().await, Vec::<String>::new());

    bench.arm.clock().advance_to(bench.host.next_timeout().unwrap());
    assert_eq!(bench.host.strike_timeouts().await, [first, second]);
    assert_eq!(
        bench.failures(),
        [
            "the function timeout was exceeded",
            "the handler was killed because of another invocation's timeout",
        ]
    );
    for _ in 0..2 {
        bench.host.kill_handler();
    }
    assert!(!bench.host.is_stopped(), "only two crashes are counted");
}

#[test]
fn headers_name_the_host_and_the_invocation() {
    let names: Vec<_> = headers("some-id")
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    assert_eq!(
        names,
        [
            "x-azure-functions-hostversion: 4.1037.0.0",
            "x-azure-functions-invocationid: some-id",
            "user-agent: Azure-Functions-Host/4.1037.0.0",
            "content-type: application/json; charset=utf-8",
        ]
    );
}

#[tokio::test]
async fn a_shut_down_host_fails_every_call() {
    let bench = Bench::new(app(), |_, _| fine());
    bench.host.shutdown().await;
    assert_eq!(invoke(&bench, "a").await, Settled::Failed);
}
