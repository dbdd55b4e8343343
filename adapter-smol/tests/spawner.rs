//! What the conformance kit does not show of closes that are handed to smol: which runtime has them, and when it is gone.

use core::convert::Infallible;
use core::future::{Future, pending, ready};
use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::task::{Context, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};
use std::thread;

use anytempo::scope::Lent;
use anytempo::{Close, Timer, close_on_exit, closing_async};
use anytempo_smol::{SmolSpawner, SmolTimer};
use smol::Executor;

/// Far more than any test takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn add(&self, line: &'static str) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }

    /// Waits for a line.
    async fn has(&self, line: &'static str) {
        let seen = async {
            while !self.lines().contains(&line) {
                smol::future::yield_now().await;
            }
        };
        SmolTimer.timeout(LIMIT, seen).await.expect("the close is not forgotten");
    }
}

/// What writes down how it is closed. Its close waits for `gate`.
fn connection<G>(
    log: &Log,
    gate: G,
) -> impl Close<Target = Log, Error = Infallible, Closing: Send + 'static> + Send + use<G>
where
    G: Future<Output = ()> + Send + 'static,
{
    let close = async move |log: Lent<'_, Log>| {
        log.add("begun");
        gate.await;
        log.add("closed");
    };
    closing_async(log.clone(), close, |log| log.add("aborted"))
}

/// A scope that is never left by itself, and that was polled once.
fn waiting<R>(resource: R) -> Pin<Box<impl Future<Output: Sized> + use<R>>>
where
    R: Close<Target = Log>,
{
    polled(close_on_exit(resource, async |_| pending::<()>().await))
}

/// A scope that waits for its close.
fn closing<R>(resource: R) -> Pin<Box<impl Future<Output: Sized> + use<R>>>
where
    R: Close<Target = Log>,
{
    polled(close_on_exit(resource, async |_| ()))
}

fn polled<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    future
}

/// A body that panics.
fn panics<R: Close<Target = Log>>(resource: R) {
    let scope = pin!(close_on_exit(resource, async |_| panic!("in the body")));
    let mut cx = Context::from_waker(Waker::noop());
    catch_unwind(AssertUnwindSafe(|| drop(scope.poll(&mut cx)))).unwrap_err();
}

#[test]
fn a_scope_in_a_task_that_is_cancelled_is_closed_by_another() {
    let log = Log::default();
    let resource = connection(&log, ready(())).spawn_on_drop(SmolSpawner::default());
    let task = smol::spawn(close_on_exit(resource, async |log| {
        log.add("in the body");
        pending::<()>().await;
    }));
    smol::block_on(async {
        log.has("in the body").await;
        task.cancel().await;
        log.has("closed").await;
    });
    assert_eq!(log.lines(), ["in the body", "begun", "closed"]);
}

#[test]
fn an_executor_of_ones_own_runs_the_close() {
    let executor = Arc::new(Executor::new());
    let log = Log::default();
    let resource = connection(&log, ready(())).spawn_on_drop(SmolSpawner::from(&executor));
    let scope = waiting(resource);
    thread::scope(|threads| threads.spawn(|| drop(scope)).join().expect("no panic"));
    assert!(executor.try_tick(), "there is a task to be run");
    assert_eq!(log.lines(), ["begun", "closed"]);
    assert!(executor.is_empty());
}

#[test]
fn an_executor_is_not_kept_alive_and_once_it_is_gone_the_resource_is_aborted() {
    let executor = Arc::new(Executor::new());
    let spawner = SmolSpawner::from(&executor);
    assert_eq!(Arc::strong_count(&executor), 1);
    drop(executor);

    let log = Log::default();
    drop(waiting(connection(&log, ready(())).spawn_on_drop(spawner.clone())));
    assert_eq!(log.lines(), ["aborted"]);

    let log = Log::default();
    drop(closing(connection(&log, pending()).spawn_on_drop(spawner.clone())));
    assert_eq!(log.lines(), ["begun", "aborted"]);

    let log = Log::default();
    panics(connection(&log, ready(())).spawn_on_drop(spawner));
    assert_eq!(log.lines(), ["aborted"]);
}

#[test]
fn an_executor_that_ends_with_the_scope_in_it_aborts_once() {
    let executor = Arc::new(Executor::new());
    let log = Log::default();
    let resource = connection(&log, ready(())).spawn_on_drop(SmolSpawner::from(&executor));
    executor.spawn(close_on_exit(resource, async |_| pending::<()>().await)).detach();
    assert!(executor.try_tick());
    assert_eq!(log.lines(), [""; 0]);
    drop(executor);
    assert_eq!(log.lines(), ["aborted"]);
}
