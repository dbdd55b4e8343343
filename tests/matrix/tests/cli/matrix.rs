use std::fs;

use roxmltree::Document;
use serde_json::Value;
use tempfile::TempDir;

use crate::run::{HOSTS, all, command, finish, run, run_line};

const PROGRAMS: [&str; 28] = [
    "countdown",
    "range",
    "generate",
    "stall",
    "close",
    "lines",
    "pace",
    "burst",
    "stream_stall",
    "throttle_latest",
    "throttle_first",
    "sample",
    "debounce",
    "at_most",
    "timeout_each",
    "repeating",
    "keep_alive",
    "fold_within",
    "chunks_within",
    "take_for",
    "timestamped",
    "time_between",
    "interval",
    "fixed_rate",
    "interval_after",
    "interval_at",
    "idle_timeout",
    "not_idle",
];

/// The runtimes to which no future of any type can be handed.
const NO_SPAWNER: [&str; 2] = ["embassy", "futures-timer"];

/// The promises that a runtime cannot keep, in the order of the rows.
const ALLOWED: [(&str, &str); 7] = [
    ("embassy", "timer_contract::old_waker_is_forgotten"),
    ("compio", "host::wake_may_use_the_clock"),
    ("monoio", "host::wake_may_use_the_clock"),
    ("embassy", "cancel::dropped_wait_keeps_no_waker"),
    ("embassy", "cancel::disarmed_wait_keeps_no_waker"),
    ("embassy", "timeout::done_keeps_no_waker"),
    ("embassy", "pace::ended_keeps_no_waker"),
];

/// The fields of a table, without the headings and what follows.
fn rows(out: &str) -> Vec<Vec<&str>> {
    let lines = out.lines().filter(|line| line.starts_with("| "));
    lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn all_of_it() {
    let folder = TempDir::new().expect("a folder can be made");
    let (junit, json) = (folder.path().join("junit.xml"), folder.path().join("matrix.json"));
    // Boards are not as quick, and have a table of their own.
    let hosts = HOSTS.join(",");
    let run = run([
        "matrix".as_ref(),
        "--on".as_ref(),
        hosts.as_ref(),
        "--junit".as_ref(),
        junit.as_os_str(),
        "--json".as_ref(),
        json.as_os_str(),
    ]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);

    let rows = rows(&run.out);
    // As many columns as fit side by side, and then the others.
    for hosts in [&HOSTS[..6], &HOSTS[6..]] {
        let place = |first: &[&'static str]| {
            let header = [first, hosts].concat();
            rows.iter().position(|row| *row == header).expect("there is such a table")
        };
        let (programs, cases) = (place(&["program", "due"]), place(&["cases"]));
        for (row, program) in rows[programs + 1..].iter().zip(PROGRAMS) {
            assert_eq!(row[0], program);
            assert!(row[2..].iter().all(|field| field.starts_with("✓ ")), "{row:?}");
        }
        let total = rows[cases..].iter().position(|row| row[0] == "total").expect("it has a total");
        for row in &rows[cases + 1..=cases + total] {
            for (field, runtime) in row[1..].iter().zip(hosts) {
                if row[0] == "spawner" && NO_SPAWNER.contains(runtime) {
                    assert_eq!(*field, "", "{row:?}");
                    continue;
                }
                let mut allowed = ALLOWED.iter().filter(|(name, _)| name == runtime);
                let excused = allowed.any(|(_, case)| {
                    row[0] == "total" || case.split_once("::").is_some_and(|it| it.0 == row[0])
                });
                assert_eq!(field.contains(" allowed"), excused, "{row:?}");
                assert_eq!(field.starts_with("✓ "), !excused, "{row:?}");
            }
        }
    }
    for (runtime, name) in ALLOWED {
        let said = format!("\n  {name} on {runtime}:\n");
        assert_eq!(run.out.matches(&said).count(), 1, "{}", run.out);
    }
    assert!(run.out.contains(" cannot be asked to forget a waker"), "{}", run.out);
    assert!(!run.out.contains("FAILED"), "{}", run.out);
    // As wide as a wide terminal.
    assert!(run.out.lines().all(|line| line.chars().count() <= 132), "{}", run.out);

    let json = fs::read_to_string(json).expect("it is written");
    let document: Value = serde_json::from_str(&json).expect("it is one document");
    assert_eq!(document["on"], Value::from(HOSTS.to_vec()));
    assert_eq!((&document["partition"], &document["only"]), (&"1/1".into(), &"".into()));
    let cells = document["results"].as_array().expect("it has results");
    let programs = cells.iter().filter(|cell| cell["program"].is_string()).count();
    assert_eq!(programs, PROGRAMS.len() * HOSTS.len());
    let allowed: Vec<&Value> = cells.iter().filter(|cell| cell["outcome"] == "allowed").collect();
    assert_eq!(allowed.len(), ALLOWED.len());
    for (cell, (runtime, name)) in allowed.iter().zip(ALLOWED) {
        assert_eq!((&cell["case"], &cell["runtime"]), (&name.into(), &runtime.into()));
        assert!(cell["reason"].is_string());
    }
    assert!(cells.iter().all(|cell| cell["real_us"].is_u64() && cell["outcome"] != "failed"));
    let cases = cells.len() - programs;
    let total = format!("Cases: {} of {cases} ", cases - ALLOWED.len());
    assert!(run.out.contains(&total), "{total} is not in {}", run.out);

    let junit = fs::read_to_string(junit).expect("it is written");
    let report = Document::parse(&junit).expect("it is XML");
    let all = |name| report.descendants().filter(move |it| it.has_tag_name(name));
    let suites: Vec<_> = all("testsuite").filter_map(|suite| suite.attribute("name")).collect();
    assert_eq!(suites, HOSTS);
    assert_eq!((all("testcase").count(), all("failure").count()), (cells.len(), 0));
    for case in all("testcase") {
        let attribute = |name| case.attribute(name).expect("it has the attribute");
        let name = format!("{}::{}", attribute("classname"), attribute("name"));
        let excused = name.split_once("::").is_some_and(|it| ALLOWED.contains(&it));
        let skipped = case.children().any(|it| it.has_tag_name("skipped"));
        assert_eq!(skipped, excused, "{name}");
    }
}

#[test]
fn json_has_an_object_for_each_cell() {
    let (runtimes, note) = all();
    let run = run_line("matrix --format json --only countdown");
    assert_eq!((run.code, run.err), (Some(0), note), "{}", run.out);
    let cells: Vec<Value> =
        run.out.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    for (index, cell) in cells.iter().enumerate() {
        assert_eq!(cell["runtime"], runtimes[index % runtimes.len()]);
        assert_eq!(cell["outcome"], "ok", "{cell}");
        if index < runtimes.len() {
            assert_eq!(cell["program"], "countdown");
            assert!(cell["t_us"].as_u64() >= Some(50_000), "{cell}");
        } else {
            let case = cell["case"].as_str().expect("it is a case");
            assert!(case.starts_with("countdown::"), "{cell}");
            assert_eq!(cells[index - index % runtimes.len()]["case"], case);
        }
    }
    assert!(cells.len() > 2 * runtimes.len());
}

#[test]
fn columns_can_be_chosen() {
    let run = run_line("--on virtual");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let rows = rows(&run.out);
    assert_eq!(rows[0], ["program", "due", "virtual"]);
    assert_eq!(rows[1], ["countdown", "50.0 ms", "✓ 50.0 ms"]);
}

#[test]
fn rows_can_be_chosen() {
    let run = run_line("matrix --only keeps_no_waker --on embassy,virtual");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let expected = [
        ["case", "embassy", "virtual"],
        ["cancel::dropped_wait_keeps_no_waker", "allowed", "✓"],
        ["cancel::disarmed_wait_keeps_no_waker", "allowed", "✓"],
        ["cancel::ready_wait_keeps_no_waker", "✓", "✓"],
        ["timeout::done_keeps_no_waker", "allowed", "✓"],
        ["pace::ended_keeps_no_waker", "allowed", "✓"],
        ["total", "1/5 +4 allowed", "✓ 5/5"],
    ];
    assert_eq!(rows(&run.out), expected);
    let end = "Cases: 6 of 10 passed, 4 are allowed to fail, and none failed.\nIt";
    assert!(run.out.contains(end), "{}", run.out);

    let run = run_line("matrix --only programs::lines --on smol");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let rows = rows(&run.out);
    assert_eq!(
        rows.iter().map(|row| row[0]).collect::<Vec<_>>(),
        ["program", "lines", "real time"]
    );
    assert!(!run.out.contains("Cases"), "{}", run.out);
}

#[test]
fn many_rows_are_grouped() {
    let run = run_line("matrix --only :: --on virtual");
    assert!(rows(&run.out).iter().any(|row| row[0] == "countdown" && row[1] == "✓ 15/15"));
}

#[test]
fn nothing_to_run() {
    let run = run_line("matrix --only Sleep\n");
    let sentence = "anytempo: `Sleep\\n` is in no name of a program or case; \
                    names are such as programs::lines and sleep::never_early\n";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(2), "", sentence));
}

#[test]
fn files_that_cannot_be_written() {
    for option in ["--junit", "--json"] {
        let run = run_line(&format!("matrix --on virtual {option} no/such/folder/file"));
        let sentence =
            "anytempo: the file no/such/folder/file cannot be written: No such file or directory\n";
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(1), "", sentence));

        // Here it can be made, and the disk is full when everything has run.
        if cfg!(target_os = "linux") {
            let run = run_line(&format!("matrix --on virtual {option} /dev/full"));
            let sentence =
                "anytempo: the file /dev/full cannot be written: No space left on device\n";
            assert_eq!((run.code, run.err.as_str()), (Some(1), sentence));
            assert!(run.out.contains("| total "), "{}", run.out);
        }
    }
}

/// Two outputs in one file would be a mixture of both, whatever names they have for it.
#[test]
fn one_file_is_one_output() {
    let folder = TempDir::new().expect("a folder can be made");
    fs::create_dir(folder.path().join("below")).expect("a folder can be made");
    let refused = |args: &str, sentence: &str| {
        let mut command = command(args.split(' '));
        command.current_dir(folder.path());
        let run = finish(command);
        let sentence = format!("anytempo: {sentence} cannot write the same file\n");
        assert_eq!((run.code, run.out.as_str(), run.err), (Some(2), "", sentence), "{args}");
    };
    let names = |args: &[(&str, &str)]| {
        for (one, other) in args {
            let args = format!("matrix --on virtual --junit {one} --json {other}");
            refused(&args, "--junit and --json");
        }
    };
    let same = [("x", "x"), ("x", "./x"), ("below/../x", "x")];
    names(&same);
    let left: Vec<_> = fs::read_dir(folder.path()).expect("it is there").collect();
    assert_eq!(left.len(), 1, "nothing was made: {left:?}");

    let path = |name: &str| folder.path().join(name);
    fs::write(path("x"), "of an earlier run").expect("a file can be written");
    names(&same);
    fs::hard_link(path("x"), path("hard")).expect("a link can be made");
    names(&[("x", "hard")]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        let link = |to: &str, name: &str| symlink(to, path(name)).expect("a link can be made");
        link("x", "soft");
        link("missing", "dangling");
        link(".", "around");
        names(&[("x", "soft"), ("missing", "dangling"), ("dangling", "missing")]);
        names(&[("around/x", "x"), ("around/missing", "missing")]);
        assert!(!path("missing").exists(), "what was made is removed again");
    }
    #[cfg(target_os = "linux")]
    for (job, option) in [("matrix", "--junit"), ("matrix", "--json"), ("bench", "--json")] {
        let mut command = command([job, "--on", "virtual", option, "x"]);
        let out = fs::File::options().append(true).open(path("x")).expect("it can be opened");
        let out = command.current_dir(folder.path()).stdout(out).output();
        let out = out.expect("the program starts");
        let sentence =
            format!("anytempo: the standard output and {option} cannot write the same file\n");
        assert_eq!((out.status.code(), out.stderr), (Some(2), sentence.into_bytes()));
    }
    assert_eq!(fs::read_to_string(path("x")).expect("it is there"), "of an earlier run");
}

/// What is wrong with the arguments is said first and alone, whatever this machine lacks for boards.
#[test]
fn arguments_come_before_what_is_missing() {
    let folder = TempDir::new().expect("a folder can be made");
    let sentences = [
        ("--only Sleep", 2, "`Sleep` is in no name of a program or case; names are such as"),
        ("--json no/such/file", 1, "the file no/such/file cannot be written: "),
        ("--junit x --json ./x", 2, "--junit and --json cannot write the same file"),
        ("--format text --format json", 2, "--format is there more than once"),
    ];
    for (args, code, sentence) in sentences {
        for on in ["all", "cortex-m0", "riscv32,tokio"] {
            // Nothing is to be found here, neither rustc nor an emulator.
            let mut command = command(format!("matrix {args} --on {on}").split(' '));
            command.env("PATH", "").env_remove("RUSTC").current_dir(folder.path());
            let run = finish(command);
            assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{args}");
            let sentence = format!("anytempo: {sentence}");
            assert!(run.err.starts_with(&sentence) && run.err.lines().count() == 1, "{}", run.err);
        }
    }
}
