//! Ranges of IPv4 addresses.

use std::{net::Ipv4Addr, str::FromStr};

use anyhow::{Context as _, ensure};

/// A range in CIDR notation, such as `10.20.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    first: u32,
    last: u32,
}

impl Range {
    /// How many addresses it has.
    #[must_use]
    pub fn size(self) -> u64 {
        u64::from(self.last) - u64::from(self.first) + 1
    }

    /// Whether an address is in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether it has all addresses of the other.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

impl FromStr for Range {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (address, prefix) = text.split_once('/').with_context(|| format!("{text:?} is no CIDR range"))?;
        let first = u32::from(address.parse::<Ipv4Addr>().with_context(|| text.to_owned())?);
        let prefix: u32 = prefix.parse().with_context(|| text.to_owned())?;
        ensure!(prefix <= 32, "{text:?} is no CIDR range: a prefix has at most 32 bits");
        let host_bits = u32::MAX.checked_shr(prefix).unwrap_or(0);
        ensure!(first & host_bits == 0, "{text:?} is no CIDR range: it begins in the middle");
        Ok(Self { first, last: first | host_bits })
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    fn range(text: &str) -> Range {
        text.parse().expect("a range")
    }

    #[test]
    fn neighbours_do_not_overlap_and_a_part_does() {
        assert!(!range("10.10.0.0/16").overlaps(range("10.11.0.0/16")));
        assert!(range("10.10.0.0/16").overlaps(range("10.10.255.0/24")));
        assert!(range("10.10.255.0/24").overlaps(range("10.10.0.0/16")));
        assert!(range("0.0.0.0/0").overlaps(range("255.255.255.255/32")));
    }

    #[test]
    fn a_range_contains_its_parts_and_has_as_many_addresses_as_its_prefix_leaves() {
        assert!(range("10.10.16.0/20").contains(range("10.10.16.0/22")));
        assert!(!range("10.10.16.0/22").contains(range("10.10.16.0/20")));
        assert_eq!(range("10.10.16.0/22").size(), 1024);
        assert_eq!(range("0.0.0.0/0").size(), 1 << 32);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["10.10.0.0", "10.10.0.0/33", "10.10.0.1/16", "10.10.0/16", ""] {
            assert!(text.parse::<Range>().is_err(), "{text}");
        }
    }
}
