//! Keyed randomness: a random choice is a function of the seed and of a stable name of what is being chosen.
//!
//! A generator that hands out "the next number" would make outcomes depend on which of two concurrent callers
//! came first. Here each choice names itself, for instance by method, resource id and attempt, and gets the
//! same answer in every order.

use uuid::Uuid;

/// The seed of a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// 128 pseudo-random bits for `key`. Parts are kept apart, so `["a", "bc"]` and `["ab", "c"]` differ.
    fn bits(self, key: &[&str]) -> Uuid {
        let namespace = Uuid::from_u64_pair(self.0, 0x666c_6565_7421);
        Uuid::new_v5(&namespace, key.join("\u{1f}").as_bytes())
    }

    /// A pseudo-random number for `key`.
    #[must_use]
    pub fn number(self, key: &[&str]) -> u64 {
        // The low half carries the two fixed variant bits at its top; the high half only the version nibble
        // in the middle.
        let (high, low) = self.bits(key).as_u64_pair();
        high ^ low.rotate_left(17)
    }

    /// A number for `key` from `low` to `high`, both included; `low` when the range is empty.
    #[must_use]
    pub fn between(self, low: u64, high: u64, key: &[&str]) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        low + self.number(key) % span
    }

    /// True for about `per_mille` of 1000 keys.
    #[must_use]
    pub fn happens(self, per_mille: u64, key: &[&str]) -> bool {
        self.number(key) % 1000 < per_mille
    }

    /// A GUID for `key`, shaped like a random one (version 4).
    #[must_use]
    pub fn guid(self, key: &[&str]) -> Uuid {
        uuid::Builder::from_random_bytes(self.bits(key).into_bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests;
