use core::ops::ControlFlow;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_channel::mpsc::UnboundedSender;

use crate::programs::host::is_standard_input;
use crate::programs::host::queue::{Counted, Job, Kind, Lack, Part, Queue};
use crate::stdio::Input;
use crate::words::plain;

/// The count of the file at this place in the list, or why there is none.
pub(super) type Count = (usize, io::Result<u64>);

/// What a worker has to say.
#[derive(Debug)]
pub(super) enum Message {
    /// A file is done.
    Count(Count),
    /// There is a large file to count.
    Large,
    /// There is a file that may keep its reader waiting.
    Waiting,
    /// No file can be opened, and none is open.
    Stuck(io::Error),
}

/// As much of a file as is in memory at once: small enough for a processor's cache, and large enough for the system
/// calls to cost next to nothing.
const PIECE: usize = 128 * 1024;

/// A worker: it does the next job that no other worker has taken, and sends what comes of it.
pub(super) struct Counter {
    pub(super) kind: Kind,
    pub(super) paths: Arc<[PathBuf]>,
    pub(super) queue: Arc<Queue>,
    pub(super) messages: UnboundedSender<Message>,
    pub(super) buffer: Vec<u8>,
}

impl Counter {
    /// Does one job, unless none is left.
    pub(super) fn step(&mut self) -> ControlFlow<()> {
        if self.buffer.is_empty() {
            // Not `resize`, which would write all of it.
            self.buffer = vec![0; PIECE];
        }
        match self.queue.take(&mut self.kind) {
            None => ControlFlow::Break(()),
            Some(Job::File(index)) => self.look(index),
            Some(Job::Waiting(index)) if is_standard_input(&self.paths[index]) => {
                let count = newlines(Input, &mut self.buffer);
                self.send(Message::Count((index, count)))
            }
            Some(Job::Waiting(index)) => self.open(index),
            Some(Job::Part(part)) => self.part(part),
        }
    }

    /// Counts a file if it is regular. To open any other may mean to wait.
    fn look(&mut self, index: usize) -> ControlFlow<()> {
        let path = &self.paths[index];
        let is_regular = if is_standard_input(path) {
            false
        } else {
            match fs::metadata(path) {
                // A directory has an error of its own when it is read.
                Ok(metadata) => metadata.is_file() || metadata.is_dir(),
                Err(error) => return self.send(Message::Count((index, Err(error)))),
            }
        };
        if is_regular {
            return self.open(index);
        }
        self.queue.defer(index);
        self.send(Message::Waiting)
    }

    fn open(&mut self, index: usize) -> ControlFlow<()> {
        let file = loop {
            let closed = self.queue.opens();
            match File::open(&self.paths[index]) {
                Ok(file) => break file,
                Err(error) if is_lack(&error) => match self.queue.lacks(self.kind, index, closed) {
                    Lack::Retry => {}
                    Lack::Leave => return ControlFlow::Break(()),
                    Lack::Stuck => {
                        let _ = self.messages.unbounded_send(Message::Stuck(error));
                        return ControlFlow::Break(());
                    }
                },
                Err(error) => {
                    self.queue.closes();
                    return self.send(Message::Count((index, Err(error))));
                }
            }
        };
        let size = match self.kind {
            Kind::Busy if READS_ANYWHERE => file.metadata().map_or(0, |it| it.len()),
            _ => 0,
        };
        let Some(file) = self.queue.share(index, file, size) else {
            return self.send(Message::Large);
        };
        let count = newlines(&file, &mut self.buffer);
        drop(file);
        self.queue.closes();
        self.send(Message::Count((index, count)))
    }

    fn part(&mut self, part: Part) -> ControlFlow<()> {
        let (start, end) = (part.range.start, part.range.end);
        let count = newlines(At { file: &part.file, at: start, end }, &mut self.buffer);
        let index = part.index;
        let Some(whole) = self.queue.counted(part, count) else { return ControlFlow::Continue(()) };
        let Counted { file, size, newlines: counted } = whole;
        let count = counted.and_then(|counted| {
            // It may have grown since it was opened.
            let rest = At { file: &file, at: size, end: u64::MAX };
            Ok(counted + newlines(rest, &mut self.buffer)?)
        });
        drop(file);
        self.queue.closes();
        self.send(Message::Count((index, count)))
    }

    fn send(&self, message: Message) -> ControlFlow<()> {
        match self.messages.unbounded_send(message) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// Whether it is not the file that cannot be opened, but one file more.
pub(crate) fn is_lack(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        let lacks = [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error);
        error.raw_os_error().is_some_and(|number| lacks.contains(&number))
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}

/// Whether parts of a file can be read without a place in it that all readers share.
const READS_ANYWHERE: bool = cfg!(unix);

/// A part of a file, or less if the file has become shorter.
struct At<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let room = buffer.len().min(left);
        #[cfg(unix)]
        let length = {
            use std::os::unix::fs::FileExt;
            self.file.read_at(&mut buffer[..room], self.at)?
        };
        #[cfg(not(unix))]
        let length = Read::read(&mut &*self.file, &mut buffer[..room])?;
        self.at += length as u64;
        Ok(length)
    }
}

fn newlines(mut file: impl Read, buffer: &mut [u8]) -> io::Result<u64> {
    let mut newlines = 0;
    loop {
        match file.read(buffer) {
            Ok(0) => return Ok(newlines),
            Ok(length) => newlines += memchr::memchr_iter(b'\n', &buffer[..length]).count() as u64,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Says why a file could not be counted, in the same words on every system where there are such words.
pub(super) fn reason(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        // Not every system has an error of its own for this.
        _ if !is_standard_input(path) && path.is_dir() => "this is a directory, not a file".into(),
        ErrorKind::NotFound => "there is no such file".into(),
        ErrorKind::PermissionDenied => "permission to read it is denied".into(),
        _ => plain(error),
    }
}
