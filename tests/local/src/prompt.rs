//! After the story: a person changes the world and watches what the app makes of it.

use std::time::Duration;

use fleet_simulator::{
    arm::UpgradeFate,
    faults::{Effect, Rule},
    net::Site,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines, Stdin},
    time::{Interval, interval},
};

use crate::{
    door::{self, Door},
    end_state,
    estate::{NEWCOMER, SERVING, Stamp, name},
    story::{Kind, Teller},
    table, update,
    world::World,
};

/// Simulated time that follows a change before the table is shown.
const AFTERWARDS: Duration = Duration::from_secs(3 * 60);

/// How often it is looked whether a command came in by the door, in real time.
const HEARTBEAT: Duration = Duration::from_millis(200);

const HELP: &str = "\
What else one can do to the world (STAMP is a cluster's name, such as aks-weu-01):
  new NAME REGION       another cluster appears
  delete STAMP          somebody deletes the cluster
  recreate STAMP        deletes it and creates one of the same name
  stop STAMP | start STAMP
  tag STAMP NAME [VALUE]
  identity STAMP        the cluster gets another kubelet identity
  sick STAMP | well STAMP   its health path answers 503, or 200
  update VERSION        somebody starts an update run, such as to 1.34.1
  spoil STAMP           the next upgrade of its cluster fails
  throttle N            ARM answers the next N calls with 429
  lose N                the replies of the next N writes get lost
  kill                  SIGKILL the handler
  wait MINUTES          let simulated time pass
  status | help | quit";

/// Reads commands until `quit` or the end of input.
///
/// # Errors
/// When the door can't be opened or standard input can't be read.
pub async fn prompt(world: &mut World, teller: &Teller) -> anyhow::Result<()> {
    let door = Door::open(world, &door::usual_file()).await?;
    teller.say(&format!("\nThe app's own page: {}", door.page()));
    teller.say("In another terminal: cargo run -p fleet-cli -- --local status");
    teller.say(HELP);
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut heartbeat = interval(HEARTBEAT);
    loop {
        let Some(line) = next_line(world, teller, &mut lines, &mut heartbeat).await? else { return Ok(()) };
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            ["quit" | "exit"] => return Ok(()),
            ["help"] => teller.say(HELP),
            ["status"] => status(world, teller).await?,
            ["wait", minutes] => match minutes.parse::<u64>() {
                Ok(minutes @ 1..=1_440) => {
                    world.simulation.run_for(Duration::from_secs(minutes * 60)).await;
                    status(world, teller).await?;
                }
                _ => teller.say("MINUTES is a whole number from 1 to 1440"),
            },
            words => match change(world, words) {
                Ok(said) => {
                    teller.tell(world.arm(), Kind::World, &said);
                    world.simulation.run_for(AFTERWARDS).await;
                    status(world, teller).await?;
                }
                Err(why) => teller.say(&why),
            },
        }
    }
}

/// The next line that is typed. Meanwhile the app works on commands that come in by the door.
async fn next_line(
    world: &mut World,
    teller: &Teller,
    lines: &mut Lines<BufReader<Stdin>>,
    heartbeat: &mut Interval,
) -> std::io::Result<Option<String>> {
    teller.ask("fleet> ");
    loop {
        tokio::select! {
            line = lines.next_line() => return line,
            _ = heartbeat.tick() => if door::knocks(world) {
                teller.say("");
                world.simulation.run_for(AFTERWARDS).await;
                teller.ask("fleet> ");
            },
        }
    }
}

async fn status(world: &World, teller: &Teller) -> anyhow::Result<()> {
    teller.say_log();
    for line in table::lines(&world.known().await?.stamps) {
        teller.say(&line);
    }
    for run in end_state::updates(world).await?.runs {
        teller.say(&table::run(&run));
    }
    Ok(())
}

/// Changes the world; says what was done, or what is allowed.
fn change(world: &World, words: &[&str]) -> Result<String, String> {
    let estate = &world.estate;
    match words {
        ["new", name, region] => {
            let host = format!("{name}.contoso.example").to_ascii_lowercase();
            world.sites.set(&host, Site::healthy());
            let cluster = estate.cluster(name).in_region(region).with_gateway(&host);
            let _id = cluster.tagged("fleet-automation-host", &host).appears();
            Ok(format!("somebody creates {name} in {region}"))
        }
        ["delete", stamp] => on(world, stamp, |id| estate.delete_cluster(id), "somebody deletes"),
        ["recreate", stamp] => on(world, stamp, |id| estate.recreate_cluster(id), "somebody recreates"),
        ["stop", stamp] => on(world, stamp, |id| estate.stop_cluster(id), "somebody stops"),
        ["start", stamp] => on(world, stamp, |id| estate.start_cluster(id), "somebody starts"),
        ["identity", stamp] => on(
            world,
            stamp,
            |id| estate.change_kubelet_identity(id),
            "somebody changes the kubelet identity of",
        ),
        ["tag", stamp, name] => {
            on(world, stamp, |id| estate.tag_cluster(id, name, Some("true")), "somebody tags")
        }
        ["tag", stamp, name, value] => {
            on(world, stamp, |id| estate.tag_cluster(id, name, Some(value)), "somebody tags")
        }
        ["sick", stamp] => site(world, stamp, Site::unhealthy(), "falls sick"),
        ["well", stamp] => site(world, stamp, Site::healthy(), "is well again"),
        ["update", version] => {
            let begun = update::begin(world, version).map_err(|refused| refused.to_string());
            begun.map(|run| format!("somebody starts update run {run}"))
        }
        ["spoil", stamp] => {
            on(world, stamp, |id| world.estate.next_upgrade(id, UpgradeFate::Fails), "somebody spoils")
        }
        ["throttle", n] => {
            fault(world, n, Effect::Throttle { retry_after_seconds: Some(30) }, "calls are throttled")
        }
        ["lose", n] => fault(world, n, Effect::ReplyLost, "replies get lost"),
        ["kill"] => {
            world.simulation.host().kill_handler();
            Ok("somebody kills the handler".to_owned())
        }
        _ => Err(HELP.to_owned()),
    }
}

fn on(world: &World, stamp: &str, act: impl FnOnce(&str), verb: &str) -> Result<String, String> {
    let clusters = world.arm().resources_of_type("Microsoft.ContainerService/managedClusters");
    let ids = clusters.iter().filter_map(|body| body["id"].as_str());
    let names: Vec<&str> = ids.clone().map(name).collect();
    match ids.clone().find(|id| name(id).eq_ignore_ascii_case(stamp)) {
        Some(id) => {
            act(id);
            Ok(format!("{verb} {stamp}"))
        }
        None => Err(format!("there is no cluster {stamp}; there are {}", names.join(", "))),
    }
}

fn site(world: &World, stamp: &str, site: Site, verb: &str) -> Result<String, String> {
    let known: Vec<Stamp> = SERVING.into_iter().chain([NEWCOMER]).collect();
    let host = known
        .iter()
        .find(|known| known.cluster.eq_ignore_ascii_case(stamp))
        .map(|known| known.host.to_owned());
    let host = host.unwrap_or_else(|| format!("{stamp}.contoso.example").to_ascii_lowercase());
    world.sites.set(&host, site);
    Ok(format!("{host} {verb}"))
}

fn fault(world: &World, times: &str, effect: Effect, what: &str) -> Result<String, String> {
    let Ok(times @ 1..=1_000) = times.parse::<u32>() else {
        return Err("N is a whole number from 1 to 1000".to_owned());
    };
    let writes = matches!(effect, Effect::ReplyLost);
    let rule = Rule::always(effect).times(times);
    world.arm().inject(if writes { rule.method("PUT") } else { rule });
    Ok(format!("the next {times} {what}"))
}
