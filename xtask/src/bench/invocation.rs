//! What is sent: one Event Grid event about a cluster, as the Functions host wraps it.

use std::fs;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use serde_json::Value;

use crate::workspace;

/// The handler's own fixture of such an invocation: a `ResourceWriteSuccess`, which becomes one nudge.
const INVOCATION: &str = "handlers/app/fixtures/invocations/event-grid.event.json";

/// What a server is asked to do with the event.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) path: &'static str,
    pub(crate) body: Bytes,
    /// A part of every right answer.
    answer: &'static str,
}

impl Call {
    /// The handler decodes the event and puts one nudge on the work queue.
    pub(crate) fn triage() -> anyhow::Result<Self> {
        Ok(Self { path: "/cluster-events", body: invocation()?, answer: "clusterChanged" })
    }

    /// The minimal server reads the same bytes.
    pub(crate) fn echo() -> anyhow::Result<Self> {
        Ok(Self { path: "/echo", body: invocation()?, answer: "{}" })
    }

    /// Whether the work was really done: a refusal would be faster, and measured for nothing.
    pub(crate) fn check(&self, answer: &Bytes) -> anyhow::Result<()> {
        let text = String::from_utf8_lossy(answer);
        ensure!(text.contains(self.answer), "{} answered without `{}`: {text}", self.path, self.answer);
        Ok(())
    }
}

/// The fixture without the blanks that make it readable: the host sends one line.
fn invocation() -> anyhow::Result<Bytes> {
    let path = workspace::root().join(INVOCATION);
    let text = fs::read_to_string(&path).with_context(|| format!("{INVOCATION} could not be read"))?;
    let value: Value = serde_json::from_str(&text).with_context(|| format!("{INVOCATION} is not JSON"))?;
    Ok(value.to_string().into())
}
