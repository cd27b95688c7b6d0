//! The third act: a region fails, an operator asks for too much, and the region comes back.

use std::time::Duration;

use anyhow::Context as _;
use fleet_core::command::{CommandResult, Status};
use fleet_simulator::{net::Loss, service_bus::Outgoing};
use serde_json::json;

use crate::{
    estate::{SERVING, Stamp},
    story::{Kind, Teller},
    table,
    world::{RESULTS, World},
};

/// The stamp whose region fails, and the one that an operator would drain meanwhile.
const FAILING: Stamp = SERVING[0];
const ASKED_FOR: Stamp = SERVING[1];

/// Simulated time until the evidence is believed and acted on.
const OUTAGE: Duration = Duration::from_secs(6 * 60);

/// Simulated time for a command.
const ANSWER: Duration = Duration::from_secs(60);

/// Simulated time until the region is believed again and has its full weight.
const RECOVERY: Duration = Duration::from_secs(2 * 60 * 60);

/// Tells the act; gives what is not as it should be.
///
/// # Errors
/// When the app can't be asked, or an answer has another shape.
pub async fn tell(world: &mut World, teller: &Teller) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    teller.say(&format!("\nAct 3: {} fails, and an operator asks for too much.", FAILING.region));
    world.sites.lose_region(FAILING.region, &[FAILING.host], Loss::AnswersBadly);
    let fails = format!("{} fails: whatever is public there answers badly", FAILING.region);
    teller.tell(world.arm(), Kind::World, &fails);
    world.simulation.run_for(OUTAGE).await;
    if serves(world, FAILING).await? {
        faults.push(format!("{} still takes traffic", FAILING.cluster));
    }
    let asks = format!("an operator asks to drain {}", ASKED_FOR.cluster);
    teller.tell(world.arm(), Kind::World, &asks);
    let answer = drain(world, ASKED_FOR).await?;
    if answer.status != Status::Refused || !serves(world, ASKED_FOR).await? {
        faults.push(format!("the drain of {} was {}, not refused", ASKED_FOR.cluster, answer.status));
    }
    show(world, teller).await?;
    world.sites.restore_region(FAILING.region);
    teller.tell(world.arm(), Kind::World, &format!("{} is well again", FAILING.region));
    if !comes_back(world, FAILING).await? {
        faults.push(format!("{} has not come back in time", FAILING.cluster));
    }
    show(world, teller).await?;
    Ok(faults)
}

/// Lets time pass until the stamp serves and nothing is left to wait for.
async fn comes_back(world: &mut World, stamp: Stamp) -> anyhow::Result<bool> {
    let end = world.simulation.now() + RECOVERY;
    while world.simulation.now() < end {
        world.simulation.run_for(ANSWER).await;
        if serves(world, stamp).await? && world.known().await?.waiting.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn show(world: &World, teller: &Teller) -> anyhow::Result<()> {
    teller.say("");
    for line in table::lines(&world.known().await?.stamps) {
        teller.say(&line);
    }
    teller.say("");
    Ok(())
}

async fn serves(world: &World, stamp: Stamp) -> anyhow::Result<bool> {
    let known = world.known().await?;
    Ok(known.stamps.iter().any(|report| report.cluster.name() == stamp.cluster && report.serving))
}

/// Sends the command as a pipeline does, and reads its answer.
async fn drain(world: &mut World, stamp: Stamp) -> anyhow::Result<CommandResult> {
    let command = json!({
        "id": "story-drain",
        "command": "drain",
        "target": { "stamp": stamp.cluster },
        "requestedBy": "an operator",
        "reason": "maintenance of its gateway",
    });
    world.simulation.bus().send("fleet-commands", Outgoing::of(command.to_string()))?;
    world.simulation.run_for(ANSWER).await;
    let locked = world.simulation.bus().receive(RESULTS)?.context("no answer came")?;
    world.simulation.bus().complete(RESULTS, &locked.lock_token)?;
    serde_json::from_str(&locked.message.text()).context("the answer has another shape")
}
