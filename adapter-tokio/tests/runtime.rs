//! What is particular to tokio: its runtimes, its paused clock, its budgets.
//!
//! What holds on every runtime is in the suite of `anytempo-conformance`.

use core::cell::Cell;
use core::future::{Future, pending, poll_fn};
use core::panic::AssertUnwindSafe;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::rc::Rc;

use anytempo::stream::FixedRate;
use anytempo::{
    Instant as _, RawSleep as _, StreamTimeExt, Timer, close_on_exit, closing, generate, next,
    range,
};
use anytempo_tokio::{Instant, TokioTimer};

const STEP: Duration = Duration::from_millis(5);

/// Far more than any test takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn nothing_needs_a_runtime_before_its_first_poll() {
    let now = TokioTimer.now();
    drop(TokioTimer.sleep(STEP));
    drop(TokioTimer.sleep_until(now));
    drop(TokioTimer.timeout(STEP, pending::<()>()));
    drop(TokioTimer.timeout_at(now, pending::<()>()));
    drop(TokioTimer.stall(STEP, pending::<()>()));
    drop(TokioTimer.countdown(3, STEP).rate(FixedRate));
    drop(range(0..3).pace(TokioTimer, STEP));
    drop(range(0..3).stall(TokioTimer, STEP));

    let mut raw = pin!(TokioTimer.raw_sleep(Some(now)));
    raw.as_mut().reset(None);
    raw.as_mut().reset(Some(now));
    assert_eq!(raw.deadline(), Some(now));
}

#[test]
fn a_wait_without_a_runtime_panics_and_a_wait_of_zero_does_not() {
    let mut cx = Context::from_waker(Waker::noop());
    let polled = catch_unwind(|| {
        pin!(TokioTimer.sleep(STEP)).poll(&mut Context::from_waker(Waker::noop())).is_pending()
    });
    assert!(polled.is_err(), "there is no time driver to wait with");

    let mut zero = pin!(TokioTimer.sleep(Duration::ZERO));
    assert!(zero.as_mut().poll(&mut cx).is_pending());
    assert!(zero.as_mut().poll(&mut cx).is_ready());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_wait_moves_to_another_thread() {
    let mut sleep = Box::pin(TokioTimer.sleep(STEP));
    assert!(poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx))).await.is_pending());
    let moved = tokio::spawn(sleep);
    tokio::time::timeout(LIMIT, moved).await.expect("no wake is lost").expect("nothing panics");
}

#[tokio::test(start_paused = true)]
async fn the_time_is_that_of_the_paused_clock() {
    let start = tokio::time::Instant::now();
    TokioTimer.sleep(Duration::from_secs(3600)).await;
    assert_eq!(start.elapsed(), Duration::from_secs(3600));

    let now = TokioTimer.now();
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(TokioTimer.now().saturating_since(now), Duration::from_secs(5));
    assert_eq!(now.saturating_since(TokioTimer.now()), Duration::ZERO);
    assert_eq!(tokio::time::Instant::from(Instant::from(start)), start);
}

#[tokio::test(start_paused = true)]
async fn deadlines_at_the_ends_of_the_clock_and_of_the_wheel() {
    // The wheel has six levels of 64 slots, and the clock counts seconds in 64 bits.
    let wheel = Duration::from_millis(1 << 36);
    for delay in [wheel - STEP, wheel, wheel + STEP, Duration::from_secs(u64::from(u32::MAX))] {
        let start = TokioTimer.now();
        TokioTimer.sleep(delay).await;
        let passed = TokioTimer.now().saturating_since(start);
        assert!(passed >= delay, "{passed:?} is less than {delay:?}");
    }

    // The last instants that the clock can tell, and the first that it cannot.
    let mut longest = Duration::from_secs(1 << 62);
    let mut end = TokioTimer.now();
    while longest > Duration::ZERO {
        match end.checked_add(longest) {
            Some(later) => end = later,
            None => longest /= 2,
        }
    }
    // The very last one, which cannot be had by waiting.
    let very_last = (0..).map_while(|nanos| {
        tokio::time::Instant::from(end).checked_add(Duration::from_nanos(nanos))
    });
    let very_last = Instant::from(very_last.last().expect("zero can be added"));
    let mut at_the_end = pin!(TokioTimer.sleep_until(very_last));
    let mut reset = pin!(TokioTimer.raw_sleep(TokioTimer.after(LIMIT)));
    assert!(poll_fn(|cx| Poll::Ready(reset.as_mut().poll(cx))).await.is_pending());
    reset.as_mut().reset(Some(very_last));
    assert_eq!(reset.deadline(), Some(very_last));
    let mut beyond = pin!(TokioTimer.sleep(Duration::MAX));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(at_the_end.as_mut().poll(&mut cx).is_pending());
        assert!(reset.as_mut().poll(&mut cx).is_pending());
        assert!(beyond.as_mut().poll(&mut cx).is_pending());
    }
}

#[tokio::test]
async fn a_future_that_uses_up_its_budget_still_has_a_time_limit() {
    // Each poll consumes the whole budget of the task, and is pending only because nothing is left.
    let greedy = poll_fn(|cx| -> Poll<()> {
        while let Poll::Ready(progress) = tokio::task::coop::poll_proceed(cx) {
            progress.made_progress();
        }
        Poll::Pending
    });
    let limited = tokio::time::timeout(LIMIT, TokioTimer.timeout(STEP, greedy)).await;
    assert!(limited.expect("the limit is not put off").is_err());
}

#[tokio::test]
async fn waits_that_are_over_leave_others_their_turn() {
    let turns = Rc::new(Cell::new(0));
    let ran = turns.clone();
    let tasks = tokio::task::LocalSet::new();
    tasks.spawn_local(async move { ran.set(ran.get() + 1) });
    let busy = tasks.run_until(async {
        let past = TokioTimer.now();
        for _ in 0..100_000 {
            TokioTimer.raw_sleep(Some(past)).await;
            if turns.get() > 0 {
                return true;
            }
        }
        false
    });
    assert!(busy.await, "the other task has its turn");
}

/// Waits whose time is up by the clock alone, as the driver had no turn, use up the budget too.
#[tokio::test]
async fn late_waits_in_a_loop_leave_others_their_turn() {
    let turns = Rc::new(Cell::new(0));
    let ran = turns.clone();
    let tasks = tokio::task::LocalSet::new();
    tasks.spawn_local(async move { ran.set(ran.get() + 1) });
    let busy = tasks.run_until(async {
        let mut raw = pin!(TokioTimer.raw_sleep(TokioTimer.after(Duration::from_millis(1))));
        assert!(poll_fn(|cx| Poll::Ready(raw.as_mut().poll(cx))).await.is_pending());
        std::thread::sleep(Duration::from_millis(5));
        for _ in 0..100_000 {
            raw.as_mut().await;
            if turns.get() > 0 {
                return true;
            }
        }
        false
    });
    assert!(busy.await, "the other task has its turn");
}

/// A task that polls a sleep in a loop, and never yields, gets to its end, or is made to yield.
#[tokio::test]
async fn a_loop_of_polls_without_a_yield_ends() {
    let mut raw = pin!(TokioTimer.raw_sleep(TokioTimer.after(STEP)));
    let end = std::time::Instant::now() + LIMIT;
    poll_fn(|cx| {
        while raw.as_mut().poll(cx).is_pending() {
            assert!(std::time::Instant::now() < end, "time passes without the driver");
        }
        Poll::Ready(())
    })
    .await;
}

/// Near the end of a paused clock the sum of its time and a span would overflow.
#[tokio::test(start_paused = true)]
async fn the_end_of_a_paused_clock_is_never() {
    let mut step = Duration::from_secs(1 << 63);
    while step > Duration::from_secs(1) {
        let ahead = TokioTimer.now().checked_add(step + Duration::from_secs(86_400));
        if ahead.is_some() { tokio::time::advance(step).await } else { step /= 2 }
    }
    assert!(TokioTimer.now().checked_add(Duration::from_secs(10 * 86_400)).is_none());
    let mut cx = Context::from_waker(Waker::noop());
    for delay in [10, 1_000, 1 << 39, 1 << 46].map(|days| Duration::from_secs(days * 86_400)) {
        let mut sleep = pin!(TokioTimer.sleep(delay));
        assert!(sleep.as_mut().poll(&mut cx).is_pending());
        assert!(sleep.deadline().is_none());
        sleep.as_mut().reset(delay);
        assert!(sleep.as_mut().poll(&mut cx).is_pending());
        let mut numbers = pin!(TokioTimer.countdown(1, delay).rate(FixedRate));
        assert_eq!(next(&mut numbers).await, Some(1));
        assert!(tokio::time::timeout(STEP, next(&mut numbers)).await.is_err());
    }
}

#[tokio::test]
async fn a_wait_can_be_reset_and_dropped_outside_of_its_runtime() {
    let mut raw = Box::pin(TokioTimer.raw_sleep(TokioTimer.now().checked_add(STEP)));
    assert!(poll_fn(|cx| Poll::Ready(raw.as_mut().poll(cx))).await.is_pending());
    let raw = std::thread::spawn(move || {
        raw.as_mut().reset(None);
        raw.as_mut().reset(TokioTimer.now().checked_add(STEP));
        raw
    });
    let raw = raw.join().expect("a reset needs no runtime");
    tokio::time::timeout(LIMIT, raw).await.expect("the new deadline holds");
}

#[test]
fn a_pending_wait_stays_on_its_runtime_when_it_is_reset_in_another() {
    let build = || tokio::runtime::Builder::new_current_thread().enable_time().build();
    let (first, second) = (build().expect("it starts"), build().expect("it starts"));
    let mut raw = Box::pin(TokioTimer.raw_sleep(TokioTimer.now().checked_add(LIMIT)));
    first.block_on(async {
        assert!(poll_fn(|cx| Poll::Ready(raw.as_mut().poll(cx))).await.is_pending());
    });
    second.block_on(async { raw.as_mut().reset(TokioTimer.now().checked_add(STEP)) });
    // Were it on the second runtime now, this one would have nothing to wait for.
    drop(second);
    first.block_on(raw);
}

#[tokio::test]
async fn a_panic_in_a_scope_or_a_generator_ends_it() {
    let mut closed = 0;
    let scope = close_on_exit(closing((), |()| closed += 1), async |_| panic!("in the body"));
    assert!(catch_poll(scope));
    assert_eq!(closed, 1);

    let mut items = pin!(generate(async |mut y| {
        y.emit(1).await;
        panic!("in the body")
    }));
    assert_eq!(next(&mut items).await, Some(1));
    assert!(catch_poll(next(&mut items)));
    assert_eq!(next(&mut items).await, None);
}

#[test]
fn combinators_are_as_small_as_they_can_be() {
    let raw = size_of::<anytempo_tokio::Sleep>();
    assert!(raw <= size_of::<tokio::time::Sleep>() + 8);
    println!("raw {raw}, sleep {}", size_of::<anytempo::future::Sleep<TokioTimer>>());
    // As much as fits into the cell of a task that tokio's own fits into.
    assert!(size_of::<anytempo::future::Sleep<TokioTimer>>() <= 128);
    assert!(size_of::<anytempo::future::Timeout<[u64; 5], TokioTimer>>() <= raw + 40 + 16);
    assert!(size_of::<anytempo::stream::Countdown<TokioTimer>>() <= raw + 32);
}

/// Whether the first poll panics.
fn catch_poll(future: impl Future) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    catch_unwind(AssertUnwindSafe(|| drop(pin!(future).poll(&mut cx)))).is_err()
}
