//! What the app tells over HTTP: what it knows (`GET /api/fleet`), and its journal (`GET /api/fleet/journal`).

mod known;
mod updates;

use anyhow::{Context as _, bail};
use azure_core::http::{Method, Request, Transport};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::{
    exit::Usage,
    http::{Client, Reply},
};

pub use known::{Known, Meant, Picture, Waiting};
pub use updates::Updates;

/// The most entries that the app gives at once.
pub const LONGEST_PAGE: u32 = 500;

/// The function app.
#[derive(Debug, Clone)]
pub struct FleetApp {
    client: Client,
    url: Url,
    key: Option<String>,
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

#[cfg(test)]
mod tests;
