//! What a long run says on stderr while it lasts: a bar on a terminal, and otherwise a line every few seconds.

use core::time::Duration;
use std::io::{IsTerminal, Write, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anytempo_matrix::bench::Watch;
use indicatif::{ProgressBar, ProgressStyle};

/// Between two lines.
const PERIOD: Duration = Duration::from_secs(5);

pub(super) enum Progress {
    Bar(ProgressBar),
    Lines(Lines),
}

impl Progress {
    pub(super) fn new(steps: usize) -> Self {
        if !stderr().is_terminal() {
            return Self::Lines(Lines::start(steps, PERIOD, stderr()));
        }
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {eta} left  {msg}");
        let bar = ProgressBar::new(steps as u64);
        Self::Bar(style.map_or(bar.clone(), |style| bar.with_style(style)))
    }

    pub(super) fn finish(self) {
        match self {
            Self::Bar(bar) => bar.finish_and_clear(),
            Self::Lines(lines) => lines.finish(),
        }
    }
}

impl Watch for Progress {
    fn next(&mut self, what: &str) {
        match self {
            Self::Bar(bar) => bar.set_message(what.to_owned()),
            Self::Lines(lines) => lines.change(|state| what.clone_into(&mut state.what)),
        }
    }

    fn done(&mut self) {
        match self {
            Self::Bar(bar) => bar.inc(1),
            Self::Lines(lines) => lines.change(|state| state.done += 1),
        }
    }
}

/// A thread that prints the lines, so that a measurement that takes long has some too.
pub(super) struct Lines {
    state: Arc<Mutex<State>>,
    /// Dropped to end the thread.
    running: Sender<()>,
    /// `None` where the system has no room for one. The run is then silent.
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    what: String,
    done: usize,
}

impl Lines {
    fn start(steps: usize, period: Duration, mut out: impl Write + Send + 'static) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let (running, ended) = channel();
        let seen = state.clone();
        let start = Instant::now();
        let work = move || {
            while ended.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
                let line = seen.lock().unwrap_or_else(PoisonError::into_inner).line(steps, start);
                // A reader that has left misses nothing that it wanted.
                let _ = writeln!(out, "{line}");
            }
        };
        let thread = thread::Builder::new().spawn(work).ok();
        Self { state, running, thread }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn finish(self) {
        drop(self.running);
        if let Some(thread) = self.thread {
            let _ = thread.join();
        }
    }
}

impl State {
    fn line(&self, steps: usize, start: Instant) -> String {
        let Self { what, done } = self;
        format!(
            "anytempo: {done} of {steps} done after {:.0} s; now {what}",
            start.elapsed().as_secs_f64()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends a test that waits for a line in vain.
    const LONG: Duration = Duration::from_secs(60);

    struct Sent(Sender<Vec<u8>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            // The test may have seen enough.
            let _ = self.0.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_long_measurement_has_lines() {
        let (sender, receiver) = channel();
        let lines = Lines::start(12, Duration::from_millis(1), Sent(sender));
        let mut progress = Progress::Lines(lines);
        progress.done();
        progress.next("7 timers on eel");
        let mut said = String::new();
        while !said.contains("1 of 12 done after 0 s; now 7 timers on eel\nanytempo: ") {
            let bytes = receiver.recv_timeout(LONG).expect("there is another line");
            said.push_str(&String::from_utf8(bytes).expect("it is text"));
        }
        progress.finish();
    }

    #[test]
    fn a_short_run_is_silent() {
        let (sender, receiver) = channel();
        Progress::Lines(Lines::start(1, LONG, Sent(sender))).finish();
        assert!(receiver.try_recv().is_err(), "nothing was said, and the thread has ended");
    }
}
