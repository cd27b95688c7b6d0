//! App Service's managed identity endpoint: plain HTTP on loopback, guarded by a header.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::tokens::{ManagedIdentity, Tokens};

/// The only version of the protocol that is answered.
const API_VERSION: &str = "2019-08-01";

/// A running endpoint. It stops when dropped.
#[derive(Debug)]
pub struct IdentityEndpoint {
    address: SocketAddr,
    secret: String,
    server: JoinHandle<()>,
}

/// What the endpoint knows.
struct Directory {
    tokens: Tokens,
    identities: Vec<ManagedIdentity>,
    secret: String,
}

impl IdentityEndpoint {
    /// Starts the endpoint on a free loopback port. A request that names no identity gets the first one that
    /// has no `resource_id` (the system-assigned one). `secret` is what callers must send as
    /// `X-IDENTITY-HEADER`.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start(tokens: Tokens, identities: Vec<ManagedIdentity>, secret: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let directory = Arc::new(Directory { tokens, identities, secret: secret.to_owned() });
        let routes = Router::new().route("/msi/token", get(token)).with_state(directory);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(error = %error, "the identity endpoint stopped");
            }
        });
        Ok(Self { address, secret: secret.to_owned(), server })
    }

    /// The environment that makes Azure's clients use this endpoint: `IDENTITY_ENDPOINT` and
    /// `IDENTITY_HEADER`.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        let endpoint = format!("http://{}/msi/token", self.address);
        BTreeMap::from([
            ("IDENTITY_ENDPOINT".to_owned(), endpoint),
            ("IDENTITY_HEADER".to_owned(), self.secret.clone()),
        ])
    }
}

impl Drop for IdentityEndpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn token(
    State(directory): State<Arc<Directory>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let sent = headers.get("x-identity-header").map(HeaderValue::as_bytes);
    if sent != Some(directory.secret.as_bytes()) {
        return refuse(StatusCode::UNAUTHORIZED, "The X-IDENTITY-HEADER header is missing or wrong.");
    }
    if query.get("api-version").map(String::as_str) != Some(API_VERSION) {
        return refuse(StatusCode::BAD_REQUEST, "The api-version must be 2019-08-01.");
    }
    let Some(resource) = query.get("resource") else {
        return refuse(StatusCode::BAD_REQUEST, "The resource parameter is missing.");
    };
    let Some(identity) = directory.identities.iter().find(|identity| asked_for(identity, &query)) else {
        return refuse(StatusCode::BAD_REQUEST, "No such identity is assigned to this app.");
    };
    let token = directory.tokens.issue(identity, resource);
    let body = json!({
        "access_token": token.text,
        "client_id": identity.client_id,
        "expires_on": token.expires_on.to_string(),
        "resource": resource,
        "token_type": "Bearer",
    });
    as_json(StatusCode::OK, &body)
}

/// Whether the query asks for this identity, by client id, object id, resource id, or by naming none.
fn asked_for(identity: &ManagedIdentity, query: &BTreeMap<String, String>) -> bool {
    let same = |name: &str, id: &str| query.get(name).map(|asked| asked.eq_ignore_ascii_case(id));
    let resource_id = identity.resource_id.as_deref();
    same("client_id", &identity.client_id)
        .or_else(|| same("object_id", &identity.object_id))
        .or_else(|| same("principal_id", &identity.object_id))
        .or_else(|| same("mi_res_id", resource_id.unwrap_or_default()))
        .or_else(|| same("msi_res_id", resource_id.unwrap_or_default()))
        .unwrap_or(resource_id.is_none())
}

/// The shape of a refusal; the real endpoint's text is not verified.
fn refuse(status: StatusCode, message: &str) -> Response {
    as_json(status, &json!({"statusCode": status.as_u16(), "message": message}))
}

fn as_json(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
