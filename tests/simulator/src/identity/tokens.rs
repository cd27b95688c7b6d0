//! Tokens that look like Entra's and are signed by nobody.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::chance::Seed;

/// The tenant of the simulated directory.
pub const TENANT: &str = "72f98bf0-0000-4000-8000-00000000fa57";

/// When tokens begin to be valid: 2020-01-01T00:00:00Z, in Unix seconds.
const VALID_FROM: i64 = 1_577_836_800;
/// When they end: 2100-01-01T00:00:00Z. Clients and storage emulators check against the real clock, which the
/// simulated one ignores, so a token outlives both.
const VALID_UNTIL: i64 = 4_102_444_800;

/// An identity that can ask for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedIdentity {
    /// The application id, by which a user-assigned identity is asked for.
    pub client_id: String,
    /// The object id of its service principal, which role assignments name.
    pub object_id: String,
    /// The ARM id of a user-assigned identity; `None` for a system-assigned one.
    pub resource_id: Option<String>,
}

impl ManagedIdentity {
    /// A system-assigned identity with ids made from a name.
    #[must_use]
    pub fn named(name: &str, seed: Seed) -> Self {
        Self {
            client_id: seed.guid(&["client id", name]).to_string(),
            object_id: seed.guid(&["object id", name]).to_string(),
            resource_id: None,
        }
    }
}

/// A token and how long it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The bearer token.
    pub text: String,
    /// When it ends, in Unix seconds.
    pub expires_on: i64,
}

/// Issues tokens and recognises its own. Clones share the same memory.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    issued: Arc<Mutex<BTreeMap<String, Claims>>>,
}

/// What a recognised token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claims {
    /// The audience, without a slash at the end.
    pub audience: String,
    /// The caller's object id.
    pub object_id: String,
}

impl Tokens {
    /// Issues a token for `identity`, good for `resource`, for instance `https://management.azure.com`.
    #[must_use]
    pub fn issue(&self, identity: &ManagedIdentity, resource: &str) -> Token {
        let audience = resource.trim_end_matches('/').to_owned();
        let header = json!({"typ": "JWT", "alg": "none"});
        let claims = json!({
            "aud": audience,
            "iss": format!("https://sts.windows.net/{TENANT}/"),
            "iat": VALID_FROM, "nbf": VALID_FROM, "exp": VALID_UNTIL,
            "tid": TENANT, "oid": identity.object_id, "sub": identity.object_id, "appid": identity.client_id,
            "idtyp": "app", "ver": "1.0",
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signature = URL_SAFE_NO_PAD.encode("simulated");
        let text = format!("{}.{}.{signature}", part(&header), part(&claims));
        let claims = Claims { audience, object_id: identity.object_id.clone() };
        self.issued.lock().unwrap_or_else(PoisonError::into_inner).insert(text.clone(), claims);
        Token { text, expires_on: VALID_UNTIL }
    }

    /// What a token of ours says; `None` for any other text.
    pub(crate) fn recognise(&self, token: &str) -> Option<Claims> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }
}
