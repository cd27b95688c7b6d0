//! What the app tells over HTTP: what it knows (`GET /api/fleet`), and its journal (`GET /api/fleet/journal`).

use anyhow::{Context as _, anyhow, bail};
use azure_core::http::{Method, Request, Transport};
use fleet_core::{
    health::Raised,
    ids::ArmId,
    ledger::{Override, Wake},
    report::StampReport,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::{
    exit::Usage,
    http::{Client, Reply},
};

/// The most entries that the app gives at once.
pub const LONGEST_PAGE: u32 = 500;

/// The function app.
#[derive(Debug, Clone)]
pub struct FleetApp {
    client: Client,
    url: Url,
    key: Option<String>,
}

/// Everything that the app knows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Known {
    /// The app's time.
    pub at: Timestamp,
    /// When the fleet was last swept.
    pub swept: Option<Timestamp>,
    /// How many stamps take traffic.
    pub serving: usize,
    /// The fleet's health at a glance; nothing where health is not judged.
    #[serde(default)]
    pub health: Option<Picture>,
    /// Alarms that stand.
    #[serde(default)]
    pub alarms: Vec<Raised>,
    /// Guards that operators have overridden.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Every stamp, in the order of the clusters' ids.
    pub stamps: Vec<StampReport>,
    /// Stamps that are looked at again, and why.
    pub waiting: Vec<Waiting>,
}

/// The fleet's health at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Picture {
    /// Stamps that count.
    pub stamps: usize,
    /// Of how many the evidence speaks against.
    pub bad: usize,
    /// Of how many nothing is known.
    pub unknown: usize,
    /// Whether the mass-failure brake is on.
    pub braked: bool,
}

/// A look to come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Waiting {
    /// At which cluster.
    pub cluster: ArmId,
    /// When, and what for.
    #[serde(flatten)]
    pub wake: Wake,
}

/// Part of the journal, newest first.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Value>,
    /// Where older ones begin, if there are any.
    pub next: Option<String>,
    /// How many lines are no entries.
    #[serde(default)]
    pub unreadable: usize,
}

impl FleetApp {
    /// The app at `url`, asked with a function key, which a host on this machine may not need.
    ///
    /// # Errors
    /// When the key would go over the network in the clear.
    pub fn new(url: Url, key: Option<String>, transport: Option<Transport>) -> Result<Self, Usage> {
        let on_this_machine = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !on_this_machine {
            return Err(Usage(format!("the function app's URL is `{url}`; expected https")));
        }
        Ok(Self { client: Client::new(transport, None), url, key })
    }

    /// What the app knows, as it says it.
    ///
    /// # Errors
    /// When it does not answer as it should.
    pub async fn document(&self) -> anyhow::Result<Value> {
        self.get("api/fleet", &[]).await
    }

    /// What the app knows.
    ///
    /// # Errors
    /// When it does not answer as it should.
    pub async fn known(&self) -> anyhow::Result<Known> {
        Known::read(&self.document().await?)
    }

    /// A page of the journal: at most `limit` entries, at most [`LONGEST_PAGE`], from the cursor on, about one cluster.
    ///
    /// # Errors
    /// When the app does not answer as it should.
    pub async fn page(
        &self,
        limit: u32,
        cursor: Option<&str>,
        subject: Option<&str>,
    ) -> anyhow::Result<Page> {
        let limit = limit.to_string();
        let given = [("limit", Some(limit.as_str())), ("cursor", cursor), ("subject", subject)];
        let query: Vec<(&str, &str)> =
            given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let page = self.get("api/fleet/journal", &query).await?;
        serde_json::from_value(page).context("the journal has a shape that this fleetctl does not know")
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let mut url = self.url.clone();
        url.set_path(path);
        url.set_query(None);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = Request::new(url, Method::Get);
        if let Some(key) = &self.key {
            // In a header, since addresses end up in logs.
            request.insert_header("x-functions-key", key.clone());
        }
        let reply =
            self.client.send(request).await.with_context(|| format!("{} cannot be reached", self.url))?;
        answer(&reply).with_context(|| format!("{} does not tell", self.url))
    }
}

fn answer(reply: &Reply) -> anyhow::Result<Value> {
    let body: Option<Value> = serde_json::from_slice(&reply.body).ok();
    match (reply.status, body) {
        (200, Some(body)) => Ok(body),
        (401, _) => {
            bail!("the function key is missing or wrong; set FLEETCTL_KEY to a function key of the app")
        }
        (404, _) => bail!("it has no such function; is it the fleet's app, and of this version?"),
        (status, Some(body)) if body["error"].is_string() => {
            bail!("it answered {status}: {}", body["error"].as_str().unwrap_or_default())
        }
        (status, _) => bail!("it answered {status}: {}", reply.excerpt()),
    }
}

impl Known {
    /// Reads what [`FleetApp::document`] gave.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn read(document: &Value) -> anyhow::Result<Self> {
        Self::deserialize(document).context("what the app knows has a shape that this fleetctl does not know")
    }

    /// The stamps that a name, a resource id or a region means.
    ///
    /// # Errors
    /// When there is none, with those that there are.
    pub fn meant(&self, what: &str) -> anyhow::Result<Vec<&StampReport>> {
        use fleet_core::command::Target;
        let (stamp, region) = (Target::Stamp(what.to_owned()), Target::Region(what.to_owned()));
        let named: Vec<_> = self.stamps.iter().filter(|report| stamp.covers(report)).collect();
        let meant = if named.is_empty() {
            self.stamps.iter().filter(|report| region.covers(report)).collect()
        } else {
            named
        };
        if !meant.is_empty() {
            return Ok(meant);
        }
        let known =
            self.stamps.iter().map(|report| format!("{} in {}", report.cluster.name(), report.region));
        let known = known.collect::<Vec<_>>().join(", ");
        Err(anyhow!(Usage(format!("`{what}` is neither a stamp nor a region of one; the app knows {known}"))))
    }

    /// When a stamp is looked at again.
    #[must_use]
    pub fn next_look(&self, cluster: &ArmId) -> Option<&Wake> {
        self.waiting.iter().find(|waiting| waiting.cluster == *cluster).map(|waiting| &waiting.wake)
    }
}

#[cfg(test)]
mod tests;
