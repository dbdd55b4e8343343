//! When nothing can happen any more, it says so, and what waited where.

mod common;

use core::cell::RefCell;
use core::future::{Future, pending, poll_fn};
use core::panic::Location;
use core::pin::Pin;
use core::task::Waker;
use std::rc::Rc;

use anytempo::{RawSleep as _, Timer};
use anytempo_virtual::{Executor, Instant, VirtualClock};

use common::{at, ms, poll};

#[test]
fn block_on_tells_when_what_and_where() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let here = Location::caller().line();
    executor.spawn(pending::<()>());
    executor.spawn_named("reader", pending::<()>());
    executor.spawn(clock.sleep(ms(1500)));
    let outcome = executor.block_on(pending::<()>());

    let deadlock = outcome.unwrap_err();
    let file = file!();
    let expected = format!(
        "deadlock at 1.5s: every task waits and no deadline is pending\n\
         - main future, blocked on at {file}:{}:28, waits, and nothing holds its waker\n\
         - task 1, spawned at {file}:{}:14, waits, and nothing holds its waker\n\
         - task 2 \"reader\", spawned at {file}:{}:14, waits, and nothing holds its waker\n\
         hint: a task whose waker nothing holds is never woken: a future that is pending must keep the waker",
        here + 4,
        here + 1,
        here + 2,
    );
    assert_eq!(deadlock.to_string(), expected);
    assert_eq!(format!("{deadlock:?}"), expected);

    assert_eq!(deadlock.at(), at(1500));
    let waiting = deadlock.waiting();
    let numbers: Vec<_> = waiting.iter().map(|waiting| waiting.number()).collect();
    assert_eq!(numbers, [None, Some(1), Some(2)]);
    let names: Vec<_> = waiting.iter().map(|waiting| waiting.name()).collect();
    assert_eq!(names, [None, None, Some("reader")]);
    assert_eq!(waiting[2].location().line(), here + 2);
    assert_eq!(waiting[2].location().file(), file);
}

#[test]
fn run_tells_the_tasks_alone() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let spawner = executor.spawner();
    let line = line!() + 1;
    executor.spawn(async move { drop(spawner.spawn_named("child", pending::<()>())) });
    let deadlock = executor.run().unwrap_err();
    assert_eq!(deadlock.at(), Instant::START);
    let [child] = deadlock.waiting() else { panic!("{deadlock}") };
    assert_eq!((child.number(), child.name()), (Some(2), Some("child")));
    assert_eq!(child.location().line(), line);
}

#[test]
fn it_says_where_run_was_called() {
    let line = line!() + 1;
    let deadlock = anytempo_virtual::run(async |_| pending::<()>().await).unwrap_err();
    let [main] = deadlock.waiting() else { panic!("{deadlock}") };
    assert_eq!((main.number(), main.location().line()), (None, line));
    assert_eq!(main.location().file(), file!());
}

#[test]
#[should_panic(expected = "deadlock at 0ns: every task waits and no deadline is pending\n- main")]
fn unwrap_reads_well() {
    anytempo_virtual::run(async |_| pending::<()>().await).unwrap();
}

#[test]
fn a_sleep_without_end_is_no_deadline() {
    let deadlock = anytempo_virtual::run(async |clock| {
        clock.sleep(core::time::Duration::MAX).await;
    });
    assert_eq!(deadlock.unwrap_err().at(), Instant::START);
}

#[test]
fn the_tasks_remain_and_can_go_on() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let blocker = executor.spawn(pending::<()>());
    executor.spawn({
        let clock = clock.clone();
        async move {
            assert!(blocker.await.is_ok() || clock.elapsed() == ms(5));
        }
    });
    assert_eq!(executor.run().unwrap_err().waiting().len(), 2);
    assert_eq!(executor.run().unwrap_err().waiting().len(), 2);
    executor.run_for(ms(5));
    executor.block_on(clock.sleep(ms(1))).unwrap();
    assert_eq!(executor.run().unwrap_err().at(), at(6));
}

#[test]
fn a_long_list_is_cut_in_words_and_whole_in_the_accessor() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    for _ in 0..25 {
        executor.spawn(pending::<()>());
    }
    let deadlock = executor.block_on(pending::<()>()).unwrap_err();
    let said = deadlock.to_string();
    assert_eq!(said.lines().count(), 1 + 20 + 1 + 1);
    assert_eq!(said.lines().nth(21), Some("- and 6 more"));
    assert_eq!(deadlock.waiting().len(), 26);
    assert_eq!(deadlock.clone().to_string(), said);
}

// An idle limit of 15 ms that each write pushes back, and that only the reader polls.
//
// writes               10, without a poll of the limit
// the limit    |-------x---------------|            would be over at 25
#[test]
fn it_lists_a_sleep_that_was_reset_and_not_polled() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let limit = Rc::new(RefCell::new(clock.raw_sleep(Some(at(15)))));
    executor.spawn_named("reader", {
        let limit = Rc::clone(&limit);
        poll_fn(move |cx| Pin::new(&mut *limit.borrow_mut()).poll(cx))
    });
    executor.spawn_named("writer", {
        let (clock, limit) = (clock.clone(), Rc::clone(&limit));
        async move {
            clock.sleep(ms(10)).await;
            Pin::new(&mut *limit.borrow_mut()).reset(Some(at(25)));
        }
    });
    let deadlock = executor.run().unwrap_err();
    assert_eq!((deadlock.at(), deadlock.unpolled_resets()), (at(10), &[at(25)][..]));
    let said = deadlock.to_string();
    assert!(said.contains("\n- task 1 \"reader\", spawned at "), "{said}");
    assert!(said.contains(", waits for an unpolled reset to 25ms\n"), "{said}");
    let line = "- a sleep was reset to 25ms and not polled since: nothing wakes it; poll it after the reset";
    assert_eq!(said.lines().nth(2), Some(line));

    // Nothing but the reader's own poll mends it.
    executor.run_for(ms(50));
    assert_eq!(executor.run().unwrap_err().unpolled_resets(), [at(25)]);
    assert!(poll(&mut *limit.borrow_mut(), Waker::noop()).is_ready());
    assert_eq!(executor.run().unwrap_err().unpolled_resets(), []);
}

#[test]
fn a_long_list_of_resets_is_cut_in_words_and_whole_in_the_accessor() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let mut sleeps: Vec<_> = (0..25).map(|_| clock.raw_sleep(Some(at(1)))).collect();
    for sleep in &mut sleeps {
        assert!(poll(sleep, Waker::noop()).is_pending());
        Pin::new(sleep).reset(Some(at(2)));
    }
    let deadlock = executor.block_on(pending::<()>()).unwrap_err();
    assert_eq!(deadlock.at(), Instant::START);
    let said = deadlock.to_string();
    assert_eq!(said.lines().count(), 1 + 1 + 20 + 1 + 1);
    assert_eq!(said.lines().nth(22), Some("- and 5 more of this kind"));
    assert_eq!(deadlock.unpolled_resets().len(), 25);
}
