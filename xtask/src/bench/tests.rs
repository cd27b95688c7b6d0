use std::net::Ipv4Addr;

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};

use super::*;

/// Figures of a run in which the baseline starts in 2 ms and serves 1,000 events a second.
fn figures(start_ms: u64, first_ms: u64, rate: f64) -> Vec<Figure> {
    let ms = Duration::from_millis;
    let starts = Starts {
        ready: Pair { handler: ms(start_ms), baseline: ms(2) },
        first_event: Pair { handler: ms(first_ms), baseline: ms(3) },
    };
    let load = Load {
        idle_bytes: 10_000_000,
        used_bytes: 20_000_001,
        throughput: Pair { handler: rate, baseline: 1_000.0 },
        latency: Pair { handler: Duration::from_micros(90), baseline: Duration::from_micros(40) },
    };
    figure::all(&starts, &load, 15_000_000)
}

#[test]
fn a_budget_is_met_up_to_its_limit_and_not_beyond() {
    let verdicts = |figures: &[Figure]| {
        figure::table(figures).lines().skip(1).map(|line| !line.ends_with("not met")).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&figures(6, 8, 600.0)), [true, true, true, false, true, true, true]);
    assert_eq!(verdicts(&figures(7, 9, 599.0)), [false, false, true, false, true, false, true]);
}

#[test]
fn the_median_is_no_mean() {
    assert_eq!(median(&[1, 100, 2]), Some(2));
    assert_eq!(median(&[4, 1, 3, 2]), Some(3));
    assert_eq!(median::<u32>(&[]), None);
}

#[test]
fn resident_memory_is_read_from_what_the_kernel_tells() {
    assert_eq!(server::resident("VmPeak:\t  9000 kB\nVmRSS:\t    5124 kB\n"), Some(5_124 * 1_024));
    assert_eq!(server::resident("VmPeak:\t  9000 kB\n"), None);
}

#[tokio::test]
async fn an_event_arrives_whole_and_without_a_length_told_beforehand() {
    async fn echo(headers: HeaderMap, body: Bytes) -> (HeaderMap, Bytes) {
        assert!(!headers.contains_key("content-length"), "{headers:?}");
        (HeaderMap::new(), body)
    }
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server =
        tokio::spawn(axum::serve(listener, Router::new().route("/cluster-events", post(echo))).into_future());
    let call = Call::triage().expect("the fixture");
    let mut connection = connection::Connection::open(address).await.expect("a connection");
    let (answer, _) = connection.invoke(&call).await.expect("an answer");
    assert_eq!(answer, call.body);
    server.abort();
}

#[test]
fn an_answer_without_the_nudge_is_no_measurement() {
    let call = Call::triage().expect("the fixture");
    assert!(call.check(&Bytes::from_static(b"{}")).is_err());
}
