//! Why an app can't be started on the simulated host.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// What is wrong with a script root, or with what it asks of the simulated host.
#[derive(Debug, Error)]
pub enum HostError {
    /// A file or folder of the script root can't be read.
    #[error("{} can't be read", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file isn't the JSON that it should be.
    #[error("{} isn't JSON of the expected shape", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// host.json has a value that the real host refuses.
    #[error("host.json: {setting} is {value}; {allowed}")]
    HostSetting {
        /// The setting, dotted.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A function.json breaks a rule of the real host.
    #[error("function {function}: {fault}")]
    Definition {
        /// The function.
        function: String,
        /// The rule, the value, and what is allowed.
        fault: String,
    },
    /// A setting or binding is real but not simulated.
    #[error("function {function}: {feature} isn't simulated; use the real host for it")]
    NotSimulated {
        /// The function.
        function: String,
        /// The binding or setting.
        feature: String,
    },
    /// The handler's executable could not be started.
    #[error("the handler {} can't be started; it must exist and be executable", executable.display())]
    HandlerNotStarted {
        /// The executable.
        executable: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The handler did not answer `GET /` in time, or ended too often.
    #[error("the handler never became ready: {reason}")]
    HandlerNotReady {
        /// Why.
        reason: String,
    },
}

impl HostError {
    pub(super) fn unreadable(path: &Path, source: std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source }
    }
}
