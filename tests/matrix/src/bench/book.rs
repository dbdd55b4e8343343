use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;

use anytempo::{Instant, Timer};

/// Where tasks note how late they were. Each wait has a place of its own, so that no task is in the way of another.
pub(super) struct Book {
    started: AtomicUsize,
    ended: AtomicUsize,
    late_ns: Box<[AtomicU64]>,
}

impl Book {
    /// For a number of waits. It stays for ever, so that a task needs no more than a reference, and so does its memory, which
    /// is used here and now, and thus not counted as that of the tasks.
    pub(super) fn open(waits: usize) -> &'static Self {
        // Not zero, which would be memory that the system has promised and not yet given.
        let late_ns = (0..waits).map(|_| AtomicU64::new(NOT_YET)).collect();
        let (started, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Box::leak(Box::new(Self { started, ended, late_ns }))
    }

    pub(super) fn start(&self) {
        self.started.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note(&self, wait: usize, late: Duration) {
        let late = u64::try_from(late.as_nanos()).unwrap_or(u64::MAX - 1);
        self.late_ns[wait].store(late, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.ended.fetch_add(1, Ordering::Release);
    }

    pub(super) fn started(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }

    pub(super) fn ended(&self) -> usize {
        self.ended.load(Ordering::Acquire)
    }

    /// What was noted.
    pub(super) fn late_ns(&self) -> impl Iterator<Item = u64> {
        self.late_ns.iter().map(|it| it.load(Ordering::Relaxed)).filter(|late| *late != NOT_YET)
    }
}

const NOT_YET: u64 = u64::MAX;

/// What the task of a countdown does at its ticks.
pub(super) struct Ticks<T: Timer> {
    timer: T,
    book: &'static Book,
    /// The next of its places in the book.
    wait: usize,
    delay: Duration,
    due: Option<T::Instant>,
}

impl<T: Timer> Ticks<T> {
    pub(super) fn new(timer: T, book: &'static Book, wait: usize, delay: Duration) -> Self {
        Self { timer, book, wait, delay, due: None }
    }

    /// The first one starts the task, and each later one should be a delay after the one before it.
    pub(super) fn tick(&mut self) {
        let now = self.timer.now();
        match self.due {
            None => self.book.start(),
            Some(due) => {
                self.book.note(self.wait, T::Instant::to_duration(now.saturating_since(due)));
                self.wait += 1;
            }
        }
        self.due = now.checked_add(T::Instant::delta_ceil(self.delay)).into();
    }
}
