//! The two programs under measurement, as child processes.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, ensure};

use crate::workspace;

/// Something to start, and where.
pub(crate) struct Program {
    executable: PathBuf,
    /// The working directory, where the handler finds its `fleet.json`.
    folder: PathBuf,
}

/// A running program; it ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    /// When it was asked to start.
    pub(crate) begun: Instant,
}

impl Program {
    /// The handler, with the sample configuration in `folder`.
    pub(crate) fn handler(executable: PathBuf, folder: &Path) -> anyhow::Result<Self> {
        fs::copy(workspace::root().join("fleet.sample.json"), folder.join("fleet.json"))
            .context("the sample configuration could not be copied")?;
        Ok(Self { executable, folder: folder.to_owned() })
    }

    /// The server that does nothing.
    pub(crate) fn baseline(executable: PathBuf, folder: &Path) -> Self {
        Self { executable, folder: folder.to_owned() }
    }

    /// Starts the program on a free port, with nothing of the caller's environment: a `FLEET_LOG` there would measure
    /// the log.
    pub(crate) fn start(&self) -> anyhow::Result<Server> {
        let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let address = probe.local_addr()?;
        drop(probe);
        let mut command = Command::new(&self.executable);
        command.current_dir(&self.folder).env_clear();
        command.env("FUNCTIONS_CUSTOMHANDLER_PORT", address.port().to_string()).env("FLEET_STATE", "memory:");
        let begun = Instant::now();
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let process = process.with_context(|| format!("{} did not start", self.executable.display()))?;
        Ok(Server { process, address, begun })
    }
}

impl Server {
    /// Fails once the process has ended, so that nobody waits for it.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        let ended = self.process.try_wait()?;
        ensure!(ended.is_none(), "the server ended with {ended:?}; what it wrote is above");
        Ok(())
    }

    /// Resident memory in bytes: what the kernel counts as `VmRSS`.
    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/status", self.process.id());
        let status = fs::read_to_string(&path).with_context(|| format!("{path} could not be read"))?;
        resident(&status).with_context(|| format!("{path} tells no VmRSS in kB"))
    }
}

impl Drop for Server {
    /// As the host ends a handler: without a word.
    fn drop(&mut self) {
        // An error means that the process is gone already, and then there is nothing to end or to wait for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `VmRSS:  1234 kB`, where kB are 1,024 bytes.
pub(super) fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024)
}
