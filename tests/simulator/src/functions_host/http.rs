//! HTTP functions: routes, methods and keys.

use url::Url;

use super::definition::{AuthLevel, FunctionDefinition, Trigger};
use super::host::{FunctionsHost, Settled};
use super::http_answer::{self, HttpReply};
use super::invocation::{HttpCall, TriggerInput, http_request};

/// Where the simulated app believes to be reached.
const APP: &str = "https://contoso-fleet.azurewebsites.net";

/// The function behind a request, who may call it, and the values in the path.
struct Routed<'a> {
    function: &'a FunctionDefinition,
    auth: AuthLevel,
    values: Vec<(String, String)>,
}

impl FunctionsHost {
    /// Answers a request to the app as its HTTP callers see it: 404 without a matching route and method, 401 without the
    /// key, 500 for a failed or hanging invocation.
    ///
    /// A hanging invocation is answered at once; in Azure its caller waits for the function timeout.
    pub async fn http(&self, call: HttpCall) -> HttpReply {
        let (function, request) = match self.admit(&call) {
            Ok(admitted) => admitted,
            Err(refused) => return refused,
        };
        let finished = self.run(function, &request).await;
        match self.settle(finished) {
            Settled::Succeeded(answer) => http_answer::reply(function, &answer),
            Settled::Failed | Settled::Hangs(_) => HttpReply::bare(500),
            // What Azure's front end answers for a worker that vanished isn't verified.
            Settled::Lost => HttpReply::bare(503),
        }
    }

    /// The function behind a request and what it is invoked with, or the host's own answer.
    pub(crate) fn admit(&self, call: &HttpCall) -> Result<(&FunctionDefinition, TriggerInput), HttpReply> {
        let Some(Routed { function, auth, values }) = self.route(call) else {
            return Err(HttpReply::bare(404));
        };
        let with_key = self.shows_key(call, auth);
        if auth != AuthLevel::Anonymous && !with_key {
            return Err(HttpReply::bare(401));
        }
        Ok((function, http_request(call, &values, with_key)))
    }

    /// The address that a caller such as an action group keeps for an HTTP function, its key in the query; `None` when
    /// there is no such function or its path holds values.
    #[must_use]
    pub fn trigger_url(&self, function: &str) -> Option<Url> {
        let Trigger::Http { route, .. } = &self.app().function(function)?.trigger else { return None };
        let prefix = self.app().host.route_prefix.trim_matches('/');
        let mut url = Url::parse(APP).ok()?;
        url.set_path(&format!("{prefix}/{}", route.literal()?));
        url.query_pairs_mut().append_pair("code", &self.function_key());
        Some(url)
    }

    fn route(&self, call: &HttpCall) -> Option<Routed<'_>> {
        let prefix = self.app().host.route_prefix.trim_matches('/');
        let path = call.url.path().trim_start_matches('/');
        let path = if prefix.is_empty() { path } else { path.strip_prefix(prefix)?.strip_prefix('/')? };
        self.app().functions.iter().find_map(|function| match &function.trigger {
            Trigger::Http { auth, methods, route } => {
                let serves =
                    methods.is_empty() || methods.iter().any(|method| method == call.method.as_str());
                route.matches(path).filter(|_| serves).map(|values| Routed { function, auth: *auth, values })
            }
            _ => None,
        })
    }

    fn shows_key(&self, call: &HttpCall, auth: AuthLevel) -> bool {
        let query = call.query();
        let in_query = query.iter().find(|(name, _)| name == "code").map(|(_, value)| value.as_str());
        let shown = call.header_value("x-functions-key").or(in_query);
        shown.is_some_and(|key| {
            key == self.master_key() || (auth != AuthLevel::Admin && key == self.function_key())
        })
    }
}

#[cfg(test)]
mod tests;
