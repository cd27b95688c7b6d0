//! Messages that a queue gave up on: looked at, and sent again.
//!
//! Over REST a message can be seen only by locking it. So all that are looked at are locked one after the other, and given
//! back at the end; a kill in between gives them back when their locks run out. A dead letter is never buried again,
//! however often it is delivered.

use std::collections::BTreeSet;

use anyhow::Context as _;
use uuid::Uuid;

use crate::service_bus::{Locked, Namespace, Outgoing};

/// How many dead letters are looked through for one.
pub const SEARCHED: u32 = 1_000;

/// What came of a replay.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replayed {
    /// Sent again, and gone from the dead letters.
    pub replayed: Vec<u64>,
    /// Asked for by number and not found.
    pub missing: Vec<u64>,
}

/// The sub-queue of a queue's dead letters.
fn dead_letters_of(queue: &str) -> String {
    format!("{queue}/$deadletterqueue")
}

/// The dead letters of a queue, at most `max`, in the queue's order.
///
/// # Errors
/// When the namespace can't be asked.
pub async fn list(namespace: &Namespace, queue: &str, max: u32) -> anyhow::Result<Vec<Locked>> {
    let mut seen = Vec::new();
    let gathered = gather(namespace, queue, max, &mut seen).await;
    let returned = give_back(namespace, &seen).await;
    gathered.and(returned)?;
    let mut numbers = BTreeSet::new();
    seen.retain(|message| numbers.insert(message.broker.sequence_number));
    Ok(seen)
}

/// Sends dead letters of a queue to it again, at most `max`: those of these numbers, or all where none is given.
///
/// # Errors
/// When the namespace can't be asked. What was replayed until then is told with it.
pub async fn replay(
    namespace: &Namespace,
    queue: &str,
    numbers: &[u64],
    max: u32,
) -> anyhow::Result<Replayed> {
    let (mut done, mut passed) = (Replayed::default(), Vec::new());
    let replayed = replay_some(namespace, queue, numbers, max, &mut done.replayed, &mut passed).await;
    let returned = give_back(namespace, &passed).await;
    replayed.and(returned).with_context(|| match done.replayed.as_slice() {
        [] => "nothing was replayed".to_owned(),
        numbers => format!("replayed before it failed: {numbers:?}"),
    })?;
    done.missing = numbers.iter().copied().filter(|number| !done.replayed.contains(number)).collect();
    Ok(done)
}

async fn gather(namespace: &Namespace, queue: &str, max: u32, seen: &mut Vec<Locked>) -> anyhow::Result<()> {
    let queue = dead_letters_of(queue);
    for _ in 0..max {
        let Some(message) = namespace.lock(&queue).await? else { break };
        let comes_again = is_among(seen, &message);
        seen.push(message);
        if comes_again {
            // Its first lock has run out: the queue's end was reached, or it is too long to be held at once.
            break;
        }
    }
    Ok(())
}

fn is_among(seen: &[Locked], message: &Locked) -> bool {
    seen.iter().any(|known| known.broker.sequence_number == message.broker.sequence_number)
}

async fn replay_some(
    namespace: &Namespace,
    queue: &str,
    numbers: &[u64],
    max: u32,
    replayed: &mut Vec<u64>,
    passed: &mut Vec<Locked>,
) -> anyhow::Result<()> {
    let dead_letters = dead_letters_of(queue);
    let wanted = if numbers.is_empty() { max as usize } else { numbers.len().min(max as usize) };
    // Ends: a message of ours that becomes a dead letter meanwhile has had ten deliveries first, and counts against `max`.
    while replayed.len() < wanted && passed.len() < SEARCHED as usize {
        let Some(message) = namespace.lock(&dead_letters).await? else { break };
        let number = message.broker.sequence_number;
        if !numbers.is_empty() && !numbers.contains(&number) {
            let comes_again = is_among(passed, &message);
            passed.push(message);
            if comes_again {
                break;
            }
            continue;
        }
        if let Err(error) = namespace.send(queue, again(&message)).await {
            passed.push(message);
            return Err(error);
        }
        namespace.complete(&message).await.context("it was sent again; a replay would double it")?;
        replayed.push(number);
    }
    Ok(())
}

/// The message anew. It has an id of its own, since a queue that looks for duplicates would swallow the old one. Custom
/// properties are left behind: the app reads none, and why it died is one.
fn again(dead: &Locked) -> Outgoing {
    Outgoing {
        body: dead.body.clone(),
        content_type: dead.content_type.clone().unwrap_or_else(|| "application/json".to_owned()),
        message_id: Uuid::new_v4().to_string(),
        label: dead.broker.label.clone(),
        correlation_id: dead.broker.correlation_id.clone(),
    }
}

/// Gives all back; the first failure is told after all were tried.
async fn give_back(namespace: &Namespace, messages: &[Locked]) -> anyhow::Result<()> {
    let mut result = Ok(());
    for message in messages {
        result = result.and(namespace.unlock(message).await);
    }
    result
}

#[cfg(test)]
mod tests;
