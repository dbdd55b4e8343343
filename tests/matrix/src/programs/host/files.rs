use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::path::PathBuf;
use std::sync::Arc;

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_core::Stream;

use crate::programs::host::count::{Count, Counter, reason};
use crate::programs::{Event, Files};

/// Where a runtime does work that blocks.
pub trait Pool {
    /// How many workers keep the machine busy.
    fn parallelism(&self) -> usize;

    /// Starts a worker: calls `work` until it breaks, beside the program and all other workers.
    fn start(&self, work: impl FnMut() -> ControlFlow<()> + Send + 'static);
}

/// The most files that are open at once. Each has a buffer, and a process may not open many more everywhere.
const MOST_WORKERS: usize = 64;

/// Files that are counted by the threads of a pool.
pub struct HostFiles<P> {
    pool: P,
    paths: Arc<[PathBuf]>,
    counter: Counter,
    counts: UnboundedReceiver<Count>,
}

impl<P: Pool> HostFiles<P> {
    pub(super) fn new(paths: Vec<PathBuf>, pool: P) -> Self {
        let paths: Arc<[PathBuf]> = paths.into();
        let (sender, counts) = unbounded();
        Self { pool, counter: Counter::new(paths.clone(), sender), paths, counts }
    }
}

impl<P: Unpin> Stream for HostFiles<P> {
    type Item = Count;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Count>> {
        Pin::new(&mut self.counts).poll_next(cx)
    }
}

impl<P: Pool + Unpin> Files for HostFiles<P> {
    fn number(&self) -> usize {
        self.paths.len()
    }

    fn parallelism(&self) -> usize {
        self.pool.parallelism()
    }

    fn most_workers(&self) -> usize {
        MOST_WORKERS
    }

    fn start_worker(&mut self) {
        let mut counter = self.counter.clone();
        self.pool.start(move || counter.count_next());
    }

    fn tell(&mut self, (index, count): Count, event: impl FnOnce(Event<&str>)) {
        let path = self.paths[index].to_string_lossy();
        match count {
            Ok(newlines) => event(Event::File { path: &path, newlines }),
            Err(error) => {
                let message = reason(&self.paths[index], &error);
                event(Event::Error { path: &path, message: &message });
            }
        }
    }
}

impl<P> fmt::Debug for HostFiles<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostFiles").field("paths", &self.paths).finish_non_exhaustive()
    }
}
