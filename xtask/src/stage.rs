//! `cargo xtask stage`: the script root that the Functions host starts from.

mod script_root;

use std::path::PathBuf;

use clap::Args;

use crate::workspace::{self, Profile};
use script_root::{Purpose, ScriptRoot};

/// Build the handler and lay out dist/, which `func start --script-root dist` runs and a deployment packs.
#[derive(Args)]
pub(crate) struct Stage {
    /// Optimised (the default).
    #[arg(long)]
    release: bool,
    /// Not optimised, but built sooner.
    #[arg(long, conflicts_with = "release")]
    debug: bool,
    /// Compile for another target. The statically linked x86_64-unknown-linux-musl suits every Linux image of the host.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// The fleet.json to stage [default: fleet.sample.json].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// For a deployment: without local.settings.json, and only with a configuration of one's own.
    #[arg(long, requires = "config")]
    deploy: bool,
    /// The folder to lay out [default: dist].
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Stage {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let root = workspace::root();
        let out = self.out.clone().unwrap_or_else(|| root.join("dist"));
        let config = self.config.clone().unwrap_or_else(|| root.join("fleet.sample.json"));
        let purpose = if self.deploy { Purpose::Deployment } else { Purpose::LocalRun };
        let executable =
            workspace::build("fleet-handler", "handler", self.profile(), self.target.as_deref())?;
        let changes = ScriptRoot::gather(root, &executable, &config, purpose)?.lay_out(&out)?;
        for change in &changes {
            println!("{change}");
        }
        println!("{} is ready", workspace::shown(&out));
        Ok(())
    }

    fn profile(&self) -> Profile {
        match (self.release, self.debug) {
            (false, true) => Profile::Debug,
            (true, _) | (false, false) => Profile::Release,
        }
    }
}
