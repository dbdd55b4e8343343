//! Tasks from outside: their handles, and how they end.

mod common;

use core::cell::{Cell, RefCell};
use core::future::{pending, poll_fn, ready};
use core::panic::AssertUnwindSafe;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use anytempo::Timer;
use anytempo_virtual::{Aborted, JoinHandle};

use common::{Count, Trace, at, ms, parked, poll, simulation};

fn aborted<T>(outcome: Result<T, Aborted>) -> bool {
    outcome.is_err()
}

fn is_aborted<T: 'static>(handle: &mut JoinHandle<T>) -> bool {
    matches!(poll(handle, Waker::noop()), Poll::Ready(Err(_)))
}

/// Wakes itself in every poll, also in its last one, so that a wake is left over.
async fn left_over(waker: &RefCell<Option<Waker>>) {
    let mut polls = 0;
    poll_fn(|cx| {
        *waker.borrow_mut() = Some(cx.waker().clone());
        cx.waker().wake_by_ref();
        polls += 1;
        if polls < 3 { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

/// Tells that it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn a_handle_gives_the_output_once() {
    let (clock, executor) = simulation();
    let mut handle = executor.spawn({
        let clock = clock.clone();
        async move {
            clock.sleep(ms(2)).await;
            "done"
        }
    });
    executor
        .block_on(async {
            assert!(clock.timeout(ms(1), &mut handle).await.is_err());
            assert_eq!((&mut handle).await, Ok("done"));
            assert_eq!(clock.elapsed(), ms(2));
        })
        .unwrap();
    assert!(handle.is_finished());
    handle.abort();
    assert!(poll(&mut handle, Waker::noop()).is_pending());
}

#[test]
fn the_newest_waker_of_a_handle_wins_and_a_dropped_handle_keeps_none() {
    let (clock, executor) = simulation();
    let mut handle = executor.spawn(clock.sleep(ms(1)));
    let (former, former_waker) = Count::new();
    let (newest, newest_waker) = Count::new();
    assert!(poll(&mut handle, &former_waker).is_pending());
    assert!(poll(&mut handle, &newest_waker).is_pending());
    executor.run().unwrap();
    assert_eq!((former.wakes(), newest.wakes()), (0, 1));
    assert_eq!(poll(&mut handle, &former_waker), Poll::Ready(Ok(())));

    let mut detached = executor.spawn(clock.sleep(ms(1)));
    assert!(poll(&mut detached, &former_waker).is_pending());
    drop((detached, former_waker));
    assert_eq!(Arc::strong_count(&former), 1);
    executor.run().unwrap();
    assert_eq!(clock.elapsed(), ms(2), "it ran on");
}

#[test]
fn abort_drops_the_future_at_once() {
    let (clock, executor) = simulation();
    let dropped = Rc::new(Cell::new(0));
    let task = |sleep: Duration| {
        let (clock, dropped) = (clock.clone(), Rc::clone(&dropped));
        async move {
            let _guard = OnDrop(|| dropped.set(dropped.get() + 1));
            clock.sleep(sleep).await;
        }
    };
    let waiting = executor.spawn(task(ms(5)));
    executor.run_until_idle();
    assert_eq!(clock.pending(), [at(5)]);
    waiting.abort();
    assert!(waiting.is_finished());
    assert_eq!(dropped.get(), 1);
    assert_eq!(clock.pending(), []);
    waiting.abort();
    assert!(aborted(executor.block_on(waiting).unwrap()));

    let never_polled = executor.spawn(task(ms(5)));
    never_polled.abort();
    assert!(aborted(executor.block_on(never_polled).unwrap()));
    assert_eq!(dropped.get(), 1, "its body never began");

    let woken = executor.spawn(task(ms(5)));
    executor.run_until_idle();
    clock.advance(ms(5));
    woken.abort();
    executor.run_until_idle();
    assert_eq!(dropped.get(), 2);
    assert!(aborted(executor.block_on(woken).unwrap()));
    assert_eq!(clock.elapsed(), ms(5));
    executor.run().unwrap();
}

#[test]
fn abort_wakes_who_waits_for_the_task() {
    let (clock, executor) = simulation();
    let task = Rc::new(executor.spawn(pending::<()>()));
    let mut late = executor.spawn(pending::<()>());
    executor.spawn({
        let (clock, task) = (clock.clone(), Rc::clone(&task));
        async move {
            clock.sleep(ms(5)).await;
            task.abort();
        }
    });
    late.abort();
    executor
        .block_on(async {
            assert!(aborted((&mut late).await));
            assert_eq!(clock.elapsed(), Duration::ZERO);
        })
        .unwrap();
    executor.run().unwrap();
    assert!(task.is_finished());
    let waiter = executor.spawn(Rc::into_inner(task).unwrap());
    assert!(aborted(executor.block_on(waiter).unwrap().unwrap()));
}

#[test]
fn a_task_that_aborts_itself_is_dropped_after_that_poll() {
    let (clock, executor) = simulation();
    let own: Rc<RefCell<Option<JoinHandle<u8>>>> = Rc::default();
    let trace = Trace::new();
    *own.borrow_mut() = Some(executor.spawn({
        let (clock, own, trace) = (clock.clone(), Rc::clone(&own), trace.clone());
        async move {
            let _guard = OnDrop(|| trace.add("dropped"));
            own.borrow().as_ref().unwrap().abort();
            trace.add("goes on");
            clock.sleep(ms(1)).await;
            trace.add("too far");
            1
        }
    }));
    executor.run().unwrap();
    assert_eq!(trace.take(), ["goes on", "dropped"]);
    let handle = own.borrow_mut().take().unwrap();
    assert!(aborted(executor.block_on(handle).unwrap()));

    // In its last poll the output counts.
    *own.borrow_mut() = Some(executor.spawn({
        let own = Rc::clone(&own);
        async move {
            own.borrow().as_ref().unwrap().abort();
            2
        }
    }));
    executor.run().unwrap();
    let handle = own.borrow_mut().take().unwrap();
    assert_eq!(executor.block_on(handle).unwrap(), Ok(2));
}

#[test]
fn a_task_that_aborts_itself_and_panics_takes_no_other_with_it() {
    let (clock, executor) = simulation();
    let own: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
    *own.borrow_mut() = Some(executor.spawn({
        let own = Rc::clone(&own);
        async move {
            own.borrow().as_ref().unwrap().abort();
            panic!("after the abort");
        }
    }));
    let other = executor.spawn(clock.sleep(ms(1)));
    assert!(catch_unwind(AssertUnwindSafe(|| executor.run())).is_err());
    assert_eq!(executor.block_on(other).unwrap(), Ok(()));
}

#[test]
fn the_future_is_dropped_before_its_handle_knows() {
    let (_, executor) = simulation();
    let task = |polled: bool| {
        let handle: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let finished = Rc::new(Cell::new(None));
        let guard = OnDrop({
            let (handle, finished) = (Rc::clone(&handle), Rc::clone(&finished));
            move || {
                let handle: &Option<JoinHandle<()>> = &handle.borrow();
                finished.set(Some(handle.as_ref().unwrap().is_finished()));
            }
        });
        *handle.borrow_mut() = Some(executor.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        }));
        if polled {
            executor.run_until_idle();
        }
        let handle = handle.borrow();
        handle.as_ref().unwrap().abort();
        assert!(handle.as_ref().unwrap().is_finished());
        finished.get()
    };
    assert_eq!(task(false), Some(false));
    assert_eq!(task(true), Some(false));
}

#[test]
fn aborted_reads_well() {
    let (_, executor) = simulation();
    let handle = executor.spawn(pending::<()>());
    handle.abort();
    let error = executor.block_on(handle).unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the task was dropped before it was done");
}

#[test]
fn the_output_may_be_anything() {
    let (_, executor) = simulation();
    let lock = Arc::new(Mutex::new(1));
    let handle = executor.spawn(ready(Rc::new(Arc::clone(&lock))));
    executor.run().unwrap();
    assert_eq!(Arc::strong_count(&lock), 2);
    drop(handle);
    assert_eq!(Arc::strong_count(&lock), 1);
    drop(executor.spawn(ready(Arc::clone(&lock))));
    executor.run().unwrap();
    assert_eq!(Arc::strong_count(&lock), 1, "what nobody waits for is dropped");
}

#[test]
fn dropping_the_executor_drops_its_tasks_in_order() {
    let (clock, executor) = simulation();
    let trace = Trace::new();
    let spawner = executor.spawner();
    let mut handles: Vec<_> = (0..10)
        .map(|i| {
            let (clock, trace, spawner) = (clock.clone(), trace.clone(), spawner.clone());
            let guard = OnDrop(move || {
                trace.add(i);
                assert!(spawner.spawn(ready(())).is_finished(), "too late to spawn");
            });
            executor.spawn(async move {
                let _guard = guard;
                clock.sleep(ms(1)).await;
            })
        })
        .collect();
    executor.run_until_idle();
    assert_eq!(clock.pending().len(), 10);
    drop(executor);
    assert_eq!(trace.take(), (0..10).collect::<Vec<_>>());
    assert_eq!(clock.pending(), []);
    for handle in &mut handles {
        handle.abort();
        assert!(is_aborted(handle));
    }
    let mut late = spawner.spawn_named("late", ready(1));
    assert!(is_aborted(&mut late));
}

#[test]
fn wakers_outlive_tasks_and_the_executor() {
    let (_, executor) = simulation();
    let kept = Rc::new(RefCell::new(None));
    executor.spawn({
        let kept = Rc::clone(&kept);
        async move { parked(&kept).await }
    });
    executor.run_until_idle();
    let waker = kept.borrow().clone().unwrap();
    waker.wake_by_ref();
    executor.run().unwrap();
    waker.wake_by_ref();
    executor.run_until_idle();

    let main = RefCell::new(None);
    executor.block_on(left_over(&main)).unwrap();
    // A former main future's wake does not reach the next one.
    let mut polls = 0;
    main.borrow().as_ref().unwrap().wake_by_ref();
    let deadlock = executor.block_on(poll_fn(|_| {
        polls += 1;
        main.borrow().as_ref().unwrap().wake_by_ref();
        Poll::<()>::Pending
    }));
    assert!(deadlock.is_err());
    assert_eq!(polls, 1);

    drop(executor);
    waker.wake_by_ref();
    waker.wake();
    main.borrow().as_ref().unwrap().wake_by_ref();
}
