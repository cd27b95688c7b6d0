//! A small handler process for the tests of the simulated host. What it does depends on the function that is called:
//! `echo` logs the request as it came, `fail` answers 500, `silent` answers 200 without a body, `exit` ends the process
//! with the code in `ECHO_EXIT_CODE`, every other function succeeds.

use std::net::Ipv4Addr;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = variable("FUNCTIONS_CUSTOMHANDLER_PORT").parse().unwrap_or_default();
    println!("listening with greeting {}", variable("GREETING"));
    eprintln!("warning: this goes to stderr");
    let router = axum::Router::new().route("/", get(async || "ready")).route("/{function}", post(invoke));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    axum::serve(listener, router).await
}

async fn invoke(Path(function): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    match function.as_str() {
        "echo" => echo(&headers, &body),
        "fail" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "silent" => StatusCode::OK.into_response(),
        "exit" => std::process::exit(variable("ECHO_EXIT_CODE").parse().unwrap_or(1)),
        _ => json("{}".to_owned()),
    }
}

/// Logs the names and values of the headers, sorted, and then the body.
fn echo(headers: &HeaderMap, body: &Bytes) -> Response {
    let mut lines: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?"))).collect();
    lines.sort();
    lines.push(String::from_utf8_lossy(body).into_owned());
    json(serde_json::json!({ "Logs": lines }).to_string())
}

fn json(body: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
