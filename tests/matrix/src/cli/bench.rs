use core::time::Duration;
use std::io::{BufWriter, Write};
use std::thread::available_parallelism;
use std::time::Instant;

use anytempo_matrix::bench::{Interrupt, Measured, Part, Settings, Watch, be_child};
use anytempo_matrix::stdio;
use anytempo_matrix::words::plain;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::cli::args::{Bench, Chosen, Format};
use crate::cli::figures::Figures;
use crate::cli::record::Record;
use crate::cli::refusal::Refusal;
use crate::cli::{INTERRUPTED, RIGHT, WRONG, available, complain, json, written};

/// Measures what is wanted, on each of the runtimes.
pub(super) fn run(mut chosen: Chosen, format: Format, wanted: &Bench) -> Result<u8, Refusal> {
    if let Some((board, _)) = chosen.iter().find(|(it, by_name)| it.is_board() && *by_name) {
        return Err(Refusal::misused(format!(
            "the benchmark does not run on {}, where time goes on with the instructions; `./check.sh cost` counts those",
            board.name
        )));
    }
    chosen.retain(|(it, _)| !it.is_board());
    // Now, as nobody wants to hear of a mistyped path when everything has been measured.
    let [mut json] = Record::open([("--json", wanted.json.as_deref())])?;
    let (runtimes, _) = available(chosen)?;
    let parts = match wanted.only.as_slice() {
        [] => Part::ALL.map(|(_, part)| part).to_vec(),
        some => some.to_vec(),
    };
    let sizes = (!wanted.sizes.is_empty()).then(|| wanted.sizes.clone());
    let settings = Settings { runtimes, parts, sizes, rounds: wanted.rounds, quick: wanted.quick };
    let interrupt = Interrupt::default();
    let interrupted = ctrlc::set_handler({
        let interrupt = interrupt.clone();
        move || interrupt.interrupt()
    });
    if let Err(error) = interrupted {
        return Err(Refusal::wrong(format!("ctrl-C cannot be waited for: {}", plain(&error))));
    }

    let mut progress = Progress::new(settings.steps());
    let start = Instant::now();
    let measured = settings.run(&interrupt, &mut progress);
    let took = start.elapsed();
    progress.0.finish_and_clear();
    let Ok(measured) = measured else {
        complain("interrupted, and nothing was measured to the end");
        return Ok(INTERRUPTED);
    };

    let mut code = if measured.failures.is_empty() { RIGHT } else { WRONG };
    let document = Document::new(&settings, &measured, took);
    let saved = json.write(|out| {
        json::write_pretty(&mut *out, &document)?;
        writeln!(out)
    });
    if let Err(sentence) = saved {
        complain(&sentence);
        code = WRONG;
    }
    let mut out = BufWriter::new(stdio::Output);
    let printed = match format {
        Format::Text => {
            write!(out, "{}", Figures { measured: &measured, took })
        }
        Format::Json => json::write(&mut out, &document).and_then(|()| writeln!(out)),
    };
    let output = written(printed.and_then(|()| out.flush()));
    Ok(code.max(output.err().unwrap_or(RIGHT)))
}

/// One measurement, in the process that is there for it.
pub(super) fn one(told: &str) -> u8 {
    match be_child(told) {
        Ok(()) => RIGHT,
        Err(sentence) => {
            complain(&sentence);
            WRONG
        }
    }
}

/// What is written for machines.
#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    system: &'static str,
    architecture: &'static str,
    processors: Option<usize>,
    quick: bool,
    took_ms: u128,
    runtimes: Vec<&'static str>,
    #[serde(flatten)]
    measured: &'a Measured,
}

impl<'a> Document<'a> {
    fn new(settings: &Settings, measured: &'a Measured, took: Duration) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            system: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            processors: available_parallelism().ok().map(usize::from),
            quick: settings.quick,
            took_ms: took.as_millis(),
            runtimes: settings.runtimes.iter().map(|runtime| runtime.name).collect(),
            measured,
        }
    }
}

/// A bar on stderr, if that is a terminal.
struct Progress(ProgressBar);

impl Progress {
    fn new(steps: usize) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {eta} left  {msg}");
        let bar = ProgressBar::new(steps as u64);
        Self(style.map_or(bar.clone(), |style| bar.with_style(style)))
    }
}

impl Watch for Progress {
    fn next(&mut self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    fn done(&mut self) {
        self.0.inc(1);
    }
}
