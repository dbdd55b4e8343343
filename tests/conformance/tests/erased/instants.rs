//! Instants behind the pointer: where they start, how they convert, and that no tick is lost.

use core::time::Duration;

use anytempo::{DynTimer, Instant as _, LocalDynTimer, RawSleep as _, Timer};
use anytempo_virtual::{Instant, VirtualClock};

use crate::hz::{HzClock, Tick};

/// Each tick has an instant of its own, from which it is found again.
#[test]
fn every_tick_is_kept() {
    fn check<const HZ: u64>() {
        let start = Tick::<HZ>(77);
        let timer = LocalDynTimer::starting_at(HzClock::<HZ>(VirtualClock::new()), start);
        let many = (0..5000).chain((0..63).flat_map(|bit| [(1 << bit) - 1, 1 << bit]));
        for native in many.filter_map(|ticks| start.checked_add(ticks)) {
            let instant = timer.instant(Tick::<HZ>::to_duration(native.saturating_since(start)));
            let span = Tick::<HZ>::delta_ceil(instant.since_start());
            assert_eq!(start.checked_add(span), Some(native), "{HZ} Hz");
        }
    }
    check::<1>();
    check::<32_768>();
    check::<999_999_937>();
    check::<1_000_000_000>();
}

/// The deadline of a wait from now is that of the clock. Where ticks are too short for that, it is never too early in truth.
#[test]
fn deadlines_are_those_of_the_clock() {
    fn check<const HZ: u64>(is_exact: bool) {
        let truth = VirtualClock::new();
        let clock = HzClock::<HZ>(truth.clone());
        let start = clock.now();
        let timer = LocalDynTimer::new(clock.clone());
        for step in 0..2000 {
            truth.advance(Duration::from_nanos(1 + 7919 * step));
            let delay = Duration::from_nanos(1 + 31 * step);
            let erased = timer.after(delay).expect("it is near");
            let reached = start.checked_add(Tick::<HZ>::delta_ceil(erased.since_start()));
            let end = reached.and_then(Tick::begin).expect("it is near");
            assert!(end.since_start() >= truth.elapsed() + delay, "{HZ} Hz: {erased:?} is early");
            if is_exact {
                let native = clock.after(delay).expect("it is near").saturating_since(start);
                assert_eq!(erased, timer.instant(Tick::<HZ>::to_duration(native)), "{HZ} Hz");
            }
        }
    }
    check::<1>(true);
    check::<32_768>(true);
    check::<12_000_000>(true);
    check::<333_333_333>(true);
    check::<433_333_337>(false);
    check::<499_999_993>(false);
    check::<999_999_937>(false);
    check::<5_242_880_000>(false);
}

/// What the timer says is what its clock says.
#[test]
fn readings_are_those_of_the_clock() {
    let truth = VirtualClock::new();
    let timer = LocalDynTimer::new(HzClock::<32_768>(truth.clone()));
    let first = timer.now();
    truth.advance(Duration::from_nanos(30_517));
    assert_eq!(timer.now(), first, "within the first tick");
    truth.advance(Duration::from_nanos(1));
    assert_eq!(timer.now(), timer.instant(Duration::from_nanos(30_517)));
    truth.advance(Duration::from_secs(1 << 40));
    assert_eq!(timer.elapsed(first).as_secs(), 1 << 40);
}

/// Clones have one start. Others have theirs, unless they are given one.
#[test]
fn timers_with_one_start_agree() {
    let truth = VirtualClock::new();
    let early = DynTimer::new(truth.clone());
    truth.advance(Duration::from_secs(1));
    let late = DynTimer::new(truth.clone());
    let shared = LocalDynTimer::starting_at(truth.clone(), Instant::START);
    assert_eq!(early.now(), early.clone().now());
    assert_eq!(early.now(), shared.now());
    assert_eq!(late.now().since_start(), Duration::ZERO);
    assert_eq!(early.now().saturating_since(late.now()), Duration::from_secs(1));
}

/// Before its start a timer stands still, and its waits end after it.
#[test]
fn before_the_start_it_stands_still() {
    let truth = VirtualClock::new();
    let noon = Instant::at(Duration::from_secs(60));
    let timer = DynTimer::starting_at(truth.clone(), noon);
    assert_eq!(timer.now().since_start(), Duration::ZERO);
    let executor = anytempo_virtual::Executor::new(&truth);
    executor.block_on(timer.sleep(Duration::from_secs(5))).expect("no wait is lost");
    assert_eq!(truth.elapsed(), Duration::from_secs(65));
}

/// A wait that is never stays so, and a deadline is told as it was set.
#[test]
fn never_is_kept() {
    let timer = DynTimer::new(VirtualClock::new());
    assert_eq!(timer.raw_sleep(None).deadline(), None);
    assert_eq!(timer.after(Duration::MAX), None);
    assert_eq!(timer.now().checked_after(Duration::MAX), None);
    let ticks = LocalDynTimer::new(HzClock::<32_768>(VirtualClock::new()));
    assert_eq!(ticks.after(Duration::MAX), None);
    let far = ticks.instant(Duration::MAX);
    assert_eq!(far.checked_after(Duration::from_nanos(1)), None);
    assert_eq!(far.ceil_to(Duration::from_secs(1)), far);
    assert_eq!(ticks.raw_sleep(Some(far)).deadline(), Some(far));
}
