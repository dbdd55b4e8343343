//! What a board says: a line for each thing, of which the first word tells what it is.
//!
//! ```text
//! 10000 item 1                       an event, after its time in microseconds; a path has its odd bytes as %20 and so on
//! kept                               a case
//! broken expected: no wait is early; seen: ...
//! refused ...                        any other end than a good one, as in `trouble.rs`
//! ```

use core::cell::RefCell;
use core::fmt::{self, Write};

use anytempo_matrix::programs::{Event, Sink};
use critical_section::Mutex;
use semihosting::io::{self, Write as _};
use semihosting::process;

/// How the run of a board ended.
#[derive(Clone, Copy)]
pub(crate) struct Code(pub(crate) u8);

impl Code {
    pub(crate) const RIGHT: Self = Self(0);
    pub(crate) const WRONG: Self = Self(1);
}

/// Ends the run.
pub(crate) fn exit(code: Code) -> ! {
    flush();
    process::exit(code.0.into())
}

/// What goes out in one piece, as each piece stops the emulator.
struct Buffer {
    bytes: [u8; 256],
    length: usize,
}

static BUFFER: Mutex<RefCell<Buffer>> =
    Mutex::new(RefCell::new(Buffer { bytes: [0; 256], length: 0 }));

impl Buffer {
    fn flush(&mut self) {
        let bytes = &self.bytes[..self.length];
        // Without anyone who reads, nobody is there to be told either.
        if io::stdout().and_then(|mut out| out.write_all(bytes)).is_err() {
            process::exit(Code::WRONG.0.into());
        }
        self.length = 0;
    }
}

/// Writes out what was said.
pub(crate) fn flush() {
    critical_section::with(|section| {
        // It is borrowed only if its own code has failed.
        if let Ok(mut buffer) = BUFFER.borrow(section).try_borrow_mut() {
            buffer.flush();
        }
    });
}

/// Says a line: whatever is said has no other.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    // Writing to the buffer does not fail, and what is said does not either.
    let _ = OneLine.write_fmt(line);
    let _ = Output.write_str("\n");
}

/// The host, as it hears of events.
#[derive(Clone, Copy)]
pub(crate) struct Output;

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        critical_section::with(|section| {
            let Ok(mut buffer) = BUFFER.borrow(section).try_borrow_mut() else { return };
            for &byte in text.as_bytes() {
                if buffer.length == buffer.bytes.len() {
                    buffer.flush();
                }
                let length = buffer.length;
                buffer.bytes[length] = byte;
                buffer.length = length + 1;
            }
        });
        Ok(())
    }
}

/// The host, of which each line has a meaning.
struct OneLine;

impl Write for OneLine {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (index, piece) in text.split('\n').enumerate() {
            Output.write_str(if index == 0 { "" } else { " " })?;
            Output.write_str(piece)?;
        }
        Ok(())
    }
}

impl Sink for Output {
    fn event(&mut self, t_us: u128, event: Event<&str>) {
        match event {
            Event::Item { value } => say(format_args!("{t_us} item {value}")),
            Event::Marble { marble } => say(format_args!("{t_us} marble {marble}")),
            Event::End => say(format_args!("{t_us} end")),
            Event::Enter => say(format_args!("{t_us} enter")),
            Event::Close => say(format_args!("{t_us} close")),
            Event::Exit { outcome: None } => say(format_args!("{t_us} exit")),
            Event::Exit { outcome: Some(how) } => say(format_args!("{t_us} exit {}", how.name())),
            Event::File { path, newlines } => say(format_args!("{t_us} file {newlines} {path}")),
            Event::Error { path, message } => say(format_args!("{t_us} error {path} {message}")),
            Event::Total { newlines } => say(format_args!("{t_us} total {newlines}")),
        }
    }

    fn pause(&mut self) {
        flush();
    }
}
