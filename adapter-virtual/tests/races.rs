//! What two threads do to one clock at the same time: no wake is lost, and no check is out of date when it is acted on.
//!
//! Each test needs two steps of one thread to fall between two steps of another. On real threads that takes many rounds:
//! `ANYTEMPO_ROUNDS=1000000` sets their number. Miri switches threads at any step, so a few rounds and some seeds do.

mod common;

use core::future::poll_fn;
use core::hint;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Poll, Waker};
use core::time::Duration;
use std::env;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use anytempo::{Instant as _, RawSleep as _, Timer};
use anytempo_virtual::{Executor, Instant, VirtualClock};

use common::{Count, poll, simulation};

const TICK: Duration = Duration::from_nanos(1);

/// Longer than any of these tests takes. A test that is not over by then waits for a wake that was lost.
const LIMIT: Duration = Duration::from_secs(300);

fn rounds(default: usize, under_miri: usize) -> usize {
    if cfg!(miri) {
        return under_miri;
    }
    env::var("ANYTEMPO_ROUNDS").map_or(default, |rounds| rounds.parse().unwrap())
}

/// How many lengths of a pause there are. Under Miri a pause lets the other threads run, so a few will do.
const PAUSES: usize = if cfg!(miri) { 3 } else { 61 };

/// A few steps of doing nothing, so that two threads meet in another way in each round.
fn pause(round: usize) {
    for _ in 0..round % PAUSES {
        hint::spin_loop();
    }
}

fn wait_until(mut condition: impl FnMut() -> bool) {
    for spins in 0_u32.. {
        if condition() {
            return;
        }
        if spins % 1024 == 1023 { thread::yield_now() } else { hint::spin_loop() }
    }
}

/// Runs `f` on a thread of its own and fails if it takes longer than the limit.
fn limited(f: impl FnOnce() + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    let worker = thread::spawn(move || {
        f();
        done.send(()).unwrap();
    });
    if let Err(mpsc::RecvTimeoutError::Timeout) = is_done.recv_timeout(LIMIT) {
        panic!("not over after {LIMIT:?}");
    }
    worker.join().unwrap();
}

fn next(instant: Instant) -> Instant {
    instant.checked_add(TICK).unwrap()
}

// one thread   | advance | advance | advance ...     after each one nothing is registered that is due
// the other    | poll a sleep of one tick | its wake | poll the next ...
#[test]
fn a_sleep_that_is_polled_during_an_advance_is_ready_or_woken() {
    let rounds = rounds(1_000_000, 150);
    let clock = VirtualClock::new();
    let is_over = AtomicBool::new(false);
    let mut lost = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            let is_over = || is_over.load(Ordering::Acquire);
            let mut sleep = clock.raw_sleep(None);
            for round in 0.. {
                if is_over() {
                    break;
                }
                let (count, waker) = Count::new();
                let deadline = next(clock.now());
                if round % 2 == 0 {
                    sleep = clock.raw_sleep(Some(deadline));
                } else {
                    Pin::new(&mut sleep).reset(Some(deadline));
                }
                if poll(&mut sleep, &waker).is_pending() {
                    wait_until(|| count.wakes() > 0 || is_over());
                }
            }
        });
        for _ in 0..rounds {
            clock.advance(TICK);
            let now = clock.now();
            lost += usize::from(clock.next_deadline().is_some_and(|deadline| deadline <= now));
        }
        is_over.store(true, Ordering::Release);
    });
    assert_eq!(lost, 0, "waits passed over in {rounds} advances");
    assert_eq!(clock.pending(), []);
}

#[test]
fn advances_of_two_threads_add_up_if_nothing_fires() {
    let rounds = rounds(200_000, 8);
    let clock = VirtualClock::new();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..rounds).for_each(|_| clock.advance(TICK)));
        }
    });
    assert_eq!(clock.elapsed(), TICK * u32::try_from(2 * rounds).unwrap());
}

/// A time that a worker sends to the main future of an executor.
#[derive(Default)]
struct Letter {
    sent: Mutex<Option<Instant>>,
    reader: Mutex<Option<Waker>>,
}

// worker    | hold | read the time, send it, wake | release |
// executor         the reader sees this time, although a ticking task moves the time whenever it can
#[test]
fn a_hold_stops_the_time_and_what_is_woken_before_its_end_runs_first() {
    let rounds = rounds(3_000, 8);
    limited(move || {
        let (clock, executor) = simulation();
        let (letter, is_over) = (Arc::<Letter>::default(), Arc::<AtomicBool>::default());
        executor.spawn({
            let clock = clock.clone();
            async move {
                loop {
                    clock.sleep(TICK).await;
                }
            }
        });
        let reader = |letter: &Letter| {
            wait_until(|| letter.reader.lock().unwrap().is_some());
            letter.reader.lock().unwrap().clone().unwrap()
        };
        let writer = thread::spawn({
            let (clock, letter) = (clock.clone(), Arc::clone(&letter));
            move || {
                let waker = reader(&letter);
                for round in 0..rounds {
                    let hold = clock.hold();
                    let now = clock.now();
                    *letter.sent.lock().unwrap() = Some(now);
                    waker.wake_by_ref();
                    assert_eq!(clock.now(), now, "the time moved during a hold");
                    drop(hold);
                    wait_until(|| letter.sent.lock().unwrap().is_none());
                    pause(round);
                }
            }
        });
        // Its wakes are on their way when the writer's come.
        let meddler = thread::spawn({
            let (letter, is_over) = (Arc::clone(&letter), Arc::clone(&is_over));
            move || {
                let waker = reader(&letter);
                for round in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    waker.wake_by_ref();
                    pause(round);
                    thread::yield_now();
                }
            }
        });
        let mut received = 0;
        let outcome = executor.block_on(poll_fn(|cx| {
            letter.reader.lock().unwrap().get_or_insert_with(|| cx.waker().clone());
            if let Some(time) = letter.sent.lock().unwrap().take() {
                received += 1;
                assert_eq!(clock.now(), time, "the time moved before a task that was woken ran");
            }
            if received == rounds { Poll::Ready(()) } else { Poll::Pending }
        }));
        outcome.unwrap();
        is_over.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        meddler.join().unwrap();
    });
}

/// Runs `f` while another thread advances the clock without a pause.
fn while_another_thread_advances(f: impl FnOnce(&VirtualClock, &Executor) + Send + 'static) {
    limited(move || {
        let (clock, executor) = simulation();
        let is_over = Arc::<AtomicBool>::default();
        let other = thread::spawn({
            let (clock, is_over) = (clock.clone(), Arc::clone(&is_over));
            move || {
                for round in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    clock.advance(TICK);
                    pause(round);
                    if cfg!(miri) {
                        thread::yield_now();
                    }
                }
            }
        });
        f(&clock, &executor);
        is_over.store(true, Ordering::Relaxed);
        other.join().unwrap();
    });
}

#[test]
fn a_wake_on_its_way_is_no_deadlock() {
    let rounds = rounds(400_000, 8);
    while_another_thread_advances(move |clock, executor| {
        let outcome = executor.block_on(async {
            for _ in 0..rounds {
                clock.sleep(TICK).await;
            }
        });
        outcome.unwrap();
    });
}

#[test]
fn what_is_due_at_the_end_of_a_run_has_its_turn_whoever_fires_it() {
    let rounds = rounds(100_000, 8);
    while_another_thread_advances(move |clock, executor| {
        for _ in 0..rounds {
            let end = next(next(clock.now()));
            let task = executor.spawn(clock.sleep_until(end));
            executor.run_until(end);
            assert!(task.is_finished());
        }
    });
}

#[test]
fn an_executor_that_is_parked_sees_that_another_thread_has_reached_its_end() {
    let rounds = rounds(5_000, 8);
    limited(move || {
        let (clock, executor) = simulation();
        let _hold = clock.hold();
        let (asked, wanted) = mpsc::channel();
        let other = thread::spawn({
            let clock = clock.clone();
            move || {
                for (round, end) in wanted.into_iter().enumerate() {
                    pause(round);
                    thread::yield_now();
                    clock.advance_to(end);
                }
            }
        });
        for _ in 0..rounds {
            let end = next(clock.now());
            asked.send(end).unwrap();
            executor.run_until(end);
        }
        drop(asked);
        other.join().unwrap();
    });
}
