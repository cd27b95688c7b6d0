//! Metric alerts on what stands in front of the stamps: Front Door's view of its origins, and an Application Gateway's of
//! its backends. They have a state, so the end of one is good evidence.

use fleet_core::{
    health::{About, Source},
    ids::ArmId,
};

use super::{
    Fault, NotEvidence, Reading,
    schema::{CommonAlert, Conditions, Criterion},
};
use crate::inbound::statement::Statement;

/// A metric that tells whether a stamp can take traffic.
struct Metric {
    name: &'static str,
    namespace: &'static str,
    /// How the operators begin that ask for sickness.
    sick: &'static str,
    read: fn(&CommonAlert<'_>, &Criterion<'_>) -> Result<Vec<Statement>, Fault>,
    /// What it means when nobody is found who is concerned.
    nobody: NotEvidence,
}

const METRICS: [Metric; 2] = [
    Metric {
        name: "OriginHealthPercentage",
        namespace: "Microsoft.Cdn/profiles",
        sick: "Less",
        read: origins,
        nobody: NotEvidence::Unnamed,
    },
    Metric {
        name: "UnhealthyHostCount",
        namespace: "Microsoft.Network/applicationGateways",
        sick: "Greater",
        read: gateways,
        nobody: NotEvidence::OtherResource,
    },
];

pub(super) fn read(alert: &CommonAlert<'_>) -> Result<Reading, Fault> {
    let mut statements = Vec::new();
    let mut silence = NotEvidence::OtherMetric;
    for criterion in alert.context::<Conditions<'_>>()?.criteria() {
        let Some(metric) = METRICS.iter().find(|metric| metric.is_of(&criterion)) else { continue };
        if !metric.asks_for_sickness(&criterion) {
            silence = NotEvidence::OtherDirection;
            continue;
        }
        let found = (metric.read)(alert, &criterion)?;
        if found.is_empty() {
            silence = metric.nobody;
        }
        statements.extend(found);
    }
    Ok(if statements.is_empty() { Reading::Nothing(silence) } else { Reading::Evidence(statements) })
}

impl Metric {
    /// Names and namespaces are compared without case. A criterion without a namespace is told by its metric.
    fn is_of(&self, criterion: &Criterion<'_>) -> bool {
        let is = |own: Option<&str>, text: &str| own.is_some_and(|own| own.eq_ignore_ascii_case(text));
        let namespace = criterion.metric_namespace.as_deref().or(Some(self.namespace));
        is(criterion.metric_name.as_deref(), self.name) && is(namespace, self.namespace)
    }

    /// Whether the condition is met when things are bad. "Less than 90 %" of an origin's probes is; "greater than 90 %" is
    /// somebody's good news, and `GreaterOrLessThan` of a dynamic threshold may be either.
    fn asks_for_sickness(&self, criterion: &Criterion<'_>) -> bool {
        let operator = criterion.operator.as_deref().unwrap_or(self.sick);
        let start = operator.get(..self.sick.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(self.sick) && !operator.eq_ignore_ascii_case("GreaterOrLessThan")
    }
}

/// One statement per origin that the alert names; configuration knows which stamp is behind it.
fn origins(alert: &CommonAlert<'_>, criterion: &Criterion<'_>) -> Result<Vec<Statement>, Fault> {
    let (says, at) = alert.state()?;
    let id = alert.required_id()?;
    let values = criterion.values(Some("Origin"))?.into_iter();
    let statements = values.map(|value| Statement {
        source: Source::FrontDoor,
        key: format!("{id} {value}"),
        about: About::Named(value.to_owned()),
        says,
        why: format!("origin health of {value}, alert {}", alert.rule()),
        at,
    });
    Ok(statements.collect())
}

/// One statement per gateway and pool. The gateway says whom it concerns, since it stands in front of one stamp; the pool
/// only keeps the statements apart.
fn gateways(alert: &CommonAlert<'_>, criterion: &Criterion<'_>) -> Result<Vec<Statement>, Fault> {
    let (says, at) = alert.state()?;
    let id = alert.required_id()?;
    let pools = criterion.values(Some("BackendSettingsPool"))?;
    let pools = if pools.is_empty() { vec!["all pools"] } else { pools };
    let targets = alert.targets()?.into_iter();
    let gateways = targets.filter(|target| target.is_type("Microsoft.Network/applicationGateways"));
    let of_gateway = |gateway: ArmId| {
        let statement = |pool: &&str| Statement {
            source: Source::Gateway,
            key: format!("{id} {pool}"),
            about: About::Gateway(gateway.clone()),
            says,
            why: format!("unhealthy hosts in {pool}, alert {}", alert.rule()),
            at,
        };
        pools.iter().map(statement).collect::<Vec<_>>()
    };
    Ok(gateways.flat_map(of_gateway).collect())
}
