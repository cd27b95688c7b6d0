//! The handler is killed (SIGKILL) right after, or right before, each write of the story takes effect; the host starts
//! it again. The end is the same each time, and nothing is doubled.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use fleet_local::{
    end_state::EndState,
    run,
    story::{Target, Teller},
    world::{HandlerKind, Options, World},
};
use fleet_simulator::{
    faults::{Effect, KillPoint, Rule},
    happening::Happening,
};
use futures::{StreamExt as _, stream};

const SEED: u64 = 13;

/// Worlds that run side by side: each has its own process, and waits for answers most of the time.
const AT_ONCE: usize = 6;

/// One write of the story: method, path, and which time it is that exactly this is sent.
type Write = (String, String, u32);

/// Tells the story with one fault; gives the end, what is wrong with it, the writes that were sent, and how often the
/// handler was started.
async fn story(fault: Option<Rule>) -> (EndState, Vec<String>, Vec<Write>, u32) {
    let sent: Arc<Mutex<Vec<Write>>> = Arc::default();
    let starts = Arc::new(Mutex::new(0));
    let (writes, started) = (Arc::clone(&sent), Arc::clone(&starts));
    let options = Options {
        handler: HandlerKind::Process {
            executable: PathBuf::from(env!("CARGO_BIN_EXE_fleet-local")),
            arguments: vec!["handler".to_owned()],
        },
        listener: Some(Box::new(move |_| {
            Arc::new(move |happening| match happening {
                Happening::ArmCall { method, url, .. } if method != "GET" => {
                    let path = url.split('?').next().unwrap_or(url).to_owned();
                    let mut writes = writes.lock().expect("not poisoned");
                    let nth = writes
                        .iter()
                        .filter(|(m, p, _)| m == method && p.eq_ignore_ascii_case(&path))
                        .count();
                    writes.push((method.clone(), path, u32::try_from(nth).expect("few") + 1));
                }
                Happening::HandlerStarted { start } => *started.lock().expect("not poisoned") = *start,
                _ => {}
            })
        })),
        ..Options::in_process(SEED)
    };
    let mut world = World::start(options).await.expect("a world");
    if let Some(fault) = fault {
        world.arm().inject(fault);
    }
    let (end, faults) = run::arrival(&mut world, &Teller::new(Target::Nowhere), SEED).await.expect("an end");
    world.simulation.host().shutdown().await;
    let writes = sent.lock().expect("not poisoned").clone();
    let starts = *starts.lock().expect("not poisoned");
    (end, faults, writes, starts)
}

fn kill(write: &Write, point: KillPoint) -> Rule {
    let (method, path, nth) = write;
    let path = format!("^{}$", path.replace('.', "\\."));
    Rule::once(Effect::KillHandler(point)).method(method).path(&path).expect("an expression").nth(*nth)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_write_the_handler_reaches_the_same_end() {
    let (undisturbed, faults, writes, starts) = story(None).await;
    assert!(undisturbed.ok && starts == 1, "{faults:#?}");
    assert!(writes.len() >= 10, "{writes:#?}");
    let kills = writes
        .iter()
        .flat_map(|write| [KillPoint::AfterWrite, KillPoint::BeforeWrite].map(|point| (write, point)));
    let stories = stream::iter(kills).map(|(write, point)| async move {
        let (end, faults, _, starts) = story(Some(kill(write, point))).await;
        (write, point, end, faults, starts)
    });
    let mut ended = stories.buffer_unordered(AT_ONCE);
    while let Some((write, point, end, faults, starts)) = ended.next().await {
        assert!(end.ok, "killed {point:?} of {write:?}: {faults:#?}");
        assert_eq!(end.stamps, undisturbed.stamps, "killed {point:?} of {write:?}");
        assert_eq!(starts, 2, "the handler was killed {point:?} of {write:?}, once");
    }
}
