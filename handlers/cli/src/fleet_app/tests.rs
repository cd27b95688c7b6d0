use azure_core::http::headers::Headers;

use super::*;

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, headers: Headers::new(), body: body.as_bytes().to_vec() }
}

#[test]
fn a_key_never_goes_over_a_network_in_the_clear() {
    let app = |url: &str| FleetApp::new(url.parse().expect("a URL"), Some("key".to_owned()), None);
    assert!(app("http://fleet.example").is_err());
    assert!(app("http://localhost.example").is_err());
    for url in
        ["https://fleet.example", "http://127.0.0.1:7071", "http://localhost:7071", "http://[::1]:7071"]
    {
        assert!(app(url).is_ok(), "{url}");
    }
}

#[test]
fn a_refusal_says_what_to_do_or_what_the_app_said() {
    let table = [
        (401, "", "FLEETCTL_KEY"),
        (404, "", "this version"),
        (400, r#"{"error":"a page of 0 entries is not possible"}"#, "a page of 0 entries"),
        (503, r#"{"error":"try again later"}"#, "answered 503: try again later"),
        (500, "<html>", "answered 500: <html>"),
        (200, "<html>", "answered 200: <html>"),
    ];
    for (status, body, expected) in table {
        let error = answer(&reply(status, body)).expect_err(expected).to_string();
        assert!(error.contains(expected), "{status}: {error}");
    }
}
