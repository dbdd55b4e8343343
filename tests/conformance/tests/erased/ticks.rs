//! Over a clock that counts in ticks, every wait ends at the very tick at which it ends without the pointer.

use core::future::pending;
use core::pin::pin;
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{LocalDynTimer, Timer, next};
use anytempo_virtual::clocks::TickClock;
use anytempo_virtual::{Executor, Instant, VirtualClock};

use crate::hz::HzClock;

/// Where in a tick, and how far from the clock's start, a wait begins.
const PHASES: [u32; 6] = [0, 1, 15_259, 30_517, 499_999, 999_999];
const FAR: [u64; 2] = [0, 86_400_007];

const DELAYS: [Duration; 12] = [
    Duration::ZERO,
    Duration::from_nanos(1),
    Duration::from_nanos(30_517),
    Duration::from_nanos(30_518),
    Duration::from_nanos(61_035),
    Duration::from_nanos(61_036),
    Duration::from_nanos(999_999),
    Duration::from_millis(1),
    Duration::from_micros(7300),
    // A whole number of ticks at each of the rates.
    Duration::from_millis(125),
    Duration::from_secs(1),
    Duration::from_secs(100_000),
];

/// How long waits of every kind take in truth, each on a clock of its own, which is anywhere within a tick.
fn takes<T: Timer>(over: impl Fn(VirtualClock) -> T) -> Vec<(Duration, Duration)> {
    let each = PHASES.iter().flat_map(|phase| FAR.map(|far| Duration::new(far, *phase)));
    each.flat_map(|start| DELAYS.map(|delay| (start, delay)))
        .flat_map(|(start, delay)| [0, 1, 2, 3].map(|kind| (start, delay, kind)))
        .map(|(start, delay, kind)| {
            let truth = VirtualClock::new();
            let timer = over(truth.clone());
            truth.advance(start);
            let wait = async {
                match kind {
                    0 => timer.sleep(delay).await,
                    1 => timer.sleep_until(timer.after(delay)).await,
                    2 => assert!(timer.timeout(delay, pending::<()>()).await.is_err()),
                    _ => {
                        let mut numbers = pin!(timer.countdown(1, delay).rate(FixedRate));
                        while next(&mut numbers).await.is_some() {}
                    }
                }
            };
            Executor::new(&truth).block_on(wait).expect("no wait is lost");
            (delay, truth.elapsed() - start)
        })
        .collect()
}

/// What waits take beyond their delay, and beyond what they take without the pointer.
fn more<T: Timer + 'static>(over: impl Fn(VirtualClock) -> T) -> impl Iterator<Item = Duration> {
    let bare = takes(&over);
    let erased = takes(|truth| LocalDynTimer::new(over(truth)));
    bare.into_iter().zip(erased).map(|((delay, bare), (_, erased))| {
        assert!(erased >= delay, "{delay:?} takes {erased:?}");
        assert!(erased >= bare, "{delay:?} takes {erased:?}, and {bare:?} without the pointer");
        erased - bare
    })
}

#[test]
fn waits_end_at_the_ticks_of_the_bare_timer() {
    fn is_exact<T: Timer + 'static>(over: impl Fn(VirtualClock) -> T) {
        assert_eq!(more(over).max(), Some(Duration::ZERO));
    }
    is_exact(|truth| TickClock::<_, 1_000_000>::new(truth, Instant::START));
    is_exact(|truth| TickClock::<_, 30_518>::new(truth, Instant::START));
    is_exact(|truth| TickClock::<_, 4>::new(truth, Instant::START));
    is_exact(HzClock::<1>);
    is_exact(HzClock::<1000>);
    is_exact(HzClock::<32_768>);
    is_exact(HzClock::<12_000_000>);
    is_exact(HzClock::<250_000_009>);
    is_exact(HzClock::<333_333_333>);
}

/// Where ticks are shorter than whole nanoseconds can tell, a wait is never early, and at most 4 ns longer.
#[test]
fn waits_on_fast_clocks_are_not_early() {
    fn is_near<const HZ: u64>() {
        let most = more(HzClock::<HZ>).max();
        assert!(most <= Some(Duration::from_nanos(4)), "{HZ} Hz: {most:?}");
    }
    is_near::<333_333_334>();
    is_near::<433_333_337>();
    is_near::<600_000_000>();
    is_near::<1_000_000_000>();
    is_near::<5_242_880_000>();
}

/// A period that is no whole number of ticks is kept on average: each slot is rounded up by itself.
#[test]
fn a_fixed_rate_has_the_time_of_its_period() {
    let truth = VirtualClock::new();
    let timer = LocalDynTimer::new(HzClock::<32_768>(truth.clone()));
    let period = Duration::from_millis(1);
    Executor::new(&truth)
        .block_on(async {
            let mut numbers = pin!(timer.countdown(10_000, period).rate(FixedRate));
            next(&mut numbers).await;
            let tick = Duration::from_nanos(30_518);
            for slot in 1..=10_000 {
                next(&mut numbers).await;
                assert!(truth.elapsed() >= period * slot, "slot {slot} is early");
                assert!(truth.elapsed() < period * slot + tick * 3, "slot {slot} is late");
            }
        })
        .expect("no wait is lost");
}
