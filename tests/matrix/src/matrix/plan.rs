use core::num::NonZero;
use core::time::Duration;
use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::matrix::row::Row;
use crate::matrix::{Cell, Name, Partition};
use crate::runtimes::{RunError, Runtime, room_for};
use anytempo_conformance::harness::Promise;

/// How many threads each case may need, in addition to those of its runtime. Some wait here for its process. Others run it there,
/// and end it in time.
const THREADS: usize = 8;

/// What a program may take before it counts as stuck. It is there to catch a lost wake, and no machine is that slow.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// A program or a case, to be run on a runtime.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The program or the case.
    pub name: Name,
    /// The runtime.
    pub runtime: &'static str,
    /// How long a program takes where nothing is late. Zero for a case.
    pub due: Duration,
    /// Why the promise of a case need not be kept, if so.
    pub allowance: Option<&'static str>,
}

/// The programs and cases that are to be run, each on every runtime.
#[derive(Debug)]
pub struct Plan {
    programs: Vec<(Row, &'static Runtime)>,
    cases: Vec<(Promise, &'static Runtime)>,
}

impl Plan {
    /// Those of which the full name (`sleep::never_early`, `programs::lines`) contains `pattern`, so all of them if it is
    /// empty.
    ///
    /// # Errors
    ///
    /// If the files for the program `lines` cannot be made.
    pub fn new(runtimes: &[&'static Runtime], pattern: &str) -> io::Result<Self> {
        let mut programs = Vec::new();
        for row in Row::all()?.iter().filter(|row| row.name().to_string().contains(pattern)) {
            let able = runtimes.iter().filter(|it| !it.is_board() || !row.needs_host());
            programs.extend(able.map(|runtime| (row.clone(), *runtime)));
        }
        Ok(Self { programs, cases: cases(runtimes, pattern) })
    }

    /// Leaves out the runtimes for which `keep` is false.
    pub fn retain(&mut self, keep: impl Fn(&Runtime) -> bool) {
        self.programs.retain(|(_, runtime)| keep(runtime));
        self.cases.retain(|(_, runtime)| keep(runtime));
    }

    /// Leaves out what is in other parts.
    pub fn take_part(&mut self, partition: Partition) {
        let mut steps = 0..;
        let mut is_in = || steps.next().is_some_and(|step| partition.has(step));
        self.programs.retain(|_| is_in());
        self.cases.retain(|_| is_in());
    }

    /// What will be run, in the order of [`run`](Self::run).
    pub fn steps(&self) -> Vec<Step> {
        let programs = self.programs.iter().map(|(row, runtime)| Step {
            name: row.name(),
            runtime: runtime.name,
            due: row.due(),
            allowance: None,
        });
        let cases = self.cases.iter().map(|(promise, runtime)| Step {
            name: name(promise),
            runtime: runtime.name,
            due: Duration::ZERO,
            allowance: promise.allowance.map(|allowance| allowance.why()),
        });
        programs.chain(cases).collect()
    }

    /// How many cases can be tried at once: two for each processor, if the threads for that can be started.
    ///
    /// # Errors
    ///
    /// If there is no room for the threads of a single one.
    pub fn workers(&self) -> Result<NonZero<usize>, RunError> {
        let mut runtimes: Vec<&Runtime> = Vec::new();
        let (programs, cases) = (self.programs.iter(), self.cases.iter());
        for runtime in programs.map(|it| it.1).chain(cases.map(|it| it.1)) {
            if !runtimes.iter().any(|known| known.name == runtime.name) {
                runtimes.push(runtime);
            }
        }
        let own = runtimes.iter().map(|runtime| (runtime.threads)()).max().unwrap_or(0);
        // Two for each processor, as most cases wait most of their time.
        let processors = thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let mut workers = processors.saturating_add(processors.get());
        loop {
            match room_for((own + THREADS) * workers.get()) {
                Ok(()) => return Ok(workers),
                Err(error) => {
                    workers = NonZero::new(workers.get() / 2).ok_or(error)?;
                }
            }
        }
    }

    /// Runs the programs one after the other, so that none makes another one late, and then the cases, so many at once. Calls
    /// `seen` with each of them, in the order of the table: row by row.
    pub fn run(self, workers: NonZero<usize>, mut seen: impl FnMut(&Cell)) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(self.programs.len() + self.cases.len());
        let mut done = |cell: Cell| {
            seen(&cell);
            cells.push(cell);
        };
        for (row, runtime) in &self.programs {
            done(Cell::program(row, runtime, LIMIT));
        }
        at_once(self.cases, workers, done);
        cells
    }
}

fn name(promise: &Promise) -> Name {
    Name { group: promise.group, name: promise.name }
}

/// Row by row, where a group is in one piece even if the suite, or a runtime, lists its cases in several.
fn cases(runtimes: &[&'static Runtime], pattern: &str) -> Vec<(Promise, &'static Runtime)> {
    let (mut groups, mut names) = (Vec::new(), Vec::new());
    let mut cases = Vec::new();
    for runtime in runtimes {
        for promise in runtime.promises() {
            let name = name(&promise);
            if name.to_string().contains(pattern) {
                let row = (place(&mut groups, name.group), place(&mut names, name));
                cases.push((row, promise, *runtime));
            }
        }
    }
    cases.sort_by_key(|(row, ..)| *row);
    cases.into_iter().map(|(_, promise, runtime)| (promise, runtime)).collect()
}

/// Where `item` is in the list, to which it is added if it is new.
fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

/// Tries so many cases at once. They end in any order, and are `done` in their own.
fn at_once(
    cases: Vec<(Promise, &'static Runtime)>,
    workers: NonZero<usize>,
    mut done: impl FnMut(Cell),
) {
    let queue = Mutex::new(cases.into_iter().enumerate());
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        for index in 0..workers.get() {
            let (sender, queue) = (sender.clone(), &queue);
            let work = move || {
                loop {
                    // The lock is held for this line alone.
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((index, (promise, runtime))) = next else { break };
                    if sender.send((index, Cell::case(&promise, runtime))).is_err() {
                        break;
                    }
                }
            };
            // One after the other here, if there is no room for a single thread any more.
            let started = thread::Builder::new().spawn_scoped(scope, work.clone());
            if index == 0 && started.is_err() {
                work();
            }
        }
        drop(sender);
        let (mut early, mut next) = (BTreeMap::new(), 0);
        for (index, cell) in receiver {
            early.insert(index, cell);
            while let Some(cell) = early.remove(&next) {
                done(cell);
                next += 1;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use anytempo_virtual::VirtualClock;

    use super::*;
    use crate::matrix::Tally;
    use crate::runtimes::RUNTIMES;
    use anytempo_conformance::harness::{Verdict, promises};
    use anytempo_conformance::suite::{self, Allowance, Clock, Failure, Outcome, Subject};

    const SIZES: &str = "pace::sizes";

    /// A runtime on which no case goes as it should, and one is excused.
    struct Broken;

    impl suite::Runtime for Broken {
        type Timer = VirtualClock;
        const CLOCK: Clock = Clock::Exact;
        const ALLOWANCES: &'static [Allowance] =
            &[Allowance::expected_to_fail(SIZES, "it never learnt to count")];

        fn run<F>(&self, _: impl FnOnce(Subject<VirtualClock>) -> F) -> Outcome
        where
            F: Future<Output = Outcome> + 'static,
        {
            Err(Failure::new("it does something"))
        }
    }

    /// A runtime on which every case panics, and one is excused that does not exist.
    struct Panics;

    impl suite::Runtime for Panics {
        type Timer = VirtualClock;
        const CLOCK: Clock = Clock::Exact;
        const ALLOWANCES: &'static [Allowance] =
            &[Allowance::expected_to_fail("pace::colours", "it is colour-blind")];

        fn run<F>(&self, _: impl FnOnce(Subject<VirtualClock>) -> F) -> Outcome
        where
            F: Future<Output = Outcome> + 'static,
        {
            resume_unwind(Box::new(()))
        }
    }

    fn runtime(name: &'static str, promises: fn() -> Vec<Promise>) -> &'static Runtime {
        Box::leak(Box::new(Runtime {
            name,
            exact: true,
            run: |_, _| Ok(()),
            promises,
            ..RUNTIMES[0]
        }))
    }

    fn run(runtimes: &[&'static Runtime], pattern: &str) -> Vec<Cell> {
        let plan = Plan::new(runtimes, pattern).expect("files can be made");
        let steps: Vec<_> = plan.steps().iter().map(|step| (step.name, step.runtime)).collect();
        let mut seen = Vec::new();
        let workers = plan.workers().expect("threads can be started");
        let cells = plan.run(workers, |cell| seen.push((cell.name, cell.runtime)));
        assert_eq!(steps, seen);
        assert_eq!(seen, cells.iter().map(|cell| (cell.name, cell.runtime)).collect::<Vec<_>>());
        cells
    }

    #[test]
    fn a_broken_promise_is_found() {
        let broken = runtime("broken", || promises(|| Broken));
        let cells = run(&[broken, &RUNTIMES[0]], "pace::");
        for cells in cells.chunk_by(|a, b| a.name == b.name) {
            let (name, verdict) = (cells[0].name.to_string(), &cells[0].verdict);
            match verdict {
                Verdict::Allowed { why, seen } => {
                    assert_eq!((name.as_str(), *why), (SIZES, "it never learnt to count"));
                    assert!(seen.as_deref().is_some_and(|seen| seen.contains("it does something")));
                }
                Verdict::Broken(why) => {
                    assert!(why.starts_with("expected: it does something"), "{name}: {why}")
                }
                Verdict::Kept => panic!("{name} is kept"),
            }
            assert_eq!(cells.len(), 2);
            assert_eq!(cells[1].verdict, Verdict::Kept);
        }
        let tally = Tally::of(cells.iter().filter(|cell| cell.runtime == "broken"));
        assert_eq!((tally.kept, tally.allowed), (0, 1));
        assert_eq!(tally.broken + 1, tally.all());
    }

    #[test]
    fn an_allowance_for_nothing_is_found() {
        let cells = run(&[runtime("panics", || promises(|| Panics))], "colours");
        assert_eq!(cells.len(), 1);
        assert_eq!(cells[0].verdict, Verdict::Broken("there is no case of this name".into()));
    }

    #[test]
    fn a_case_that_panics_is_found() {
        let cells = run(&[runtime("panics", || promises(|| Panics))], SIZES);
        assert_eq!(cells.len(), 1);
        assert_eq!(cells[0].verdict, Verdict::Broken("it panicked, without a message".into()));
    }

    #[test]
    fn a_pattern_is_part_of_a_full_name() {
        let virtual_time = RUNTIMES.iter().find(|it| it.name == "virtual").expect("it is there");
        let steps = |pattern: &str| {
            let plan = Plan::new(&[virtual_time], pattern).expect("files can be made");
            plan.steps().iter().map(|step| step.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(steps("grams::li"), ["programs::lines"]);
        assert_eq!(steps(SIZES), [SIZES]);
        assert!(steps("countdown").contains(&"programs::countdown".to_owned()));
        assert!(steps("countdown").contains(&"countdown::zero_count".to_owned()));
        assert_eq!(steps("Countdown"), <[String; 0]>::default());
        assert_eq!(steps("").len(), 6 + 22 + virtual_time.promises().len());
    }

    #[test]
    fn parts_make_up_the_whole() {
        let runtimes: Vec<_> = RUNTIMES.iter().collect();
        let plan = || Plan::new(&runtimes, "a").expect("files can be made");
        let names = |plan: &Plan| -> Vec<_> {
            plan.steps().iter().map(|step| (step.name.to_string(), step.runtime)).collect()
        };
        let whole = names(&plan());
        let mut all = Vec::new();
        for part in ["1/3", "2/3", "3/3"] {
            let mut plan = plan();
            plan.take_part(part.parse().expect("it is a part"));
            let part = names(&plan);
            assert!(part.len().abs_diff(whole.len() / 3) <= 1, "{} of {}", part.len(), whole.len());
            all.extend(part);
        }
        all.sort();
        let mut whole = whole;
        whole.sort();
        assert_eq!(all, whole);
    }

    #[test]
    fn a_group_is_in_one_piece() {
        let runtimes: Vec<_> = RUNTIMES.iter().collect();
        let steps = Plan::new(&runtimes, "").expect("files can be made").steps();
        let groups: Vec<_> = steps.chunk_by(|a, b| a.name.group == b.name.group).collect();
        for (index, group) in groups.iter().enumerate() {
            let name = group[0].name.group;
            assert!(groups[..index].iter().all(|other| other[0].name.group != name), "{name}");
        }
    }
}
