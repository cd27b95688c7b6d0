//! `--local`: the same program again, in the environment that the local simulation wrote down. So what runs is what runs
//! in Azure: managed identity, proxy, TLS and all.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::Path,
    process::{Command, ExitStatus},
};

use anyhow::Context as _;

use crate::exit::Usage;

/// Where the simulation writes how to reach it, relative to the workspace: environment variables, as one JSON object.
pub const FILE: &str = "target/local/fleetctl.json";

/// Runs this program with these arguments, `--local` taken out, inside the simulation that wrote `file`.
///
/// # Errors
/// When no simulation runs there, or the program can't be started.
pub fn enter(file: &Path, arguments: impl Iterator<Item = OsString>) -> anyhow::Result<ExitStatus> {
    let environment = environment(file)?;
    let program = std::env::current_exe().context("this executable has no path")?;
    let arguments = arguments.filter(|argument| !is_local(argument));
    let mut command = Command::new(program);
    command.args(arguments).envs(environment);
    command.status().context("fleetctl could not be started in the simulation")
}

fn environment(file: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| {
        Usage(format!(
            "no local simulation has written {shown} ({error}); run `cargo run` in the workspace, leave it at its prompt, and call fleetctl from the same folder"
        ))
    })?;
    serde_json::from_str(&text).with_context(|| format!("{shown} is not a JSON object of texts"))
}

fn is_local(argument: &OsString) -> bool {
    argument.to_str().is_some_and(|text| text == "--local" || text.starts_with("--local="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_option_itself_is_taken_out() {
        let typed = ["--local", "drain", "--local=x.json", "--locale", "local"].map(OsString::from);
        let kept: Vec<_> = typed.into_iter().filter(|argument| !is_local(argument)).collect();
        assert_eq!(kept, ["drain", "--locale", "local"]);
    }

    #[test]
    fn without_a_simulation_it_says_how_to_start_one() {
        let error = enter(Path::new("/nowhere/fleetctl.json"), std::iter::empty()).unwrap_err();
        assert!(error.is::<Usage>() && error.to_string().contains("cargo run"), "{error}");
    }
}
