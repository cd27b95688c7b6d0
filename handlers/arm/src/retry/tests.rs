use super::*;

const NOW: &str = "2027-01-01T00:00:00Z";

fn after_status(status: u16, retry_after_secs: Option<u64>) -> Failure {
    Failure::Status { status, retry_after: retry_after_secs.map(Duration::from_secs) }
}

fn decided(attempt: u32, method: Method, failure: Failure) -> Decision {
    decide(attempt, method, failure, &RetryPolicy::default(), 0.0)
}

fn again(millis: u64) -> Decision {
    Decision::Again { after: Duration::from_millis(millis) }
}

#[test]
fn passing_troubles_are_tried_three_times_with_growing_waits() {
    for status in [408, 429, 500, 502, 503, 504] {
        let failure = after_status(status, None);
        let decisions = [1, 2, 3].map(|attempt| decided(attempt, Method::Put, failure));
        assert_eq!(decisions, [again(200), again(800), Decision::GiveUp], "{status}");
    }
}

#[test]
fn a_lost_answer_is_tried_again_for_methods_that_may_be_repeated() {
    for method in [Method::Get, Method::Put, Method::Patch, Method::Delete] {
        assert_eq!(decided(1, method, Failure::Transport), again(200), "{method}");
    }
    assert_eq!(decided(1, Method::Post, Failure::Transport), Decision::GiveUp);
    assert_eq!(decided(1, Method::Post, after_status(503, None)), Decision::GiveUp);
}

#[test]
fn lasting_errors_are_reported_at_once() {
    for status in [400, 401, 403, 404, 409, 412, 501] {
        assert_eq!(decided(1, Method::Get, after_status(status, Some(1))), Decision::GiveUp, "{status}");
    }
}

#[test]
fn the_service_is_never_called_earlier_than_it_asked() {
    assert_eq!(decided(1, Method::Get, after_status(429, Some(3))), again(3_000));
    assert_eq!(decided(2, Method::Get, after_status(429, Some(0))), again(800));
    for jitter in [0.0, 0.5, 1.0] {
        let policy = RetryPolicy::default();
        let Decision::Again { after } = decide(1, Method::Get, after_status(429, Some(5)), &policy, jitter)
        else {
            panic!("five seconds are within the patience")
        };
        assert!(after >= Duration::from_secs(5));
    }
}

#[test]
fn a_wait_beyond_the_patience_is_left_to_the_caller() {
    assert_eq!(decided(1, Method::Get, after_status(429, Some(6))), Decision::GiveUp);
}

#[test]
fn jitter_stretches_a_wait_by_at_most_a_quarter() {
    let waits = [0.0, 1.0, 7.0]
        .map(|jitter| decide(1, Method::Get, Failure::Transport, &RetryPolicy::default(), jitter));
    assert_eq!(waits, [again(200), again(250), again(250)]);
}

#[test]
fn retry_after_is_read_in_all_its_spellings() {
    type Pairs = &'static [(&'static str, &'static str)];
    let table: [(Pairs, Option<u64>); 8] = [
        (&[], None),
        (&[("retry-after", "17")], Some(17_000)),
        (&[("retry-after", "Fri, 01 Jan 2027 00:00:30 GMT")], Some(30_000)),
        (&[("retry-after", "Thu, 31 Dec 2026 23:59:00 GMT")], Some(0)),
        (&[("retry-after", "soon")], None),
        (&[("retry-after-ms", "250")], Some(250)),
        (&[("x-ms-retry-after-ms", "1500"), ("retry-after", "2")], Some(1_500)),
        (&[("retry-after-ms", "x"), ("retry-after", "2")], Some(2_000)),
    ];
    let now: Timestamp = NOW.parse().expect("a timestamp");
    for (pairs, expected) in table {
        let mut headers = Headers::new();
        for &(name, value) in pairs {
            headers.insert(name, value);
        }
        assert_eq!(retry_after(&headers, now), expected.map(Duration::from_millis), "{pairs:?}");
    }
}
