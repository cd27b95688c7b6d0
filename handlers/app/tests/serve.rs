//! The listener as a process sees it: a real socket and a real signal. It has a test binary to itself, because a signal
//! goes to the whole process.

use std::{process::Command, sync::Arc, time::Duration};

use fleet_handler::{
    envelope::Answer,
    host::{self, Ended, Route},
};
use tokio::sync::Semaphore;

/// Two steps that the test and the invocation take in turn.
#[derive(Clone)]
struct Steps {
    begun: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

async fn slow(axum::extract::State(steps): axum::extract::State<Steps>) -> Answer {
    steps.begun.add_permits(1);
    let _released = steps.released.acquire().await;
    Answer::new().log("finished")
}

#[tokio::test]
async fn on_sigterm_the_invocation_in_flight_is_answered_and_the_server_ends() {
    let steps = Steps { begun: Arc::new(Semaphore::new(0)), released: Arc::new(Semaphore::new(0)) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = host::router(vec![Route::new("slow", slow)], steps.clone());
    let server = tokio::spawn(host::serve(listener, router));

    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let ready = client.get(&url).send().await.expect("an answer");
    assert!(ready.status().is_success());

    let invocation = tokio::spawn(client.post(format!("{url}/slow")).send());
    let _begun = steps.begun.acquire().await.expect("the invocation begins");
    let killed = Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    refuses_connections(&url).await;

    steps.released.add_permits(1);
    let answer = invocation.await.expect("no panic").expect("an answer");
    assert!(answer.text().await.expect("a body").contains("finished"));
    assert_eq!(server.await.expect("no panic").expect("no error"), Ended::Terminated);
}

/// Waits until the server takes nothing new, as it does once it has seen the signal.
async fn refuses_connections(url: &str) {
    let address = url.trim_start_matches("http://").to_owned();
    let refused = async {
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), refused).await.expect("the listener closes");
}
