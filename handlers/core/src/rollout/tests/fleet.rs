//! A fleet, and what happens to it between two decisions.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    Plan, Question, Script, Seen, decide,
    script::{gate_id, phase, run_id},
};
use crate::{
    command::{Command, GuardRule, Order, Target},
    config::FleetConfig,
    facets::{
        Progress,
        traffic::{Owner, Probe, TrafficNote},
    },
    ids::ArmId,
    ledger::{Ledger, Outcome, Override, StampRecord},
    testing::{a_cluster, a_record_of, an_origin_of, config_where, minute, note},
    trigger::NudgeKind,
    updates::{GateNote, GateRef, GateSeen, MemberUpdate, Offer, Out, RunSeen, UpdateState, Version},
    world::{ClusterSeen, PoolRuns},
};

pub(super) const NAMES: [&str; 4] = ["eus", "neu", "swc", "weu"];

pub(super) fn cluster(name: &str) -> ArmId {
    a_cluster(name).id
}

/// A fleet, as seen and as remembered.
#[derive(Debug, Clone)]
pub(super) struct Fleet {
    pub(super) config: FleetConfig,
    pub(super) seen: Seen,
    pub(super) ledger: Ledger,
    pub(super) now: Timestamp,
}

/// All four stamps run what a run brings and serve; gates named `ours` are answered after five minutes, and people are
/// told after an hour. Whoever looks sees everything.
pub(super) fn fleet_of(scripts: impl IntoIterator<Item = Script>) -> Fleet {
    let config = config_where(|document| {
        let rule = serde_json::json!({ "displayName": "ours", "soakMinutes": 5, "patienceMinutes": 60 });
        document["updates"] = serde_json::json!({ "gates": [rule] });
    });
    let mut fleet =
        Fleet { config, seen: Seen::unread(minute(0)), ledger: Ledger::default(), now: minute(0) };
    fleet.seen.listed = true;
    fleet.seen.origins = Some(Ok(Vec::new()));
    for name in NAMES {
        let seen = ClusterSeen { location: format!("region-of-{name}"), ..a_cluster(name) };
        fleet.ledger.stamps.insert(seen.id.key().to_owned(), a_record_of(&seen, Some(note())));
        fleet.seen.probes.insert(seen.id.key().to_owned(), Probe::Good);
        fleet.seen.offers.insert(seen.location.clone(), Ok(vec![offer("1.33.5")]));
        fleet.origins().push(an_origin_of(&seen).enabled_at(500));
        fleet.seen.clusters.insert(seen.id.key().to_owned(), Ok(Some(seen)));
        fleet.runs_version(name, "1.33.5");
    }
    for script in scripts {
        fleet.add(script);
    }
    fleet
}

pub(super) fn offer(version: &str) -> Offer {
    Offer { version: version.parse::<Version>().expect("a version"), preview: false }
}

impl Fleet {
    // ---- what is configured

    pub(super) fn where_updates(mut self, change: impl FnOnce(&mut crate::config::Updates)) -> Self {
        change(self.config.updates.as_mut().expect("updates are configured"));
        self
    }

    pub(super) fn traffic(&mut self) -> &mut crate::config::Traffic {
        self.config.traffic.as_mut().expect("traffic is configured")
    }

    pub(super) fn at_least(mut self, count: u16) -> Self {
        self.traffic().minimum.count = count;
        self
    }

    // ---- what is seen

    pub(super) fn add(&mut self, Script { run, gates }: Script) {
        self.runs().push(run);
        self.gates().extend(gates);
    }

    pub(super) fn runs(&mut self) -> &mut Vec<RunSeen> {
        self.seen.runs.as_mut().expect("runs are read")
    }

    pub(super) fn gates(&mut self) -> &mut Vec<GateSeen> {
        self.seen.gates.as_mut().expect("gates are read")
    }

    pub(super) fn origins(&mut self) -> &mut Vec<crate::facets::traffic::OriginSeen> {
        self.seen.origins.as_mut().expect("somebody asks").as_mut().expect("origins are read")
    }

    pub(super) fn run(&mut self, name: &str) -> &mut RunSeen {
        self.runs().iter_mut().find(|run| run.id.name() == name).expect(name)
    }

    pub(super) fn gate(&mut self, name: &str) -> &mut GateSeen {
        self.gates().iter_mut().find(|gate| gate.id.name() == name).expect(name)
    }

    pub(super) fn cluster(&mut self, name: &str) -> &mut ClusterSeen {
        let seen = self.seen.clusters.get_mut(cluster(name).key()).and_then(|seen| seen.as_mut().ok());
        seen.and_then(Option::as_mut).expect(name)
    }

    pub(super) fn record(&mut self, name: &str) -> &mut StampRecord {
        self.ledger.stamps.get_mut(cluster(name).key()).expect(name)
    }

    pub(super) fn runs_version(&mut self, name: &str, version: &str) {
        let cluster = self.cluster(name);
        let (version, image) = (Some(version.to_owned()), Some("AKSUbuntu-2204-202603.02.0".to_owned()));
        cluster.runs.version.clone_from(&version);
        let pool = PoolRuns {
            name: "work".to_owned(),
            version: version.clone(),
            image,
            progress: Progress::Settled,
        };
        cluster.runs.pools = vec![pool];
        self.record(name).facts.version = version;
    }

    pub(super) fn member(&mut self, run: &str, name: &str) -> &mut MemberUpdate {
        let groups = self.run(run).stages.iter_mut().flat_map(|stage| &mut stage.groups);
        groups.flat_map(|group| &mut group.members).find(|member| member.name == name).expect(name)
    }

    /// The run is now so far.
    pub(super) fn run_is(&mut self, name: &str, state: UpdateState) {
        let completed = state.is_over().then_some(self.now);
        self.run(name).phase = crate::updates::Phase { completed, ..phase(state) };
    }

    /// A member of the run is now so far.
    pub(super) fn member_is(&mut self, run: &str, name: &str, state: UpdateState) {
        let completed = state.is_over().then_some(self.now);
        self.member(run, name).phase = crate::updates::Phase { completed, ..phase(state) };
    }

    /// The run has reached a gate, or somebody has completed it.
    pub(super) fn gate_is(&mut self, name: &str, state: &UpdateState) {
        self.gate(name).state = state.clone();
        let id = gate_id(name);
        let parts = self.runs().iter_mut().flat_map(|run| &mut run.stages).flat_map(|stage| {
            let groups =
                stage.groups.iter_mut().flat_map(|group| group.before.iter_mut().chain(&mut group.after));
            stage.before.iter_mut().chain(&mut stage.after).chain(groups)
        });
        for told in parts.filter(|told: &&mut GateRef| told.gate.as_ref() == Some(&id)) {
            told.state = state.clone();
        }
    }

    // ---- what happens

    pub(super) fn pass(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
        self.seen.at = self.now;
    }

    /// Every stamp has its own look: those that updates want out leave traffic, those that nobody holds come back.
    pub(super) fn stamps_follow(&mut self) {
        let out = self.ledger.updates.out.clone();
        for name in NAMES {
            let (id, now) = (cluster(name), self.now);
            let wanted = out.get(id.key()).map(|out| Owner::Update(out.owner.clone()));
            let record = self.record(name);
            let note = record.traffic.get_or_insert_with(TrafficNote::default);
            note.holds.retain(|hold| !matches!(hold.owner, Owner::Update(_)));
            wanted.into_iter().for_each(|owner| note.hold(owner, "a test says so", now));
            let serves = note.holds.is_empty();
            note.taken_out = !serves;
            record.observed = now;
            let origin = record.report.origin.as_mut().expect("an origin");
            origin.enabled = serves;
            let origin = origin.id.clone();
            self.origins().iter_mut().filter(|seen| seen.id == origin).for_each(|seen| seen.enabled = serves);
        }
    }

    /// The same, where origins and stamps are in sight.
    pub(super) fn stamps_follow_where_seen(&mut self) {
        if matches!(self.seen.origins, Some(Ok(_))) && !self.ledger.stamps.is_empty() {
            self.stamps_follow();
        }
    }

    pub(super) fn overridden(mut self, target: Target, guard: GuardRule) -> Self {
        let (by, reason, until) = ("ann".to_owned(), "a test".to_owned(), minute(600));
        let id = format!("c-{}", self.ledger.overrides.len());
        self.ledger.break_glass(&id, &Override { target, guard, by, reason, until }, self.now);
        self
    }

    // ---- decisions

    /// What would be decided now.
    pub(super) fn plan(&self) -> Plan {
        self.asked(NudgeKind::WakeUp, None)
    }

    pub(super) fn asked(&self, trigger: NudgeKind, order: Option<&Command>) -> Plan {
        let Self { config, seen, ledger, now } = self;
        decide(&Question { trigger, config, seen, ledger, order, now: *now })
    }

    /// Decides and remembers; the writes succeed, though nothing of them is seen yet.
    pub(super) fn look(&mut self) -> Plan {
        let plan = self.plan();
        self.store(&plan);
        plan
    }

    pub(super) fn order(&mut self, order: Order) -> Plan {
        let command = Command {
            id: "c-1".to_owned(),
            requested_by: "ann".to_owned(),
            reason: "a test".to_owned(),
            dry_run: false,
            order,
        };
        let plan = self.asked(NudgeKind::Command, Some(&command));
        self.store(&plan);
        plan
    }

    pub(super) fn store(&mut self, plan: &Plan) {
        plan.begin(&mut self.ledger, &self.config.fleet, "event-1", "a test", self.now);
        let outcomes: Vec<_> =
            plan.actions.iter().map(|action| (action.target().clone(), Outcome::Completed)).collect();
        plan.settle(&mut self.ledger, "a test", &outcomes, self.now, self.now);
    }

    /// A look whose consequences for stamps are seen by the next one.
    pub(super) fn look_and_follow(&mut self) -> Plan {
        let plan = self.look();
        self.stamps_follow();
        plan
    }

    // ---- what is remembered

    pub(super) fn note_of(&self, gate: &str) -> &GateNote {
        self.ledger.updates.gates.get(gate_id(gate).key()).expect(gate)
    }

    /// Who is wanted out, on whose behalf.
    pub(super) fn out(&self) -> BTreeMap<&str, &str> {
        self.ledger.updates.out.values().map(|out: &Out| (out.cluster.name(), out.owner.as_str())).collect()
    }

    /// What is remembered of a run.
    pub(super) fn knows(&self, run: &str) -> Option<&crate::updates::RunNote> {
        self.ledger.updates.runs.get(run_id(run).key())
    }
}

/// A plan's writes in words.
pub(super) fn writes(plan: &Plan) -> Vec<String> {
    plan.actions.iter().map(ToString::to_string).collect()
}

/// The names of stamps that a plan turns.
pub(super) fn turned(plan: &Plan) -> Vec<&str> {
    plan.turned.iter().map(ArmId::name).collect()
}
