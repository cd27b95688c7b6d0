//! What the app knows of the fleet's updates.

use std::cmp::Reverse;

use fleet_core::{
    ids::ArmId,
    updates::{GateNote, Out, RunNote, UpdateState},
};
use serde::Deserialize;

/// What the app knows of the fleet's updates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Updates {
    /// Runs under way, and those that ended of late, in the order of their ids.
    pub runs: Vec<RunNote>,
    /// Gates that these runs have reached, in the order of their ids.
    pub gates: Vec<GateNote>,
    /// Stamps that updates want out of traffic, in the order of their clusters' ids.
    pub out: Vec<Out>,
    /// Why anything is not as wanted, a sentence each.
    pub why_not: Vec<String>,
}

impl Updates {
    /// Runs under way first, then those that ended, the latest first.
    #[must_use]
    pub fn latest_first(&self) -> Vec<&RunNote> {
        let mut runs: Vec<&RunNote> = self.runs.iter().collect();
        // Under way has no end, and none is less than some.
        runs.sort_by_key(|run| run.ending.as_ref().map(|ending| Reverse(ending.found)));
        runs
    }

    /// The run that a name or a resource id means.
    #[must_use]
    pub fn run_named(&self, what: &str) -> Option<&RunNote> {
        self.runs.iter().find(|run| is_named(&run.run, what))
    }

    /// The gates that a name, a resource id or a display name means. Gates of several stages may share a display name.
    #[must_use]
    pub fn gates_named(&self, what: &str) -> Vec<&GateNote> {
        let shown =
            |gate: &GateNote| gate.display_name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(what));
        self.gates.iter().filter(|gate| is_named(&gate.gate, what) || shown(gate)).collect()
    }

    /// The gates of a run.
    #[must_use]
    pub fn gates_of(&self, run: &ArmId) -> Vec<&GateNote> {
        self.gates.iter().filter(|gate| gate.run == *run).collect()
    }

    /// The gates that wait, the longest first.
    #[must_use]
    pub fn waiting(&self) -> Vec<&GateNote> {
        let mut gates: Vec<&GateNote> =
            self.gates.iter().filter(|gate| gate.state == UpdateState::Pending).collect();
        gates.sort_by_key(|gate| gate.since);
        gates
    }

    /// The stamps that a run wants out.
    pub fn out_for<'a>(&'a self, run: &'a ArmId) -> impl Iterator<Item = &'a Out> {
        self.out.iter().filter(move |out| out.run == *run)
    }

    /// The update that wants a stamp out, if one does.
    #[must_use]
    pub fn wanting_out(&self, cluster: &ArmId) -> Option<&Out> {
        self.out.iter().find(|out| out.cluster == *cluster)
    }
}

fn is_named(id: &ArmId, what: &str) -> bool {
    id.as_str().eq_ignore_ascii_case(what) || id.name().eq_ignore_ascii_case(what)
}
