//! The handle of a task that a `SendSpawner` spawned, on the executor and on other threads.

mod common;

use core::cell::RefCell;
use core::future::pending;
use core::task::{Poll, Waker};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use anytempo::Timer;
use anytempo_virtual::{Executor, SendJoinHandle, Simulation, VirtualClock, run};

use common::{Count, calls, ms, poll};

#[test]
fn it_is_send_and_sync() {
    fn assert<T: Send + Sync + Unpin + 'static>() {}
    assert::<SendJoinHandle<u8>>();
}

#[test]
fn it_gives_the_output_once() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let sleep = clock.sleep(ms(2));
    let mut handle = executor.send_spawner().spawn(async {
        sleep.await;
        7
    });
    executor.run_for(ms(1));
    let (count, waker) = Count::new();
    assert!(poll(&mut handle, Waker::noop()).is_pending());
    assert!(poll(&mut handle, &waker).is_pending());
    assert!(!handle.is_finished());
    executor.run_for(ms(1));
    assert_eq!((count.wakes(), handle.is_finished()), (1, true));
    drop(waker);
    assert_eq!(Arc::strong_count(&count), 1, "the waker is given up");
    assert_eq!(poll(&mut handle, Waker::noop()), Poll::Ready(Ok(7)));
    assert_eq!(poll(&mut handle, Waker::noop()), Poll::Pending);
    assert!(handle.is_finished());
}

#[test]
fn another_thread_aborts_a_task_that_waits() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let kept = Arc::new(());
    let inside = Arc::clone(&kept);
    let handle = executor.send_spawner().spawn(async move {
        pending::<()>().await;
        drop(inside);
    });
    executor.run_until_idle();
    let handle = thread::spawn(move || {
        handle.abort();
        handle
    });
    let mut handle = handle.join().unwrap();
    assert!(!handle.is_finished());
    assert_eq!(Arc::strong_count(&kept), 2);
    // The handle learns of the end when the future is dropped.
    let (weak, (count, counts)) = (Arc::downgrade(&kept), Count::new());
    let waker = calls(move || {
        assert_eq!(weak.strong_count(), 1);
        counts.wake_by_ref();
    });
    assert!(poll(&mut handle, &waker).is_pending());
    executor.run().unwrap();
    assert_eq!(count.wakes(), 1);
    assert_eq!(Arc::strong_count(&kept), 1);
    assert!(matches!(poll(&mut handle, Waker::noop()), Poll::Ready(Err(_))));
}

#[test]
fn a_task_that_had_no_turn_is_aborted_unpolled() {
    let executor = Executor::new(&VirtualClock::new());
    let handle = executor.send_spawner().spawn(async { panic!("polled") });
    handle.abort();
    assert!(executor.block_on(handle).unwrap().is_err());
}

#[test]
fn a_task_that_is_over_is_not_changed_by_an_abort() {
    let executor = Executor::new(&VirtualClock::new());
    let handle = executor.send_spawner().spawn(async { 7 });
    executor.run().unwrap();
    handle.abort();
    assert_eq!(executor.block_on(handle).unwrap(), Ok(7));
}

#[test]
fn a_dropped_handle_detaches_the_task_and_keeps_no_waker() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let (count, waker) = Count::new();
    let kept = Arc::clone(&count);
    let mut handle = executor.send_spawner().spawn({
        let sleep = clock.sleep(ms(1));
        async move {
            sleep.await;
            kept
        }
    });
    executor.run_until_idle();
    assert!(poll(&mut handle, &waker).is_pending());
    drop((handle, waker));
    assert_eq!(Arc::strong_count(&count), 2);
    executor.run().unwrap();
    assert_eq!((clock.elapsed(), count.wakes(), Arc::strong_count(&count)), (ms(1), 0, 1));

    // The output of a task that is over goes with the handle.
    let kept = Arc::clone(&count);
    let handle = executor.send_spawner().spawn(async { kept });
    executor.run().unwrap();
    drop(handle);
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn the_end_of_the_executor_ends_the_tasks() {
    let executor = Executor::new(&VirtualClock::new());
    let spawner = executor.send_spawner();
    let mut waiting = spawner.spawn(pending::<()>());
    executor.run_until_idle();
    let mut unpolled = spawner.spawn(pending::<()>());
    let (count, waker) = Count::new();
    assert!(poll(&mut waiting, &waker).is_pending());
    drop(executor);
    assert_eq!(count.wakes(), 1);
    let mut late = spawner.spawn(pending::<()>());
    for handle in [&mut waiting, &mut unpolled, &mut late] {
        assert!(matches!(poll(handle, Waker::noop()), Poll::Ready(Err(_))));
    }
}

#[test]
fn a_task_that_panics_is_aborted() {
    let executor = Executor::new(&VirtualClock::new());
    let mut handle = executor.send_spawner().spawn(async { panic!("expected") });
    let panic = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| executor.run()));
    assert!(panic.is_err());
    assert!(matches!(poll(&mut handle, Waker::noop()), Poll::Ready(Err(_))));
}

// A handle that lives may wake its task, so the task's waker is held. A detached one has none.
#[test]
fn a_deadlock_tells_whether_a_handle_lives() {
    for is_kept in [true, false] {
        let executor = Executor::new(&VirtualClock::new());
        let handle = Some(executor.send_spawner().spawn(pending::<()>())).filter(|_| is_kept);
        let deadlock = executor.run().unwrap_err();
        assert_eq!(deadlock.waiting()[0].is_waker_held(), is_kept);
        drop(handle);
    }
}

#[test]
fn numbers_under_a_seed_are_those_of_the_calls() {
    let numbers = |seed: Option<u64>| {
        let simulation = seed.map_or_else(Simulation::new, |seed| Simulation::new().seed(seed));
        let list = simulation.run(async |sim| {
            let spawner = sim.send_spawner();
            for name in ["a", "b", "c"] {
                drop(spawner.spawn_named(name, sim.clock().sleep(ms(1))));
            }
            sim.settled().await;
            sim.tasks().iter().map(|it| it.name().unwrap().to_owned()).collect::<String>()
        });
        list.unwrap()
    };
    assert_eq!(numbers(None), "abc");
    for seed in 0..20 {
        assert_eq!(numbers(Some(seed)), "abc");
    }
}

#[test]
fn it_is_awaited_in_a_body() {
    let order = Rc::new(RefCell::new(Vec::new()));
    let body = async |sim: anytempo_virtual::Sim| {
        let sleep = sim.clock().sleep(ms(3));
        let handle = sim.send_spawner().spawn(async {
            sleep.await;
            "sent"
        });
        let sent = handle.await.unwrap();
        order.borrow_mut().push(sent);
        order.borrow_mut().push("body");
        sim.elapsed()
    };
    assert_eq!(run(body).unwrap(), ms(3));
    assert_eq!(*order.borrow(), ["sent", "body"]);
}
