//! The JUnit XML of the kit, as its readers see it.
//!
//! The schemas beside this file say what two strict readers accept. `xmllint` compares a report with them, and
//! `junitparser`, a package of PyPI, reads the report. Without both tools the tests that need them print that they were left
//! out; with `ANYTEMPO_JUNIT_READERS` set they fail instead. The gate `junit` installs the tools and sets it.

use core::time::Duration;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use anytempo_conformance::harness::junit::{self, Case, Result, Suite};
use serde_json::{Value, json};

/// What a reason may have in it: markup, both ends of a line, white space that attributes lose, characters that XML cannot
/// express, and the last characters of each range that it can.
const REASONS: [&str; 8] = [
    "expected: no wait is early; seen: 3.1 ms after the start",
    "a < b && \"c\" > 'd'",
    "two\nlines\r\nand\ta tab",
    "  spaces  on  both  sides  ",
    "the end ]]> of a section <![CDATA[ and of -- a comment",
    "\u{1b}[31mred\u{1b}[0m, \0, \u{8}, \u{b}, \u{c} and \u{1f}",
    "\u{fffe} and \u{ffff}, beside \u{d7ff}, \u{e000}, \u{fffd}, \u{10000} and \u{10ffff}",
    "",
];

/// The reason as XML can express it.
fn expressed(reason: &str) -> String {
    let hidden = ['\u{1b}', '\0', '\u{8}', '\u{b}', '\u{c}', '\u{1f}', '\u{fffe}', '\u{ffff}'];
    hidden
        .iter()
        .fold(reason.to_owned(), |text, c| text.replace(*c, &format!("\\u{{{:x}}}", u32::from(*c))))
}

/// A file with a failure and a skipped case for each reason, and a case that passed.
fn report() -> PathBuf {
    let case =
        |name, result| Case { group: "wake", name, took: Duration::from_micros(1500), result };
    let mut cases = vec![case("late", Result::Passed)];
    for reason in REASONS {
        cases.push(case("failed", Result::Failed(reason)));
        cases.push(case("skipped", Result::Skipped(reason)));
    }
    let host = junit::host();
    let suite = |name, cases| Suite { name, started: SystemTime::now(), host: &host, cases };
    let suites = [suite("swift", cases), suite("a <runtime> without \"cases\"", Vec::new())];
    let mut xml = Vec::new();
    junit::write(&mut xml, &suites).unwrap();
    written("report.xml", &xml)
}

fn written(name: &str, content: &[u8]) -> PathBuf {
    // Tests run at the same time, in one process or in several.
    let (process, thread) = (std::process::id(), std::thread::current().id());
    let name = format!("{process}-{thread:?}-{name}");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

/// Runs a program of a reader; `None` if this machine lacks it and need not have it.
fn run(program: &str, arguments: &[&Path]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) if env::var_os("ANYTEMPO_JUNIT_READERS").is_some() => {
            panic!("cannot run {program}: {error}")
        }
        Err(_) => {
            eprintln!("left out, for lack of {program}; `./check.sh --install junit` installs it");
            None
        }
    }
}

/// What `xmllint` has against the file, and nothing if it is valid.
fn faults(schema: &str, file: &Path) -> Option<String> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/junit").join(schema);
    let options = ["--noout", "--schema"].map(Path::new);
    let output = run("xmllint", &[options[0], options[1], &schema, file])?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // Anything else is a fault of the schema.
    let ends = if output.status.success() { "validates" } else { "fails to validate" };
    assert!(said.trim().ends_with(ends), "{said}");
    Some(if output.status.success() { String::new() } else { said })
}

/// The Python in which the gate installed `junitparser`.
fn python() -> String {
    env::var("ANYTEMPO_JUNIT_READERS").unwrap_or_else(|_| "python-with-junitparser".into())
}

#[test]
fn is_valid_for_strict_readers() {
    let report = report();
    for schema in ["ant.xsd", "xunit.xsd"] {
        let Some(faults) = faults(schema, &report) else { return };
        assert_eq!(faults, "", "{schema}");
    }
}

/// The schemas judge: each refuses what its reader refuses.
#[test]
fn schemas_refuse_other_forms() {
    let valid = fs::read_to_string(report()).unwrap();
    for (schema, from, to) in [
        ("xunit.xsd", "<testsuites>", "<testsuites skipped=\"1\">"),
        ("xunit.xsd", " tests=\"17\"", ""),
        ("xunit.xsd", " time=\"0.001500\"", " duration=\"0.001500\""),
        ("ant.xsd", "<testsuites>", "<testsuites name=\"anytempo\">"),
        ("ant.xsd", " type=\"broken\"", ""),
        ("ant.xsd", "<properties/>", ""),
        ("ant.xsd", " hostname=", " host="),
        ("ant.xsd", " timestamp=\"", " timestamp=\"0"),
    ] {
        let other = valid.replace(from, to);
        assert_ne!(other, valid, "{from}");
        let Some(faults) = faults(schema, &written("other.xml", other.as_bytes())) else { return };
        assert_ne!(faults, "", "{schema} accepts {to} for {from}");
    }
}

#[test]
fn reasons_survive() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/junit/read.py");
    let Some(output) = run(&python(), &[&script, &report()]) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut expected = vec![json!(["swift", "swift::wake", "late", []])];
    for reason in REASONS.map(expressed) {
        for word in ["failed", "skipped"] {
            // An empty body is no body.
            let body = if reason.is_empty() { Value::Null } else { json!(reason) };
            expected.push(json!(["swift", "swift::wake", word, [[word, reason, body]]]));
        }
    }
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read, Value::Array(expected));
}
