//! App settings: what the host reads from local.settings.json or from the app's configuration.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::error::HostError;

/// The app settings by name. They become the handler's environment, and fill `%NAME%` in definitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppSettings {
    values: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct LocalSettings {
    #[serde(rename = "Values", default)]
    values: BTreeMap<String, String>,
}

impl AppSettings {
    /// The `Values` of a local.settings.json.
    ///
    /// # Errors
    /// When the file can't be read, or isn't JSON with string values.
    pub fn from_file(path: &Path) -> Result<Self, HostError> {
        let text = std::fs::read_to_string(path).map_err(|source| HostError::unreadable(path, source))?;
        let local: LocalSettings = serde_json::from_str(&text)
            .map_err(|source| HostError::NotJson { path: path.to_owned(), source })?;
        Ok(Self { values: local.values })
    }

    /// The same settings with one more; an earlier value of the name is replaced.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }

    /// The value of a setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// All settings, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// `text` with every `%NAME%` replaced by the setting of that name.
    ///
    /// # Errors
    /// The name that is no setting.
    pub fn expand(&self, text: &str) -> Result<String, String> {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            let Some((name, tail)) = after.split_once('%') else {
                break;
            };
            let value = self.get(name).ok_or_else(|| name.to_owned())?;
            expanded.push_str(before);
            expanded.push_str(value);
            rest = tail;
        }
        expanded.push_str(rest);
        Ok(expanded)
    }

    /// The Service Bus namespace behind a `connection`: `<connection>__fullyQualifiedNamespace`, or the host in the
    /// `Endpoint` of a connection string.
    #[must_use]
    pub fn service_bus_namespace(&self, connection: &str) -> Option<String> {
        if let Some(namespace) = self.get(&format!("{connection}__fullyQualifiedNamespace")) {
            return Some(namespace.to_owned());
        }
        let endpoint =
            self.get(connection)?.split(';').find_map(|part| part.strip_prefix("Endpoint=sb://"))?;
        Some(endpoint.trim_end_matches('/').to_owned())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for AppSettings {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(settings: I) -> Self {
        Self { values: settings.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

#[cfg(test)]
mod tests;
