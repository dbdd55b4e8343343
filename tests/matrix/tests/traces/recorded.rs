//! The traces that the repository has: one file for each group, in which a trace is indented under its name.

use core::fmt::Write as _;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// If this is set, traces are recorded and not compared.
const RECORD: &str = "ANYTEMPO_RECORD";

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/traces/recorded");

const HEAD: &str =
    "# Recorded by `ANYTEMPO_RECORD=1 cargo test -p anytempo-matrix --test traces`.\n";

const INDENT: &str = "    ";

/// How many lines of a trace are recorded. What comes after them is a sum, as nobody would read it.
const LINES: usize = 220;

/// How a trace is called, and its lines.
pub(crate) type Named = (String, String);

/// Compares the traces of `group` with those that are recorded, or records them if that is asked for.
///
/// # Errors
///
/// Says which line is the first that differs.
pub(crate) fn compare(group: &str, traces: &[Named]) -> Result<(), String> {
    let path = path(group);
    if env::var_os(RECORD).is_some_and(|value| !value.is_empty() && value != "0") {
        return fs::write(&path, print(traces)).map_err(|error| unreadable(&path, &error));
    }
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    differences(group, &parse(&text), traces)
}

/// Whether every file that is there has a group.
pub(crate) fn no_others<'a>(groups: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let expected: Vec<PathBuf> = groups.map(path).collect();
    let directory = Path::new(DIRECTORY);
    for entry in fs::read_dir(directory).map_err(|error| unreadable(directory, &error))? {
        let found = entry.map_err(|error| unreadable(directory, &error))?.path();
        if !expected.contains(&found) {
            return Err(format!("{} is of no group that there is: delete it", found.display()));
        }
    }
    Ok(())
}

fn path(group: &str) -> PathBuf {
    Path::new(DIRECTORY).join(group).with_extension("txt")
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn print(traces: &[Named]) -> String {
    let mut text = HEAD.to_owned();
    for (name, trace) in traces {
        // A string takes whatever is written to it.
        let _ = writeln!(text, "\n{name}");
        for line in shortened(trace) {
            let _ = writeln!(text, "{INDENT}{line}");
        }
    }
    text
}

/// As much of a trace as is recorded.
fn shortened(trace: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let rest = trace.lines().count().saturating_sub(LINES);
    let last = (rest > 0).then(|| {
        let sum = trace.lines().skip(LINES).fold(FNV_START, fnv);
        Cow::from(format!("... and {rest} lines more, the FNV-1a sum of which is {sum:016x}"))
    });
    trace.lines().take(LINES).map(Cow::from).chain(last)
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// The sum of a line after what was summed up before it.
fn fnv(sum: u64, line: &str) -> u64 {
    let bytes = line.bytes().chain([b'\n']);
    bytes.fold(sum, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

fn parse(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut traces = BTreeMap::new();
    let mut name = "";
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix(INDENT) {
            Some(line) => traces.entry(name).or_insert_with(Vec::new).push(line),
            None => {
                name = line;
                traces.insert(name, Vec::new());
            }
        }
    }
    traces
}

/// Says which line is the first that differs, in each trace where one does.
fn differences(
    group: &str,
    recorded: &BTreeMap<&str, Vec<&str>>,
    traces: &[Named],
) -> Result<(), String> {
    let mut differences = Vec::new();
    for (name, trace) in traces {
        match recorded.get(name.as_str()) {
            Some(recorded) => differences.extend(
                difference(recorded.iter().copied(), shortened(trace))
                    .map(|difference| format!("`{name}` is not as recorded: {difference}")),
            ),
            None => differences.push(format!("`{name}` is not recorded yet")),
        }
    }
    for name in recorded.keys() {
        if traces.iter().all(|(other, _)| name != other) {
            differences.push(format!("`{name}` is recorded, but there is no such trace any more"));
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\n\
         If this is as it should be, record the traces anew, and look at what the commit then changes in them:\n    \
         {RECORD}=1 cargo test -p anytempo-matrix --test traces {group}",
        differences.join("\n")
    ))
}

/// The first line that is not the same in both.
pub(crate) fn difference<A: AsRef<str>, B: AsRef<str>>(
    before: impl Iterator<Item = A>,
    now: impl Iterator<Item = B>,
) -> Option<String> {
    let (mut before, mut now) = (before.fuse(), now.fuse());
    let mut number = 0;
    loop {
        number += 1;
        let (before, now) = (before.next(), now.next());
        let [before, now] = [before.as_ref().map(A::as_ref), now.as_ref().map(B::as_ref)];
        if before != now {
            let [before, now] = [before, now].map(|line| line.map_or("nothing more", str::trim));
            return Some(format!("line {number} was\n    {before}\nand is now\n    {now}"));
        }
        before?;
    }
}
