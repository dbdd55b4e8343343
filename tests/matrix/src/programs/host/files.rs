use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_core::Stream;

use crate::programs::host::count::{Count, Counter, Message, reason};
use crate::programs::host::queue::{Kind, Queue};
use crate::programs::host::{MORE_FILES, MORE_THREADS};
use crate::programs::{Event, Files};
use crate::words::plain;

/// Where work is done that blocks.
pub trait Pool {
    /// How many workers keep the machine busy.
    fn parallelism(&self) -> usize;

    /// Whether a worker that waits for its file holds up all others, and the program.
    fn holds_up(&self) -> bool {
        false
    }

    /// Starts a worker: calls `work` until it breaks, beside the program and all other workers.
    ///
    /// # Errors
    ///
    /// If there is no room for one more.
    fn start(&self, work: impl FnMut() -> ControlFlow<()> + Send + 'static) -> io::Result<()>;
}

/// The most workers that count regular files. Each has a buffer, and an open file.
const MOST_BUSY: usize = 64;

/// The most workers that wait for files, if so many files may be open.
const MOST_WAITING: usize = 64;

/// How many files a runtime may have open, with the standard streams. Those that are waited for have half of what is left, so that
/// any other file has room too.
const OPEN: usize = 8;

/// Files that are counted by the workers of a pool.
pub struct HostFiles<P> {
    pool: P,
    paths: Arc<[PathBuf]>,
    queue: Arc<Queue>,
    sender: UnboundedSender<Message>,
    messages: UnboundedReceiver<Message>,
    trouble: Trouble,
}

/// Why files cannot be counted to the end, if there is a reason.
#[derive(Clone, Debug, Default)]
pub struct Trouble(Arc<OnceLock<String>>);

impl Trouble {
    /// The reason, as a sentence.
    pub fn reason(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }

    /// Keeps the first reason. Any other is a consequence of it.
    fn is(&self, reason: String) {
        let _ = self.0.set(reason);
    }
}

impl<P: Pool> HostFiles<P> {
    pub(super) fn new(paths: Vec<PathBuf>, pool: P, trouble: Trouble) -> Self {
        let paths: Arc<[PathBuf]> = paths.into();
        let (sender, messages) = unbounded();
        let most_waiting = MOST_WAITING.min(most_open().saturating_sub(OPEN + inherited()) / 2);
        let queue = Arc::new(Queue::new(paths.len(), MOST_BUSY, most_waiting));
        Self { pool, paths, queue, sender, messages, trouble }
    }

    /// Starts a worker that has been hired.
    fn start(&self, kind: Kind) {
        let mut counter = Counter {
            kind,
            paths: self.paths.clone(),
            queue: self.queue.clone(),
            messages: self.sender.clone(),
            buffer: Vec::new(),
        };
        let Err(error) = self.pool.start(move || counter.step()) else { return };
        if self.queue.dismiss(kind) {
            let why = plain(&error);
            self.trouble
                .is(format!("no thread can be started to read files: {why}; {MORE_THREADS}"));
        }
    }

    /// Starts the workers that a message asks for.
    fn hire(&self, message: &Message) {
        let waits = !self.pool.holds_up();
        match message {
            Message::Large => {
                let parallelism = self.pool.parallelism();
                while self.queue.hire(Kind::Busy, Some(parallelism))
                    && self.trouble.reason().is_none()
                {
                    self.start(Kind::Busy);
                }
            }
            Message::Waiting => {
                if waits && self.queue.hire(Kind::Waiting, Some(MOST_WAITING)) {
                    self.start(Kind::Waiting);
                }
            }
            // There is room where a file was closed, and the workers that lacked it have left.
            Message::Count(_) => {
                for kind in [Kind::Busy, Kind::Waiting] {
                    if (waits || kind == Kind::Busy) && self.queue.hire(kind, Some(1)) {
                        self.start(kind);
                    }
                }
            }
            Message::Stuck(_) => {}
        }
    }
}

/// How many files this process was given open, beside the standard streams; 0 where the system does not say.
fn inherited() -> usize {
    // The standard streams, and the folder that is read.
    const KNOWN: usize = 4;
    std::fs::read_dir("/proc/self/fd").map_or(0, |open| open.count().saturating_sub(KNOWN))
}

/// How many files this process may have open at once.
fn most_open() -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        let limit = getrlimit(Resource::Nofile).current;
        limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
    }
    #[cfg(not(unix))]
    usize::MAX
}

impl<P: Pool + Unpin> Stream for HostFiles<P> {
    type Item = Count;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Count>> {
        loop {
            if self.trouble.reason().is_some() {
                return Poll::Ready(None);
            }
            let message = match ready!(Pin::new(&mut self.messages).poll_next(cx)) {
                Some(message) => message,
                None => return Poll::Ready(None),
            };
            self.hire(&message);
            match message {
                Message::Count(count) => return Poll::Ready(Some(count)),
                Message::Large | Message::Waiting => {}
                Message::Stuck(error) => {
                    let why = plain(&error);
                    self.trouble.is(format!("no file can be opened: {why}; {MORE_FILES}"));
                }
            }
        }
    }
}

impl<P: Pool + Unpin> Files for HostFiles<P> {
    fn number(&self) -> usize {
        self.paths.len()
    }

    fn parallelism(&self) -> usize {
        // Many a system has to read a number of files to say it.
        if self.paths.len() > 1 { self.pool.parallelism() } else { 1 }
    }

    fn most_workers(&self) -> usize {
        MOST_BUSY
    }

    fn start_worker(&mut self) {
        if self.queue.hire(Kind::Busy, None) {
            self.start(Kind::Busy);
        }
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
