//! The three units of `DelayNs` as durations.
//!
//! `Duration::from_millis` and its siblings divide 64-bit integers, which takes a Cortex-M0 more than a kilobyte of flash. The
//! arguments of `DelayNs` have 32 bits, so 32-bit divisions are enough.

use core::time::Duration;

#[inline]
pub(crate) const fn nanos(ns: u32) -> Duration {
    Duration::new((ns / 1_000_000_000) as u64, ns % 1_000_000_000)
}

#[inline]
pub(crate) const fn micros(us: u32) -> Duration {
    Duration::new((us / 1_000_000) as u64, us % 1_000_000 * 1_000)
}

#[inline]
pub(crate) const fn millis(ms: u32) -> Duration {
    Duration::new((ms / 1_000) as u64, ms % 1_000 * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_unit_loses_anything() {
        let edges = [0, 1, 999, 1_000, 1_001, 999_999, 1_000_000, 999_999_999, 1_000_000_000];
        let steps = (0..=u32::MAX).step_by(9_999_991);
        for count in steps.chain(edges).chain([u32::MAX - 1, u32::MAX]) {
            assert_eq!(nanos(count), Duration::from_nanos(count.into()));
            assert_eq!(micros(count), Duration::from_micros(count.into()));
            assert_eq!(millis(count), Duration::from_millis(count.into()));
        }
    }
}
