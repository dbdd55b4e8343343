//! Closes that are handed to smol: who runs them, and who aborts them where no one can.

use core::cell::RefCell;
use core::convert::Infallible;
use core::future::{Future, pending, ready};
use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};
use std::thread;

use anytempo::scope::Lent;
use anytempo::{Close, Timer, close_on_exit, closing_async};
use anytempo_smol::{SmolSpawner, SmolTimer};
use smol::Executor;

const STEP: Duration = Duration::from_millis(5);

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

/// Shut until it is opened.
#[derive(Clone, Default)]
struct Gate(Arc<AtomicBool>);

impl Gate {
    fn open(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    async fn opened(self) {
        while !self.0.load(Ordering::Relaxed) {
            smol::future::yield_now().await;
        }
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
fn a_cancelled_scope_is_closed_by_a_task() {
    let log = Log::default();
    let gate = Gate::default();
    let resource = connection(&log, gate.clone().opened()).spawn_on_drop(SmolSpawner::default());
    drop(waiting(resource));
    // The drop has not waited for the close.
    gate.open();
    smol::block_on(log.has("closed"));
    assert_eq!(log.lines(), ["begun", "closed"]);
}

#[test]
fn a_close_in_its_midst_goes_on_in_a_task() {
    let log = Log::default();
    let scope =
        closing(connection(&log, SmolTimer.sleep(STEP)).spawn_on_drop(SmolSpawner::default()));
    assert_eq!(log.lines(), ["begun"]);
    drop(scope);
    smol::block_on(log.has("closed"));
    assert_eq!(log.lines(), ["begun", "closed"]);
}

#[test]
fn an_orderly_close_stays_in_the_scope() {
    let log = Log::default();
    let resource = connection(&log, ready(())).spawn_on_drop(SmolSpawner::default());
    let scope = close_on_exit(resource, async |_| ());
    let poll = pin!(scope).poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll.is_ready());
    assert_eq!(log.lines(), ["begun", "closed"]);
}

#[test]
fn a_panic_hands_the_close_over_as_it_unwinds() {
    let log = Log::default();
    panics(connection(&log, ready(())).spawn_on_drop(SmolSpawner::default()));
    smol::block_on(log.has("closed"));
    assert_eq!(log.lines(), ["begun", "closed"]);
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
fn a_scope_in_a_thread_local_is_closed_as_the_thread_ends() {
    thread_local! {
        static KEPT: RefCell<Option<Box<dyn core::any::Any>>> = const { RefCell::new(None) };
    }
    let log = Log::default();
    let resource = connection(&log, ready(())).spawn_on_drop(SmolSpawner::default());
    let ended = thread::spawn(move || {
        KEPT.set(Some(Box::new(waiting(resource))));
        // Their own thread-locals are there now, and go first or last.
        smol::block_on(SmolTimer.sleep(STEP));
    });
    ended.join().expect("no panic");
    smol::block_on(log.has("closed"));
    assert_eq!(log.lines(), ["begun", "closed"]);
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

#[test]
fn an_executor_that_ends_in_the_midst_of_a_spawned_close_or_before_it_aborts_it() {
    for lines in [&["begun", "aborted"][..], &["aborted"]] {
        let executor = Arc::new(Executor::new());
        let log = Log::default();
        let spawner = SmolSpawner::from(&executor);
        drop(waiting(connection(&log, pending()).spawn_on_drop(spawner)));
        if lines.len() == 2 {
            assert!(executor.try_tick());
        }
        drop(executor);
        assert_eq!(log.lines(), lines);
    }
}

#[test]
fn however_a_drop_meets_the_end_of_its_executor_each_resource_is_aborted_once() {
    for _ in 0..100 {
        let executor = Arc::new(Executor::new());
        let spawner = SmolSpawner::from(&executor);
        let logs: Vec<Log> = (0..20).map(|_| Log::default()).collect();
        let scopes: Vec<_> = logs
            .iter()
            .map(|log| waiting(connection(log, ready(())).spawn_on_drop(spawner.clone())))
            .collect();
        thread::scope(|threads| {
            threads.spawn(|| drop(scopes));
            drop(executor);
        });
        for log in logs {
            assert_eq!(log.lines(), ["aborted"]);
        }
    }
}
