//! Work outside the clock: threads that wake tasks, and the guard that keeps the time from running ahead of them.

mod common;

use core::future::{Future, poll_fn};
use core::task::{Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use anytempo::Timer;

use common::{at, ms, simulation};

/// A value that another thread sends.
struct Slot<T>(Arc<Mutex<(Option<T>, Option<Waker>)>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Slot(Arc::clone(&self.0))
    }
}

impl<T> Slot<T> {
    fn new() -> Slot<T> {
        Slot(Arc::new(Mutex::new((None, None))))
    }

    fn send(&self, value: T) {
        let waker = {
            let mut slot = self.0.lock().unwrap();
            slot.0 = Some(value);
            slot.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn is_empty(&self) -> bool {
        self.0.lock().unwrap().0.is_none()
    }

    fn receive(&self) -> impl Future<Output = T> {
        poll_fn(|cx| {
            let mut slot = self.0.lock().unwrap();
            slot.1 = Some(cx.waker().clone());
            slot.0.take().map_or(Poll::Pending, Poll::Ready)
        })
    }
}

#[test]
fn the_time_waits_for_a_thread_while_the_clock_is_held() {
    let (clock, executor) = simulation();
    for round in 0..50 {
        let slot = Slot::new();
        let (begin, begun) = mpsc::channel();
        let hold = clock.hold();
        let worker = thread::spawn({
            let slot = slot.clone();
            move || {
                begun.recv().unwrap();
                // Let the executor find nothing to do, at least now and then.
                for _ in 0..100 {
                    thread::yield_now();
                }
                slot.send(round);
                drop(hold);
            }
        });
        let received = executor.block_on(async {
            begin.send(()).unwrap();
            clock.timeout(ms(1), slot.receive()).await
        });
        assert_eq!(received.unwrap(), Ok(round));
        assert_eq!(clock.elapsed(), Duration::ZERO);
        worker.join().unwrap();
    }
}

#[test]
fn without_a_deadline_it_waits_instead_of_reporting_a_deadlock() {
    let (clock, executor) = simulation();
    let slot = Slot::new();
    let hold = clock.hold();
    let worker = thread::spawn({
        let slot = slot.clone();
        move || {
            slot.send("late");
            drop(hold);
        }
    });
    assert_eq!(executor.block_on(slot.receive()).unwrap(), "late");
    worker.join().unwrap();
}

#[test]
fn many_threads_wake_many_tasks() {
    let (clock, executor) = simulation();
    let workers: Vec<_> = (0..8)
        .map(|i| {
            let (slot, hold) = (Slot::new(), clock.hold());
            let task = executor.spawn({
                let (clock, slot) = (clock.clone(), slot.clone());
                async move {
                    for round in 0..20 {
                        assert_eq!(clock.timeout(ms(1), slot.receive()).await, Ok(round));
                    }
                    i
                }
            });
            let worker = thread::spawn(move || {
                for round in 0..20 {
                    slot.send(round);
                    while !slot.is_empty() {
                        thread::yield_now();
                    }
                }
                drop(hold);
            });
            (i, task, worker)
        })
        .collect();
    executor.run().unwrap();
    assert_eq!(clock.elapsed(), Duration::ZERO);
    for (i, task, worker) in workers {
        assert_eq!(executor.block_on(task).unwrap(), Ok(i));
        worker.join().unwrap();
    }
}

#[test]
fn the_time_goes_on_when_the_last_hold_is_dropped() {
    let (clock, executor) = simulation();
    let holds = [clock.hold(), clock.hold()];
    let worker = thread::spawn(move || {
        for hold in holds {
            for _ in 0..100 {
                thread::yield_now();
            }
            drop(hold);
        }
    });
    executor.block_on(clock.sleep(ms(5))).unwrap();
    assert_eq!(clock.elapsed(), ms(5));
    worker.join().unwrap();

    let hold = clock.hold();
    let worker = thread::spawn(move || drop(hold));
    assert!(executor.block_on(core::future::pending::<()>()).is_err());
    worker.join().unwrap();

    let hold = clock.hold();
    let worker = thread::spawn(move || drop(hold));
    executor.run_for(ms(5));
    assert_eq!(clock.elapsed(), ms(10));
    worker.join().unwrap();
}

#[test]
fn another_thread_may_advance_a_clock_that_is_held() {
    let (clock, executor) = simulation();
    let _hold = clock.hold();
    let worker = thread::spawn({
        let clock = clock.clone();
        move || {
            while clock.pending().is_empty() {
                thread::yield_now();
            }
            clock.advance(ms(5));
        }
    });
    executor.block_on(clock.sleep(ms(5))).unwrap();
    assert_eq!(clock.now(), at(5));
    worker.join().unwrap();
}

#[test]
fn a_hold_from_inside_a_task() {
    let (clock, executor) = simulation();
    let fetched = executor.block_on(async {
        clock.sleep(ms(1)).await;
        let (slot, hold) = (Slot::new(), clock.hold());
        let worker = thread::spawn({
            let slot = slot.clone();
            move || {
                slot.send(7);
                drop(hold);
            }
        });
        let fetched = clock.timeout(ms(1), slot.receive()).await;
        worker.join().unwrap();
        clock.sleep(ms(1)).await;
        fetched
    });
    assert_eq!(fetched.unwrap(), Ok(7));
    assert_eq!(clock.elapsed(), ms(2));
}

#[test]
fn run_until_idle_and_running_to_now_never_park() {
    let (clock, executor) = simulation();
    let _hold = clock.hold();
    executor.spawn(clock.sleep(ms(5)));
    executor.run_until_idle();
    executor.run_for(Duration::ZERO);
    assert_eq!(clock.elapsed(), Duration::ZERO);
    assert_eq!(clock.pending(), [at(5)]);
    // What is ready runs to its end: nothing is idle, and so nothing parks.
    assert_eq!(executor.block_on(async { 1 }).unwrap(), 1);
}
