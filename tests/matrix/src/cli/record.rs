//! What the matrix says to machines.

use core::time::Duration;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anytempo_conformance::harness::Verdict;
use anytempo_matrix::matrix::Cell;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;

use crate::cli::output::Plain;
use crate::cli::refusal::Refusal;

/// A file that will be written, if there is to be one.
#[derive(Debug)]
pub(super) struct Record<'a>(Option<(&'a Path, File)>);

impl<'a> Record<'a> {
    /// Makes the files that the options name. From now on they are empty, so that nobody takes an older one for the outcome
    /// of a run that was interrupted.
    ///
    /// # Errors
    ///
    /// If a file cannot be written, or is another output too, by whatever name. Then none is changed, and none is left that
    /// was not there before.
    pub(super) fn open<const N: usize>(
        wanted: [(&'static str, Option<&'a Path>); N],
    ) -> Result<[Self; N], Refusal> {
        let mut made = Made(Vec::new());
        let mut outputs = Vec::from_iter(standard_output().map(|it| ("the standard output", it)));
        let mut records = wanted.map(|_| Self(None));
        for ((option, path), record) in wanted.into_iter().zip(&mut records) {
            let Some(path) = path else { continue };
            let wrong = |error| Refusal::wrong(sentence(path, &error));
            let file = made.open(path).map_err(wrong)?;
            let identity = identity(&file, path).map_err(wrong)?;
            if let Some((other, _)) = outputs.iter().find(|(_, it)| *it == identity) {
                let sentence = format!("{other} and {option} cannot write the same file");
                return Err(Refusal::misused(sentence));
            }
            outputs.push((option, identity));
            record.0 = Some((path, file));
        }
        made.0.clear();
        for (path, file) in records.iter().flat_map(|record| &record.0) {
            // A pipe or a device has no length.
            if file.metadata().is_ok_and(|it| it.is_file()) {
                file.set_len(0).map_err(|error| Refusal::wrong(sentence(path, &error)))?;
            }
        }
        Ok(records)
    }

    pub(super) fn write(
        &mut self,
        content: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
    ) -> Result<(), String> {
        let Some((path, file)) = &mut self.0 else { return Ok(()) };
        let mut out = BufWriter::new(file);
        content(&mut out).and_then(|()| out.flush()).map_err(|error| sentence(path, &error))
    }
}

/// The files that were not there before. They are removed again, unless they are taken out.
struct Made(Vec<PathBuf>);

impl Made {
    /// Opens a file without a change to what is in it.
    fn open(&mut self, path: &Path) -> io::Result<File> {
        let is_new = !path.exists();
        let file = File::options().write(true).create(true).truncate(false).open(path)?;
        if is_new {
            // The path may be a link, which stays.
            self.0.push(path.canonicalize()?);
        }
        Ok(file)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in &self.0 {
            // If it cannot be removed, an empty file is all that stays.
            let _ = fs::remove_file(path);
        }
    }
}

/// What two names of one file have in common: its place on its device, as a file can have two paths without a link in them.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(file: &File, _: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    file.metadata().map(|it| (it.dev(), it.ino()))
}

/// That of the standard output, if it is a file. A terminal or a pipe may well be written from two places.
#[cfg(unix)]
fn standard_output() -> Option<Identity> {
    use std::os::fd::AsFd;
    let file = File::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    let is_file = file.metadata().is_ok_and(|it| it.is_file());
    is_file.then(|| identity(&file, Path::new("")).ok())?
}

#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(_: &File, path: &Path) -> io::Result<Identity> {
    path.canonicalize()
}

#[cfg(not(unix))]
fn standard_output() -> Option<Identity> {
    None
}

fn sentence(path: &Path, error: &io::Error) -> String {
    let words = error.to_string();
    // The number of an error says nothing more.
    let words = words.split(" (os error").next().unwrap_or_default();
    format!("the file {} cannot be written: {words}", Plain(&path.to_string_lossy()))
}

/// A cell in the JSON form.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    runtime: &'a str,
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    t_us: Option<u128>,
    real_us: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl<'a> Line<'a> {
    pub(super) fn new(cell: &'a Cell) -> Self {
        let is_program = cell.name.is_program();
        let (outcome, reason) = match &cell.verdict {
            Verdict::Kept => ("ok", None),
            Verdict::Allowed { why, .. } => ("allowed", Some(*why)),
            Verdict::Broken(reason) => ("failed", Some(reason.as_str())),
        };
        Self {
            program: is_program.then_some(cell.name.name),
            case: (!is_program).then(|| cell.name.to_string()),
            runtime: cell.runtime,
            outcome,
            t_us: cell.clock.map(|clock| clock.as_micros()),
            real_us: cell.real.as_micros(),
            reason,
        }
    }
}

/// Writes a list of all cells, one a line.
pub(super) fn json(out: &mut impl Write, cells: &[Cell]) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        out.write_all(if index == 0 { b"[\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &Line::new(cell))?;
    }
    out.write_all(b"\n]\n")
}

/// Writes a suite for each runtime, in the form that CI systems read. They have no word for what is allowed; as skipped it
/// is at least not taken for a success.
pub(super) fn junit(
    out: &mut impl Write,
    cells: &[Cell],
    runtimes: &[&str],
    took: Duration,
) -> io::Result<()> {
    let mut report = Report::new("anytempo");
    report.set_time(took);
    for runtime in runtimes {
        let mut suite = TestSuite::new(*runtime);
        for cell in cells.iter().filter(|cell| cell.runtime == *runtime) {
            let status = match &cell.verdict {
                Verdict::Kept => TestCaseStatus::success(),
                Verdict::Allowed { why, .. } => {
                    let mut status = TestCaseStatus::skipped();
                    status.set_message(*why);
                    status
                }
                Verdict::Broken(reason) => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(reason);
                    status
                }
            };
            let mut case = TestCase::new(cell.name.name, status);
            case.set_classname(format!("{runtime}::{}", cell.name.group));
            case.set_time(cell.real);
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    // In one piece, as its own way to write would hide why a file cannot be written.
    out.write_all(report.to_string().map_err(io::Error::other)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use anytempo_matrix::matrix::{Name, PROGRAMS};

    use super::*;

    fn cells() -> [Cell; 3] {
        let cell = |group, name, verdict| Cell {
            name: Name { group, name },
            runtime: "swift",
            verdict,
            due: Duration::ZERO,
            clock: (group == PROGRAMS).then_some(Duration::from_millis(1)),
            real: Duration::from_millis(2),
        };
        [
            cell(PROGRAMS, "stall", Verdict::Kept),
            cell(
                "sleep",
                "soundly",
                Verdict::Allowed { why: "swifts sleep on the wing", seen: None },
            ),
            cell("wake", "early", Verdict::Broken("1 < 2 & \"so\" on".to_owned())),
        ]
    }

    #[test]
    fn json_is_a_list() {
        let mut out = Vec::new();
        json(&mut out, &cells()).expect("memory can be written");
        let expected = r#"[
{"program":"stall","runtime":"swift","outcome":"ok","t_us":1000,"real_us":2000},
{"case":"sleep::soundly","runtime":"swift","outcome":"allowed","real_us":2000,"reason":"swifts sleep on the wing"},
{"case":"wake::early","runtime":"swift","outcome":"failed","real_us":2000,"reason":"1 < 2 & \"so\" on"}
]
"#;
        assert_eq!(String::from_utf8(out).expect("it is UTF-8"), expected);
    }

    #[test]
    fn junit_knows_all_outcomes() {
        let mut out = Vec::new();
        junit(&mut out, &cells(), &["swift"], Duration::from_secs(1))
            .expect("memory can be written");
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="anytempo" tests="3" skipped="1" failures="1" errors="0" time="1.000">
    <testsuite name="swift" tests="3" skipped="1" errors="0" failures="1">
        <testcase name="stall" classname="swift::programs" time="0.002"/>
        <testcase name="soundly" classname="swift::sleep" time="0.002">
            <skipped message="swifts sleep on the wing"/>
        </testcase>
        <testcase name="early" classname="swift::wake" time="0.002">
            <failure message="1 &lt; 2 &amp; &quot;so&quot; on"/>
        </testcase>
    </testsuite>
</testsuites>
"#;
        assert_eq!(String::from_utf8(out).expect("it is UTF-8"), expected);
    }
}
