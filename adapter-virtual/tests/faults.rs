//! Faults that other virtual clocks had, each by a test that fails if this one had it.

mod common;

use core::cell::RefCell;
use core::future::{pending, poll_fn};
use core::hint;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Poll, Waker};
use core::time::Duration;
use std::process;
use std::rc::Rc;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use anytempo::{Instant as _, RawSleep as _, Timer};
use anytempo_virtual::{Instant, Simulation, Sleep, VirtualClock, run};

use common::{Count, Trace, at, calls, ms, poll, simulation};

const NANO: Duration = Duration::from_nanos(1);

/// Longer than any of these tests takes. One that is not over by then waits for a wake or a lock that never comes.
const LIMIT: Duration = Duration::from_secs(300);

/// Ends the process if the test that has this does not end.
struct Limit {
    _ended: mpsc::Sender<()>,
}

fn limit() -> Limit {
    let (ended, has_ended) = mpsc::channel();
    let test = thread::current().name().map(String::from);
    thread::spawn(move || {
        if has_ended.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
            eprintln!("{test:?} is not over after {LIMIT:?}");
            process::abort();
        }
    });
    Limit { _ended: ended }
}

// ---- Nested limits under auto-advance ----

#[test]
fn nested_limits_end_from_the_earliest_to_the_latest() {
    let _limit = limit();
    let orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
    for [outer, middle, inner] in orders {
        let trace = Trace::new();
        let note = |name: u64, clock: &VirtualClock| trace.add((name, clock.now()));
        run(async |sim| {
            let clock = sim.clock();
            let limited = clock.timeout(ms(outer), async {
                let limited = clock.timeout(ms(middle), async {
                    let _ = clock.timeout(ms(inner), pending::<()>()).await;
                    note(inner, clock);
                    pending::<()>().await;
                });
                let _ = limited.await;
                note(middle, clock);
                pending::<()>().await;
            });
            let _ = limited.await;
            note(outer, clock);
        })
        .unwrap();
        // What lies around a limit ends it as well.
        let ended = trace.take();
        let mut expected = Vec::new();
        if inner < middle && inner < outer {
            expected.push((inner, at(inner)));
        }
        if middle < outer {
            expected.push((middle, at(middle)));
        }
        expected.push((outer, at(outer)));
        assert_eq!(ended, expected, "{outer} around {middle} around {inner}");
    }
}

#[test]
fn the_inner_one_of_two_equal_limits_ends_and_the_outer_one_does_not() {
    let _limit = limit();
    run(async |sim| {
        let inner = sim.timeout(ms(5), pending::<()>());
        let outer = sim.timeout(ms(5), inner).await;
        assert!(outer.is_ok_and(|inner| inner.is_err()));
        assert_eq!(sim.now(), at(5));
    })
    .unwrap();
}

// ---- Wakers that use the clock ----

/// A waker that reads, advances, arms, resets and drops, in an advance and in the auto-advance of an executor.
#[test]
fn a_waker_may_do_anything_to_the_clock_that_wakes_it() {
    let _limit = limit();
    for is_automatic in [false, true] {
        let (clock, executor) = simulation();
        let trace = Trace::new();
        let note = |name: &'static str| {
            let (clock, trace) = (clock.clone(), trace.clone());
            calls(move || trace.add((name, clock.now())))
        };
        let armed = |due: u64, waker: &Waker| {
            let mut sleep = clock.raw_sleep(Some(at(due)));
            assert!(poll(&mut sleep, waker).is_pending());
            sleep
        };
        let (moved, dropped) = (armed(8, &note("moved")), armed(8, &note("dropped")));
        let _between = armed(4, &note("between"));
        // A waker is dropped once it has woken, and these are to outlive it.
        let others = Arc::new(Mutex::new((Some(moved), Some(dropped), None)));
        let (inner, moved, theirs) = (clock.clone(), note("moved"), Arc::clone(&others));
        let (read, armed_there) = (note("read"), note("armed"));
        let _first = armed(
            3,
            &calls(move || {
                read.wake_by_ref();
                inner.advance(ms(2));
                let mut others = theirs.lock().unwrap();
                let mut fresh = inner.raw_sleep(Some(at(6)));
                assert!(poll(&mut fresh, &armed_there).is_pending());
                others.2 = Some(fresh);
                let sleep = others.0.as_mut().unwrap();
                Pin::new(&mut *sleep).reset(Some(at(7)));
                assert!(poll(sleep, &moved).is_pending());
                others.1 = None;
            }),
        );
        if is_automatic {
            executor.run_until(at(10));
        } else {
            clock.advance_to(at(10));
        }
        let expected = [("read", at(3)), ("between", at(4)), ("armed", at(6)), ("moved", at(7))];
        assert_eq!(trace.take(), expected);
        assert_eq!((clock.now(), clock.pending()), (at(10), vec![]));
    }
}

// ---- Timers that are armed again within an advance ----

/// Each wake arms the same wait again. All of them happen in the one advance, each at its own time.
#[test]
fn a_wait_that_is_armed_again_within_an_advance_fires_in_that_advance() {
    let _limit = limit();
    let clock = VirtualClock::new();
    let trace = Trace::new();
    let sleep = Arc::new(Mutex::new(clock.raw_sleep(Some(at(1)))));
    arm_again(&clock, &trace, &sleep);
    clock.advance(ms(10));
    assert_eq!(trace.take(), (1..=10).map(at).collect::<Vec<_>>());
    assert_eq!(clock.pending(), [at(11)]);
    *sleep.lock().unwrap() = clock.raw_sleep(None);
}

fn arm_again(clock: &VirtualClock, trace: &Trace<Instant>, sleep: &Arc<Mutex<Sleep>>) {
    let waker = calls({
        let (clock, trace, sleep) = (clock.clone(), trace.clone(), Arc::clone(sleep));
        move || {
            trace.add(clock.now());
            let next = clock.now().checked_add(ms(1));
            Pin::new(&mut *sleep.lock().unwrap()).reset(next);
            arm_again(&clock, &trace, &sleep);
        }
    });
    assert!(poll(&mut *sleep.lock().unwrap(), &waker).is_pending());
}

/// The same by tasks of an executor: an advance to a time polls what is due on the way.
#[test]
fn a_task_that_waits_again_and_again_does_so_in_one_run() {
    let _limit = limit();
    let (clock, executor) = simulation();
    let times = Rc::new(RefCell::new(Vec::new()));
    executor.spawn({
        let (clock, times) = (clock.clone(), times.clone());
        async move {
            loop {
                clock.sleep(ms(3)).await;
                times.borrow_mut().push(clock.now());
            }
        }
    });
    executor.run_for(ms(9));
    assert_eq!(*times.borrow(), [at(3), at(6), at(9)]);
}

// ---- A deadline that is now ----

#[test]
fn a_deadline_that_is_now_is_due_however_the_time_came_there() {
    let _limit = limit();
    let due = |reach: fn(&VirtualClock)| {
        let clock = VirtualClock::new();
        let (count, waker) = Count::new();
        let mut sleep = clock.raw_sleep(Some(at(5)));
        assert!(poll(&mut sleep, &waker).is_pending());
        reach(&clock);
        assert_eq!((clock.now(), count.wakes()), (at(5), 1));
        assert!(poll(&mut sleep, &waker).is_ready());
        assert!(poll(&mut clock.raw_sleep(Some(at(5))), Waker::noop()).is_ready());
        assert_eq!(clock.remaining(at(5)), Duration::ZERO);
    };
    due(|clock| clock.advance(ms(5)));
    due(|clock| clock.advance_to(at(5)));
    due(|clock| (0..5).for_each(|_| clock.advance(ms(1))));
    due(|clock| anytempo_virtual::Executor::new(clock).run_until(at(5)));
    due(|clock| anytempo_virtual::Executor::new(clock).block_on(clock.sleep(ms(5))).unwrap());
}

/// The end of a run and the limit of a simulation belong to it.
#[test]
fn a_deadline_at_the_end_of_a_run_is_in_it() {
    let _limit = limit();
    let (clock, executor) = simulation();
    let ends = [4, 5, 6].map(|due| executor.spawn(clock.sleep_until(at(due))));
    executor.run_until(at(5));
    assert_eq!(ends.map(|end| end.is_finished()), [true, true, false]);

    let limited =
        |limit| Simulation::new().time_limit(limit).run(async |sim| sim.sleep(ms(5)).await);
    assert!(limited(ms(5)).is_ok());
    assert!(limited(ms(5) - NANO).is_err());
}

// ---- An advance that races a poll: see tests/races.rs, where wakers are not replaced and advances never end ----

// one thread   | poll | poll with another waker |        either it is ready, or the newest waker was woken
// the other          | advance, once |
#[test]
fn a_waker_that_is_replaced_during_the_last_advance_is_not_lost() {
    let _limit = limit();
    let rounds = if cfg!(miri) { 50 } else { 30_000 };
    let clock = VirtualClock::new();
    let (begun, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wait_for = |counter: &AtomicUsize, round| {
        while counter.load(Ordering::Acquire) < round {
            thread::yield_now();
        }
    };
    let mut lost = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=rounds {
                wait_for(&begun, round);
                (0..round % 61).for_each(|_| hint::spin_loop());
                clock.advance(NANO);
                done.store(round, Ordering::Release);
            }
        });
        for round in 1..=rounds {
            let (count, newest) = Count::new();
            let mut sleep = clock.raw_sleep(clock.now().checked_add(NANO));
            begun.store(round, Ordering::Release);
            let is_ready =
                poll(&mut sleep, Waker::noop()).is_ready() || poll(&mut sleep, &newest).is_ready();
            wait_for(&done, round);
            lost += usize::from(!is_ready && count.wakes() == 0);
        }
    });
    assert_eq!(lost, 0, "in {rounds} rounds");
}

// ---- Reads of the clock ----

/// Time stands still while anything is ready, however often the clock is read and its waits are made and polled.
#[test]
fn no_read_of_the_clock_moves_it() {
    let _limit = limit();
    let (clock, executor) = simulation();
    let sleeper = executor.spawn(clock.sleep(NANO));
    let reader = executor.spawn({
        let clock = clock.clone();
        let mut turns = 0;
        poll_fn(move |cx| {
            let _ = (clock.elapsed(), clock.pending(), clock.next_deadline(), format!("{clock:?}"));
            let _ = (clock.after(ms(1)), clock.remaining(at(1)), Timer::elapsed(&clock, at(0)));
            assert!(poll(&mut clock.raw_sleep(Some(at(1))), cx.waker()).is_pending());
            assert_eq!(clock.now(), Instant::START);
            turns += 1;
            cx.waker().wake_by_ref();
            if turns < 1000 { Poll::Pending } else { Poll::Ready(()) }
        })
    });
    executor.run_until_idle();
    assert_eq!((reader.is_finished(), sleeper.is_finished()), (true, false));
    executor.block_on(sleeper).unwrap().unwrap();
    assert_eq!(clock.elapsed(), NANO);
}

// ---- Thresholds of real time ----

/// No slot, tick or window is wider than a nanosecond, anywhere: neighbors fire apart, each at its own time.
#[test]
fn deadlines_a_nanosecond_apart_fire_apart() {
    let _limit = limit();
    let mut around: Vec<u128> = (0..94).map(|power| 1_u128 << power).collect();
    around.extend([1_000, 1_000_000, 5_000_000, 1_000_000_000, 86_400_000_000_000]);
    for middle in around {
        let nanos = [middle - 1, middle, middle + 1];
        let due = nanos.map(|nanos| {
            let seconds = u64::try_from(nanos / 1_000_000_000).unwrap();
            Instant::at(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
        });
        let (clock, executor) = simulation();
        let trace = Trace::new();
        for deadline in [due[1], due[2], due[0]] {
            let (clock, trace) = (clock.clone(), trace.clone());
            executor.spawn(async move {
                clock.sleep_until(deadline).await;
                trace.add((deadline, clock.now()));
            });
        }
        executor.run().unwrap();
        assert_eq!(trace.take(), due.map(|due| (due, due)), "around {middle}");
    }
}

/// However long a poll takes in truth, no virtual time passes, and none is made up for.
#[test]
fn real_time_does_not_count() {
    let _limit = limit();
    run(async |sim| {
        let start = std::time::Instant::now();
        let limited = sim.timeout(NANO * 2, async {
            while start.elapsed() < ms(20) {
                hint::spin_loop();
            }
            sim.sleep(NANO).await;
            sim.now()
        });
        assert_eq!(limited.await, Ok(Instant::at(NANO)));
        sim.sleep(NANO).await;
        assert_eq!(sim.now(), Instant::at(NANO * 2));
    })
    .unwrap();
}
