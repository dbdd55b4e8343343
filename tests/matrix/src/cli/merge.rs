use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use anytempo_conformance::harness::Verdict;
use anytempo_matrix::matrix::{Cell, Partition, Plan, Step};
use anytempo_matrix::runtimes::{RUNTIMES, Runtime};
use anytempo_matrix::words::plain;

use crate::cli::args::{Format, Merge};
use crate::cli::matrix::{report, streamed};
use crate::cli::output::Plain;
use crate::cli::record::Record;
use crate::cli::refusal::Refusal;
use crate::cli::results::{self, Document, Line, Run};
use crate::cli::summary::Took;
use crate::cli::{RIGHT, WRONG, complain, json};

/// Joins the results of all parts of a matrix. A part that is missing, or is not whole, is an error.
pub(super) fn run(format: Format, wanted: &Merge) -> Result<u8, Refusal> {
    let mut parts = Vec::new();
    for path in &wanted.files {
        let document = read(path).map_err(Refusal::wrong)?;
        parts.push(Part { path, document });
    }
    // By their places in the matrix, whatever the order of the files.
    parts.sort_by_key(|part| part.document.run.partition.part());
    are_all_of_one(&parts).map_err(Refusal::wrong)?;
    let first = &parts[0].document.run;
    let runtimes = runtimes(&parts[0]).map_err(Refusal::wrong)?;
    let steps = Plan::new(&runtimes, &first.only).map_err(Refusal::no_files)?.steps();
    let cells = cells(&parts, &steps).map_err(Refusal::wrong)?;

    let [mut junit, mut json] =
        Record::open([("--junit", wanted.junit.as_deref()), ("--json", wanted.json.as_deref())])?;
    if !first.left_out.is_empty() {
        complain(&format!("no part was run on {}", first.left_out.join(", ")));
    }
    let merged: Vec<Cell> = cells.iter().map(|(_, cell)| cell.clone()).collect();
    let mut output = Ok(());
    if format == Format::Json {
        for cell in &merged {
            streamed(&mut output, |out| {
                json::write(&mut *out, &Line::new(cell))?;
                writeln!(out)
            });
        }
    }
    let of_part = |index| -> Vec<Cell> {
        cells.iter().filter(|(part, _)| *part == index).map(|(_, cell)| cell.clone()).collect()
    };
    let of_parts: Vec<_> = (0..parts.len()).map(of_part).collect();
    let runs = parts.iter().map(|part| &part.document.run);
    let suites: Vec<_> = runs.clone().zip(of_parts.iter().map(Vec::as_slice)).collect();
    let whole = Run {
        partition: Partition::WHOLE,
        started: runs.clone().map(|run| run.started).min().unwrap_or(first.started),
        took_us: runs.clone().map(|run| run.took_us).max().unwrap_or_default(),
        ..first.clone()
    };
    let written = [
        junit.write(|out| results::junit(out, &suites)),
        json.write(|out| results::json(out, &whole, &merged)),
    ];
    let columns: Vec<&str> = first
        .on
        .iter()
        .map(String::as_str)
        .filter(|name| merged.iter().any(|cell| cell.runtime == *name))
        .collect();
    if format == Format::Text {
        let took = Took { built: None, ran: Duration::from_micros(whole.took_us) };
        report(&mut output, &merged, &columns, !first.only.is_empty(), took);
    }
    let mut code = RIGHT;
    if merged.iter().any(|cell| matches!(cell.verdict, Verdict::Broken(_))) {
        code = WRONG;
    }
    for sentence in written.into_iter().filter_map(Result::err) {
        complain(&sentence);
        code = WRONG;
    }
    Ok(code.max(output.err().unwrap_or(RIGHT)))
}

/// One of the files.
struct Part<'a> {
    path: &'a Path,
    document: Document,
}

impl Part<'_> {
    fn name(&self) -> String {
        format!("part {} in {}", self.document.run.partition, quoted(self.path))
    }
}

pub(super) fn quoted(path: &Path) -> String {
    format!("`{}`", Plain(&path.to_string_lossy()))
}

fn read(path: &Path) -> Result<Document, String> {
    let file = File::open(path)
        .map_err(|error| format!("the file {} cannot be read: {}", quoted(path), plain(&error)))?;
    serde_json::from_reader(BufReader::new(file)).map_err(|error| {
        format!(
            "{} is no file that `anytempo matrix --json` has written: {}",
            quoted(path),
            plain(&error)
        )
    })
}

/// Whether the files hold each part of one matrix exactly once.
fn are_all_of_one(parts: &[Part<'_>]) -> Result<(), String> {
    let first = &parts[0];
    for part in parts {
        let (run, known) = (&part.document.run, &first.document.run);
        let differs = |what: &str| {
            Err(format!("{} and {} are of different matrices: {what}", first.name(), part.name()))
        };
        if run.anytempo != env!("CARGO_PKG_VERSION") {
            return Err(format!(
                "{} was written by version {} of anytempo, and this is {}",
                quoted(part.path),
                Plain(&run.anytempo),
                env!("CARGO_PKG_VERSION")
            ));
        }
        if run.partition.of() != known.partition.of() {
            return differs("their number of parts differs");
        }
        if run.on != known.on {
            return differs("--on differs");
        }
        if run.only != known.only {
            return differs("--only differs");
        }
        // A part of what a machine cannot run would be missing without a word.
        for (some, other) in [(part, first), (first, part)] {
            let left_out = &some.document.run.left_out;
            let differs = |it: &&String| !other.document.run.left_out.contains(it);
            if let Some(runtime) = left_out.iter().find(differs) {
                let (some, other) = (some.name(), other.name());
                return Err(format!("{some} was not run on {}, and {other} was", Plain(runtime)));
            }
        }
    }
    for pair in parts.windows(2) {
        if pair[0].document.run.partition == pair[1].document.run.partition {
            return Err(format!(
                "part {} is there twice: in {} and in {}",
                pair[0].document.run.partition,
                quoted(pair[0].path),
                quoted(pair[1].path)
            ));
        }
    }
    let there: BTreeSet<usize> =
        parts.iter().map(|part| part.document.run.partition.part()).collect();
    let of = first.document.run.partition.of();
    let missing: Vec<String> =
        (1..=of).filter(|part| !there.contains(part)).take(10).map(|it| it.to_string()).collect();
    match missing.as_slice() {
        [] => Ok(()),
        [one] => Err(format!("part {one} of {of} is missing")),
        several => Err(format!("parts {} of {of} are missing", several.join(", "))),
    }
}

/// The runtimes that were chosen.
fn runtimes(part: &Part<'_>) -> Result<Vec<&'static Runtime>, String> {
    let known = |name: &String| {
        RUNTIMES.iter().find(|it| it.name == name).ok_or_else(|| {
            format!("{} names a runtime that is unknown here: `{}`", part.name(), Plain(name))
        })
    };
    part.document.run.on.iter().map(known).collect()
}

/// The result of each step, and the part that has it. Each part has to have those of its own steps, and no others.
fn cells(parts: &[Part<'_>], steps: &[Step]) -> Result<Vec<(usize, Cell)>, String> {
    let mut results = Vec::new();
    for part in parts {
        let mut of_part = BTreeMap::new();
        for line in &part.document.results {
            let key = line.key();
            if let Some((name, runtime)) = of_part.insert(key.clone(), line).map(|_| key) {
                return Err(format!("{} has {name} on {runtime} twice", part.name()));
            }
        }
        results.push(of_part);
    }
    let mut cells = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let at = parts.iter().position(|part| part.document.run.partition.has(index));
        let Some(at) = at else { continue };
        let part = &parts[at];
        let line = results[at].remove(&(step.name.to_string(), step.runtime.to_owned()));
        let is_left_out = part.document.run.left_out.iter().any(|it| it == step.runtime);
        match (line, is_left_out) {
            (None, true) => {}
            (None, false) => {
                let name = part.name();
                return Err(format!("{name} has no result of {} on {}", step.name, step.runtime));
            }
            (Some(line), _) => {
                let cell = line.cell(step).ok_or_else(|| {
                    let name = part.name();
                    format!("{name} has an impossible result of {} on {}", step.name, step.runtime)
                })?;
                cells.push((at, cell));
            }
        }
    }
    for (part, rest) in parts.iter().zip(results) {
        if let Some((name, runtime)) = rest.into_keys().next() {
            let (name, runtime) = (Plain(&name), Plain(&runtime));
            return Err(format!(
                "{} has a result that does not belong to it: {name} on {runtime}",
                part.name()
            ));
        }
    }
    Ok(cells)
}
