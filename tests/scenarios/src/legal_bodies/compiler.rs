//! The Bicep compiler: where it is and how it is asked.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Error;
use super::sarif::{self, Diagnostic};

/// Turns off the linter, whose rules are about style, and leaves the type checks on.
const CONFIGURATION: &str = r#"{"analyzers": {"core": {"enabled": false}}}"#;

/// Folder that may lie beside the checkout, and the compiler in it.
const BESIDE: &str = "../shared";
const IN_BESIDE: &str = "tools/bicep";

/// A Bicep compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compiler {
    path: PathBuf,
}

/// What the search for a compiler looks at; a value, so that a test can stage it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// Environment variable `BICEP`: the compiler's path. Believed without looking.
    pub named: Option<OsString>,
    /// Environment variable `PATH`.
    pub search_path: Option<OsString>,
    /// The folder of the workspace's Cargo.toml.
    pub workspace: PathBuf,
    /// Environment variable `CI` is `true`.
    pub continuous_integration: bool,
}

impl Surroundings {
    pub(crate) fn of_this_process() -> Self {
        let member = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            named: env::var_os("BICEP").filter(|path| !path.is_empty()),
            search_path: env::var_os("PATH"),
            workspace: member.ancestors().nth(2).unwrap_or(member).to_owned(),
            continuous_integration: env::var_os("CI").is_some_and(|value| value == "true"),
        }
    }

    /// Whether going without a verdict is a failure: a compiler was asked for by name, or CI has a place for it.
    pub(crate) fn demand_a_verdict(&self) -> bool {
        self.named.is_some() || (self.continuous_integration && self.workspace.join(BESIDE).is_dir())
    }
}

impl Compiler {
    /// The first of: the one named, `bicep` on the search path, the one beside the checkout.
    pub(crate) fn find(surroundings: &Surroundings) -> Option<Self> {
        let named = surroundings.named.as_ref().map(PathBuf::from);
        let on_path = || {
            let mut folders = env::split_paths(surroundings.search_path.as_ref()?);
            folders.find_map(|folder| file(folder.join(format!("bicep{}", env::consts::EXE_SUFFIX))))
        };
        let beside = || file(surroundings.workspace.join(BESIDE).join(IN_BESIDE));
        named.or_else(on_path).or_else(beside).map(|path| Self { path })
    }

    /// Type-checks `program`.
    pub(crate) fn lint(&self, program: &str) -> Result<Vec<Diagnostic>, Error> {
        let output = self.run(&["lint", "--no-restore", "--diagnostics-format", "sarif"], program)?;
        sarif::parse(&output.stdout).map_err(|source| {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Error::NoReport { said, source }
        })
    }

    /// Runs one command on `program`. The exit code says whether there were errors, so it is left to the caller.
    pub(crate) fn run(&self, arguments: &[&str], program: &str) -> Result<Output, Error> {
        let failed = |source| Error::Compiler { path: self.path.clone(), source };
        let folder = tempfile::tempdir().map_err(failed)?;
        let file = folder.path().join("bodies.bicep");
        fs::write(folder.path().join("bicepconfig.json"), CONFIGURATION).map_err(failed)?;
        fs::write(&file, program).map_err(failed)?;
        let mut command = Command::new(&self.path);
        // Without this the compiler refuses to start on machines that lack the ICU library.
        command.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        command.args(arguments).arg(&file).output().map_err(failed)
    }
}

fn file(path: PathBuf) -> Option<PathBuf> {
    path.is_file().then_some(path)
}

#[cfg(test)]
mod tests;
