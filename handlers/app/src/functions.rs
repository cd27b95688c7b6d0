//! The functions: a plain table, one signature for all rows.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap};
use fleet_core::trigger::Nudge;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    engine::{Occasion, chain},
    envelope::{Answer, HttpAnswer, Invocation, NotAnInvocation, Redeliver, binding},
    host::{InvocationBody, Route},
    inbound::{self, Rejected},
    outcome::Outcome,
    page,
};

/// The header in which the host names the invocation (Functions host: invocation request).
const INVOCATION_HEADER: &str = "x-azure-functions-invocationid";

/// THE TABLE: a function's folder, and what runs it.
#[must_use]
pub fn routes() -> Vec<Route<Arc<App>>> {
    vec![
        Route::new("cluster-events", cluster_events),
        Route::new("work", work),
        Route::new("tick", tick),
        Route::new("fleet", fleet),
    ]
}

/// What every function gives back: an answer, or a failure that another delivery may mend.
type Told = Result<Answer, Redeliver>;

/// Event Grid: triage only. Answers in well under a millisecond and touches neither ARM nor state.
async fn cluster_events(State(app): State<Arc<App>>, InvocationBody(body): InvocationBody) -> Told {
    inbound::triage_invocation(&body, app.clock).to_answer().map_err(|error| redeliver(&error))
}

/// Service Bus, queue `fleet-work`: one nudge, the whole path.
async fn work(State(app): State<Arc<App>>, headers: HeaderMap, InvocationBody(body): InvocationBody) -> Told {
    let (nudge, now) = match nudge_in(&body, app.clock) {
        Ok(read) => read,
        Err(rejected) => return reject(Answer::new(), &rejected),
    };
    let occasion = Occasion { invocation: invocation_id(&headers), now };
    let outcome = app.engine().await.map_err(|error| redeliver(&*error))?.reconcile(&nudge, occasion).await;
    tracing::info!(
        outcome.name = outcome.name(),
        trigger.kind = nudge.kind.name(),
        stamp.cluster = %nudge.subject,
        event.id = nudge.event_id,
        invocation.id = %occasion.invocation,
        "A nudge was worked on."
    );
    match outcome {
        Outcome::Retry { why } => Err(Redeliver { reason: why }),
        told => Ok(told.lines().into_iter().fold(Answer::new(), Answer::log)),
    }
}

/// The timer, every minute: what is due becomes nudges, which take the same path as events.
async fn tick(State(app): State<Arc<App>>, headers: HeaderMap, InvocationBody(body): InvocationBody) -> Told {
    let occasion = Occasion { invocation: invocation_id(&headers), now: now_of(&body, app.clock) };
    let engine = app.engine().await.map_err(|error| redeliver(&*error))?;
    queued(&engine.tick(occasion).await.map_err(|error| redeliver(&error))?)
}

/// HTTP GET: what is known of every stamp, as JSON.
async fn fleet(State(app): State<Arc<App>>, InvocationBody(body): InvocationBody) -> Told {
    let now = now_of(&body, app.clock);
    let engine = app.engine().await.map_err(|error| redeliver(&*error))?;
    let (status, body) = match engine.known().await {
        Ok(ledger) => (200, page::json(&ledger, now)),
        Err(error) => {
            tracing::warn!(error = chain(&error), "What is known could not be read.");
            (503, json!({ "error": "what is known could not be read; try again later" }))
        }
    };
    Ok(Answer::new().http(HttpAnswer::new(status, "application/json", body.to_string())))
}

/// An answer that puts nudges on the work queue.
fn queued(nudges: &[Nudge]) -> Told {
    nudges.iter().try_fold(Answer::new(), |mut answer, nudge| {
        answer.push(binding::WORK, nudge).map_err(|error| redeliver(&error))?;
        Ok(answer.log(format!("{}: {}", nudge.kind.name(), nudge.subject.name())))
    })
}

/// An answer that parks an input that nothing can mend.
fn reject(mut answer: Answer, rejected: &Rejected) -> Told {
    tracing::warn!(
        rejected.path = rejected.path,
        rejected.fault = rejected.fault,
        rejected.bytes = rejected.bytes,
        "An input was rejected and parked on the fleet-rejected queue."
    );
    answer.push(binding::REJECTED, rejected).map_err(|error| redeliver(&error))?;
    Ok(answer.log(format!("rejected at `{}`: {}", rejected.path, rejected.fault)))
}

fn redeliver(error: &(dyn std::error::Error + 'static)) -> Redeliver {
    Redeliver { reason: chain(error) }
}

/// The nudge in a message, and the time that came with it.
fn nudge_in(body: &[u8], clock: fn() -> Timestamp) -> Result<(Nudge, Timestamp), Rejected> {
    let unreadable = |error: NotAnInvocation| Rejected::new(&error.path, error.fault, body);
    let invocation = Invocation::parse(body).map_err(unreadable)?;
    let message = invocation.message(binding::MESSAGE).map_err(unreadable)?;
    Ok((inbound::nudge::decode(&message.body)?, invocation.now(clock)))
}

/// The host's id of this invocation. A call without one, from a person's hand, gets a random one.
fn invocation_id(headers: &HeaderMap) -> Uuid {
    let named = headers.get(INVOCATION_HEADER).and_then(|value| value.to_str().ok());
    named.and_then(|text| Uuid::parse_str(text).ok()).unwrap_or_else(Uuid::new_v4)
}

fn now_of(body: &[u8], clock: fn() -> Timestamp) -> Timestamp {
    Invocation::parse(body).map_or_else(|_| clock(), |invocation| invocation.now(clock))
}
