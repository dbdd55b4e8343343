use core::num::NonZero;
use core::ops::ControlFlow;
use std::thread::{self, available_parallelism};

use crate::programs::host::Pool;

/// How many threads keep the machine busy.
pub(super) fn parallelism() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// Threads of the operating system, for runtimes that have none for work that blocks.
pub(super) struct ThreadPool;

impl Pool for ThreadPool {
    fn parallelism(&self) -> usize {
        parallelism()
    }

    fn start(&self, mut work: impl FnMut() -> ControlFlow<()> + Send + 'static) {
        // Nobody waits for the worker itself.
        drop(thread::spawn(move || while work().is_continue() {}));
    }
}
