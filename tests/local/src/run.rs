//! From the command line to the end of the story.

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::Parser as _;
use fleet_simulator::net::Site;

use crate::{
    args::{Args, Command},
    end_state::{self, Calls, EndState},
    estate::{self, NEWCOMER, SERVING},
    outage, prompt, serve,
    story::{Kind, Target, Teller},
    table, update,
    world::{HandlerKind, Options, World},
};

/// Simulated time that the app may take for the two old stamps, and for the new one with its whole ramp.
const MEETING: Duration = Duration::from_secs(30 * 60);
const ARRIVAL: Duration = Duration::from_secs(90 * 60);

/// Simulated time until GitOps has brought the workload up on the new cluster.
const BOOTSTRAP: Duration = Duration::from_secs(3 * 60);

/// Runs the command line; the exit code is the process's.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    if matches!(args.command, Some(Command::Handler)) {
        return fleet_handler::process::main();
    }
    match tokio::runtime::Runtime::new()
        .context("no async runtime")
        .and_then(|runtime| runtime.block_on(run(args)))
    {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fleet-local: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<bool> {
    if let Some(Command::Serve { script_root }) = &args.command {
        serve::serve(script_root, args.seed, args.record.clone()).await?;
        return Ok(true);
    }
    let teller = Teller::new(if args.json { Target::Error } else { Target::Out });
    let watching = teller.clone();
    let handler = HandlerKind::Process {
        executable: std::env::current_exe().context("this executable has no path")?,
        arguments: vec!["handler".to_owned()],
    };
    let options = Options {
        handler,
        record: args.record.clone(),
        listener: Some(Box::new(move |arm| watching.listener(arm))),
        ..Options::in_process(args.seed)
    };
    let mut world = World::start(options).await?;
    let (end, faults) = tell(&mut world, &teller, args.seed).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&end)?);
    }
    for fault in &faults {
        teller.say(&format!("NOT RIGHT: {fault}"));
    }
    if !args.once {
        prompt::prompt(&mut world, &teller).await?;
    }
    world.simulation.host().shutdown().await;
    Ok(end.ok)
}

/// The story itself, in four acts.
///
/// # Errors
/// When the app can't be asked what it knows.
pub async fn tell(world: &mut World, teller: &Teller, seed: u64) -> anyhow::Result<(EndState, Vec<String>)> {
    let (arrived, mut faults) = arrival(world, teller, seed).await?;
    if faults.is_empty() {
        faults = outage::tell(world, teller).await?;
        let updated = update::tell(world, teller).await?;
        faults.extend(updated.faults);
        let (end, left) = end_state::with_one_out(world, seed, arrived.calls, updated.failed).await?;
        faults.extend(left);
        return Ok((EndState { ok: faults.is_empty(), ..end }, faults));
    }
    Ok((arrived, faults))
}

/// The first two acts: the app meets its stamps, and a new one arrives.
///
/// # Errors
/// When the app can't be asked what it knows.
pub async fn arrival(
    world: &mut World,
    teller: &Teller,
    seed: u64,
) -> anyhow::Result<(EndState, Vec<String>)> {
    teller.say(&format!(
        "Simulated Azure, seed {seed}: a fleet, a registry, Front Door, and two serving stamps."
    ));
    teller.say("Times are simulated. The handler is a process of its own and calls ARM over HTTPS.");
    teller.say("What it finds unchanged is not told again.\n");
    teller.say("Act 1: the app meets the stamps that are there.");
    let met = world.run_until_settled(MEETING).await?;
    let names: Vec<_> = SERVING.iter().map(|stamp| stamp.cluster).collect();
    let calls = Calls::of(world.arm());
    teller.say(&format!(
        "\n{} {} after {} writes.\n",
        names.join(" and "),
        if met { "are as wanted" } else { "are NOT as wanted" },
        calls.writes
    ));
    teller.say(&format!("Act 2: {} appears in {}.", NEWCOMER.cluster, NEWCOMER.region));
    world.arm().reset_calls();
    let _cluster = estate::appears(&world.estate, &world.sites, NEWCOMER);
    world.sites.set(NEWCOMER.host, Site::unhealthy());
    teller.tell(
        world.arm(),
        Kind::World,
        &format!("somebody creates {} in {}; its workload is not up yet", NEWCOMER.cluster, NEWCOMER.region),
    );
    world.simulation.run_for(BOOTSTRAP).await;
    world.sites.set(NEWCOMER.host, Site::healthy());
    teller.tell(world.arm(), Kind::World, &format!("the workload of {} is up", NEWCOMER.cluster));
    world.run_until_settled(ARRIVAL).await?;
    let calls = Calls::of(world.arm());
    let (end, faults) = end_state::of(world, seed, calls).await?;
    show(teller, &end, calls);
    Ok((end, faults))
}

fn show(teller: &Teller, end: &EndState, calls: Calls) {
    teller.say("");
    for line in table::lines(&end.stamps) {
        teller.say(&line);
    }
    teller.say(&format!(
        "\n{}: {} ARM reads and {} writes since the cluster appeared, at most {} round trips one after the other.",
        if end.ok { "As it should be" } else { "NOT as it should be" },
        calls.reads,
        calls.writes,
        calls.sequential_round_trips
    ));
}
