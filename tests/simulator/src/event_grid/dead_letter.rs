//! Events that were given up.

use std::time::Duration;

use jiff::Timestamp;

use super::event::{Schema, seven_digits};
use super::{Delivery, EventSubscription, Outcome};
use crate::functions_host::Token;

/// A dead letter is written this long after the last attempt.
const WRITTEN_AFTER: Duration = Duration::from_secs(5 * 60);

/// An event in the dead-letter container.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    /// The subscription that gave it up.
    pub subscription: String,
    /// When it was written.
    pub written: Timestamp,
    /// The event with the fields that tell why.
    pub content: Token,
}

impl DeadLetter {
    pub(super) fn of(
        delivery: &Delivery,
        subscription: &EventSubscription,
        reason: &str,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Self {
        let mut members = delivery.event.in_schema(subscription.schema).members().to_vec();
        let why = [
            ("deadLetterReason", Token::text(reason)),
            ("deliveryAttempts", Token::Number(delivery.attempt.into())),
            ("lastDeliveryOutcome", Token::text(outcome.word())),
            ("publishTime", Token::Text(seven_digits(delivery.published))),
            ("lastDeliveryAttemptTime", Token::Text(seven_digits(now))),
        ];
        // CloudEvents allows lower-case attribute names only.
        let spelled = |name: &str| match subscription.schema {
            Schema::EventGrid => name.to_owned(),
            Schema::CloudEvents => name.to_ascii_lowercase(),
        };
        members.extend(why.map(|(name, value)| (spelled(name), value)));
        Self {
            subscription: subscription.name.clone(),
            written: now.checked_add(WRITTEN_AFTER).unwrap_or(now),
            content: Token::Object(members),
        }
    }
}
