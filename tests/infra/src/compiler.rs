//! What the compiler is asked about a folder of Bicep files. Everything happens in a copy: the compiler writes its
//! results beside its input.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context as _, bail, ensure};
use fleet_bicep::{Compiler, Surroundings};
use regex::Regex;
use tempfile::TempDir;

use crate::snapshot::Snapshot;

/// The folder of all Bicep files, from the root of the repository.
const FOLDER: &str = "infra";

/// Parameter files of tests, which name templates of that folder.
const FIXTURES: &str = "tests/infra/fixtures";

/// The tenant that predictions are made for, and the region that would keep their records. No tenant need be there.
const TENANT: &str = "6a9e1f43-0c52-4d7b-8f10-b3c4d5e6f701";
const RECORDS: &str = "westeurope";

/// The subscription that predictions are made for. It need not exist.
pub const SUBSCRIPTION: &str = "0f5c8a1e-6d0b-4c5e-9a43-2f1d7c3b9e01";

/// The Bicep compiler, and a repository to ask it about.
#[derive(Debug)]
pub struct Bicep {
    compiler: Compiler,
    root: PathBuf,
}

impl Bicep {
    /// The compiler at hand. Without one standard error says that nothing was tested.
    ///
    /// # Errors
    /// When there is none under `CI=true`, where nothing may be skipped.
    pub fn at_hand() -> anyhow::Result<Option<Self>> {
        let surroundings = Surroundings::of_this_process();
        let compiler = Compiler::find(&surroundings);
        if let Some(compiler) = compiler {
            return Ok(Some(Self { compiler, root: surroundings.workspace }));
        }
        let none = "no Bicep compiler; put one on PATH or name it by the environment variable BICEP";
        if surroundings.continuous_integration {
            bail!("{none}");
        }
        // Past the test harness, which keeps what a passing test prints through the macros.
        let _ = writeln!(io::stderr(), "SKIPPED: the infrastructure was not tested: {none}");
        Ok(None)
    }

    /// What the compiler and its linter remark about the parameter files and the templates that they lead to, all of which
    /// are built, one remark per entry. [`Self::unused`] are the others.
    ///
    /// # Errors
    /// When the compiler can't be run, or fails without a remark.
    pub fn remarks(&self) -> anyhow::Result<Vec<String>> {
        let copy = self.copy()?;
        let output =
            self.run(copy.path(), &["build-params", "--no-restore", "--pattern", "infra/**/*.bicepparam"])?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success() || !said.trim().is_empty(), "bicep failed without a word");
        let inside = format!("{}/", copy.path().display());
        // A file is remarked upon again for everyone who uses it.
        let remarks: BTreeSet<String> = said.lines().map(|line| line.replace(&inside, "")).collect();
        Ok(remarks.into_iter().collect())
    }

    /// The Bicep files that no parameter file leads to.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn unused(&self) -> anyhow::Result<BTreeSet<PathBuf>> {
        let reference = Regex::new(r"'([^'\n]+\.bicep)'")?;
        let mut unused: BTreeSet<PathBuf> = files(&self.root.join(FOLDER))?.into_iter().collect();
        let mut used: Vec<PathBuf> =
            unused.iter().filter(|it| is_of_kind(it, "bicepparam")).cloned().collect();
        while let Some(file) = used.pop() {
            if !unused.remove(&file) {
                continue;
            }
            let folder = file.parent().context("a file has a folder")?;
            for found in reference.captures_iter(&fs::read_to_string(&file)?) {
                // Not every text that ends so is a file.
                used.extend(folder.join(&found[1]).canonicalize());
            }
        }
        Ok(unused)
    }

    /// The files that the compiler would format differently.
    ///
    /// # Errors
    /// When the compiler can't be run.
    pub fn unformatted(&self) -> anyhow::Result<Vec<PathBuf>> {
        let copy = self.copy()?;
        for pattern in ["**/*.bicep", "**/*.bicepparam"] {
            let output = self.run(copy.path(), &["format", "--pattern", pattern])?;
            ensure!(
                output.status.success(),
                "bicep format failed: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let mut differing = Vec::new();
        let top = copy.path().canonicalize()?;
        for file in files(&top)? {
            let inside = file.strip_prefix(&top)?;
            if fs::read(&file)? != fs::read(self.root.join(inside))? {
                differing.push(inside.to_owned());
            }
        }
        Ok(differing)
    }

    /// Predicts the deployment to a subscription that the parameter file `parameters`, from the root of the repository,
    /// describes where no environment variable says otherwise.
    ///
    /// # Errors
    /// When it can't be predicted.
    pub fn snapshot(&self, parameters: &str) -> anyhow::Result<Snapshot> {
        self.snapshot_where(parameters, &[])
    }

    /// The same, with these environment variables.
    ///
    /// # Errors
    /// When it can't be predicted.
    pub fn snapshot_where(&self, parameters: &str, variables: &[(&str, &str)]) -> anyhow::Result<Snapshot> {
        let copy = self.copy()?;
        let mut command = self.command(copy.path());
        command.args(["snapshot", parameters, "--deployment-name", "predicted"]);
        command.args(["--tenant-id", TENANT, "--subscription-id", SUBSCRIPTION, "--location", RECORDS]);
        let output = self.output(command.envs(variables.iter().copied()))?;
        let written = copy.path().join(parameters).with_extension("snapshot.json");
        let text = fs::read_to_string(written)
            .with_context(|| format!("no prediction: {}", String::from_utf8_lossy(&output.stderr)))?;
        Snapshot::parse(&text)
    }

    fn run(&self, folder: &Path, arguments: &[&str]) -> anyhow::Result<Output> {
        self.output(self.command(folder).args(arguments))
    }

    fn output(&self, command: &mut Command) -> anyhow::Result<Output> {
        command.output().with_context(|| format!("{} can't be run", self.compiler.path().display()))
    }

    /// A call of the compiler in a folder. Parameter files read some of their values from the environment; here it is the
    /// same everywhere.
    fn command(&self, folder: &Path) -> Command {
        let mut command = self.compiler.command();
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FLEET_")) {
            command.env_remove(name);
        }
        command.current_dir(folder);
        command
    }

    /// The folders, below a temporary root.
    fn copy(&self) -> anyhow::Result<TempDir> {
        let copy = tempfile::tempdir()?;
        for folder in [FOLDER, FIXTURES] {
            copy_folder(&self.root.join(folder), &copy.path().join(folder))
                .with_context(|| format!("{folder} can't be copied"))?;
        }
        Ok(copy)
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// All Bicep files below `folder`.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if is_of_kind(&path, "bicep") || is_of_kind(&path, "bicepparam") {
                found.push(path.canonicalize()?);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_of_kind(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|end| end == extension)
}
