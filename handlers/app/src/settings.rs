//! The app's settings: environment variables, read once, all problems reported together.
//!
//! | variable | meaning | default |
//! | --- | --- | --- |
//! | `FUNCTIONS_CUSTOMHANDLER_PORT` | loopback port, set by the Functions host | required |
//! | `FLEET_CONFIG` | path of `fleet.json`, relative to the working directory | `fleet.json` |
//! | `FLEET_STATE` | `memory:`, `file:<folder>` or `https://<account>.blob.core.windows.net/<container>` | required |
//! | `AZURE_ARM_ENDPOINT` | Azure Resource Manager of the cloud in use | `https://management.azure.com` |
//! | `AZURE_CLIENT_ID` | client id of a user-assigned identity; empty: the system-assigned one | none |
//! | `IDENTITY_ENDPOINT` | set by App Service where a managed identity exists; without it, developer credentials serve | none |
//! | `FLEET_LOG` | log filter (see [`crate::telemetry`]) | `info` |

use std::{
    fmt,
    path::{Path, PathBuf},
};

use fleet_core::config::FleetConfig;
use url::Url;

use crate::host::PORT_VARIABLE;

/// Path of the configuration file.
pub const CONFIG_VARIABLE: &str = "FLEET_CONFIG";
/// Where state is kept.
pub const STATE_VARIABLE: &str = "FLEET_STATE";
/// The ARM endpoint.
pub const ENDPOINT_VARIABLE: &str = "AZURE_ARM_ENDPOINT";
/// A user-assigned identity's client id.
pub const CLIENT_ID_VARIABLE: &str = "AZURE_CLIENT_ID";
/// Where App Service hands out tokens.
pub const IDENTITY_VARIABLE: &str = "IDENTITY_ENDPOINT";

/// Every variable that the handler reads, in the order of the table above. A test holds the sample settings to it.
pub const VARIABLES: [&str; 7] = [
    PORT_VARIABLE,
    CONFIG_VARIABLE,
    STATE_VARIABLE,
    ENDPOINT_VARIABLE,
    CLIENT_ID_VARIABLE,
    IDENTITY_VARIABLE,
    crate::telemetry::FILTER_VARIABLE,
];

/// The ARM endpoint of the public cloud.
const PUBLIC_CLOUD: &str = "https://management.azure.com";

/// Everything that is set from outside.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The port to listen on, as text: the listener judges it.
    pub port: Option<String>,
    /// The fleet's configuration.
    pub config: FleetConfig,
    /// Where state is kept.
    pub state: String,
    /// The ARM endpoint.
    pub endpoint: Url,
    /// Whose tokens to ask for.
    pub identity: Identity,
    /// The log filter.
    pub log_filter: Option<String>,
}

/// Whose tokens to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The app's managed identity; with a client id, a user-assigned one.
    Managed {
        /// The client id of a user-assigned identity.
        client_id: Option<String>,
    },
    /// Whoever is signed in with the Azure CLI or the Azure Developer CLI.
    Developer,
}

/// Every problem of the settings and of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSettings {
    /// One sentence each.
    pub problems: Vec<String>,
}

impl std::error::Error for InvalidSettings {}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the handler cannot start, {} problem(s):", self.problems.len())?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl Settings {
    /// Reads the settings through `variable`, and the configuration file through `read`.
    ///
    /// # Errors
    /// With every problem found.
    pub fn read(
        variable: impl Fn(&str) -> Option<String>,
        read: impl Fn(&Path) -> std::io::Result<String>,
    ) -> Result<Self, InvalidSettings> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let mut problems = Vec::new();
        let port = variable(PORT_VARIABLE);
        if port.is_none() {
            problems.push(format!(
                "{PORT_VARIABLE} is not set; the Functions host sets it when it starts the handler"
            ));
        }
        let state = variable(STATE_VARIABLE);
        if state.is_none() {
            problems.push(format!(
                "{STATE_VARIABLE} is not set; expected memory:, file:<folder> or https://<account>.blob.core.windows.net/<container>"
            ));
        }
        let endpoint = endpoint(variable(ENDPOINT_VARIABLE), &mut problems);
        let path = PathBuf::from(variable(CONFIG_VARIABLE).unwrap_or_else(|| "fleet.json".to_owned()));
        let config = config(&path, read(&path), &mut problems);
        let client_id = variable(CLIENT_ID_VARIABLE);
        let managed = variable(IDENTITY_VARIABLE).is_some();
        let identity = if managed { Identity::Managed { client_id } } else { Identity::Developer };
        let log_filter = variable(crate::telemetry::FILTER_VARIABLE);
        match (config, state, endpoint) {
            (Some(config), Some(state), Some(endpoint)) if problems.is_empty() => {
                Ok(Self { port, config, state, endpoint, identity, log_filter })
            }
            _ => Err(InvalidSettings { problems }),
        }
    }
}

fn endpoint(value: Option<String>, problems: &mut Vec<String>) -> Option<Url> {
    let text = value.unwrap_or_else(|| PUBLIC_CLOUD.to_owned());
    match Url::parse(&text) {
        Ok(url) if url.scheme() == "https" && url.path() == "/" && url.query().is_none() => Some(url),
        _ => {
            problems.push(format!(
                "{ENDPOINT_VARIABLE} is `{text}`; expected https and a host, such as {PUBLIC_CLOUD}"
            ));
            None
        }
    }
}

fn config(path: &Path, text: std::io::Result<String>, problems: &mut Vec<String>) -> Option<FleetConfig> {
    let path = path.display();
    let text = match text {
        Ok(text) => text,
        Err(error) => {
            problems.push(format!(
                "{path} cannot be read ({error}); set {CONFIG_VARIABLE} to the path of fleet.json"
            ));
            return None;
        }
    };
    match FleetConfig::parse(&text) {
        Ok(config) => Some(config),
        Err(invalid) => {
            problems.extend(invalid.problems.iter().map(|problem| format!("{path}: {problem}")));
            None
        }
    }
}

#[cfg(test)]
mod tests;
