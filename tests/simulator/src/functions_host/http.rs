//! HTTP functions: routes, methods and keys.

use super::definition::{AuthLevel, FunctionDefinition, Trigger};
use super::host::{FunctionsHost, Settled};
use super::http_answer::{self, HttpReply};
use super::invocation::{HttpCall, http_request};

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
        let Some(Routed { function, auth, values }) = self.route(&call) else { return HttpReply::bare(404) };
        let with_key = self.shows_key(&call, auth);
        if auth != AuthLevel::Anonymous && !with_key {
            return HttpReply::bare(401);
        }
        let finished = self.run(function, &http_request(&call, &values, with_key)).await;
        match self.settle(finished) {
            Settled::Succeeded(answer) => http_answer::reply(function, &answer),
            Settled::Failed | Settled::Hangs(_) => HttpReply::bare(500),
        }
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
