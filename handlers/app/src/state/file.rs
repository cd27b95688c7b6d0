//! State in a folder: for a laptop, and for a plan whose disk outlives the process.
//!
//! Safe between processes on one machine: a lock file orders writers, and a document is replaced by renaming a finished
//! and synced copy over it, so a kill at any point leaves the old content or the new. Do not put the folder on a network
//! share; locks and renames mean less there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use super::{Expected, StateError, StateStore, Version, Versioned, checked, line_of};

/// The file whose lock a writer holds. Names of documents cannot start with a dot.
const LOCK: &str = ".lock";

/// Where a document is written before it takes its place.
const DRAFT: &str = ".draft";

/// Documents as files of a folder.
#[derive(Debug, Clone)]
pub struct FileStore {
    folder: PathBuf,
}

impl FileStore {
    /// A store in `folder`, which is made at the first write.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Runs blocking file work off the async threads and says what kind of error came of it.
    async fn run<T, F>(&self, verb: &'static str, name: &str, work: F) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &Path) -> io::Result<T> + Send + 'static,
    {
        checked(name)?;
        let (store, path) = (self.clone(), self.folder.join(name));
        let done = tokio::task::spawn_blocking(move || work(&store, &path)).await;
        done.map_err(io::Error::other).flatten().map_err(|source| {
            let (name, denied) = (name.to_owned(), source.kind() == io::ErrorKind::PermissionDenied);
            let source = Box::new(source);
            if denied {
                StateError::Denied { verb, name, source }
            } else {
                StateError::Unavailable { verb, name, source }
            }
        })
    }

    /// The lock of the whole folder, held until the file is dropped; the system frees it when the process dies.
    fn lock(&self) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(self.folder.join(LOCK))?;
        file.lock()?;
        Ok(file)
    }

    /// Puts `bytes` in the place of the file at `path`, whole or not at all, and onto the disk.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let draft_path = self.folder.join(DRAFT);
        let mut draft = File::create(&draft_path)?;
        draft.write_all(bytes)?;
        draft.sync_all()?;
        fs::rename(&draft_path, path)?;
        sync_parent(path)
    }
}

#[async_trait]
impl StateStore for FileStore {
    async fn load(&self, name: &str) -> Result<Option<Versioned>, StateError> {
        self.run("load", name, |_, path| read(path)).await
    }

    async fn save(&self, name: &str, bytes: Bytes, expected: Expected) -> Result<Version, StateError> {
        let saved = self.run("save", name, move |store, path| {
            let _lock = store.lock()?;
            let found = read(path)?.map(|document| document.version);
            let as_expected = match &expected {
                Expected::Absent => found.is_none(),
                Expected::Version(version) => found.as_ref() == Some(version),
            };
            if !as_expected {
                return Ok(None);
            }
            make_parent(path)?;
            store.replace(path, &bytes)?;
            Ok(Some(version_of(&bytes)))
        });
        saved.await?.ok_or_else(|| StateError::Conflict { name: name.to_owned() })
    }

    async fn append(&self, name: &str, line: &str) -> Result<(), StateError> {
        let line = line_of(name, line)?;
        let appended = self.run("append", name, move |store, path| {
            let _lock = store.lock()?;
            make_parent(path)?;
            let mut journal = OpenOptions::new().create(true).append(true).open(path)?;
            journal.write_all(line.as_bytes())?;
            journal.sync_all()
        });
        appended.await
    }
}

fn read(path: &Path) -> io::Result<Option<Versioned>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(Versioned { version: version_of(&bytes), bytes: Bytes::from(bytes) })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file's version is a hash of its content (as a name-based UUID), which needs no second file that could disagree. A
/// document that changed and changed back counts as unchanged; decisions depend on content alone, so that is right.
fn version_of(bytes: &[u8]) -> Version {
    Version(Uuid::new_v5(&Uuid::NAMESPACE_OID, bytes).to_string())
}

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// A rename lasts only once the folder that holds the name is on the disk too.
fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
