//! One request on its way through a route: what was asked, by whom, and the means to answer.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::chance::Seed;
use crate::faults::Effect;

use super::error::{self, ArmError};
use super::event::{ArmEvent, ArmEventKind};
use super::exchange::{ArmRequest, ArmResponse};
use super::id;
use super::operations::{Finish, Operation, Progress, Service};
use super::route::Route;
use super::state::State;

/// What a route answers.
pub(crate) type Reply = Result<ArmResponse, ArmError>;

/// The request and the means.
pub(crate) struct Call<'a> {
    pub state: &'a mut State,
    pub seed: Seed,
    pub now: Timestamp,
    pub request: &'a ArmRequest,
    pub route: &'static Route,
    /// The named segments of the path, as sent.
    pub captured: BTreeMap<&'static str, String>,
    /// The query, names in lower case.
    pub query: BTreeMap<String, String>,
    /// The JSON body; null when there is none.
    pub body: Value,
    /// The caller's object id.
    pub caller: String,
    pub correlation: String,
    /// How often this method and path have been sent.
    pub attempt: u32,
    /// A fault for the operation that this call begins.
    pub operation_fault: Option<Effect>,
}

/// What a route says about the operation that it begins.
pub(crate) struct Begin {
    pub service: Service,
    pub finish: Finish,
    /// The provisioning state meanwhile.
    pub doing: &'static str,
    /// Ids on which nothing else may begin meanwhile.
    pub locks: Vec<String>,
}

impl Call<'_> {
    /// A named segment of the path; empty if the route has none of that name.
    pub(crate) fn segment(&self, name: &str) -> &str {
        self.captured.get(name).map_or("", String::as_str)
    }

    /// The id of the resource that the request names, in the caller's casing. An action's verb is no part of it.
    pub(crate) fn resource_id(&self) -> String {
        let path = self.request.path().trim_end_matches('/');
        let verb = self.route.verb.strip_suffix("/action").map_or(0, |verb| verb.len() + 1);
        path[..path.len() - verb].to_owned()
    }

    /// A GUID of this call's own: the same for the same method, path and attempt.
    pub(crate) fn guid(&self, purpose: &str) -> String {
        let (path, attempt) = (id::key(self.request.path()), self.attempt.to_string());
        self.seed.guid(&[purpose, &self.request.method, &path, &attempt]).to_string()
    }

    /// How long the operation that this call begins takes.
    fn duration(&self, service: Service) -> SignedDuration {
        let settings = &self.state.settings;
        let range = match service {
            Service::Fleets => &settings.fleet_operation_seconds,
            Service::FrontDoor => &settings.front_door_operation_seconds,
        };
        let (path, attempt) = (id::key(self.request.path()), self.attempt.to_string());
        let key = ["duration", &self.request.method, &path, &attempt];
        let seconds = self.seed.between(*range.start(), *range.end(), &key);
        SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    /// The event about this request, as if it ended now.
    pub(crate) fn event(&self, succeeded: bool) -> ArmEvent {
        let kind = match self.request.method.as_str() {
            "DELETE" => ArmEventKind::Delete,
            "POST" => ArmEventKind::Action,
            _ => ArmEventKind::Write,
        };
        let resource_id = self.resource_id();
        ArmEvent {
            kind,
            succeeded,
            resource_type: self.route.kind.name.to_owned(),
            operation_name: self.route.action(),
            at: self.now,
            correlation_id: self.correlation.clone(),
            caller: Some(self.caller.clone()),
            resource: self.state.store.get(&resource_id).cloned(),
            resource_id,
        }
    }

    /// Tells the world that this request succeeded at once.
    pub(crate) fn succeed(&mut self) {
        let event = self.event(true);
        self.state.outbox.push(event);
    }

    /// Refuses with 409 while an operation holds `id`.
    pub(crate) fn refuse_while_busy(&self, id: &str) -> Result<(), ArmError> {
        match self.state.operations.holding(id) {
            Some(operation) => Err(error::operation_not_allowed(operation.doing)),
            None => Ok(()),
        }
    }

    /// Begins a long-running operation on the resource that the request names, and answers its id.
    pub(crate) fn begin(&mut self, begin: &Begin) -> String {
        let id = self.guid("operation");
        let ends = self.now.saturating_add(self.duration(begin.service)).unwrap_or(Timestamp::MAX);
        let failure = match &self.operation_fault {
            Some(Effect::OperationFails { code }) => Some(code.clone()),
            _ => None,
        };
        self.state.operations.start(Operation {
            id: id.clone(),
            service: begin.service,
            target: self.resource_id(),
            finish: begin.finish,
            locks: begin.locks.iter().map(|lock| id::key(lock)).collect(),
            doing: begin.doing,
            started: self.now,
            ends: (self.operation_fault != Some(Effect::OperationStuck)).then_some(ends),
            failure,
            progress: Progress::Running,
            polls: 0,
            event: self.event(true),
        });
        id
    }

    /// The etag of a resource: it changes with every write and holds its own quotes, as the fleet service's
    /// do.
    pub(crate) fn etag(&self, id: &str) -> String {
        etag(self.seed, id, self.state.store.revision(id))
    }

    /// Checks `If-Match` and `If-None-Match` against the resource that the request names.
    pub(crate) fn check_conditions(&self) -> Result<(), ArmError> {
        let id = self.resource_id();
        let exists = self.state.store.contains(&id);
        let if_match = self.request.headers.get("if-match");
        let matches = if_match.is_none_or(|wanted| exists && (wanted == "*" || *wanted == self.etag(&id)));
        let may_exist = self.request.headers.get("if-none-match").map(String::as_str) != Some("*");
        if matches && (may_exist || !exists) { Ok(()) } else { Err(error::precondition_failed(&id)) }
    }

    /// Refuses a body that carries a `provisioningState` other than the stored one.
    pub(crate) fn check_provisioning_state(&self) -> Result<(), ArmError> {
        const PATH: &str = "/properties/provisioningState";
        let stored = self.state.store.get(&self.resource_id()).and_then(|body| body.pointer(PATH));
        match self.body.pointer(PATH) {
            Some(sent) if stored != Some(sent) => {
                Err(error::invalid_parameter("properties.provisioningState", "it is read-only"))
            }
            _ => Ok(()),
        }
    }
}

/// An etag in the fleet service's shape: a quoted text inside the JSON text.
pub(crate) fn etag(seed: Seed, id: &str, revision: u64) -> String {
    let hash = seed.number(&["etag", &id::key(id), &revision.to_string()]);
    format!("\"{:08x}-0000-3400-0000-{:08x}0000\"", hash >> 32, hash & 0xffff_ffff)
}
