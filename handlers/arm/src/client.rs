//! The only module that touches the network.
//!
//! The client sends a [`Request`] through `azure_core`'s pipeline (bearer token, user agent, transport) and leaves
//! every decision to pure modules: [`crate::retry`] when to try again, [`crate::page`] which link to follow,
//! [`crate::error`] what an answer means. `azure_core`'s own retries are off: they would wait out minutes that
//! the function host does not give us, and hide how long ARM asked for.

mod call;
mod context;

use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_core::http::policies::Policy;
use azure_core::http::policies::auth::BearerTokenAuthorizationPolicy;
use azure_core::http::{self, Pipeline, RetryOptions, Transport, UserAgentOptions};
use serde::de::DeserializeOwned;
use url::Url;

pub use context::{CallContext, CallRecord};

use call::Call;

use crate::error::{ArmError, Problem};
use crate::page::{self, BadLink, Listing};
use crate::reply::Reply;
use crate::request::{Built, Request};
use crate::retry::RetryPolicy;

/// Longest application id that fits the user agent of Azure clients, in characters.
const MAX_APPLICATION_ID: usize = 24;

/// A client of one ARM endpoint. Cheap to clone; building it opens no connection and asks for no token.
#[derive(Clone)]
pub struct ArmClient {
    endpoint: Url,
    pipeline: Pipeline,
    retry: RetryPolicy,
    per_call_timeout: Duration,
}

/// Settings of a client.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// What carries the requests; the default is `azure_core`'s own HTTP client.
    pub transport: Option<Transport>,
    /// Names the program in the user agent, at most 24 characters.
    pub application_id: Option<String>,
    /// When to send a request again.
    pub retry: RetryPolicy,
    /// Time for one call: token, retries and waits included. A list has it for each page. ARM itself answers
    /// within 60 s, but whoever waits that long has lost the function host's patience.
    pub per_call_timeout: Duration,
    /// Scope that tokens are asked for; the default is `<endpoint>/.default`, which is right in all clouds whose
    /// ARM endpoint is also the audience of its tokens.
    pub token_scope: Option<String>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            transport: None,
            application_id: None,
            retry: RetryPolicy::default(),
            per_call_timeout: Duration::from_secs(30),
            token_scope: None,
        }
    }
}

/// A setting that no client can be built from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOptions {
    /// Tokens are sent over TLS only, and paths are appended to the endpoint.
    #[error("ARM endpoint `{endpoint}` must be https and nothing but scheme, host and port")]
    Endpoint {
        /// The endpoint as given.
        endpoint: Url,
    },
    /// The application id is too long for the user agent.
    #[error("application id `{id}` is longer than {MAX_APPLICATION_ID} characters")]
    ApplicationId {
        /// The id as given.
        id: String,
    },
}

impl ArmClient {
    /// A client of `endpoint` (`https://management.azure.com` in the public cloud) that calls as `credential`.
    ///
    /// # Errors
    /// When the options cannot work.
    pub fn new(
        endpoint: Url,
        credential: Arc<dyn TokenCredential>,
        options: ClientOptions,
    ) -> Result<Self, BadOptions> {
        if endpoint.scheme() != "https" || endpoint.path() != "/" || endpoint.query().is_some() {
            return Err(BadOptions::Endpoint { endpoint });
        }
        if let Some(id) = options.application_id.as_ref().filter(|id| id.chars().count() > MAX_APPLICATION_ID)
        {
            return Err(BadOptions::ApplicationId { id: id.clone() });
        }
        let ClientOptions { transport, application_id, retry, per_call_timeout, token_scope } = options;
        let scope =
            token_scope.unwrap_or_else(|| format!("{}/.default", endpoint.origin().ascii_serialization()));
        let authorization: Arc<dyn Policy> =
            Arc::new(BearerTokenAuthorizationPolicy::new(credential, [scope]));
        let pipeline = Pipeline::new(
            option_env!("CARGO_PKG_NAME"),
            option_env!("CARGO_PKG_VERSION"),
            http::ClientOptions {
                transport,
                retry: RetryOptions::none(),
                user_agent: UserAgentOptions { application_id },
                ..http::ClientOptions::default()
            },
            Vec::new(),
            vec![authorization],
            None,
        );
        Ok(Self { endpoint, pipeline, retry, per_call_timeout })
    }

    /// Sends a request and returns the answer of success, which may be that of an operation only started.
    ///
    /// # Errors
    /// Everything in [`Problem`] but `BadId`, `Failed`, `Unreadable` and `BadLink`.
    pub async fn send(&self, context: &CallContext, request: &Request) -> Result<Reply, ArmError> {
        self.call(context, &Call::new(&self.endpoint, request)).await
    }

    /// Reads one resource.
    ///
    /// # Errors
    /// As [`Self::send`], when the id cannot be used, and when the answer is not such a resource.
    pub async fn get<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        request: Built,
    ) -> Result<T, ArmError> {
        let request = usable(context, request)?;
        let call = Call::new(&self.endpoint, &request);
        let reply = self.call(context, &call).await?;
        serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(&reply.body))
            .map_err(|error| call.error(context, Problem::Unreadable(error)))
    }

    /// Reads a whole list, page by page.
    ///
    /// # Errors
    /// As [`Self::get`], when an answer is not a page, and when the list leads away from the endpoint or never
    /// ends. A list that breaks off is an error, not a shorter list.
    pub async fn list<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        request: Built,
    ) -> Result<Listing<T>, ArmError> {
        let request = usable(context, request)?;
        let mut call = Call::new(&self.endpoint, &request);
        let mut listing = Listing::default();
        for _ in 0..page::MAX_PAGES {
            let reply = self.call(context, &call).await?;
            let page =
                page::parse(&reply.body).map_err(|error| call.error(context, Problem::Unreadable(error)))?;
            listing.extend(page.listing);
            let Some(link) = page.next_link else { return Ok(listing) };
            let url = page::follow(&self.endpoint, &link).map_err(|bad| call.error(context, bad.into()))?;
            call = call.at(url);
        }
        Err(call.error(context, BadLink::Endless.into()))
    }
}

/// The request, or the error of a call that was not made.
pub(crate) fn usable(context: &CallContext, request: Built) -> Result<Request, ArmError> {
    request.map_err(|bad| {
        let (operation, path) = bad.call();
        ArmError::new(operation, path, context.correlation_id(), Problem::BadId(bad.clone()))
    })
}

#[cfg(test)]
mod tests;
