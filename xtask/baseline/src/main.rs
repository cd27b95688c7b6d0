//! The least that a custom handler in Rust can be: what `cargo xtask bench` holds the real one against.
//!
//! `GET /` answers "ready"; `POST /echo` reads the whole body and answers `{}`, the shortest answer that the Functions
//! host accepts.

use std::{env, net::Ipv4Addr};

use anyhow::Context as _;
use axum::{
    Router,
    body::Bytes,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::{get, post},
};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port = env::var("FUNCTIONS_CUSTOMHANDLER_PORT").context("FUNCTIONS_CUSTOMHANDLER_PORT is not set")?;
    let port: u16 = port.parse().context("FUNCTIONS_CUSTOMHANDLER_PORT is no port")?;
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let router = Router::new().route("/", get(ready)).route("/echo", post(echo));
    axum::serve(listener, router).await?;
    Ok(())
}

async fn ready() -> &'static str {
    "ready"
}

async fn echo(body: Bytes) -> Response {
    drop(body);
    ([(CONTENT_TYPE, "application/json")], "{}").into_response()
}
