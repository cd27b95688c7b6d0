//! The Event Grid extension's endpoint, and the admin endpoint that runs any other function.

use ::http::Method;
use futures::future::join_all;
use serde::Deserialize;

use super::definition::{FunctionDefinition, Trigger};
use super::host::{FunctionsHost, Settled};
use super::invocation::{TimerRun, TriggerInput, event_grid_batch, event_grid_event, timer_run};
use super::token::Token;
use super::value::BindingValue;

/// A request to `/runtime/webhooks/EventGrid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventGridCall {
    /// The method: POST, or OPTIONS for the handshake of CloudEvents.
    pub method: Method,
    /// `functionName` of the query; its case counts.
    pub function: String,
    /// The header `aeg-event-type`.
    pub event_type: Option<String>,
    /// The header `WebHook-Request-Origin`.
    pub origin: Option<String>,
    /// The body: one event or an array of events.
    pub body: String,
}

/// What the extension answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookReply {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: String,
    /// `Webhook-Allowed-Origin`, in the handshake of CloudEvents.
    pub allowed_origin: Option<String>,
}

impl WebhookReply {
    fn of(status: u16, body: impl Into<String>) -> Self {
        Self { status, body: body.into(), allowed_origin: None }
    }
}

#[derive(Deserialize)]
struct AdminBody {
    input: String,
}

impl FunctionsHost {
    /// Answers as the extension does: handshakes itself, and a notification when every invocation of it has ended.
    pub async fn event_grid_webhook(&self, call: EventGridCall) -> WebhookReply {
        let Some(function) = self.event_grid_function(&call.function) else {
            return WebhookReply::of(404, format!("cannot find function: '{}'", call.function));
        };
        if call.method == Method::OPTIONS {
            let origin = call.origin.unwrap_or_default();
            return WebhookReply { status: 200, body: String::new(), allowed_origin: Some(origin) };
        }
        match call.event_type.as_deref() {
            Some("SubscriptionValidation") => validation_reply(&call.body),
            Some("Notification") => self.notify(function, &call.body).await,
            Some("Unsubscribe") => WebhookReply::of(202, ""),
            _ => WebhookReply::of(400, ""),
        }
    }

    /// `POST /admin/functions/<name>` with `{"input": "<text>"}`: runs an Event Grid or timer function once. 202 at once
    /// in Azure; here when the run has ended, so that a test can look at its effects. 501 for the other triggers.
    ///
    /// Where among the metadata the raw input stands isn't verified.
    pub async fn run_by_admin(&self, name: &str, body: &str) -> u16 {
        let Some(function) = self.app().function(name) else { return 404 };
        let Ok(AdminBody { input: raw }) = serde_json::from_str(body) else { return 400 };
        let input = match &function.trigger {
            Trigger::EventGrid { whole_delivery: false } => match Token::parse(&raw) {
                Ok(event) => event_grid_event(event),
                Err(_) => return 400,
            },
            Trigger::Timer { monitored, .. } => timer_run(
                name,
                TimerRun { next: self.around().clock.now(), last: None, monitored: *monitored },
            ),
            _ => return 501,
        };
        let mut input: TriggerInput = input;
        input.metadata.push((function.binding.clone(), BindingValue::Text(raw)));
        let finished = self.run(function, &input).await;
        self.settle(finished);
        202
    }

    pub(crate) fn event_grid_function(&self, name: &str) -> Option<&FunctionDefinition> {
        let function = self.app().function(name)?;
        matches!(function.trigger, Trigger::EventGrid { .. }).then_some(function)
    }

    /// 202 when all invocations succeeded, else 500. A hanging invocation is answered at once with 500.
    async fn notify(&self, function: &FunctionDefinition, body: &str) -> WebhookReply {
        let Ok(body) = Token::parse(body) else { return WebhookReply::of(500, "the body isn't JSON") };
        let inputs = inputs_of(function, body);
        let finished = join_all(inputs.iter().map(|input| self.run(function, input))).await;
        let settled: Vec<_> = finished.into_iter().map(|finished| self.settle(finished)).collect();
        if settled.iter().all(|settled| matches!(settled, Settled::Succeeded(_))) {
            WebhookReply::of(202, "")
        } else {
            WebhookReply::of(500, format!("Exception while executing function: Functions.{}", function.name))
        }
    }
}

/// One invocation per event, or one for the whole delivery.
pub(crate) fn inputs_of(function: &FunctionDefinition, body: Token) -> Vec<TriggerInput> {
    let events = if let Token::Array(events) = body { events } else { vec![body] };
    if function.trigger == (Trigger::EventGrid { whole_delivery: true }) {
        vec![event_grid_batch(events)]
    } else {
        events.into_iter().map(event_grid_event).collect()
    }
}

/// Echoes the validation code. With CloudEvents the `data` can be JSON text.
fn validation_reply(body: &str) -> WebhookReply {
    let code = Token::parse(body).ok().and_then(|body| {
        let event = if let Token::Array(events) = body { events.into_iter().next()? } else { body };
        let data = match event.get("data")? {
            Token::Text(text) => Token::parse(text).ok()?,
            other => other.clone(),
        };
        Some(data.get("validationCode")?.as_text()?.to_owned())
    });
    match code {
        Some(code) => {
            WebhookReply::of(200, Token::object([("validationResponse", Token::Text(code))]).compact())
        }
        None => WebhookReply::of(400, ""),
    }
}

#[cfg(test)]
mod tests;
