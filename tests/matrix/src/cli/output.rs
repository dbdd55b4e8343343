use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use std::io::{self, BufWriter, Write};
use std::process::exit;
use std::sync::Arc;

use anytempo_matrix::programs::{Event, Sink};
use anytempo_matrix::stdio;
use serde::Serialize;

use crate::cli::args::Format;
use crate::cli::{RIGHT, WRONG, json, written};

/// Prints the events of a program.
pub(super) struct Output {
    runtime: &'static str,
    format: Format,
    /// Set when a file cannot be counted.
    failed: Arc<AtomicBool>,
    out: BufWriter<stdio::Output>,
}

impl Output {
    pub(super) fn new(runtime: &'static str, format: Format, failed: Arc<AtomicBool>) -> Self {
        Self { runtime, format, failed, out: BufWriter::with_capacity(1 << 16, stdio::Output) }
    }

    /// Ends the process if its output cannot be written: what is on the way would only be lost.
    fn go_on(&self, result: io::Result<()>) {
        if let Err(code) = written(result) {
            let failed = if self.failed.load(Ordering::Relaxed) { WRONG } else { RIGHT };
            exit(code.max(failed).into());
        }
    }

    fn print(&mut self, t_us: u128, event: Event<&str>) -> io::Result<()> {
        let Self { runtime, out, .. } = self;
        if self.format == Format::Json {
            json::write(&mut *out, &Line { runtime, t_us, event })?;
            return out.write_all(b"\n");
        }
        write!(out, "{runtime:<11} {:>5}.{:06} s  ", t_us / 1_000_000, t_us % 1_000_000)?;
        match event {
            Event::Item { value } => writeln!(out, "item  {value}"),
            Event::Marble { marble } => writeln!(out, "item  {marble}"),
            Event::End => writeln!(out, "end"),
            Event::Enter => writeln!(out, "enter"),
            Event::Close => writeln!(out, "close"),
            Event::Exit { outcome: None } => writeln!(out, "exit"),
            Event::Exit { outcome: Some(outcome) } => writeln!(out, "exit  {}", outcome.name()),
            Event::File { path, newlines } => writeln!(out, "file  {newlines:>8}  {}", Plain(path)),
            Event::Error { path, message } => writeln!(out, "error {}: {message}", Plain(path)),
            Event::Total { newlines } => writeln!(out, "total {newlines:>8}"),
        }
    }
}

/// A path in one line, and with nothing in it that a terminal would obey.
pub(super) struct Plain<'a>(pub(super) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.0.split_inclusive(char::is_control) {
            let plain = piece.trim_end_matches(char::is_control);
            f.write_str(plain)?;
            write!(f, "{}", piece[plain.len()..].escape_default())?;
        }
        Ok(())
    }
}

/// An event in the JSON form.
#[derive(Serialize)]
struct Line<'a> {
    runtime: &'a str,
    t_us: u128,
    #[serde(flatten)]
    event: Event<&'a str>,
}

impl Sink for Output {
    fn event(&mut self, t_us: u128, event: Event<&str>) {
        if let Event::Error { .. } = event {
            self.failed.store(true, Ordering::Relaxed);
        }
        let printed = self.print(t_us, event);
        self.go_on(printed);
    }

    fn pause(&mut self) {
        let flushed = self.out.flush();
        self.go_on(flushed);
    }
}
