//! The common alert schema, as far as it is read. Every field may be missing or null, since samples of the kinds of alert
//! differ in all of them; whoever needs one says so.

use std::borrow::Cow;

use fleet_core::{health::Says, ids::ArmId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Fault;
use crate::inbound::{event::lenient_time, subject::parse_id};

const COMMON: &str = "azureMonitorCommonAlertSchema";

/// How the rules begin whose alerts the portal makes up to try out an action group.
const TEST_RULE: &str = "test-";

/// The longest value of a dimension that is taken for a name, in characters. Names of origins and pools are far shorter.
const MAX_NAME_CHARS: usize = 256;

/// One alert.
pub(super) struct CommonAlert<'a> {
    essentials: Essentials<'a>,
    context: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default, rename = "schemaId")]
    schema_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow, default)]
    essentials: Option<Essentials<'a>>,
    #[serde(borrow, default)]
    alert_context: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Essentials<'a> {
    #[serde(borrow, default)]
    alert_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    origin_alert_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    alert_rule: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    monitor_condition: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    monitoring_service: Option<Cow<'a, str>>,
    #[serde(default, rename = "alertTargetIDs")]
    alert_target_ids: Option<Vec<String>>,
    #[serde(borrow, default)]
    fired_date_time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resolved_date_time: Option<&'a RawValue>,
}

/// The condition of a metric or a log search alert.
#[derive(Default, Deserialize)]
pub(super) struct Conditions<'a> {
    #[serde(borrow, default)]
    condition: Option<Condition<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition<'a> {
    #[serde(borrow, default)]
    all_of: Option<Vec<Criterion<'a>>>,
}

/// One part of a condition; all parts must be met.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Criterion<'a> {
    #[serde(borrow, default)]
    pub metric_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub metric_namespace: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub operator: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    dimensions: Option<Vec<Dimension<'a>>>,
}

/// What a part of a condition is split by. What values look like is documented nowhere: they are never taken apart.
#[derive(Deserialize)]
struct Dimension<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    value: Option<Cow<'a, str>>,
}

impl<'a> CommonAlert<'a> {
    /// Reads what all alerts have in common.
    pub(super) fn parse(text: &'a str) -> Result<Self, Fault> {
        if !text.trim_start().starts_with('{') {
            return Err(Fault::at("", "an alert is a JSON object"));
        }
        let Envelope { schema_id, data } = Fault::read("", text)?;
        if !schema_id.as_deref().is_some_and(|schema| schema.eq_ignore_ascii_case(COMMON)) {
            let fault = format!(
                "is not `{COMMON}`: enable the common alert schema on the action of the action group"
            );
            return Err(Fault::at("schemaId", fault));
        }
        let data = data.ok_or_else(|| missing("data"))?;
        let Data { essentials, alert_context } = Fault::read("data", data.get())?;
        Ok(Self { essentials: essentials.ok_or_else(|| missing("data.essentials"))?, context: alert_context })
    }

    /// The last part of the alert's id, a GUID where the alert has a state; empty where there is none.
    pub(super) fn id(&self) -> &str {
        let Essentials { alert_id, origin_alert_id, .. } = &self.essentials;
        let ids = [alert_id, origin_alert_id].into_iter().filter_map(|id| id.as_deref());
        ids.map(|id| id.rsplit('/').next().unwrap_or_default()).find(|id| !id.is_empty()).unwrap_or_default()
    }

    /// The id under which the end of the alert can be told from that of another.
    pub(super) fn required_id(&self) -> Result<&str, Fault> {
        Some(self.id()).filter(|id| !id.is_empty()).ok_or_else(|| missing("data.essentials.alertId"))
    }

    /// The rule's name, empty where there is none.
    pub(super) fn rule(&self) -> &str {
        self.essentials.alert_rule.as_deref().unwrap_or_default()
    }

    pub(super) fn monitoring_service(&self) -> &str {
        self.essentials.monitoring_service.as_deref().unwrap_or_default()
    }

    /// Whether somebody tries out the action group. The rules of such alerts are called `test-…`; a real rule had better
    /// not be.
    pub(super) fn is_test(&self) -> bool {
        self.rule().get(..TEST_RULE.len()).is_some_and(|start| start.eq_ignore_ascii_case(TEST_RULE))
    }

    /// What the state of an alert with a state says, and since when.
    ///
    /// A resolved alert repeats when it fired. Where it lacks the time of its end, which is documented for metric alerts
    /// only, its arrival must serve: two statements of the same time would come to the worse.
    pub(super) fn state(&self) -> Result<(Says, Option<Timestamp>), Fault> {
        let condition = self.essentials.monitor_condition.as_deref().unwrap_or_default();
        match condition {
            _ if condition.eq_ignore_ascii_case("Fired") => Ok((Says::Bad, self.fired())),
            _ if condition.eq_ignore_ascii_case("Resolved") => {
                Ok((Says::Good, lenient_time(self.essentials.resolved_date_time)))
            }
            _ => Err(Fault::at("data.essentials.monitorCondition", "is neither Fired nor Resolved")),
        }
    }

    /// When it fired.
    pub(super) fn fired(&self) -> Option<Timestamp> {
        lenient_time(self.essentials.fired_date_time)
    }

    /// The resources that the rule watches.
    pub(super) fn targets(&self) -> Result<Vec<ArmId>, Fault> {
        let texts = self.essentials.alert_target_ids.iter().flatten().enumerate();
        texts.map(|(index, id)| parse_id(&format!("data.essentials.alertTargetIDs[{index}]"), id)).collect()
    }

    /// The part that differs by kind of alert.
    pub(super) fn context<T: Deserialize<'a>>(&self) -> Result<T, Fault> {
        let path = "data.alertContext";
        Fault::read(path, self.context.ok_or_else(|| missing(path))?.get())
    }
}

impl<'a> Conditions<'a> {
    pub(super) fn criteria(self) -> Vec<Criterion<'a>> {
        self.condition.and_then(|condition| condition.all_of).unwrap_or_default()
    }
}

impl Criterion<'_> {
    /// The values of the dimensions with this name, or of all.
    pub(super) fn values(&self, name: Option<&str>) -> Result<Vec<&str>, Fault> {
        let wanted = |dimension: &&Dimension<'_>| {
            let own = dimension.name.as_deref().unwrap_or_default();
            name.is_none_or(|name| own.eq_ignore_ascii_case(name))
        };
        let values = self.dimensions.iter().flatten().filter(wanted);
        let values =
            values.filter_map(|dimension| dimension.value.as_deref()).filter(|value| !value.is_empty());
        values.map(bounded).collect()
    }
}

fn bounded(value: &str) -> Result<&str, Fault> {
    if value.chars().count() <= MAX_NAME_CHARS {
        return Ok(value);
    }
    let path = "data.alertContext.condition.allOf";
    Err(Fault::at(path, format!("has a dimension whose value is longer than {MAX_NAME_CHARS} characters")))
}

fn missing(path: &str) -> Fault {
    Fault::at(path, "is missing; the common alert schema has it")
}
