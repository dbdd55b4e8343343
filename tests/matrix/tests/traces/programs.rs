//! What the six programs report.

use core::fmt::Write as _;
use core::num::NonZero;
use core::time::Duration;
use std::fs;
use std::path::{MAIN_SEPARATOR, Path};
use std::sync::{Arc, Mutex, PoisonError};

use anytempo_matrix::programs::host::Command;
use anytempo_matrix::programs::{Body, Event, Rate, Sink};
use anytempo_matrix::runtimes::{RUNTIMES, SharedSink};

use crate::recorded::Named;
use crate::same_in_all_runs;

pub(crate) fn traces() -> Result<Vec<Named>, String> {
    let directory = tempfile::tempdir().map_err(|error| format!("a directory: {error}"))?;
    let path = directory.path();
    let files = [("empty", ""), ("two", "1\n2\n"), ("unended", "\r\n\n2")];
    for (name, text) in files {
        fs::write(path.join(name), text).map_err(|error| format!("a file: {error}"))?;
    }
    let commands = commands(path);
    let traces = commands.into_iter().map(|(name, command)| {
        let trace = same_in_all_runs(name, || events(command.clone(), path))?;
        Ok((name.to_owned(), trace))
    });
    traces.collect()
}

fn commands(folder: &Path) -> Vec<(&'static str, Command)> {
    let delay = Duration::from_micros(1500);
    let files = ["two", "missing", "empty", "unended"].map(|name| folder.join(name)).into();
    let countdown = |rate| Command::Countdown { count: 3, delay, rate };
    let range = |step| Command::Range { start: 2, end: -3, step, delay };
    let close = |body| Command::Close { body };
    vec![
        ("countdown 3 --delay 1500us", countdown(Rate::Delay)),
        ("countdown 3 --delay 1500us --rate fixed", countdown(Rate::Fixed)),
        ("range 2 -3 --step -2 --delay 1500us", range(const { NonZero::new(-2).unwrap() })),
        ("range 2 -3 --step 1 --delay 1500us", range(const { NonZero::new(1).unwrap() })),
        ("generate -1 2 --delay 1500us", Command::Generate { start: -1, end: 2, delay }),
        ("stall 1500us", Command::Stall { delay }),
        ("close --body ok", close(Body::Ok)),
        ("close --body error", close(Body::Error)),
        ("close --body cancel", close(Body::Cancel)),
        ("close --body panic", close(Body::Panic)),
        ("lines two missing empty unended", Command::Lines { files }),
    ]
}

/// The events of a program on virtual time.
fn events(command: Command, files: &Path) -> Result<String, String> {
    let runtime = RUNTIMES.iter().find(|it| it.exact).ok_or("no runtime has virtual time")?;
    let text = Arc::new(Mutex::new(String::new()));
    let prefix = format!("{}{MAIN_SEPARATOR}", files.display());
    let sink = Collector { text: text.clone(), prefix };
    runtime.run(command, SharedSink::new(sink)).map_err(|error| error.to_string())?;
    let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(core::mem::take(&mut text))
}

struct Collector {
    text: Arc<Mutex<String>>,
    /// Not the same on any two machines.
    prefix: String,
}

impl Sink for Collector {
    fn event(&mut self, t_us: u128, event: Event<&str>) {
        let event = event.map(|text| text.strip_prefix(&self.prefix).unwrap_or(text));
        let json = serde_json::to_string(&event).unwrap_or_else(|error| error.to_string());
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        // A string takes whatever is written to it.
        let _ = writeln!(text, "{t_us:<7} {json}");
    }
}
