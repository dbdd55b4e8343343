//! How tasks and executors end: destructors that panic, that ask for the clock, that drive, and what outlives an executor.

mod common;

use core::cell::{Cell, RefCell};
use core::future::{Future, pending};
use core::panic::AssertUnwindSafe;
use core::task::{Context, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::Arc;

use anytempo::Timer;
use anytempo_virtual::{
    Aborted, AmbientClock, Executor, Exploration, Limit, Sim, Simulation, Stopped, TaskState,
    VirtualClock, explore, run,
};

use common::{Count, at, ms, poll};

/// Calls a function when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

async fn holds<T>(held: T) {
    pending::<()>().await;
    drop(held);
}

#[test]
fn a_task_whose_drop_panics_is_over() {
    let executor = Executor::new(&VirtualClock::new());
    let handle = executor.spawn(holds(OnDrop(|| panic!("on purpose"))));
    executor.run_until_idle();
    assert!(catch_unwind(AssertUnwindSafe(|| handle.abort())).is_err());
    assert!(handle.is_finished());
    assert_eq!(executor.tasks().len(), 0);
    executor.run().unwrap();
    assert!(matches!(executor.block_on(handle).unwrap(), Err(Aborted { .. })));
}

#[test]
fn a_drop_that_panics_keeps_no_other_from_its_own() {
    let dropped = Rc::new(Cell::new(0));
    let executor = Executor::new(&VirtualClock::new());
    for number in 0..5 {
        let dropped = Rc::clone(&dropped);
        executor.spawn(holds(OnDrop(move || {
            dropped.set(dropped.get() + 1);
            assert!(number != 1, "on purpose");
        })));
    }
    executor.run_until_idle();
    assert!(catch_unwind(AssertUnwindSafe(|| drop(executor))).is_err());
    assert_eq!(dropped.get(), 5);
}

#[test]
fn destructors_have_the_ambient_clock() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let asks = |seen: &Rc<RefCell<Vec<_>>>| {
        let seen = Rc::clone(seen);
        OnDrop(move || seen.borrow_mut().push(AmbientClock.now()))
    };
    run(async |sim| {
        sim.spawn(holds(asks(&seen)));
        let aborted = sim.spawn(holds(asks(&seen)));
        sim.sleep(ms(5)).await;
        aborted.abort();
        sim.sleep(ms(5)).await;
    })
    .unwrap();
    assert_eq!(*seen.borrow(), [at(5), at(10)]);
    assert!(AmbientClock::try_get().is_none());

    // Also while the body's own panic passes.
    let failure = explore(0..1, async |sim| {
        sim.spawn(holds(asks(&seen)));
        sim.settled().await;
        panic!("the cause");
    });
    assert!(failure.unwrap_err().to_string().contains(": the cause\n"));
}

#[test]
fn a_destructor_may_run_the_other_tasks() {
    let clock = VirtualClock::new();
    let executor = Rc::new(Executor::new(&clock));
    let ended = Rc::new(Cell::new(false));
    let task = executor.spawn(holds(OnDrop({
        let (executor, ended) = (Rc::downgrade(&executor), Rc::clone(&ended));
        move || ended.set(executor.upgrade().unwrap().run().is_ok())
    })));
    executor.spawn(clock.sleep(ms(3)));
    executor.run_until_idle();
    task.abort();
    assert!(ended.get());
    assert_eq!(clock.elapsed(), ms(3));
}

#[test]
fn what_outlives_its_executor_does_nothing() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let mut settled = Box::pin(executor.settled());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(settled.as_mut().poll(&mut cx).is_pending());
    drop(executor);
    assert!(settled.as_mut().poll(&mut cx).is_pending());
}

#[test]
fn a_wait_on_another_clock_is_of_no_task_there() {
    let (one, two) = (VirtualClock::new(), VirtualClock::new());
    let (first, second) = (Executor::new(&one), Executor::new(&two));
    // In the background of the second executor, and so task 1 there; on the first clock it keeps the time going.
    second.spawn_background("elsewhere", one.sleep(ms(5)));
    second.run_until_idle();
    first.spawn_named("task 1", pending::<()>());
    first.run_until_idle();
    assert_eq!(first.tasks()[0].awaits(), []);
    first.run().unwrap_err();
    assert_eq!(one.elapsed(), ms(5));
}

#[test]
fn a_limit_tells_who_is_ready() {
    let stopped = Simulation::new().poll_limit(10).run(async |sim| {
        let clock = sim.clone();
        sim.spawn_named("spins", async move {
            loop {
                clock.sleep(Duration::ZERO).await;
            }
        });
        pending::<()>().await;
    });
    let Err(Stopped::Limit(reached)) = stopped else { panic!("{stopped:?}") };
    assert_eq!(reached.limit(), Limit::Polls(10));
    let states: Vec<TaskState> = reached.tasks().iter().map(|task| task.state()).collect();
    assert_eq!(states, [TaskState::Waiting, TaskState::Ready]);
}

#[test]
fn a_panic_that_the_body_caught_is_not_the_cause() {
    let failure = explore(0..10, async |_| {
        drop(catch_unwind(|| panic!("caught")));
        assert_eq!(1 + 1, 3, "the cause");
    });
    let said = failure.unwrap_err().to_string();
    assert!(said.contains(": assertion `left == right` failed: the cause"), "{said}");
    assert!(!said.contains(": caught\n"), "{said}");
}

#[test]
fn priorities_let_others_run_beside_one_that_yields() {
    let body = async |sim: Sim| {
        let is_set = Rc::new(Cell::new(false));
        let set = Rc::clone(&is_set);
        let clock = sim.clone();
        sim.spawn_named("sets", async move {
            clock.sleep(Duration::ZERO).await;
            set.set(true);
        });
        while !is_set.get() {
            sim.sleep(Duration::ZERO).await;
        }
    };
    let explored = Exploration::new(0..100).pct(2).poll_limit(10_000).run(body).unwrap();
    assert_eq!(explored.runs, 101);
}

#[test]
fn tasks_that_differ_by_name_alone_are_other_tasks() {
    let runs = Cell::new(0);
    let parted = Exploration::new(0..3).repeated().run(async |sim| {
        runs.set(runs.get() + 1);
        let names = if runs.get() % 2 == 0 { ["a", "b"] } else { ["b", "a"] };
        for name in names {
            sim.spawn_named(name, async {});
        }
        sim.settled().await;
    });
    let said = parted.unwrap_err().to_string();
    assert!(said.contains("part at step 2 of their traces"), "{said}");
    assert!(
        said.contains("task 1 \"b\" is spawned at ")
            && said.contains("task 1 \"a\" is spawned at "),
        "{said}"
    );

    // What the body chooses is a part of the run.
    let runs = Cell::new(0);
    let parted = Exploration::new(0..3).repeated().run(async |sim| {
        runs.set(runs.get() + 1);
        let _ = sim.choose("a message", &["arrives", "is late", "is lost"][..2 + runs.get() % 2]);
    });
    assert!(parted.unwrap_err().to_string().contains("it had 1 choices, and others were made"));
}

#[test]
fn an_executor_drops_its_tasks_in_the_order_of_spawning() {
    let executor = Executor::new(&VirtualClock::new());
    let order = Rc::new(RefCell::new(Vec::new()));
    let task = |number| {
        let order = Rc::clone(&order);
        executor.spawn(holds(OnDrop(move || order.borrow_mut().push(number))))
    };
    let first = task(1);
    task(2);
    first.abort();
    // It has the place of the first.
    drop(first);
    task(3);
    drop(executor);
    assert_eq!(*order.borrow(), [1, 2, 3]);
}

#[test]
fn an_executor_that_is_gone_keeps_no_waker_of_what_settles() {
    let executor = Executor::new(&VirtualClock::new());
    let (count, waker) = Count::new();
    let mut settled = executor.settled();
    assert!(poll(&mut settled, &waker).is_pending());
    drop((executor, waker));
    assert_eq!((count.wakes(), Arc::strong_count(&count)), (0, 1));
    assert!(poll(&mut settled, Waker::noop()).is_pending());
}

#[test]
fn a_dropped_wait_to_be_settled_keeps_no_waker() {
    let executor = Executor::new(&VirtualClock::new());
    let (count, waker) = Count::new();
    let mut settled = executor.settled();
    assert!(poll(&mut settled, &waker).is_pending());
    drop((settled, waker));
    assert_eq!(Arc::strong_count(&count), 1);
}
