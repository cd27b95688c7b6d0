//! Whose tokens are shown to Service Bus: those of the machine's managed identity where it has one, else of whoever is
//! signed in with the Azure CLI or the Azure Developer CLI. The handler chooses the same way.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
};

/// Set where App Service, or the local simulation, hands out tokens.
const ENDPOINT: &str = "IDENTITY_ENDPOINT";

/// A user-assigned identity's client id.
const CLIENT_ID: &str = "AZURE_CLIENT_ID";

/// The credential that the environment variables mean. Asks for no token yet.
///
/// # Errors
/// When the environment is contradictory.
pub fn credential(variable: impl Fn(&str) -> Option<String>) -> azure_core::Result<Arc<dyn TokenCredential>> {
    let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    if variable(ENDPOINT).is_none() {
        return Ok(DeveloperToolsCredential::new(None)?);
    }
    let user_assigned_id = variable(CLIENT_ID).map(UserAssignedId::ClientId);
    let options = ManagedIdentityCredentialOptions { user_assigned_id, ..Default::default() };
    Ok(ManagedIdentityCredential::new(Some(options))?)
}
