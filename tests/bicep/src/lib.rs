//! The Bicep compiler: where it is, and whether a test may go without.
//!
//! It is looked for in the environment variable `BICEP`, on `PATH`, and in the folder for tools that may lie beside the
//! checkout. What it is asked is each test crate's own business.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folder that may lie beside the checkout, and the compiler in it.
const BESIDE: &str = "../shared";
const IN_BESIDE: &str = "tools/bicep";

/// A Bicep compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiler {
    path: PathBuf,
}

/// What the search for a compiler looks at; a value, so that a test can stage it.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
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
    /// Those of this process and this checkout.
    #[must_use]
    pub fn of_this_process() -> Self {
        let member = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            named: env::var_os("BICEP").filter(|path| !path.is_empty()),
            search_path: env::var_os("PATH"),
            workspace: member.ancestors().nth(2).unwrap_or(member).to_owned(),
            continuous_integration: env::var_os("CI").is_some_and(|value| value == "true"),
        }
    }

    /// Whether going without a verdict is a failure: a compiler was asked for by name, or CI has a place for it.
    #[must_use]
    pub fn demand_a_verdict(&self) -> bool {
        self.named.is_some() || (self.continuous_integration && self.workspace.join(BESIDE).is_dir())
    }
}

impl Compiler {
    /// The first of: the one named, `bicep` on the search path, the one beside the checkout.
    #[must_use]
    pub fn find(surroundings: &Surroundings) -> Option<Self> {
        let named = surroundings.named.as_ref().map(PathBuf::from);
        let on_path = || {
            let mut folders = env::split_paths(surroundings.search_path.as_ref()?);
            folders.find_map(|folder| file(folder.join(format!("bicep{}", env::consts::EXE_SUFFIX))))
        };
        let beside = || file(surroundings.workspace.join(BESIDE).join(IN_BESIDE));
        named.or_else(on_path).or_else(beside).map(|path| Self { path })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A call of it, without arguments yet.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        // Without this the compiler refuses to start on machines that lack the ICU library.
        command.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        command
    }
}

fn file(path: PathBuf) -> Option<PathBuf> {
    path.is_file().then_some(path)
}

#[cfg(test)]
mod tests;
