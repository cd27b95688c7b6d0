//! From the command line to the exit code.

mod why;

use std::{env, process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser as _};
use fleet_core::command::{Command, CommandResult};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    answer::{self, Progress},
    args::{Act, Args, DeadLetterAct, Global, JournalArgs, OrderAct},
    dead_letters,
    exit::{Exit, Usage},
    fleet_app::{FleetApp, Known, LONGEST_PAGE, Page},
    identity, local,
    order::{self, Sent},
    print::{self, Output},
    render,
    service_bus::Namespace,
};

/// The function key's environment variable. A key on a command line would be in every process list.
const KEY: &str = "FLEETCTL_KEY";

/// Runs the command line; the exit code is the process's.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(file) = &args.global.local {
        return match local::enter(file, env::args_os().skip(1)) {
            // None: a signal ended it.
            Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1).into(),
            Err(error) => failed(&error).into(),
        };
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime.context("no async runtime").and_then(|runtime| runtime.block_on(run(args)));
    ended.unwrap_or_else(|error| failed(&error)).into()
}

fn failed(error: &anyhow::Error) -> Exit {
    anstream::eprintln!("fleetctl: {error:#}");
    Exit::of_error(error)
}

async fn run(args: Args) -> anyhow::Result<Exit> {
    let Args { global, act } = args;
    let output = Output { json: global.json };
    match act {
        Act::Status => status(&global.app()?, output).await,
        Act::Updates => updates(&global.app()?, output).await,
        Act::Why { what } => why::why(&global.app()?, &what, output).await,
        Act::Journal(asked) => journal(&global.app()?, asked, output).await,
        Act::Order(act) => order(&global, act, output).await,
        Act::DeadLetter { act } => dead_letter(&global.namespace()?, act, output).await,
        Act::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "fleetctl", &mut script);
            print::raw(&script)?;
            Ok(Exit::Done)
        }
    }
}

impl Global {
    fn app(&self) -> anyhow::Result<FleetApp> {
        let url = self.url.clone().ok_or_else(|| {
            Usage("the function app is not named; set FLEETCTL_URL or give --url, or use --local".to_owned())
        })?;
        let key = env::var(KEY).ok().filter(|key| !key.is_empty());
        Ok(FleetApp::new(url, key, None)?)
    }

    fn namespace(&self) -> anyhow::Result<Namespace> {
        let host = self.service_bus.as_deref().ok_or_else(|| {
            Usage(
                "the Service Bus namespace is not named; set FLEETCTL_SERVICE_BUS or give --service-bus, or use --local"
                    .to_owned(),
            )
        })?;
        let credential = identity::credential(|name| env::var(name).ok()).context("no credential")?;
        Ok(Namespace::new(host, credential, None)?)
    }
}

async fn status(app: &FleetApp, output: Output) -> anyhow::Result<Exit> {
    let document = app.document().await?;
    output.print(&document, |document| Ok(render::status::status(&Known::read(document)?)))?;
    Ok(Exit::Done)
}

async fn updates(app: &FleetApp, output: Output) -> anyhow::Result<Exit> {
    let document = app.document().await?;
    output.print(&document["updates"], |_| {
        Ok(render::updates::updates(Known::read(&document)?.updates.as_ref()))
    })?;
    Ok(Exit::Done)
}

async fn journal(app: &FleetApp, asked: JournalArgs, output: Output) -> anyhow::Result<Exit> {
    let JournalArgs { subject, limit, cursor } = asked;
    let subject = match subject {
        Some(name) => Some(cluster_of(app, &name).await?),
        None => None,
    };
    let mut all = Page { next: cursor, ..Page::default() };
    let mut left = limit;
    while left > 0 {
        let page = app.page(left.min(LONGEST_PAGE), all.next.as_deref(), subject.as_deref()).await?;
        left -= u32::try_from(page.entries.len()).unwrap_or(left).min(left);
        all.entries.extend(page.entries);
        all.unreadable += page.unreadable;
        all.next = page.next;
        if all.next.is_none() {
            break;
        }
    }
    let Page { entries, next, unreadable } = all;
    let document = json!({ "entries": entries, "next": next, "unreadable": unreadable });
    output.print(&document, |_| Ok(render::journal::journal(&entries)))?;
    if let Some(next) = next {
        output.say(&format!("older entries: --cursor {next}"));
    }
    Ok(Exit::Done)
}

/// The resource id of the one stamp that a name means. A stamp that is gone is on no record, so an id is taken as it is.
async fn cluster_of(app: &FleetApp, name: &str) -> anyhow::Result<String> {
    if name.starts_with('/') {
        return Ok(name.to_owned());
    }
    let known = app.known().await?;
    match known.stamps_meant(name)?.as_slice() {
        [stamp] => Ok(stamp.cluster.as_str().to_owned()),
        several => {
            let ids: Vec<&str> = several.iter().map(|stamp| stamp.cluster.as_str()).collect();
            Err(Usage(format!("`{name}` means several stamps; give one of {}", ids.join(", "))).into())
        }
    }
}

async fn order(global: &Global, act: OrderAct, output: Output) -> anyhow::Result<Exit> {
    let user = env::var("USER").or_else(|_| env::var("USERNAME")).ok().filter(|user| !user.is_empty());
    let sending = act.sending().clone();
    let id = sending.id.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
    if sending.no_wait {
        let command = order::command(act, user, id, Timestamp::now())?;
        order::send(&global.namespace()?, &command).await?;
        return told(&Sent::Unwatched(command), output);
    }
    let patience = duration(sending.timeout)?;
    let app = global.app()?;
    // The fleet's own time: it is the one that judges when something ends.
    let now = app.known().await?.at;
    let command = order::command(act, user, id, now)?;
    if sending.id.is_some()
        && let Some(result) = answer::given(&app, &command.id, now).await?
    {
        return told(&Sent::AnsweredBefore(result), output);
    }
    let namespace = global.namespace()?;
    output.say(&format!("{} {} by {}", command.order.name(), command.id, command.requested_by));
    let progress = |progress: Progress<'_>| match progress {
        Progress::Decided(decided) => output.say(&render::journal::progress(&decided)),
        Progress::Unread(error) => output.say(&format!("the journal cannot be read, tried again: {error:#}")),
    };
    told(&order::send_and_wait(&app, &namespace, command, patience, progress).await?, output)
}

fn duration(timeout: SignedDuration) -> Result<Duration, Usage> {
    Duration::try_from(timeout)
        .map_err(|_| Usage(format!("--timeout is {timeout:#}; expected one such as 90s")))
}

fn told(sent: &Sent, output: Output) -> anyhow::Result<Exit> {
    let unknown = |command: &Command| json!({ "commandId": command.id, "command": command.order.name(), "status": null });
    match sent {
        Sent::Answered(result) => answered(result, output),
        Sent::AnsweredBefore(result) => {
            output.say("the app has answered this id before; nothing was sent");
            answered(result, output)
        }
        Sent::Unwatched(command) => {
            let text = format!("{} {}: sent\n", command.order.name(), command.id);
            output.print(&unknown(command), |_| Ok(text))?;
            Ok(Exit::Done)
        }
        Sent::Unanswered(command) => {
            let text = format!(
                "{} {}: no answer in time; it may still be carried out. Ask again with --id {}\n",
                command.order.name(),
                command.id,
                command.id
            );
            output.print(&unknown(command), |_| Ok(text))?;
            Ok(Exit::NoAnswer)
        }
    }
}

fn answered(result: &CommandResult, output: Output) -> anyhow::Result<Exit> {
    let document = serde_json::to_value(result).context("the answer does not serialise")?;
    output.print(&document, |_| Ok(render::result::result(result)))?;
    Ok(result.status.into())
}

async fn dead_letter(namespace: &Namespace, act: DeadLetterAct, output: Output) -> anyhow::Result<Exit> {
    match act {
        DeadLetterAct::List { queue, max } => {
            let messages = dead_letters::list(namespace, &queue, max).await?;
            let documents =
                messages.iter().map(|message| render::dead_letters::json(message, false)).collect();
            output.print(&Value::Array(documents), |_| Ok(render::dead_letters::list(&messages)))?;
        }
        DeadLetterAct::Show { queue, sequence } => {
            let messages = dead_letters::list(namespace, &queue, dead_letters::SEARCHED).await?;
            let found = messages.iter().find(|message| message.broker.sequence_number == sequence);
            let message = found.with_context(|| format!("{queue} has no dead letter {sequence}"))?;
            let document = render::dead_letters::json(message, true);
            output.print(&document, |_| Ok(render::dead_letters::show(message)))?;
        }
        DeadLetterAct::Replay { queue, sequence, max } => {
            let done = dead_letters::replay(namespace, &queue, &sequence, max).await?;
            let document = json!({ "replayed": done.replayed, "missing": done.missing });
            output.print(&document, |_| Ok(render::dead_letters::replayed(&queue, &done)))?;
            if !done.missing.is_empty() {
                return Ok(Exit::Failed);
            }
        }
    }
    Ok(Exit::Done)
}
