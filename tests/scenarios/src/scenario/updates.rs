//! Updates of the fleet: runs as others make them, gates as ARM has them, and what the app says of both.

mod stages;
mod vigil;

use std::{collections::BTreeMap, time::Duration};

use fleet_core::updates::{Notice, NoticeKind, Outcome};
use fleet_local::{estate::NEWCOMER, world::RESULTS};
use serde_json::{Value, json};

use super::{Command, MINUTE, Scenario, Write, text};

pub use stages::{all_of, stage, three_stages};
pub use vigil::Vigil;

/// The version that a run brings unless a test says otherwise: newer than what the estate runs, and offered everywhere.
pub const TARGET: &str = "1.33.5";

/// How long nothing may be missing before a gate is approved, in [`accompanied`] configurations.
pub const SOAK: Duration = Duration::from_secs(5 * 60);

const GATES: &str = "Microsoft.ContainerService/fleets/gates";

/// Every gate is answered by the app, and each of the three stamps is an update group of its own: `canary` in
/// northeurope, `prod` in westeurope, `late` in swedencentral.
pub fn accompanied(config: &mut Value) {
    config["updates"] = json!({ "mode": "enforce", "gates": [{ "soakMinutes": 5, "patienceMinutes": 120 }] });
    config["membership"]["groups"] = json!([
        { "group": "canary", "regions": ["northeurope"] },
        { "group": "late", "regions": [NEWCOMER.region] }
    ]);
}

/// A gate as ARM has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Its resource id.
    pub id: String,
    /// The name of its run.
    pub run: String,
    /// Where in the run: `before first` or `after second/prod`.
    pub place: String,
    /// `Approval` or `ScheduledStart`.
    pub kind: String,
    /// `Pending`, `Completed` or `Skipped`.
    pub state: String,
}

impl Gate {
    fn of(body: &Value) -> Self {
        let at = |key: &str| text(body, &format!("/properties/target/updateRunProperties/{key}")).to_owned();
        let group = at("group");
        let of_group = if group.is_empty() { String::new() } else { format!("/{group}") };
        Self {
            id: text(body, "/id").to_owned(),
            run: at("name"),
            place: format!("{} {}{of_group}", at("timing").to_ascii_lowercase(), at("stage")),
            kind: text(body, "/properties/gateType").to_owned(),
            state: text(body, "/properties/state").to_owned(),
        }
    }

    /// The GUID that is its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }
}

impl Command {
    /// `approveGate` for one gate.
    pub fn to_approve(gate: &Gate, id: &str) -> Self {
        Self::about("", "approveGate", id).without("target").with("gate", &json!(gate.name()))
    }

    /// `startUpdate`, `stopUpdate` or `retryFailed` for a run, by its name.
    pub fn about_run(run: &str, command: &str, id: &str) -> Self {
        Self::about("", command, id).without("target").with("run", &json!(run))
    }
}

impl Scenario {
    /// Three serving stamps under an [`accompanied`] configuration.
    ///
    /// # Panics
    /// When the stamps don't come to rest.
    pub async fn accompanying() -> Self {
        Self::three(accompanied).await
    }

    /// Somebody makes a run of these stages for [`TARGET`]; answers its id.
    ///
    /// # Panics
    /// When ARM refuses it.
    #[must_use]
    pub fn run_is_made(&self, name: &str, stages: &Value) -> String {
        let upgrade = json!({ "type": "Full", "kubernetesVersion": TARGET });
        self.run_of_kind_is_made(name, stages, &upgrade)
    }

    /// The same with another kind of upgrade.
    ///
    /// # Panics
    /// When ARM refuses it.
    #[must_use]
    pub fn run_of_kind_is_made(&self, name: &str, stages: &Value, upgrade: &Value) -> String {
        let properties =
            json!({ "strategy": { "stages": stages }, "managedClusterUpdate": { "upgrade": upgrade } });
        self.world.estate.create_update_run(name, &properties).expect("a run")
    }

    /// Somebody makes a run and starts it; answers its id.
    ///
    /// # Panics
    /// When ARM refuses it.
    #[must_use]
    pub fn run_begins(&self, name: &str, stages: &Value) -> String {
        let run = self.run_is_made(name, stages);
        self.world.estate.start_update_run(&run).expect("a start");
        run
    }

    /// The state of a run, as ARM has it; empty when there is no such run.
    #[must_use]
    pub fn state_of_run(&self, run: &str) -> String {
        let run = self.arm().resource(run).unwrap_or_default();
        text(&run, "/properties/status/status/state").to_owned()
    }

    /// The states of a run's members by their names, as ARM has them.
    #[must_use]
    pub fn states_of_members(&self, run: &str) -> BTreeMap<String, String> {
        let run = self.arm().resource(run).unwrap_or_default();
        let of = |parent: &Value, key: &str| parent[key].as_array().cloned().unwrap_or_default();
        let stages = of(&run["properties"]["status"], "stages");
        let groups = stages.iter().flat_map(|stage| of(stage, "groups"));
        let members: Vec<Value> = groups.flat_map(|group| of(&group, "members")).collect();
        let state =
            |member: &Value| (text(member, "/name").to_owned(), text(member, "/status/state").to_owned());
        members.iter().map(state).collect()
    }

    /// Every gate, in the order of the ids.
    #[must_use]
    pub fn gates(&self) -> Vec<Gate> {
        self.arm().resources_of_type(GATES).iter().map(Gate::of).collect()
    }

    /// The gate at a place: `before first/canary`. Of those of several runs, one that waits.
    #[must_use]
    pub fn gate(&self, place: &str) -> Option<Gate> {
        let at_place = self.gates().into_iter().filter(|gate| gate.place == place);
        at_place.max_by_key(|gate| gate.state == "Pending")
    }

    /// Whether the gate at a place has been approved.
    #[must_use]
    pub fn is_open(&self, place: &str) -> bool {
        self.gate(place).is_some_and(|gate| gate.state == "Completed")
    }

    /// Whether a gate is at a place and waits.
    #[must_use]
    pub fn is_pending(&self, place: &str) -> bool {
        self.gate(place).is_some_and(|gate| gate.state == "Pending")
    }

    /// The approvals that reached ARM.
    #[must_use]
    pub fn approvals(&self) -> Vec<Write> {
        self.journal.of("PATCH", "/gates/")
    }

    /// Time passes, a minute at a time, until it is so.
    ///
    /// # Panics
    /// When it is not so within `limit`.
    pub async fn passes_until(&mut self, what: &str, limit: Duration, is_so: impl Fn(&Self) -> bool) {
        let end = self.world.simulation.now() + limit;
        while !is_so(self) {
            assert!(self.world.simulation.now() < end, "{what}: not within {limit:?}; {:#?}", self.gates());
            self.passes(MINUTE).await;
        }
    }

    /// Time passes until a gate is reached and waits; answers it.
    ///
    /// # Panics
    /// When that doesn't come within six simulated hours.
    pub async fn comes_to(&mut self, place: &str) -> Gate {
        self.passes_until(place, 6 * super::HOUR, |scenario| scenario.is_pending(place)).await;
        self.gate(place).expect("a gate")
    }

    /// Time passes until a run has ended in this state, and then long enough for the app to find out and for stamps to
    /// come back by the ramp. Stamps whose update failed are looked at for ever: nothing comes to rest.
    ///
    /// # Panics
    /// When that doesn't come within a simulated day.
    pub async fn ends(&mut self, run: &str, state: &str) {
        self.passes_until(state, 24 * super::HOUR, |scenario| scenario.state_of_run(run) == state).await;
        self.passes(super::HOUR).await;
    }

    /// What the app says about updates; `null` where it accompanies none.
    pub async fn updates(&self) -> Value {
        self.page().await["updates"].clone()
    }

    /// What the app remembers of a gate; `null` when it doesn't know it.
    pub async fn note_of(&self, gate: &Gate) -> Value {
        let updates = self.updates().await;
        let notes = updates["gates"].as_array().cloned().unwrap_or_default();
        let is_it = |note: &Value| text(note, "/gate").eq_ignore_ascii_case(&gate.id);
        notes.into_iter().find(is_it).unwrap_or_default()
    }

    /// What a waiting gate waits for, as one text.
    pub async fn gate_waits_for(&self, gate: &Gate) -> String {
        let note = self.note_of(gate).await;
        let why = note["waits"]["why"].as_array().cloned().unwrap_or_default();
        why.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
    }

    /// Every notice that waits for its readers, doubles as well, in the order of arrival.
    ///
    /// # Panics
    /// When one has another shape.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        let messages = self.world.simulation.bus().messages(RESULTS);
        let texts = messages.iter().map(fleet_simulator::service_bus::Message::text);
        let notices = texts.filter(|text| is_notice(text));
        notices.map(|text| serde_json::from_str(&text).expect("a notice")).collect()
    }

    /// The ends of runs that people were told, each once: the run's name and how it ended.
    #[must_use]
    pub fn verdicts(&self) -> Vec<(String, Outcome)> {
        let mut told = Vec::new();
        let mut ids = Vec::new();
        for notice in self.notices() {
            if notice.notice == NoticeKind::RunEnded && !ids.contains(&notice.id) {
                let outcome = notice.verdict.expect("the end of a run has a verdict").outcome;
                told.push((notice.run.name().to_owned(), outcome));
                ids.push(notice.id);
            }
        }
        told
    }

    /// Every gate is approved once and with evidence, or waits with a reason, or is none of the app's.
    ///
    /// # Panics
    /// When one is otherwise.
    pub async fn gates_are_accounted_for(&self) {
        for gate in self.gates() {
            let patches = self
                .approvals()
                .into_iter()
                .filter(|write| write.changed && write.path.contains(gate.name()));
            let (patches, note) = (patches.count(), self.note_of(&gate).await);
            match (gate.kind.as_str(), gate.state.as_str()) {
                ("Approval", "Completed") => {
                    let evidence = note["approval"]["evidence"].as_array().cloned().unwrap_or_default();
                    let missing = evidence.iter().any(|piece| piece["found"].get("missing").is_some());
                    assert!(patches == 1 && !evidence.is_empty() && !missing, "{gate:?} {patches} {note:#}");
                }
                ("Approval", "Pending") => {
                    assert_eq!(patches, 0, "{gate:?}");
                    let why = self.gate_waits_for(&gate).await;
                    assert!(!why.is_empty(), "{gate:?} waits without a reason: {note:#}");
                }
                _ => assert_eq!(patches, 0, "{gate:?} is none of ours"),
            }
        }
    }
}

/// Told apart from the answer to a command by its `notice`.
pub(super) fn is_notice(message: &str) -> bool {
    serde_json::from_str::<Value>(message).is_ok_and(|message| message.get("notice").is_some())
}
