//! Durations to ticks and back, without a division of 64 bits where the tick rate allows it.
//!
//! On a Cortex-M0 such a division is a library routine of about a kilobyte and of hundreds of instructions. `Duration`
//! keeps seconds and nanoseconds apart, so that for the usual rates a division of 32 bits does: all branches on the rate
//! are decided when compiling.

use core::time::Duration;

const NANOS: u64 = 1_000_000_000;

/// A rate against nanoseconds, as a fraction in its lowest terms: `TICKS` ticks are `NANOS` nanoseconds.
struct Ratio<const HZ: u64>;

impl<const HZ: u64> Ratio<HZ> {
    const TICKS: u64 = HZ / greatest_common_divisor(HZ, NANOS);
    const NANOS: u64 = NANOS / greatest_common_divisor(HZ, NANOS);
    /// Whether what is left of a division by the one can be multiplied by the other within 32 bits.
    const NARROW: bool = Self::TICKS.saturating_mul(Self::NANOS) <= u32::MAX as u64;
}

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The least number of ticks that is not shorter than `duration`; `u64::MAX` if there is none.
pub(crate) fn from_duration<const HZ: u64>(duration: Duration) -> u64 {
    // A product of 96 bits, whose upper 32 must be zero.
    let seconds = duration.as_secs();
    let upper = (seconds >> 32) * HZ;
    let lower = (seconds & u64::from(u32::MAX)) * HZ;
    if upper >> 32 != 0 {
        return u64::MAX;
    }
    let (whole, wrapped) = (upper << 32).overflowing_add(lower);
    if wrapped { u64::MAX } else { whole.saturating_add(ceil_nanos::<HZ>(duration.subsec_nanos())) }
}

/// The least number of ticks that is not shorter than so many nanoseconds, of which there are less than a second's.
fn ceil_nanos<const HZ: u64>(nanos: u32) -> u64 {
    if Ratio::<HZ>::NARROW {
        let (ticks, divisor) = (Ratio::<HZ>::TICKS as u32, Ratio::<HZ>::NANOS as u32);
        let (whole, rest) = (nanos / divisor, nanos % divisor);
        u64::from(whole * ticks + (rest * ticks).div_ceil(divisor))
    } else {
        (u64::from(nanos) * HZ).div_ceil(NANOS)
    }
}

/// So many ticks, rounded down to a nanosecond. No number of ticks is beyond the range of a duration.
pub(crate) fn to_duration<const HZ: u64>(ticks: u64) -> Duration {
    let (seconds, rest) = seconds::<HZ>(ticks);
    let nanos = if Ratio::<HZ>::NARROW {
        let (divisor, nanos) = (Ratio::<HZ>::TICKS as u32, Ratio::<HZ>::NANOS as u32);
        rest / divisor * nanos + rest % divisor * nanos / divisor
    } else {
        (u64::from(rest) * NANOS / HZ) as u32
    };
    // Always below a second, which the compiler does not see at every rate: it would keep the panic of `new`.
    Duration::new(seconds, nanos.min(NANOS as u32 - 1))
}

/// The whole seconds in so many ticks, and the ticks that are left.
fn seconds<const HZ: u64>(ticks: u64) -> (u64, u32) {
    if HZ.is_power_of_two() {
        (ticks >> HZ.trailing_zeros(), (ticks & (HZ - 1)) as u32)
    } else if HZ <= u16::MAX as u64 {
        divide(ticks, HZ as u32)
    } else if HZ.is_multiple_of(1000) && HZ / 1000 <= u16::MAX as u64 {
        let (thousands, units) = divide(ticks, 1000);
        let (seconds, rest) = divide(thousands, (HZ / 1000) as u32);
        (seconds, rest * 1000 + units)
    } else {
        (ticks / HZ, (ticks % HZ) as u32)
    }
}

/// Division by hand, with digits of 16 bits. The divisor has one digit.
fn divide(dividend: u64, divisor: u32) -> (u64, u32) {
    let (mut quotient, mut rest) = (0, 0);
    for digit in [48, 32, 16, 0] {
        let part = rest << 16 | (dividend >> digit) as u32 & u32::from(u16::MAX);
        quotient = quotient << 16 | u64::from(part / divisor);
        rest = part % divisor;
    }
    (quotient, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rates of real boards: three that are even, three that are not, and some beyond the narrow path.
    fn at_every_rate(check: impl Fn(u64, fn(Duration) -> u64, fn(u64) -> Duration)) {
        check(1, from_duration::<1>, to_duration::<1>);
        check(1_000, from_duration::<1_000>, to_duration::<1_000>);
        check(32_768, from_duration::<32_768>, to_duration::<32_768>);
        check(1_000_000, from_duration::<1_000_000>, to_duration::<1_000_000>);
        check(16_000_000, from_duration::<16_000_000>, to_duration::<16_000_000>);
        check(133_000_000, from_duration::<133_000_000>, to_duration::<133_000_000>);
        check(12_345_678, from_duration::<12_345_678>, to_duration::<12_345_678>);
        check(1_000_000_000, from_duration::<1_000_000_000>, to_duration::<1_000_000_000>);
    }

    fn durations() -> impl Iterator<Item = Duration> {
        let nanos =
            [0, 1, 999, 1_000, 1_001, 30_517, 30_518, 999_999, 1_000_000, 500_000_001, 999_999_999];
        let spread = (0..1000).map(|it: u32| it.wrapping_mul(2_654_435_761) % 1_000_000_000);
        let seconds =
            [0, 1, 59, u64::from(u32::MAX), 1 << 33, 1 << 40, u64::MAX / 32_768, u64::MAX];
        let nanos: [u32; 1011] = core::array::from_fn({
            let mut all = nanos.into_iter().chain(spread);
            move |_| all.next().unwrap_or(0)
        });
        seconds.into_iter().flat_map(move |it| nanos.into_iter().map(move |n| Duration::new(it, n)))
    }

    #[test]
    fn ticks_are_the_least_that_are_not_shorter() {
        at_every_rate(|hz, from_duration, _| {
            for duration in durations() {
                let exact = (duration.as_nanos() * u128::from(hz)).div_ceil(u128::from(NANOS));
                let expected = u64::try_from(exact).unwrap_or(u64::MAX);
                assert_eq!(from_duration(duration), expected, "{duration:?} at {hz} Hz");
            }
        });
    }

    #[test]
    fn durations_are_rounded_down_and_cover_every_tick() {
        at_every_rate(|hz, from_duration, to_duration| {
            let spread =
                (0..1000_u64).map(|it| it.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (it % 64));
            for ticks in
                [0, 1, 2, hz - 1, hz, hz + 1, u64::MAX - 1, u64::MAX].into_iter().chain(spread)
            {
                let exact = u128::from(ticks) * u128::from(NANOS) / u128::from(hz);
                assert_eq!(to_duration(ticks).as_nanos(), exact, "{ticks} ticks at {hz} Hz");
            }
            for duration in durations().filter(|it| from_duration(*it) < u64::MAX) {
                assert!(
                    to_duration(from_duration(duration)) >= duration,
                    "{duration:?} at {hz} Hz"
                );
            }
        });
    }
}
