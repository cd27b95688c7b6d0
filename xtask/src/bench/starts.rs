//! From nothing to the first event.

use std::time::Duration;

use super::{Pair, connection::Connection, invocation::Call, median, server::Program};

/// Starts per program. Each takes some milliseconds.
const ROUNDS: usize = 25;

/// Medians over the rounds.
pub(crate) struct Starts {
    /// From the start of the process to the answer to `GET /`.
    pub(crate) ready: Pair<Duration>,
    /// From the start of the process to the answer to the first event, on the same connection.
    pub(crate) first_event: Pair<Duration>,
}

impl Starts {
    /// Starts handler and baseline in turns.
    pub(crate) async fn measure(programs: &Pair<Program>, calls: &Pair<Call>) -> anyhow::Result<Self> {
        let (mut handler, mut baseline) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            handler.push(start(&programs.handler, &calls.handler).await?);
            baseline.push(start(&programs.baseline, &calls.baseline).await?);
        }
        let middle = |rounds: &[Start], time: fn(&Start) -> Duration| {
            median(&rounds.iter().map(time).collect::<Vec<_>>()).unwrap_or_default()
        };
        let pair = |time| Pair { handler: middle(&handler, time), baseline: middle(&baseline, time) };
        Ok(Self { ready: pair(|start| start.ready), first_event: pair(|start| start.first_event) })
    }
}

/// One start.
struct Start {
    ready: Duration,
    first_event: Duration,
}

async fn start(program: &Program, call: &Call) -> anyhow::Result<Start> {
    let mut server = program.start()?;
    let mut connection = Connection::when_listening(&mut server).await?;
    connection.ready().await?;
    let ready = server.begun.elapsed();
    let (answer, _) = connection.invoke(call).await?;
    let first_event = server.begun.elapsed();
    call.check(&answer)?;
    Ok(Start { ready, first_event })
}
