//! What the Bicep compiler is asked about a program of bodies.

use std::fs;
use std::process::Output;

use super::Error;
use super::sarif::{self, Diagnostic};

pub(crate) use fleet_bicep::Surroundings;

/// Turns off the linter, whose rules are about style, and leaves the type checks on.
const CONFIGURATION: &str = r#"{"analyzers": {"core": {"enabled": false}}}"#;

/// A Bicep compiler that judges programs.
#[derive(Debug)]
pub(crate) struct Compiler(fleet_bicep::Compiler);

impl Compiler {
    /// The one at hand.
    pub(crate) fn find(surroundings: &Surroundings) -> Option<Self> {
        fleet_bicep::Compiler::find(surroundings).map(Self)
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
        let failed = |source| Error::Compiler { path: self.0.path().to_owned(), source };
        let folder = tempfile::tempdir().map_err(failed)?;
        let file = folder.path().join("bodies.bicep");
        fs::write(folder.path().join("bicepconfig.json"), CONFIGURATION).map_err(failed)?;
        fs::write(&file, program).map_err(failed)?;
        self.0.command().args(arguments).arg(&file).output().map_err(failed)
    }
}
