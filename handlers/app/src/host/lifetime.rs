//! When the process ends by itself, and with which code.
//!
//! Never with 0: hosts up to early 2026 take a 0 for "done", start nothing in its place, and every later invocation
//! fails with a refused connection. Any other code is answered by a restart.

use std::{io, os::unix::process::parent_id, time::Duration};

use tokio::signal::unix::{SignalKind, signal};

/// How often the parent is looked for.
const PARENT_CHECK: Duration = Duration::from_secs(1);

/// Why the server stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Someone sent SIGTERM. Not the host, which only ever kills: a person, a script, a container's runtime.
    Terminated,
    /// The process that started this one is gone.
    Orphaned,
}

impl Ended {
    /// The process's exit code: 143, as shells count SIGTERM, or 70 ("internal software error") for an orphan. Neither
    /// is 200, which hosts take as a wish to be restarted.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Terminated => 143,
            Self::Orphaned => 70,
        }
    }
}

/// Waits for a reason to end.
pub(super) async fn end() -> io::Result<Ended> {
    let mut terminate = signal(SignalKind::terminate())?;
    let ended = tokio::select! {
        _ = terminate.recv() => Ended::Terminated,
        () = orphaned(parent_id, PARENT_CHECK) => Ended::Orphaned,
    };
    tracing::info!(process.ended = ?ended, "The handler stops.");
    Ok(ended)
}

/// Waits until the process has another parent than at first.
///
/// A host that is killed, or that runs out of its own patience, leaves the handler behind without a signal, holding its
/// port. In a container that does not matter, because the container ends both; there the parent is usually the first
/// process, is never replaced, and this waits for ever. A parent that died before the first look goes unnoticed.
async fn orphaned(parent: fn() -> u32, every: Duration) {
    let started_by = parent();
    while parent() == started_by {
        tokio::time::sleep(every).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_orphan_notices_within_a_second_of_the_parents_end() {
        static LOOKS: AtomicU32 = AtomicU32::new(0);
        /// The parent lives for ten looks, then the process belongs to the init process.
        fn parent() -> u32 {
            if LOOKS.fetch_add(1, Ordering::Relaxed) < 10 { 4_711 } else { 1 }
        }
        orphaned(parent, PARENT_CHECK).await;
        assert_eq!(LOOKS.load(Ordering::Relaxed), 11);
    }

    #[test]
    fn no_end_exits_with_a_code_that_hosts_misread() {
        for ended in [Ended::Terminated, Ended::Orphaned] {
            assert!(![0, 200].contains(&ended.exit_code()), "{ended:?}");
        }
    }
}
