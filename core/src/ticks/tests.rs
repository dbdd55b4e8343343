//! Every rate that `embassy-time-driver` offers, against 128-bit arithmetic.
//!
//! A build has one rate, so the tests make a `Rate` of each at run time. The list of rates is the manifest of the driver.

extern crate std;

use core::time::Duration;
use std::process::Command;
use std::string::String;
use std::vec::Vec;

use super::{NANOS, Rate, TOO_LONG};

/// Rates that are no feature of the driver: of real clocks, and some that no step of the conversion likes.
const NOT_OFFERED: [u64; 14] = [
    3,
    7,
    1_193_182,
    3_579_545,
    12_345_678,
    33_333_333,
    84_000_000,
    125_000_000,
    168_000_000,
    2_147_483_647,
    4_294_967_291,
    4_294_967_296,
    4_294_967_311,
    8_589_934_591,
];

/// What cargo prints.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .expect("cargo runs these tests");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// The features `tick-hz-...` in the manifest of the driver that the embassy adapter is built with.
fn offered() -> Vec<u64> {
    // Without the platform, cargo would want the packages of all platforms.
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|it| it.strip_prefix("host: ")).expect("cargo has a host");
    let metadata = cargo(&["metadata", "--format-version=1", "--filter-platform", host]);
    let manifest = metadata
        .split("\"manifest_path\":\"")
        .skip(1)
        .filter_map(|it| std::fs::read_to_string(it.split('"').next()?.replace("\\\\", "\\")).ok())
        .find(|it| it.lines().any(|line| line == "name = \"embassy-time-driver\""))
        .expect("a package of this workspace depends on embassy-time-driver");
    let rates: Vec<u64> = manifest
        .lines()
        .filter_map(|it| it.strip_prefix("tick-hz-")?.split([' ', '=']).next())
        .map(|it| it.replace('_', "").parse().expect("a feature is named after its rate"))
        .collect();
    assert!(rates.contains(&1_000_000), "{rates:?} lacks the usual one");
    assert!(rates.iter().any(|it| *it > u64::from(u32::MAX)), "{rates:?} lacks a fast one");
    rates
}

fn at_every_rate(check: impl Fn(u64, Rate)) {
    for hz in offered().into_iter().chain(NOT_OFFERED) {
        check(hz, Rate::new(hz));
    }
}

/// So many numbers of 64 bits, of all magnitudes.
fn spread(count: u64) -> impl Iterator<Item = u64> + Clone {
    (0..count).map(|it| it.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (it % 64))
}

/// The ends of the range, of a second and of the ticks in it, and much in between.
fn durations(hz: u64) -> impl Iterator<Item = Duration> {
    let last = TOO_LONG / hz;
    let seconds =
        [0, 1, 59, u64::from(u32::MAX), 1 << 32, 3_500_000_000, last.saturating_sub(1), last]
            .into_iter()
            .chain([last + 1, last + 2, u64::MAX / hz, u64::MAX])
            .chain(spread(20));
    let nanos = [0, 1, 999, 1_000, 1_001, 500_000_000, 819_200_000, 819_200_001, 900_000_000]
        .into_iter()
        .chain([999_999_998, 999_999_999])
        .chain(spread(100))
        // The ends of ticks.
        .chain(spread(100).flat_map(move |it| {
            let end = u128::from(it % hz) * u128::from(NANOS) / u128::from(hz);
            [end as u64, end as u64 + 1]
        }))
        .map(|it| (it % NANOS) as u32);
    seconds.flat_map(move |it| nanos.clone().map(move |nanos| Duration::new(it, nanos)))
}

fn numbers_of_ticks(hz: u64) -> impl Iterator<Item = u64> {
    [0, 1, 2, hz - 1, hz, hz + 1, TOO_LONG - 1, TOO_LONG, u64::MAX - 1, u64::MAX]
        .into_iter()
        .chain(spread(1000))
        .chain(spread(100).map(move |it| it - it % hz))
}

fn exact_ticks(duration: Duration, hz: u64) -> u128 {
    // The nanoseconds of the longest duration times the fastest rate are more than 128 bits.
    u128::from(duration.as_secs()) * u128::from(hz)
        + (u128::from(duration.subsec_nanos()) * u128::from(hz)).div_ceil(u128::from(NANOS))
}

#[test]
fn ticks_are_the_least_that_are_not_shorter() {
    at_every_rate(|hz, rate| {
        for duration in durations(hz) {
            let (ticks, exact) = (rate.ceil_ticks(duration), exact_ticks(duration, hz));
            if exact < u128::from(TOO_LONG) {
                assert_eq!(u128::from(ticks), exact, "{duration:?} at {hz} Hz");
            } else {
                let longest = TOO_LONG + 2 * hz;
                assert!((TOO_LONG..=longest).contains(&ticks), "{duration:?} at {hz} Hz: {ticks}");
            }
        }
    });
}

#[test]
fn durations_are_rounded_down() {
    at_every_rate(|hz, rate| {
        for ticks in numbers_of_ticks(hz) {
            let exact = u128::from(ticks) * u128::from(NANOS) / u128::from(hz);
            assert_eq!(rate.to_duration(ticks).as_nanos(), exact, "{ticks} ticks at {hz} Hz");
        }
    });
}

#[test]
fn there_and_back_again_is_the_same_or_up_to_a_tick_more() {
    at_every_rate(|hz, rate| {
        for duration in durations(hz) {
            let ticks = rate.ceil_ticks(duration);
            if ticks < TOO_LONG {
                let back = rate.to_duration(ticks);
                let tick = Duration::from_nanos(NANOS.div_ceil(hz));
                // Where a tick is less than a nanosecond, it can end within the last one of the duration.
                let rounding = Duration::from_nanos(u64::from(hz > NANOS));
                assert!(back + rounding >= duration, "{duration:?} at {hz} Hz is {back:?}");
                assert!(
                    back < duration.saturating_add(tick),
                    "{duration:?} at {hz} Hz is {back:?}"
                );
            }
        }
    });
}

/// A wait of so many ticks and one more, as `Ticks` has it, that begins at any point within a tick.
#[test]
fn no_wait_is_early() {
    at_every_rate(|hz, rate| {
        for (duration, phase) in durations(hz).zip(spread(1 << 14)) {
            let ticks = rate.ceil_ticks(duration);
            if duration.is_zero() || ticks >= TOO_LONG {
                continue;
            }
            // In parts of which a nanosecond has `hz`, and a tick `NANOS`.
            let (hz, tick) = (u128::from(hz), u128::from(NANOS));
            let begin = u128::from(phase);
            let end = (begin / tick + u128::from(ticks) + 1) * tick;
            assert!(end - begin >= duration.as_nanos() * hz, "{duration:?} at {hz} Hz, {phase}");
        }
    });
}

/// A 64-bit division by a constant is a library routine where the processor has none.
#[test]
fn no_rate_that_is_offered_divides_64_bits() {
    for hz in offered() {
        let rate = Rate::new(hz);
        assert!(rate.is_narrow() || rate.is_narrow_in_two(), "{hz} Hz, duration to ticks");
        let is_narrow = rate.is_narrow() && hz <= u64::from(u32::MAX);
        assert!(is_narrow || rate.ticks.is_power_of_two(), "{hz} Hz, ticks to nanoseconds");
        assert!(rate.odd == 1 || rate.divides_in_steps(), "{hz} Hz, ticks to seconds");
    }
}
