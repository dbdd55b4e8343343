use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::run::{BOARDS, HOSTS, Running, all, command, events, finish, run_line};

/// Runs a program on every runtime: each reports these events, none early, and on virtual time none late.
#[track_caller]
fn reports(args: &str, expected: &[(u128, Value)]) {
    let (names, note) = all();
    let run = run_line(&format!("{args} --on all --format json"));
    assert_eq!((run.code, run.err), (Some(0), note), "{args}");
    reported(args, &run.out, &names, expected);
}

#[track_caller]
fn reported(args: &str, out: &str, runtimes: &[&str], expected: &[(u128, Value)]) {
    let seen = events(out);
    let names: Vec<&str> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, runtimes, "{args}");
    for (name, events) in seen {
        let said: Vec<&Value> = events.iter().map(|(_, event)| event).collect();
        assert_eq!(said, expected.iter().map(|(_, event)| event).collect::<Vec<_>>(), "{args}");
        for ((t_us, event), (due, _)) in events.iter().zip(expected) {
            assert!(t_us >= due, "{args} on {name}: {event} came early, at {t_us} µs");
            assert!(name != "virtual" || t_us == due, "{args}: {event} came late, at {t_us} µs");
        }
        assert!(events.is_sorted_by_key(|(t_us, _)| *t_us), "{args} on {name}: time goes on");
    }
}

fn item(value: i64) -> Value {
    // As numbers, many readers would round the larger ones.
    let is_small = value.unsigned_abs() < 1 << 53;
    let value = if is_small { Value::from(value) } else { value.to_string().into() };
    json!({ "event": "item", "value": value })
}

fn event(name: &str) -> Value {
    json!({ "event": name })
}

fn exit(outcome: &str) -> Value {
    json!({ "event": "exit", "outcome": outcome })
}

/// Items with a delay between them, and the end right after the last.
fn items(values: &[i64], delay_us: u128) -> Vec<(u128, Value)> {
    let dues = (0..).map(|index| index * delay_us);
    let mut events: Vec<_> = dues.zip(values.iter().copied().map(item)).collect();
    let end = events.last().map_or(0, |(due, _)| *due);
    events.push((end, event("end")));
    events
}

#[test]
fn countdown() {
    reports("countdown 2 --delay 20ms", &items(&[2, 1, 0], 20_000));
    reports("countdown 3 --delay 5ms --rate fixed", &items(&[3, 2, 1, 0], 5_000));
    reports("countdown 3 --delay 1500us --rate delay", &items(&[3, 2, 1, 0], 1_500));
    reports("countdown 0 --delay 1h", &items(&[0], 0));
    reports("countdown 4 --delay 0s", &items(&[4, 3, 2, 1, 0], 0));
}

#[test]
fn range() {
    reports("range 5", &items(&[0, 1, 2, 3, 4], 0));
    reports("range 2 5", &items(&[2, 3, 4], 0));
    reports("range -2 2 --delay 5ms", &items(&[-2, -1, 0, 1], 5_000));
    reports("range 0 10 --step 4", &items(&[0, 4, 8], 0));
    reports("range 3 -3 --step -2", &items(&[3, 1, -1], 0));
    reports("range --step -1 -3", &items(&[0, -1, -2], 0));
    reports("range 5 2", &items(&[], 0));
    reports("range 5 --step -1", &items(&[], 0));
    let (least, most) = (i64::MIN, i64::MAX);
    reports(&format!("range {least} {most} --step {most}"), &items(&[least, -1, most - 1], 0));
    reports(&format!("range {most} {least} --step {least}"), &items(&[most, -1], 0));
    reports(&format!("range {} {most}", most - 2), &items(&[most - 2, most - 1], 0));
}

#[test]
fn generate() {
    reports("generate 3", &items(&[0, 1, 2], 0));
    reports("generate -1 2 --delay 5ms", &items(&[-1, 0, 1], 5_000));
    reports("generate 2 -2", &items(&[], 0));
    let most = i64::MAX;
    reports(&format!("generate {} {most}", most - 2), &items(&[most - 2, most - 1], 0));
}

#[test]
fn stall() {
    reports("stall 20ms", &[(20_000, event("enter")), (20_000, event("exit"))]);
    reports("stall 0s", &[(0, event("enter")), (0, event("exit"))]);
}

#[test]
fn close() {
    let enter = (0, event("enter"));
    for body in ["ok", "error"] {
        let left = [enter.clone(), (0, event("close")), (0, exit(body))];
        reports(&format!("close --body {body}"), &left);
    }
    reports("close", &[enter.clone(), (0, event("close")), (0, exit("ok"))]);
    let left = [enter.clone(), (0, event("close")), (0, exit("panicked"))];
    let args = format!("close --body panic --format json --on {}", HOSTS.join(","));
    let run = run_line(&args);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    reported(&args, &run.out, &HOSTS, &left);
    let left = [enter, (10_000, event("close")), (10_000, exit("cancelled"))];
    reports("close --body cancel", &left);
}

#[test]
fn json_has_its_keys_in_order() {
    let run = run_line("countdown 1 --delay 1s --on virtual --format json");
    let expected = r#"{"runtime":"virtual","t_us":0,"event":"item","value":1}
{"runtime":"virtual","t_us":1000000,"event":"item","value":0}
{"runtime":"virtual","t_us":1000000,"event":"end"}
"#;
    assert_eq!(run.out, expected);
}

#[test]
fn text_is_aligned() {
    let run = run_line("countdown 1 --delay 1500ms --on virtual");
    let expected = "\
virtual         0.000000 s  item  1
virtual         1.500000 s  item  0
virtual         1.500000 s  end
";
    assert_eq!(run.out, expected);
}

#[test]
fn virtual_time_knows_no_hurry() {
    let run = run_line("countdown 1 --delay 10000000000y --on virtual --format json");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    // 365.25 days a year.
    let due = 10_000_000_000 * 31_557_600 * 1_000_000;
    assert_eq!(events(&run.out), [("virtual".to_owned(), items(&[1, 0], due))]);
}

#[test]
fn a_wait_without_an_end_is_said_in_virtual_time() {
    let run = run_line("countdown 2 --delay 500000000000y --on virtual");
    assert_eq!(run.code, Some(1));
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    let expected = "anytempo: on virtual: the program waits for ever: after 15778800000000000000s \
                    nothing is due any more\n";
    assert_eq!(run.err, expected);
}

/// Starts what no one will see the end of, and gives its first event.
fn first(args: &str) -> Value {
    let mut command = command(args.split(' '));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut running = Running(child.expect("the program starts"));
    let mut line = String::new();
    let out = running.0.stdout.take().expect("the output is piped");
    BufReader::new(out).read_line(&mut line).expect("the program prints");
    assert!(line.ends_with('\n'), "{args} has said {line:?}, and no more");
    let (_, events) = events(&line).remove(0);
    events[0].1.clone()
}

#[test]
fn huge_arguments_start() {
    let (least, most) = (i64::MIN, i64::MAX);
    for runtime in HOSTS {
        let first = |args: &str| first(&format!("{args} --format json --on {runtime}"));
        assert_eq!(first("countdown 4294967295"), item(u32::MAX.into()));
        assert_eq!(first("countdown 4294967295 --delay 0s"), item(u32::MAX.into()));
        assert_eq!(first("countdown 1 --delay 10000000000y"), item(1));
        assert_eq!(first("countdown 1 --delay 10000000000y --rate fixed"), item(1));
        assert_eq!(first(&format!("range {least} {most}")), item(least));
        assert_eq!(first(&format!("range {most} {least} --step -1")), item(most));
        assert_eq!(first(&format!("range {most} --delay 10000000000y")), item(0));
        assert_eq!(first(&format!("generate {least} {most}")), item(least));
        assert_eq!(first(&format!("generate {most} --delay 10000000000y")), item(0));
    }
    assert_eq!(first("stall 10000000000y --format json --on virtual"), event("enter"));
}

#[test]
fn a_reader_that_leaves_ends_the_program_quietly() {
    for runtime in HOSTS {
        let range = format!("range {} --on {runtime}", i64::MAX);
        let mut command = command(range.split(' '));
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut running = Running(child.expect("the program starts"));
        let mut line = String::new();
        let out = running.0.stdout.take().expect("the output is piped");
        BufReader::new(out).read_line(&mut line).expect("the program prints");
        assert_eq!(running.wait(), Some(0), "{runtime}");
        let err = running.0.stderr.take().expect("the errors are piped");
        assert_eq!(std::io::read_to_string(err).expect("the errors are UTF-8"), "", "{runtime}");
    }
}

#[test]
fn runtimes_can_be_chosen() {
    let ran = |args: &str| -> Vec<String> {
        let run = run_line(&format!("range 1 --format json {args}"));
        assert_eq!(run.code, Some(0), "{}", run.err);
        events(&run.out).into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(ran("--on tokio-multi"), ["tokio-multi"]);
    assert_eq!(ran("--on virtual --on tokio"), ["virtual", "tokio"]);
    assert_eq!(ran("--on virtual,tokio --on virtual"), ["virtual", "tokio"]);
    let others = all().0.into_iter().filter(|name| *name != "virtual");
    let everything: Vec<&str> = ["virtual"].into_iter().chain(others).collect();
    assert_eq!(ran("--on virtual --on all"), everything);
    let run = run_line("range 1 --format json");
    assert_eq!(events(&run.out)[0].0, "tokio");
}

/// The same on every machine, as it is a question of the arguments and not of what is installed.
#[test]
fn a_board_cannot_unwind() {
    let cannot = "a board cannot unwind, so a panic there ends everything";
    for without in [false, true] {
        let refused = |args: &str| {
            let mut command = command(args.split(' '));
            if without {
                command.env("PATH", "").env_remove("RUSTC");
            }
            finish(command)
        };
        for board in BOARDS {
            let run = refused(&format!("close --body panic --on all,{board}"));
            let sentence = format!("anytempo: --body panic cannot run on {board}: {cannot}\n");
            assert_eq!((run.code, run.out.as_str(), run.err), (Some(2), "", sentence));
        }
        let run = refused("close --body panic --on all --format json");
        let sentence = format!("anytempo: not run on {}: {cannot}\n", BOARDS.join(", "));
        assert_eq!((run.code, run.err), (Some(0), sentence));
        assert_eq!(events(&run.out).into_iter().map(|(name, _)| name).collect::<Vec<_>>(), HOSTS);
    }
}

#[test]
fn what_is_missing_for_boards_is_said_in_one_line() {
    // Nothing is to be found here, neither rustc nor an emulator.
    let without = |args: &str| {
        let mut command = command(args.split(' '));
        command.env("PATH", "").env_remove("RUSTC");
        finish(command)
    };
    let target = |name: &str| format!("the Rust target {name}");
    let targets = [
        "thumbv6m-none-eabi",
        "thumbv7m-none-eabi",
        "thumbv7em-none-eabihf",
        "thumbv8m.main-none-eabihf",
        "riscv32imac-unknown-none-elf",
        "riscv32imc-unknown-none-elf",
    ];
    let remedy = "`./check.sh --install firmware` installs what is missing";
    let sentence = format!(
        "anytempo: not run on {}, for lack of {}; {remedy}\n",
        BOARDS.join(", "),
        targets.map(target).join(" and ")
    );
    let run = without("range 3 --on all --format json");
    assert_eq!((run.code, run.err), (Some(0), sentence.clone()));
    reported("range", &run.out, &HOSTS, &items(&[0, 1, 2], 0));
    let run = without("matrix --only sizes --format json");
    assert_eq!((run.code, run.err), (Some(0), sentence));

    // Who asks for a board by name is told that there is none.
    let sentence = format!(
        "anytempo: not run on cortex-m3, for lack of {}; {remedy}\n",
        target("thumbv7m-none-eabi")
    );
    let run = without("range 3 --on all --on cortex-m3");
    assert_eq!((run.code, run.out.as_str(), run.err), (Some(1), "", sentence));
}
