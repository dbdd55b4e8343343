//! RTIC's executor with one task, which polls a future of any type.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;

use critical_section::Mutex;

use crate::app;
use crate::output::{Code, exit};

/// What the task is to poll. It is handed over once, from the idle task to the other one.
struct Job(Pin<&'static mut dyn Future<Output = Code>>);

// SAFETY: there is one processor, and `run` does not touch the future once it has handed it over.
unsafe impl Send for Job {}

static JOB: Mutex<Cell<Option<Job>>> = Mutex::new(Cell::new(None));

/// Runs `future` in RTIC's task to its end, and then ends the run of the board.
///
/// The future lies on the stack of this function, which does not return: so the task has room for one of any type and size,
/// without a heap and without a static for each. It is not inlined, where it would have room for all of them at once.
#[inline(never)]
pub(crate) fn run<F: Future<Output = Code> + 'static>(mut future: F) -> ! {
    let pointer: *mut F = &raw mut future;
    // SAFETY: this function does not return, nothing unwinds, and the future is not touched here any more. So it lives, in its
    // place, as long as everything does.
    let job = Job(unsafe { Pin::new_unchecked(&mut *pointer) });
    critical_section::with(|section| JOB.borrow(section).set(Some(job)));
    if app::task::spawn().is_err() {
        panic!("the task cannot be spawned");
    }
    loop {
        core::hint::spin_loop();
    }
}

/// What the task does.
pub(crate) async fn poll() {
    if let Some(Job(job)) = critical_section::with(|section| JOB.borrow(section).take()) {
        exit(job.await)
    }
}
