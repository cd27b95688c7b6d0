//! The sentences that scenarios are made of: a world with two serving stamps, what happens to it, and what then stands
//! in simulated ARM.

mod holdings;
mod journal;
mod orders;
mod outages;
mod updates;

use std::{sync::Arc, time::Duration};

use fleet_core::report::StampReport;
use fleet_local::{
    estate::{self, NEWCOMER},
    world::{Options, World},
};
use fleet_simulator::{arm::Arm, faults::Rule, net::Site};
use serde_json::{Value, json};

pub use holdings::{Holdings, text};
pub use journal::{Journal, Write};
pub use orders::{Command, OPERATOR, reasons};
pub use outages::cluster_of;
pub use updates::{Gate, SOAK, TARGET, Vigil, accompanied, all_of, stage, three_stages};

/// Simulated time.
pub const MINUTE: Duration = Duration::from_secs(60);
/// Simulated time.
pub const HOUR: Duration = Duration::from_secs(3_600);

/// The seed of every scenario that doesn't choose one.
pub const SEED: u64 = 23;

/// A world in which something is about to happen.
pub struct Scenario {
    /// Simulated Azure with the app in it.
    pub world: World,
    /// The writes that reached ARM.
    pub journal: Journal,
}

impl Scenario {
    /// The two stamps of the estate serve, and the app has met them.
    ///
    /// # Panics
    /// When they don't come to rest.
    pub async fn begins() -> Self {
        Self::with(Options::in_process(SEED)).await
    }

    /// The same with another configuration.
    ///
    /// # Panics
    /// When the stamps don't come to rest.
    pub async fn configured(configure: fn(&mut Value)) -> Self {
        Self::with(Options { configure, ..Options::in_process(SEED) }).await
    }

    /// The same where health is not judged.
    ///
    /// # Panics
    /// When the stamps don't come to rest.
    pub async fn judging_no_health() -> Self {
        Self::configured(|config| config["health"] = json!({ "mode": "off" })).await
    }

    /// The same with other options.
    ///
    /// # Panics
    /// When the stamps don't come to rest.
    pub async fn with(options: Options) -> Self {
        let mut scenario = Self::unmet(options).await;
        scenario.comes_to_rest().await;
        scenario.journal.forget();
        scenario
    }

    /// The story's newcomer serves too, and what was written for that is forgotten; answers its cluster's id.
    ///
    /// # Panics
    /// When the stamps don't come to rest.
    pub async fn with_newcomer() -> (Self, String) {
        Self::of_three(Options::in_process(SEED)).await
    }

    /// The same with other options.
    ///
    /// # Panics
    /// When the stamps don't come to rest.
    pub async fn of_three(options: Options) -> (Self, String) {
        let mut scenario = Self::with(options).await;
        let cluster = scenario.newcomer_appears();
        scenario.comes_to_rest().await;
        scenario.journal.forget();
        (scenario, cluster)
    }

    /// Three serving stamps under another configuration.
    ///
    /// # Panics
    /// When the stamps don't come to rest.
    pub async fn three(configure: fn(&mut Value)) -> Self {
        Self::of_three(Options { configure, ..Options::in_process(SEED) }).await.0
    }

    /// The estate as it stands before the app has looked at it for the first time.
    ///
    /// # Panics
    /// When the handler can't be started.
    pub async fn unmet(options: Options) -> Self {
        let world = World::start(options).await.expect("the handler starts");
        let journal = Journal::default();
        let (written, clock) = (journal.clone(), world.arm().clock().clone());
        world.arm().watchers().watch(Arc::new(move |happening| written.hear(happening, clock.now())));
        Self { world, journal }
    }

    /// ARM.
    #[must_use]
    pub fn arm(&self) -> &Arm {
        self.world.arm()
    }

    /// What ARM holds.
    #[must_use]
    pub fn holdings(&self) -> Holdings<'_> {
        Holdings::of(self.world.arm())
    }

    /// The story's new cluster appears; answers its id.
    #[must_use]
    pub fn newcomer_appears(&self) -> String {
        estate::appears(&self.world.estate, &self.world.sites, NEWCOMER)
    }

    /// A healthy stamp of this name appears in Sweden, with a host of its own; answers the cluster's id.
    #[must_use]
    pub fn appears(&self, name: &str, group: &str, host: &str) -> String {
        self.world.sites.set(host, Site::healthy());
        let cluster = self.world.estate.cluster(name).in_group(group).in_region(NEWCOMER.region);
        cluster.with_gateway(host).tagged("fleet-automation-host", host).appears()
    }

    /// From now on this goes wrong.
    pub fn goes_wrong(&self, rule: Rule) {
        self.arm().inject(rule);
    }

    /// Simulated time passes.
    pub async fn passes(&mut self, span: Duration) {
        self.world.simulation.run_for(span).await;
    }

    /// Time passes until the app waits for nothing any more.
    ///
    /// # Panics
    /// When that doesn't come within six simulated hours.
    pub async fn comes_to_rest(&mut self) {
        let rests = self.world.run_until_settled(6 * HOUR).await.expect("the app answers");
        let waiting = self.world.known().await.expect("the app answers").waiting;
        assert!(rests, "still waiting after six hours: {waiting:#?}");
    }

    /// What the app says about a cluster's stamp.
    ///
    /// # Panics
    /// When the app can't be asked.
    pub async fn report(&self, cluster: &str) -> Option<StampReport> {
        let stamps = self.world.known().await.expect("the app answers").stamps;
        stamps.into_iter().find(|stamp| stamp.cluster.as_str().eq_ignore_ascii_case(cluster))
    }

    /// What the app says about the stamp of the only cluster of this name.
    ///
    /// # Panics
    /// When the app doesn't know it.
    pub async fn report_of(&self, name: &str) -> StampReport {
        let stamps = self.world.known().await.expect("the app answers").stamps;
        let found = stamps.into_iter().find(|stamp| stamp.cluster.name() == name);
        found.unwrap_or_else(|| panic!("{name} is not known to the app"))
    }

    /// Why a cluster's stamp is not as wanted, as one text.
    ///
    /// # Panics
    /// When the app doesn't know the stamp.
    pub async fn why_not(&self, cluster: &str) -> String {
        let report =
            self.report(cluster).await.unwrap_or_else(|| panic!("{cluster} is not known to the app"));
        report.why_not.join("\n")
    }

    /// Whether the app says that a cluster's stamp serves.
    pub async fn serves(&self, cluster: &str) -> bool {
        self.report(cluster).await.is_some_and(|report| report.serving)
    }

    /// The reason given must contain every one of `words`.
    ///
    /// # Panics
    /// When it doesn't.
    pub async fn is_held_because(&self, cluster: &str, words: &[&str]) {
        let why = self.why_not(cluster).await;
        for word in words {
            assert!(why.contains(word), "`{word}` is no part of the reason:\n{why}");
        }
    }

    /// The stamp has everything that a stamp shall have, once each, and serves at full weight without a reservation.
    ///
    /// # Panics
    /// When something is missing or there twice.
    pub async fn is_complete(&self, cluster: &str, host: &str) {
        let holdings = self.holdings();
        assert_eq!(holdings.members_of(cluster).len(), 1, "members of {cluster}");
        let principal = self.world.estate.kubelet_principal(cluster).expect("a kubelet identity");
        let registries = self.world.estate.registry_ids().len();
        assert_eq!(holdings.grants_of(&principal).len(), registries, "grants of {cluster}");
        let origins = holdings.origins_to(host);
        assert_eq!(origins.len(), 1, "origins to {host}");
        assert_eq!(text(&origins[0], "/properties/enabledState"), "Enabled");
        assert_eq!(origins[0]["properties"]["weight"], 1000);
        let report = self.report(cluster).await.expect("the app knows it");
        assert!(report.serving && report.why_not.is_empty(), "{report:#?}");
        assert!(report.policies.iter().all(|policy| policy.state.applies()), "{report:#?}");
    }
}
