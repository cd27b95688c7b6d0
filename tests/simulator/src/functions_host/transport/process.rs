//! A handler as a process of its own, started and watched as the host does it.

mod lines;
mod supervisor;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use super::wire::HandlerClient;
use super::{HandlerCall, HandlerTransport, Kill, TransportLost};
use crate::clock::Clock;
use crate::functions_host::answer::HandlerAnswer;
use crate::functions_host::error::HostError;
use crate::happening::Watchers;
use supervisor::{Control, State, Supervisor};

/// How long a lost call waits for the news that the process ended. In real time, because processes live in it.
const NEWS_OF_EXIT: Duration = Duration::from_millis(500);

/// What the host does when the handler exits with code 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExitZero {
    /// It isn't started again, and calls fail for good: hosts up to about 4.1045.
    #[default]
    StaysDown,
    /// It is started again, uncounted: hosts of 2026.
    Restarts,
}

/// How to start the handler.
#[derive(Debug, Clone)]
pub struct ProcessSettings {
    /// The executable.
    pub executable: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The folder of host.json.
    pub app_root: PathBuf,
    /// Its working directory, mostly the same.
    pub working_directory: PathBuf,
    /// The app settings and whatever else is added to the inherited environment.
    pub environment: BTreeMap<String, String>,
    /// How long it may take until it answers `GET /`, in real time.
    pub initialization_timeout: Duration,
    /// The worker id in the environment.
    pub worker_id: Uuid,
    /// What an exit with code 0 means.
    pub exit_zero: ExitZero,
}

/// A handler process. It ends with this value: dropping kills it.
///
/// It lives in real time: a tokio clock that is paused would run out of patience while the process still starts.
pub struct Process {
    control: mpsc::UnboundedSender<Control>,
    state: Arc<watch::Sender<State>>,
    port: u16,
}

impl Process {
    /// Starts the handler and waits until it answers.
    ///
    /// # Errors
    /// When it can't be started, never answers, or ends too often.
    pub async fn start(
        settings: ProcessSettings,
        clock: Clock,
        watchers: Watchers,
    ) -> Result<Self, HostError> {
        let not_started =
            |source| HostError::HandlerNotStarted { executable: settings.executable.clone(), source };
        let executable = settings.executable.canonicalize().map_err(not_started)?;
        let port = free_port().map_err(not_started)?;
        let (control, orders) = mpsc::unbounded_channel();
        let state = Arc::new(watch::channel(State::Starting).0);
        let settings = ProcessSettings { executable, ..settings };
        tokio::spawn(Supervisor::new(settings, port, clock, watchers, orders, Arc::clone(&state)).run());
        let process = Self { control, state, port };
        process.client().await.map_err(|lost| HostError::HandlerNotReady { reason: lost.reason })?;
        Ok(process)
    }

    /// The loopback port on which the handler was told to listen.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A client for the running process, once there is one.
    async fn client(&self) -> Result<HandlerClient, TransportLost> {
        let mut state = self.state.subscribe();
        let settled = state.wait_for(|state| !matches!(state, State::Starting)).await;
        match settled.as_deref() {
            Ok(State::Ready(client)) => Ok(HandlerClient::clone(client)),
            Ok(State::Down(reason) | State::Stopped(reason)) => Err(TransportLost::because(reason)),
            Ok(State::Starting) | Err(_) => Err(TransportLost::because("the host was shut down")),
        }
    }
}

#[async_trait]
impl HandlerTransport for Process {
    async fn post(&self, call: HandlerCall) -> Result<HandlerAnswer, TransportLost> {
        let client = self.client().await?;
        let mut state = self.state.subscribe();
        let answer = client.post(call).await;
        if answer.is_err() {
            // The connection breaks before the exit is known; the next call shall not run into the dead process.
            let _ended_or_alive = tokio::time::timeout(NEWS_OF_EXIT, state.changed()).await;
        }
        answer
    }

    /// A process that says nothing for so long never will; nobody wants to wait for the function timeout in real time.
    fn patience(&self) -> Option<Duration> {
        Some(Duration::from_secs(60))
    }

    fn kill(&self, kill: Kill) {
        // Calls that come from now on wait for the next start, if there is one, instead of running into the dying process.
        self.state.send_if_modified(|state| {
            let was_ready = matches!(state, State::Ready(_));
            if was_ready {
                *state = State::after(kill);
            }
            was_ready
        });
        // A supervisor that is gone has no process left to kill.
        let _gone = self.control.send(Control::Kill(kill));
    }

    async fn revive(&self) -> Result<(), TransportLost> {
        let (begun, starting) = oneshot::channel();
        if self.control.send(Control::Revive(begun)).is_ok() {
            // The supervisor is gone when it doesn't answer, which the next line says.
            let _gone = starting.await;
        }
        self.ready().await
    }

    async fn ready(&self) -> Result<(), TransportLost> {
        self.client().await.map(drop)
    }

    fn is_stopped(&self) -> bool {
        matches!(*self.state.borrow(), State::Stopped(_))
    }

    async fn shutdown(&self) {
        let (done, ended) = oneshot::channel();
        if self.control.send(Control::Shutdown(done)).is_ok() {
            let _ended = ended.await;
        }
    }
}

fn free_port() -> std::io::Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr().map(|address| address.port())
}
