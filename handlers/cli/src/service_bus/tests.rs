use fleet_simulator::{
    chance::Seed,
    clock::Clock,
    happening::Watchers,
    identity::{ManagedIdentity, SimulatedCredential, Tokens},
    service_bus::{QueueSettings, RestFront, ServiceBus},
};

use super::*;

const HOST: &str = "contoso-fleet.servicebus.windows.net";

fn namespace(host: &str) -> Result<(ServiceBus, Namespace), Usage> {
    let tokens = Tokens::default();
    let bus = ServiceBus::new(Seed(3), Clock::default(), Watchers::default());
    bus.create_queue("fleet-commands", QueueSettings::default());
    let front = RestFront::new(HOST, &bus, &tokens);
    let credential = SimulatedCredential::new(tokens, ManagedIdentity::named("operator", Seed(3)));
    let transport = Transport::new(Arc::new(front));
    Namespace::new(host, Arc::new(credential), Some(transport)).map(|namespace| (bus, namespace))
}

#[tokio::test(start_paused = true)]
async fn a_message_arrives_with_its_properties_whatever_alphabet_they_are_in() {
    let (bus, namespace) = namespace(HOST).expect("a namespace");
    let message = Outgoing {
        body: b"{}".to_vec(),
        content_type: "application/json".to_owned(),
        message_id: "c-1".to_owned(),
        label: Some("Wartung für 東 🚧".to_owned()),
        correlation_id: Some("ops".to_owned()),
    };
    namespace.send("fleet-commands", message).await.expect("it is taken");
    let [arrived] = bus.messages("fleet-commands").try_into().expect("one message");
    assert_eq!((arrived.message_id.as_str(), arrived.text().as_str()), ("c-1", "{}"));
    let texts =
        [arrived.subject, arrived.correlation_id, arrived.content_type].map(Option::unwrap_or_default);
    assert_eq!(texts, ["Wartung für 東 🚧", "ops", "application/json"]);
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_ran_out_needs_no_unlocking_but_completes_nothing() {
    let (bus, namespace) = namespace(HOST).expect("a namespace");
    bus.send("fleet-commands", fleet_simulator::service_bus::Outgoing::of("one")).expect("a queue");
    let locked = namespace.lock("fleet-commands").await.expect("an answer").expect("a message");
    namespace.complete(&locked).await.expect("a lock");
    namespace.unlock(&locked).await.expect("nothing to do");
    assert!(namespace.complete(&locked).await.is_err());
    assert_eq!(namespace.lock("fleet-commands").await.expect("an answer"), None);
}

#[test]
fn only_a_bare_host_name_is_a_namespace() {
    for host in ["https://contoso-fleet.servicebus.windows.net", "contoso/x", "", "contoso.net:1", "a@b"] {
        let error = namespace(host).map(|_| ()).expect_err(host);
        assert!(error.0.contains("expected a host name"), "{error}");
    }
}
