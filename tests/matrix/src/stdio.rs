//! The standard streams as this process was given them.
//!
//! The standard library opens the null device in the place of a standard stream that is closed. It also takes a write to a
//! descriptor that is not open for writing as done. A script that loses its output in such a way would not be told. Here both are
//! errors.

use std::io::{self, Read, Write};

/// The standard output, without a buffer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Output;

/// The standard input, without a buffer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input;

#[cfg(not(unix))]
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

#[cfg(not(unix))]
impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        io::stdin().read(buffer)
    }
}

#[cfg(unix)]
mod unix {
    use core::sync::atomic::{AtomicBool, Ordering};
    use std::os::fd::BorrowedFd;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::{Errno, fcntl_getfd, read, write};
    use rustix::stdio::{stdin, stdout};

    use super::{Input, Output, Read, Write, io};

    static INPUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);
    static OUTPUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

    // Before `main`, as the standard library opens something else in the place of what is closed. It is not ready yet here:
    // nothing but system calls and atomics may be used.
    ctor::declarative::ctor! {
        #[ctor(unsafe)]
        fn look() {
            let is_closed = |stream| fcntl_getfd(stream) == Err(Errno::BADF);
            INPUT_WAS_CLOSED.store(is_closed(stdin()), Ordering::Relaxed);
            OUTPUT_WAS_CLOSED.store(is_closed(stdout()), Ordering::Relaxed);
        }
    }

    fn open(was_closed: &AtomicBool) -> io::Result<()> {
        match was_closed.load(Ordering::Relaxed) {
            true => Err(io::Error::other("it is closed")),
            false => Ok(()),
        }
    }

    /// Calls the system until it has done something. Another process that shares the stream may have made it non-blocking.
    fn done(
        stream: BorrowedFd<'_>,
        ready: PollFlags,
        mut call: impl FnMut() -> Result<usize, Errno>,
    ) -> io::Result<usize> {
        loop {
            match call() {
                Err(Errno::AGAIN) => match poll(&mut [PollFd::new(&stream, ready)], None) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                },
                Err(Errno::BADF) if ready == PollFlags::OUT => {
                    return Err(io::Error::other("it is not open for writing"));
                }
                Err(Errno::BADF) => return Err(io::Error::other("it is not open for reading")),
                result => return Ok(result?),
            }
        }
    }

    impl Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            open(&OUTPUT_WAS_CLOSED)?;
            done(stdout(), PollFlags::OUT, || write(stdout(), bytes))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Read for Input {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            open(&INPUT_WAS_CLOSED)?;
            done(stdin(), PollFlags::IN, || read(stdin(), &mut *buffer))
        }
    }
}
