//! Service Health alerts: incidents of Azure's services, by region. They have no state and only ever fire: status and
//! stage say whether the incident is over. Which services matter is for the alert rule to say.

use std::borrow::Cow;

use fleet_core::health::{About, Says, Source};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Fault, NotEvidence, Reading, schema::CommonAlert};
use crate::inbound::{event::lenient_time, statement::Statement};

const IMPACTED: &str = "data.alertContext.properties.impactedServices";

/// Stages after which nothing is down any more: the end, and the report on what had happened.
const OVER: [&str; 5] = ["Resolved", "Complete", "Canceled", "Cancelled", "RCA"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    #[serde(borrow, default)]
    properties: Option<Properties<'a>>,
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event_timestamp: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    #[serde(borrow, default)]
    title: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    region: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    incident_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    tracking_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    stage: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    impacted_services: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "IsSynthetic")]
    is_synthetic: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    #[serde(default)]
    impacted_regions: Option<Vec<Region>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Region {
    #[serde(default)]
    region_name: Option<String>,
}

/// One statement per impacted region. The key is the incident's, so that its end takes back its beginning.
pub(super) fn read(alert: &CommonAlert<'_>) -> Result<Reading, Fault> {
    let context: Context<'_> = alert.context()?;
    let properties = context.properties.unwrap_or_default();
    if properties.is_synthetic.is_some_and(is_true) {
        return Ok(Reading::Nothing(NotEvidence::Test));
    }
    if !properties.incident_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("Incident")) {
        return Ok(Reading::Nothing(NotEvidence::NoIncident));
    }
    let regions = regions(&properties)?;
    if regions.is_empty() {
        return Ok(Reading::Nothing(NotEvidence::Everywhere));
    }
    let incident = properties.tracking_id.as_deref().filter(|id| !id.is_empty());
    let incident = incident.map_or_else(|| alert.required_id(), Ok)?;
    let says = said(context.status.as_deref(), properties.stage.as_deref());
    let title = properties.title.as_deref().unwrap_or("no title");
    let statement = |region: String| Statement {
        source: Source::ServiceHealth,
        key: incident.to_owned(),
        why: format!("incident {incident} in {region}: {title}"),
        about: About::Region(region),
        says,
        at: lenient_time(context.event_timestamp).or_else(|| alert.fired()),
    };
    Ok(Reading::Evidence(regions.into_iter().map(statement).collect()))
}

/// The end of an incident does not make a region good: it takes back that it was bad.
fn said(status: Option<&str>, stage: Option<&str>) -> Says {
    let is_over = |word: &str| OVER.iter().any(|over| over.eq_ignore_ascii_case(word));
    if [status, stage].into_iter().flatten().any(is_over) { Says::Nothing } else { Says::Bad }
}

/// The regions of all impacted services, else the region that the alert itself names; without "Global", which is none.
fn regions(properties: &Properties<'_>) -> Result<Vec<String>, Fault> {
    let impacted = properties.impacted_services.map_or_else(|| Ok(Vec::new()), impacted_regions)?;
    let named = || properties.region.iter().flat_map(|region| region.split(',')).map(str::to_owned).collect();
    let names: Vec<String> = if impacted.is_empty() { named() } else { impacted };
    let names = names.into_iter().map(|name| name.trim().to_owned());
    let mut names: Vec<_> =
        names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("Global")).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// An array of services, or in real alerts JSON text that holds one.
fn impacted_regions(raw: &RawValue) -> Result<Vec<String>, Fault> {
    let inner = serde_json::from_str::<String>(raw.get());
    let text = inner.as_deref().unwrap_or_else(|_| raw.get());
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let services: Vec<Service> = Fault::read(IMPACTED, text)?;
    let regions = services.into_iter().filter_map(|service| service.impacted_regions).flatten();
    Ok(regions.filter_map(|region| region.region_name).collect())
}

/// A boolean, or in real alerts its name.
fn is_true(raw: &RawValue) -> bool {
    raw.get().trim_matches('"').eq_ignore_ascii_case("true")
}
