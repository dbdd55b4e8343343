//! The executor: the order of tasks, the time they see, and what a panic does.

mod common;

use core::cell::{Cell, RefCell};
use core::future::{pending, poll_fn, ready};
use core::panic::AssertUnwindSafe;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread;

use anytempo::Timer;
use anytempo_virtual::{Executor, Instant, VirtualClock};

use common::{Trace, at, calls, ms, parked, poll, simulation};

#[test]
fn a_thousand_tasks_sleep_for_hours() {
    let (clock, executor) = simulation();
    let done = Rc::new(Cell::new(0));
    for task in 1..=1000 {
        let (clock, done) = (clock.clone(), Rc::clone(&done));
        executor.spawn(async move {
            for hour in 1..=24 {
                clock.sleep(Duration::from_secs(3600)).await;
                assert_eq!(clock.elapsed(), Duration::from_secs(3600 * hour));
            }
            done.set(done.get() + 1);
            assert_eq!(done.get(), task, "tasks with one deadline go in the order of spawning");
        });
    }
    executor.run().unwrap();
    assert_eq!(done.get(), 1000);
    assert_eq!(clock.elapsed(), Duration::from_secs(24 * 3600));
    assert_eq!(clock.pending(), []);
}

#[test]
fn what_is_woken_first_runs_first() {
    let (_, executor) = simulation();
    let trace = Trace::new();
    let wakers: Vec<_> = (0..4).map(|_| Rc::new(RefCell::new(None::<Waker>))).collect();
    for (i, waker) in wakers.iter().enumerate() {
        let (waker, trace) = (Rc::clone(waker), trace.clone());
        executor.spawn(async move {
            loop {
                trace.add(i);
                parked(&waker).await;
            }
        });
    }
    executor.run_until_idle();
    assert_eq!(trace.take(), [0, 1, 2, 3]);
    for i in [2, 0, 3, 2, 2, 0] {
        wakers[i].borrow().as_ref().unwrap().wake_by_ref();
    }
    executor.run_until_idle();
    assert_eq!(trace.take(), [2, 0, 3], "many wakes are one poll");
    executor.run_until_idle();
    assert_eq!(trace.take(), []);
}

#[test]
fn a_task_that_wakes_itself_goes_to_the_end_and_the_time_stands_still() {
    let (clock, executor) = simulation();
    let trace = Trace::new();
    let yields = |name: &'static str| {
        let (clock, trace) = (clock.clone(), trace.clone());
        async move {
            for _ in 0..3 {
                trace.add((name, clock.elapsed()));
                let mut yielded = false;
                poll_fn(|cx| {
                    cx.waker().wake_by_ref();
                    if core::mem::replace(&mut yielded, true) {
                        Poll::Ready(())
                    } else {
                        Poll::Pending
                    }
                })
                .await;
            }
        }
    };
    let mut sleep = Box::pin(clock.sleep(Duration::from_nanos(1)));
    assert!(poll(&mut sleep, Waker::noop()).is_pending());
    executor.spawn(yields("a"));
    executor.spawn(yields("b"));
    executor.run().unwrap();
    let names: Vec<_> = trace.take();
    assert!(names.iter().all(|entry| entry.1 == Duration::ZERO));
    assert_eq!(names.iter().map(|entry| entry.0).collect::<String>(), "ababab");
    assert_eq!(clock.elapsed(), Duration::ZERO);
}

#[test]
fn everything_due_at_one_time_is_woken_before_anything_runs() {
    let (clock, executor) = simulation();
    for _ in 0..2 {
        let clock = clock.clone();
        executor.spawn(async move {
            clock.sleep(ms(5)).await;
            assert_eq!(clock.pending(), []);
        });
    }
    executor.run().unwrap();
}

#[test]
fn the_main_future_queues_behind_what_is_ready_and_may_borrow() {
    let (clock, executor) = simulation();
    let trace = Trace::new();
    let name = String::from("main");
    let task = executor.spawn({
        let trace = trace.clone();
        async move { trace.add("task".to_owned()) }
    });
    let answer = executor.block_on(async {
        trace.add(name.clone());
        clock.sleep(ms(1)).await;
        executor.spawn(ready(name.len())).await.unwrap()
    });
    assert_eq!(answer.unwrap(), 4);
    assert_eq!(trace.take(), ["task", "main"]);
    assert!(task.is_finished());
}

#[test]
fn block_on_leaves_tasks_where_they_are() {
    let (clock, executor) = simulation();
    let late = executor.spawn(clock.sleep(ms(10)));
    executor.block_on(clock.sleep(ms(3))).unwrap();
    assert_eq!(clock.elapsed(), ms(3));
    assert!(!late.is_finished());
    executor.block_on(late).unwrap().unwrap();
    assert_eq!(clock.elapsed(), ms(10));
}

#[test]
fn run_ends_with_the_last_task_and_not_with_the_last_timer() {
    let (clock, executor) = simulation();
    executor.run().unwrap();
    assert_eq!(clock.elapsed(), Duration::ZERO);
    let mut alien = Box::pin(clock.sleep(ms(100)));
    assert!(poll(&mut alien, Waker::noop()).is_pending());
    let spawner = executor.spawner();
    let inner = clock.clone();
    executor.spawn(async move {
        inner.sleep(ms(1)).await;
        spawner.spawn(inner.sleep(ms(2)));
    });
    executor.run().unwrap();
    assert_eq!(clock.elapsed(), ms(3));
    assert_eq!(clock.pending(), [at(100)]);
}

// ticks every 10 ms, polls at   10    20    30
// run_for                   |----25----|-5-|-0-|
#[test]
fn run_for_stops_exactly_and_gives_what_is_due_its_turn() {
    let (clock, executor) = simulation();
    let trace = Trace::new();
    executor.spawn({
        let (clock, trace) = (clock.clone(), trace.clone());
        async move {
            loop {
                clock.sleep(ms(10)).await;
                trace.add(clock.elapsed());
            }
        }
    });
    executor.spawn(pending::<()>());
    executor.run_for(ms(25));
    assert_eq!(trace.take(), [ms(10), ms(20)]);
    assert_eq!(clock.elapsed(), ms(25));
    executor.run_for(ms(5));
    assert_eq!(trace.take(), [ms(30)]);
    executor.run_for(Duration::ZERO);
    assert_eq!(clock.elapsed(), ms(30));
    executor.run_until(at(29));
    executor.run_until(at(30));
    assert_eq!(clock.elapsed(), ms(30));
    executor.run_until(at(40));
    assert_eq!(trace.take(), [ms(40)]);
    assert_eq!(clock.now(), at(40));
}

#[test]
fn run_for_runs_what_follows_at_the_last_instant() {
    let (clock, executor) = simulation();
    let steps = Rc::new(Cell::new(0));
    executor.spawn({
        let (clock, steps) = (clock.clone(), Rc::clone(&steps));
        async move {
            clock.sleep(ms(5)).await;
            for _ in 0..3 {
                clock.sleep(Duration::ZERO).await;
                steps.set(steps.get() + 1);
            }
        }
    });
    executor.run_for(ms(5));
    assert_eq!(steps.get(), 3);
    assert_eq!(clock.elapsed(), ms(5));
}

#[test]
fn run_for_saturates() {
    let (clock, executor) = simulation();
    executor.run_for(ms(1));
    executor.run_for(Duration::MAX);
    assert_eq!(clock.now(), Instant::MAX);
    executor.run_until_idle();
    executor.block_on(clock.sleep(Duration::ZERO)).unwrap();
}

#[test]
fn run_until_idle_does_not_move_the_time() {
    let (clock, executor) = simulation();
    let task = executor.spawn(clock.sleep(ms(1)));
    executor.run_until_idle();
    assert_eq!(clock.pending(), [at(1)]);
    assert_eq!(clock.elapsed(), Duration::ZERO);
    clock.advance(ms(1));
    assert!(!task.is_finished());
    executor.run_until_idle();
    assert!(task.is_finished());
}

#[test]
fn the_body_of_run_has_its_own_clock() {
    let elapsed = anytempo_virtual::run(async |clock| {
        clock.sleep(ms(7)).await;
        clock.elapsed()
    });
    assert_eq!(elapsed.unwrap(), ms(7));
}

#[test]
fn executors_on_several_threads_do_not_interact() {
    thread::scope(|scope| {
        for step in 1..=4 {
            scope.spawn(move || {
                let (clock, executor) = simulation();
                for _ in 0..100 {
                    executor.spawn(clock.sleep(ms(step)));
                }
                executor.run().unwrap();
                assert_eq!(clock.elapsed(), ms(step));
            });
        }
    });
}

#[test]
fn a_hundred_thousand_tasks() {
    let (clock, executor) = simulation();
    for i in 0..100_000 {
        executor.spawn(clock.sleep(ms(1 + i * 7919 % 100_000)));
    }
    executor.run().unwrap();
    assert_eq!(clock.elapsed(), ms(100_000));
}

#[test]
fn a_panic_in_a_task_leaves_through_the_drive() {
    let (clock, executor) = simulation();
    let mut bad = executor.spawn({
        let clock = clock.clone();
        async move {
            clock.sleep(ms(1)).await;
            panic!("a task's own fault");
        }
    });
    let good = executor.spawn(clock.sleep(ms(2)));
    let panic = catch_unwind(AssertUnwindSafe(|| executor.run())).unwrap_err();
    assert_eq!(*panic.downcast::<&str>().unwrap(), "a task's own fault");
    assert_eq!(clock.elapsed(), ms(1));
    assert!(matches!(poll(&mut bad, Waker::noop()), Poll::Ready(Err(_))));

    executor.run().unwrap();
    assert!(good.is_finished());
    assert_eq!(clock.elapsed(), ms(2));
}

#[test]
fn a_panic_in_the_main_future_leaves_the_executor_usable() {
    let (clock, executor) = simulation();
    let panic = catch_unwind(AssertUnwindSafe(|| {
        executor.block_on(async {
            clock.sleep(ms(1)).await;
            panic!("a test's own fault");
        })
    }));
    assert!(panic.is_err());
    executor.block_on(clock.sleep(ms(1))).unwrap();
    assert_eq!(clock.elapsed(), ms(2));
}

#[test]
#[should_panic(expected = "this executor is already being driven")]
fn driving_from_inside_panics() {
    let (_, executor) = simulation();
    let _ = executor.block_on(async { executor.run_until_idle() });
}

/// Drives an executor when it is dropped, and notes how that went.
struct DrivesOnDrop(Rc<Executor>, Trace<bool>);

impl Drop for DrivesOnDrop {
    fn drop(&mut self) {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.0.run_for(ms(1))));
        self.1.add(outcome.is_ok());
    }
}

// While it is driven, an executor refuses a task that is dropped as much as one that is polled. Otherwise it accepts both.
#[test]
fn a_destructor_may_drive_the_executor_if_nothing_else_does() {
    let (clock, executor) = simulation();
    let (executor, trace) = (Rc::new(executor), Trace::new());
    let probe = || DrivesOnDrop(Rc::clone(&executor), trace.clone());

    let task = executor.spawn({
        let probe = probe();
        async move {
            let _probe = probe;
            pending::<()>().await;
        }
    });
    let other = executor.spawn(clock.sleep(ms(1)));
    executor.run_until_idle();
    task.abort();
    assert_eq!(trace.take(), [true]);
    assert_eq!(clock.elapsed(), ms(1));
    assert!(task.is_finished() && other.is_finished());

    // A task that is over, one that is aborted by another one, and the main future.
    let over = probe();
    executor.spawn(async move { drop(over) });
    let aborted = probe();
    let aborted = executor.spawn(async move {
        let _probe = aborted;
        pending::<()>().await;
    });
    executor.spawn(async move { aborted.abort() });
    executor.run().unwrap();
    let main = probe();
    executor.block_on(async move { drop(main) }).unwrap();
    assert_eq!(trace.take(), [false, false, false]);
    assert_eq!(clock.elapsed(), ms(1));

    // None of these has left the executor in a drive.
    drop(probe());
    assert_eq!(trace.take(), [true]);
    assert_eq!(clock.elapsed(), ms(2));
}

// A waker that the clock calls runs inside of the drive.
#[test]
fn wakers_that_meddle_with_the_clock_do_no_harm_in_a_drive() {
    let (clock, executor) = simulation();
    let trace = Trace::new();
    let spare = Arc::new(Mutex::new(Some(Box::pin(clock.sleep(ms(9))))));
    assert!(poll(spare.lock().unwrap().as_mut().unwrap(), Waker::noop()).is_pending());
    let waker = calls({
        let (clock, trace, spare) = (clock.clone(), trace.clone(), Arc::clone(&spare));
        move || {
            trace.add(clock.now());
            clock.advance(ms(2));
            drop(spare.lock().unwrap().take());
            drop(clock.hold());
            trace.add(clock.now());
        }
    });
    let mut meddler = Box::pin(clock.sleep(ms(5)));
    assert!(poll(&mut meddler, &waker).is_pending());
    executor.block_on(clock.sleep(ms(6))).unwrap();
    assert_eq!(trace.take(), [at(5), at(7)]);
    assert_eq!(clock.now(), at(7));
    assert_eq!(clock.pending(), []);
}

// The thread is in an advance, and so are its own wakers. They must not wait for it.
#[test]
fn a_waker_may_run_an_executor_of_its_own_on_the_clock() {
    let clock = VirtualClock::new();
    let trace = Trace::new();
    let waker = calls({
        let (clock, trace) = (clock.clone(), trace.clone());
        move || {
            Executor::new(&clock).block_on(clock.sleep(ms(3))).unwrap();
            trace.add(clock.now());
        }
    });
    let mut sleep = Box::pin(clock.sleep(ms(5)));
    assert!(poll(&mut sleep, &waker).is_pending());
    clock.advance(ms(6));
    assert_eq!(trace.take(), [at(8)]);
    assert_eq!(clock.now(), at(8));
}

#[test]
fn an_executor_inside_of_another_is_fine() {
    let (clock, executor) = simulation();
    let inner = executor.block_on(async {
        clock.sleep(ms(1)).await;
        anytempo_virtual::run(async |clock| {
            clock.sleep(ms(50)).await;
            clock.elapsed()
        })
    });
    assert_eq!(inner.unwrap().unwrap(), ms(50));
    assert_eq!(clock.elapsed(), ms(1));
}

#[test]
fn futures_need_not_be_send_and_names_need_not_be_unique() {
    let (clock, executor) = simulation();
    let shared = Rc::new(Cell::new(0));
    for _ in 0..2 {
        let (clock, shared) = (clock.clone(), Rc::clone(&shared));
        executor.spawn_named("twin", async move {
            clock.sleep(ms(1)).await;
            shared.set(shared.get() + 1);
        });
    }
    assert_eq!(
        format!("{executor:?}"),
        "Executor { clock: VirtualClock { now: Instant(0ns), pending: 0 }, tasks: 2 }"
    );
    executor.run().unwrap();
    assert_eq!(shared.get(), 2);
    assert_eq!(executor.clock().elapsed(), ms(1));
}

#[test]
fn a_task_may_advance_the_clock() {
    let (clock, executor) = simulation();
    let slept = executor.spawn({
        let clock = clock.clone();
        async move {
            clock.sleep(ms(5)).await;
            clock.elapsed()
        }
    });
    executor.spawn({
        let clock = clock.clone();
        async move { clock.advance(ms(30)) }
    });
    assert_eq!(executor.block_on(slept).unwrap(), Ok(ms(30)));
}
