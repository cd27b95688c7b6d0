//! The app as it lies on disk: host.json and one folder per function.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::definition::FunctionDefinition;
use super::error::HostError;
use super::settings::AppSettings;

/// Where the app lies.
#[derive(Debug, Clone)]
pub struct ScriptRoot {
    /// The path of host.json. Its folder is the handler's working directory.
    pub host_json: PathBuf,
    /// The folder whose direct children hold function.json. In a deployed app this is the folder of host.json.
    pub definitions_dir: PathBuf,
}

impl ScriptRoot {
    /// A staged app: everything in one folder.
    #[must_use]
    pub fn staged(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { host_json: folder.join("host.json"), definitions_dir: folder }
    }

    /// Reads the whole app.
    ///
    /// # Errors
    /// What the real host would refuse, and what isn't simulated.
    pub fn read(&self, settings: &AppSettings) -> Result<FunctionApp, HostError> {
        let host = HostSettings::read(&self.host_json)?;
        let unreadable = |source| HostError::unreadable(&self.definitions_dir, source);
        let mut folders = Vec::new();
        for entry in std::fs::read_dir(&self.definitions_dir).map_err(unreadable)? {
            let folder = entry.map_err(unreadable)?.path();
            if folder.join("function.json").is_file() {
                folders.push(folder);
            }
        }
        folders.sort();
        let functions = folders
            .iter()
            .map(|folder| FunctionDefinition::read(folder, settings))
            .collect::<Result<_, _>>()?;
        Ok(FunctionApp { host, functions, settings: settings.clone() })
    }

    /// The folder of host.json.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.host_json.parent().unwrap_or(Path::new("."))
    }
}

/// An app, read and checked.
#[derive(Debug, Clone)]
pub struct FunctionApp {
    /// host.json.
    pub host: HostSettings,
    /// The functions, by name.
    pub functions: Vec<FunctionDefinition>,
    /// The app settings.
    pub settings: AppSettings,
}

impl FunctionApp {
    /// The function of this name, in exactly this case.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&FunctionDefinition> {
        self.functions.iter().find(|function| function.name == name)
    }
}

/// On every plan but Consumption, which allows 5 minutes.
const DEFAULT_FUNCTION_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// How long the listener renews the lock of a message under way.
const DEFAULT_LOCK_RENEWAL: Duration = Duration::from_secs(5 * 60);

/// How long the handler may take to listen.
const DEFAULT_INITIALIZATION: Duration = Duration::from_secs(30);

/// What host.json sets, as far as it is simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSettings {
    /// How long an invocation may take; `None` is unlimited. Default 30 minutes, as on every plan but Consumption.
    pub function_timeout: Option<Duration>,
    /// `extensions.http.routePrefix`, default `api`.
    pub route_prefix: String,
    /// `extensions.serviceBus.maxConcurrentCalls`, default 16 (one core).
    pub max_concurrent_calls: usize,
    /// `extensions.serviceBus.maxAutoLockRenewalDuration`, default 5 minutes.
    pub max_auto_lock_renewal: Duration,
    /// `customHandler.description.defaultExecutablePath`.
    pub executable: Option<String>,
    /// `customHandler.description.workingDirectory`, relative to the folder of host.json; empty for that folder.
    pub working_directory: String,
    /// `customHandler.description.arguments`.
    pub arguments: Vec<String>,
    /// `customHandler.initializationTimeout`, default 30 seconds.
    pub initialization_timeout: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HostJson {
    version: String,
    function_timeout: Option<String>,
    #[serde(default)]
    extensions: Extensions,
    #[serde(default)]
    custom_handler: CustomHandler,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Extensions {
    http: Http,
    service_bus: ServiceBus,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Http {
    route_prefix: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ServiceBus {
    max_concurrent_calls: Option<usize>,
    max_auto_lock_renewal_duration: Option<String>,
    auto_complete_messages: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct CustomHandler {
    description: Description,
    enable_forwarding_http_request: bool,
    enable_proxying_http_request: bool,
    initialization_timeout: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Description {
    default_executable_path: Option<String>,
    working_directory: String,
    arguments: Vec<String>,
}

impl Default for HostSettings {
    /// The host's own defaults: a host.json with nothing but its version.
    fn default() -> Self {
        Self {
            function_timeout: Some(DEFAULT_FUNCTION_TIMEOUT),
            route_prefix: "api".to_owned(),
            max_concurrent_calls: 16,
            max_auto_lock_renewal: DEFAULT_LOCK_RENEWAL,
            executable: None,
            working_directory: String::new(),
            arguments: Vec::new(),
            initialization_timeout: DEFAULT_INITIALIZATION,
        }
    }
}

impl HostSettings {
    fn read(path: &Path) -> Result<Self, HostError> {
        let text = std::fs::read_to_string(path).map_err(|source| HostError::unreadable(path, source))?;
        let json = serde_json::from_str(&text)
            .map_err(|source| HostError::NotJson { path: path.to_owned(), source })?;
        Self::from_json(json)
    }

    fn from_json(json: HostJson) -> Result<Self, HostError> {
        refuse_unsimulated(&json)?;
        let HostJson { version: _, function_timeout, extensions, custom_handler } = json;
        let Description { default_executable_path, working_directory, arguments } =
            custom_handler.description;
        let ServiceBus { max_concurrent_calls, max_auto_lock_renewal_duration, .. } = extensions.service_bus;
        let duration = |setting, text: Option<String>, default: Duration| match text {
            None => Ok(default),
            Some(text) => time_span(&text).ok_or_else(|| refused(setting, &text, "\"hh:mm:ss\" is allowed")),
        };
        let default = Self::default();
        Ok(Self {
            function_timeout: match function_timeout.as_deref() {
                Some("-1") => None,
                _ => Some(duration("functionTimeout", function_timeout, DEFAULT_FUNCTION_TIMEOUT)?),
            },
            route_prefix: extensions.http.route_prefix.unwrap_or(default.route_prefix),
            max_concurrent_calls: max_concurrent_calls.unwrap_or(default.max_concurrent_calls),
            max_auto_lock_renewal: duration(
                "maxAutoLockRenewalDuration",
                max_auto_lock_renewal_duration,
                DEFAULT_LOCK_RENEWAL,
            )?,
            executable: default_executable_path,
            working_directory,
            arguments,
            initialization_timeout: duration(
                "initializationTimeout",
                custom_handler.initialization_timeout,
                DEFAULT_INITIALIZATION,
            )?,
        })
    }
}

/// Refuses what the real host refuses, and what it does but this one doesn't.
fn refuse_unsimulated(json: &HostJson) -> Result<(), HostError> {
    let HostJson { version, extensions, custom_handler, .. } = json;
    if version != "2.0" {
        return Err(refused("version", version, "\"2.0\" is allowed"));
    }
    if custom_handler.enable_forwarding_http_request || custom_handler.enable_proxying_http_request {
        return Err(refused(
            "customHandler",
            "forwarding or proxying",
            "only the default HTTP form is simulated",
        ));
    }
    if extensions.service_bus.auto_complete_messages == Some(false) {
        return Err(refused("autoCompleteMessages", "false", "only true is simulated"));
    }
    // The real host expands %NAME% and joins arguments without quotes, so that blanks split them.
    let arguments = &custom_handler.description.arguments;
    match arguments.iter().find(|argument| argument.contains(['%', ' ', '"', '\''])) {
        Some(argument) => {
            Err(refused("arguments", argument, "blanks, quotes and % in arguments aren't simulated"))
        }
        None => Ok(()),
    }
}

fn refused(setting: &'static str, value: &str, allowed: &'static str) -> HostError {
    HostError::HostSetting { setting, value: value.to_owned(), allowed }
}

/// `hh:mm:ss`, with `d.` before it for days.
fn time_span(text: &str) -> Option<Duration> {
    let (days, clock) = text.split_once('.').unwrap_or(("0", text));
    let parts: Vec<u64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let &[hours, minutes, seconds] = parts.as_slice() else {
        return None;
    };
    let days: u64 = days.parse().ok()?;
    Some(Duration::from_secs(((days * 24 + hours) * 60 + minutes) * 60 + seconds))
}

#[cfg(test)]
mod tests;
