//! What can be chosen about the simulated ARM. The defaults are what was observed or documented of the real
//! one.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::updates::UpdateSettings;

/// A token bucket: how many calls fit, and how many come back each second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Calls that fit.
    pub capacity: u32,
    /// Calls that come back each simulated second.
    pub refill_per_second: u32,
}

/// The limits per subscription, caller and kind of call. A subscription-wide limit of 15 times each spans all
/// callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// GET and HEAD.
    pub reads: Bucket,
    /// PUT, PATCH and POST.
    pub writes: Bucket,
    /// DELETE.
    pub deletes: Bucket,
}

impl Default for Limits {
    /// The documented numbers: 250 reads refilled by 25 a second, 200 writes and 200 deletes refilled by 10 a
    /// second.
    fn default() -> Self {
        let reads = Bucket { capacity: 250, refill_per_second: 25 };
        let writes = Bucket { capacity: 200, refill_per_second: 10 };
        Self { reads, writes, deletes: writes }
    }
}

/// The choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long each answer is held back, in the time of the async runtime (real, or virtual when paused).
    /// Requests that arrive meanwhile count as sent side by side; with none, each may count as sent after the
    /// other.
    pub latency: Duration,
    /// Items on a page of a list.
    pub page_size: usize,
    /// Whether every list begins with an empty page that has a `nextLink`.
    pub empty_first_page: bool,
    /// The limits on calls; `None` for none. Tokens come back with simulated time only: a run that makes more
    /// calls than a bucket holds while the clock stands still needs larger buckets, or none.
    pub limits: Option<Limits>,
    /// Front Door's own limit on origin writes, in each subscription. That it starts at 100 was observed; how
    /// fast it refills is a guess.
    pub origin_writes: Bucket,
    /// How long a fleet's operations take, in simulated seconds.
    pub fleet_operation_seconds: RangeInclusive<u64>,
    /// How long a Front Door operation takes, in simulated seconds.
    pub front_door_operation_seconds: RangeInclusive<u64>,
    /// `Retry-After` in seconds on answers that begin a long-running operation and on its polls; the real
    /// services sent none.
    pub operation_retry_after_seconds: Option<u64>,
    /// The status of `ClusterAlreadyJoinedAnotherFleet`; not documented.
    pub already_joined_status: u16,
    /// Whether joining or leaving is refused with 409 while the cluster itself is in mid-operation; likely,
    /// not verified.
    pub refuse_join_of_busy_cluster: bool,
    /// The status of the refusal to disable or delete the last enabled origin; not documented.
    pub last_origin_status: u16,
    /// How long a new principal is unknown to role assignments, in simulated seconds.
    pub principal_replication_seconds: u64,
    /// How long a new role assignment is hidden from GET and lists, in simulated seconds.
    pub role_assignment_lag_seconds: u64,
    /// How update runs and upgrades of clusters go.
    pub updates: UpdateSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            latency: Duration::from_millis(25),
            page_size: 100,
            empty_first_page: false,
            limits: Some(Limits::default()),
            origin_writes: Bucket { capacity: 100, refill_per_second: 1 },
            fleet_operation_seconds: 4..=20,
            front_door_operation_seconds: 5..=30,
            operation_retry_after_seconds: None,
            already_joined_status: 400,
            refuse_join_of_busy_cluster: true,
            last_origin_status: 400,
            principal_replication_seconds: 0,
            role_assignment_lag_seconds: 0,
            updates: UpdateSettings::default(),
        }
    }
}
