//! What a stopped run says of its tasks: what each waits for, what could wake it, and what would help.

mod common;

use core::cell::RefCell;
use core::future::{Future, pending, poll_fn};
use core::pin::pin;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use anytempo::{RawSleep as _, Timer};
use anytempo_virtual::{
    Awaited, Executor, LimitReached, Sim, Simulation, Stopped, VirtualClock, run,
};

use common::{at, at_real_limit, ms, poll};

const HELD: &str = "\nhint: something holds the waker of a task";
const NOT_HELD: &str = "\nhint: a task whose waker nothing holds is never woken";
const SPAWNER: &str = "\nhint: a SendSpawner lives";
const BACKGROUND: &str = "\nhint: deadlines of tasks in the background do not count";
const OTHER_CLOCK: &str = "\nhint: an executor moves only its own clock";

/// Each hint is there, or is not.
#[track_caller]
fn assert_hints(said: &str, expected: &[&str]) {
    for hint in [HELD, NOT_HELD, SPAWNER, BACKGROUND, OTHER_CLOCK] {
        assert_eq!(said.contains(hint), expected.contains(&hint), "{hint} in {said}");
    }
}

/// Never ends, and its waker is kept.
fn kept(wakers: &Rc<RefCell<Vec<Waker>>>) -> impl Future<Output = ()> + use<> {
    let wakers = Rc::clone(wakers);
    poll_fn(move |cx| {
        wakers.borrow_mut().push(cx.waker().clone());
        Poll::Pending
    })
}

#[test]
fn a_wait_on_another_clock() {
    let other = VirtualClock::new();
    let said = run(async |_| other.sleep(ms(1)).await).unwrap_err().to_string();
    assert!(said.contains(", waits for another clock\n"), "{said}");
    assert_hints(&said, &[OTHER_CLOCK]);
}

#[test]
fn a_waker_that_something_holds_or_nothing() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let wakers = Rc::default();
    executor.spawn_named("held", kept(&wakers));
    let said = executor.run().unwrap_err().to_string();
    assert!(said.contains(", waits\n"), "{said}");
    assert_hints(&said, &[HELD]);

    executor.spawn_named("lost", pending::<()>());
    let deadlock = executor.run().unwrap_err();
    let is_held: Vec<bool> = deadlock.waiting().iter().map(|it| it.is_waker_held()).collect();
    assert_eq!(is_held, [true, false]);
    assert_hints(&deadlock.to_string(), &[HELD, NOT_HELD]);

    wakers.borrow_mut().clear();
    let said = executor.run().unwrap_err().to_string();
    assert!(said.contains(", waits, and nothing holds its waker\n"), "{said}");
    assert_hints(&said, &[NOT_HELD]);
    let said = run(async |_| kept(&wakers).await).unwrap_err().to_string();
    assert_hints(&said, &[HELD]);
}

#[test]
fn a_task_that_waits_for_another() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let wakers = Rc::default();
    let first = executor.spawn_named("first", kept(&wakers));
    let second = executor.spawn_named("second", async { first.await.unwrap() });
    let deadlock = executor.block_on(second).unwrap_err();
    let awaits: Vec<_> = deadlock.waiting().iter().map(|it| it.awaits().to_vec()).collect();
    assert_eq!(awaits, [vec![Awaited::Task(2)], vec![], vec![Awaited::Task(1)]]);
    let said = deadlock.to_string();
    assert!(
        said.contains(", waits for task 1\n") && said.contains(", waits for task 2\n"),
        "{said}"
    );
    // The wakers of the others are known to be held by handles, which need no hint.
    assert_hints(&said, &[HELD]);
    wakers.borrow_mut().clear();
    assert_hints(&executor.run().unwrap_err().to_string(), &[NOT_HELD]);
}

#[test]
fn a_task_in_the_background_matters_if_it_has_a_deadline() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    executor.spawn_background("idle", pending::<()>());
    let said = executor.block_on(pending::<()>()).unwrap_err().to_string();
    assert_hints(&said, &[NOT_HELD]);
    executor.spawn_background("beat", clock.sleep(ms(1)));
    let said = executor.block_on(pending::<()>()).unwrap_err().to_string();
    assert_hints(&said, &[NOT_HELD, BACKGROUND]);
}

#[test]
fn a_spawner_of_other_threads() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let spawner = executor.send_spawner();
    let other = spawner.clone();
    executor.spawn(pending::<()>());
    drop(spawner);
    assert_hints(&executor.run().unwrap_err().to_string(), &[NOT_HELD, SPAWNER]);
    drop(other);
    assert_hints(&executor.run().unwrap_err().to_string(), &[NOT_HELD]);
}

// While a hold lives there is no deadlock. A limit on real time ends the run, and names the hold.
#[test]
fn a_hold_that_is_forgotten() {
    let line = line!() + 2;
    let run = async |sim: Sim| {
        let hold = sim.hold();
        sim.sleep(ms(1)).await;
        drop(hold);
    };
    let said = at_real_limit(|limited| limited.run(run).unwrap_err().to_string());
    let hold = format!("a Hold that was taken at {}:{line}:", file!());
    assert!(said.contains(&hold), "{said}");
    assert!(said.contains("\nhint: drop a Hold when its work is done"), "{said}");

    // Its work may be done without a wake: then it is a deadlock after all.
    let clock = VirtualClock::new();
    let hold = clock.hold();
    let (sender, receiver) = mpsc::channel();
    let other = thread::spawn(move || {
        let () = receiver.recv().unwrap();
        drop(hold);
    });
    let body = async {
        sender.send(()).unwrap();
        pending::<()>().await;
    };
    let deadlock = Executor::new(&clock).block_on(body).unwrap_err();
    other.join().unwrap();
    assert_hints(&deadlock.to_string(), &[NOT_HELD]);
}

fn stopped(stopped: Stopped) -> LimitReached {
    match stopped {
        Stopped::Limit(reached) => reached,
        Stopped::Deadlock(deadlock) => panic!("{deadlock}"),
    }
}

#[test]
fn each_wait_has_its_owner() {
    let alone = VirtualClock::new();
    let body = async |sim: Sim| {
        sim.spawn_named("timer", sim.sleep(ms(5)));
        let mut limit = pin!(sim.raw_sleep(Some(at(7))));
        let mut moved = pin!(sim.raw_sleep(Some(at(8))));
        let mut other = pin!(alone.raw_sleep(Some(at(1))));
        sim.settled().await;
        poll_fn(|cx| {
            assert!(limit.as_mut().poll(cx).is_pending());
            assert!(moved.as_mut().poll(cx).is_pending());
            assert!(other.as_mut().poll(cx).is_pending());
            moved.as_mut().reset(Some(at(9)));
            Poll::Ready(())
        })
        .await;
        // Another thread has a wait on this clock too.
        let mut elsewhere = Box::pin(sim.clock().raw_sleep(Some(at(6))));
        let elsewhere = thread::spawn(move || {
            assert!(poll(&mut elsewhere, Waker::noop()).is_pending());
            elsewhere
        });
        let elsewhere = elsewhere.join().unwrap();
        let waits = sim.waits();
        let of = |it: &anytempo_virtual::PendingWait| {
            let owner = it.owner().map(|it| (it.number(), it.name().map(str::to_owned)));
            (it.deadline(), it.is_armed(), owner)
        };
        let timer = Some((Some(1), Some("timer".to_owned())));
        assert_eq!(
            waits.iter().map(of).collect::<Vec<_>>(),
            [
                (at(5), true, timer),
                (at(6), true, None),
                (at(7), true, Some((None, None))),
                (at(9), false, Some((None, None))),
            ]
        );
        let said: Vec<String> = waits.iter().map(ToString::to_string).collect();
        let spawned = format!("a wait for 5ms, of task 1 \"timer\", spawned at {}:", file!());
        assert!(said[0].starts_with(&spawned), "{}", said[0]);
        assert_eq!(said[1], "a wait for 6ms, of no task");
        let reset = "a wait for 9ms, reset and not polled since, of main future, blocked on at ";
        assert!(said[3].starts_with(reset), "{}", said[3]);
        assert_eq!(sim.tasks().len(), 1);
        drop(elsewhere);
        assert_eq!(sim.waits().len(), 3);
    };
    run(body).unwrap();
}

#[test]
fn a_limit_of_polls_is_exact() {
    let yields = async |sim: Sim| sim.sleep(Duration::ZERO).await;
    assert!(Simulation::new().poll_limit(2).run(yields).is_ok());
    assert!(Simulation::new().poll_limit(1).run(yields).is_err());
}

#[test]
fn a_limit_tells_the_waits_of_no_task() {
    let clock = RefCell::new(None);
    let reached = Simulation::new().time_limit(ms(10)).run(async |sim| {
        let mut alone = Box::pin(sim.clock().raw_sleep(Some(at(20))));
        let alone = thread::spawn(move || {
            assert!(poll(&mut alone, Waker::noop()).is_pending());
            alone
        });
        clock.replace(Some(alone.join().unwrap()));
        sim.sleep(Duration::from_secs(60)).await;
    });
    let reached = stopped(reached.unwrap_err());
    assert_eq!(reached.waits().len(), 2);
    let said = reached.to_string();
    assert!(said.contains("\n- a wait for 20ms, of no task"), "{said}");
    assert_eq!(said.matches("a wait for").count(), 1, "{said}");
}

#[test]
fn tasks_are_listed_in_the_order_of_spawning() {
    let executor = Executor::new(&VirtualClock::new());
    let first = executor.spawn(pending::<()>());
    executor.spawn(pending::<()>());
    first.abort();
    // The next one has the place of the first.
    drop(first);
    executor.spawn(pending::<()>());
    let numbers: Vec<_> = executor.tasks().iter().map(|it| it.number()).collect();
    assert_eq!(numbers, [Some(2), Some(3)]);
}

/// A wait that its task has left to others has no owner once the task is over.
#[test]
fn a_wait_outlives_its_task() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let mut wait = Box::pin(clock.raw_sleep(Some(at(5))));
    executor.block_on(async { assert!(poll(&mut wait, Waker::noop()).is_pending()) }).unwrap();
    let waits = executor.waits();
    assert_eq!((waits.len(), waits[0].owner().is_none()), (1, true));
    drop(wait);
    assert!(executor.waits().is_empty());
}
