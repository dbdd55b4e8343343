//! The results of a run as files.

use std::env;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::json;

use crate::harness::junit::{self, Case, Result as Word, Suite};
use crate::harness::{Tried, Verdict, plain};

/// The environment variable with the path of a JSON file for the results.
pub const JSON: &str = "ANYTEMPO_JSON";

/// The environment variable with the path of a JUnit XML file for the results.
pub const JUNIT: &str = "ANYTEMPO_JUNIT";

/// The time, if a file is to tell it. Miri has none.
pub(super) fn started() -> Option<SystemTime> {
    env::var_os(JUNIT).map(|_| SystemTime::now())
}

/// The files that the environment asks for. They are opened before anything is tried, so that a mistyped path is told at once.
#[derive(Debug)]
pub(super) struct Files {
    json: Option<Record>,
    junit: Option<Record>,
}

#[derive(Debug)]
struct Record {
    variable: &'static str,
    path: PathBuf,
    file: File,
}

impl Files {
    /// Opens them. They are empty from now on, so that no older results are taken for those of a run that was interrupted.
    ///
    /// The error is a sentence. Then no file is changed.
    pub(super) fn open() -> Result<Self, String> {
        let files = Self { json: Record::open(JSON)?, junit: Record::open(JUNIT)? };
        if let (Some(json), Some(junit)) = (&files.json, &files.junit) {
            if json.is_same(junit) {
                return Err(format!("{JSON} and {JUNIT} name the same file: {:?}", junit.path));
            }
        }
        for record in files.json.iter().chain(&files.junit) {
            record.truncate().map_err(|error| record.sentence(&error))?;
        }
        Ok(files)
    }

    /// Writes them. Each error is a sentence.
    pub(super) fn write(&self, tried: &[Tried], started: Option<SystemTime>) -> Vec<String> {
        let started = started.unwrap_or(SystemTime::UNIX_EPOCH);
        let json = self.json.as_ref().map(|it| it.write(|out| json(out, tried)));
        let junit = self.junit.as_ref().map(|it| it.write(|out| junit(out, tried, started)));
        [json, junit].into_iter().flatten().filter_map(Result::err).collect()
    }
}

impl Record {
    fn open(variable: &'static str) -> Result<Option<Self>, String> {
        let Some(path) = env::var_os(variable).map(PathBuf::from) else { return Ok(None) };
        match File::options().write(true).create(true).truncate(false).open(&path) {
            Ok(file) => Ok(Some(Self { variable, path, file })),
            Err(error) => Err(sentence(variable, &path, &error)),
        }
    }

    /// Whether it is the same file, whatever its paths are.
    fn is_same(&self, other: &Self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let identity = |it: &Self| it.file.metadata().map(|data| (data.dev(), data.ino())).ok();
            identity(self).is_some() && identity(self) == identity(other)
        }
        #[cfg(not(unix))]
        {
            let identity = |it: &Self| it.path.canonicalize().ok();
            identity(self).is_some() && identity(self) == identity(other)
        }
    }

    fn truncate(&self) -> io::Result<()> {
        // A pipe or a device has no length.
        if self.file.metadata()?.is_file() { self.file.set_len(0) } else { Ok(()) }
    }

    fn write(
        &self,
        results: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
    ) -> Result<(), String> {
        let mut out = BufWriter::new(&self.file);
        results(&mut out).and_then(|()| out.flush()).map_err(|error| self.sentence(&error))
    }

    fn sentence(&self, error: &io::Error) -> String {
        sentence(self.variable, &self.path, error)
    }
}

fn sentence(variable: &str, path: &Path, error: &io::Error) -> String {
    format!("{variable}: {path:?} cannot be written: {}", plain(error))
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
    let reasons: Vec<_> = tried.iter().map(|it| it.verdict.reason()).collect();
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
