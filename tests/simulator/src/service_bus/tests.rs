use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::*;

const QUEUE: &str = "fleet-work";

struct Bench {
    clock: Clock,
    bus: ServiceBus,
    /// How often a message became a dead letter.
    buried: Arc<AtomicU32>,
}

fn bench(settings: QueueSettings) -> Bench {
    let clock = Clock::default();
    let (watchers, buried) = (Watchers::default(), Arc::<AtomicU32>::default());
    let count = Arc::clone(&buried);
    watchers.watch(Arc::new(move |happening| {
        let is_burial = matches!(happening, Happening::MessageDeadLettered { .. });
        count.fetch_add(u32::from(is_burial), Ordering::Relaxed);
    }));
    let bus = ServiceBus::new(Seed(7), clock.clone(), watchers);
    bus.create_queue(QUEUE, settings);
    Bench { clock, bus, buried }
}

impl Bench {
    fn receive(&self) -> Locked {
        self.bus.receive(QUEUE).unwrap().expect("a message is ready")
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance_by(jiff::SignedDuration::from_secs(seconds));
    }
}

#[test]
fn a_locked_message_is_invisible_until_its_lock_runs_out() {
    let bench = bench(QueueSettings::default());
    bench.bus.send(QUEUE, Outgoing::of("a")).unwrap();
    let first = bench.receive();
    assert_eq!(first.message.delivery_count, 1);
    assert_eq!(bench.bus.receive(QUEUE), Ok(None));
    assert_eq!(bench.bus.next_due(), Some(first.locked_until));

    bench.pass(60);
    assert!(bench.bus.is_ready(QUEUE));
    let second = bench.receive();
    assert_eq!(second.message.delivery_count, 2);
    assert!(matches!(bench.bus.complete(QUEUE, &first.lock_token), Err(ServiceBusError::LockLost { .. })));
    bench.bus.complete(QUEUE, &second.lock_token).unwrap();
    assert!(bench.bus.messages(QUEUE).is_empty());
}

#[test]
fn a_renewed_lock_outlives_its_duration() {
    let bench = bench(QueueSettings::default());
    bench.bus.send(QUEUE, Outgoing::of("a")).unwrap();
    let locked = bench.receive();
    let until = bench.clock.now().checked_add(Duration::from_secs(300)).unwrap();
    bench.bus.renew(QUEUE, &locked.lock_token, until).unwrap();
    bench.pass(299);
    assert_eq!(bench.bus.complete(QUEUE, &locked.lock_token), Ok(()));
}

#[test]
fn a_message_abandoned_ten_times_is_a_dead_letter_with_its_reason() {
    let bench = bench(QueueSettings::default());
    bench.bus.send(QUEUE, Outgoing::of("poison")).unwrap();
    for delivery in 1..=10 {
        let locked = bench.receive();
        assert_eq!(locked.message.delivery_count, delivery);
        bench.bus.abandon(QUEUE, &locked.lock_token).unwrap();
    }
    assert!(bench.bus.messages(QUEUE).is_empty());
    let [dead] = bench.bus.dead_letters(QUEUE).try_into().unwrap();
    assert_eq!(dead.text(), "poison");
    assert_eq!(dead.dead_letter_source.as_deref(), Some(QUEUE));
    assert_eq!(dead.application_properties["DeadLetterReason"], "MaxDeliveryCountExceeded");
    assert_eq!(
        dead.application_properties["DeadLetterErrorDescription"],
        "Message could not be consumed after 10 delivery attempts."
    );
}

#[test]
fn a_dead_letter_is_received_from_the_sub_queue_and_never_buried_again() {
    let bench = bench(QueueSettings { max_delivery_count: 1, ..QueueSettings::default() });
    bench.bus.send(QUEUE, Outgoing::of("poison")).unwrap();
    let locked = bench.receive();
    bench.bus.abandon(QUEUE, &locked.lock_token).unwrap();

    let path = format!("{QUEUE}/$deadletterqueue");
    assert_eq!(bench.buried.load(Ordering::Relaxed), 1);
    for delivery in 2..=4 {
        let dead = bench.bus.receive(&path).unwrap().unwrap();
        assert_eq!(dead.message.delivery_count, delivery);
        bench.bus.abandon(&path, &dead.lock_token).unwrap();
    }
    assert_eq!(bench.bus.dead_letters(QUEUE).len(), 1);
    assert_eq!(bench.buried.load(Ordering::Relaxed), 1);
}

#[test]
fn a_lock_that_runs_out_on_the_last_delivery_makes_a_dead_letter() {
    let bench = bench(QueueSettings { max_delivery_count: 1, ..QueueSettings::default() });
    bench.bus.send(QUEUE, Outgoing::of("slow")).unwrap();
    bench.receive();
    bench.pass(60);
    assert_eq!(bench.bus.receive(QUEUE), Ok(None));
    assert_eq!(bench.bus.dead_letters(QUEUE).len(), 1);
}

#[test]
fn a_scheduled_message_becomes_visible_at_its_time() {
    let bench = bench(QueueSettings::default());
    let due = bench.clock.now().checked_add(Duration::from_secs(90)).unwrap();
    bench.bus.send(QUEUE, Outgoing { scheduled: Some(due), ..Outgoing::of("later") }).unwrap();
    assert_eq!(bench.bus.receive(QUEUE), Ok(None));
    assert_eq!(bench.bus.next_due(), Some(due));
    bench.clock.advance_to(due);
    assert_eq!(bench.receive().message.enqueued, due);
}

#[test]
fn messages_come_in_the_order_of_their_sequence_numbers_with_distinct_ids() {
    let bench = bench(QueueSettings::default());
    for body in ["a", "b", "c"] {
        bench.bus.send(QUEUE, Outgoing::of(body)).unwrap();
    }
    let received: Vec<_> = (0..3).map(|_| bench.receive().message).collect();
    assert_eq!(received.iter().map(Message::text).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(received.iter().map(|message| message.sequence_number).collect::<Vec<_>>(), [1, 2, 3]);
    let ids: std::collections::BTreeSet<_> = received.iter().map(|message| &message.message_id).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn an_expired_message_vanishes() {
    let bench =
        bench(QueueSettings { time_to_live: Some(Duration::from_secs(10)), ..QueueSettings::default() });
    bench.bus.send(QUEUE, Outgoing::of("old")).unwrap();
    bench.pass(10);
    assert!(!bench.bus.is_ready(QUEUE));
    assert_eq!(bench.bus.receive(QUEUE), Ok(None));
    assert!(bench.bus.messages(QUEUE).is_empty());
}

#[test]
fn an_unknown_queue_is_an_error_that_names_it() {
    let bench = bench(QueueSettings::default());
    assert_eq!(
        bench.bus.send("nope", Outgoing::of("a")),
        Err(ServiceBusError::NoSuchQueue("nope".to_owned()))
    );
}
