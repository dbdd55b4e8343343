use core::ops::ControlFlow;
use core::time::Duration;
use std::path::PathBuf;
use std::sync::Arc;

use anytempo::{Timer, next};
use futures_channel::mpsc;

use crate::programs::count::{Counter, reason};
use crate::programs::{Event, Report, Sink};

/// Where a runtime does work that blocks.
pub trait Pool {
    /// How many workers keep the machine busy.
    fn parallelism(&self) -> usize;

    /// Starts a worker: calls `work` until it breaks, beside the program and all other workers.
    fn start(&self, work: impl FnMut() -> ControlFlow<()> + Send + 'static);
}

/// The most files that are open at once. Each has a buffer, and a process may not open many more everywhere.
const MOST_WORKERS: usize = 64;

/// How long nothing need happen before it looks as if the workers wait for their files.
const PATIENCE: Duration = Duration::from_millis(10);

/// Counts the newline bytes of all files at once, and reports each file as it is done.
///
/// There are as many workers as the machine has processors, and more when those seem to be stuck: a file may be a pipe to
/// which nothing has been written yet, or lie far away.
pub async fn lines<T: Timer, P: Pool, S: Sink>(
    timer: T,
    pool: P,
    mut report: Report<T, S>,
    paths: Vec<PathBuf>,
) {
    let paths: Arc<[PathBuf]> = paths.into();
    let (sender, mut counts) = mpsc::unbounded();
    let counter = Counter::new(paths.clone(), sender);
    let most_workers = MOST_WORKERS.min(paths.len());
    let mut wanted = most_workers.min(pool.parallelism());
    let (mut workers, mut done, mut total) = (0, 0, 0);

    while done < paths.len() {
        while workers < wanted {
            let mut counter = counter.clone();
            pool.start(move || counter.count_next());
            workers += 1;
        }
        let Ok(count) = timer.timeout(PATIENCE, next(&mut counts)).await else {
            wanted = most_workers.min(workers * 2);
            continue;
        };
        let Some((index, count)) = count else { break };
        let path = paths[index].to_string_lossy();
        match count {
            Ok(newlines) => {
                report.event(Event::File { path: &path, newlines });
                total += newlines;
            }
            Err(error) => {
                let message = reason(&paths[index], &error);
                report.event(Event::Error { path: &path, message: &message });
            }
        }
        done += 1;
    }
    report.event(Event::Total { newlines: total });
}
