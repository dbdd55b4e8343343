//! Closes that are handed to the executor: who runs them, and who aborts them where no one can.

mod common;

use core::convert::Infallible;
use core::future::{Future, pending, ready};
use core::panic::AssertUnwindSafe;
use core::pin::pin;
use core::task::{Context, Waker};
use std::panic::catch_unwind;

use anytempo::scope::Lent;
use anytempo::{Close, Timer, close_on_exit, closing_async};

use common::{Trace, ms, poll, simulation};

/// What writes down how it is closed. Its close waits for `gate`, and need not be `Send`.
fn connection<G: Future + 'static>(
    trace: &Trace<&'static str>,
    gate: G,
) -> impl Close<Target = Trace<&'static str>, Error = Infallible, Closing: 'static> + use<G> {
    let close = async move |trace: Lent<'_, Trace<_>>| {
        trace.add("begun");
        gate.await;
        trace.add("closed");
    };
    closing_async(trace.clone(), close, |trace| trace.add("aborted"))
}

#[test]
fn a_cancelled_scope_is_closed_by_a_task_in_its_turn() {
    let (clock, executor) = simulation();
    let trace = Trace::new();
    let resource = connection(&trace, clock.sleep(ms(5))).spawn_on_drop(executor.spawner());
    let scope = close_on_exit(resource, async |_| pending::<()>().await);
    executor.block_on(clock.timeout(ms(10), scope)).unwrap().unwrap_err();
    assert_eq!(trace.take(), [""; 0]);
    executor.run().unwrap();
    assert_eq!(trace.take(), ["begun", "closed"]);
    assert_eq!(clock.elapsed(), ms(15));
}

#[test]
fn a_close_in_its_midst_goes_on_in_a_task() {
    let (clock, executor) = simulation();
    let trace = Trace::new();
    let resource = connection(&trace, clock.sleep(ms(5))).spawn_on_drop(executor.spawner());
    let scope = close_on_exit(resource, async |_| ());
    executor.block_on(clock.timeout(ms(3), scope)).unwrap().unwrap_err();
    assert_eq!(trace.take(), ["begun"]);
    executor.run().unwrap();
    assert_eq!(trace.take(), ["closed"]);
    assert_eq!(clock.elapsed(), ms(5));
}

#[test]
fn a_panic_hands_the_close_over_as_it_unwinds() {
    let (_, executor) = simulation();
    let trace = Trace::new();
    let resource = connection(&trace, ready(())).spawn_on_drop(executor.spawner());
    executor.spawn(close_on_exit(resource, async |_| panic!("in the body")));
    catch_unwind(AssertUnwindSafe(|| drop(executor.run()))).unwrap_err();
    assert_eq!(trace.take(), [""; 0]);
    executor.run().unwrap();
    assert_eq!(trace.take(), ["begun", "closed"]);
}

#[test]
fn a_scope_that_outlives_the_executor_aborts_once() {
    let (_, executor) = simulation();
    let spawner = executor.spawner();
    drop(executor);
    let trace = Trace::new();
    let resource = connection(&trace, ready(())).spawn_on_drop(spawner.clone());
    drop(close_on_exit(resource, async |_| ()));
    assert_eq!(trace.take(), ["aborted"]);

    let resource = connection(&trace, pending::<()>()).spawn_on_drop(spawner.clone());
    let mut scope = Box::pin(close_on_exit(resource, async |_| ()));
    assert!(poll(&mut scope, Waker::noop()).is_pending());
    drop(scope);
    assert_eq!(trace.take(), ["begun", "aborted"]);

    let resource = connection(&trace, ready(())).spawn_on_drop(spawner);
    let scope = pin!(close_on_exit(resource, async |_| panic!("in the body")));
    let mut cx = Context::from_waker(Waker::noop());
    catch_unwind(AssertUnwindSafe(|| scope.poll(&mut cx).is_ready())).unwrap_err();
    assert_eq!(trace.take(), ["aborted"]);
}

#[test]
fn an_executor_that_ends_with_the_scope_in_it_aborts_once() {
    let (_, executor) = simulation();
    let trace = Trace::new();
    let resource = connection(&trace, ready(())).spawn_on_drop(executor.spawner());
    executor.spawn(close_on_exit(resource, async |_| pending::<()>().await));
    executor.run_until_idle();
    assert_eq!(trace.take(), [""; 0]);
    drop(executor);
    assert_eq!(trace.take(), ["aborted"]);
}

#[test]
fn an_executor_that_ends_in_the_midst_of_a_spawned_close_aborts_it() {
    let (clock, executor) = simulation();
    let trace = Trace::new();
    let resource = connection(&trace, clock.sleep(ms(5))).spawn_on_drop(executor.spawner());
    drop(close_on_exit(resource, async |_| ()));
    executor.run_for(ms(4));
    assert_eq!(trace.take(), ["begun"]);
    drop(executor);
    assert_eq!(trace.take(), ["aborted"]);
    assert_eq!(clock.pending(), []);
}

#[test]
fn a_close_that_never_ends_is_told_by_name() {
    let (_, executor) = simulation();
    let trace = Trace::new();
    let resource = connection(&trace, pending::<()>()).spawn_on_drop(executor.spawner());
    drop(close_on_exit(resource, async |_| ()));
    let deadlock = executor.run().unwrap_err().to_string();
    assert!(deadlock.contains("\n- task 1 \"close\", "), "{deadlock}");
}
