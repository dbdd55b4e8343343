//! Clocks that are as bad as real ones: what each of them shows, and when its waits end in true time, to the nanosecond.

mod common;

use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{Instant as _, RawSleep as _, Timer, next};
use anytempo_virtual::clocks::{CostClock, DriftClock, JitterClock, StepClock, Tick, TickClock};
use anytempo_virtual::{Executor, Instant, VirtualClock};

use common::{Count, at, ms, poll, simulation};

const MS: u64 = 1_000_000;

fn nanos(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn ticking(truth: &VirtualClock) -> TickClock<VirtualClock, MS> {
    TickClock::new(truth.clone(), Instant::START)
}

fn drifting(truth: &VirtualClock, parts_per_billion: i32) -> DriftClock<VirtualClock> {
    DriftClock::new(truth.clone(), Instant::START, parts_per_billion)
}

fn stepping<const N: usize>(
    truth: &VirtualClock,
    steps: [(Duration, Duration); N],
) -> StepClock<VirtualClock> {
    StepClock::new(truth.clone(), Instant::START, steps)
}

/// How long `wait` takes in true time.
fn takes(truth: &VirtualClock, wait: impl Future) -> Duration {
    let start = truth.elapsed();
    Executor::new(truth).block_on(wait).unwrap();
    truth.elapsed() - start
}

#[test]
fn a_tick_clock_rounds_readings_down_and_deadlines_up() {
    let (truth, _) = simulation();
    let clock = ticking(&truth);
    for (now, ticks) in [(0, 0), (1, 0), (MS - 1, 0), (MS, 1), (2 * MS - 1, 1), (2 * MS, 2)] {
        truth.advance_to(Instant::at(nanos(now)));
        assert_eq!(clock.now(), Tick::at(ticks), "at {now}");
    }
    for (span, ticks) in [(0, 0), (1, 1), (MS, 1), (MS + 1, 2)] {
        assert_eq!(Tick::<MS>::delta_ceil(nanos(span)), ticks);
    }
    assert_eq!(clock.after(ms(5)), Some(Tick::at(8)), "a reading may be almost a tick old");
    assert_eq!(clock.after(Duration::ZERO), Some(Tick::at(2)));
    assert_eq!(clock.raw_sleep(Some(Tick::at(9))).deadline(), Some(Tick::at(9)));
    assert_eq!(Tick::<MS>::at(9).ceil_to(7), Tick::at(12), "the grid is 4 ticks wide");
    assert_eq!(Tick::<MS>::at(u64::MAX).ceil_to(7), Tick::at(u64::MAX), "there is no later one");
    assert_eq!(Tick::<MS>::at(0).checked_add(u64::MAX), None, "the longest span is never");
    assert_eq!(Tick::<MS>::at(0).checked_add(u64::MAX - 1), Some(Tick::at(u64::MAX - 1)));
    assert_eq!(Tick::<MS>::at(5).ceil_to(0), Tick::at(5));
}

/// At any phase of a tick, for spans around it, and from any start of the tick clock.
#[test]
fn a_tick_clock_is_never_early_in_true_time_and_late_by_less_than_two_ticks() {
    for start in [0, 1, 700_000] {
        for phase in [0, 1, 499_999, 500_000, 999_999] {
            for span in [1, 999_999, MS, MS + 1, 7_300_000].map(nanos) {
                let truth = VirtualClock::new();
                let clock = TickClock::<_, MS>::new(truth.clone(), Instant::at(nanos(start)));
                truth.advance(nanos(start + phase));
                let took = takes(&truth, clock.sleep(span));
                assert!(took >= span, "{span:?} at {phase} took {took:?}");
                assert!(took < span + ms(2), "{span:?} at {phase} took {took:?}");
                assert_eq!((truth.elapsed() - nanos(start)).subsec_nanos() % MS as u32, 0);
            }
        }
    }
}

// true time, +200 ppm:  3600 / 1.0002 s = 3599.280143971205..
// true time, -200 ppm:  3600 / 0.9998 s = 3600.720144028805..
#[test]
fn a_drift_is_exact_to_the_nanosecond_over_an_hour() {
    for (ppb, took) in
        [(200_000, 3_599_280_143_972), (-200_000, 3_600_720_144_029), (0, 3_600_000_000_000)]
    {
        let (truth, _) = simulation();
        let clock = drifting(&truth, ppb);
        assert_eq!(takes(&truth, clock.sleep(secs(3600))), nanos(took), "{ppb}");
        assert!(clock.now() >= Instant::at(secs(3600)));
    }
    let (truth, _) = simulation();
    let (fast, slow) = (drifting(&truth, 200_000), drifting(&truth, -200_000));
    truth.advance(secs(3600));
    assert_eq!(fast.now(), Instant::at(ms(3_600_720)));
    assert_eq!(slow.now(), Instant::at(ms(3_599_280)));
}

/// The deadline is reached at the end of a wait, and was not a nanosecond before, at every rate there is.
#[test]
fn a_drift_is_neither_early_nor_late_by_its_own_clock() {
    let rates =
        [i32::MIN, -999_999_999, -1_000_000_000, -500_000_000, -1, 1, 333_333_333, i32::MAX];
    for ppb in rates {
        for span in [1, 2, 3, 999_999_999, 1_000_000_000, 1_000_000_001, 86_399_999_999_999] {
            let (truth, _) = simulation();
            let clock = drifting(&truth, ppb);
            let deadline = Instant::at(nanos(span));
            let took = takes(&truth, clock.sleep_until(deadline));
            assert!(clock.now() >= deadline, "{span} at {ppb}");
            let before = VirtualClock::new();
            before.advance(took - nanos(1));
            assert!(drifting(&before, ppb).now() < deadline, "{span} at {ppb}");
        }
    }
}

#[test]
fn a_clock_is_ahead_by_its_offset_from_its_start_on() {
    let (truth, _) = simulation();
    let clock = DriftClock::new(truth.clone(), at(1000), 1_000_000_000).ahead(ms(30));
    assert_eq!(clock.now(), at(30), "it stands still until its start");
    truth.advance(ms(1000));
    assert_eq!(clock.now(), at(30));
    truth.advance(ms(10));
    assert_eq!(clock.now(), at(50), "it runs at twice the speed");
    assert_eq!(takes(&truth, clock.sleep_until(at(150))), ms(50));
    assert_eq!(takes(&truth, clock.sleep_until(at(20))), Duration::ZERO, "that was never shown");
}

/// Each node has a clock of its own. One deadline, as a number, is reached at different times.
#[test]
fn nodes_with_skew_share_one_truth() {
    let (truth, executor) = simulation();
    let nodes = [(0, 0), (500_000_000, 0), (0, 40), (-500_000_000, 80)];
    let tasks = nodes.map(|(ppb, ahead)| {
        let node = drifting(&truth, ppb).ahead(ms(ahead));
        let truth = truth.clone();
        executor.spawn(async move {
            node.sleep_until(at(120)).await;
            truth.elapsed()
        })
    });
    let ends = executor.block_on(async {
        let mut ends = Vec::new();
        for task in tasks {
            ends.push(task.await.unwrap());
        }
        ends
    });
    assert_eq!(ends.unwrap(), [120, 80, 80, 80].map(ms));
}

/// The recorded spans are part of the promise: a seed gives the same on every machine, and in every version.
#[test]
fn a_jitter_is_that_of_its_seed() {
    let late = |seed: u64| {
        let truth = VirtualClock::new();
        let clock = JitterClock::new(truth.clone(), seed, ms(1));
        let waits = (0..4).map(|_| takes(&truth, clock.sleep(ms(10))) - ms(10));
        waits.map(|late| late.as_nanos()).collect::<Vec<_>>()
    };
    assert_eq!(late(1), LATE);
    assert_ne!(late(2), LATE);
}

const LATE: [u128; 4] = [566_562, 745_782, 971_003, 444_359];

#[test]
fn a_jitter_reaches_both_ends_of_its_range_and_no_further() {
    let truth = VirtualClock::new();
    let clock = JitterClock::new(truth.clone(), 3, nanos(3));
    let mut seen = [0; 4];
    for _ in 0..400 {
        let took = takes(&truth, clock.sleep(nanos(20)));
        seen[usize::try_from((took - nanos(20)).as_nanos()).unwrap()] += 1;
    }
    assert!(seen.iter().all(|&count| count > 50), "{seen:?}");
    assert_eq!(takes(&truth, JitterClock::new(truth.clone(), 3, nanos(0)).sleep(ms(1))), ms(1));
}

#[test]
fn a_poll_after_the_deadline_needs_no_late_wake() {
    let truth = VirtualClock::new();
    // Its first span is far from zero.
    let clock = JitterClock::new(truth.clone(), 1, ms(1000));
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(10)));
    assert!(poll(&mut sleep, &waker).is_pending());
    assert!(truth.next_deadline() > Some(at(10)));
    assert_eq!(sleep.deadline(), Some(at(10)));
    truth.advance(ms(9));
    assert!(poll(&mut sleep, &waker).is_pending());
    truth.advance(ms(1));
    assert_eq!(count.wakes(), 0);
    assert!(poll(&mut sleep, &waker).is_ready());
    assert_eq!(truth.pending(), [], "its late wake is given up");
    assert!(poll(&mut sleep, &waker).is_ready());
}

#[test]
fn a_reset_draws_another_jitter_and_none_beyond_the_end_of_time() {
    let truth = VirtualClock::new();
    let clock = JitterClock::new(truth.clone(), 1, ms(1));
    let mut sleep = clock.raw_sleep(Some(at(10)));
    for late in LATE {
        let _ = poll(&mut sleep, Waker::noop());
        assert_eq!(truth.pending(), [Instant::at(ms(10) + nanos(late as u64))]);
        Pin::new(&mut sleep).reset(Some(at(10)));
    }
    Pin::new(&mut sleep).reset(Some(Instant::MAX));
    let _ = poll(&mut sleep, Waker::noop());
    assert_eq!(truth.pending(), [Instant::MAX], "it is in time, as there is no later one");
}

#[test]
fn a_fixed_rate_does_not_gather_jitter() {
    let truth = VirtualClock::new();
    let clock = JitterClock::new(truth.clone(), 5, ms(3));
    let took = takes(&truth, async {
        let mut numbers = pin!(clock.countdown(100, ms(10)).rate(FixedRate));
        while next(&mut numbers).await.is_some() {}
    });
    assert!(took >= ms(1000) && took <= ms(1003), "{took:?}");
}

// true     0 ......... 10 | ....... 20 | ....
// steps                -3           -30
// shown    0 ......... 7  | ....... 0  | ....
#[test]
fn a_clock_steps_back_at_its_moments_and_waits_get_longer() {
    let (truth, _) = simulation();
    let clock = stepping(&truth, [(ms(20), ms(30)), (ms(10), ms(3))]);
    for (now, shown) in [(0, 0), (9, 9), (10, 7), (19, 16), (20, 0), (21, 1)] {
        truth.advance_to(at(now));
        assert_eq!(clock.now(), at(shown), "at {now}");
    }
    for (deadline, end) in [(0, 0), (9, 9), (10, 13), (11, 14), (16, 19), (17, 37), (50, 70)] {
        let (truth, _) = simulation();
        let clock = stepping(&truth, [(ms(10), ms(3)), (ms(20), ms(30))]);
        assert_eq!(takes(&truth, clock.sleep_until(at(deadline))), ms(end), "until {deadline}");
    }
}

/// A wait is registered for the moment at which the clock reaches its deadline, with all steps that come before.
#[test]
fn a_step_that_is_known_wakes_no_task_in_vain() {
    for (deadline, due) in [(9, 9), (10, 13), (16, 19), (17, 37)] {
        let (truth, _) = simulation();
        let clock = stepping(&truth, [(ms(10), ms(3)), (ms(20), ms(30))]);
        let mut sleep = clock.raw_sleep(Some(at(deadline)));
        assert!(poll(&mut sleep, Waker::noop()).is_pending());
        assert_eq!(truth.pending(), [at(due)], "until {deadline}");
    }
}

#[test]
fn elapsed_time_is_zero_behind_a_step_and_no_deadline_is_reached_twice() {
    let (truth, _) = simulation();
    let clock = stepping(&truth, [(ms(10), ms(5))]);
    let (count, waker) = Count::new();
    let mut early = clock.raw_sleep(Some(at(8)));
    let mut late = clock.raw_sleep(Some(at(8)));
    assert!(poll(&mut early, &waker).is_pending());
    assert!(poll(&mut late, &waker).is_pending());
    truth.advance(ms(8));
    assert_eq!(count.wakes(), 2);
    assert!(poll(&mut early, &waker).is_ready());
    let start = clock.now();

    truth.advance(ms(2));
    assert_eq!(clock.elapsed(start), Duration::ZERO);
    assert!(poll(&mut early, &waker).is_ready(), "what was ready stays ready");
    assert!(poll(&mut late, &waker).is_pending(), "what was not polled in time waits again");
    truth.advance(ms(3));
    assert_eq!(count.wakes(), 3);
    assert!(poll(&mut late, &waker).is_ready());
    assert_eq!(truth.pending(), []);
}

#[test]
fn a_cost_is_paid_for_each_read_and_each_poll_after_the_look() {
    let truth = VirtualClock::new();
    let clock = CostClock::new(&truth).per_read(ms(2)).per_poll(ms(5));
    assert_eq!(clock.now(), at(0));
    assert_eq!(clock.now(), at(2));
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(8)));
    assert_eq!(truth.elapsed(), ms(4), "to make a wait is free");
    assert!(poll(&mut sleep, &waker).is_pending());
    assert_eq!((truth.elapsed(), count.wakes()), (ms(9), 1), "it woke its own task");
    assert!(poll(&mut sleep, &waker).is_ready());
    Pin::new(&mut sleep).reset(Some(at(50)));
    assert_eq!((truth.elapsed(), sleep.deadline()), (ms(14), Some(at(50))));
    drop(sleep);
    assert_eq!((truth.elapsed(), truth.pending()), (ms(14), vec![]));
}

/// A limit on work that is only polls: with costs the time passes, without them the loop would not end.
#[test]
fn a_busy_loop_over_a_clock_with_costs_reaches_its_limit() {
    let truth = VirtualClock::new();
    let clock = CostClock::new(&truth).per_poll(ms(1));
    let mut polls = 0;
    let busy = core::future::poll_fn(|cx: &mut Context<'_>| {
        polls += 1;
        cx.waker().wake_by_ref();
        Poll::<()>::Pending
    });
    let took = takes(&truth, clock.timeout(ms(10), busy));
    assert_eq!((took, polls), (ms(11), 11));
}

#[test]
fn ticks_go_over_a_drift_and_a_jitter() {
    for seed in 0..50 {
        let truth = VirtualClock::new();
        let late = JitterClock::new(truth.clone(), seed, ms(2));
        let slow = DriftClock::new(late, Instant::START, -500_000_000);
        let clock = TickClock::<_, MS>::new(slow, Instant::START);
        truth.advance(nanos(seed * 90_001));
        // 10 ms and a tick of a clock at half the speed, from the last tick on, and the jitter.
        let took = takes(&truth, clock.sleep(ms(10)));
        assert!(took >= ms(20) && took <= ms(24), "{took:?}");
        assert!(clock.now() >= Tick::at(11));
    }
}
