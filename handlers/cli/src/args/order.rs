//! Commands as they are typed, and the typed orders that they mean.

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use fleet_core::{
    command::{GuardRule, Order, ReleaseOwner, StatedHealth, Target},
    ids::ArmId,
};
use jiff::{SignedDuration, Timestamp};

use super::expiry::{Expiry, ending};

/// A command to the app.
#[derive(Debug, Clone, Subcommand)]
pub enum OrderAct {
    /// Take stamps out of traffic and keep them out, if the guard allows.
    Drain(Typed<Holding>),
    /// End one's own drain; the stamps come back step by step.
    Restore(Typed<Named>),
    /// Keep stamps out that are out already.
    Hold(Typed<Holding>),
    /// Release an operator's hold by its name, that of an update which failed, or that of an unknown owner.
    Release(Typed<Releasing>),
    /// State stamps' health; it outweighs all other evidence until it ends.
    StateHealth(Typed<Stating>),
    /// Enrol a cluster, also one that was decommissioned before.
    Enroll(Typed<Cluster>),
    /// Take a stamp apart although its cluster exists.
    Decommission(Typed<Cluster>),
    /// Look at stamps now and bring them to what is wanted.
    Reconcile(Typed<TargetArgs>),
    /// Approve a gate of an update run once its evidence is complete, without waiting for the soak.
    ApproveGate(Typed<Gate>),
    /// Start an update run that has not begun, was stopped, or failed.
    StartUpdate(Typed<Run>),
    /// Stop an update run; what is in flight ends first.
    StopUpdate(Typed<Run>),
    /// Make and start a follow-up run for just the members that failed in a run.
    RetryFailed(Typed<Run>),
    /// Break glass: let what a guard forbids pass, at most for 24 hours.
    Override(Typed<Breaking>),
}

/// What one command asks, and what every command has.
#[derive(Debug, Clone, Args)]
pub struct Typed<T: Args> {
    #[command(flatten)]
    what: T,
    #[command(flatten)]
    sending: Sending,
}

/// A hold on stamps.
#[derive(Debug, Clone, Args)]
pub struct Holding {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    expiry: Expiry,
}

/// Stamps, and a hold's name.
#[derive(Debug, Clone, Args)]
pub struct Named {
    #[command(flatten)]
    target: TargetArgs,
    /// The hold's name; the requester's where left out.
    #[arg(long, value_name = "NAME")]
    hold: Option<String>,
}

/// The end of somebody's hold.
#[derive(Debug, Clone, Args)]
pub struct Releasing {
    #[command(flatten)]
    named: Named,
    /// Whose hold.
    #[arg(long, default_value = "operator", value_parser = one_of(&OWNERS))]
    owner: ReleaseOwner,
    /// That of an update which failed on the stamp: short for `--owner update`.
    #[arg(long, conflicts_with_all = ["owner", "hold"])]
    update: bool,
}

/// A statement about health.
#[derive(Debug, Clone, Args)]
#[command(group = ending())]
pub struct Stating {
    #[command(flatten)]
    target: TargetArgs,
    /// What is stated; `unknown` takes a statement back.
    #[arg(long, value_parser = one_of(&HEALTH))]
    health: StatedHealth,
    #[command(flatten)]
    expiry: Expiry,
}

/// A cluster.
#[derive(Debug, Clone, Args)]
pub struct Cluster {
    /// The cluster's resource id.
    cluster: ArmId,
}

/// A gate.
#[derive(Debug, Clone, Args)]
pub struct Gate {
    /// The gate's resource id, or its name, a GUID.
    gate: String,
}

/// An update run.
#[derive(Debug, Clone, Args)]
pub struct Run {
    /// The run's name.
    run: String,
}

/// An override.
#[derive(Debug, Clone, Args)]
#[command(group = ending())]
pub struct Breaking {
    #[command(flatten)]
    target: TargetArgs,
    /// Which guard.
    #[arg(long, value_parser = one_of(&GuardRule::ALL))]
    guard: GuardRule,
    #[command(flatten)]
    expiry: Expiry,
}

/// Which stamps.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct TargetArgs {
    /// The cluster's name, or its resource id where several have that name.
    #[arg(value_name = "STAMP")]
    stamp: Option<String>,
    /// Every stamp of a region.
    #[arg(long)]
    region: Option<String>,
    /// Every stamp.
    #[arg(long)]
    fleet: bool,
}

/// What every command has.
#[derive(Debug, Clone, Args)]
pub struct Sending {
    /// Why, in words.
    #[arg(long, short)]
    pub reason: String,
    /// Who asks; also the name of holds that are given none.
    #[arg(long = "as", env = "FLEETCTL_AS", value_name = "NAME")]
    pub requester: Option<String>,
    /// Only ask what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Repeat an earlier command, or give this one an id of one's own; a new id where left out. The app does a command
    /// of one id once.
    #[arg(long)]
    pub id: Option<String>,
    /// How long to wait for the answer, such as 90s or 5m.
    #[arg(long, default_value = "3m", value_name = "DURATION")]
    pub timeout: SignedDuration,
    /// Do not wait for the answer.
    #[arg(long, conflicts_with = "timeout")]
    pub no_wait: bool,
}

const OWNERS: [(&str, ReleaseOwner); 3] = [
    ("operator", ReleaseOwner::Operator),
    ("update", ReleaseOwner::Update),
    ("unknown", ReleaseOwner::Unknown),
];

const HEALTH: [(&str, StatedHealth); 3] =
    [("good", StatedHealth::Good), ("bad", StatedHealth::Bad), ("unknown", StatedHealth::Unknown)];

/// Spelt as in the command's JSON, and completed by shells.
fn one_of<T: Copy + Send + Sync + 'static>(
    spelt: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    let names = PossibleValuesParser::new(spelt.iter().map(|(name, _)| *name));
    names.try_map(move |typed| {
        spelt.iter().find(|(name, _)| *name == typed).map(|(_, value)| *value).ok_or("is not among them")
    })
}

impl TargetArgs {
    fn target(self) -> Target {
        match (self.stamp, self.region) {
            (Some(stamp), _) => Target::Stamp(stamp),
            (None, Some(region)) => Target::Region(region),
            (None, None) => Target::Fleet,
        }
    }
}

impl OrderAct {
    /// What every command has.
    #[must_use]
    pub fn sending(&self) -> &Sending {
        match self {
            Self::Drain(typed) | Self::Hold(typed) => &typed.sending,
            Self::Restore(typed) => &typed.sending,
            Self::Release(typed) => &typed.sending,
            Self::StateHealth(typed) => &typed.sending,
            Self::Enroll(typed) | Self::Decommission(typed) => &typed.sending,
            Self::Reconcile(typed) => &typed.sending,
            Self::ApproveGate(typed) => &typed.sending,
            Self::StartUpdate(typed) | Self::StopUpdate(typed) | Self::RetryFailed(typed) => &typed.sending,
            Self::Override(typed) => &typed.sending,
        }
    }

    /// What is asked, at `now`.
    #[must_use]
    pub fn order(self, now: Timestamp) -> Order {
        match self {
            Self::Drain(Typed { what: Holding { named: Named { target, hold }, expiry }, .. }) => {
                Order::Drain { target: target.target(), hold, expires: expiry.at(now) }
            }
            Self::Restore(Typed { what: Named { target, hold }, .. }) => {
                Order::Restore { target: target.target(), hold }
            }
            Self::Hold(Typed { what: Holding { named: Named { target, hold }, expiry }, .. }) => {
                Order::Hold { target: target.target(), hold, expires: expiry.at(now) }
            }
            Self::Release(Typed {
                what: Releasing { named: Named { target, hold }, owner, update }, ..
            }) => {
                let owner = if update { ReleaseOwner::Update } else { owner };
                Order::Release { target: target.target(), owner, hold }
            }
            Self::StateHealth(Typed { what: Stating { target, health, expiry }, .. }) => {
                Order::StateHealth { target: target.target(), health, expires: expiry.required(now) }
            }
            Self::Enroll(Typed { what: Cluster { cluster }, .. }) => Order::Enroll { cluster },
            Self::Decommission(Typed { what: Cluster { cluster }, .. }) => Order::Decommission { cluster },
            Self::Reconcile(Typed { what: target, .. }) => Order::Reconcile { target: target.target() },
            Self::ApproveGate(Typed { what: Gate { gate }, .. }) => Order::ApproveGate { gate },
            Self::StartUpdate(Typed { what: Run { run }, .. }) => Order::StartUpdate { run },
            Self::StopUpdate(Typed { what: Run { run }, .. }) => Order::StopUpdate { run },
            Self::RetryFailed(Typed { what: Run { run }, .. }) => Order::RetryFailed { run },
            Self::Override(Typed { what: Breaking { target, guard, expiry }, .. }) => {
                Order::Override { target: target.target(), guard, expires: expiry.required(now) }
            }
        }
    }
}
