//! What an update run is made of, and where each part stands.

use jiff::Timestamp;

use super::offers::Version;

/// Where a run or a part of it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum UpdateState {
    #[default]
    NotStarted,
    Running,
    Pending,
    Stopping,
    Stopped,
    Skipped,
    Failed,
    Completed,
}

impl UpdateState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "NotStarted",
            Self::Running => "Running",
            Self::Pending => "Pending",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
            Self::Skipped => "Skipped",
            Self::Failed => "Failed",
            Self::Completed => "Completed",
        }
    }

    /// Whether a part in this state is passed and stays so.
    pub(super) fn is_passed(self) -> bool {
        matches!(self, Self::Completed | Self::Skipped)
    }

    pub(super) fn is_active(self) -> bool {
        matches!(self, Self::Running | Self::Pending)
    }
}

/// A state with its times and, for a failure or a wait, the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Status {
    pub state: UpdateState,
    pub started: Option<Timestamp>,
    pub completed: Option<Timestamp>,
    pub error: Option<Problem>,
}

/// Code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub code: &'static str,
    pub message: String,
}

impl Status {
    /// Moves to another state at `now`; the first active one starts the part. Skipped parts never started.
    pub(super) fn enter(&mut self, state: UpdateState, now: Timestamp) {
        if self.state == state {
            return;
        }
        if state.is_active() {
            self.started.get_or_insert(now);
        }
        self.state = state;
        let ends = matches!(state, UpdateState::Completed | UpdateState::Failed | UpdateState::Stopped);
        self.completed = ends.then_some(now);
        if state != UpdateState::Failed {
            self.error = None;
        }
    }

    pub(super) fn fail(&mut self, problem: Problem, now: Timestamp) {
        self.enter(UpdateState::Failed, now);
        self.error = Some(problem);
    }
}

/// One application of an update along a strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// In the casing in which it was created.
    pub id: String,
    /// When the run was created: what tells its gates from those of a namesake before it.
    pub created: Timestamp,
    pub update: Update,
    pub stages: Vec<Stage>,
    pub status: Status,
    /// What a caller asked for and the service has not acted on yet.
    pub asked: Option<Asked>,
    /// When to look at the run again.
    pub wake: Option<Timestamp>,
}

impl Run {
    /// Whether there is any reason to look at it.
    pub(super) fn is_live(&self) -> bool {
        let state = self.status.state;
        state.is_active() || state == UpdateState::Stopping || self.wake.is_some()
    }
}

/// A request that the service acts on later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub what: Request,
    pub due: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    Start,
    Stop,
}

/// What is applied to each cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Update {
    pub kind: Kind,
    /// Absent for node images only.
    pub version: Option<Version>,
    pub selection: Selection,
    /// The node image that all clusters get; chosen when a run with a consistent selection starts.
    pub image: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Full,
    NodeImageOnly,
    ControlPlaneOnly,
}

/// Which node image a cluster gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The newest in the cluster's region when its upgrade begins.
    Latest,
    /// The newest that all regions of the run have when it starts.
    Consistent,
}

/// How many at once, or of how many: a count or a share of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    Count(usize),
    Percent(usize),
}

impl Amount {
    /// The number out of `all`, rounded down.
    pub(super) fn of(self, all: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => all * percent / 100,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    pub name: String,
    pub groups: Vec<Group>,
    pub limits: Limits,
    pub before: Vec<Gate>,
    pub after: Vec<Gate>,
    pub wait_seconds: u64,
    pub wait: Status,
    pub status: Status,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub name: String,
    /// Whether it takes all members of the fleet instead of those that name it.
    pub everybody: bool,
    pub members: Vec<Member>,
    pub limits: Limits,
    pub before: Vec<Gate>,
    pub after: Vec<Gate>,
    pub status: Status,
}

/// What a stage or a group may do at once, and how much may go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub concurrency: Amount,
    pub failures: Amount,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub name: String,
    pub cluster: String,
    pub status: Status,
    pub message: Option<String>,
    /// The latest attempt's operation.
    pub operation: Option<String>,
    pub attempts: u32,
    /// When a pending member is looked at again.
    pub recheck: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gate {
    pub display_name: Option<String>,
    pub opening: Opening,
    /// The id of the gate once it is reached.
    pub id: Option<String>,
    pub status: Status,
}

/// What completes a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    Approval,
    /// The gate completes by itself.
    ScheduledStart(Timestamp),
}

impl Stage {
    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.groups.iter().flat_map(|group| &group.members)
    }

    /// How many of its members may be upgraded at once: at least one.
    pub(super) fn concurrency(&self) -> usize {
        self.limits.concurrency.of(self.members().count()).max(1)
    }

    pub(super) fn failures(&self) -> usize {
        self.groups.iter().map(Group::failures).sum()
    }

    pub(super) fn allowed_failures(&self) -> usize {
        self.limits.failures.of(self.members().count())
    }
}

impl Group {
    /// How many of its members may be upgraded at once: at least one.
    pub(super) fn concurrency(&self) -> usize {
        self.limits.concurrency.of(self.members.len()).max(1)
    }

    pub(super) fn running(&self) -> usize {
        self.in_state(UpdateState::Running)
    }

    pub(super) fn failures(&self) -> usize {
        self.in_state(UpdateState::Failed)
    }

    pub(super) fn allowed_failures(&self) -> usize {
        self.limits.failures.of(self.members.len())
    }

    fn in_state(&self, state: UpdateState) -> usize {
        self.members.iter().filter(|member| member.status.state == state).count()
    }
}
