//! Conversions between durations and ticks, for adapters of clocks that count ticks.
//!
//! - They are exact: one rounds up to a tick, the other rounds down to a nanosecond.
//! - They work at every rate up to 8.5 GHz. A rate that is 0 or higher is a compile error.
//! - They divide only 32-bit integers at most rates, and at every rate of `embassy-time-driver`. On a Cortex-M0 a 64-bit
//!   division is a library routine of more than a kilobyte and of hundreds of instructions.
//!
//! ```
//! use anytempo::ticks;
//! use core::time::Duration;
//!
//! assert_eq!(ticks::from_duration::<32_768>(Duration::from_millis(1)), 33);
//! assert_eq!(ticks::to_duration::<32_768>(33), Duration::from_nanos(1_007_080));
//! ```

use core::time::Duration;

const NANOS: u64 = 1_000_000_000;

/// No clock runs for so many ticks.
const TOO_LONG: u64 = 1 << 63;

/// Converts to the least number of ticks that is not shorter than `duration`.
///
/// Where that number is 2^63 or more, the result is from 2^63 to 2^63 + 2 * `HZ`.
#[inline]
pub fn from_duration<const HZ: u64>(duration: Duration) -> u64 {
    const { Rate::new(HZ) }.ceil_ticks(duration)
}

/// Converts to the time that so many ticks take, rounded down to a nanosecond. Every number of ticks has one.
#[inline]
pub fn to_duration<const HZ: u64>(ticks: u64) -> Duration {
    const { Rate::new(HZ) }.to_duration(ticks)
}

/// A tick rate and what follows from it.
///
/// It is a value, so that the tests can make one of every rate that is offered. Its methods are inlined where it is a
/// constant, which decides all branches on it.
struct Rate {
    hz: u64,
    /// In lowest terms: `ticks` ticks take `nanos` nanoseconds.
    ticks: u64,
    nanos: u64,
    /// `odd << shift` is the rate.
    odd: u64,
    shift: u32,
    /// How to divide by `odd`: in so many steps, of so many bits each.
    steps: u32,
    bits: u32,
}

impl Rate {
    const fn new(hz: u64) -> Self {
        // So the products below stay within 64 bits.
        assert!(0 < hz && hz < 1 << 33, "the tick rate is above 8.5 GHz");
        let divisor = greatest_common_divisor(hz, NANOS);
        let (ticks, nanos) = (hz / divisor, NANOS / divisor);
        let shift = hz.trailing_zeros();
        let odd = hz >> shift;
        // The remainder of one step and the digits of the next share 32 bits.
        let steps = match odd.leading_zeros().saturating_sub(32) {
            0 => 1,
            most => (64 - shift).div_ceil(most),
        };
        Self { hz, ticks, nanos, odd, shift, steps, bits: (64 - shift).div_ceil(steps) }
    }

    #[inline(always)]
    fn ceil_ticks(&self, duration: Duration) -> u64 {
        // The only check: these seconds are enough to be too long, and nothing after this can overflow.
        let seconds = duration.as_secs().min(TOO_LONG / self.hz + 1);
        seconds * self.hz + self.ceil_nanos(duration.subsec_nanos())
    }

    /// Converts less than a second's nanoseconds to ticks, rounded up.
    #[inline(always)]
    fn ceil_nanos(&self, nanos: u32) -> u64 {
        if !self.is_narrow() && !self.is_narrow_in_two() {
            return (u64::from(nanos) * self.ticks).div_ceil(self.nanos);
        }
        let (ticks, divisor) = (self.ticks as u32, self.nanos as u32);
        if ticks == 1 {
            // In this form the compiler sees that whole milliseconds leave no remainder.
            return u64::from(nanos.div_ceil(divisor));
        }
        let rounding = divisor - 1;
        let (whole, rest) = (nanos / divisor, nanos % divisor);
        let part = if self.is_narrow() {
            (rest * ticks + rounding) / divisor
        } else {
            // Long division, with two digits for the power of two.
            let (first, second) = self.halves();
            let (high, rest) = ((rest << first) / divisor, (rest << first) % divisor);
            (high << second) + ((rest << second) + rounding) / divisor
        };
        if self.hz <= u32::MAX as u64 {
            u64::from(whole * ticks + part)
        } else {
            u64::from(whole) * self.ticks + u64::from(part)
        }
    }

    #[inline(always)]
    fn to_duration(&self, ticks: u64) -> Duration {
        let (seconds, rest) = self.seconds(ticks);
        let nanos = if self.is_narrow() && self.hz <= u32::MAX as u64 {
            let (rest, divisor, nanos) = (rest as u32, self.ticks as u32, self.nanos as u32);
            rest / divisor * nanos + rest % divisor * nanos / divisor
        } else {
            // A shift, where the divisor is a power of two.
            (rest * self.nanos / self.ticks) as u32
        };
        // Always below a second, which the compiler does not see at every rate: it would keep the panic of `new`.
        Duration::new(seconds, nanos.min(NANOS as u32 - 1))
    }

    /// Divides by the rate: the whole seconds in so many ticks, and the ticks that are left.
    #[inline(always)]
    fn seconds(&self, ticks: u64) -> (u64, u64) {
        if self.odd == 1 {
            return (ticks >> self.shift, ticks & (self.hz - 1));
        }
        if !self.divides_in_steps() {
            return (ticks / self.hz, ticks % self.hz);
        }
        // Long division in one word: digits leave it at the upper end, and those of the quotient enter at the lower one.
        let mut word = ticks >> self.shift << (64 - self.steps * self.bits);
        let mut rest = 0;
        for _ in 0..self.steps {
            let part = rest << self.bits | (word >> (64 - self.bits)) as u32;
            word = word << self.bits | u64::from(part / self.odd as u32);
            rest = part % self.odd as u32;
        }
        (word, u64::from(rest) << self.shift | ticks & ((1 << self.shift) - 1))
    }

    /// Whether the remainder of a division by `nanos` or `ticks` can be multiplied by the other, and rounded up, in 32 bits.
    const fn is_narrow(&self) -> bool {
        (self.ticks + 1).saturating_mul(self.nanos) <= u32::MAX as u64
    }

    /// The same, if it is multiplied in two steps.
    const fn is_narrow_in_two(&self) -> bool {
        let most = (1 << self.halves().1) + 1;
        self.ticks.is_power_of_two()
            && most * self.nanos <= u32::MAX as u64
            && self.hz <= u32::MAX as u64
    }

    /// The two shifts that together multiply by `ticks`, if it is a power of two. The second is not the smaller one.
    const fn halves(&self) -> (u32, u32) {
        let all = self.ticks.trailing_zeros();
        (all / 2, all.div_ceil(2))
    }

    const fn divides_in_steps(&self) -> bool {
        self.steps * self.bits <= 64 && self.bits + self.odd.ilog2() < 32
    }
}

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

// Too much arithmetic for Miri, in which there is no unsafe.
#[cfg(all(test, not(miri)))]
mod tests;
