//! embassy's executor with one task, and a loop that sleeps whenever there is nothing to do.

use core::future::Future;
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};

use embassy_executor::raw::{Executor, TaskStorage};

use crate::board;
use crate::output::{Code, exit};

/// Whether there is something to do.
static PENDED: AtomicBool = AtomicBool::new(false);

#[unsafe(export_name = "__pender")]
fn pend(_: *mut ()) {
    PENDED.store(true, Ordering::Relaxed);
}

/// Runs `future` as a task to its end, and then ends the run of the board.
///
/// The task lies on the stack of this function, which does not return: so it has room for a future of any type and size,
/// without a heap and without a static for each. It is not inlined, where it would have room for all of them at once.
#[inline(never)]
pub(crate) fn run<F: Future<Output = Code> + 'static>(future: F) -> ! {
    let executor = Executor::new(ptr::null_mut());
    let storage = TaskStorage::new();
    // SAFETY: this function does not return, nothing unwinds, and neither is moved any more. So both live as long as
    // everything does.
    let (executor, storage) = unsafe { (forever(&executor), forever(&storage)) };
    match storage.spawn(move || async move { exit(future.await) }) {
        Ok(task) => executor.spawner().spawn(task),
        Err(error) => panic!("the task cannot be spawned: {error:?}"),
    }
    loop {
        // SAFETY: the executor is polled here alone, and not by whoever pends it.
        unsafe { executor.poll() };
        critical_section::with(|_| {
            // An interrupt ends the sleep at once, and is handled when this section is left.
            if !PENDED.load(Ordering::Relaxed) {
                // The emulator counts instructions as time, and adds up those that it has run when the clock is read. One of its
                // threads may move the clock on to the next alarm between the sleep and the sum, which then comes on top.
                board::count();
                board::wait_for_interrupt();
            }
        });
        PENDED.store(false, Ordering::Relaxed);
    }
}

/// # Safety
///
/// What is referred to stays where it is, and is never dropped.
unsafe fn forever<T>(reference: &T) -> &'static T {
    // SAFETY: as the caller says.
    unsafe { &*ptr::from_ref(reference) }
}
