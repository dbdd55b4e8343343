//! Closes that are handed to async-std: who runs them, and who aborts them where no one can.

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
use anytempo_async_std::{AsyncStdSpawner, AsyncStdTimer};

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
                async_std::task::yield_now().await;
            }
        };
        AsyncStdTimer.timeout(LIMIT, seen).await.expect("the close is not forgotten");
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
            async_std::task::yield_now().await;
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
    let resource = connection(&log, gate.clone().opened()).spawn_on_drop(AsyncStdSpawner);
    drop(waiting(resource));
    // The drop has not waited for the close.
    gate.open();
    async_std::task::block_on(log.has("closed"));
    assert_eq!(log.lines(), ["begun", "closed"]);
}

#[test]
fn a_close_in_its_midst_goes_on_in_a_task() {
    let log = Log::default();
    let scope = closing(connection(&log, AsyncStdTimer.sleep(STEP)).spawn_on_drop(AsyncStdSpawner));
    assert_eq!(log.lines(), ["begun"]);
    drop(scope);
    async_std::task::block_on(log.has("closed"));
    assert_eq!(log.lines(), ["begun", "closed"]);
}

#[test]
fn an_orderly_close_stays_in_the_scope() {
    let log = Log::default();
    let resource = connection(&log, ready(())).spawn_on_drop(AsyncStdSpawner);
    let scope = close_on_exit(resource, async |_| ());
    let poll = pin!(scope).poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll.is_ready());
    assert_eq!(log.lines(), ["begun", "closed"]);
}

#[test]
fn a_panic_hands_the_close_over_as_it_unwinds() {
    let log = Log::default();
    panics(connection(&log, ready(())).spawn_on_drop(AsyncStdSpawner));
    async_std::task::block_on(log.has("closed"));
    assert_eq!(log.lines(), ["begun", "closed"]);
}

#[test]
fn a_scope_in_a_task_that_is_cancelled_is_closed_by_another() {
    let log = Log::default();
    let resource = connection(&log, ready(())).spawn_on_drop(AsyncStdSpawner);
    let task = async_std::task::spawn(close_on_exit(resource, async |log| {
        log.add("in the body");
        pending::<()>().await;
    }));
    async_std::task::block_on(async {
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
    let resource = connection(&log, ready(())).spawn_on_drop(AsyncStdSpawner);
    let ended = thread::spawn(move || {
        KEPT.set(Some(Box::new(waiting(resource))));
        // Their own thread-locals are there now, and go first or last.
        async_std::task::block_on(AsyncStdTimer.sleep(STEP));
    });
    ended.join().expect("no panic");
    async_std::task::block_on(log.has("closed"));
    assert_eq!(log.lines(), ["begun", "closed"]);
}
