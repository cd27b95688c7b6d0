//! Many events: memory, throughput, latency.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures::future::try_join_all;

use super::{
    Pair,
    connection::Connection,
    invocation::Call,
    median,
    server::{Program, Server},
};

/// Rounds of each measurement, handler and baseline in turns; the seconds asked for are shared out among them.
const ROUNDS: u32 = 5;
/// Events before memory is read for the second time. They also warm up what is measured afterwards.
const MEMORY_EVENTS: usize = 1_000;
/// Connections for throughput: as many as calls that the host makes at once for one queue.
const CONNECTIONS: usize = 16;
/// A bound in case that time stands still: events per connection and round.
const MAX_EVENTS: usize = 1_000_000;

/// What load showed.
pub(crate) struct Load {
    /// The handler's resident memory in bytes, before any event.
    pub(crate) idle_bytes: u64,
    /// The same after a thousand events.
    pub(crate) used_bytes: u64,
    /// Events per second over all connections, median of the rounds.
    pub(crate) throughput: Pair<f64>,
    /// From request to answer on one connection, median of the rounds' medians.
    pub(crate) latency: Pair<Duration>,
}

impl Load {
    /// Loads handler and baseline in turns, each for `duration` per measurement in all.
    pub(crate) async fn measure(
        programs: &Pair<Program>,
        calls: &Pair<Call>,
        duration: Duration,
    ) -> anyhow::Result<Self> {
        let (handler, idle_bytes, used_bytes) = warm(&programs.handler, &calls.handler).await?;
        let (baseline, ..) = warm(&programs.baseline, &calls.baseline).await?;
        let round = duration / ROUNDS;
        let mut rates = Pair { handler: Vec::new(), baseline: Vec::new() };
        let mut times = Pair { handler: Vec::new(), baseline: Vec::new() };
        for _ in 0..ROUNDS {
            rates.handler.push(throughput(handler.address, &calls.handler, round).await?);
            rates.baseline.push(throughput(baseline.address, &calls.baseline, round).await?);
            times.handler.push(latency(handler.address, &calls.handler, round).await?);
            times.baseline.push(latency(baseline.address, &calls.baseline, round).await?);
        }
        let rate = |rates: &[f64]| median(rates).unwrap_or_default();
        let time = |times: &[Duration]| median(times).unwrap_or_default();
        Ok(Self {
            idle_bytes,
            used_bytes,
            throughput: Pair { handler: rate(&rates.handler), baseline: rate(&rates.baseline) },
            latency: Pair { handler: time(&times.handler), baseline: time(&times.baseline) },
        })
    }
}

/// A started server that has seen its first thousand events, and its memory before and after.
async fn warm(program: &Program, call: &Call) -> anyhow::Result<(Server, u64, u64)> {
    let mut server = program.start()?;
    let mut connection = Connection::when_listening(&mut server).await?;
    connection.ready().await?;
    let idle = server.resident_bytes()?;
    for _ in 0..MEMORY_EVENTS {
        let (answer, _) = connection.invoke(call).await?;
        call.check(&answer)?;
    }
    let used = server.resident_bytes()?;
    Ok((server, idle, used))
}

/// Events per second over [`CONNECTIONS`].
async fn throughput(address: SocketAddr, call: &Call, round: Duration) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let times = try_join_all((0..CONNECTIONS).map(|_| invoke_for(address, call, round))).await?;
    let events: usize = times.iter().map(Vec::len).sum();
    let events = u32::try_from(events).unwrap_or(u32::MAX);
    Ok(f64::from(events) / begun.elapsed().as_secs_f64())
}

/// The median time of an event on one connection.
async fn latency(address: SocketAddr, call: &Call, round: Duration) -> anyhow::Result<Duration> {
    Ok(median(&invoke_for(address, call, round).await?).unwrap_or_default())
}

/// Sends one event after another until the round is over. Gives the time of each.
pub(super) async fn invoke_for(
    address: SocketAddr,
    call: &Call,
    round: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < round && times.len() < MAX_EVENTS {
        times.push(connection.invoke(call).await?.1);
    }
    Ok(times)
}
