//! On virtual time the same program does the same: every trace is equal in 100 runs, and equal to the one in `recorded`.
//!
//! So whatever changes how a combinator uses its timer is seen in the review, line by line, also where it breaks no
//! promise. A trace that is to change is recorded anew:
//!
//! ```console
//! $ ANYTEMPO_RECORD=1 cargo test -p anytempo-matrix --test traces          # all groups
//! $ ANYTEMPO_RECORD=1 cargo test -p anytempo-matrix --test traces sleep    # those with `sleep` in their names
//! ```
//!
//! The trace of a case is a full [`Trace`] of its clock. That of a program is its events, each after its time in microseconds.

mod programs;
mod recorded;

use core::cell::RefCell;
use std::process::ExitCode;

use anytempo_conformance::suite::{self, Case, Clock, Failure, Outcome, Runtime, Subject};
use anytempo_virtual::{Executor, Trace, VirtualClock};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::recorded::{Named, compare, difference, no_others};

const RUNS: usize = 100;

fn main() -> ExitCode {
    let groups = groups();
    let mut trials = Vec::new();
    let names: Vec<&str> = groups.iter().map(|(name, _)| *name).chain(["programs"]).collect();
    trials.push(Trial::test("every_recording_has_a_group", move || {
        Ok(no_others(names.iter().copied())?)
    }));
    trials.push(Trial::test("programs", || check("programs", programs::traces()?)));
    for (group, cases) in groups {
        trials.push(Trial::test(group, move || {
            let traces = cases.into_iter().map(|case| Ok((case.name.to_owned(), trace(case)?)));
            check(group, traces.collect::<Result<_, String>>()?)
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn check(group: &str, traces: Vec<Named>) -> Result<(), Failed> {
    Ok(compare(group, &traces)?)
}

/// The cases of each group, in the order in which they are listed.
fn groups() -> Vec<(&'static str, Vec<Case<Recorded>>)> {
    let mut groups: Vec<(_, Vec<_>)> = Vec::new();
    let mut add = |case: Case<Recorded>| match groups.iter_mut().find(|it| it.0 == case.group) {
        Some((_, cases)) => cases.push(case),
        None => groups.push((case.group, vec![case])),
    };
    suite::each(&mut add);
    suite::each_across_threads(&mut add);
    groups
}

/// What a case does with its clock.
fn trace(case: Case<Recorded>) -> Result<String, String> {
    same_in_all_runs(case.name, || {
        let recorded = Recorded::default();
        (case.run)(&recorded).map_err(|failure| format!("{}: {failure}", case.name))?;
        Ok(recorded.0.take().text())
    })
}

/// The trace that every run gives.
fn same_in_all_runs(
    name: &str,
    run: impl Fn() -> Result<String, String>,
) -> Result<String, String> {
    let first = run()?;
    for number in 2..=RUNS {
        if let Some(difference) = difference(first.lines(), run()?.lines()) {
            return Err(format!("`{name}` does not do the same in run {number}: {difference}"));
        }
    }
    Ok(first)
}

/// Virtual time, and what the last case did with it.
#[derive(Default)]
struct Recorded(RefCell<Trace>);

impl Runtime for Recorded {
    type Timer = VirtualClock;
    const CLOCK: Clock = Clock::Exact;

    fn run<F>(&self, case: impl FnOnce(Subject<VirtualClock>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let clock = VirtualClock::new();
        clock.start_full_trace();
        let case = case(Subject { timer: clock.clone(), clock: Self::CLOCK });
        let ended = Executor::new(&clock).block_on(case);
        self.0.replace(clock.take_trace());
        ended.unwrap_or_else(|_deadlock| Err(Failure::new("something is due, as long as it waits")))
    }
}
