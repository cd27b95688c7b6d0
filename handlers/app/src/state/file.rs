//! State in a folder: for a laptop, and for a plan whose disk outlives the process.
//!
//! Safe between processes on one machine: a lock file orders writers, and a document is replaced by renaming a finished
//! and synced copy over it, so a kill at any point leaves the old content or the new. Do not put the folder on a network
//! share; locks and renames mean less there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    Expected, LONGEST_LIFE, Lease, StateError, StateStore, Version, Versioned, checked,
    lease::{Sign, checked_life},
    line_of,
};

/// The file whose lock a writer holds. Names of documents cannot start with a dot.
const LOCK: &str = ".lock";

/// Where a document is written before it takes its place.
const DRAFT: &str = ".draft";

/// Documents as files of a folder.
#[derive(Debug, Clone)]
pub struct FileStore {
    folder: PathBuf,
    /// The clock that leases end by. All processes on the folder must agree on it.
    clock: fn() -> Timestamp,
}

/// The content of a lease's file.
#[derive(Debug, Serialize, Deserialize)]
struct Held {
    holder: Uuid,
    until: Timestamp,
}

impl Held {
    /// Whether this keeps `holder` out. An end further away than any lease lasts comes from a clock that has been set
    /// back since, and counts for nothing.
    fn shuts_out(&self, holder: Uuid, now: Timestamp) -> bool {
        self.holder != holder && now < self.until && self.until <= now + LONGEST_LIFE
    }
}

impl FileStore {
    /// A store in `folder`, which is made at the first write.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self::with_clock(folder, Timestamp::now)
    }

    /// A store whose leases end by another clock than the system's.
    #[must_use]
    pub fn with_clock(folder: &Path, clock: fn() -> Timestamp) -> Self {
        Self { folder: folder.to_owned(), clock }
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
            let mut journal = OpenOptions::new().create(true).read(true).append(true).open(path)?;
            let start = if is_torn(&mut journal)? { "\n" } else { "" };
            journal.write_all(format!("{start}{line}").as_bytes())?;
            journal.sync_all()
        });
        appended.await
    }

    async fn lease(&self, name: &str, holder: Uuid, life: Duration) -> Result<Option<Lease>, StateError> {
        checked_life(name, life)?;
        let asked = Instant::now();
        let granted = self.run("lease", name, move |store, path| {
            let _lock = store.lock()?;
            let now = (store.clock)();
            make_parent(path)?;
            if let Some(held) = held(path)? {
                if held.shuts_out(holder, now) && lives(path, held.holder) {
                    return Ok(None);
                }
                remove(&sign_of(path, held.holder))?;
            }
            let sign = File::create(sign_of(path, holder))?;
            sign.lock()?;
            store.replace(path, &serde_json::to_vec(&Held { holder, until: now + life })?)?;
            Ok(Some(Sign::Locked(sign)))
        });
        let lease = Lease::granted(name, holder, asked, life);
        Ok(granted.await?.map(|sign| lease.with_sign(Some(sign))))
    }

    async fn release(&self, lease: Lease) -> Result<(), StateError> {
        let Lease { name, holder, .. } = lease;
        let released = self.run("release", &name, move |store, path| {
            let _lock = store.lock()?;
            let ours = held(path)?.is_some_and(|held| held.holder == holder);
            remove(&sign_of(path, holder))?;
            if ours { remove(path) } else { Ok(()) }
        });
        released.await
    }
}

/// The file that a lease's holder keeps locked for as long as its process lives.
fn sign_of(path: &Path, holder: Uuid) -> PathBuf {
    path.with_extension(holder.to_string())
}

/// Whether a holder's process lives and has not let go.
fn lives(path: &Path, holder: Uuid) -> bool {
    File::open(sign_of(path, holder)).is_ok_and(|sign| sign.try_lock().is_err())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn held(path: &Path) -> io::Result<Option<Held>> {
    let found = read(path)?;
    Ok(found.map(|file| serde_json::from_slice(&file.bytes)).transpose()?)
}

fn read(path: &Path) -> io::Result<Option<Versioned>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(Versioned { version: version_of(&bytes), bytes: Bytes::from(bytes) })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a process was killed in the middle of this journal's last line. The next line must not become part of it.
fn is_torn(journal: &mut File) -> io::Result<bool> {
    if journal.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    journal.seek(SeekFrom::End(-1))?;
    journal.read_exact(&mut last)?;
    Ok(last != *b"\n")
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
