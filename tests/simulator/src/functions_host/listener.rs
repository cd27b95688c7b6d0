//! The host's own endpoints on loopback, for callers outside the simulation: a browser, curl, a real Event Grid client.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::host::FunctionsHost;
use super::http_answer::HttpReply;
use super::invocation::HttpCall;
use super::webhook::EventGridCall;

/// The real host's limit for a request from outside, in bytes.
const BODY_LIMIT: usize = 104_857_600;

/// A running listener. It ends with this value.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Listener {
    /// Serves `/api/…`, `/runtime/webhooks/EventGrid` and `/admin/functions/…` on 127.0.0.1, on a free port when `port` is
    /// 0. As with Core Tools, only HTTP functions ask for a key.
    ///
    /// # Errors
    /// When the port can't be bound.
    pub async fn bind(host: FunctionsHost, port: u16) -> std::io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = socket.local_addr()?;
        let router = Router::new()
            .route("/runtime/webhooks/EventGrid", any(event_grid))
            .route("/admin/functions/{name}", post(admin))
            .fallback(http)
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(host);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(socket, router).await {
                tracing::error!(%error, "the simulated host's listener ended");
            }
        });
        Ok(Self { address, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn event_grid(
    State(host): State<FunctionsHost>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let function = query.into_owned().find(|(name, _)| name == "functionName").map(|(_, value)| value);
    let call = EventGridCall {
        method,
        function: function.unwrap_or_default(),
        event_type: header("aeg-event-type"),
        origin: header("webhook-request-origin"),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let reply = host.event_grid_webhook(call).await;
    let mut response = (status(reply.status), reply.body).into_response();
    if let Some(origin) = reply.allowed_origin.and_then(|origin| HeaderValue::from_str(&origin).ok()) {
        response.headers_mut().insert("webhook-allowed-origin", origin);
    }
    response
}

async fn admin(State(host): State<FunctionsHost>, Path(name): Path<String>, body: String) -> StatusCode {
    status(host.run_by_admin(&name, &body).await)
}

async fn http(State(host): State<FunctionsHost>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else { return status(500).into_response() };
    let authority = parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let Ok(url) = Url::parse(&format!("http://{authority}{}", parts.uri)) else {
        return status(400).into_response();
    };
    let headers = parts.headers.iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    response_of(host.http(HttpCall { method: parts.method, url, headers: headers.collect(), body }).await)
}

fn response_of(reply: HttpReply) -> Response {
    let mut response = Response::builder().status(status(reply.status));
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(reply.body.into()).unwrap_or_else(|_| status(500).into_response())
}

/// A status outside HTTP's range counts as a failure.
fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
