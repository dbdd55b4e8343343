//! Where the output goes, and what is said if it goes nowhere.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::run::{Run, events, finish, run, shell};

/// One job of each kind that writes to its standard output.
const JOBS: [&str; 9] = [
    "countdown 1 --delay 1ms",
    "range 3 --on virtual --format json",
    "stall 1ms --on smol",
    "close --on tokio-multi",
    "lines Cargo.toml",
    "matrix --only sizes --on virtual",
    "matrix --only sizes --on virtual --format json",
    "bench --quick --only timers --sizes 5 --rounds 1 --on virtual",
    "--help",
];

/// Runs a job with other streams than it would have.
fn with(streams: &str, args: &str) -> Run {
    finish(shell(&format!("exec \"$0\" \"$@\" {streams}"), args.split(' ')))
}

#[track_caller]
fn unwritable(streams: &str, reason: &str) {
    let sentence = format!("anytempo: the output cannot be written: {reason}\n");
    for job in JOBS {
        let run = with(streams, job);
        assert_eq!(
            (run.code, run.out.as_str(), run.err.as_str()),
            (Some(1), "", &*sentence),
            "{job}"
        );
    }
}

#[test]
fn a_closed_output_is_an_error() {
    unwritable(">&-", "it is closed");
}

#[test]
fn an_output_that_is_not_open_for_writing_is_an_error() {
    unwritable("1</dev/null", "it is not open for writing");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    unwritable(">/dev/full", "No space left on device");
}

#[test]
fn the_null_device_is_an_output_in_any_mode() {
    for streams in [">/dev/null", "1<>/dev/null", "</dev/null >/dev/null 2>/dev/null"] {
        for job in JOBS {
            let run = with(streams, job);
            assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{job} {streams}");
        }
    }
}

/// Nothing can be said then, but the exit code says it.
#[test]
fn without_stderr_the_exit_code_is_right() {
    for (args, code) in [
        ("range 3", 0),
        ("lines no/such/file", 1),
        ("range x", 2),
        ("matrix --only Sleep", 2),
        ("matrix --only sizes --on virtual --json no/such/file", 1),
    ] {
        assert_eq!(with("2>&-", args).code, Some(code), "{args}");
        let run = with("<&- >&- 2>&-", args);
        assert_eq!((run.code, run.out.as_str()), (Some(code.max(1)), ""), "{args}");
    }
}

#[test]
fn files_are_written_without_an_output() {
    let folder = TempDir::new().expect("a folder can be made");
    let json = folder.path().join("matrix.json");
    let file = json.to_str().expect("the path is UTF-8");
    let run = with(">&-", &format!("matrix --only sizes --on virtual --json {file}"));
    assert_eq!(run.code, Some(1), "{}", run.err);
    let text = fs::read_to_string(json).expect("the file is written");
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    assert!(text.contains("pace::sizes") && !document.is_null(), "{text}");
}

#[test]
fn a_folder_is_no_file() {
    let folder = TempDir::new().expect("a folder can be made");
    let path = folder.path().to_str().expect("the path is UTF-8");
    for job in ["matrix --junit", "matrix --json", "bench --json"] {
        let run = run(job.split(' ').chain([path]));
        let sentence = format!("anytempo: the file {path} cannot be written: Is a directory\n");
        assert_eq!((run.code, run.out.as_str(), run.err), (Some(1), "", sentence), "{job}");
    }
}

/// Errors come with the number of the system in many ways.
#[test]
fn numbers_of_the_system_are_not_said() {
    let said = [
        finish(shell("TMPDIR=/no/such exec \"$0\" \"$@\"", ["matrix", "--on", "virtual"])),
        finish(shell(
            "TMPDIR=/no/such exec \"$0\" \"$@\"",
            ["bench", "--quick", "--only", "lines"],
        )),
        finish(shell("PATH= exec \"$0\" \"$@\"", ["bench", "--quick", "--only", "lines"])),
        with("", "lines /proc/self/mem"),
        with("<&-", "lines -"),
        with("<&-", "lines --files0-from -"),
        with("", "lines --files0-from no/such/list"),
        with("", "matrix --on virtual --json /proc/self/nothing"),
    ];
    for run in said {
        assert!(!run.out.contains("os error") && !run.err.contains("os error"), "{run:?}");
        assert!(!run.out.is_empty() || !run.err.is_empty());
    }
}

/// The pipe is full and non-blocking: another process that shares it may have made it so.
#[test]
fn a_slow_reader_loses_nothing() {
    use std::io::{Read, pipe};

    let (mut reader, writer) = pipe().expect("a pipe can be made");
    rustix::io::ioctl_fionbio(&writer, true).expect("it need not wait");
    let mut command = crate::run::command("range 20000 --on virtual".split(' '));
    let mut running = crate::run::Running(command.stdout(writer).spawn().expect("it starts"));
    drop(command);
    // More than a pipe has room for is on the way now.
    std::thread::sleep(core::time::Duration::from_millis(200));
    let mut out = String::new();
    reader.read_to_string(&mut out).expect("the output is UTF-8");
    assert_eq!((running.wait(), out.lines().count()), (Some(0), 20_001));
}

/// As numbers, many readers would round them.
#[test]
fn large_numbers_are_strings() {
    const MOST: i64 = (1 << 53) - 1;
    let items = |args: &str| -> Vec<Value> {
        let args = format!("range {args} --on virtual --format json");
        let run = run(args.split(' '));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{args}");
        let line =
            |line| serde_json::from_str::<Value>(line).expect("a line is JSON")["value"].take();
        run.out.lines().map(line).filter(|value| !value.is_null()).collect()
    };
    assert_eq!(
        items(&format!("{} {}", MOST - 1, MOST + 2)),
        [Value::from(MOST - 1), MOST.into(), (MOST + 1).to_string().into()]
    );
    assert_eq!(
        items(&format!("{} {} --step -1", -MOST, -MOST - 2)),
        [Value::from(-MOST), (-MOST - 1).to_string().into()]
    );
    let least = i64::MIN;
    assert_eq!(items(&format!("{least} {}", least + 1)), [Value::from(least.to_string())]);

    // 2^53 microseconds are 285 years.
    let run = run("stall 300y --on virtual --format json".split(' '));
    let due = 300 * 31_557_600 * 1_000_000_u64;
    let t_us = format!("\"t_us\":\"{due}\"");
    assert_eq!((run.code, run.out.matches(&t_us).count()), (Some(0), 2), "{}", run.out);
    assert!(events(&run.out)[0].1.iter().all(|(t_us, _)| *t_us == due.into()));
}
