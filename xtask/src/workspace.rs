//! The workspace on disk, and cargo as its builder.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// A path as people of this workspace write it: relative to the root where it lies below it.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// How a binary is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Optimised and stripped.
    Release,
    /// Quick to build.
    Debug,
}

/// One line of cargo's JSON output, as far as it concerns us (cargo: external tools, JSON messages).
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}

/// Builds one binary and tells where cargo put it. Compiler messages go to stderr as usual.
pub(crate) fn build(
    package: &str,
    binary: &str,
    profile: Profile,
    target: Option<&str>,
) -> anyhow::Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(["build", "--locked", "--message-format=json-render-diagnostics"]);
    command.args(["--package", package, "--bin", binary]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    let output = command.stderr(Stdio::inherit()).output().context("cargo could not be started")?;
    if !output.status.success() {
        bail!("`cargo build --package {package} --bin {binary}` failed; its messages are above");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut executables =
        messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok()?.executable);
    executables.next_back().with_context(|| format!("cargo built no executable for {package}"))
}
