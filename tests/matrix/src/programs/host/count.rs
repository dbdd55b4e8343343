use core::ops::ControlFlow;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_channel::mpsc::UnboundedSender;

/// The count of the file at this place in the list, or why there is none.
pub(super) type Count = (usize, io::Result<u64>);

/// As much of a file as is in memory at once: small enough for a processor's cache, and large enough for the system
/// calls to cost next to nothing.
const PIECE: usize = 128 * 1024;

/// A worker: it counts whichever file is the next that no other worker has taken, and sends the count.
#[derive(Clone)]
pub(super) struct Counter {
    files: Arc<Files>,
    counts: UnboundedSender<Count>,
    buffer: Vec<u8>,
}

struct Files {
    paths: Arc<[PathBuf]>,
    next: AtomicUsize,
}

impl Counter {
    pub(super) fn new(paths: Arc<[PathBuf]>, counts: UnboundedSender<Count>) -> Self {
        Self {
            files: Arc::new(Files { paths, next: AtomicUsize::new(0) }),
            counts,
            buffer: Vec::new(),
        }
    }

    /// Counts one file, unless none is left.
    pub(super) fn count_next(&mut self) -> ControlFlow<()> {
        self.buffer.resize(PIECE, 0);
        let index = self.files.next.fetch_add(1, Ordering::Relaxed);
        let Some(path) = self.files.paths.get(index) else { return ControlFlow::Break(()) };
        let count = newlines(path, &mut self.buffer);
        match self.counts.unbounded_send((index, count)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

fn newlines(path: &Path, buffer: &mut [u8]) -> io::Result<u64> {
    let mut file = File::open(path)?;
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
        _ if path.is_dir() => "this is a directory, not a file".into(),
        ErrorKind::NotFound => "there is no such file".into(),
        ErrorKind::PermissionDenied => "permission to read it is denied".into(),
        // The number says nothing more.
        _ => {
            let words = error.to_string();
            words.split(" (os error").next().unwrap_or_default().to_owned()
        }
    }
}
