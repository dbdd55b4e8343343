//! The conformance kit on this clock. Run it with `cargo test --test suite`.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::process::ExitCode;
use std::sync::Arc;
use std::task::Wake;
use std::thread::{self, Thread};

use anytempo_conformance::{Clock, Harness, Outcome, Runtime, Subject};
use anytempo_example_adapter::ThreadClock;

/// How a case is run: on the thread of the caller, which parks while the case waits.
struct OnAThread;

impl Runtime for OnAThread {
    type Timer = ThreadClock;
    // The clock goes on by itself, so the kit asks for lower bounds and order only.
    const CLOCK: Clock = Clock::Real;

    fn run<F>(&self, case: impl FnOnce(Subject<ThreadClock>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        block_on(case(Subject { timer: ThreadClock::new(), clock: Self::CLOCK }))
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

fn main() -> ExitCode {
    Harness::from_args().runtime_across_threads("thread", || OnAThread).run()
}
