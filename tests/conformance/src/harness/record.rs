//! The results of a run as files.

use std::env;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::time::SystemTime;

use serde_json::json;

use crate::harness::junit::{self, Case, Result as Word, Suite};
use crate::harness::{Tried, Verdict};

/// The environment variable with the path of a JSON file for the results.
pub const JSON: &str = "ANYTEMPO_JSON";

/// The environment variable with the path of a JUnit XML file for the results.
pub const JUNIT: &str = "ANYTEMPO_JUNIT";

/// The time, if a file is to tell it. Miri has none.
pub(super) fn started() -> Option<SystemTime> {
    env::var_os(JUNIT).map(|_| SystemTime::now())
}

/// Writes the files that the environment asks for. Each error is a sentence.
pub(super) fn write_all(tried: &[Tried], started: Option<SystemTime>) -> Vec<String> {
    let json = write(JSON, |out| json(out, tried));
    let junit = write(JUNIT, |out| junit(out, tried, started.unwrap_or(SystemTime::UNIX_EPOCH)));
    [json, junit].into_iter().filter_map(Result::err).collect()
}

fn write(
    variable: &str,
    results: impl Fn(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), String> {
    let Some(path) = env::var_os(variable) else { return Ok(()) };
    let written = File::create(&path).and_then(|file| {
        let mut out = BufWriter::new(file);
        results(&mut out)?;
        out.flush()
    });
    written.map_err(|error| {
        let words = error.to_string();
        // The number of an error says nothing more.
        let words = words.split(" (os error").next().unwrap_or_default();
        format!("{variable}: {path:?} cannot be written: {words}")
    })
}

/// Writes a list with an object for each case, one a line.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn json(out: &mut impl Write, tried: &[Tried]) -> io::Result<()> {
    out.write_all(b"[")?;
    for (index, it) in tried.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        let mut line = json!({
            "case": format!("{}::{}", it.group, it.name),
            "runtime": it.runtime,
            "real_us": u64::try_from(it.took.as_micros()).unwrap_or(u64::MAX),
        });
        match &it.verdict {
            Verdict::Kept => line["outcome"] = "ok".into(),
            Verdict::Allowed { why, seen } => {
                line["outcome"] = "allowed".into();
                line["reason"] = (*why).into();
                // `null` says that the case was not tried.
                line["seen"] = seen.as_deref().into();
            }
            Verdict::Broken(reason) => {
                line["outcome"] = "failed".into();
                line["reason"] = reason.as_str().into();
            }
        }
        serde_json::to_writer(&mut *out, &line)?;
    }
    out.write_all(b"\n]\n")
}

/// Writes JUnit XML, with a suite for each runtime. An allowed break is skipped there.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn junit(out: &mut impl Write, tried: &[Tried], started: SystemTime) -> io::Result<()> {
    let reasons: Vec<_> = tried.iter().map(|it| reason(&it.verdict)).collect();
    let host = junit::host();
    let mut suites: Vec<Suite<'_>> = Vec::new();
    for (it, reason) in tried.iter().zip(&reasons) {
        let result = match (&it.verdict, reason) {
            (Verdict::Broken(_), Some(reason)) => Word::Failed(reason),
            (_, Some(reason)) => Word::Skipped(reason),
            (_, None) => Word::Passed,
        };
        let case = Case { group: it.group, name: it.name, took: it.took, result };
        match suites.iter_mut().find(|suite| suite.name == it.runtime) {
            Some(suite) => suite.cases.push(case),
            None => {
                suites.push(Suite { name: &it.runtime, started, host: &host, cases: vec![case] });
            }
        }
    }
    junit::write(out, &suites)
}

/// What is to be told of a promise that was not kept. The first line says why, if it need not be.
pub(super) fn reason(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Kept => None,
        Verdict::Allowed { why, seen: None } => Some(format!("not tried: {why}")),
        Verdict::Allowed { why, seen: Some(seen) } => {
            Some(format!("allowed to fail: {why}\n{seen}"))
        }
        Verdict::Broken(reason) => Some(reason.clone()),
    }
}
