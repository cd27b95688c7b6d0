//! Resource Health alerts on clusters and Application Gateways. They have no state and only ever fire: what counts is the
//! health that they report.

use std::borrow::Cow;

use fleet_core::{
    health::{About, Says, Source},
    ids::ArmId,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Fault, NotEvidence, Reading, schema::CommonAlert};
use crate::inbound::{event::lenient_time, statement::Statement};

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
    current_health_status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    title: Option<Cow<'a, str>>,
}

/// One statement per cluster or gateway. The key is the resource and not the alert, whose id is new every time: so the
/// next report replaces this one.
pub(super) fn read(alert: &CommonAlert<'_>) -> Result<Reading, Fault> {
    let resources: Vec<_> = alert.targets()?.into_iter().filter_map(resource).collect();
    if resources.is_empty() {
        return Ok(Reading::Nothing(NotEvidence::OtherResource));
    }
    let context: Context<'_> = alert.context()?;
    let at = lenient_time(context.event_timestamp).or_else(|| alert.fired());
    let properties = context.properties.unwrap_or_default();
    let (status, title) = (properties.current_health_status.unwrap_or_default(), properties.title);
    let says = said(&status, context.status.as_deref())?;
    let statement = |(key, about)| Statement {
        source: Source::ResourceHealth,
        why: format!("{key} is {status}: {}", title.as_deref().unwrap_or("no title")),
        key,
        about,
        says,
        at,
    };
    Ok(Reading::Evidence(resources.into_iter().map(statement).collect()))
}

fn resource(id: ArmId) -> Option<(String, About)> {
    let name = id.name().to_ascii_lowercase();
    if id.is_type("Microsoft.ContainerService/managedClusters") {
        return Some((format!("cluster {name}"), About::Cluster(id)));
    }
    let is_gateway = id.is_type("Microsoft.Network/applicationGateways");
    is_gateway.then(|| (format!("gateway {name}"), About::Gateway(id)))
}

/// "Degraded" means slower and still of use, "Unknown" that nothing was heard of it: both take back what was said before.
/// The same does an end without a word on the health since.
fn said(current: &str, status: Option<&str>) -> Result<Says, Fault> {
    let is_over = status.is_some_and(|status| status.eq_ignore_ascii_case("Resolved"));
    match current {
        _ if current.eq_ignore_ascii_case("Available") => Ok(Says::Good),
        _ if current.eq_ignore_ascii_case("Unavailable") => Ok(Says::Bad),
        "" if !is_over => {
            let path = "data.alertContext.properties.currentHealthStatus";
            Err(Fault::at(path, "is missing; expected Available, Degraded, Unavailable or Unknown"))
        }
        _ => Ok(Says::Nothing),
    }
}
