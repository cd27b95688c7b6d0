//! What the tests of `client`, `read` and `write` share: a scripted transport and a credential.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Request, Transport};
use azure_core::time::OffsetDateTime;
use serde_json::Value;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::client::{ArmClient, ClientOptions};

/// What the transport does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Answers.
    Answer(u16, Vec<(&'static str, &'static str)>, Value),
    /// Breaks the connection.
    Break,
    /// Never answers, on the paused clock.
    Hang,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Headers,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Seen {
    pub(crate) fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get_optional_str(&HeaderName::from_static(name))
    }
}

/// Acts in the given order and remembers what it saw.
#[derive(Debug)]
pub(crate) struct Script {
    acts: Mutex<VecDeque<Act>>,
    seen: Mutex<Vec<Seen>>,
}

impl Script {
    pub(crate) fn new(acts: impl IntoIterator<Item = Act>) -> Arc<Self> {
        Arc::new(Self { acts: Mutex::new(acts.into_iter().collect()), seen: Mutex::default() })
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    /// A client of `https://arm.test` on this transport.
    pub(crate) fn client(self: &Arc<Self>) -> ArmClient {
        let transport = Transport::new(Arc::<Self>::clone(self));
        let options = ClientOptions { transport: Some(transport), ..ClientOptions::default() };
        let endpoint = Url::parse("https://arm.test").expect("a URL");
        ArmClient::new(endpoint, Arc::new(Token::default()), options).expect("good options")
    }
}

#[async_trait]
impl HttpClient for Script {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let Body::Bytes(body) = request.body() else { panic!("our bodies are bytes") };
        self.seen.lock().expect("not poisoned").push(Seen {
            method: request.method().as_str(),
            url: request.url().to_string(),
            headers: request.headers().clone(),
            body: String::from_utf8(body.to_vec()).expect("our bodies are JSON"),
            at: Instant::now(),
        });
        let act = self.acts.lock().expect("not poisoned").pop_front().expect("one act for each request");
        match act {
            Act::Answer(status, pairs, body) => {
                let mut headers = Headers::new();
                for (name, value) in pairs {
                    headers.insert(name, value);
                }
                let body = if body.is_null() { String::new() } else { body.to_string() };
                Ok(AsyncRawResponse::from_bytes(status.into(), headers, body))
            }
            Act::Break => Err(Error::with_message(ErrorKind::Io, "connection reset")),
            Act::Hang => {
                sleep(Duration::from_secs(3_600)).await;
                Err(Error::with_message(ErrorKind::Io, "hung up"))
            }
        }
    }
}

/// A credential that knows no secret, or fails.
#[derive(Debug, Default)]
pub(crate) struct Token {
    pub(crate) broken: bool,
    pub(crate) asked: AtomicUsize,
    pub(crate) scopes: Mutex<Vec<String>>,
}

#[async_trait]
impl TokenCredential for Token {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.scopes.lock().expect("not poisoned").extend(scopes.iter().map(ToString::to_string));
        if self.broken {
            return Err(Error::with_message(ErrorKind::Credential, "no identity"));
        }
        let expires_on = OffsetDateTime::now_utc() + azure_core::time::Duration::hours(1);
        Ok(AccessToken::new(Secret::new("top-secret"), expires_on))
    }
}
