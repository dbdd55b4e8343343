use core::time::Duration;
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::thread::available_parallelism;
use std::time::Instant;

use anytempo_conformance::harness::junit;
use anytempo_matrix::bench::{Interrupt, Measured, Part, Settings, be_child};
use anytempo_matrix::stdio;
use anytempo_matrix::words::plain;
use serde::Serialize;

use crate::cli::args::{Bench, Chosen, Format};
use crate::cli::figures::Figures;
use crate::cli::progress::Progress;
use crate::cli::record::Record;
use crate::cli::refusal::Refusal;
use crate::cli::units::UNITS;
use crate::cli::{INTERRUPTED, RIGHT, WRONG, available, complain, json, written};

/// Measures the chosen parts on each of the runtimes.
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
    progress.finish();
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
    /// The name of the machine.
    host: String,
    system: &'static str,
    architecture: &'static str,
    processors: Option<usize>,
    quick: bool,
    took_ms: u128,
    units: BTreeMap<&'static str, &'static str>,
    runtimes: Vec<&'static str>,
    #[serde(flatten)]
    measured: &'a Measured,
}

impl<'a> Document<'a> {
    fn new(settings: &Settings, measured: &'a Measured, took: Duration) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            host: junit::host(),
            system: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            processors: available_parallelism().ok().map(usize::from),
            quick: settings.quick,
            took_ms: took.as_millis(),
            units: UNITS.into(),
            runtimes: settings.runtimes.iter().map(|runtime| runtime.name).collect(),
            measured,
        }
    }
}
