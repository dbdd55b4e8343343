//! A runtime on which each case of one group goes wrong in a way of its own.

use core::time::Duration;
use std::env;
use std::io::{self, Write};
use std::panic::panic_any;
use std::process::{Command, ExitCode, Stdio, abort, exit};
use std::thread;

use anytempo_conformance::harness::Harness;
use anytempo_conformance::suite::{Allowance, Clock, Failure, Outcome, Runtime, Subject};
use anytempo_virtual::{Executor, VirtualClock};

/// What makes this test target run the cases, and not the tests of them.
pub(crate) const CASES: &str = "ANYTEMPO_TEST_CASES";

pub(crate) fn run() -> ExitCode {
    if env::var(CASES).as_deref() == Ok("sleeper") {
        thread::sleep(Duration::from_secs(5));
        return ExitCode::SUCCESS;
    }
    let mut harness = Harness::from_args().limit(Duration::from_secs(5));
    if env::var(CASES).as_deref() == Ok("twice") {
        harness = harness.runtime("faulty", || Faulty);
    }
    harness.runtime("faulty", || Faulty).run()
}

struct Faulty;

impl Runtime for Faulty {
    type Timer = VirtualClock;
    const CLOCK: Clock = Clock::Exact;
    const ALLOWANCES: &'static [Allowance] = &[
        Allowance::expected_to_fail("sleep::drop_leaves_no_wake", "its alarm cannot be put off"),
        Allowance::not_tried("sleep::tells_its_deadline", "it would burn the board"),
        Allowance::expected_to_fail("sleep::reset_to_later", "it was wrong once"),
    ];

    fn run<F>(&self, case: impl FnOnce(Subject<VirtualClock>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        // The name of the thread is that of the case.
        let title = thread::current().name().unwrap_or_default().to_owned();
        before(title.strip_prefix("faulty::sleep::").unwrap_or_default())?;
        let timer = VirtualClock::new();
        let executor = Executor::new(&timer);
        let case = case(Subject { timer, clock: Self::CLOCK });
        executor.block_on(case).unwrap_or_else(|_| Err(Failure::new("something is due")))
    }
}

fn before(case: &str) -> Outcome {
    match case {
        "never_early" | "drop_leaves_no_wake" => {
            eprintln!("the alarm is stuck");
            abort()
        }
        "zero_yields_once" => exit(0),
        "past_yields_once" => exit(7),
        // As a shell and an emulator do where they cannot start a program.
        "beyond_the_clock_is_never" => exit(127),
        "until_is_absolute" => loop {
            eprintln!("tick");
            thread::park();
        },
        "stays_ready" => drop(deeper(0)),
        "newest_waker_wins" => panic!("the queue of {} is full", 64),
        "reset_to_earlier" => panic_any(7_u8),
        "many_at_once" => return Err(Failure::new("there is room for all")),
        "spurious_polls_change_nothing" => {
            // What it prints is no verdict.
            let _ = io::stdout().write_all(b"anytempo-0 null\nnull\n\xff\xfe without an end");
            let _ = io::stderr().write_all(&[b'x'; 200_000]);
        }
        "reset_to_never" => holder(),
        "tells_its_deadline" => exit(9),
        _ => {}
    }
    Ok(())
}

#[expect(unconditional_recursion, reason = "the stack is to overflow")]
fn deeper(depth: u64) -> u64 {
    let here = core::hint::black_box([depth; 64]);
    deeper(here[7] + 1) + here[3]
}

/// A process that holds the pipes of the case, and lives longer.
#[expect(clippy::zombie_processes, reason = "the case is to end first")]
fn holder() {
    let path = env::current_exe().expect("it has a path");
    let child = Command::new(path).env(CASES, "sleeper").stdin(Stdio::null()).spawn();
    child.expect("it can be started");
}
