//! Regions that fail, and what the app says of its health, its traffic and its decisions.

use fleet_local::estate::{SUBSCRIPTION, Stamp};
use fleet_simulator::{arm::Notice, net::Loss};
use serde_json::{Value, json};

use super::{MINUTE, Scenario, text};

/// The id of the cluster of one of the story's stamps.
#[must_use]
pub fn cluster_of(stamp: Stamp) -> String {
    let name = stamp.cluster;
    format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-{name}/providers/Microsoft.ContainerService/managedClusters/{name}"
    )
}

impl Scenario {
    /// Whatever is public in a stamp's region answers badly.
    pub fn region_fails(&self, stamp: Stamp) {
        self.world.sites.lose_region(stamp.region, &[stamp.host], Loss::AnswersBadly);
    }

    /// The region is well again.
    pub fn region_recovers(&self, stamp: Stamp) {
        self.world.sites.restore_region(stamp.region);
    }

    /// The evidence is good again: time passes until that is believed, then until the app waits for nothing any more.
    ///
    /// # Panics
    /// When that doesn't come within six simulated hours.
    pub async fn comes_back(&mut self) {
        self.passes(15 * MINUTE).await;
        self.comes_to_rest().await;
    }

    /// Whether a stamp's origin may take traffic, as ARM has it.
    #[must_use]
    pub fn takes_traffic(&self, stamp: Stamp) -> bool {
        self.holdings().takes_traffic(stamp.host)
    }

    /// Somebody switches a stamp's origin in the portal; no event tells.
    ///
    /// # Panics
    /// When the stamp hasn't exactly one origin.
    pub fn somebody_switches(&self, stamp: Stamp, state: &str) {
        let origin = self.holdings().origin_to(stamp.host);
        self.arm().edit_resource(text(&origin, "/id"), Notice::Silent, |origin| {
            origin["properties"]["enabledState"] = json!(state);
        });
    }

    /// Who holds a stamp out of traffic, by the app's word.
    ///
    /// # Panics
    /// When the app doesn't know the stamp.
    pub async fn holders_of(&self, stamp: Stamp) -> Vec<String> {
        let report = self.report_of(stamp.cluster).await;
        report.holds.into_iter().map(|hold| hold.owner).collect()
    }

    /// Everything that `GET /api/fleet` says.
    ///
    /// # Panics
    /// When it answers no JSON with 200.
    pub async fn page(&self) -> Value {
        self.json("fleet", "").await
    }

    /// Every entry of the journal, oldest first, read page by page.
    ///
    /// # Panics
    /// When a page can't be read.
    pub async fn entries(&self) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut query = "limit=100".to_owned();
        loop {
            let page = self.json("journal", &query).await;
            entries.extend(page["entries"].as_array().cloned().unwrap_or_default());
            let Some(next) = page["next"].as_str() else { break };
            query = format!("limit=100&cursor={next}");
        }
        entries.reverse();
        entries
    }

    /// The alarms in the journal, oldest first: which, and whether it was raised or is over.
    pub async fn alarms(&self) -> Vec<(String, bool)> {
        let entries = self.entries().await;
        let alarms = entries.iter().filter(|entry| entry["kind"] == "alarm");
        let told = |entry: &Value| {
            (text(entry, "/alarm/alarm").to_owned(), entry["raised"].as_bool().unwrap_or_default())
        };
        alarms.map(told).collect()
    }

    /// What a GET function of the app answers.
    ///
    /// # Panics
    /// When it answers no JSON with 200.
    pub async fn json(&self, function: &str, query: &str) -> Value {
        let reply = self.world.get(function, query).await.expect("a function");
        assert_eq!(reply.status, 200, "{}", reply.body);
        serde_json::from_str(&reply.body).expect("JSON")
    }
}
