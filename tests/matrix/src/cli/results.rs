//! The results of the matrix, as files: one JSON document, which `merge` reads again, and JUnit XML.

use core::time::Duration;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::SystemTime;

use anytempo_conformance::harness::Verdict;
use anytempo_conformance::harness::junit::{self, Case, Suite};
use anytempo_matrix::matrix::{Cell, PROGRAMS, Partition, Step};
use anytempo_matrix::runtimes::{RUNTIMES, Runtime};
use serde::{Deserialize, Serialize};

/// A run of the matrix, or of one part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    /// The version of the program.
    pub(super) anytempo: String,
    /// The runtimes that were chosen.
    pub(super) on: Vec<String>,
    /// The part of a name that was chosen.
    pub(super) only: String,
    #[serde(with = "partition")]
    pub(super) partition: Partition,
    /// The chosen runtimes that this machine cannot run.
    pub(super) left_out: Vec<String>,
    #[serde(with = "started")]
    pub(super) started: SystemTime,
    /// The name of the machine.
    pub(super) host: String,
    pub(super) took_us: u64,
}

/// A result in the JSON form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<Cow<'a, str>>,
    runtime: Cow<'a, str>,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    t_us: Option<u64>,
    real_us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Cow<'a, str>>,
    /// What an allowed case did. Without it the case was not tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok,
    Allowed,
    Failed,
}

impl<'a> Line<'a> {
    pub(super) fn new(cell: &'a Cell) -> Self {
        let is_program = cell.name.is_program();
        let full = || cell.name.to_string().into();
        // The six have their names alone.
        let program = || if cell.name.group == PROGRAMS { cell.name.name.into() } else { full() };
        let (outcome, reason, seen) = match &cell.verdict {
            Verdict::Kept => (Outcome::Ok, None, None),
            Verdict::Allowed { why, seen } => (Outcome::Allowed, Some(*why), seen.as_deref()),
            Verdict::Broken(reason) => (Outcome::Failed, Some(reason.as_str()), None),
        };
        Self {
            program: is_program.then(program),
            case: (!is_program).then(full),
            runtime: cell.runtime.into(),
            outcome,
            t_us: cell.clock.map(micros),
            real_us: micros(cell.real),
            reason: reason.map(Into::into),
            seen: seen.map(Into::into),
        }
    }

    /// What it is a result of: the name, and the runtime.
    pub(super) fn key(&self) -> (String, String) {
        let name = self.case.clone().or_else(|| {
            let program = self.program.as_ref()?;
            let is_full = program.contains("::");
            Some(if is_full { program.clone() } else { format!("{PROGRAMS}::{program}").into() })
        });
        (name.unwrap_or_default().into_owned(), self.runtime.clone().into_owned())
    }

    /// The cell that it was made from; `None` if it cannot be a result of this step.
    pub(super) fn cell(&self, step: &Step) -> Option<Cell> {
        let verdict = match (self.outcome, &self.reason) {
            (Outcome::Ok, None) => Verdict::Kept,
            (Outcome::Allowed, Some(_)) => {
                let seen = self.seen.clone().map(Cow::into_owned);
                Verdict::Allowed { why: step.allowance?, seen }
            }
            (Outcome::Failed, Some(reason)) => Verdict::Broken(reason.clone().into_owned()),
            _ => return None,
        };
        let is_right = step.name.is_program() && verdict == Verdict::Kept;
        if is_right != self.t_us.is_some() {
            return None;
        }
        Some(Cell {
            name: step.name,
            runtime: step.runtime,
            verdict,
            due: step.due,
            clock: self.t_us.map(Duration::from_micros),
            real: Duration::from_micros(self.real_us),
        })
    }
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// What a file holds.
#[derive(Deserialize)]
pub(super) struct Document {
    #[serde(flatten)]
    pub(super) run: Run,
    pub(super) results: Vec<Line<'static>>,
}

/// What a reader may want to know of a runtime. Nothing reads it again.
#[derive(Serialize)]
struct About {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sleep_bytes: Option<usize>,
}

impl About {
    fn new(runtime: &'static Runtime) -> Self {
        Self { name: runtime.name, sleep_bytes: runtime.sleep_bytes }
    }
}

/// Writes a [`Document`], with a result a line.
pub(super) fn json(out: &mut impl Write, run: &Run, cells: &[Cell]) -> io::Result<()> {
    let mut object = Vec::new();
    crate::cli::json::write(&mut object, run)?;
    // It is an object, which goes on with the results.
    out.write_all(object.strip_suffix(b"}").unwrap_or(&object))?;
    out.write_all(b",\n\"runtimes\":")?;
    let of_name = |name: &String| RUNTIMES.iter().find(|it| it.name == name);
    crate::cli::json::write(
        &mut *out,
        &run.on.iter().filter_map(of_name).map(About::new).collect::<Vec<_>>(),
    )?;
    out.write_all(b",\n\"results\":[")?;
    for (index, cell) in cells.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        crate::cli::json::write(&mut *out, &Line::new(cell))?;
    }
    out.write_all(b"\n]}\n")
}

/// Writes a suite for each runtime of each run, in the form that CI systems read.
pub(super) fn junit(out: &mut impl Write, runs: &[(&Run, &[Cell])]) -> io::Result<()> {
    let reasons =
        |cells: &[Cell]| -> Vec<_> { cells.iter().map(|cell| cell.verdict.reason()).collect() };
    let reasons: Vec<_> = runs.iter().map(|(_, cells)| reasons(cells)).collect();
    let mut suites = Vec::new();
    for ((run, cells), reasons) in runs.iter().zip(&reasons) {
        let mut runtimes: BTreeMap<&str, Vec<Case<'_>>> = BTreeMap::new();
        for (cell, reason) in cells.iter().zip(reasons) {
            let reason = reason.as_deref().unwrap_or_default();
            runtimes.entry(cell.runtime).or_default().push(Case {
                group: cell.name.group,
                name: cell.name.name,
                took: cell.real,
                result: match &cell.verdict {
                    Verdict::Kept => junit::Result::Passed,
                    Verdict::Allowed { .. } => junit::Result::Skipped(reason),
                    Verdict::Broken(_) => junit::Result::Failed(reason),
                },
            });
        }
        let ran = run.on.iter().filter_map(|name| runtimes.remove_entry(name.as_str()));
        suites.extend(ran.map(|(name, cases)| Suite {
            name,
            started: run.started,
            host: &run.host,
            cases,
        }));
    }
    junit::write(out, &suites)
}

/// A part of the matrix as text: `1/4`.
mod partition {
    use anytempo_matrix::matrix::Partition;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(it: &Partition, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(it)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Partition, D::Error> {
        String::deserialize(from)?.parse().map_err(Error::custom)
    }
}

/// A time as text, in UTC: `2026-12-31T23:59:59Z`.
mod started {
    use std::time::SystemTime;

    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(it: &SystemTime, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&humantime::format_rfc3339_seconds(*it))
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<SystemTime, D::Error> {
        humantime::parse_rfc3339(&String::deserialize(from)?).map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use anytempo_matrix::matrix::Name;

    use super::*;

    fn run() -> Run {
        Run {
            anytempo: "0.1.0".into(),
            on: vec!["swift".into(), "sloth".into()],
            only: String::new(),
            partition: "1/4".parse().expect("it is a part"),
            left_out: vec!["sloth".into()],
            started: SystemTime::UNIX_EPOCH,
            host: "nest".into(),
            took_us: 6000,
        }
    }

    const STEPS: [Step; 3] = {
        const fn step(
            group: &'static str,
            name: &'static str,
            allowance: Option<&'static str>,
        ) -> Step {
            Step { name: Name { group, name }, runtime: "swift", due: Duration::ZERO, allowance }
        }
        [
            step(PROGRAMS, "stall", None),
            step("sleep", "soundly", Some("swifts sleep on the wing")),
            step("wake", "early", None),
        ]
    };

    fn cells() -> Vec<Cell> {
        let verdicts = [
            Verdict::Kept,
            Verdict::Allowed { why: "swifts sleep on the wing", seen: Some("it slept".to_owned()) },
            Verdict::Broken("1 < 2 & \"so\" on".to_owned()),
        ];
        let cell = |(step, verdict): (Step, Verdict)| Cell {
            name: step.name,
            runtime: step.runtime,
            verdict,
            due: step.due,
            clock: step.name.is_program().then_some(Duration::from_millis(1)),
            real: Duration::from_millis(2),
        };
        STEPS.into_iter().zip(verdicts).map(cell).collect()
    }

    const JSON: &str = r#"{"anytempo":"0.1.0","on":["swift","sloth"],"only":"","partition":"1/4","left_out":["sloth"],"started":"1970-01-01T00:00:00Z","host":"nest","took_us":6000,
"runtimes":[],
"results":[
{"program":"stall","runtime":"swift","outcome":"ok","t_us":1000,"real_us":2000},
{"case":"sleep::soundly","runtime":"swift","outcome":"allowed","real_us":2000,"reason":"swifts sleep on the wing","seen":"it slept"},
{"case":"wake::early","runtime":"swift","outcome":"failed","real_us":2000,"reason":"1 < 2 & \"so\" on"}
]}
"#;

    #[test]
    fn json_is_one_document() {
        let mut out = Vec::new();
        json(&mut out, &run(), &cells()).expect("memory can be written");
        assert_eq!(String::from_utf8(out).expect("it is UTF-8"), JSON);
    }

    #[test]
    fn json_can_be_read_again() {
        let document: Document = serde_json::from_str(JSON).expect("it is a document");
        assert_eq!(document.run, run());
        for ((line, step), cell) in document.results.iter().zip(&STEPS).zip(cells()) {
            assert_eq!(line.key(), (cell.name.to_string(), "swift".to_owned()));
            let read = line.cell(step).expect("it is a result of the step");
            assert_eq!(format!("{read:?}"), format!("{cell:?}"));
        }
        // No result of another step.
        assert!(document.results[0].cell(&STEPS[2]).is_none());
        assert!(document.results[1].cell(&STEPS[2]).is_none());
    }

    #[test]
    fn junit_has_a_suite_for_each_runtime() {
        let mut out = Vec::new();
        let (run, cells) = (run(), cells());
        junit(&mut out, &[(&run, &cells)]).expect("memory can be written");
        let out = String::from_utf8(out).expect("it is UTF-8");
        let suite = "<testsuite id=\"0\" package=\"anytempo\" name=\"swift\" timestamp=\"1970-01-01T00:00:00\" hostname=\"nest\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"0.006000\">";
        assert!(out.contains(suite), "{out}");
        assert_eq!(out.matches("<testsuite ").count(), 1, "{out}");
        let skipped = "allowed to fail: swifts sleep on the wing&#10;it slept";
        assert!(out.contains(skipped), "{out}");
    }
}
