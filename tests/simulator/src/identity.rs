//! Simulated managed identities: who they are, the tokens they get, and the endpoint that hands tokens out.

mod credential;
mod endpoint;
mod tokens;

pub use credential::SimulatedCredential;
pub use endpoint::IdentityEndpoint;
pub use tokens::{ManagedIdentity, TENANT, Token, Tokens};

#[cfg(test)]
mod tests;
