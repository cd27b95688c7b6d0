//! `data.resourceInfo` of `Microsoft.ResourceNotifications.*`: the resource that an event is about, with its properties.

use std::borrow::Cow;

use fleet_core::ids::ArmId;
use serde::Deserialize;

use super::{
    decoded::Fault,
    event::Event,
    subject::{no_id, parse_id},
};

/// Where the resource's id stands.
const ID: &str = "data.resourceInfo.id";

/// The resource, with `P` of its properties.
#[derive(Deserialize)]
#[serde(bound(deserialize = "P: Deserialize<'de>"))]
pub(super) struct ResourceInfo<'a, P> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(default = "none")]
    properties: Option<P>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "P: Deserialize<'de>"))]
struct Data<'a, P> {
    #[serde(borrow, default = "none", rename = "resourceInfo")]
    resource_info: Option<ResourceInfo<'a, P>>,
}

/// The default of a field whose type has none.
fn none<T>() -> Option<T> {
    None
}

impl<'a, P: Deserialize<'a>> ResourceInfo<'a, P> {
    /// What an event tells; nothing where it tells nothing.
    pub(super) fn of(event: &Event<'a>) -> Result<Self, Fault> {
        let Some(text) = event.data() else { return Ok(Self { id: None, properties: None }) };
        let data: Data<'a, P> = Fault::read("data", text)?;
        Ok(data.resource_info.unwrap_or(Self { id: None, properties: None }))
    }

    /// Its id, else the event's subject. The first that is there must be an id.
    pub(super) fn id(&self, event: &Event<'_>) -> Result<ArmId, Fault> {
        match self.id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => parse_id(ID, id),
            None => event.subject().map_or_else(|| Err(no_id(ID)), |subject| parse_id("subject", subject)),
        }
    }

    /// The event's subject, else its id: the other way round, for events whose samples have an unreadable id.
    pub(super) fn id_by_subject(&self, event: &Event<'_>) -> Result<ArmId, Fault> {
        event.subject().map_or_else(|| self.id(event), |subject| parse_id("subject", subject))
    }

    /// Its properties.
    pub(super) fn properties(self) -> Option<P> {
        self.properties
    }
}
