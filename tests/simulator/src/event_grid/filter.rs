//! Event subscriptions and their filters.

use super::event::{Event, Schema, SystemTopic};
use super::retry::RetryPolicy;
use crate::functions_host::Token;

/// An event subscription with a function as its destination.
#[derive(Debug, Clone, PartialEq)]
pub struct EventSubscription {
    /// Its name, unique in the simulation.
    pub name: String,
    /// The topic it listens to, in every Azure subscription of the estate.
    pub system_topic: SystemTopic,
    /// The function that gets the events.
    pub function: String,
    /// The form of the events.
    pub schema: Schema,
    /// The wanted event types, compared in any case; empty for all.
    pub included_event_types: Vec<String>,
    /// Filters on fields; all must match.
    pub advanced: Vec<AdvancedFilter>,
    /// When to try again and when to give up.
    pub retry: RetryPolicy,
    /// Whether a dead-letter destination is configured; off by default in Azure.
    pub dead_letters: bool,
}

/// A filter on one field of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvancedFilter {
    /// The field, dotted: `subject`, `data.operationName`.
    pub key: String,
    /// How it is compared.
    pub operator: FilterOperator,
    /// The values, one of which must match.
    pub values: Vec<String>,
}

/// How a field is compared with a value. Case never counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterOperator {
    /// Equal.
    StringIn,
    /// Begins with.
    StringBeginsWith,
    /// Ends with.
    StringEndsWith,
    /// Contains.
    StringContains,
    /// Equal to none of the values; an absent field matches.
    StringNotIn,
}

impl EventSubscription {
    /// A subscription to everything of a topic, in Event Grid's schema, without dead-lettering.
    #[must_use]
    pub fn new(name: &str, system_topic: SystemTopic, function: &str) -> Self {
        Self {
            name: name.to_owned(),
            system_topic,
            function: function.to_owned(),
            schema: Schema::EventGrid,
            included_event_types: Vec::new(),
            advanced: Vec::new(),
            retry: RetryPolicy::default(),
            dead_letters: false,
        }
    }

    /// The same subscription for these event types only.
    #[must_use]
    pub fn including(mut self, event_types: &[&str]) -> Self {
        self.included_event_types = event_types.iter().map(|&event_type| event_type.to_owned()).collect();
        self
    }

    /// The same subscription with one more filter.
    #[must_use]
    pub fn where_field(mut self, key: &str, operator: FilterOperator, values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        self.advanced.push(AdvancedFilter { key: key.to_owned(), operator, values });
        self
    }

    /// The same subscription in another schema.
    #[must_use]
    pub fn in_schema(mut self, schema: Schema) -> Self {
        self.schema = schema;
        self
    }

    /// The same subscription with a dead-letter destination.
    #[must_use]
    pub fn with_dead_letters(mut self) -> Self {
        self.dead_letters = true;
        self
    }

    /// Whether an event passes the topic and all filters.
    #[must_use]
    pub fn wants(&self, event: &Event) -> bool {
        let included = &self.included_event_types;
        self.system_topic == event.system_topic
            && (included.is_empty()
                || included.iter().any(|wanted| wanted.eq_ignore_ascii_case(&event.event_type)))
            && self.advanced.iter().all(|filter| filter.matches(&event.in_schema(self.schema)))
    }
}

impl AdvancedFilter {
    fn matches(&self, event: &Token) -> bool {
        let field = self.key.split('.').try_fold(event, Token::get).and_then(Token::as_text);
        let Some(field) = field.map(str::to_ascii_lowercase) else {
            return self.operator == FilterOperator::StringNotIn;
        };
        let mut values = self.values.iter().map(|value| value.to_ascii_lowercase());
        match self.operator {
            FilterOperator::StringIn => values.any(|value| field == value),
            FilterOperator::StringBeginsWith => values.any(|value| field.starts_with(&value)),
            FilterOperator::StringEndsWith => values.any(|value| field.ends_with(&value)),
            FilterOperator::StringContains => values.any(|value| field.contains(&value)),
            FilterOperator::StringNotIn => values.all(|value| field != value),
        }
    }
}
