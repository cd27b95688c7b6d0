//! The section `updates`.

use super::{At, Object, mode};
use crate::{
    config::updates::{
        Follow, GateRule, NewVersionAction, NewVersions, Updates, default_patience, default_soak,
    },
    reader::text,
    updates::Timing,
};

pub(super) fn updates(at: At<'_>) -> Option<Updates> {
    let mut object = at.object()?;
    let updates = Updates {
        mode: mode(&mut object),
        gates: object.list("gates", 0, gate_rule),
        new_versions: object.optional("newVersions", new_versions).unwrap_or_default(),
    };
    object.refuse_others();
    Some(updates)
}

fn gate_rule(at: At<'_>) -> Option<GateRule> {
    let mut object = at.object()?;
    let timings = [("before", Timing::Before), ("after", Timing::After)];
    let rule = GateRule {
        display_name: object.optional("displayName", pattern),
        stage: object.optional("stage", pattern),
        group: object.optional("group", pattern),
        timing: object.optional("timing", |at| at.one_of(&timings)),
        soak_minutes: minutes(&mut object, "soakMinutes", 0).unwrap_or_else(default_soak),
        patience_minutes: minutes(&mut object, "patienceMinutes", 1).unwrap_or_else(default_patience),
    };
    object.refuse_others();
    Some(rule)
}

fn minutes(object: &mut Object<'_>, key: &'static str, least: u32) -> Option<u32> {
    object.optional(key, |at| at.integer(least..=10_080))
}

fn pattern(at: At<'_>) -> Option<String> {
    let text = text(at)?;
    if text.is_empty() || text.strip_suffix('*').unwrap_or(&text).contains('*') {
        return at
            .fail(&format!("`{text}` is not allowed; expected a name with at most one `*`, at its end"));
    }
    Some(text)
}

fn new_versions(at: At<'_>) -> Option<NewVersions> {
    let mut object = at.object()?;
    let action = object.optional("action", |at| at.one_of(&NewVersionAction::ALLOWED)).unwrap_or_default();
    let strategy = object.optional("strategy", fleet_name);
    let profile = object.optional("profile", fleet_name);
    let follow = object.optional("follow", |at| at.one_of(&Follow::ALLOWED)).unwrap_or_default();
    let given = usize::from(object.has("strategy")) + usize::from(object.has("profile"));
    object.refuse_others();
    match (action, given) {
        (NewVersionAction::Off, 0 | 1) | (_, 1) => Some(NewVersions { action, strategy, profile, follow }),
        (_, 0) => at.fail("names neither `strategy` nor `profile`; name the one that new runs are made by"),
        (_, _) => at.fail("names both `strategy` and `profile`; name one of them"),
    }
}

/// The names of strategies and profiles have the shape of update groups (ARM contract: fleets).
fn fleet_name(at: At<'_>) -> Option<String> {
    let text = text(at)?;
    if crate::names::is_update_group(&text) {
        return Some(text);
    }
    at.fail(&format!(
        "`{text}` is no name of a strategy or profile; expected 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends"
    ))
}
