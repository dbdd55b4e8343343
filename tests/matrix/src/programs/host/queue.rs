use core::ops::Range;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It counts regular files, which are read as fast as a processor can.
    Busy,
    /// It counts files that may keep their reader waiting, such as pipes.
    Waiting,
}

/// The next thing that a worker does.
#[derive(Debug)]
pub(super) enum Job {
    /// The file at this place in the list is looked at, and counted if it is regular.
    File(usize),
    /// The file at this place is counted, and may never end.
    Waiting(usize),
    /// A part of a large file is counted.
    Part(Part),
}

/// A part of a large file.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) index: usize,
    pub(super) file: Arc<File>,
    pub(super) range: Range<u64>,
}

/// A file that several workers count.
#[derive(Debug)]
struct Large {
    index: usize,
    file: Arc<File>,
    size: u64,
    /// Where the first part begins that no worker has taken.
    next: u64,
    /// How many workers count one of its parts.
    workers: usize,
    newlines: io::Result<u64>,
}

/// What is left of a large file, once all of its parts are counted.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) file: Arc<File>,
    pub(super) size: u64,
    pub(super) newlines: io::Result<u64>,
}

/// What becomes of a worker that finds no room for one more open file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// Another worker has closed a file in the meantime, so that there may be room now.
    Retry,
    /// Others have files open. The worker has put its job back for them, and ends.
    Leave,
    /// Nothing is open, and so there will never be room.
    Stuck,
}

/// All that is to be counted, and who counts it.
#[derive(Debug)]
pub(super) struct Queue(Mutex<State>);

#[derive(Debug)]
struct State {
    files: Range<usize>,
    /// Files that could not be opened for want of room.
    again: Vec<usize>,
    large: VecDeque<Large>,
    waiting: VecDeque<usize>,
    busy_crew: Crew,
    waiting_crew: Crew,
    /// How many files are open, or about to be.
    open: usize,
    /// How many files have been closed.
    closed: u64,
}

/// The workers of one kind.
#[derive(Debug)]
struct Crew {
    workers: usize,
    most: usize,
}

/// As much of a large file as a worker takes at once. A file of two parts is large.
const PART: u64 = 4 << 20;

impl Queue {
    /// A queue of so many files, with the most workers of each kind that are to be hired.
    pub(super) fn new(files: usize, most_busy: usize, most_waiting: usize) -> Self {
        let crew = |most: usize| Crew { workers: 0, most: most.max(1) };
        Self(Mutex::new(State {
            files: 0..files,
            again: Vec::new(),
            large: VecDeque::new(),
            waiting: VecDeque::new(),
            busy_crew: crew(most_busy),
            waiting_crew: crew(most_waiting),
            open: 0,
            closed: 0,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a worker to those of this kind, if there is something to do for it. With `least`, only as long as there are fewer.
    pub(super) fn hire(&self, kind: Kind, least: Option<usize>) -> bool {
        let state = &mut *self.state();
        let has_work = state.has_work(kind);
        let crew = state.crew(kind);
        let is_wanted = has_work && least.is_none_or(|least| crew.workers < least.min(crew.most));
        crew.workers += usize::from(is_wanted);
        is_wanted
    }

    /// Takes back a worker that could not be started. `true` if there is no other one.
    pub(super) fn dismiss(&self, kind: Kind) -> bool {
        let state = &mut *self.state();
        state.crew(kind).leave();
        state.busy_crew.workers + state.waiting_crew.workers == 0
    }

    /// The next job for a worker, which may become one of the other kind for it. Without one, the worker has left.
    pub(super) fn take(&self, kind: &mut Kind) -> Option<Job> {
        let state = &mut *self.state();
        let other = match kind {
            Kind::Busy => Kind::Waiting,
            Kind::Waiting => Kind::Busy,
        };
        if let Some(job) = state.next(*kind) {
            return Some(job);
        }
        state.crew(*kind).workers -= 1;
        let crew = state.crew(other);
        if crew.workers >= crew.most {
            return None;
        }
        let job = state.next(other)?;
        state.crew(other).workers += 1;
        *kind = other;
        Some(job)
    }

    /// Leaves a file to those that may be kept waiting.
    pub(super) fn defer(&self, index: usize) {
        self.state().waiting.push_back(index);
    }

    /// A file is about to be opened. The number is for [`lacks`](Self::lacks).
    pub(super) fn opens(&self) -> u64 {
        let state = &mut *self.state();
        state.open += 1;
        state.closed
    }

    /// It is closed, or could not be opened.
    pub(super) fn closes(&self) {
        let state = &mut *self.state();
        state.open -= 1;
        state.closed += 1;
    }

    /// It could not be opened for want of room.
    pub(super) fn lacks(&self, kind: Kind, index: usize, closed: u64) -> Lack {
        let state = &mut *self.state();
        state.open -= 1;
        if state.open == 0 {
            return if state.closed == closed { Lack::Stuck } else { Lack::Retry };
        }
        match kind {
            Kind::Busy => state.again.push(index),
            Kind::Waiting => state.waiting.push_front(index),
        }
        state.crew(kind).leave();
        Lack::Leave
    }

    /// Leaves an open file to all workers, if it is large; else it is given back.
    pub(super) fn share(&self, index: usize, file: File, size: u64) -> Option<File> {
        if size < 2 * PART {
            return Some(file);
        }
        let file = Arc::new(file);
        let large = Large { index, file, size, next: 0, workers: 0, newlines: Ok(0) };
        self.state().large.push_back(large);
        None
    }

    /// A part is counted. After the last one the file is the worker's alone.
    pub(super) fn counted(&self, part: Part, newlines: io::Result<u64>) -> Option<Counted> {
        let Part { index, file, .. } = part;
        // Before anyone can take it for closed.
        drop(file);
        let state = &mut *self.state();
        let at = state.large.iter().position(|large| large.index == index)?;
        let large = &mut state.large[at];
        large.workers -= 1;
        match (&mut large.newlines, newlines) {
            (Ok(sum), Ok(newlines)) => *sum += newlines,
            (Ok(_), Err(error)) => {
                large.newlines = Err(error);
                // The rest need not be counted.
                large.next = large.size;
            }
            (Err(_), _) => {}
        }
        if large.workers > 0 || large.next < large.size {
            return None;
        }
        let Large { file, size, newlines, .. } = state.large.remove(at)?;
        Some(Counted { file, size, newlines })
    }
}

impl State {
    fn crew(&mut self, kind: Kind) -> &mut Crew {
        match kind {
            Kind::Busy => &mut self.busy_crew,
            Kind::Waiting => &mut self.waiting_crew,
        }
    }

    fn has_work(&self, kind: Kind) -> bool {
        match kind {
            Kind::Busy => {
                !self.files.is_empty()
                    || !self.again.is_empty()
                    || self.large.iter().any(|large| large.next < large.size)
            }
            Kind::Waiting => !self.waiting.is_empty(),
        }
    }

    fn next(&mut self, kind: Kind) -> Option<Job> {
        if kind == Kind::Waiting {
            return self.waiting.pop_front().map(Job::Waiting);
        }
        if let Some(large) = self.large.iter_mut().find(|large| large.next < large.size) {
            let start = large.next;
            large.next = large.size.min(start + PART);
            large.workers += 1;
            let (index, file, range) = (large.index, large.file.clone(), start..large.next);
            return Some(Job::Part(Part { index, file, range }));
        }
        self.again.pop().or_else(|| self.files.next()).map(Job::File)
    }
}

impl Crew {
    /// One of them leaves before all is done, as there is no room for more.
    fn leave(&mut self) {
        self.workers -= 1;
        self.most = self.workers.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(queue: &Queue, kind: Kind) -> (Kind, Option<usize>) {
        let mut kind = kind;
        let job = queue.take(&mut kind);
        let index = job.map(|job| match job {
            Job::File(index) | Job::Waiting(index) => index,
            Job::Part(part) => part.index,
        });
        (kind, index)
    }

    #[test]
    fn what_may_wait_is_last() {
        let queue = Queue::new(3, 1, 1);
        assert!(queue.hire(Kind::Busy, Some(1)) && !queue.hire(Kind::Busy, Some(1)));
        assert!(!queue.hire(Kind::Waiting, Some(1)), "there is nothing to do for it");
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, Some(0)));
        queue.defer(0);
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, Some(1)));
        assert!(queue.hire(Kind::Waiting, Some(1)));
        assert_eq!(next(&queue, Kind::Waiting), (Kind::Waiting, Some(0)));
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, Some(2)));
        // A worker without work of its own kind takes over, unless there are enough of the other.
        queue.defer(1);
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, None));
        assert_eq!(next(&queue, Kind::Waiting), (Kind::Waiting, Some(1)));
        assert_eq!(next(&queue, Kind::Waiting), (Kind::Waiting, None));
    }

    #[test]
    fn a_worker_becomes_one_of_the_other_kind() {
        let queue = Queue::new(1, 1, 1);
        assert!(queue.hire(Kind::Busy, None));
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, Some(0)));
        queue.defer(0);
        assert_eq!(next(&queue, Kind::Busy), (Kind::Waiting, Some(0)));
        assert!(queue.dismiss(Kind::Waiting), "it was the only one");
    }

    #[test]
    fn a_file_without_room_is_put_back() {
        let queue = Queue::new(2, 2, 1);
        assert!(queue.hire(Kind::Busy, None) && queue.hire(Kind::Busy, None));
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, Some(0)));
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, Some(1)));
        let (first, second) = (queue.opens(), queue.opens());
        assert_eq!(queue.lacks(Kind::Busy, 1, second), Lack::Leave);
        // The other one has its file open, and counts both.
        queue.closes();
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, Some(1)));
        let again = queue.opens();
        assert_eq!(queue.lacks(Kind::Busy, 1, first), Lack::Retry, "one was closed since");
        assert_eq!(queue.opens(), again);
        assert_eq!(queue.lacks(Kind::Busy, 1, again), Lack::Stuck);
    }

    #[test]
    fn a_large_file_has_parts() {
        let queue = Queue::new(1, 2, 1);
        assert!(queue.hire(Kind::Busy, None));
        assert_eq!(next(&queue, Kind::Busy), (Kind::Busy, Some(0)));
        let file = tempfile::tempfile;
        let size = 2 * PART + 1;
        assert!(queue.share(0, file().expect("a file can be made"), size).is_none());
        assert!(queue.share(0, file().expect("a file can be made"), PART).is_some(), "it is small");
        assert!(queue.hire(Kind::Busy, Some(2)));
        let mut kind = Kind::Busy;
        let mut parts: Vec<Part> = Vec::new();
        while let Some(Job::Part(part)) = queue.take(&mut kind) {
            parts.push(part);
        }
        let ranges: Vec<_> = parts.iter().map(|part| part.range.clone()).collect();
        assert_eq!(ranges, [0..PART, PART..2 * PART, 2 * PART..size]);
        assert!(queue.counted(parts.remove(1), Ok(1)).is_none());
        assert!(queue.counted(parts.remove(0), Ok(2)).is_none());
        let whole = queue.counted(parts.remove(0), Ok(3)).expect("that was the last one");
        assert_eq!((whole.size, whole.newlines.ok()), (size, Some(6)));
        assert!(Arc::into_inner(whole.file).is_some(), "no other worker has it open");
    }
}
