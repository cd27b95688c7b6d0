use std::sync::Arc;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use crate::arm::Notice;
use crate::event_grid::{EventSubscription, SystemTopic};
use crate::functions_host::bench::{Bench, app, fine};
use crate::service_bus::Outgoing;

const QUEUE: &str = "fleet-work";
const MINUTE: Duration = Duration::from_secs(60);

struct World {
    bench: Bench,
    simulation: Simulation,
}

impl World {
    async fn new(script: impl Fn(&str, &Value) -> (u16, String) + Send + Sync + 'static) -> Self {
        let bench = Bench::new(app(), script);
        let grid = EventGrid::new(bench.arm.seed(), bench.arm.clock().clone(), bench.arm.watchers().clone());
        let subscription = EventSubscription::new("operations", SystemTopic::Operations, "events");
        grid.subscribe(subscription, &bench.host).await.unwrap();
        let group = ActionGroup::calling(bench.host.trigger_url("alerts").unwrap(), &bench.arm);
        let simulation =
            Simulation::new(bench.arm.clone(), grid, bench.host.clone()).with_action_group(group);
        Self { bench, simulation }
    }

    fn send(&self, body: &'static str) {
        self.simulation.bus().send(QUEUE, Outgoing::of(body)).unwrap();
    }

    /// The functions that finished, in order, with their success.
    fn finished(&self) -> Vec<(String, bool)> {
        self.bench.happened(|happening| match happening {
            Happening::InvocationFinished { function, ok, .. } => Some((function.clone(), *ok)),
            _ => None,
        })
    }

    fn count(&self, function: &str) -> usize {
        self.finished().iter().filter(|(of, _)| of == function).count()
    }

    fn seconds(&self) -> i64 {
        self.simulation.now().duration_since(crate::clock::EPOCH).as_secs()
    }
}

fn put_cluster(arm: &Arm) {
    let id =
        "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-weu-01";
    arm.put_resource(id, json!({"type": "Microsoft.ContainerService/managedClusters", "location": "westeurope", "properties": {}}), Notice::Raised);
}

#[tokio::test]
async fn a_write_becomes_an_event_a_message_and_its_work_at_one_moment() {
    let mut world = World::new(|function, _| match function {
        "events" => (200, r#"{"Outputs":{"work":[{"n":1}]}}"#.to_owned()),
        _ => fine(),
    })
    .await;
    put_cluster(&world.bench.arm);
    world.simulation.settle().await;
    assert_eq!(world.finished(), [("events".to_owned(), true), ("work".to_owned(), true)]);
    assert_eq!(world.seconds(), 0);
    assert_eq!(world.simulation.bus().waiting(QUEUE), 0);
}

#[tokio::test]
async fn timers_fire_at_their_minutes_and_nothing_else_moves_the_clock() {
    let mut world = World::new(|_, _| fine()).await;
    world.simulation.run_for(MINUTE * 3).await;
    assert_eq!(world.count("tick"), 3);
    assert_eq!(world.seconds(), 180);
}

#[tokio::test]
async fn a_failing_message_burns_its_deliveries_and_becomes_a_dead_letter() {
    let mut world =
        World::new(|function, _| if function == "work" { (500, String::new()) } else { fine() }).await;
    world.send("poison");
    world.simulation.run_until_quiet(MINUTE).await.unwrap();
    assert_eq!(world.count("work"), 10);
    assert_eq!(world.seconds(), 0, "an abandoned message comes back at once");
    let counts: Vec<_> =
        world.bench.bodies().iter().map(|body| body["Metadata"]["DeliveryCount"].clone()).collect();
    assert_eq!(counts, (1..=10).map(|count| json!(count.to_string())).collect::<Vec<_>>());
    assert_eq!(world.simulation.bus().dead_letters(QUEUE).len(), 1);
}

#[tokio::test]
async fn a_failing_event_is_delivered_again_after_ten_and_thirty_seconds() {
    let tries = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&tries);
    let mut world = World::new(move |function, _| {
        if function != "events" {
            return fine();
        }
        let mut tries = seen.lock().unwrap();
        *tries += 1;
        if *tries < 3 { (500, String::new()) } else { fine() }
    })
    .await;
    put_cluster(&world.bench.arm);
    world.simulation.run_until_quiet(MINUTE).await.unwrap();
    assert_eq!(*tries.lock().unwrap(), 3);
    assert_eq!(world.seconds(), 40);
}

#[tokio::test]
async fn no_more_messages_are_handled_side_by_side_than_host_json_allows() {
    let mut world = World::new(|_, _| fine()).await;
    for _ in 0..6 {
        world.send("nudge");
    }
    assert!(world.simulation.step().await);
    assert_eq!(world.count("work"), 4);
    assert!(world.simulation.step().await);
    assert_eq!(world.count("work"), 6);
    assert!(!world.simulation.step().await);
}

#[tokio::test]
async fn an_empty_answer_hangs_until_the_function_timeout_and_the_message_comes_back() {
    let tries = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&tries);
    let mut world = World::new(move |function, _| {
        if function != "work" {
            return fine();
        }
        let mut tries = seen.lock().unwrap();
        *tries += 1;
        if *tries == 1 { (200, String::new()) } else { fine() }
    })
    .await;
    world.send("nudge");
    assert!(world.simulation.run_until_quiet(MINUTE).await.is_err(), "it hangs");
    // The listener renews the lock for five minutes only; then the message is handled elsewhere, or here again.
    world.simulation.run_until_true(MINUTE * 60, |simulation| simulation.bus().waiting(QUEUE) == 0).await;
    assert_eq!(world.seconds(), 300);
    world.simulation.run_until_quiet(MINUTE * 60).await.unwrap();
    assert_eq!(world.seconds(), 30 * 60 + 2);
    assert_eq!(world.bench.failures(), ["the function timeout was exceeded"]);
}

#[tokio::test]
async fn a_hanging_call_occupies_its_place_until_the_handler_was_killed() {
    let mut world = World::new(|_, _| (200, String::new())).await;
    for _ in 0..5 {
        world.send("nudge");
    }
    world.simulation.run_for(MINUTE).await;
    let deliveries = |world: &World| {
        let messages = world.simulation.bus().messages(QUEUE);
        messages.iter().map(|message| message.delivery_count).collect::<Vec<_>>()
    };
    assert_eq!(deliveries(&world), [1, 1, 1, 1, 0]);
    world.simulation.run_for(MINUTE * 30).await;
    assert_eq!(world.bench.failures().len(), 5, "four messages and the timer");
    assert!(deliveries(&world).contains(&2));
}

#[tokio::test]
async fn event_grid_waits_thirty_seconds_for_a_hanging_function_and_tries_again() {
    let tries = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&tries);
    let mut world = World::new(move |function, _| {
        if function != "events" {
            return fine();
        }
        let mut tries = seen.lock().unwrap();
        *tries += 1;
        if *tries == 1 { (204, String::new()) } else { fine() }
    })
    .await;
    put_cluster(&world.bench.arm);
    assert!(world.simulation.run_until_true(MINUTE, |_| *tries.lock().unwrap() == 2).await);
    assert_eq!(world.seconds(), 40);
}

#[tokio::test]
async fn a_hanging_timer_does_not_fire_until_the_handler_was_killed() {
    let tries = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&tries);
    let mut world = World::new(move |function, _| {
        let mut tries = seen.lock().unwrap();
        *tries += u32::from(function == "tick");
        if *tries == 1 { (200, "null".to_owned()) } else { fine() }
    })
    .await;
    world.simulation.run_for(MINUTE * 31).await;
    assert_eq!(*tries.lock().unwrap(), 1);
    world.simulation.run_for(MINUTE * 2).await;
    assert_eq!(*tries.lock().unwrap(), 4, "one missed run at once, then 05:32 and 05:33");
}

#[tokio::test]
async fn a_stopped_host_leaves_messages_alone_and_events_waiting() {
    let mut world = World::new(|_, _| fine()).await;
    for _ in 0..3 {
        world.bench.host.kill_handler();
    }
    world.send("nudge");
    put_cluster(&world.bench.arm);
    world.simulation.run_for(MINUTE).await;
    assert_eq!(world.finished(), []);
    assert_eq!(world.simulation.bus().messages(QUEUE)[0].delivery_count, 0);
    assert_eq!(world.simulation.event_grid().waiting(), 1);
}

/// Raises one alert, to each telling of which the app answers with the next of `statuses`.
async fn alerted(statuses: &'static [u16]) -> World {
    let tries = Mutex::new(0);
    let world = World::new(move |_, _| {
        let mut tries = tries.lock().unwrap();
        *tries += 1;
        let status = statuses.get(*tries - 1).copied().unwrap_or(200);
        (200, json!({"Outputs": {"res": {"statusCode": status}}}).to_string())
    })
    .await;
    world.simulation.action_group().unwrap().alert(&json!({"schemaId": "azureMonitorCommonAlertSchema"}));
    world
}

#[tokio::test]
async fn an_alert_reaches_its_function_with_a_key_and_a_body() {
    let mut world = alerted(&[]).await;
    world.simulation.run_until_quiet(MINUTE).await.unwrap();
    assert_eq!(world.finished(), [("alerts".to_owned(), true)]);
    let [body] = world.bench.bodies().try_into().unwrap();
    assert_eq!(body["Data"]["req"]["Body"], r#"{"schemaId":"azureMonitorCommonAlertSchema"}"#);
}

#[tokio::test]
async fn an_alert_is_told_again_when_the_app_is_busy_and_never_after_another_failure() {
    let mut busy = alerted(&[503, 429]).await;
    busy.simulation.run_until_quiet(MINUTE).await.unwrap();
    assert_eq!((busy.count("alerts"), busy.seconds()), (3, 25));
    let mut broken = alerted(&[500]).await;
    broken.simulation.run_until_quiet(MINUTE).await.unwrap();
    assert_eq!((broken.count("alerts"), broken.seconds()), (1, 0));
}

#[tokio::test]
async fn an_alert_waits_for_a_host_that_is_down() {
    let mut world = alerted(&[]).await;
    world.bench.host.kill_instance();
    world.simulation.settle().await;
    world.bench.host.restart_instance().await.unwrap();
    world.simulation.run_until_quiet(MINUTE).await.unwrap();
    assert_eq!((world.count("alerts"), world.seconds()), (1, 5));
}

#[tokio::test]
async fn a_run_that_does_not_come_to_rest_says_what_is_left() {
    let mut world = World::new(|_, _| (500, String::new())).await;
    put_cluster(&world.bench.arm);
    let busy = world.simulation.run_until_quiet(MINUTE).await.unwrap_err();
    assert_eq!((busy.deliveries, busy.messages, busy.hanging, busy.operation), (1, 0, 0, false));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_story() {
    let story = async || {
        let mut world = World::new(|function, _| match function {
            "events" => (200, r#"{"Outputs":{"work":[{"n":1},{"n":2}]},"Logs":["two"]}"#.to_owned()),
            _ => fine(),
        })
        .await;
        put_cluster(&world.bench.arm);
        world.simulation.run_for(MINUTE * 2).await;
        world.bench.happened(|happening| Some(happening.clone()))
    };
    assert_eq!(story().await, story().await);
}
