use serde_json::{Value, json};

use super::*;
use crate::chance::Seed;
use crate::clock::Clock;
use crate::happening::Watchers;
use crate::identity::ManagedIdentity;
use crate::service_bus::{Outgoing, QueueSettings};

const QUEUE: &str = "fleet-commands";
const DEAD: &str = "fleet-commands/$deadletterqueue";

struct Bench {
    bus: ServiceBus,
    front: RestFront,
    clock: Clock,
    token: String,
}

fn bench() -> Bench {
    let (clock, tokens) = (Clock::default(), Tokens::default());
    let bus = ServiceBus::new(Seed(7), clock.clone(), Watchers::default());
    bus.create_queue(QUEUE, QueueSettings { max_delivery_count: 1, ..QueueSettings::default() });
    let token = tokens.issue(&ManagedIdentity::named("operator", Seed(7)), AUDIENCE).text;
    let front = RestFront::new("Contoso-Fleet.servicebus.windows.net", &bus, &tokens);
    Bench { bus, front, clock, token }
}

impl Bench {
    fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let bearer = format!("Bearer {}", self.token);
        Request::builder().method(method).uri(path).header("authorization", bearer)
    }

    fn ask(&self, method: &str, path: &str) -> Response<Bytes> {
        self.front.answer(&self.request(method, path).body(Bytes::new()).unwrap())
    }

    fn send(&self, broker: &Value, body: &'static str) -> Response<Bytes> {
        let request = self.request("POST", "/fleet-commands/messages");
        let request = request.header("brokerproperties", broker.to_string());
        self.front.answer(&request.body(Bytes::from(body)).unwrap())
    }

    fn lock(&self, queue: &str) -> Response<Bytes> {
        self.ask("POST", &format!("/{queue}/messages/head"))
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance_by(jiff::SignedDuration::from_secs(seconds));
    }
}

fn broker(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.headers()["brokerproperties"].as_bytes()).unwrap()
}

/// The path of `Location`.
fn path(response: &Response<Bytes>) -> String {
    let location = response.headers()["location"].to_str().unwrap();
    location.strip_prefix("https://contoso-fleet.servicebus.windows.net").unwrap().to_owned()
}

#[test]
fn a_sent_message_has_the_properties_that_its_sender_gave() {
    let bench = bench();
    let given = json!({"MessageId": "c-1", "CorrelationId": "ops", "SessionId": "weu", "Label": "drain",
        "ReplyTo": "fleet-results", "TimeToLive": 90, "Unknown": 1});
    let request =
        bench.request("POST", "/fleet-commands/messages").header("brokerproperties", given.to_string());
    let request = request.header("content-type", "application/json").header("priority", "\"high\"");
    let request =
        request.header("tries", "3").header("user-agent", "fleetctl/1").header("content-length", "2");
    assert_eq!(bench.front.answer(&request.body(Bytes::from("{}")).unwrap()).status(), 201);
    let [message] = bench.bus.messages(QUEUE).try_into().unwrap();
    assert_eq!((message.message_id.as_str(), message.text().as_str()), ("c-1", "{}"));
    let texts =
        [message.correlation_id, message.session_id, message.subject, message.reply_to, message.content_type];
    assert_eq!(texts.map(Option::unwrap), ["ops", "weu", "drain", "fleet-results", "application/json"]);
    assert_eq!(message.expires, Some(bench.clock.now() + Duration::from_secs(90)));
    assert_eq!(Value::Object(message.application_properties), json!({"priority": "high", "tries": 3}));
}

#[test]
fn a_message_for_later_is_invisible_until_then() {
    let bench = bench();
    bench.send(&json!({"ScheduledEnqueueTimeUtc": "Wed, 04 Mar 2026 05:02:00 GMT"}), "later");
    assert_eq!(bench.lock(QUEUE).status(), 204);
    bench.pass(120);
    assert_eq!(bench.lock(QUEUE).status(), 201);
}

#[test]
fn a_locked_message_says_who_it_is_and_where_to_settle_it() {
    let bench = bench();
    bench.send(&json!({"MessageId": "c-1", "Label": "drain", "TimeToLive": 90}), "one");
    let locked = bench.lock(QUEUE);
    assert_eq!((locked.status().as_u16(), &locked.body()[..]), (201, &b"one"[..]));
    assert_eq!(locked.headers()["content-type"], NO_CONTENT_TYPE);
    let token = broker(&locked)["LockToken"].as_str().unwrap().to_owned();
    let expected = json!({"DeliveryCount": 1, "EnqueuedSequenceNumber": 0, "Label": "drain", "MessageId": "c-1",
        "EnqueuedTimeUtc": "Wed, 04 Mar 2026 05:00:00 GMT", "LockedUntilUtc": "Wed, 04 Mar 2026 05:01:00 GMT",
        "LockToken": token, "SequenceNumber": 1, "State": "Active", "TimeToLive": 90});
    assert_eq!(broker(&locked), expected);
    assert_eq!(path(&locked), format!("/fleet-commands/messages/1/{token}"));
    assert_eq!(bench.lock(QUEUE).status(), 204, "nobody else gets it");
    assert_eq!(bench.ask("DELETE", &path(&locked)).status(), 200);
    assert_eq!(bench.bus.waiting(QUEUE), 0);
}

#[test]
fn a_message_is_settled_by_its_id_too_but_not_by_another() {
    let bench = bench();
    bench.send(&json!({"MessageId": "c 1"}), "one");
    let token = broker(&bench.lock(QUEUE))["LockToken"].as_str().unwrap().to_owned();
    assert_eq!(bench.ask("DELETE", &format!("/fleet-commands/messages/c-2/{token}")).status(), 404);
    assert_eq!(bench.ask("DELETE", &format!("/fleet-commands/messages/c%201/{token}")).status(), 200);
    assert_eq!(bench.ask("DELETE", &format!("/fleet-commands/messages/c%201/{token}")).status(), 404);
}

#[test]
fn a_renewed_lock_lasts_another_minute_and_a_lost_one_cannot_be_renewed() {
    let bench = bench();
    bench.send(&json!({}), "one");
    let at = path(&bench.lock(QUEUE));
    bench.pass(50);
    assert_eq!(bench.ask("POST", &at).status(), 200);
    bench.pass(50);
    assert_eq!(bench.ask("POST", &at).status(), 200);
    bench.pass(60);
    assert_eq!(bench.ask("POST", &at).status(), 404);
}

#[test]
fn dead_letters_are_seen_with_their_reason_given_back_and_taken() {
    let bench = bench();
    bench.send(&json!({"MessageId": "c-1"}), "poison");
    assert_eq!(bench.ask("PUT", &path(&bench.lock(QUEUE))).status(), 200);
    let dead = bench.lock(DEAD);
    assert_eq!(dead.headers()["deadletterreason"], "\"MaxDeliveryCountExceeded\"");
    assert_eq!(bench.ask("PUT", &path(&dead)).status(), 200);
    let taken = bench.ask("DELETE", &format!("/{DEAD}/messages/head"));
    assert_eq!((taken.status().as_u16(), &taken.body()[..]), (200, &b"poison"[..]));
    assert!(broker(&taken).get("LockToken").is_none() && !taken.headers().contains_key("location"));
    assert_eq!(bench.bus.waiting(DEAD), 0);
}

#[test]
fn only_tokens_of_the_directory_for_service_bus_are_let_in() {
    let bench = bench();
    let identity = ManagedIdentity::named("operator", Seed(7));
    let status = |header: &str| {
        let request = Request::post("/fleet-commands/messages").header("authorization", header);
        bench.front.answer(&request.body(Bytes::new()).unwrap()).status().as_u16()
    };
    let token = |audience| format!("Bearer {}", bench.front.tokens.issue(&identity, audience).text);
    assert_eq!(status(&token("https://servicebus.azure.net/")), 201);
    assert_eq!(status(&token("https://contoso-fleet.servicebus.windows.net")), 201);
    assert_eq!(status(&token("https://management.azure.com")), 401);
    assert_eq!(status("Bearer made-up"), 401);
    assert_eq!(status("SharedAccessSignature sr=x"), 501);
    let nobody = Request::post("/fleet-commands/messages").body(Bytes::new()).unwrap();
    assert_eq!(bench.front.answer(&nobody).status(), 401);
}

#[test]
fn what_is_wrong_or_not_simulated_has_its_status() {
    let bench = bench();
    let table = [
        ("POST", "/nope/messages", 410),
        ("POST", "/nope/messages/head", 410),
        ("POST", "/topic/subscriptions/ops/messages/head", 501),
        ("POST", "/fleet-commands/$DeadLetterQueue/messages", 501),
        ("GET", "/fleet-commands", 501),
        ("PUT", "/fleet-commands/messages/head", 501),
        ("POST", "/messages", 501),
        ("DELETE", "/fleet-commands/messages/1/no-lock", 404),
    ];
    for (method, path, status) in table {
        assert_eq!(bench.ask(method, path).status(), status, "{method} {path}");
    }
    for broker in [json!("text"), json!({"TimeToLive": -1}), json!({"ScheduledEnqueueTimeUtc": "tomorrow"})] {
        assert_eq!(bench.send(&broker, "").status(), 400, "{broker}");
    }
    assert_eq!(bench.send(&json!({"SessionId": "a", "PartitionKey": "b"}), "").status(), 400);
    let batch = bench.request("POST", "/fleet-commands/messages");
    let batch = batch.header("content-type", "application/vnd.microsoft.servicebus.json");
    assert_eq!(bench.front.answer(&batch.body(Bytes::from("[]")).unwrap()).status(), 501);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_waits_as_long_as_it_says_and_no_longer_than_it_must() {
    let bench = bench();
    let begin = Instant::now();
    let head = "/fleet-commands/messages/head?timeout=5";
    let request = bench.request("POST", head).body(Bytes::new()).unwrap();
    assert_eq!(bench.front.exchange(&request).await.status(), 204);
    assert_eq!(begin.elapsed().as_secs(), 5);
    let sender = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        bench.bus.send(QUEUE, Outgoing::of("one")).unwrap();
    };
    let (received, ()) = tokio::join!(bench.front.exchange(&request), sender);
    assert_eq!((received.status().as_u16(), begin.elapsed().as_secs()), (201, 7));
}

#[tokio::test]
async fn an_azure_client_in_the_same_process_reaches_it_without_a_network() {
    use azure_core::http::{HttpClient as _, Method, Request};
    let bench = bench();
    let url = "https://contoso-fleet.servicebus.windows.net/fleet-commands/messages";
    let mut request = Request::new(url.parse().unwrap(), Method::Post);
    request.insert_header("authorization", format!("Bearer {}", bench.token));
    request.insert_header("brokerproperties", r#"{"MessageId":"c-1"}"#);
    request.set_body("{}");
    assert_eq!(u16::from(bench.front.execute_request(&request).await.unwrap().status()), 201);
    let head = format!("{url}/head?timeout=0").parse().unwrap();
    let mut request = Request::new(head, Method::Post);
    request.insert_header("authorization", format!("Bearer {}", bench.token));
    let locked = bench.front.execute_request(&request).await.unwrap();
    let broker = locked.headers().get_str(&"brokerproperties".into()).unwrap().to_owned();
    assert!(broker.contains(r#""MessageId":"c-1""#), "{broker}");
}
