//! Log search alerts: a query of the operator's own, split by dimensions whose values configuration maps to stamps.

use fleet_core::health::{About, Source};

use super::{
    Fault, NotEvidence, Reading,
    schema::{CommonAlert, Conditions},
};
use crate::inbound::statement::Statement;

pub(super) fn read(alert: &CommonAlert<'_>) -> Result<Reading, Fault> {
    // A search over the runs of a fleet. Not every rule's target need be an id that we can read.
    if alert
        .targets()
        .is_ok_and(|targets| targets.iter().any(|id| id.is_type("Microsoft.ContainerService/fleets")))
    {
        return Ok(Reading::Nothing(NotEvidence::UpdateRun));
    }
    let (says, at) = alert.state()?;
    let id = alert.required_id()?;
    let mut statements = Vec::new();
    for criterion in alert.context::<Conditions<'_>>()?.criteria() {
        statements.extend(criterion.values(None)?.into_iter().map(|value| Statement {
            source: Source::LogAlert,
            key: format!("{id} {value}"),
            about: About::Named(value.to_owned()),
            says,
            why: format!("log search for {value}, alert {}", alert.rule()),
            at,
        }));
    }
    Ok(match statements.is_empty() {
        true => Reading::Nothing(NotEvidence::Unnamed),
        false => Reading::Evidence(statements),
    })
}
