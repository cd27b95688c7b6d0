//! A scripted ARM for tests of what reads and writes it: answers by method and path, and remembers what it was asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions},
    http::{AsyncRawResponse, Body, HttpClient, Request, Transport, headers::Headers},
    time::{Duration, OffsetDateTime},
};
use fleet_arm::{ArmClient, ClientOptions};
use serde_json::{Value, json};
use url::Url;

/// Answers what it was told to, and 404 `ResourceNotFound` to everything else.
#[derive(Debug, Default)]
pub(crate) struct ScriptedArm {
    answers: BTreeMap<String, (u16, Value)>,
    asked: Mutex<Vec<Asked>>,
}

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// Method and path: `GET /subscriptions/…`.
    pub(crate) line: String,
    /// JSON body; null without one.
    pub(crate) body: Value,
}

impl ScriptedArm {
    pub(crate) fn answering<const N: usize>(answers: [(String, u16, Value); N]) -> Arc<Self> {
        let answers = answers.map(|(line, status, body)| (line, (status, body)));
        Arc::new(Self { answers: answers.into(), asked: Mutex::default() })
    }

    /// A client of this ARM.
    pub(crate) fn client(self: &Arc<Self>) -> ArmClient {
        let transport = Some(Transport::new(Arc::<Self>::clone(self)));
        let options = ClientOptions { transport, ..ClientOptions::default() };
        let endpoint = Url::parse("https://arm.test").expect("a URL");
        ArmClient::new(endpoint, Arc::new(Token), options).expect("good options")
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Methods and paths, in alphabetical order: calls made side by side have no other.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.asked().into_iter().map(|asked| asked.line).collect();
        lines.sort();
        lines
    }
}

#[async_trait]
impl HttpClient for ScriptedArm {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let Body::Bytes(body) = request.body() else { panic!("our bodies are bytes") };
        let line = format!("{} {}", request.method().as_str(), request.url().path());
        let body = serde_json::from_slice(body).unwrap_or_default();
        let unknown = (404, json!({"error": {"code": "ResourceNotFound", "message": "it is not there"}}));
        let (status, answer) = self.answers.get(&line).unwrap_or(&unknown).clone();
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(Asked { line, body });
        Ok(AsyncRawResponse::from_bytes(status.into(), Headers::new(), answer.to_string()))
    }
}

#[derive(Debug)]
struct Token;

#[async_trait]
impl TokenCredential for Token {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        Ok(AccessToken::new(Secret::new("none"), OffsetDateTime::now_utc() + Duration::hours(1)))
    }
}
