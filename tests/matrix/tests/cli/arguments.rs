use crate::run::{BOARDS, HOSTS, run, run_line};

/// One sentence on stderr, nothing on stdout, and exit code 2.
#[track_caller]
fn refused(args: &[&str], sentence: &str) {
    let run = run(args);
    assert_eq!(run.err, format!("anytempo: {sentence}\n"), "{args:?}");
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}");
}

const COUNT: &str = "it takes a whole number from 0 to 4294967295";
const NUMBER: &str = "it takes a whole number from -9223372036854775808 to 9223372036854775807";
const HELP: &str = "see anytempo --help";

#[test]
fn numbers() {
    for value in ["-1", "4294967296", "1.5", "two", "-x", ""] {
        let sentence = format!("`{value}` is not valid for <COUNT>: {COUNT}");
        refused(&["countdown", value], &sentence);
    }
    for program in ["range", "generate"] {
        for value in ["9223372036854775808", "-1.5", "two", ""] {
            let sentence = format!("`{value}` is not valid for <NUMBER>: {NUMBER}");
            refused(&[program, value], &sentence);
            refused(&[program, value, "3"], &sentence);
        }
    }
    let sentence = "`0` is not valid for --step: it must not be 0";
    refused(&["range", "5", "--step", "0"], sentence);
    let sentence = format!("`x` is not valid for --step: {NUMBER}");
    refused(&["range", "5", "--step", "x"], &sentence);
}

#[test]
fn durations() {
    let refused_as = |value: &str, reason: &str| {
        let sentence = format!("`{value}` is not valid for <DELAY>: {reason}");
        refused(&["stall", value], &sentence);
        let sentence = format!("`{value}` is not valid for --delay: {reason}");
        refused(&["countdown", "1", "--delay", value], &sentence);
        refused(&["range", "1", "--delay", value], &sentence);
        refused(&["generate", "1", "--delay", value], &sentence);
    };
    refused_as("5", "a duration needs a unit, such as 5s or 5ms");
    refused_as("0", "a duration needs a unit, such as 0s or 0ms");
    refused_as("1.5", "a duration needs a unit, such as 1.5s or 1.5ms");
    refused_as("-1s", "it must not be negative");
    refused_as("s", "it takes a number with a unit, such as 5s, 20ms or 1h30m");
    refused_as("", "it takes a number with a unit, such as 5s, 20ms or 1h30m");
    refused_as("1s 5", "it takes a number with a unit, such as 5s, 20ms or 1h30m");
    let units = "use ns, us, ms, s, min, h, days, weeks, months (M) and years";
    refused_as("5parsecs", &format!("unknown unit `parsecs`; {units}"));
    refused_as("1000000000000y", "it is too long or too precise");
    refused_as("99999999999999999999s", "it is too long or too precise");
}

#[test]
fn choices() {
    let reason = format!("it takes one of {}, all", [&HOSTS[..], &BOARDS].concat().join(", "));
    for value in ["zephyr", "Tokio", "tokio,"] {
        let wrong = value.rsplit(',').next().unwrap_or_default();
        let sentence = format!("`{wrong}` is not valid for --on: {reason}");
        refused(&["range", "1", "--on", value], &sentence);
        refused(&["--on", value], &sentence);
    }
    let sentence = "`xml` is not valid for --format: it takes one of text, json";
    refused(&["range", "1", "--format", "xml"], sentence);
    let sentence = "`odd` is not valid for --rate: it takes one of delay, fixed";
    refused(&["countdown", "1", "--rate", "odd"], sentence);
    let sentence = "`odd` is not valid for --body: it takes one of ok, error, cancel, panic";
    refused(&["close", "--body", "odd"], sentence);
}

#[test]
fn benchmarks() {
    let sizes = "it takes a whole number from 1 to 100M, such as 500, 10k or 1M";
    for value in ["0", "-1", "1.5k", "k", "1K", "101M", "", "99999999999999999999M"] {
        let sizes_option = format!("--sizes={value}");
        refused(&["bench", &sizes_option], &format!("`{value}` is not valid for --sizes: {sizes}"));
    }
    let sentence = "`0` is not valid for --rounds: it takes a whole number from 1 to 1000";
    refused(&["bench", "--rounds", "0"], sentence);
    let sentence =
        "`all` is not valid for --only: it takes one of timers, countdowns, memory, periods, lines";
    refused(&["bench", "--only", "timers,all"], sentence);
    refused(&["bench", "timers"], &format!("`timers` is one argument too many; {HELP}"));
    let sentence = format!("there is no option `--size`, but there is --sizes; {HELP}");
    refused(&["bench", "--size", "1k"], &sentence);
}

#[test]
fn missing_and_surplus() {
    refused(&["countdown"], &format!("<COUNT> is missing; {HELP}"));
    refused(&["range"], &format!("<NUMBER> is missing; {HELP}"));
    refused(&["generate"], &format!("<NUMBER> is missing; {HELP}"));
    refused(&["stall"], &format!("<DELAY> is missing; {HELP}"));
    refused(&["lines"], &format!("<FILE> is missing; {HELP}"));
    refused(&["range", "1", "2", "3"], &format!("`3` is one argument too many; {HELP}"));
    refused(&["close", "ok"], &format!("`ok` is one argument too many; {HELP}"));
    refused(&["range", "1", "--on"], &format!("--on needs a value; {HELP}"));
    refused(&["stall", "1s", "--delay", "1s"], &format!("there is no option `--delay`; {HELP}"));
    let sentence = format!("there is no option `--dela`, but there is --delay; {HELP}");
    refused(&["countdown", "1", "--dela", "1s"], &sentence);
    let sentence = format!("--step is there more than once; {HELP}");
    refused(&["range", "1", "--step", "1", "--step", "2"], &sentence);
}

#[test]
fn programs() {
    refused(&["count"], &format!("there is no program `count`, but there is countdown; {HELP}"));
    refused(&["7"], &format!("there is no program `7`; {HELP}"));
    refused(&["two\nlines"], &format!("there is no program `two\\nlines`; {HELP}"));
    refused(&["--fast"], &format!("there is no option `--fast`; {HELP}"));
}

#[test]
fn help_and_version() {
    let run = run_line("--version");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_eq!(run.out, concat!("anytempo ", env!("CARGO_PKG_VERSION"), "\n"));
    for program in
        ["", "matrix ", "bench ", "countdown ", "range ", "generate ", "stall ", "close ", "lines "]
    {
        for help in ["-h", "--help"] {
            let run = run_line(&format!("{program}{help}"));
            assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{program}{help}");
            for word in ["Usage: anytempo ", "--on", "tokio-multi", "--format"] {
                assert!(run.out.contains(word), "{program}{help} does not say {word}");
            }
        }
    }
}

#[test]
fn numbers_after_a_double_dash() {
    for args in ["range -- 2 5", "range --delay 0s -- 2 5", "generate -- 2 5", "range 2 -- 5"] {
        let run = run_line(args);
        assert_eq!(run.code, Some(0), "{args}: {}", run.err);
        assert_eq!(run.out.matches("item").count(), 3, "{args}: {}", run.out);
    }
    let run = run_line("range -- -3 -1");
    assert_eq!((run.code, run.out.matches("item").count()), (Some(0), 2), "{}", run.err);
}

#[test]
fn what_is_said_before_the_program_counts_too() {
    let run = run_line("--on virtual --format json range 1 --on tokio");
    assert_eq!(run.code, Some(0), "{}", run.err);
    for runtime in ["virtual", "tokio"] {
        assert!(run.out.contains(&format!("{{\"runtime\":\"{runtime}\"")), "{}", run.out);
    }
    let sentence = "--format is there more than once; see anytempo --help";
    refused(&["--format", "json", "range", "1", "--format", "text"], sentence);
}
