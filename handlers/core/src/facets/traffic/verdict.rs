//! What the evidence says about a stamp, as far as its traffic depends on it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the evidence says now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// A source that counts says so, and none speaks against it.
    Good,
    /// Why it is not fit for traffic.
    Bad(String),
    /// Why nothing can be said.
    Unknown(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good => f.write_str("good"),
            Self::Bad(why) => write!(f, "bad: {why}"),
            Self::Unknown(why) => write!(f, "unknown: {why}"),
        }
    }
}
