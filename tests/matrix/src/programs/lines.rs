use core::time::Duration;

use anytempo::{Timer, next};
use futures_core::Stream;

use crate::programs::{Event, Report, Sink};

/// Files to count, and the workers that count them beside the program. As a stream it gives the count of each file once
/// the file is done, in any order. It ends early only if the rest cannot be counted at all.
pub trait Files: Stream + Unpin {
    /// How many files there are.
    fn number(&self) -> usize;

    /// How many workers keep the machine busy.
    fn parallelism(&self) -> usize;

    /// The most workers there may be. Each has a file open, and some of it in memory.
    fn most_workers(&self) -> usize;

    /// Starts a worker, if there is anything for it to do: it counts whichever file no other worker has taken, until none is left.
    fn start_worker(&mut self);

    /// Puts what the stream gave in the words of an event: how many newlines are in that file, or why they cannot be
    /// counted.
    fn tell(&mut self, counted: Self::Item, event: impl FnOnce(Event<&str>));
}

/// How long nothing need happen before it looks as if the workers wait for their files.
const PATIENCE: Duration = Duration::from_millis(10);

/// Counts the newline bytes of all files at once, and reports each file as it is done.
///
/// There are as many workers as the machine has processors, and more when those seem to be stuck: a file may lie far away. If
/// the files come to an early end, there is no total.
pub async fn lines<T: Timer, F: Files, S: Sink>(timer: T, mut report: Report<T, S>, mut files: F) {
    let most_workers = files.most_workers().min(files.number());
    let mut wanted = most_workers.min(files.parallelism());
    let (mut workers, mut done, mut total) = (0, 0, 0);

    while done < files.number() {
        while workers < wanted {
            files.start_worker();
            workers += 1;
        }
        let Ok(counted) = timer.timeout(PATIENCE, next(&mut files)).await else {
            wanted = most_workers.min(workers * 2);
            continue;
        };
        let Some(counted) = counted else { return };
        files.tell(counted, |event| {
            if let Event::File { newlines, .. } = event {
                total += newlines;
            }
            report.event(event);
        });
        done += 1;
    }
    report.event(Event::Total { newlines: total });
}
