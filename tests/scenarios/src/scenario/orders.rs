//! What operators ask for, and what they are told.

use fleet_core::command::{CommandResult, Status};
use fleet_simulator::service_bus::{Message, Outgoing};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{MINUTE, Scenario, updates::is_notice};

const COMMANDS: &str = "fleet-commands";
const RESULTS: &str = "fleet-results";

/// Who asks, unless a test says otherwise: the name of the hold as well.
pub const OPERATOR: &str = "ops@contoso.example";

/// A command about one stamp, by its cluster's name. More is set by [`Command::with`].
#[must_use = "a command that nobody sends"]
#[derive(Debug, Clone)]
pub struct Command(Value);

impl Command {
    /// `drain`, `hold` and so on. `id` is the command's own.
    pub fn about(stamp: &str, command: &str, id: &str) -> Self {
        Self(json!({
            "id": id,
            "command": command,
            "target": { "stamp": stamp },
            "requestedBy": OPERATOR,
            "reason": "a drill",
        }))
    }

    /// The same for every stamp.
    pub fn about_the_fleet(command: &str, id: &str) -> Self {
        Self::about("", command, id).with("target", &json!("fleet"))
    }

    /// One about a cluster's id instead: `enroll` and `decommission`.
    pub fn about_cluster(cluster: &str, command: &str, id: &str) -> Self {
        Self::about("", command, id).without("target").with("cluster", &json!(cluster))
    }

    /// The same with another key, or another value.
    pub fn with(mut self, key: &str, value: &Value) -> Self {
        self.0[key] = value.clone();
        self
    }

    /// The same without a key.
    pub fn without(mut self, key: &str) -> Self {
        self.0.as_object_mut().map(|object| object.remove(key));
        self
    }

    /// The same, and it ends by itself.
    pub fn until(self, end: Timestamp) -> Self {
        self.with("expires", &json!(end.to_string()))
    }

    /// The same, only to see what would be done.
    pub fn dry(self) -> Self {
        self.with("dryRun", &json!(true))
    }
}

impl Scenario {
    /// Somebody puts a command on the queue.
    ///
    /// # Panics
    /// When there is no such queue.
    pub fn orders(&self, command: &Command) {
        self.sends_as_command(&command.0.to_string());
    }

    /// Somebody puts any text on the queue of commands.
    ///
    /// # Panics
    /// When there is no such queue.
    pub fn sends_as_command(&self, text: &str) {
        self.world.simulation.bus().send(COMMANDS, Outgoing::of(text.to_owned())).expect("a queue");
    }

    /// Somebody sends a command and waits a minute for the answer.
    ///
    /// # Panics
    /// When there is not exactly one.
    pub async fn asks(&mut self, command: &Command) -> CommandResult {
        let id = command.0["id"].as_str().expect("an id");
        self.orders(command);
        self.passes(MINUTE).await;
        let mut answers = self.results_of(id);
        assert_eq!(answers.len(), 1, "answers to {id}: {answers:#?}");
        answers.remove(0)
    }

    /// The same, and the answer must have this status.
    ///
    /// # Panics
    /// When it has another.
    pub async fn is_told(&mut self, command: &Command, status: Status) -> CommandResult {
        let answer = self.asks(command).await;
        assert_eq!(answer.status, status, "{answer:#?}");
        answer
    }

    /// Every answer that waits for whoever asked, in the order of arrival.
    ///
    /// # Panics
    /// When one has another shape than a result.
    #[must_use]
    pub fn results(&self) -> Vec<CommandResult> {
        let messages = self.world.simulation.bus().messages(RESULTS);
        let texts = messages.iter().map(Message::text).filter(|text| !is_notice(text));
        texts.map(|text| serde_json::from_str(&text).expect("a result")).collect()
    }

    /// The answers to one command.
    #[must_use]
    pub fn results_of(&self, id: &str) -> Vec<CommandResult> {
        let mut results = self.results();
        results.retain(|result| result.command_id == id);
        results
    }
}

/// All reasons of an answer, as one text.
#[must_use]
pub fn reasons(answer: &CommandResult) -> String {
    let of_stamps = answer.stamps.iter().flat_map(|stamp| &stamp.why_not);
    answer.why.iter().chain(of_stamps).cloned().collect::<Vec<_>>().join("\n")
}
