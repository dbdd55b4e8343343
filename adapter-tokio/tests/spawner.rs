//! What the conformance kit does not show of closes that are handed to tokio: which runtime has them, and when it is gone.

use core::convert::Infallible;
use core::future::{Future, pending, poll_fn, ready};
use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};
use std::thread;

use anytempo::scope::Lent;
use anytempo::{Close, Timer, close_on_exit, closing_async};
use anytempo_tokio::{TokioSpawner, TokioTimer};
use tokio::runtime::{Builder, Runtime};

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
                tokio::task::yield_now().await;
            }
        };
        TokioTimer.timeout(LIMIT, seen).await.expect("the close is not forgotten");
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

/// A runtime of each kind.
fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut kind| kind.worker_threads(2).enable_all().build().expect("it starts"))
}

/// The spawner that looks for its runtime, and the one that knows it.
fn spawners(runtime: &Runtime) -> [TokioSpawner; 2] {
    [TokioSpawner::default(), TokioSpawner::from(runtime.handle().clone())]
}

#[test]
fn without_a_runtime_the_resource_is_aborted_in_the_drop() {
    let spawner = TokioSpawner::default();
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
fn a_plain_thread_needs_a_handle() {
    for runtime in runtimes() {
        for (spawner, lines) in
            spawners(&runtime).into_iter().zip([&["aborted"][..], &["begun", "closed"]])
        {
            let log = Log::default();
            // It was made and polled inside of the runtime.
            let scope = {
                let _inside = runtime.enter();
                waiting(connection(&log, ready(())).spawn_on_drop(spawner))
            };
            thread::scope(|threads| threads.spawn(|| drop(scope)).join().expect("no panic"));
            runtime.block_on(log.has(lines[lines.len() - 1]));
            assert_eq!(log.lines(), lines);
        }
    }
}

#[test]
fn the_runtime_is_that_of_the_drop_or_that_of_the_handle() {
    for (first, second) in runtimes().into_iter().zip(runtimes()) {
        let [looks, knows] = spawners(&first);
        for (spawner, runs) in [(looks, &second), (knows, &first)] {
            let log = Log::default();
            // What runs it is a task of that runtime, which has no other.
            let tasks = Arc::new(Mutex::new(None));
            let gate = {
                let (tasks, runs) = (tasks.clone(), runs.handle().clone());
                poll_fn(move |_| {
                    *tasks.lock().unwrap() = Some(runs.metrics().num_alive_tasks());
                    Poll::Ready(())
                })
            };
            let scope = waiting(connection(&log, gate).spawn_on_drop(spawner));
            second.block_on(async { drop(scope) });
            runs.block_on(log.has("closed"));
            assert_eq!(*tasks.lock().unwrap(), Some(1));
        }
    }
}

#[test]
fn a_runtime_that_ends_with_the_scope_in_it_aborts_once() {
    for kind in 0..2 {
        for spawner in 0..2 {
            let runtime = runtimes().into_iter().nth(kind).expect("there are two");
            let spawner = spawners(&runtime)[spawner].clone();
            let log = Log::default();
            let resource = connection(&log, ready(())).spawn_on_drop(spawner);
            runtime.spawn(close_on_exit(resource, async |log| {
                log.add("in the body");
                pending::<()>().await;
            }));
            runtime.block_on(log.has("in the body"));
            drop(runtime);
            assert_eq!(log.lines(), ["in the body", "aborted"]);
        }
    }
}

#[test]
fn a_handle_of_a_runtime_that_is_gone_aborts_also_in_another_and_while_a_panic_unwinds() {
    for (gone, other) in runtimes().into_iter().zip(runtimes()) {
        let spawner = TokioSpawner::from(gone.handle().clone());
        drop(gone);
        let log = Log::default();
        other.block_on(async {
            drop(waiting(connection(&log, ready(())).spawn_on_drop(spawner.clone())));
        });
        assert_eq!(log.lines(), ["aborted"]);

        let log = Log::default();
        panics(connection(&log, ready(())).spawn_on_drop(spawner));
        assert_eq!(log.lines(), ["aborted"]);
    }
}

#[test]
fn a_runtime_that_ends_in_the_background_aborts_as_it_does() {
    let [_, runtime] = runtimes();
    let spawner = TokioSpawner::from(runtime.handle().clone());
    runtime.shutdown_background();
    let log = Log::default();
    drop(waiting(connection(&log, pending()).spawn_on_drop(spawner)));
    let [other, _] = runtimes();
    other.block_on(log.has("aborted"));
    let lines = log.lines();
    assert!(lines == ["aborted"] || lines == ["begun", "aborted"], "{lines:?}");
}
