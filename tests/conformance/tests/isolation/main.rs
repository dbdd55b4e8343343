//! Cases that abort, exit, hang, overflow their stack or panic: each is one failed case with its reason, and the others go on.

mod cases;

use core::time::Duration;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output, Stdio};
use std::thread;
use std::time::Instant;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() -> ExitCode {
    if cfg!(any(miri, not(unix))) {
        // Miri starts no processes, and elsewhere the words for a signal are others.
        return ExitCode::SUCCESS;
    }
    if env::var_os(cases::CASES).is_some() {
        return cases::run();
    }
    let trials = vec![
        Trial::test("each_end_is_told", each_end_is_told),
        Trial::test("allowed_is_ignored_with_its_reason", allowed_is_ignored_with_its_reason),
        Trial::test("files_have_the_results", files_have_the_results),
        Trial::test("file_that_cannot_be_written_is_told", file_that_cannot_be_written_is_told),
        Trial::test("two_results_in_one_file_are_refused", two_results_in_one_file_are_refused),
        Trial::test(
            "two_runtimes_with_one_name_are_refused",
            two_runtimes_with_one_name_are_refused,
        ),
        Trial::test("output_is_passed_on", output_is_passed_on),
        Trial::test("limit_is_set_by_the_environment", limit_is_set_by_the_environment),
        Trial::test("tools_list_and_pick_cases", tools_list_and_pick_cases),
        Trial::test("case_runs_alone_for_a_debugger", case_runs_alone_for_a_debugger),
        Trial::test("process_ends_with_its_parent", process_ends_with_its_parent),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// This program, as one that has the cases.
fn cases(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().expect("it has a path"));
    command.env(cases::CASES, "yes").args(arguments).stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(command: &mut Command) -> Output {
    command.output().expect("it can be started")
}

/// What is told of a case that has failed.
fn reason(out: &str, case: &str) -> String {
    let head = format!("---- faulty::sleep::{case} ----\n");
    let (_, rest) = out.split_once(&head).unwrap_or_else(|| panic!("`{case}` is not in {out}"));
    rest.split_once("\n\n").map_or(rest, |(reason, _)| reason).to_owned()
}

fn each_end_is_told() -> Result<(), Failed> {
    let start = Instant::now();
    let output = run(&mut cases(&["faulty::sleep::"]));
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(101), "{out}");
    // The one that hangs took its five seconds; no process that holds a pipe was waited for.
    assert!(start.elapsed() < Duration::from_secs(60));
    let begins = |case: &str, expected: &str| {
        let reason = reason(&out, case);
        assert!(reason.starts_with(expected), "{case}: {reason}");
        reason
    };
    let early = "its process ended before the case did";
    let aborted = begins("never_early", &format!("{early}: signal: 6 (SIGABRT)"));
    assert!(aborted.ends_with("\n  the alarm is stuck"), "{aborted}");
    begins("zero_yields_once", &format!("{early}: exit status: 0"));
    begins("past_yields_once", &format!("{early}: exit status: 7"));
    begins("beyond_the_clock_is_never", &format!("{early}: exit status: 127"));
    let hung = "not over within 5s: a wake was lost, or it hangs\n  tick";
    assert_eq!(reason(&out, "until_is_absolute"), hung);
    let overflowed = begins("stays_ready", &format!("{early}: signal: 6 (SIGABRT)"));
    assert!(overflowed.contains("has overflowed its stack"), "{overflowed}");
    let panicked = begins("newest_waker_wins", "it panicked: the queue of 64 is full (");
    assert!(panicked.contains("cases.rs:"), "{panicked}");
    begins("reset_to_earlier", "it panicked, without a message");
    begins("many_at_once", "expected: there is room for all");
    begins("reset_to_later", "it is kept, so the allowance can go");
    // 17 cases: what is printed and who holds a pipe makes no difference.
    assert!(out.contains("\n5 kept, 2 allowed, 10 broken\n"), "{out}");
    Ok(())
}

fn allowed_is_ignored_with_its_reason() -> Result<(), Failed> {
    let mut command = cases(&["drop_leaves_no_wake"]);
    let output = run(&mut command);
    let out = text(&output.stdout);
    assert!(output.status.success(), "{out}");
    let line = "test faulty::sleep::drop_leaves_no_wake ... ignored (allowed to fail: its alarm cannot be put off; \
                its process ended before the case did: signal: 6 (SIGABRT)";
    assert!(out.contains(line), "{out}");
    assert!(out.contains("0 passed; 0 failed; 1 ignored"), "{out}");
    assert!(out.contains("\n0 kept, 1 allowed, 0 broken\n"), "{out}");

    let out = text(&run(&mut cases(&["tells_its_deadline", "--skip", "timer_contract"])).stdout);
    let line =
        "test faulty::sleep::tells_its_deadline ... ignored (not tried: it would burn the board)";
    assert!(out.contains(line), "{out}");
    Ok(())
}

/// Where a test may write.
fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn files_have_the_results() -> Result<(), Failed> {
    let (json, junit) = (scratch("isolation.json"), scratch("isolation.xml"));
    let mut command = cases(&["faulty::sleep::", "--format", "json"]);
    let output = run(command.env("ANYTEMPO_JSON", &json).env("ANYTEMPO_JUNIT", &junit));
    // The lines of the test runner stay JSON.
    for line in text(&output.stdout).lines() {
        serde_json::from_str::<Value>(line).map_err(|error| format!("{line}: {error}"))?;
    }
    let list: Vec<Value> = serde_json::from_str(&fs::read_to_string(&json)?)?;
    assert_eq!(list.len(), 17);
    let of = |case: &str| {
        let is = |it: &&Value| it["case"] == format!("sleep::{case}");
        list.iter().find(is).unwrap_or_else(|| panic!("{case} is not in {list:?}"))
    };
    assert!(list.iter().all(|it| it["runtime"] == "faulty" && it["real_us"].is_u64()));
    assert_eq!(of("reset_to_never")["outcome"], "ok");
    let aborted = of("never_early");
    assert_eq!(aborted["outcome"], "failed");
    assert!(aborted["reason"].as_str().is_some_and(|it| it.contains("SIGABRT")), "{aborted}");
    let allowed = of("drop_leaves_no_wake");
    assert_eq!(allowed["outcome"], "allowed");
    assert_eq!(allowed["reason"], "its alarm cannot be put off");
    assert!(allowed["seen"].as_str().is_some_and(|it| it.contains("SIGABRT")), "{allowed}");
    let untried = of("tells_its_deadline");
    assert_eq!((&untried["outcome"], &untried["seen"]), (&"allowed".into(), &Value::Null));

    let xml = fs::read_to_string(&junit)?;
    assert!(xml.contains(r#"tests="17" failures="10" errors="0" skipped="2""#), "{xml}");
    assert!(xml.contains(r#"<skipped message="not tried: it would burn the board">"#), "{xml}");
    assert!(xml.contains(r#"<skipped message="allowed to fail: its alarm cannot be put off&#10;"#));
    Ok(())
}

fn file_that_cannot_be_written_is_told() -> Result<(), Failed> {
    let mut command = cases(&["reset_when_ready"]);
    let output = run(command.env("ANYTEMPO_JSON", "/dev/null/there"));
    assert_eq!(output.status.code(), Some(2));
    let err = text(&output.stderr);
    assert!(err.contains(r#"ANYTEMPO_JSON: "/dev/null/there" cannot be written: "#), "{err}");
    assert_eq!(text(&output.stdout), "", "nothing is tried");
    if cfg!(target_os = "linux") {
        let output = run(command.env("ANYTEMPO_JSON", "/dev/full"));
        let err = text(&output.stderr);
        let sentence = "ANYTEMPO_JSON: \"/dev/full\" cannot be written: No space left on device\n";
        assert_eq!((output.status.code(), err.as_str()), (Some(1), sentence));
    }
    Ok(())
}

fn two_results_in_one_file_are_refused() -> Result<(), Failed> {
    let path = scratch("isolation.one");
    fs::write(&path, "of an earlier run")?;
    let other = scratch(".").join("isolation.one");
    let mut command = cases(&["reset_when_ready"]);
    let output = run(command.env("ANYTEMPO_JSON", &path).env("ANYTEMPO_JUNIT", &other));
    let err = text(&output.stderr);
    assert!(err.contains("ANYTEMPO_JSON and ANYTEMPO_JUNIT name the same file: "), "{err}");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&path)?, "of an earlier run");
    Ok(())
}

fn two_runtimes_with_one_name_are_refused() -> Result<(), Failed> {
    let output = run(cases(&[]).env(cases::CASES, "twice"));
    let err = text(&output.stderr);
    assert!(err.starts_with("two cases are called `faulty::"), "{err}");
    assert_eq!(output.status.code(), Some(2));
    Ok(())
}

fn output_is_passed_on() -> Result<(), Failed> {
    let said = |arguments: &[&str]| text(&run(&mut cases(arguments)).stderr);
    assert!(said(&["faulty::sleep::never_early"]).contains("the alarm is stuck"));
    assert_eq!(said(&["faulty::sleep::drop_leaves_no_wake"]), "");
    let exact = ["--exact", "faulty::sleep::drop_leaves_no_wake", "--nocapture"];
    assert!(said(&exact).contains("the alarm is stuck"));
    Ok(())
}

fn limit_is_set_by_the_environment() -> Result<(), Failed> {
    let mut command = cases(&["until_is_absolute"]);
    let output = run(command.env("ANYTEMPO_CASE_LIMIT", "300ms"));
    let out = text(&output.stdout);
    assert!(out.contains("not over within 300ms"), "{out}");
    let output = run(command.env("ANYTEMPO_CASE_LIMIT", "soon"));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(r#"ANYTEMPO_CASE_LIMIT="soon" is no duration"#));
    Ok(())
}

/// What nextest asks for.
fn tools_list_and_pick_cases() -> Result<(), Failed> {
    let listed = |arguments: &[&str]| text(&run(&mut cases(arguments)).stdout);
    let all = listed(&["--list", "--format", "terse"]);
    assert!(all.contains("faulty::sleep::never_early: test\n"), "{all}");
    assert!(!all.contains(" allowed, "), "{all}");
    let ignored = listed(&["--list", "--format", "terse", "--ignored"]);
    assert_eq!(ignored, "faulty::sleep::tells_its_deadline: test\n");
    let code = |case: &str| run(&mut cases(&["--exact", case, "--nocapture"])).status.code();
    assert_eq!(code("faulty::sleep::drop_leaves_no_wake"), Some(0));
    assert_eq!(code("faulty::sleep::reset_when_ready"), Some(0));
    assert_eq!(code("faulty::sleep::never_early"), Some(101));
    Ok(())
}

fn case_runs_alone_for_a_debugger() -> Result<(), Failed> {
    let alone = |case: &str| {
        let output = run(cases(&[]).env("ANYTEMPO_CASE", case));
        (output.status.code(), text(&output.stdout))
    };
    let (code, out) = alone("faulty::sleep::reset_when_ready");
    assert_eq!((code, out.as_str()), (Some(0), "faulty::sleep::reset_when_ready: kept\n"));
    let (code, out) = alone("faulty::sleep::many_at_once");
    assert_eq!(code, Some(1));
    assert!(out.starts_with("faulty::sleep::many_at_once: expected: there is room"), "{out}");
    let (code, out) = alone("faulty::sleep::none");
    assert_eq!(code, Some(1));
    assert!(out.contains("this program has no case `faulty::sleep::none`"), "{out}");
    Ok(())
}

/// A case that hangs ends soon after the program that started it was killed.
fn process_ends_with_its_parent() -> Result<(), Failed> {
    let mut command = cases(&["faulty::sleep::until_is_absolute"]);
    let command = command.env("ANYTEMPO_CASE_LIMIT", "1h").stdout(Stdio::null());
    let mut parent = command.stderr(Stdio::null()).spawn()?;
    let child = first_child(parent.id());
    parent.kill()?;
    parent.wait()?;
    let Some(child) = child else {
        // There is no list of processes on this system.
        return Ok(());
    };
    let start = Instant::now();
    while is_alive(child) {
        if start.elapsed() > Duration::from_secs(60) {
            return Err(format!("{child} is still there").into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn first_child(parent: u32) -> Option<u32> {
    fs::read_to_string("/proc/thread-self/children").ok()?;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        // One file for each thread that has started processes.
        for task in fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten() {
            // A thread may have ended in between.
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            if let Some(child) = children.split_whitespace().next() {
                return child.parse().ok();
            }
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("{parent} has not started a process")
}

fn is_alive(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // A zombie has ended.
    !status.is_empty() && !status.contains(") Z ")
}
