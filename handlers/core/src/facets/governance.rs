//! Governance: the configured policies and initiatives are assigned, each once, at the scope it belongs to.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Diff, Sight, Unread};
use crate::{ids::ArmId, names::MANAGED_BY};

/// The metadata key whose value [`MANAGED_BY`] marks an assignment as ours.
pub const OWNER_KEY: &str = "managedBy";

/// The longest assignment name at subscriptions, resource groups and resources (ARM contract: policy assignments).
pub const NAME_MAX: usize = 64;

/// The longest assignment name at a management group.
pub const NAME_MAX_MANAGEMENT_GROUP: usize = 24;

/// One assignment that configuration asks for, its scope resolved for the stamp at hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Where it is assigned.
    pub scope: ArmId,
    /// Its name, within the limit of its scope.
    pub name: String,
    /// The policy or initiative.
    pub definition: ArmId,
    /// Shown in the portal.
    pub display_name: String,
    /// Parameter values, `effect` among them when the definition takes one.
    pub parameters: BTreeMap<String, Value>,
    /// Whether the effect is enforced or only reported.
    pub enforcement: Enforcement,
}

/// An assignment's enforcement mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Enforcement {
    /// The effect applies.
    #[default]
    Default,
    /// Compliance is computed, the effect does not apply.
    DoNotEnforce,
}

impl Enforcement {
    /// The spelling on the wire.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Default => "Default",
            Self::DoNotEnforce => "DoNotEnforce",
        }
    }
}

/// An assignment as read: at the stamp's resource group or at any scope above.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignmentSeen {
    /// The assignment's id.
    pub id: ArmId,
    /// Where it is assigned.
    pub scope: ArmId,
    /// The policy or initiative. Ids that we can't parse keep their text, for comparison only.
    pub definition: String,
    /// Shown in the portal.
    pub display_name: Option<String>,
    /// Parameter values.
    pub parameters: BTreeMap<String, Value>,
    /// The enforcement mode's spelling; absent means `Default`.
    pub enforcement: Option<String>,
    /// Free metadata.
    pub metadata: BTreeMap<String, Value>,
    /// Everything else that a PUT must carry so that it is not lost: `notScopes`, `nonComplianceMessages`, `overrides`,
    /// `resourceSelectors`, `description`, `definitionVersion`, and beside the properties `identity` and `location`.
    pub rest: BTreeMap<String, Value>,
}

impl AssignmentSeen {
    fn is_ours(&self) -> bool {
        self.metadata.get(OWNER_KEY).and_then(Value::as_str) == Some(MANAGED_BY)
    }

    fn assigns(&self, definition: &ArmId) -> bool {
        self.definition.eq_ignore_ascii_case(definition.as_str())
    }
}

/// A write to policy assignments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Create the assignment or write it whole again.
    Assign(Box<Assignment>),
    /// Remove an assignment of ours.
    Unassign {
        /// The assignment.
        assignment: ArmId,
    },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assign(assignment) => {
                write!(f, "assign policy {} at {}", assignment.id.name(), assignment.id.extension_scope())
            }
            Self::Unassign { assignment } => write!(f, "remove policy assignment {assignment}"),
        }
    }
}

/// Everything that an assignment's PUT carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The assignment's id.
    pub id: ArmId,
    /// The policy or initiative.
    pub definition: ArmId,
    /// Shown in the portal.
    pub display_name: String,
    /// All parameter values.
    pub parameters: BTreeMap<String, Value>,
    /// Whether the effect applies.
    pub enforcement: Enforcement,
    /// All metadata, our mark included.
    pub metadata: BTreeMap<String, Value>,
    /// Fields of somebody else that are kept.
    pub rest: BTreeMap<String, Value>,
}

/// Why an assignment is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The assignments could not be read.
    Unread(Unread),
    /// Somebody else has an assignment of the same name there, of another definition.
    NameTaken {
        /// The assignment in the way.
        assignment: ArmId,
    },
    /// We assign at this scope what a scope above assigns already.
    Duplicate {
        /// Our assignment.
        assignment: ArmId,
        /// The one above.
        above: ArmId,
    },
    /// The assignment would have no legal id.
    IllegalName(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(unread) => unread.fmt(f),
            Self::NameTaken { assignment } => write!(
                f,
                "policy assignment {assignment} is not ours and assigns something else; rename ours in the configuration"
            ),
            Self::Duplicate { assignment, above } => {
                write!(f, "policy assignment {assignment} repeats {above}; remove one of them")
            }
            Self::IllegalName(why) => f.write_str(why),
        }
    }
}

/// How one configured assignment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AssignmentState {
    /// Ours, at its scope, as configured.
    Assigned,
    /// Somebody else assigns the same at this scope or above.
    Covered,
    /// Ours, but not as configured.
    Drifted,
    /// Not there.
    Missing,
    /// Another assignment has its name.
    Conflict,
    /// Not to be told from what could be read.
    Unknown,
}

impl AssignmentState {
    /// Whether the policy applies to the stamp.
    #[must_use]
    pub fn applies(self) -> bool {
        matches!(self, Self::Assigned | Self::Covered)
    }
}

/// How one configured assignment stands, for the report and for the proof that a stamp may leave quarantine.
#[must_use]
pub fn state(wanted: &Wanted, seen: &Sight<Vec<AssignmentSeen>>) -> AssignmentState {
    match seen {
        Err(_) => AssignmentState::Unknown,
        Ok(seen) => match find(wanted, seen) {
            Found::Ours(present) if is_as_wanted(wanted, present) => AssignmentState::Assigned,
            Found::Ours(_) => AssignmentState::Drifted,
            Found::Covered => AssignmentState::Covered,
            Found::InTheWay(_) => AssignmentState::Conflict,
            Found::Nothing => AssignmentState::Missing,
        },
    }
}

/// What to do so that every configured assignment exists once.
pub fn diff(wanted: &[Wanted], seen: &Sight<Vec<AssignmentSeen>>) -> Diff<Action, Reason> {
    let seen = match seen {
        Ok(seen) => seen,
        Err(_) if wanted.is_empty() => return Diff::none(),
        Err(unread) => return Diff::hold(Reason::Unread(unread.clone())),
    };
    let mut diff = Diff::none();
    for assignment in wanted {
        diff.merge(diff_one(assignment, seen));
    }
    diff
}

/// What to do so that no assignment of ours stays at a resource group whose last stamp is gone. Assignments at scopes
/// above serve other stamps and are not looked at.
pub fn withdraw(group: &ArmId, seen: &Sight<Vec<AssignmentSeen>>) -> Diff<Action, Reason> {
    match seen {
        Err(unread) => Diff::hold(Reason::Unread(unread.clone())),
        Ok(seen) => {
            let ours = seen.iter().filter(|present| present.scope == *group && present.is_ours());
            let actions = ours.map(|present| Action::Unassign { assignment: present.id.clone() }).collect();
            Diff { actions, reasons: Vec::new() }
        }
    }
}

enum Found<'a> {
    Ours(&'a AssignmentSeen),
    Covered,
    InTheWay(&'a AssignmentSeen),
    Nothing,
}

fn find<'a>(wanted: &Wanted, seen: &'a [AssignmentSeen]) -> Found<'a> {
    let named = seen.iter().find(|present| {
        present.scope == wanted.scope && present.id.name().eq_ignore_ascii_case(&wanted.name)
    });
    // Two of ours at one scope are two entries of the configuration, not one covering the other.
    let covers = |present: &&AssignmentSeen| {
        present.assigns(&wanted.definition)
            && (is_above(&wanted.scope, &present.scope)
                || wanted.scope == present.scope && !present.is_ours())
    };
    let covering = seen.iter().find(covers);
    match (named, covering) {
        (Some(named), _) if named.is_ours() => Found::Ours(named),
        (_, Some(_)) => Found::Covered,
        (Some(named), None) => Found::InTheWay(named),
        (None, None) => Found::Nothing,
    }
}

/// Whether `other` is strictly above `scope`. A management group in the list of a resource group's assignments is above
/// it by construction, since only ancestors are listed: its id is no prefix of ours, so that can't be read off the text.
fn is_above(scope: &ArmId, other: &ArmId) -> bool {
    let management_group = other.subscription().is_none() && scope.subscription().is_some();
    management_group || (scope != other && scope.is_within(other))
}

fn diff_one(wanted: &Wanted, seen: &[AssignmentSeen]) -> Diff<Action, Reason> {
    match find(wanted, seen) {
        Found::Ours(present) if !is_as_wanted(wanted, present) => assign(wanted, Some(present)),
        Found::Ours(present) => match duplicate_above(wanted, present, seen) {
            Some(above) => {
                Diff::hold(Reason::Duplicate { assignment: present.id.clone(), above: above.id.clone() })
            }
            None => Diff::none(),
        },
        Found::Covered => Diff::none(),
        Found::InTheWay(present) => Diff::hold(Reason::NameTaken { assignment: present.id.clone() }),
        Found::Nothing => assign(wanted, None),
    }
}

fn duplicate_above<'a>(
    wanted: &Wanted,
    ours: &AssignmentSeen,
    seen: &'a [AssignmentSeen],
) -> Option<&'a AssignmentSeen> {
    seen.iter().find(|other| other.assigns(&wanted.definition) && is_above(&ours.scope, &other.scope))
}

/// Only what configuration states is compared: parameters that it does not name, and every other field, belong to
/// whoever set them.
fn is_as_wanted(wanted: &Wanted, present: &AssignmentSeen) -> bool {
    let parameter_is = |(name, value): (&String, &Value)| {
        let given =
            present.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, given)| given);
        given.is_some_and(|given| same_value(name, value, given))
    };
    present.assigns(&wanted.definition)
        && present.display_name.as_deref() == Some(&wanted.display_name)
        && present.enforcement.as_deref().unwrap_or("Default").eq_ignore_ascii_case(wanted.enforcement.wire())
        && wanted.parameters.iter().all(parameter_is)
}

/// Effects are compared without case: definitions differ in whether they spell them `audit` or `Audit`.
fn same_value(name: &str, wanted: &Value, given: &Value) -> bool {
    match (wanted, given) {
        (Value::String(wanted), Value::String(given)) if name.eq_ignore_ascii_case("effect") => {
            wanted.eq_ignore_ascii_case(given)
        }
        _ => wanted == given,
    }
}

fn assign(wanted: &Wanted, present: Option<&AssignmentSeen>) -> Diff<Action, Reason> {
    let suffix = format!("providers/Microsoft.Authorization/policyAssignments/{}", wanted.name);
    let id = match wanted.scope.child(&suffix) {
        Ok(id) => id,
        Err(error) => return Diff::hold(Reason::IllegalName(error.to_string())),
    };
    let mut parameters = present.map(|present| present.parameters.clone()).unwrap_or_default();
    parameters.retain(|key, _| !wanted.parameters.keys().any(|name| name.eq_ignore_ascii_case(key)));
    parameters.extend(wanted.parameters.clone());
    let mut metadata = present.map(|present| present.metadata.clone()).unwrap_or_default();
    metadata.insert(OWNER_KEY.to_owned(), Value::from(MANAGED_BY));
    Diff::act(Action::Assign(Box::new(Assignment {
        id,
        definition: wanted.definition.clone(),
        display_name: wanted.display_name.clone(),
        parameters,
        enforcement: wanted.enforcement,
        metadata,
        rest: present.map(|present| present.rest.clone()).unwrap_or_default(),
    })))
}

#[cfg(test)]
mod tests;
