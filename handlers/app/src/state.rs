//! The few things that ARM cannot hold: holds, evidence, wake-ups, and the journal of decisions.
//!
//! A store keeps small documents by name, each written with compare-and-swap, and journals that only grow. Losing a
//! store must be survivable (see the design's state section), so it is no database and has no transactions over
//! several documents. What must not happen twice at once outside the store is ordered by leases.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use azure_core::{credentials::TokenCredential, http::ClientOptions};
use bytes::Bytes;
use url::Url;
use uuid::Uuid;

mod blob;
mod file;
mod lease;
mod memory;

pub use blob::BlobStore;
pub use file::FileStore;
pub use lease::{LONGEST_LIFE, Lease, SHORTEST_LIFE};
pub use memory::MemoryStore;

/// The longest name of a document, journal or lease, in bytes. Blob names may have 1,024 characters, file names 255.
pub const MAX_NAME_BYTES: usize = 200;

/// Where state lives. All kinds behave alike; one conformance test holds them to it.
#[async_trait]
pub trait StateStore: fmt::Debug + Send + Sync {
    /// Reads a document or a whole journal; `None` when there is none. A journal that is growing meanwhile may end in the
    /// middle of a line.
    ///
    /// # Errors
    /// [`StateError::Unavailable`], [`StateError::Denied`] or [`StateError::Invalid`].
    async fn load(&self, name: &str) -> Result<Option<Versioned>, StateError>;

    /// Writes a document, if it still is what the caller thinks it is. Returns its new version.
    ///
    /// A conflict may be the echo of one's own write whose reply was lost and which was tried again: load and compare
    /// before concluding that somebody else wrote.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when the document is in another state than `expected`; else as for loading.
    async fn save(&self, name: &str, bytes: Bytes, expected: Expected) -> Result<Version, StateError>;

    /// Adds one line to a journal, making the journal if need be. Concurrent lines never mix; a line can appear twice
    /// when a reply was lost. A name is either a document's or a journal's, never both.
    ///
    /// # Errors
    /// [`StateError::Invalid`] for a line with a line break in it; else as for loading.
    async fn append(&self, name: &str, line: &str) -> Result<(), StateError>;

    /// Gives `holder` the exclusive right to a name for `life`, 15 to 60 whole seconds; `None` while somebody else has
    /// it. Who has it already gets it anew: a call whose reply was lost can be repeated. So a holder's id must never
    /// stand for two who are at work at the same time.
    ///
    /// A holder that dies costs the others the rest of its lease; blob storage may take up to a minute more to let the
    /// next one in. A name for leases is no document's and no journal's.
    ///
    /// # Errors
    /// [`StateError::Invalid`] for another life; else as for loading.
    async fn lease(&self, name: &str, holder: Uuid, life: Duration) -> Result<Option<Lease>, StateError>;

    /// Gives a lease back before it ends. One that has ended, whoever has the name now, is no error and changes nothing.
    ///
    /// # Errors
    /// As for loading. The lease then ends by itself.
    async fn release(&self, lease: Lease) -> Result<(), StateError>;
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The content.
    pub bytes: Bytes,
    /// Which content that is; goes into the next [`Expected::Version`].
    pub version: Version,
}

/// A store's mark of one content of one document. Equal marks mean equal content; nothing else can be read from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

/// What a writer believes about the document it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// There is none.
    Absent,
    /// It is the one that was read.
    Version(Version),
}

/// Why a store did not do what it was asked. The variant says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Somebody else wrote first: load, decide again, save.
    #[error("`{name}` was changed by someone else since it was read; load it again and decide anew")]
    Conflict {
        /// The document.
        name: String,
    },
    /// The store cannot be reached or is out of order for now: try later.
    #[error("the state store cannot {verb} `{name}` at the moment")]
    Unavailable {
        /// What was tried: load, save, append, lease or release.
        verb: &'static str,
        /// The document, journal or lease.
        name: String,
        /// What the store said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// We lack a right: a person has to grant it. For blobs that is the role Storage Blob Data Contributor.
    #[error("the state store does not let this identity {verb} `{name}`")]
    Denied {
        /// What was tried: load, save, append, lease or release.
        verb: &'static str,
        /// The document, journal or lease.
        name: String,
        /// What the store said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The call itself is wrong: a bug.
    #[error("the state store cannot take a call for `{name}`: {fault}")]
    Invalid {
        /// The document, journal or lease.
        name: String,
        /// What is wrong.
        fault: &'static str,
    },
}

/// Why the setting that names the store is of no use.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither of the three kinds.
    #[error(
        "`{text}` names no state store; expected `memory:`, `file:<folder>` or `https://<account>.blob.core.windows.net/<container>`"
    )]
    Unknown {
        /// The setting as found, without a query, which could hold a key.
        text: String,
    },
    /// A blob store without an identity.
    #[error("the state store `{url}` needs a credential and none is configured")]
    NoCredential {
        /// The container.
        url: String,
    },
    /// The blob client refuses the address.
    #[error("no client can be made for the state store `{url}`")]
    Client {
        /// The container.
        url: String,
        /// What the client library said.
        #[source]
        source: azure_core::Error,
    },
}

/// Opens the store that a setting names. Touches neither disk nor network: the first use does.
///
/// # Errors
/// When the setting is not understood, or a blob store lacks a credential.
pub fn open(
    setting: &str,
    credential: Option<Arc<dyn TokenCredential>>,
) -> Result<Arc<dyn StateStore>, OpenError> {
    let setting = setting.trim();
    let unknown = || OpenError::Unknown { text: setting.split('?').next().unwrap_or_default().to_owned() };
    if setting == "memory:" {
        return Ok(Arc::new(MemoryStore::default()));
    }
    if let Some(folder) = setting.strip_prefix("file:").filter(|folder| !folder.is_empty()) {
        return Ok(Arc::new(FileStore::new(Path::new(folder.strip_prefix("//").unwrap_or(folder)))));
    }
    let container = Url::parse(setting).map_err(|_| unknown())?;
    let has_container = !container.path().trim_matches('/').is_empty() && container.query().is_none();
    if container.scheme() != "https" || !has_container {
        return Err(unknown());
    }
    let Some(credential) = credential else {
        return Err(OpenError::NoCredential { url: container.to_string() });
    };
    let url = container.to_string();
    let store = BlobStore::new(container, credential, ClientOptions::default());
    Ok(Arc::new(store.map_err(|source| OpenError::Client { url, source })?))
}

/// Checks what every kind of store can take as a name: lower-case words, digits, `.`, `-` and `_`, in parts joined by
/// slashes. It becomes a path on disk, so no part may start with a dot.
fn checked(name: &str) -> Result<(), StateError> {
    let legal = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
    };
    if name.len() <= MAX_NAME_BYTES && name.split('/').all(legal) {
        return Ok(());
    }
    let fault = "a name is up to 200 bytes of a-z, 0-9, `.`, `-`, `_` in parts joined by `/`";
    Err(StateError::Invalid { name: name.chars().take(MAX_NAME_BYTES).collect(), fault })
}

/// A journal's line with its end.
fn line_of(name: &str, line: &str) -> Result<String, StateError> {
    if line.contains(['\n', '\r']) {
        return Err(StateError::Invalid { name: name.to_owned(), fault: "a line has no line break in it" });
    }
    Ok(format!("{line}\n"))
}

#[cfg(test)]
mod tests;
