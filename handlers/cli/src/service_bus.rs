//! Queues of a Service Bus namespace over its REST API, with Entra tokens: send, lock, unlock, complete, also for
//! dead-letter sub-queues. The API can neither look at a message without locking it nor receive from sessions.
//!
//! Not verified against a real namespace: errors' texts, and how long an empty queue keeps a short-lived caller waiting.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use azure_core::{
    credentials::TokenCredential,
    http::{
        Method, Request, Transport,
        headers::{HeaderName, Headers},
        policies::auth::BearerTokenAuthorizationPolicy,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{
    exit::Usage,
    http::{Client, Reply},
};

/// Tokens for any namespace of the public cloud.
const SCOPE: &str = "https://servicebus.azure.net/.default";

/// How long a receiver waits on an empty queue, in seconds.
const WAIT: u32 = 2;

const BROKER_PROPERTIES: HeaderName = HeaderName::from_static("brokerproperties");

/// A namespace.
#[derive(Debug, Clone)]
pub struct Namespace {
    client: Client,
    url: Url,
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The body.
    pub body: Vec<u8>,
    /// The body's media type.
    pub content_type: String,
    /// The message id.
    pub message_id: String,
    /// The subject.
    pub label: Option<String>,
    /// The correlation id.
    pub correlation_id: Option<String>,
}

/// A locked message.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    /// What the broker says of it.
    pub broker: BrokerProperties,
    /// The body.
    pub body: Vec<u8>,
    /// The body's media type.
    pub content_type: Option<String>,
    /// Why it is a dead letter: the broker's word for it, and the sentence.
    pub dead: (Option<String>, Option<String>),
    /// The queue or sub-queue that holds it.
    queue: String,
}

/// What the broker says of a message.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BrokerProperties {
    /// The message id.
    #[serde(default)]
    pub message_id: String,
    /// Its number in the queue.
    pub sequence_number: u64,
    /// What settles it.
    pub lock_token: String,
    /// How often it was delivered, this time included.
    #[serde(default)]
    pub delivery_count: u32,
    /// When it was put on the queue, as HTTP writes dates.
    #[serde(default)]
    pub enqueued_time_utc: String,
    /// The subject.
    pub label: Option<String>,
    /// The correlation id.
    pub correlation_id: Option<String>,
}

impl Namespace {
    /// The namespace of this host name, called as `credential`. Opens no connection yet.
    ///
    /// # Errors
    /// When it is no host name.
    pub fn new(
        host: &str,
        credential: Arc<dyn TokenCredential>,
        transport: Option<Transport>,
    ) -> Result<Self, Usage> {
        let url = Url::parse(&format!("https://{host}/")).ok().filter(|url| url.host_str() == Some(host));
        let url = url.ok_or_else(|| {
            Usage(format!(
                "the Service Bus namespace is `{host}`; expected a host name in lower case, such as contoso-fleet.servicebus.windows.net"
            ))
        })?;
        let authorization = Arc::new(BearerTokenAuthorizationPolicy::new(credential, [SCOPE]));
        Ok(Self { client: Client::new(transport, Some(authorization)), url })
    }

    /// Puts a message on a queue.
    ///
    /// # Errors
    /// When the namespace does not take it. A lost reply is tried again: the message may be there twice.
    pub async fn send(&self, queue: &str, message: Outgoing) -> anyhow::Result<()> {
        let Outgoing { body, content_type, message_id, label, correlation_id } = message;
        let mut broker = json!({ "MessageId": message_id });
        for (name, value) in [("Label", label), ("CorrelationId", correlation_id)] {
            if let Some(value) = value {
                broker[name] = json!(value);
            }
        }
        let mut request = self.request(Method::Post, &format!("{queue}/messages"));
        request.insert_header("content-type", content_type);
        request.insert_header(BROKER_PROPERTIES, ascii(&broker));
        request.set_body(body);
        let reply = self.call(request).await?;
        accepted(&reply).with_context(|| format!("{} does not take a message for {queue}", self.url))
    }

    /// Locks the next message of a queue, or of `<queue>/$deadletterqueue`.
    ///
    /// # Errors
    /// When the namespace refuses, or answers with something else than a message.
    pub async fn lock(&self, queue: &str) -> anyhow::Result<Option<Locked>> {
        let mut request = self.request(Method::Post, &format!("{queue}/messages/head"));
        request.url_mut().query_pairs_mut().append_pair("timeout", &WAIT.to_string());
        let reply = self.call(request).await?;
        if reply.status == 204 {
            return Ok(None);
        }
        accepted(&reply).with_context(|| format!("{} gives no message of {queue}", self.url))?;
        Locked::read(queue, reply).map(Some)
    }

    /// Gives a locked message back.
    ///
    /// # Errors
    /// When the namespace can't be asked. A lock that ran out is no error: the message is back already.
    pub async fn unlock(&self, message: &Locked) -> anyhow::Result<()> {
        let reply = self.call(self.request(Method::Put, &message.path())).await?;
        if matches!(reply.status, 404 | 410) {
            return Ok(());
        }
        accepted(&reply).with_context(|| format!("message {} stays locked", message.broker.sequence_number))
    }

    /// Settles a locked message: it goes.
    ///
    /// # Errors
    /// When the namespace refuses, for instance since the lock ran out.
    pub async fn complete(&self, message: &Locked) -> anyhow::Result<()> {
        let reply = self.call(self.request(Method::Delete, &message.path())).await?;
        accepted(&reply).with_context(|| format!("message {} stays", message.broker.sequence_number))
    }

    fn request(&self, method: Method, path: &str) -> Request {
        let mut url = self.url.clone();
        url.set_path(path);
        Request::new(url, method)
    }

    async fn call(&self, request: Request) -> anyhow::Result<Reply> {
        self.client.send(request).await.with_context(|| format!("{} cannot be asked", self.url))
    }
}

fn accepted(reply: &Reply) -> anyhow::Result<()> {
    match reply.status {
        200..=299 => Ok(()),
        401 | 403 => bail!(
            "it answered {}: {}; the identity needs the role Azure Service Bus Data Sender or Data Receiver on the queue",
            reply.status,
            reply.excerpt()
        ),
        status => bail!("it answered {status}: {}", reply.excerpt()),
    }
}

/// JSON that can be a header: what is not ASCII is escaped.
fn ascii(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

impl Locked {
    fn read(queue: &str, reply: Reply) -> anyhow::Result<Self> {
        let text = |name: HeaderName| reply.headers.get_optional_str(&name).map(str::to_owned);
        let broker = text(BROKER_PROPERTIES).context("a message came without its broker's properties")?;
        let broker = serde_json::from_str(&broker).context("the broker's properties cannot be read")?;
        let dead = (
            custom(&reply.headers, "deadletterreason"),
            custom(&reply.headers, "deadlettererrordescription"),
        );
        let content_type = text(HeaderName::from_static("content-type"));
        Ok(Self { broker, dead, content_type, body: reply.body, queue: queue.to_owned() })
    }

    /// Where it is settled. Made of its number and lock rather than taken from `Location`: no reply leads a token elsewhere.
    fn path(&self) -> String {
        format!("{}/messages/{}/{}", self.queue, self.broker.sequence_number, self.broker.lock_token)
    }
}

/// A custom property: its header's value is JSON.
fn custom(headers: &Headers, name: &'static str) -> Option<String> {
    let value = headers.get_optional_str(&HeaderName::from_static(name))?;
    Some(serde_json::from_str::<String>(value).unwrap_or_else(|_| value.to_owned()))
}

#[cfg(test)]
mod tests;
