//! Creating an event subscription: the destination must agree first.

use http::Method;
use thiserror::Error;

use super::event::{Event, Schema};
use super::{EventGrid, EventSubscription};
use crate::functions_host::{EventGridCall, FunctionsHost, Token, WebhookReply};

/// The origin that Event Grid names in the handshake of CloudEvents; its literal value isn't documented.
const ORIGIN: &str = "eventgrid.azure.net";

/// The destination didn't agree.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "event subscription {subscription:?}: function {function:?} answered the validation with {status} {body:?}; it must be an Event Grid function of the app, in the same case"
)]
pub struct HandshakeFailed {
    /// The event subscription.
    pub subscription: String,
    /// Its function.
    pub function: String,
    /// The status answered.
    pub status: u16,
    /// The body answered.
    pub body: String,
}

impl EventGrid {
    /// Validates the destination and creates the subscription; one of the same name is replaced.
    ///
    /// # Errors
    /// When the destination doesn't agree.
    pub async fn subscribe(
        &self,
        subscription: EventSubscription,
        host: &FunctionsHost,
    ) -> Result<(), HandshakeFailed> {
        let agreed = match subscription.schema {
            Schema::EventGrid => self.validation_event(&subscription, host).await,
            Schema::CloudEvents => options_request(&subscription, host).await,
        };
        agreed.map_err(|reply| HandshakeFailed {
            subscription: subscription.name.clone(),
            function: subscription.function.clone(),
            status: reply.status,
            body: reply.body,
        })?;
        self.state().subscriptions.insert(subscription.name.clone(), subscription);
        Ok(())
    }

    /// Event Grid's schema: a validation event whose code must come back with status 200.
    async fn validation_event(
        &self,
        subscription: &EventSubscription,
        host: &FunctionsHost,
    ) -> Result<(), WebhookReply> {
        let code = self.seed.guid(&["validation code", &subscription.name]).to_string();
        let event = Event {
            system_topic: subscription.system_topic,
            id: self.seed.guid(&["validation event", &subscription.name]).to_string(),
            topic: String::new(),
            subject: String::new(),
            event_type: "Microsoft.EventGrid.SubscriptionValidationEvent".to_owned(),
            time: self.clock.now(),
            data: Token::object([("validationCode", Token::text(&code))]),
            data_version: "1".to_owned(),
        };
        let call = EventGridCall {
            method: Method::POST,
            function: subscription.function.clone(),
            event_type: Some("SubscriptionValidation".to_owned()),
            origin: None,
            body: Token::Array(vec![event.in_schema(Schema::EventGrid)]).compact(),
        };
        let reply = host.event_grid_webhook(call).await;
        let echoed = Token::parse(&reply.body)
            .is_ok_and(|body| body.get("validationResponse").and_then(Token::as_text) == Some(code.as_str()));
        if reply.status == 200 && echoed { Ok(()) } else { Err(reply) }
    }
}

/// CloudEvents: an OPTIONS request whose origin must be allowed.
async fn options_request(subscription: &EventSubscription, host: &FunctionsHost) -> Result<(), WebhookReply> {
    let call = EventGridCall {
        method: Method::OPTIONS,
        function: subscription.function.clone(),
        event_type: None,
        origin: Some(ORIGIN.to_owned()),
        body: String::new(),
    };
    let reply = host.event_grid_webhook(call).await;
    let allowed = reply.allowed_origin.as_deref().is_some_and(|origin| origin == ORIGIN || origin == "*");
    if reply.status == 200 && allowed { Ok(()) } else { Err(reply) }
}
