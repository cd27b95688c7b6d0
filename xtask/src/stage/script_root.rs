//! What lies in the script root, and how it gets there.
//!
//! The host looks for `host.json` and, in direct children of its folder only, for each function's `function.json`
//! (Functions host: configuration). Everything else is ours: the executable that `host.json` names, the configuration
//! and its schema, and on a laptop the settings that `func start` reads from this very folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use fleet_core::config::FleetConfig;

use crate::{schema, workspace};

const DEFINITION: &str = "function.json";
const LOCAL_SETTINGS: &str = "local.settings.json";
const SCHEMA: &str = "fleet.schema.json";

/// What the folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// `func start` on a laptop.
    LocalRun,
    /// A package for Azure, where app settings take the place of `local.settings.json`.
    Deployment,
}

/// A file to be there.
struct File {
    content: Vec<u8>,
    /// Permission bits.
    mode: u32,
}

/// The script root as it shall be.
pub(super) struct ScriptRoot {
    /// By path below the script root.
    files: BTreeMap<PathBuf, File>,
    /// `local.settings.json` as a new checkout gets it.
    local_settings: Vec<u8>,
    purpose: Purpose,
}

/// Something that laying out did or left.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The file was missing or different.
    Wrote(PathBuf),
    /// The file belongs to a function that is gone, or to local runs only.
    Removed(PathBuf),
    /// The file was edited by hand.
    Kept(PathBuf),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrote(path) => write!(f, "wrote {}", workspace::shown(path)),
            Self::Removed(path) => write!(f, "removed {}", workspace::shown(path)),
            Self::Kept(path) => write!(f, "kept {}, which differs from the sample", workspace::shown(path)),
        }
    }
}

impl ScriptRoot {
    /// Reads everything from the workspace at `root`, the built `executable` and the configuration at `config`.
    ///
    /// # Errors
    /// When a file can't be read, or the handler would refuse the configuration.
    pub(super) fn gather(
        root: &Path,
        executable: &Path,
        config: &Path,
        purpose: Purpose,
    ) -> anyhow::Result<Self> {
        let plain = |content| File { content, mode: 0o644 };
        let mut files = BTreeMap::new();
        files.insert("host.json".into(), plain(read(&root.join("host.json"))?));
        files.insert("handler".into(), File { content: read(executable)?, mode: 0o755 });
        files.insert("fleet.json".into(), plain(configuration(config)?.into_bytes()));
        files.insert(SCHEMA.into(), plain(schema::of_fleet_json()?.into_bytes()));
        for folder in children(&root.join("function-definitions"))? {
            let name = folder.file_name().unwrap_or_default();
            files.insert(Path::new(name).join(DEFINITION), plain(read(&folder.join(DEFINITION))?));
        }
        let local_settings = read(&root.join("local.settings.sample.json"))?;
        Ok(Self { files, local_settings, purpose })
    }

    /// Makes `out` hold exactly this, touching only what differs. Files that are no function's and not ours stay.
    ///
    /// # Errors
    /// When a file can't be written, or edited local settings are in the way of a deployment.
    pub(super) fn lay_out(&self, out: &Path) -> anyhow::Result<Vec<Change>> {
        let mut changes = Vec::new();
        changes.extend(self.settle_local_settings(&out.join(LOCAL_SETTINGS))?);
        changes.extend(self.remove_other_functions(out)?);
        for (path, file) in &self.files {
            let path = out.join(path);
            if !file.is_at(&path) {
                file.write(&path).with_context(|| format!("{} could not be written", path.display()))?;
                changes.push(Change::Wrote(path));
            }
        }
        Ok(changes)
    }

    /// Local settings are the user's once they differ from the sample: they may hold keys, and are never overwritten,
    /// never removed, and never packed.
    fn settle_local_settings(&self, path: &Path) -> anyhow::Result<Option<Change>> {
        let present = fs::read(path).ok();
        let pristine = present.as_ref().is_some_and(|present| *present == self.local_settings);
        match (self.purpose, present) {
            (Purpose::LocalRun, None) => {
                File { content: self.local_settings.clone(), mode: 0o600 }.write(path)?;
                Ok(Some(Change::Wrote(path.to_owned())))
            }
            (Purpose::LocalRun, Some(_)) if pristine => Ok(None),
            (Purpose::LocalRun, Some(_)) => Ok(Some(Change::Kept(path.to_owned()))),
            (Purpose::Deployment, None) => Ok(None),
            (Purpose::Deployment, Some(_)) if pristine => {
                fs::remove_file(path)?;
                Ok(Some(Change::Removed(path.to_owned())))
            }
            (Purpose::Deployment, Some(_)) => bail!(
                "{} was edited and must not be deployed; stage into another folder with --out",
                path.display()
            ),
        }
    }

    /// A folder left from a function that is gone would still be started by the host, against a handler that answers
    /// it with 404.
    fn remove_other_functions(&self, out: &Path) -> anyhow::Result<Vec<Change>> {
        let ours: BTreeSet<_> =
            self.files.keys().filter_map(|path| path.parent()).map(|path| out.join(path)).collect();
        let mut changes = Vec::new();
        for folder in children(out).unwrap_or_default() {
            let definition = folder.join(DEFINITION);
            if ours.contains(&folder) || !definition.is_file() {
                continue;
            }
            fs::remove_file(&definition)?;
            fs::remove_dir(&folder)
                .with_context(|| format!("{} holds more than {DEFINITION}; remove it", folder.display()))?;
            changes.push(Change::Removed(folder));
        }
        Ok(changes)
    }
}

impl File {
    fn is_at(&self, path: &Path) -> bool {
        let mode = fs::metadata(path).map(|found| found.permissions().mode() & 0o777);
        mode.is_ok_and(|mode| mode == self.mode) && fs::read(path).is_ok_and(|found| found == self.content)
    }

    /// Writes beside the path and renames: an executable that is running cannot be written to, but can be replaced.
    fn write(&self, path: &Path) -> anyhow::Result<()> {
        let folder = path.parent().context("a file lies in a folder")?;
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&self.content)?;
        file.as_file().set_permissions(fs::Permissions::from_mode(self.mode))?;
        file.persist(path)?;
        Ok(())
    }
}

/// The configuration's text. What the handler would refuse at its start is refused here.
fn configuration(path: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))?;
    FleetConfig::parse(&text).with_context(|| format!("{} is not a configuration", path.display()))?;
    Ok(schema_beside(&text))
}

/// The sample points editors at the schema in `docs/`; in the script root the schema lies beside the configuration.
fn schema_beside(config: &str) -> String {
    config.replacen(&format!("\"./docs/{SCHEMA}\""), &format!("\"./{SCHEMA}\""), 1)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} could not be read", path.display()))
}

/// The folders in a folder.
fn children(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} could not be read", folder.display()))?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    Ok(paths?.into_iter().filter(|path| path.is_dir()).collect())
}

#[cfg(test)]
mod tests;
