//! What a program and its runtime need of the system.

use core::future::{Future, poll_fn};
use core::num::NonZero;
use core::ops::ControlFlow;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;
use std::io;
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, available_parallelism};

use anytempo::Timer;

use crate::programs;
use crate::programs::host::{Command, HostFiles, MORE_THREADS, Pool};
use crate::runtimes::RunError;
use crate::words::plain;

/// How many threads keep the machine busy.
pub(super) fn parallelism() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// Threads of the operating system. Runtimes have some for work that blocks, but do not say if they cannot start them.
#[derive(Debug)]
pub(super) struct ThreadPool;

impl Pool for ThreadPool {
    fn parallelism(&self) -> usize {
        parallelism()
    }

    fn start(&self, mut work: impl FnMut() -> ControlFlow<()> + Send + 'static) -> io::Result<()> {
        // Nobody waits for the worker itself.
        thread::Builder::new().spawn(move || while work().is_continue() {}).map(drop)
    }
}

/// Runs a command with files that are counted by `pool`.
pub(super) fn counting<P: Pool + Unpin>(
    command: Command,
    pool: P,
    run: impl FnOnce(programs::Command<HostFiles<P>, String>) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let (command, trouble) = command.counted_by(pool);
    run(command)?;
    trouble.reason().map_or(Ok(()), |reason| Err(RunError::new(reason)))
}

/// How often to look whether a thread has gone. Another may have come in its place.
const LOOKS: usize = 1000;

/// Finds out whether so many threads can be started. They have ended when this returns.
///
/// Some runtimes hang or panic if they cannot start a thread of their own, so it is tried before they do.
///
/// # Errors
///
/// If they cannot.
pub(crate) fn room_for(threads: usize) -> Result<(), RunError> {
    if threads == 0 {
        return Ok(());
    }
    let before = running();
    let tried = started(threads);
    // The system may count a thread for a moment after it was waited for.
    for _ in 0..LOOKS {
        if running() <= before {
            break;
        }
        thread::yield_now();
    }
    tried.map_err(|error| {
        let why = plain(&error);
        let threads = if threads == 1 { "1 thread".into() } else { format!("{threads} threads") };
        RunError::new(format!("{threads} cannot be started: {why}; {MORE_THREADS}"))
    })
}

/// Finds out whether so many descriptors can be opened. They are closed when this returns.
///
/// # Errors
///
/// If they cannot.
pub(super) fn room_to_open(descriptors: usize) -> Result<(), RunError> {
    #[cfg(unix)]
    {
        use crate::programs::host::{MORE_FILES, is_lack};

        let opened = || std::fs::File::open("/dev/null");
        let tried: Result<Vec<_>, _> = (0..descriptors).map(|_| opened()).collect();
        if let Some(error) = tried.err().filter(is_lack) {
            let why = plain(&error);
            return Err(RunError::new(format!(
                "{descriptors} descriptors cannot be opened: {why}; {MORE_FILES}"
            )));
        }
    }
    let _ = descriptors;
    Ok(())
}

/// Starts them all, and waits for them.
fn started(threads: usize) -> io::Result<()> {
    // Each waits for the lock or for the channel, until the sender is dropped.
    let (sender, receiver) = channel::<()>();
    let receiver = Mutex::new(receiver);
    thread::scope(|scope| {
        let wait = || {
            let _ = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        };
        let threads: Vec<_> =
            (0..threads).map(|_| thread::Builder::new().spawn_scoped(scope, wait)).collect();
        drop(sender);
        threads.into_iter().try_for_each(|thread| {
            let _ = thread?.join();
            Ok(())
        })
    })
}

/// Has the runtime start what it needs for a timer. Once the program has threads of its own there may be no room for it.
pub(super) async fn start_timer(timer: impl Timer) {
    poll_fn(|cx| {
        let _ = pin!(timer.sleep(LONG)).poll(cx);
        Poll::Ready(())
    })
    .await;
}

/// Longer than it takes to poll a timer once.
const LONG: Duration = Duration::from_secs(60);

/// How many threads the system counts for this process; 0 where it does not say.
fn running() -> usize {
    if cfg!(target_os = "linux") {
        std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
    } else {
        0
    }
}
