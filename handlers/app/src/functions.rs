//! The functions: a plain table, one signature for all rows.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap};
use fleet_core::{
    command::{self, CommandResult},
    trigger::{Nudge, NudgeKind},
    updates::Notice,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::App,
    engine::{Commanded, Engine, Followed, Occasion, chain},
    envelope::{Answer, HttpAnswer, Invocation, NotAnInvocation, Redeliver, binding},
    host::{InvocationBody, Route},
    inbound::{self, Rejected, work::Work},
    journal::JournalError,
    outcome::Outcome,
    page::{self, Asked},
};

/// The header in which the host names the invocation (Functions host: invocation request).
const INVOCATION_HEADER: &str = "x-azure-functions-invocationid";

/// THE TABLE: a function's folder, and what runs it.
#[must_use]
pub fn routes() -> Vec<Route<Arc<App>>> {
    vec![
        Route::new("cluster-events", events),
        Route::new("health-events", events),
        Route::new("fleet-events", events),
        Route::new("alerts", alerts),
        Route::new("work", work),
        Route::new("commands", commands),
        Route::new("tick", tick),
        Route::new("fleet", fleet),
        Route::new("journal", journal),
    ]
}

/// What every function gives back: an answer, or a failure that another delivery may mend.
type Told = Result<Answer, Redeliver>;

/// Event Grid: triage only. Answers in well under a millisecond and touches neither ARM nor state.
async fn events(State(app): State<Arc<App>>, InvocationBody(body): InvocationBody) -> Told {
    inbound::triage_invocation(&body, app.clock).to_answer().map_err(|error| redeliver(&error))
}

/// HTTP POST: an Azure Monitor alert as evidence about health. Answers the action group at once.
async fn alerts(State(app): State<Arc<App>>, InvocationBody(body): InvocationBody) -> Told {
    inbound::alerts::read_invocation(&body, app.clock).to_answer().map_err(|error| redeliver(&error))
}

/// Service Bus, queue `fleet-work`: one nudge, the whole path; or one statement about health, on its way to its stamps.
async fn work(State(app): State<Arc<App>>, headers: HeaderMap, InvocationBody(body): InvocationBody) -> Told {
    let (work, now) = match work_in(&body, app.clock) {
        Ok(read) => read,
        Err(rejected) => return reject(Answer::new(), &rejected),
    };
    let occasion = Occasion { invocation: invocation_id(&headers), now };
    let engine = app.engine().await.map_err(|error| redeliver(&*error))?;
    match work {
        Work::Nudge(nudge) if engine.is_about_updates(&nudge) => follow(engine, &nudge, occasion).await,
        Work::Nudge(nudge) => work_on(engine, &nudge, occasion).await,
        Work::Signal(signal) => {
            let nudges = engine.hear(&signal, occasion).await.map_err(|error| redeliver(&error))?;
            tracing::info!(
                signal.source = %signal.source,
                signal.says = ?signal.says,
                signal.stamps = nudges.len(),
                event.id = signal.event_id,
                invocation.id = %occasion.invocation,
                "A statement about health was taken in."
            );
            queued(&nudges)
        }
        Work::Support(stated) => {
            let nudges = engine.hear_support(&stated, occasion).await.map_err(|error| redeliver(&error))?;
            tracing::info!(
                stamp.cluster = %stated.cluster,
                support.version = stated.version,
                support.over = stated.over,
                event.id = stated.event_id,
                invocation.id = %occasion.invocation,
                "A statement about the end of support was taken in."
            );
            queued(&nudges)
        }
    }
}

async fn work_on(engine: &Engine, nudge: &Nudge, occasion: Occasion) -> Told {
    let outcome = engine.reconcile(nudge, occasion).await;
    tracing::info!(
        outcome.name = outcome.name(),
        trigger.kind = nudge.kind.name(),
        stamp.cluster = %nudge.subject,
        event.id = nudge.event_id,
        invocation.id = %occasion.invocation,
        "A nudge was worked on."
    );
    let answer = match outcome {
        Outcome::Retry { why } => return Err(Redeliver { reason: why }),
        told => told.lines().into_iter().fold(Answer::new(), Answer::log),
    };
    if nudge.kind != NudgeKind::PoolsRolled {
        return Ok(answer);
    }
    let next = engine.nudge_for_runs(nudge, occasion).await.map_err(|error| redeliver(&error))?;
    queue(answer, next.as_slice())
}

/// A nudge about the fleet's updates: one look at all of them.
async fn follow(engine: &Engine, nudge: &Nudge, occasion: Occasion) -> Told {
    let Followed { outcome, nudges, notices } =
        engine.follow_updates(nudge, occasion).await.map_err(|error| redeliver(&error))?;
    tracing::info!(
        outcome.name = outcome.name(),
        trigger.kind = nudge.kind.name(),
        trigger.subject = nudge.subject.name(),
        event.id = nudge.event_id,
        invocation.id = %occasion.invocation,
        "The fleet's updates were looked at."
    );
    let answer = outcome.lines().into_iter().fold(Answer::new(), Answer::log);
    queue(announced(answer, &notices)?, &nudges)
}

/// Notices go where answers to commands go, told apart by their `notice`.
fn announced(mut answer: Answer, notices: &[Notice]) -> Told {
    for notice in notices {
        answer.push(binding::RESULT, notice).map_err(|error| redeliver(&error))?;
    }
    Ok(answer)
}

/// Service Bus, queue `fleet-commands`: one command, one answer on `fleet-results`.
async fn commands(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    InvocationBody(body): InvocationBody,
) -> Told {
    let (message, now) = match message_in(&body, app.clock) {
        Ok(read) => read,
        Err(rejected) => return reject(Answer::new(), &rejected),
    };
    let occasion = Occasion { invocation: invocation_id(&headers), now };
    let command = match command::parse(&message, now) {
        Ok(command) => command,
        Err(invalid) => {
            let rejected = Rejected::new("$", invalid.to_string(), &message);
            return match CommandResult::of_invalid(&invalid, now) {
                Some(result) => answered(Answer::new(), &result),
                // Without an id there is nobody to answer to.
                None => reject(Answer::new(), &rejected),
            };
        }
    };
    let engine = app.engine().await.map_err(|error| redeliver(&*error))?;
    let Commanded { result, nudges, notices } =
        engine.command(&command, occasion).await.map_err(|error| redeliver(&error))?;
    answered(announced(queued(&nudges)?, &notices)?, &result)
}

fn answered(mut answer: Answer, result: &CommandResult) -> Told {
    tracing::info!(
        command.id = result.command_id,
        command.name = result.command,
        command.requested_by = result.requested_by,
        result.status = %result.status,
        result.dry_run = result.dry_run,
        "A command was answered."
    );
    answer.push(binding::RESULT, result).map_err(|error| redeliver(&error))?;
    answer = answer.log(format!("{} {}: {}", result.command, result.command_id, result.status));
    answer = result.did.iter().fold(answer, |answer, did| answer.log(format!("done: {did}")));
    answer = result.why.iter().fold(answer, |answer, why| answer.log(format!("hold: {why}")));
    for stamp in &result.stamps {
        answer = stamp.did.iter().fold(answer, |answer, did| answer.log(format!("done: {did}")));
        answer = stamp.why_not.iter().fold(answer, |answer, why| answer.log(format!("hold: {why}")));
    }
    Ok(answer)
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
    Ok(json_answer(known(engine, now).await))
}

/// HTTP GET: what was decided, newest first, a page at a time.
async fn journal(State(app): State<Arc<App>>, InvocationBody(body): InvocationBody) -> Told {
    let now = now_of(&body, app.clock);
    let asked = match asked_in(&body) {
        Ok(asked) => asked,
        Err(why) => return Ok(json_answer((400, json!({ "error": why })))),
    };
    let engine = app.engine().await.map_err(|error| redeliver(&*error))?;
    Ok(json_answer(page_of_journal(engine, &asked, now).await))
}

fn asked_in(body: &[u8]) -> Result<Asked, String> {
    let request = Invocation::parse(body).and_then(|invocation| invocation.request(binding::REQUEST));
    request.map_err(|error| error.fault).and_then(|request| Asked::from_query(&request))
}

fn json_answer((status, body): (u16, Value)) -> Answer {
    Answer::new().http(HttpAnswer::new(status, "application/json", body.to_string()))
}

async fn known(engine: &Engine, now: Timestamp) -> (u16, Value) {
    match engine.known().await {
        Ok(ledger) => (200, page::json(engine.config(), &ledger, now)),
        Err(error) => {
            tracing::warn!(error = chain(&error), "What is known could not be read.");
            (503, json!({ "error": "what is known could not be read; try again later" }))
        }
    }
}

async fn page_of_journal(engine: &Engine, asked: &Asked, now: Timestamp) -> (u16, Value) {
    match engine.journal(asked, now).await {
        Ok(page) => (200, page::journal(&page)),
        Err(JournalError::Store(error)) => {
            tracing::warn!(error = chain(&error), "The journal could not be read.");
            (503, json!({ "error": "the journal could not be read; try again later" }))
        }
        Err(error) => (400, json!({ "error": error.to_string() })),
    }
}

/// An answer that puts nudges on the work queue.
fn queued(nudges: &[Nudge]) -> Told {
    queue(Answer::new(), nudges)
}

fn queue(answer: Answer, nudges: &[Nudge]) -> Told {
    nudges.iter().try_fold(answer, |mut answer, nudge| {
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

/// What a message on the work queue holds, and the time that came with it.
fn work_in(body: &[u8], clock: fn() -> Timestamp) -> Result<(Work, Timestamp), Rejected> {
    let (message, now) = message_in(body, clock)?;
    Ok((inbound::work::decode(&message)?, now))
}

/// The bytes of a message, and the time that came with it.
fn message_in(body: &[u8], clock: fn() -> Timestamp) -> Result<(Vec<u8>, Timestamp), Rejected> {
    let unreadable = |error: NotAnInvocation| Rejected::new(&error.path, error.fault, body);
    let invocation = Invocation::parse(body).map_err(unreadable)?;
    let message = invocation.message(binding::MESSAGE).map_err(unreadable)?;
    Ok((message.body, invocation.now(clock)))
}

/// The host's id of this invocation. A call without one, from a person's hand, gets a random one.
fn invocation_id(headers: &HeaderMap) -> Uuid {
    let named = headers.get(INVOCATION_HEADER).and_then(|value| value.to_str().ok());
    named.and_then(|text| Uuid::parse_str(text).ok()).unwrap_or_else(Uuid::new_v4)
}

fn now_of(body: &[u8], clock: fn() -> Timestamp) -> Timestamp {
    Invocation::parse(body).map_or_else(|_| clock(), |invocation| invocation.now(clock))
}
