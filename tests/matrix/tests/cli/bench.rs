use core::time::Duration;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{HOSTS, Run, Running, command, finish, run, run_line};

/// The document of a run that should go well.
#[track_caller]
fn measured(args: &str) -> (Run, Value) {
    let folder = TempDir::new().expect("a folder can be made");
    let file = folder.path().join("bench.json");
    let args = args.split(' ').map(AsRef::as_ref).chain(["--json".as_ref(), file.as_os_str()]);
    let run = run(args);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    only_progress(&run);
    assert!(run.out.lines().all(|line| line.chars().count() <= 132), "{}", run.out);
    let text = fs::read_to_string(file).expect("the file is written");
    let document = serde_json::from_str(&text).expect("it is JSON");
    every_number_has_a_unit(&document);
    (run, document)
}

/// A run that takes long says how far it is, and nothing else.
#[track_caller]
fn only_progress(run: &Run) {
    assert!(run.err.lines().all(|line| line.contains(" done after ")), "{}", run.err);
}

/// The document names the unit of each of its numbers, by the path of the field.
#[track_caller]
fn every_number_has_a_unit(document: &Value) {
    fn walk(path: &str, value: &Value, units: &Value) {
        match value {
            Value::Number(_) => assert!(units[path].is_string(), "{path} has no unit"),
            Value::Array(values) => values.iter().for_each(|it| walk(path, it, units)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match name.as_str() {
                        "anytempo" | "hand" | "least" | "median" | "most" => {
                            walk(path, value, units)
                        }
                        _ if path.is_empty() => walk(name, value, units),
                        _ => walk(&format!("{path}.{name}"), value, units),
                    }
                }
            }
            _ => {}
        }
    }
    walk("", document, &document["units"]);
}

#[track_caller]
fn list<'a>(document: &'a Value, key: &str) -> &'a [Value] {
    document[key].as_array().unwrap_or_else(|| panic!("{key} is a list: {document}"))
}

#[track_caller]
fn positive(value: &Value) {
    for part in ["least", "median", "most"] {
        assert!(value[part].as_f64() > Some(0.0), "{value}");
    }
}

#[test]
fn a_few_tasks_on_every_runtime() {
    let (run, document) = measured("bench --quick --only timers,countdowns --sizes 50 --rounds 2");
    let rows = list(&document, "crowds");
    assert_eq!(rows.len(), 2 * HOSTS.len());
    let mut expected = Vec::new();
    for (part, waits) in [("timers", 1), ("countdowns", 5)] {
        expected.extend(HOSTS.map(|runtime| (part, runtime, 50, 50 * waits)));
    }
    for (row, (part, runtime, count, waits)) in rows.iter().zip(expected) {
        assert_eq!([&row["part"], &row["runtime"]], [part, runtime]);
        assert_eq!(row["count"], count);
        let rounds = list(row, "rounds");
        assert_eq!(rounds.len(), 2, "{row}");
        for round in rounds {
            for form in ["anytempo", "hand"] {
                assert_eq!(round[form]["waits"], waits, "{row}");
                let late = &round[form]["lateness"];
                let [p50, p99, max] = ["p50_ns", "p99_ns", "max_ns"]
                    .map(|it| late[it].as_u64().expect("it is known"));
                assert!(p50 <= p99 && p99 <= max, "{row}");
                assert!(runtime != "virtual" || max == 0, "nothing is late there: {row}");
            }
        }
        if cfg!(unix) {
            positive(&row["cpu_ratio"]);
            positive(&row["cpu_ns"]["hand"]);
        }
        assert_eq!(row["late_p50_ns"].is_null(), runtime == "virtual");
        assert!(row["memory_ratio"].is_null(), "they are too few to weigh: {row}");
    }
    assert_eq!(list(&document, "failures"), [] as [Value; 0]);
    assert_eq!(document["runtimes"], json!(HOSTS));
    for word in ["TIMERS: ", "COUNTDOWNS: ", "Noise: ", "ratio", "It took "] {
        assert!(run.out.contains(word), "{word} is not in {}", run.out);
    }
    assert!(!run.out.contains("PERIODS") && !run.out.contains("FAILED"), "{}", run.out);
}

#[test]
fn tasks_have_a_weight() {
    let (run, document) = measured("bench --quick --only timers --sizes 1k --on tokio --rounds 1");
    let [row] = list(&document, "crowds") else { panic!("there is one row: {document}") };
    if cfg!(target_os = "linux") {
        positive(&row["resident_bytes"]["anytempo"]);
        positive(&row["memory_ratio"]);
    } else {
        assert!(run.out.contains("on Linux only"), "{}", run.out);
    }
    assert!(run.out.contains("more than one round is needed"), "{}", run.out);
}

#[test]
fn a_bare_sleep_has_a_weight() {
    let line = "bench --quick --only memory --sizes 500,20k --on tokio,smol,embassy,virtual";
    let (run, document) = measured(line);
    let rows = list(&document, "memory");
    let runtimes: Vec<&Value> = rows.iter().map(|row| &row["runtime"]).collect();
    assert_eq!(runtimes, ["tokio", "smol", "virtual"], "embassy has no room for 20,000");
    for row in rows {
        assert_eq!(row["count"], 20_000, "500 are too few to weigh");
        assert_eq!(list(row, "rounds").len(), 1);
        if cfg!(target_os = "linux") {
            positive(&row["memory_ratio"]);
            for form in ["anytempo", "hand"] {
                // A task is at least a waker and a state. If not all of them were there yet, it is less.
                let bytes = row["resident_bytes"][form]["median"].as_f64();
                assert!(bytes > Some(16.0) && bytes < Some(4096.0), "{row}");
            }
        }
    }
    assert!(run.out.contains("MEMORY: ") && !run.out.contains("TIMERS"), "{}", run.out);
}

#[test]
fn embassy_has_no_more_than_it_can_do() {
    let (run, document) =
        measured("bench --quick --only timers --sizes 200,10k --on embassy --rounds 1");
    let [row] = list(&document, "crowds") else { panic!("there is one row: {document}") };
    assert_eq!(row["count"], 100);
    assert!(run.out.contains("embassy was given no more than 100 tasks"), "{}", run.out);
    assert_eq!(
        list(&document, "notes").iter().filter(|note| note.to_string().contains("embassy")).count(),
        1
    );
}

#[test]
fn periods_are_never_short() {
    let (run, document) = measured("bench --quick --only periods --on tokio,virtual --rounds 1");
    let rows = list(&document, "periods");
    let asked = [(1, false), (1, true), (10, false), (10, true)];
    assert_eq!(rows.len(), asked.len(), "virtual is exact, and not asked");
    for (row, (milliseconds, fixed_rate)) in rows.iter().zip(asked) {
        assert_eq!(row["asked_ns"], milliseconds * 1_000_000);
        assert_eq!(row["fixed_rate"], fixed_rate);
        let [round] = list(row, "rounds") else { panic!("there is one round: {row}") };
        let mean = round["anytempo"]["mean_ns"].as_f64();
        // A rate may make up for a first tick that was late.
        let least = if fixed_rate { 0.0 } else { milliseconds as f64 * 1e6 };
        assert!(mean >= Some(least), "{row}");
    }
    assert!(run.out.contains("PERIODS: ") && !run.out.contains("TIMERS"), "{}", run.out);
}

#[test]
fn json_on_the_standard_output() {
    let run = run_line("--format json bench --only timers --sizes 5 --on virtual --rounds 3");
    assert_eq!(run.code, Some(0), "{}", run.out);
    only_progress(&run);
    let document: Value = serde_json::from_str(&run.out).expect("it is one document");
    assert_eq!(list(&document["crowds"][0], "rounds").len(), 3);
    for key in ["version", "host", "system", "architecture", "processors", "quick", "took_ms"] {
        assert!(!document[key].is_null(), "{document}");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_found_at_once() {
    let run = run_line("bench --only timers --json no/such/folder/bench.json");
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    let sentence = "anytempo: the file no/such/folder/bench.json cannot be written: ";
    assert!(run.err.starts_with(sentence) && run.err.lines().count() == 1, "{}", run.err);
}

#[test]
fn a_job_that_is_none() {
    let run = run_line("bench-one {}");
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.starts_with("anytempo: this is no job: "), "{}", run.err);
}

#[test]
fn a_job_that_nobody_waits_for_ends() {
    let job = json!({
        "runtime": "tokio",
        "form": "hand",
        "work": {"period": {"period": {"secs": 3600, "nanos": 0}, "fixed_rate": false, "count": 1}},
        "seed": 0,
    });
    // Its standard input is closed.
    let run = run(["bench-one", &job.to_string()]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(3), "", ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_that_fails_is_reported() {
    let mut shell = Command::new("sh");
    let limited =
        "ulimit -v 500000; exec \"$0\" bench --only timers --sizes 3M --on tokio --rounds 1";
    shell.args(["-c", limited, env!("CARGO_BIN_EXE_anytempo")]);
    let run = finish(shell);
    assert_eq!(run.code, Some(1), "{}", run.out);
    only_progress(&run);
    for form in ["anytempo", "by hand"] {
        let failure =
            format!("FAILED: 3000000 timers on tokio, {form}: the process for it failed: ");
        assert!(run.out.contains(&failure), "{}", run.out);
    }
}

#[cfg(unix)]
#[test]
fn lines_agree_with_wc() {
    let (run, document) = measured("bench --quick --only lines --rounds 1");
    let rows = list(&document, "lines");
    assert_eq!(rows.len(), 2, "{}", run.out);
    for row in rows {
        assert!(row["newlines"].as_u64() > Some(0), "{row}");
        let [round] = list(row, "rounds") else { panic!("there is one round: {row}") };
        assert!(round["lines_ns"].as_u64() > Some(0) && round["wc_ns"].as_u64() > Some(0), "{row}");
    }
    assert!(run.out.contains("LINES: "), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn without_wc_there_is_nothing_to_compare() {
    let mut command = command("bench --quick --only lines --rounds 1".split(' '));
    command.env("PATH", "/nowhere");
    let run = finish(command);
    assert_eq!(run.code, Some(0), "{}", run.out);
    only_progress(&run);
    assert!(run.out.contains("there is no `wc` to be beside"), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_nothing_behind() {
    let folder = TempDir::new().expect("a folder can be made");
    let is_empty = |path: &Path| fs::read_dir(path).is_ok_and(|mut it| it.next().is_none());
    let mut command = command("bench --only lines --rounds 1000".split(' '));
    command.env("TMPDIR", folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
    let mut program = Running(command.stderr(Stdio::null()).spawn().expect("the program starts"));
    while is_empty(folder.path()) {
        assert!(program.0.try_wait().expect("it can be asked").is_none(), "it made no files");
        std::thread::sleep(Duration::from_millis(1));
    }
    let id = program.0.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status().expect("there is a kill");
    assert!(killed.success());
    assert_eq!(program.wait(), Some(130));
    assert!(is_empty(folder.path()), "files are left");
}
