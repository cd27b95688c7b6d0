//! Keeps exactly one handler process running.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot, watch};

use super::{ExitZero, ProcessSettings, lines};
use crate::clock::Clock;
use crate::functions_host::transport::Kill;
use crate::functions_host::transport::crashes::Crashes;
use crate::functions_host::transport::wire::HandlerClient;
use crate::happening::{Happening, Watchers};

/// The pause between two tries of `GET /` while the handler starts.
const READINESS_PAUSE: Duration = Duration::from_millis(25);

/// The exit code with which a handler asks to be started again, uncounted.
const RESTART_PLEASE: i32 = 200;

/// What the process is doing, for those who want to call it.
#[derive(Debug)]
pub(super) enum State {
    Starting,
    Ready(Box<HandlerClient>),
    /// It isn't started again, but the host goes on and its invocations fail.
    Down(String),
    /// It isn't started again, and the host has stopped.
    Stopped(String),
}

impl State {
    /// The state that follows a kill at once.
    pub(super) fn after(kill: Kill) -> Self {
        match kill {
            Kill::Crash | Kill::Timeout => Self::Starting,
            Kill::Instance => Self::Stopped("its instance is gone".to_owned()),
        }
    }
}

/// What the supervisor is told to do.
#[derive(Debug)]
pub(super) enum Control {
    Kill(Kill),
    /// Start again after having stayed down; the sender hears when that begins.
    Revive(oneshot::Sender<()>),
    Shutdown(oneshot::Sender<()>),
}

/// Who waits for the end of a shutdown, if anybody does.
type Done = Option<oneshot::Sender<()>>;

/// How one life of the process ended.
enum End {
    /// By itself or by a signal from elsewhere; the code is `None` for a signal.
    Exited(Option<i32>),
    NeverStarted(std::io::Error),
    NeverReady,
    Killed(Kill),
    Shutdown(Done),
}

pub(super) struct Supervisor {
    settings: ProcessSettings,
    port: u16,
    clock: Clock,
    watchers: Watchers,
    orders: mpsc::UnboundedReceiver<Control>,
    state: Arc<watch::Sender<State>>,
    crashes: Crashes,
}

impl Supervisor {
    pub(super) fn new(
        settings: ProcessSettings,
        port: u16,
        clock: Clock,
        watchers: Watchers,
        orders: mpsc::UnboundedReceiver<Control>,
        state: Arc<watch::Sender<State>>,
    ) -> Self {
        Self { settings, port, clock, watchers, orders, state, crashes: Crashes::default() }
    }

    /// Starts the process again and again, until the host is shut down.
    pub(super) async fn run(mut self) {
        for start in 1.. {
            let down = match self.live(start).await {
                End::Shutdown(done) => return self.shut_down(done),
                end => self.after(&end),
            };
            if let Some(down) = down
                && let Some(done) = self.stay_down(down).await
            {
                return self.shut_down(done);
            }
        }
    }

    /// One life of the process, from its start to its burial.
    async fn live(&mut self, start: u32) -> End {
        let mut child = match self.spawn() {
            Ok(child) => child,
            Err(error) => return End::NeverStarted(error),
        };
        self.watchers.tell(&Happening::HandlerStarted { start });
        let end = self.watch_over(&mut child).await;
        self.state.send_replace(State::Starting);
        self.bury(&mut child, end).await
    }

    fn spawn(&self) -> std::io::Result<Child> {
        let ProcessSettings {
            executable,
            arguments,
            app_root,
            working_directory,
            environment,
            worker_id,
            ..
        } = &self.settings;
        let (port, worker) = (self.port.to_string(), worker_id.to_string());
        let mut child = Command::new(executable)
            .args(arguments)
            .current_dir(working_directory)
            .envs(environment)
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", &port)
            .env("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", &worker)
            .env("FUNCTIONS_HTTPWORKER_PORT", &port)
            .env("FUNCTIONS_HTTPWORKER_ID", &worker)
            .env("FUNCTIONS_APP_ROOT_PATH", app_root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(lines::tell(stdout, false, self.watchers.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(lines::tell(stderr, true, self.watchers.clone()));
        }
        Ok(child)
    }

    /// Waits for the end of one life, publishing readiness on the way.
    async fn watch_over(&mut self, child: &mut Child) -> End {
        let client = HandlerClient::new(self.port);
        let ready = async {
            while !client.listens().await {
                tokio::time::sleep(READINESS_PAUSE).await;
            }
        };
        let limit = tokio::time::sleep(self.settings.initialization_timeout);
        tokio::pin!(ready, limit);
        let mut is_ready = false;
        loop {
            tokio::select! {
                status = child.wait() => return End::Exited(status.ok().and_then(|status| status.code())),
                () = &mut ready, if !is_ready => {
                    is_ready = true;
                    self.state.send_replace(State::Ready(Box::new(client.clone())));
                }
                () = &mut limit, if !is_ready => return End::NeverReady,
                order = self.orders.recv() => return match order {
                    Some(Control::Kill(kill)) => End::Killed(kill),
                    Some(Control::Revive(begun)) => { let _runs_already = begun.send(()); continue }
                    Some(Control::Shutdown(done)) => End::Shutdown(Some(done)),
                    None => End::Shutdown(None),
                },
            }
        }
    }

    /// Kills what still runs and reaps it, so that no orphan or zombie stays.
    async fn bury(&self, child: &mut Child, end: End) -> End {
        if !matches!(end, End::Exited(_)) {
            // Killing fails only when the process ended by itself meanwhile.
            let _ended = child.kill().await;
        }
        let code = if let End::Exited(code) = end { code } else { None };
        self.watchers.tell(&Happening::HandlerExited { code });
        end
    }

    /// The state in which no process is started again; `None` when one is.
    fn after(&mut self, end: &End) -> Option<State> {
        let counted = match end {
            End::Exited(Some(0)) if self.settings.exit_zero == ExitZero::StaysDown => {
                return Some(State::Down(
                    "it exited with code 0, and this host doesn't start it again".to_owned(),
                ));
            }
            End::NeverStarted(error) => return Some(State::Stopped(format!("it can't be started: {error}"))),
            End::Killed(Kill::Instance) => return Some(State::after(Kill::Instance)),
            End::Exited(Some(0 | RESTART_PLEASE)) | End::Killed(Kill::Timeout) | End::Shutdown(_) => false,
            End::Exited(_) | End::NeverReady | End::Killed(Kill::Crash) => true,
        };
        let gives_up = counted && self.crashes.one_more(self.clock.now());
        gives_up.then(|| State::Stopped("the host stopped after the third error of the handler".to_owned()))
    }

    /// Answers calls with an error until the host is shut down, or `None` when the process shall start again.
    async fn stay_down(&mut self, down: State) -> Option<Done> {
        self.state.send_replace(down);
        loop {
            match self.orders.recv().await {
                Some(Control::Kill(_)) => {}
                Some(Control::Revive(begun)) => {
                    self.crashes = Crashes::default();
                    self.state.send_replace(State::Starting);
                    // Nobody waiting is fine.
                    let _nobody = begun.send(());
                    return None;
                }
                Some(Control::Shutdown(done)) => return Some(Some(done)),
                None => return Some(None),
            }
        }
    }

    fn shut_down(&self, done: Done) {
        self.state.send_replace(State::Stopped("the host was shut down".to_owned()));
        if let Some(done) = done {
            // Nobody waiting is fine.
            let _nobody = done.send(());
        }
    }
}
