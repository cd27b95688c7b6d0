//! Requests and replies, over the pipeline that Azure's own clients use: retries, tokens, TLS, proxies.

use std::sync::Arc;

use azure_core::{
    http::{
        ClientOptions, Context, ExponentialRetryOptions, Pipeline, PipelineSendOptions, Request,
        RetryOptions, Transport, headers::Headers, policies::Policy,
    },
    time::Duration,
};

/// How long one call is tried again before its failure is told. A person waits.
const PATIENCE: Duration = Duration::seconds(20);

/// Sends requests. What carries them is `azure_core`'s own client, or in tests anything that answers.
#[derive(Debug, Clone)]
pub struct Client {
    pipeline: Pipeline,
}

/// An answer of any status.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// A client; `authorization` signs each try of a request.
    #[must_use]
    pub fn new(transport: Option<Transport>, authorization: Option<Arc<dyn Policy>>) -> Self {
        let retry = ExponentialRetryOptions { max_total_elapsed: PATIENCE, ..Default::default() };
        let options =
            ClientOptions { transport, retry: RetryOptions::exponential(retry), ..ClientOptions::default() };
        let pipeline = Pipeline::new(
            Some("fleetctl"),
            option_env!("CARGO_PKG_VERSION"),
            options,
            Vec::new(),
            authorization.into_iter().collect(),
            None,
        );
        Self { pipeline }
    }

    /// Sends a request; an answer of whatever status is an answer.
    ///
    /// # Errors
    /// When there is no answer, or no token.
    pub async fn send(&self, mut request: Request) -> azure_core::Result<Reply> {
        let options = PipelineSendOptions { skip_checks: true, ..PipelineSendOptions::default() };
        let response = self.pipeline.send(&Context::new(), &mut request, Some(options)).await?;
        let (status, headers, body) = response.deconstruct();
        Ok(Reply { status: status.into(), headers, body: Vec::from(&*body) })
    }
}

impl Reply {
    /// The body as text, cut at 300 characters: for errors.
    #[must_use]
    pub fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().chars().take(300).collect()
    }
}
