//! The ways to leave a scope, and what the tests watch it with.

use core::future::{Future, poll_fn};
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Poll, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// A limit that is reached.
pub(crate) const SHORT: Duration = Duration::from_millis(20);

/// A limit that is not: far more than any test takes on the slowest machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Value,
    /// By `?`.
    Error,
    /// Dropped while the body waits.
    Cancelled,
    /// Dropped while the close waits.
    CancelledInClose,
    Panic,
    /// The close reaches its limit.
    Deadline,
}

impl Exit {
    pub(crate) const ALL: [Exit; 6] = [
        Exit::Value,
        Exit::Error,
        Exit::Cancelled,
        Exit::CancelledInClose,
        Exit::Panic,
        Exit::Deadline,
    ];

    /// Whether the close comes to its end within the scope.
    pub(crate) fn is_orderly(self) -> bool {
        matches!(self, Exit::Value | Exit::Error)
    }

    /// Whether the close begins within the scope, and does not end there.
    pub(crate) fn is_in_close(self) -> bool {
        matches!(self, Exit::CancelledInClose | Exit::Deadline)
    }

    pub(crate) fn limit(self) -> Duration {
        if self == Exit::Deadline { SHORT } else { LONG }
    }
}

/// How a scope was left.
#[derive(Debug)]
pub(crate) enum Left<T> {
    Output(T),
    Cancelled,
    Panicked,
}

/// Polls `scope` until it is over, or panics, or until it waits at a place where it is to be cancelled, and drops it.
pub(crate) async fn leave<F: Future>(scope: F, cancel: &Flag) -> Left<F::Output> {
    let mut scope = Box::pin(scope);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| scope.as_mut().poll(cx))) {
        Ok(Poll::Ready(output)) => Poll::Ready(Left::Output(output)),
        Ok(Poll::Pending) if cancel.is_set() => Poll::Ready(Left::Cancelled),
        Ok(Poll::Pending) => Poll::Pending,
        Err(_) => Poll::Ready(Left::Panicked),
    })
    .await
}

#[derive(Clone, Default)]
pub(crate) struct Flag(Arc<AtomicBool>);

impl Flag {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<(Vec<String>, Option<Waker>)>>);

impl Log {
    pub(crate) fn add(&self, line: &str) {
        let mut log = self.0.lock().unwrap();
        log.0.push(line.to_owned());
        if let Some(waiting) = log.1.take() {
            waiting.wake();
        }
    }

    /// Waits for so many lines, and gives them.
    pub(crate) async fn lines(&self, count: usize) -> Vec<String> {
        poll_fn(|cx| {
            let mut log = self.0.lock().unwrap();
            if log.0.len() >= count {
                return Poll::Ready(log.0.clone());
            }
            log.1 = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}

/// Runs a test on a thread of its own, and fails once that has taken too long.
pub(crate) fn within_limit(test: impl FnOnce() + Send + 'static) {
    let (ended, end) = channel::<()>();
    let thread = thread::spawn(move || {
        let _ended = ended;
        test();
    });
    // The end of the thread, also by a panic, closes the channel.
    if end.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
        panic!("it hangs");
    }
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}
