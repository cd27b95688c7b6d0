//! From what was typed to a command on its queue, and to its answer.

use std::time::Duration;

use anyhow::Context as _;
use fleet_core::command::{self, Command, CommandResult};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    answer::{self, Mark, Progress},
    args::{OrderAct, Sending},
    exit::Usage,
    fleet_app::FleetApp,
    service_bus::{Namespace, Outgoing},
};

/// The queue of commands.
const QUEUE: &str = "fleet-commands";

/// What came of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// The app's answer.
    Answered(CommandResult),
    /// The answer that the app gave to this id before; nothing was sent.
    AnsweredBefore(CommandResult),
    /// Sent; nobody waited.
    Unwatched(Command),
    /// Sent; no answer came in time.
    Unanswered(Command),
}

/// The command that was typed, checked by the parser that the app uses, so that a mistake never leaves the machine.
///
/// # Errors
/// With every problem.
pub fn command(act: OrderAct, user: Option<String>, id: String, now: Timestamp) -> anyhow::Result<Command> {
    let Sending { reason, requester, dry_run, .. } = act.sending().clone();
    let requested_by = requester.or(user).ok_or_else(|| {
        Usage("nobody is named who asks; give --as NAME, or set FLEETCTL_AS or USER".to_owned())
    })?;
    let typed = Command { id, requested_by, reason, dry_run, order: act.order(now) };
    let bytes = serde_json::to_vec(&typed).context("the command does not serialise")?;
    command::parse(&bytes, now).map_err(|invalid| Usage(invalid.to_string()).into())
}

/// Sends a command and waits for its answer.
///
/// # Errors
/// When the journal can't be read before it is sent, or the queue does not take it.
pub async fn send_and_wait(
    app: &FleetApp,
    namespace: &Namespace,
    command: Command,
    patience: Duration,
    progress: impl FnMut(Progress<'_>),
) -> anyhow::Result<Sent> {
    let mark = Mark::set(app).await.context("nothing was sent: its answer could not be seen")?;
    send(namespace, &command).await?;
    let end = Instant::now() + patience;
    let answer = answer::wait(app, &command.id, &mark, end, progress).await;
    Ok(answer.map_or_else(|| Sent::Unanswered(command), Sent::Answered))
}

/// Puts a command on its queue.
///
/// # Errors
/// When the queue does not take it.
pub async fn send(namespace: &Namespace, command: &Command) -> anyhow::Result<()> {
    let message = Outgoing {
        body: serde_json::to_vec(command).context("the command does not serialise")?,
        content_type: "application/json".to_owned(),
        message_id: command.id.clone(),
        label: Some(command.order.name().to_owned()),
        correlation_id: None,
    };
    namespace.send(QUEUE, message).await
}

#[cfg(test)]
mod tests;
