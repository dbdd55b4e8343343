//! The files of the host, by semihosting.
//!
//! The list of files is itself a file of the host, as a command has little room: the path of a file a line. A byte that would
//! end a word or a line, or is no UTF-8, is written as `%` and two hexadecimal digits. So a path has one word, in the list as
//! in what the board says.
//!
//! The emulator does not tell an error in reading from the end of a file. What ends before its length has such an error, and
//! so has a directory; for a file that knows no length, such as those below `/proc`, there is no way to see it.

use core::ffi::CStr;
use core::pin::Pin;
use core::str::from_utf8;
use core::task::{Context, Poll};

use anytempo_matrix::programs::{Event, Files};
use futures_core::Stream;
use semihosting::fs::File;
use semihosting::io::{Read, Result, Seek, SeekFrom};
use static_cell::StaticCell;

/// The files that are open at once. There is one processor, so that more of them would gain nothing.
const WORKERS: usize = 4;

/// As much of a file as is in memory at once.
const PIECE: usize = 512;

/// They lie in a place of their own, and not in the future of the program: an `async fn` has its arguments twice, and there is
/// one within another.
pub(crate) struct BoardFiles(&'static mut State);

struct State {
    list: List,
    number: usize,
    /// Where in the list the first file stands that no worker has taken.
    next: u32,
    started: usize,
    /// The worker whose turn it is.
    turn: usize,
    workers: [Option<Worker>; WORKERS],
}

/// A file that is being counted.
struct Worker {
    file: File,
    /// Where in the list it stands.
    line: u32,
    length: u64,
    newlines: u64,
}

/// A file that is done: where in the list it stands, and its newlines.
pub(crate) struct Counted(u32, core::result::Result<u64, Reason>);

/// Why a file cannot be counted.
#[derive(Clone, Copy)]
enum Reason {
    /// By the number that the host has for it.
    Host(i32),
    Directory,
    Cut,
    LongPath,
}

impl BoardFiles {
    /// The files of the list at this path, in which odd bytes are written as in the list itself.
    pub(crate) fn listed_in(path: &str) -> Result<Self> {
        static STATE: StaticCell<State> = StaticCell::new();
        let mut list = List::open(path)?;
        let number = list.count()?;
        let workers = [const { None }; WORKERS];
        let state = State { list, number, next: 0, started: 0, turn: 0, workers };
        Ok(Self(STATE.init(state)))
    }
}

impl State {
    /// Opens the next file, if one is left.
    fn take(&mut self) -> Option<core::result::Result<Worker, Counted>> {
        let line = self.next;
        let (path, next) = self.list.line(line)?;
        self.next = next;
        let Some(path) = path.and_then(decoded) else {
            return Some(Err(Counted(line, Err(Reason::LongPath))));
        };
        Some(match File::open(path) {
            Ok(file) => Ok(Worker { file, line, length: 0, newlines: 0 }),
            Err(error) => Err(Counted(line, Err(Reason::host(&error)))),
        })
    }

    /// Gives a worker a turn. The file may then be done.
    fn go_on(&mut self, turn: usize) -> Option<Counted> {
        let worker = self.workers[turn].as_mut()?;
        let mut piece = [0; PIECE];
        let count = match worker.file.read(&mut piece) {
            Ok(0) => worker.end().and_then(|newlines| match worker.length {
                0 if self.list.names_a_directory(worker.line) => Err(Reason::Directory),
                _ => Ok(newlines),
            }),
            Ok(length) => {
                let newlines = piece[..length].iter().filter(|byte| **byte == b'\n').count();
                worker.length += length as u64;
                worker.newlines += newlines as u64;
                return None;
            }
            Err(error) => Err(Reason::host(&error)),
        };
        let line = worker.line;
        self.workers[turn] = None;
        Some(Counted(line, count))
    }
}

impl Worker {
    /// The count, now that there is nothing more to read.
    fn end(&self) -> core::result::Result<u64, Reason> {
        match self.file.metadata() {
            // What is still written to may have grown.
            Ok(whole) if self.length > 0 && self.length < whole.len() => Err(Reason::Cut),
            Ok(_) => Ok(self.newlines),
            Err(error) => Err(Reason::host(&error)),
        }
    }
}

impl Reason {
    fn host(error: &semihosting::io::Error) -> Self {
        Reason::Host(error.raw_os_error().unwrap_or_default())
    }

    /// In the words of the hosts.
    fn words(self) -> &'static str {
        match self {
            Reason::Host(2) => "there is no such file",
            Reason::Host(5) => "Input/output error",
            Reason::Host(13) => "permission to read it is denied",
            Reason::Host(20) => "Not a directory",
            Reason::Host(21) | Reason::Directory => "this is a directory, not a file",
            Reason::Host(_) => "the host cannot open it",
            Reason::Cut => "the host cannot read all of it",
            Reason::LongPath => "its path is longer than a board has room for",
        }
    }
}

impl Stream for BoardFiles {
    type Item = Counted;

    /// Gives each worker a turn. Reading blocks the board, and so whoever waits for something else has a turn after that.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Counted>> {
        let state = &mut *self.0;
        let mut is_over = true;
        for _ in 0..state.started {
            let turn = state.turn;
            state.turn = (turn + 1) % state.started;
            if state.workers[turn].is_none() {
                match state.take() {
                    None => continue,
                    Some(Ok(worker)) => state.workers[turn] = Some(worker),
                    Some(Err(counted)) => return Poll::Ready(Some(counted)),
                }
            }
            is_over = false;
            if let Some(counted) = state.go_on(turn) {
                return Poll::Ready(Some(counted));
            }
        }
        if is_over {
            return Poll::Ready(None);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Files for BoardFiles {
    fn number(&self) -> usize {
        self.0.number
    }

    fn parallelism(&self) -> usize {
        // As many as there are: what another worker waits for is the host, and not the processor.
        WORKERS
    }

    fn most_workers(&self) -> usize {
        WORKERS
    }

    fn start_worker(&mut self) {
        self.0.started += 1;
    }

    fn tell(&mut self, Counted(line, count): Counted, event: impl FnOnce(Event<&str>)) {
        let path = self.0.list.beginning(line);
        match count {
            Ok(newlines) => event(Event::File { path, newlines }),
            Err(reason) => event(Event::Error { path, message: reason.words() }),
        }
    }
}

/// The longest line of the list.
const LONGEST: usize = 1024;

struct List {
    file: File,
    line: [u8; LONGEST],
}

impl List {
    fn open(path: &str) -> Result<Self> {
        let mut line = [0; LONGEST];
        let length = path.len().min(LONGEST - 1);
        line[..length].copy_from_slice(&path.as_bytes()[..length]);
        let file = File::open(decoded(&mut line[..=length]).unwrap_or_default())?;
        Ok(Self { file, line })
    }

    /// How many lines there are.
    fn count(&mut self) -> Result<usize> {
        let mut lines = 0;
        loop {
            match self.file.read(&mut self.line)? {
                0 => return Ok(lines),
                length => {
                    lines += self.line[..length].iter().filter(|byte| **byte == b'\n').count();
                }
            }
        }
    }

    /// Whether this line is the path of a directory.
    fn names_a_directory(&mut self, start: u32) -> bool {
        let Some((Some(line), _)) = self.line(start) else { return false };
        let end = line.len() - 1;
        // Only directories have themselves inside.
        let inside = self.line.get_mut(..end + 3).and_then(|line| {
            line[end..].copy_from_slice(b"/.\n");
            decoded(line)
        });
        inside.is_some_and(|path| File::open(path).is_ok())
    }

    /// As much as there is room for of the line that begins at this place, without its end.
    fn beginning(&mut self, start: u32) -> &str {
        let there = self.file.seek(SeekFrom::Start(start.into()));
        let length = there.and_then(|_| self.file.read(&mut self.line)).unwrap_or_default();
        let line = self.line[..length].split(|byte| *byte == b'\n').next().unwrap_or_default();
        // Only its last character may be cut.
        let whole = from_utf8(line).map_or_else(|error| error.valid_up_to(), str::len);
        from_utf8(&line[..whole]).unwrap_or_default()
    }

    /// The line that begins at this place, with its end, and where the line after it begins. It is `None` if it is too long.
    fn line(&mut self, start: u32) -> Option<(Option<&mut [u8]>, u32)> {
        self.file.seek(SeekFrom::Start(start.into())).ok()?;
        let mut length = self.file.read(&mut self.line).ok().filter(|length| *length > 0)?;
        if let Some(end) = self.line[..length].iter().position(|byte| *byte == b'\n') {
            return Some((Some(&mut self.line[..=end]), start + end as u32 + 1));
        }
        let mut next = start;
        loop {
            let end = self.line[..length].iter().position(|byte| *byte == b'\n');
            match end {
                Some(end) => return Some((None, next + end as u32 + 1)),
                None => next += length as u32,
            }
            length = self.file.read(&mut self.line).ok().filter(|length| *length > 0)?;
        }
    }
}

/// A path in its own bytes, in the place of the line that has it.
fn decoded(line: &mut [u8]) -> Option<&CStr> {
    let (mut length, mut index) = (0, 0);
    // To semihosting, a path that begins with a colon may be the console.
    if line.starts_with(b"%3A") {
        line[..3].copy_from_slice(b"./:");
        (length, index) = (3, 3);
    }
    // But for the end of the line.
    while index + 1 < line.len() {
        let mut byte = line[index];
        index += 1;
        if byte == b'%' {
            let digits = from_utf8(line.get(index..index + 2)?).ok()?;
            byte = u8::from_str_radix(digits, 16).ok()?;
            index += 2;
        }
        line[length] = byte;
        length += 1;
    }
    *line.get_mut(length)? = 0;
    CStr::from_bytes_with_nul(&line[..=length]).ok()
}
