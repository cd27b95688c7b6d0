use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::{AsyncRawResponse, HttpClient, Method, Request, Transport, headers::Headers};
use fleet_simulator::{
    chance::Seed,
    clock::Clock,
    happening::Watchers,
    identity::{ManagedIdentity, SimulatedCredential, Tokens},
    service_bus::{Outgoing as Sent, QueueSettings, RestFront, ServiceBus},
};

use super::*;

const QUEUE: &str = "fleet-commands";
const HOST: &str = "contoso-fleet.servicebus.windows.net";

/// A namespace over REST; one that loses locks answers as if each had run out.
#[derive(Debug)]
struct Front {
    front: RestFront,
    loses_locks: bool,
}

#[async_trait]
impl HttpClient for Front {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        if self.loses_locks && request.method() == Method::Delete {
            return Ok(AsyncRawResponse::from_bytes(404.into(), Headers::new(), "The lock is lost."));
        }
        self.front.execute_request(request).await
    }
}

/// A queue with three dead letters.
fn bench(loses_locks: bool) -> (ServiceBus, Namespace) {
    let tokens = Tokens::default();
    let bus = ServiceBus::new(Seed(3), Clock::default(), Watchers::default());
    bus.create_queue(QUEUE, QueueSettings { max_delivery_count: 1, ..QueueSettings::default() });
    for body in ["one", "two", "three"] {
        let message = Sent {
            message_id: Some(format!("id-{body}")),
            subject: Some("drain".to_owned()),
            ..Sent::of(body)
        };
        bus.send(QUEUE, message).expect("a queue");
        let locked = bus.receive(QUEUE).expect("a queue").expect("a message");
        bus.abandon(QUEUE, &locked.lock_token).expect("a lock");
    }
    let credential = SimulatedCredential::new(tokens.clone(), ManagedIdentity::named("operator", Seed(3)));
    let front = Front { front: RestFront::new(HOST, &bus, &tokens), loses_locks };
    let transport = Transport::new(Arc::new(front));
    let namespace = Namespace::new(HOST, Arc::new(credential), Some(transport)).expect("a namespace");
    (bus, namespace)
}

fn texts(messages: &[fleet_simulator::service_bus::Message]) -> Vec<String> {
    messages.iter().map(fleet_simulator::service_bus::Message::text).collect()
}

#[tokio::test(start_paused = true)]
async fn listed_dead_letters_have_their_reasons_and_can_be_listed_again() {
    let (bus, namespace) = bench(false);
    for _ in 0..2 {
        let listed = list(&namespace, QUEUE, 100).await.expect("a list");
        let ids: Vec<&str> = listed.iter().map(|message| message.broker.message_id.as_str()).collect();
        assert_eq!(ids, ["id-one", "id-two", "id-three"]);
        assert_eq!(listed[0].dead.0.as_deref(), Some("MaxDeliveryCountExceeded"));
        assert_eq!((listed[0].broker.label.as_deref(), &listed[0].body[..]), (Some("drain"), &b"one"[..]));
    }
    assert_eq!(list(&namespace, QUEUE, 2).await.expect("a list").len(), 2);
    assert_eq!(bus.dead_letters(QUEUE).len(), 3, "looking takes nothing away");
}

#[tokio::test(start_paused = true)]
async fn a_replayed_message_is_on_its_queue_under_a_new_id_and_dead_no_more() {
    let (bus, namespace) = bench(false);
    let done = replay(&namespace, QUEUE, &[], 2).await.expect("a replay");
    assert_eq!(done, Replayed { replayed: vec![1, 2], missing: vec![] });
    assert_eq!(texts(&bus.messages(QUEUE)), ["one", "two"]);
    assert_eq!(texts(&bus.dead_letters(QUEUE)), ["three"]);
    let [first, _] = bus.messages(QUEUE).try_into().expect("two messages");
    assert!(first.message_id != "id-one" && first.application_properties.is_empty(), "{first:?}");
    assert_eq!(first.subject.as_deref(), Some("drain"));
}

#[tokio::test(start_paused = true)]
async fn only_the_chosen_are_replayed_and_the_others_are_given_back() {
    let (bus, namespace) = bench(false);
    let done = replay(&namespace, QUEUE, &[3, 9], 100).await.expect("a replay");
    assert_eq!(done, Replayed { replayed: vec![3], missing: vec![9] });
    assert_eq!(texts(&bus.messages(QUEUE)), ["three"]);
    assert!(bus.is_ready(&dead_letters_of(QUEUE)), "the others are not left locked");
    assert_eq!(texts(&bus.dead_letters(QUEUE)), ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_between_leaves_the_message_twice_never_nowhere() {
    let (bus, namespace) = bench(true);
    let error = replay(&namespace, QUEUE, &[], 100).await.expect_err("its lock is lost");
    assert!(format!("{error:#}").contains("would double it"), "{error:#}");
    assert_eq!(texts(&bus.messages(QUEUE)), ["one"]);
    assert_eq!(texts(&bus.dead_letters(QUEUE)), ["one", "two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_queue_is_named_in_the_error() {
    let (_bus, namespace) = bench(false);
    let error = list(&namespace, "fleet-work", 1).await.expect_err("no such queue");
    assert!(format!("{error:#}").contains("fleet-work"), "{error:#}");
}
