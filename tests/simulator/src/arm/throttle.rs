//! The token buckets that ARM keeps per subscription, caller and kind of call, and the headers that show
//! them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::error::{self, ArmError};
use super::exchange::{ArmResponse, Headers};
use super::settings::{Bucket, Limits};

/// How many times a caller's bucket the bucket of the whole subscription holds.
const GLOBAL_FACTOR: u32 = 15;

/// Reads, writes and deletes are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Reads,
    Writes,
    Deletes,
}

impl Kind {
    pub(crate) fn of(method: &str) -> Self {
        match method {
            "GET" | "HEAD" => Self::Reads,
            "DELETE" => Self::Deletes,
            _ => Self::Writes,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Deletes => "deletes",
        }
    }

    fn bucket(self, limits: &Limits) -> Bucket {
        match self {
            Self::Reads => limits.reads,
            Self::Writes => limits.writes,
            Self::Deletes => limits.deletes,
        }
    }
}

/// What is left in one bucket, in thousandths of a call, and since when.
#[derive(Debug, Clone, Copy)]
struct Level {
    milli_tokens: u64,
    at: Timestamp,
}

/// All buckets.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    levels: BTreeMap<(String, Kind), Level>,
}

/// What the buckets show after a call.
pub(crate) struct Remaining {
    kind: Kind,
    tenant_wide: bool,
    own: u64,
    global: u64,
}

impl Throttle {
    /// Takes one token from the caller's and from the subscription's bucket. `subscription` is `None` for
    /// tenant-wide calls.
    pub(crate) fn take(
        &mut self,
        limits: &Limits,
        subscription: Option<&str>,
        caller: &str,
        kind: Kind,
        now: Timestamp,
    ) -> Result<Remaining, ArmError> {
        let scope = subscription.unwrap_or("tenant").to_ascii_lowercase();
        let own = kind.bucket(limits);
        let global = Bucket {
            capacity: own.capacity.saturating_mul(GLOBAL_FACTOR),
            refill_per_second: own.refill_per_second.saturating_mul(GLOBAL_FACTOR),
        };
        let own_left = self.take_one((format!("{scope}/{caller}"), kind), own, now)?;
        let global_left = self.take_one((scope, kind), global, now)?;
        Ok(Remaining { kind, tenant_wide: subscription.is_none(), own: own_left, global: global_left })
    }

    /// Takes one token from a provider's own bucket, and answers how many are left.
    pub(crate) fn take_own(
        &mut self,
        provider: &str,
        bucket: Bucket,
        now: Timestamp,
    ) -> Result<u64, ArmError> {
        self.take_one((provider.to_ascii_lowercase(), Kind::Writes), bucket, now)
    }

    fn take_one(&mut self, key: (String, Kind), bucket: Bucket, now: Timestamp) -> Result<u64, ArmError> {
        let full = u64::from(bucket.capacity) * 1000;
        let level = self.levels.entry(key).or_insert(Level { milli_tokens: full, at: now });
        let elapsed = u64::try_from(now.duration_since(level.at).as_millis()).unwrap_or_default();
        let refilled = elapsed.saturating_mul(u64::from(bucket.refill_per_second));
        *level = Level { milli_tokens: level.milli_tokens.saturating_add(refilled).min(full), at: now };
        if level.milli_tokens < 1000 {
            let missing = 1000 - level.milli_tokens;
            let per_second = u64::from(bucket.refill_per_second.max(1)) * 1000;
            return Err(error::throttled(Some(missing.div_ceil(per_second).max(1))));
        }
        level.milli_tokens -= 1000;
        Ok(level.milli_tokens / 1000)
    }
}

impl Remaining {
    /// Adds the rate-limit headers, unless the provider has set its own (`…-resource-requests`), which
    /// replaces ours.
    pub(crate) fn show(&self, response: &mut ArmResponse) {
        const PREFIX: &str = "x-ms-ratelimit-remaining";
        let name = self.kind.name();
        let headers: &mut Headers = &mut response.headers;
        if headers.contains_key(&format!("{PREFIX}-subscription-resource-requests")) {
            return;
        }
        if self.tenant_wide {
            headers.insert(format!("{PREFIX}-tenant-{name}"), self.own.to_string());
        } else {
            headers.insert(format!("{PREFIX}-subscription-{name}"), self.own.to_string());
            headers.insert(format!("{PREFIX}-subscription-global-{name}"), self.global.to_string());
        }
    }
}
