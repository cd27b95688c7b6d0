//! A credential for callers in the same process.

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::time::OffsetDateTime;

use super::tokens::{ManagedIdentity, Tokens};

/// Gets tokens straight from the simulated directory, without HTTP.
#[derive(Debug, Clone)]
pub struct SimulatedCredential {
    tokens: Tokens,
    identity: ManagedIdentity,
}

impl SimulatedCredential {
    /// A credential of `identity`.
    #[must_use]
    pub fn new(tokens: Tokens, identity: ManagedIdentity) -> Self {
        Self { tokens, identity }
    }
}

#[async_trait::async_trait]
impl TokenCredential for SimulatedCredential {
    async fn get_token(
        &self,
        scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let [scope] = scopes else {
            return Err(Error::with_message(
                ErrorKind::Credential,
                "a managed identity takes exactly one scope",
            ));
        };
        let token = self.tokens.issue(&self.identity, scope.strip_suffix("/.default").unwrap_or(scope));
        let expires_on = OffsetDateTime::from_unix_timestamp(token.expires_on).map_err(|error| {
            Error::with_error(ErrorKind::Credential, error, "the expiry is no valid time")
        })?;
        Ok(AccessToken::new(token.text, expires_on))
    }
}
