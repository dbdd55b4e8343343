use core::time::Duration;
use std::io::Read;
use std::process::Stdio;
use std::time::Instant;

use serde_json::Value;

use crate::run::{HOSTS, Running, all, command, run, run_line};

/// What `anytempo operators` draws, without the names.
#[track_caller]
fn drawn(args: &str) -> String {
    let run = run_line(&format!("operators {args}"));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    let line = run.out.lines().nth(2).expect("the third line is the output");
    line.rsplit(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn virtual_time_is_exact() {
    for (args, output) in [
        ("pace --delay 200ms --source (ab)----c--d|", "a-b--c--d|"),
        ("pace --delay 200ms --burst 2 --source (abcd)---|", "(ab)-c-(d|)"),
        ("pace --delay 200ms --rate fixed-rate --source (abc|)", "a-b-(c|)"),
        ("stall --delay 200ms --source ab-c-d|", "--(ab)c-d|"),
        ("throttle_latest --period 300ms --source abc---d--e|", "a--c--d--e|"),
        ("throttle_latest --period 0s --source abcd-e|", "abcd-e|"),
        ("throttle_first --period 300ms --source abc---d--e|", "a-----d--e|"),
        ("sample --period 300ms --source a-------b-|", "---a-----b|"),
        ("debounce --quiet 200ms --source abc---d--e|", "----c---d-(e|)"),
        ("debounce --quiet 200ms --at-most 200ms --source abc---d--e|", "--b-c---d-(e|)"),
        ("timeout_each --limit 300ms --source ab-----c|", "ab--!--c|"),
        ("timeout_each --limit 300ms --repeating --source ab-------c|", "ab--!--!-c|"),
        ("timeout_each --limit 300ms --first 100ms --source ---a|", "-!-a|"),
        ("keep_alive --idle 200ms --source -----a-|", "--k-ka-|"),
        ("fold_within --window 300ms --most 9 --source -a--bc-----|", "----2---1--|"),
        ("chunks_within --most 2 --window 300ms --source ab-----c|", "-([ab])------([c]|)"),
        ("take_for --span 400ms --source ab-----c|", "ab--|"),
        ("take_before --span 400ms --source ab-----c|", "ab--|"),
        ("timestamped --source a--b-c|", "([a0])--([b3])-([c5])|"),
        ("time_between --source a--b-c|", "([a0])--([b3])-([c2])|"),
        // The rates differ in what becomes of the ticks at 4 and 6, which are overdue when they are asked for at 7.
        ("interval --period 200ms --source (ab)------(cd)|", "0-2----4(8|)"),
        ("interval --period 200ms --rate fixed-rate --source (ab)------(cd)|", "0-2----(46)|"),
        ("interval --period 200ms --rate spaced --source (ab)------(cd)|", "0-2----4-(9|)"),
        (
            "interval --period 200ms --rate fixed-delay --source (ab)------(cd)|",
            "0-2------9-([11]|)",
        ),
        ("interval --period 500ms --source abc|", "0----5----([10]|)"),
        ("interval_after --delay 100ms --period 200ms --source -(abc)|", "--2-4-(6|)"),
        ("interval_at --delay 100ms --period 200ms --source -(abc)|", "-1-3-(5|)"),
        ("idle_timeout --limit 300ms --source ab--c-----|", "-------(!|)"),
        ("idle_timeout --limit 300ms --source ab--c--|", "-------(3|)"),
        ("idle_timeout --limit 0s --source a|", "(!|)"),
        // Another tick, and the default of an option counts in ticks.
        ("debounce --tick 1h --source a---b|", "--a--(b|)"),
    ] {
        assert_eq!(drawn(&format!("{args} --on virtual")), output, "{args}");
    }
}

#[test]
fn output_is_plain_and_exact() {
    let run = run_line("operators debounce --quiet 200ms --source abc---d--e| --on virtual");
    let expected = "debounce --quiet 200ms on virtual, a character is 100ms
source          abc---d--e|
debounce        ----c---d-(e|)

";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), expected, ""));
}

/// The letters of a timeline, and whether it ends.
fn items(timeline: &str) -> (String, bool) {
    let letters = timeline.chars().filter(|it| it.is_alphabetic()).collect();
    (letters, timeline.ends_with('|') || timeline.ends_with("|)"))
}

#[test]
fn every_runtime_of_the_host_draws() {
    let hosts = HOSTS.join(",");
    let run = run_line(&format!(
        "operators pace --delay 20ms --tick 10ms --source (abc|) --format json --on {hosts}"
    ));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    let document: Value = serde_json::from_str(&run.out).expect("it is one document");
    assert_eq!(document["on"], Value::from(HOSTS.to_vec()));
    assert_eq!(document["tick_us"], 10_000);
    assert_eq!(document["anytempo"], env!("CARGO_PKG_VERSION"));
    let results = document["results"].as_array().expect("it has results");
    assert_eq!(results.len(), HOSTS.len());
    for (result, runtime) in results.iter().zip(HOSTS) {
        assert_eq!(result["runtime"], runtime);
        assert_eq!(result["operator"], "pace");
        assert_eq!(result["options"], "--delay 20ms");
        assert_eq!(result["source"], "(abc|)");
        let output = result["output"].as_str().expect("it is text");
        assert_eq!(items(output), ("abc".into(), true));
        let events = result["items"].as_array().expect("it has items");
        let marbles: Vec<_> = events.iter().map(|it| it["marble"].as_str()).collect();
        assert_eq!(marbles, [Some("a"), Some("b"), Some("c"), Some("|")]);
        for (event, due) in events.iter().zip([0, 20_000, 40_000, 40_000]) {
            assert!(event["t_us"].as_u64() >= Some(due), "{result}");
        }
    }
}

#[test]
fn characters_come_as_they_happen() {
    let args = "operators stall --delay 30s --tick 10ms --source a| --on tokio";
    let child = command(args.split(' ')).stdout(Stdio::piped()).spawn();
    let mut child = Running(child.expect("the program starts"));
    let mut out = child.0.stdout.take().expect("it is piped");
    let mut text = String::new();
    let start = Instant::now();
    // Three ticks in which nothing happens, long before the first item.
    while !text.ends_with("stall           ---") {
        let mut byte = [0];
        out.read_exact(&mut byte).expect("there is more");
        text.push(byte[0].into());
    }
    assert!(start.elapsed() < Duration::from_secs(30), "it came only with the first item");
}

#[test]
fn all_of_them_and_the_list() {
    let list = run_line("operators --list");
    assert_eq!((list.code, list.err.as_str()), (Some(0), ""));
    let names: Vec<_> = list.out.lines().filter_map(|it| it.split(' ').next()).collect();
    assert_eq!(names.len(), 18);
    for args in ["operators --on virtual", "operators all --on virtual"] {
        let run = run_line(args);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        let heads: Vec<_> = run.out.lines().step_by(4).collect();
        assert_eq!(heads.len(), names.len());
        for (head, name) in heads.iter().zip(&names) {
            assert!(head.starts_with(name), "{head}");
        }
    }
    let help = run_line("operators --help");
    assert!(names.iter().all(|name| help.out.contains(name)), "{}", help.out);
}

#[test]
fn every_runtime_draws_but_boards_have_no_heap() {
    let (there, lack) = all();
    let run = run_line("operators take_for --tick 10ms --span 20ms --source ab-| --on all");
    assert_eq!((run.code, run.err.as_str()), (Some(0), lack.as_str()), "{}", run.out);
    let heads = run.out.lines().filter(|line| line.starts_with("take_for --span")).count();
    assert_eq!(heads, there.len());

    let run = run_line("operators chunks_within --tick 10ms --source a| --on all");
    let sentence = "anytempo: chunks_within is not run on cortex-m0, cortex-m3, cortex-m4f, cortex-m33, riscv32, riscv32imc, rtic: \
                    a board has no heap, in which it collects items\n";
    assert_eq!((run.code, run.err), (Some(0), format!("{sentence}{lack}")));
    let heads = run.out.lines().filter(|line| line.starts_with("chunks_within --most")).count();
    assert_eq!(heads, HOSTS.len());
}

#[test]
fn a_mistake_is_named() {
    let usage = "there is no operator `debonce`; anytempo operators --list names them";
    for (args, sentence) in [
        ("debonce", usage),
        ("debounce --period 1s", "debounce takes no --period; it takes --quiet, --at-most"),
        ("timestamped --quiet 1s", "timestamped takes no --quiet; it takes no options of its own"),
        ("--quiet 1s", "--quiet needs an operator before it; anytempo operators --list names them"),
        ("pace --burst 2 --rate skip", "there cannot be both --burst and --rate"),
        (
            "debounce --source ab?c|",
            "`ab?c|` is not valid for --source: this has no meaning in a timeline: `?` in column 3; \
             a source is such as abc---d--e|",
        ),
        (
            "debounce --source a|b",
            "`a|b` is not valid for --source: nothing can follow the end `|`: `b` in column 3; \
             a source is such as abc---d--e|",
        ),
        (
            "debounce --source ([ab])|",
            "`([ab])|` is not valid for --source: a source gives characters, and not the item `[ab]`; \
             a source is such as abc---d--e|",
        ),
        (
            "debounce --source abc",
            "`abc` is not valid for --source: it must end with `|`, as the program ends with it; \
             a source is such as abc---d--e|",
        ),
        ("debounce --tick 0s", "`0s` is not valid for --tick: it must not be 0"),
        (
            "debounce --tick 15ns",
            "`15ns` is not valid for --tick: it must be a whole number of microseconds",
        ),
        ("debounce --quiet -1s", "`-1s` is not valid for --quiet: it must not be negative"),
        (
            "chunks_within --most 0",
            "`0` is not valid for --most: it takes a whole number from 1 to 1000",
        ),
        (
            "pace --rate often",
            "`often` is not valid for --rate: it takes one of fixed-delay, spaced, fixed-rate, skip",
        ),
        (
            "keep_alive --idle 1ms",
            "--idle must be at least a tenth of --tick, else a tick has no room for all",
        ),
        (
            "timeout_each --limit 0s --repeating",
            "--limit must be at least a tenth of --tick, else a tick has no room for all",
        ),
        (
            "stall --delay 1h --on virtual",
            "the timeline would have more than 10000 ticks; use a longer --tick or shorter times",
        ),
        (
            "chunks_within --on cortex-m0",
            "chunks_within cannot run on cortex-m0: a board has no heap, in which it collects items",
        ),
        (
            "debounce --on mars",
            "`mars` is not valid for --on: it takes one of tokio, tokio-multi, async-std, smol, embassy, \
             futures-timer, compio, monoio, virtual, cortex-m0, cortex-m3, cortex-m4f, cortex-m33, riscv32, riscv32imc, rtic, all",
        ),
    ] {
        let run = run(["operators"].into_iter().chain(args.split(' ')));
        let expected = format!("anytempo: {sentence}\n");
        assert_eq!((run.code, run.out.as_str(), run.err), (Some(2), "", expected), "{args}");
    }
}
