//! What happens to every request before and after its route: faults, authentication, versions, permissions,
//! limits, headers, counting, recording.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::faults::{Effect, KillPoint, Struck};
use crate::happening::Happening;
use crate::record::{Entry, shorten};

use super::call::{Call, Reply};
use super::error::{self, ArmError};
use super::exchange::{ArmRequest, ArmResponse, Headers, Outcome};
use super::route::{Root, Route};
use super::routes;
use super::state::State;
use super::throttle::Kind;
use super::traffic::Ticket;
use super::{Arm, id};

/// The audiences that ARM accepts in a token, beside the endpoint's own address: in every cloud the address
/// of ARM is an audience of its tokens.
const AUDIENCES: [&str; 2] = ["https://management.azure.com", "https://management.core.windows.net"];

/// A decided request whose answer has not been released yet.
pub(crate) struct Decided {
    pub outcome: Outcome,
    pub ticket: Ticket,
    /// How much longer than usual the answer is held back.
    pub delay: Duration,
    /// Whether the handler dies now.
    pub kills_handler: bool,
}

/// Who asks, and how often it has been asked.
struct Arrival<'a> {
    request: &'a ArmRequest,
    correlation: String,
    attempt: u32,
    now: Timestamp,
}

impl Arm {
    /// Decides a request: its effect on the state and what the caller will experience.
    pub(crate) fn decide(&self, request: &ArmRequest) -> Decided {
        let now = self.clock().now();
        let (decided, changed) = {
            let mut state = self.lock();
            state.carry_on(now);
            let attempt = state.count_attempt(&request.method, request.path());
            let arrival = self.arrive(request, attempt, now);
            let ticket = state.traffic.arrive(&arrival.correlation, &request.method);
            let (writes, effect) = (state.store.writes(), self.strike(&mut state, &arrival));
            let outcome = self.experience(&mut state, &arrival, effect.as_ref());
            let changed = state.store.writes() != writes;
            let failed = !matches!(&outcome, Outcome::Answered(response) if response.status < 400);
            state.traffic.decided(&ticket, failed, changed);
            let delay = if let Some(Effect::Delay(delay)) = effect { delay } else { Duration::ZERO };
            let kills_handler = matches!(effect, Some(Effect::KillHandler(_)));
            (Decided { outcome, ticket, delay, kills_handler }, changed)
        };
        self.publish(request, &decided, now, changed);
        decided
    }

    fn arrive<'a>(&self, request: &'a ArmRequest, attempt: u32, now: Timestamp) -> Arrival<'a> {
        let made_up = || {
            let key = ["correlation", &request.method, &id::key(request.path()), &attempt.to_string()];
            self.seed().guid(&key).to_string()
        };
        let correlation = request.headers.get("x-ms-correlation-request-id").cloned().unwrap_or_else(made_up);
        Arrival { request, correlation, attempt, now }
    }

    fn strike(&self, state: &mut State, arrival: &Arrival<'_>) -> Option<Effect> {
        let request = arrival.request;
        let struck = Struck { method: &request.method, path: request.path(), attempt: arrival.attempt };
        state.faults.strike(&struck, self.seed())
    }

    /// What the caller experiences, faults included.
    fn experience(&self, state: &mut State, arrival: &Arrival<'_>, effect: Option<&Effect>) -> Outcome {
        match effect {
            Some(Effect::ConnectionLost) => Outcome::ConnectionLost,
            Some(Effect::KillHandler(KillPoint::BeforeWrite)) => Outcome::Silent,
            Some(Effect::Throttle { retry_after_seconds }) => {
                Outcome::Answered(self.dress(error::throttled(*retry_after_seconds).into_response(), arrival))
            }
            Some(Effect::Status { status, body }) => {
                let response = ArmResponse { status: *status, headers: Headers::new(), body: body.clone() };
                Outcome::Answered(self.dress(response, arrival))
            }
            other => {
                let response = self.answer(state, arrival, other).unwrap_or_else(ArmError::into_response);
                match other {
                    Some(Effect::ReplyLost) => Outcome::ConnectionLost,
                    Some(Effect::KillHandler(KillPoint::AfterWrite)) => Outcome::Silent,
                    _ => Outcome::Answered(self.dress(response, arrival)),
                }
            }
        }
    }

    /// The true answer, in ARM's order: token, limits, then everything about the route.
    fn answer(&self, state: &mut State, arrival: &Arrival<'_>, effect: Option<&Effect>) -> Reply {
        let request = arrival.request;
        let caller = self.authenticate(request)?;
        let Some(limits) = state.settings.limits else { return self.route(state, arrival, effect, caller) };
        let (subscription, kind) = (id::after(request.path(), "subscriptions"), Kind::of(&request.method));
        let remaining = state.throttle.take(&limits, subscription, &caller, kind, arrival.now)?;
        let reply = self.route(state, arrival, effect, caller);
        let mut response = reply.unwrap_or_else(ArmError::into_response);
        remaining.show(&mut response);
        Ok(response)
    }

    /// Finds the route, checks what it asks for, and lets it answer. A write that the route refuses raises an
    /// event.
    fn route(
        &self,
        state: &mut State,
        arrival: &Arrival<'_>,
        effect: Option<&Effect>,
        caller: String,
    ) -> Reply {
        let request = arrival.request;
        let (row, captured) = routes::find(&request.method, request.path())
            .ok_or_else(|| error::not_implemented(&format!("{} {}", request.method, request.path())))?;
        let query = query(&request.path_and_query);
        check_version(&row.route, &query)?;
        check_permission(state, &row.route, &caller, request.path())?;
        check_scope(state, &row.route, &captured)?;
        let body = parse_body(&request.body)?;
        let mut call = Call {
            state,
            seed: self.seed(),
            now: arrival.now,
            request,
            route: &row.route,
            captured,
            query,
            body,
            caller,
            correlation: arrival.correlation.clone(),
            attempt: arrival.attempt,
            operation_fault: effect.cloned(),
        };
        let reply = (row.answer)(&mut call);
        if reply.is_err() && !matches!(request.method.as_str(), "GET" | "HEAD") {
            let event = call.event(false);
            call.state.outbox.push(event);
        }
        reply
    }

    fn authenticate(&self, request: &ArmRequest) -> Result<String, ArmError> {
        let header = request.headers.get("authorization");
        let header =
            header.ok_or_else(|| error::authentication_failed("The 'Authorization' header is missing."))?;
        let token = header.strip_prefix("Bearer ").unwrap_or_default();
        let claims = self.tokens().recognise(token);
        let claims = claims.ok_or_else(|| error::authentication_failed("The access token is invalid."))?;
        if !AUDIENCES.contains(&claims.audience.as_str()) && claims.audience != request.base {
            return Err(error::authentication_failed("The access token is for another audience."));
        }
        Ok(claims.object_id)
    }

    /// Adds the headers that every answer carries.
    fn dress(&self, mut response: ArmResponse, arrival: &Arrival<'_>) -> ArmResponse {
        let request = arrival.request;
        let (path, attempt) = (id::key(request.path()), arrival.attempt.to_string());
        let guid = |purpose| self.seed().guid(&[purpose, &request.method, &path, &attempt]).to_string();
        let routing = format!("SIMULATED:{}:{}", arrival.now.strftime("%Y%m%dT%H%M%SZ"), guid("routing"));
        let headers = &mut response.headers;
        headers.insert("x-ms-request-id".to_owned(), guid("request"));
        headers.insert("x-ms-correlation-request-id".to_owned(), arrival.correlation.clone());
        headers.insert("x-ms-routing-request-id".to_owned(), routing);
        if let Some(client) = echoed_client_id(request) {
            headers.insert("x-ms-client-request-id".to_owned(), client);
        }
        if response.body.is_some() {
            response.headers.insert("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
        }
        response
    }

    /// Tells listeners and the record, while no lock is held.
    fn publish(&self, request: &ArmRequest, decided: &Decided, now: Timestamp, changed: bool) {
        self.tell();
        let response = if let Outcome::Answered(response) = &decided.outcome { Some(response) } else { None };
        let cause = self.causes().get(decided.ticket.correlation());
        self.watchers().tell(&Happening::ArmCall {
            method: request.method.clone(),
            url: shorten(&request.path_and_query),
            status: response.map(|response| response.status),
            correlation_id: decided.ticket.correlation().to_owned(),
            cause: cause.clone(),
            changed,
        });
        if self.recorder().is_on() {
            self.recorder().write(Entry {
                at: now,
                method: &request.method,
                url: format!("{}{}", request.base, request.path_and_query),
                request_headers: request.headers.clone(),
                request_body: serde_json::from_slice(&request.body).ok(),
                status: response.map(|response| response.status),
                response_headers: response.map(|response| response.headers.clone()).unwrap_or_default(),
                response_body: response.and_then(|response| response.body.clone()),
                cause,
            });
        }
    }
}

/// The caller's own request id, echoed only on demand.
fn echoed_client_id(request: &ArmRequest) -> Option<String> {
    let wanted = request.headers.get("x-ms-return-client-request-id")?;
    wanted.eq_ignore_ascii_case("true").then(|| request.headers.get("x-ms-client-request-id").cloned())?
}

fn query(path_and_query: &str) -> BTreeMap<String, String> {
    let query = path_and_query.split_once('?').map_or("", |(_, query)| query);
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned())).collect()
}

fn check_version(route: &Route, query: &BTreeMap<String, String>) -> Result<(), ArmError> {
    let sent = query.get("api-version").ok_or_else(error::missing_api_version)?;
    let kind = route.kind;
    if sent.eq_ignore_ascii_case(kind.api_version) {
        return Ok(());
    }
    Err(error::unsupported_api_version(kind.name, sent, kind.api_version))
}

fn check_permission(state: &mut State, route: &Route, caller: &str, path: &str) -> Result<(), ArmError> {
    let action = route.action();
    if state.permissions.ask(&action) {
        return Ok(());
    }
    Err(error::authorization_failed(caller, &action, path))
}

/// Refuses paths in subscriptions and resource groups that do not exist.
fn check_scope(
    state: &State,
    route: &Route,
    captured: &BTreeMap<&'static str, String>,
) -> Result<(), ArmError> {
    let Some(subscription) = captured.get("subscription") else { return Ok(()) };
    if !state.tenant.has_subscription(subscription) {
        return Err(error::subscription_not_found(subscription));
    }
    match captured.get("group") {
        Some(group) if route.root != Root::GroupItself => {
            let id = format!("/subscriptions/{subscription}/resourceGroups/{group}");
            if state.store.contains(&id) { Ok(()) } else { Err(error::resource_group_not_found(group)) }
        }
        _ => Ok(()),
    }
}

fn parse_body(body: &[u8]) -> Result<Value, ArmError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(error::invalid_request_content)
}
