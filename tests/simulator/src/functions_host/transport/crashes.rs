//! How many crashes the host bears.

use std::time::Duration;

use jiff::Timestamp;

/// The third error in a chain stops the host.
const ALLOWED: usize = 3;

/// Errors belong to one chain when each follows the one before within this time.
///
/// The figure is the host's; how exactly it counts was read, not observed.
const CHAIN: Duration = Duration::from_secs(30 * 60);

/// The errors of the current chain.
#[derive(Debug, Default)]
pub(super) struct Crashes {
    chain: Vec<Timestamp>,
}

impl Crashes {
    /// Counts an error. True when the host gives up.
    pub(super) fn one_more(&mut self, now: Timestamp) -> bool {
        let continues = |last: &Timestamp| last.checked_add(CHAIN).is_ok_and(|end| now <= end);
        if !self.chain.last().is_some_and(continues) {
            self.chain.clear();
        }
        self.chain.push(now);
        self.chain.len() >= ALLOWED
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::EPOCH;

    fn after(minutes: u64) -> Timestamp {
        EPOCH + Duration::from_secs(minutes * 60)
    }

    #[test]
    fn the_third_error_in_a_chain_is_one_too_many() {
        let mut crashes = Crashes::default();
        assert!(!crashes.one_more(after(0)));
        assert!(!crashes.one_more(after(30)));
        assert!(crashes.one_more(after(60)));
    }

    #[test]
    fn a_quiet_time_begins_a_new_chain() {
        let mut crashes = Crashes::default();
        assert!(!crashes.one_more(after(0)));
        assert!(!crashes.one_more(after(1)));
        assert!(!crashes.one_more(after(32)));
        assert!(!crashes.one_more(after(33)));
    }
}
