//! The side that faces the Functions host: a small HTTP server on loopback.
//!
//! The host starts one process, asks `GET /` every 25 ms until something answers, then posts each invocation to
//! `/<function name>`. It ends the process with SIGKILL and without a word, so nothing here may matter for
//! correctness; ending in good order is a courtesy to whoever runs the handler by hand.

mod body;
mod lifetime;
mod listener;

use std::any::Any;

use axum::{
    Router,
    handler::Handler,
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;

pub use body::{InvocationBody, MAX_BODY_BYTES};
pub use lifetime::Ended;
pub use listener::{BindError, PORT_VARIABLE, bind, serve};

/// One row of the routing table: a function and what runs it.
#[derive(Debug, Clone)]
pub struct Route<S> {
    function: &'static str,
    run: MethodRouter<S>,
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    /// A row. `function` is the name of the function's folder in exactly its letter case; `run` takes the state, an
    /// [`InvocationBody`], or nothing.
    pub fn new<H, T>(function: &'static str, run: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        Self { function, run: post(run) }
    }

    /// The function's name.
    #[must_use]
    pub fn function(&self) -> &'static str {
        self.function
    }
}

/// The whole server: readiness, the functions of the table, and an answer for everything else.
pub fn router<S: Clone + Send + Sync + 'static>(routes: Vec<Route<S>>, state: S) -> Router {
    let ready = Router::new().route("/", get(ready));
    let functions = routes
        .into_iter()
        .fold(ready, |router, Route { function, run }| router.route(&format!("/{function}"), run));
    functions.fallback(unknown).layer(CatchPanicLayer::custom(panicked)).with_state(state)
}

/// Any answer means "ready" to the host; it comes before any client or credential exists.
async fn ready() -> &'static str {
    "ready"
}

async fn unknown(uri: Uri) -> Response {
    let function = uri.path().trim_start_matches('/');
    tracing::error!(
        function.name = function,
        "The host called a function that this build does not have; its folder does not belong to this binary."
    );
    failure(StatusCode::NOT_FOUND, "there is no such function")
}

/// A panic fails one invocation, not the process: the others in flight have done nothing wrong. The panic hook has
/// written the place; the host drops the answer's body, so the message goes to the log.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands over the panic's payload")]
fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let message = payload.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(panic.message = message, "An invocation panicked; this is a bug.");
    failure(StatusCode::INTERNAL_SERVER_ERROR, "the invocation panicked")
}

fn failure(status: StatusCode, reason: &str) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], json!({ "error": reason }).to_string()).into_response()
}

#[cfg(test)]
mod tests;
