//! Counting calls: reads, writes, and how many of them had to follow one another.

use std::collections::BTreeMap;

/// The calls of one correlation id, or of all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// GET and HEAD.
    pub reads: u32,
    /// PUT, PATCH, POST and DELETE.
    pub writes: u32,
    /// Answers with status 400 and above, and lost ones.
    pub failed: u32,
    /// Calls that changed the stored state.
    pub changes: u32,
    /// Sequential round trips: the longest chain of calls each of which was sent after the answer to another
    /// had been released. Calls sent side by side count as one.
    pub sequential_round_trips: u32,
}

/// A call that has arrived and not yet been answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a call that is never released does not count as a round trip for the calls after it"]
pub(crate) struct Ticket {
    correlation: String,
    depth: u32,
}

impl Ticket {
    pub(crate) fn correlation(&self) -> &str {
        &self.correlation
    }
}

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    by_correlation: BTreeMap<String, Chain>,
    total: CallCounts,
}

#[derive(Debug, Default)]
struct Chain {
    counts: CallCounts,
    /// The depth of the deepest call whose answer has been released.
    released: u32,
}

impl Traffic {
    /// Notes a call's arrival.
    pub(crate) fn arrive(&mut self, correlation: &str, method: &str) -> Ticket {
        let chain = self.by_correlation.entry(correlation.to_ascii_lowercase()).or_default();
        let depth = chain.released + 1;
        for counts in [&mut chain.counts, &mut self.total] {
            counts.sequential_round_trips = counts.sequential_round_trips.max(depth);
            match method {
                "GET" | "HEAD" => counts.reads += 1,
                _ => counts.writes += 1,
            }
        }
        Ticket { correlation: correlation.to_ascii_lowercase(), depth }
    }

    /// Notes what became of it.
    pub(crate) fn decided(&mut self, ticket: &Ticket, failed: bool, changed: bool) {
        let chain = self.by_correlation.entry(ticket.correlation.clone()).or_default();
        for counts in [&mut chain.counts, &mut self.total] {
            counts.failed += u32::from(failed);
            counts.changes += u32::from(changed);
        }
    }

    /// Notes that the caller has its answer.
    pub(crate) fn release(&mut self, ticket: &Ticket) {
        if let Some(chain) = self.by_correlation.get_mut(&ticket.correlation) {
            chain.released = chain.released.max(ticket.depth);
        }
    }

    /// The calls of one correlation id.
    pub(crate) fn of(&self, correlation: &str) -> CallCounts {
        self.by_correlation
            .get(&correlation.to_ascii_lowercase())
            .map(|chain| chain.counts)
            .unwrap_or_default()
    }

    /// The calls of each correlation id.
    pub(crate) fn each(&self) -> BTreeMap<String, CallCounts> {
        self.by_correlation.iter().map(|(id, chain)| (id.clone(), chain.counts)).collect()
    }

    /// All calls. The round trips are those of the longest chain of any one correlation id.
    pub(crate) fn total(&self) -> CallCounts {
        self.total
    }

    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::Traffic;

    #[test]
    fn calls_sent_side_by_side_are_one_round_trip() {
        let mut traffic = Traffic::default();
        let first = traffic.arrive("C", "GET");
        let second = traffic.arrive("c", "GET");
        traffic.release(&first);
        traffic.release(&second);
        assert_eq!(traffic.of("c").sequential_round_trips, 1);
        assert_eq!(traffic.of("c").reads, 2);
    }

    #[test]
    fn a_call_sent_after_an_answer_is_one_deeper_even_while_others_wait() {
        let mut traffic = Traffic::default();
        let first = traffic.arrive("c", "GET");
        let slow = traffic.arrive("c", "GET");
        traffic.release(&first);
        let next = traffic.arrive("c", "PUT");
        traffic.release(&next);
        traffic.release(&slow);
        assert_eq!(traffic.of("c").sequential_round_trips, 2);
    }

    #[test]
    fn causes_do_not_lengthen_each_other() {
        let mut traffic = Traffic::default();
        for correlation in ["a", "b", "c"] {
            let ticket = traffic.arrive(correlation, "GET");
            traffic.release(&ticket);
        }
        assert_eq!(traffic.total().sequential_round_trips, 1);
    }
}
