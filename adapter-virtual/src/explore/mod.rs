//! Runs of one body under many schedules.

mod failure;
mod few;
pub(crate) mod panics;
mod shrink;

use core::fmt;
use core::ops::Range;
use core::panic::Location;
use core::time::Duration;
use std::time;

pub use failure::Failure;

use crate::limits::{Limits, limit_methods};
use crate::schedule::{Deviation, Schedule, from_environment};
use crate::simulation::run_on;
use crate::{Executor, Limit, Seed, Sim, Stopped, Trace, VirtualClock};
use failure::{Cause, Found, Report, describe};
use few::{Few, Script};

/// Runs a test body once for each seed, until one fails.
///
/// A run fails if it panics, or if it ends in a deadlock. The failure is shrunk: it names the fewest choices that are not first-come
/// and still lead to it. For other strategies, and limits, there is [`Exploration`].
///
/// If the environment has an `ANYTEMPO_SEED`, only that run takes place: see [`Seed`].
///
/// # Errors
///
/// [`Failure`] of the first seed that fails.
///
/// # Panics
///
/// If `ANYTEMPO_SEED` is set and is not the text of a seed.
///
/// # Examples
///
/// A counter that is read, and written after a yield, loses an update under some schedules:
///
/// ```
/// use std::{cell::Cell, rc::Rc};
///
/// let failure = anytempo_virtual::explore(0..1_000, async |sim| {
///     let count = Rc::new(Cell::new(0));
///     let tasks = ["one", "two"].map(|name| {
///         let (count, settled) = (Rc::clone(&count), sim.sleep(core::time::Duration::ZERO));
///         sim.spawn_named(name, async move {
///             let seen = count.get();
///             settled.await;
///             count.set(seen + 1);
///         })
///     });
///     for task in tasks {
///         task.await.unwrap();
///     }
///     assert_eq!(count.get(), 2);
/// })
/// .unwrap_err();
/// assert!(failure.to_string().contains("ANYTEMPO_SEED="));
/// # use anytempo::Timer;
/// ```
#[track_caller]
#[doc(alias = "shuttle")]
#[doc(alias = "loom")]
#[doc(alias = "check_random")]
#[doc(alias = "model")]
pub fn explore<T>(seeds: Range<u64>, body: impl AsyncFn(Sim) -> T) -> Result<Explored, Failure> {
    Exploration::new(seeds).run(body)
}

/// What [`explore`] found to be without a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Explored {
    /// How many runs there were.
    pub runs: u64,
    /// Whether these were all there are: every schedule within the bound of [`Exploration::exhaustive`].
    pub is_complete: bool,
    /// How long they took, in real time.
    pub elapsed: Duration,
}

impl fmt::Display for Explored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.runs as f64 / self.elapsed.as_secs_f64().max(1e-9);
        let all = if self.is_complete { ", which are all there are" } else { "" };
        write!(f, "{} runs without a failure{all}, at {rate:.0} a second", self.runs)
    }
}

/// How [`explore`] explores: by which strategy, and within which limits.
///
/// | strategy | finds |
/// |---|---|
/// | random, if nothing else is said | what many schedules show |
/// | [`pct`](Exploration::pct) | what needs a few steps in one order, among many tasks |
/// | [`exhaustive`](Exploration::exhaustive) | everything that few deviations from first-come show |
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::Exploration;
/// use core::time::Duration;
///
/// let explored = Exploration::new(0..10_000)
///     .exhaustive(2)
///     .time_limit(Duration::from_secs(60))
///     .run(async |sim| {
///         let tasks = [1, 2, 3].map(|seconds| sim.spawn(sim.sleep(Duration::from_secs(seconds))));
///         for task in tasks {
///             task.await.unwrap();
///         }
///     })
///     .unwrap();
/// assert!(explored.is_complete);
/// ```
#[derive(Clone, Debug)]
#[must_use = "an exploration does nothing until it is run"]
pub struct Exploration {
    seeds: Range<u64>,
    strategy: Strategy,
    limits: Limits,
    is_repeated: bool,
    shrink: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Strategy {
    Random,
    Priorities(u16),
    Exhaustive(usize),
}

/// One run.
struct Run {
    end: Result<(), Cause>,
    /// How many there were to choose from, choice by choice.
    choices: Vec<u32>,
    deviations: Vec<Deviation>,
    trace: Trace,
}

impl Run {
    /// The choices that were not first-come.
    fn script(&self) -> Script {
        self.deviations.iter().map(|it| (it.choice, it.place)).collect()
    }
}

limit_methods!(Exploration);

impl Exploration {
    /// One run for each of these seeds, by random choices.
    pub fn new(seeds: Range<u64>) -> Exploration {
        Exploration {
            seeds,
            strategy: Strategy::Random,
            limits: Limits::default(),
            is_repeated: false,
            shrink: Duration::from_secs(30),
        }
    }

    /// Gives each task a random priority, and lowers one of them at this number of random choices.
    ///
    /// This is PCT. It is for a bug that needs `changes + 1` steps in a certain order: among `n` tasks and `k` choices a run finds it
    /// with a probability of at least 1 / (n k^`changes`). The first run is first-come, and counts the choices.
    pub fn pct(mut self, changes: u16) -> Exploration {
        self.strategy = Strategy::Priorities(changes);
        self
    }

    /// Tries every schedule in which at most this number of choices are not first-come.
    ///
    /// The number of seeds is the limit of how many are tried. [`Explored::is_complete`] says whether that was enough. All schedules
    /// that are planned are kept in memory, a few bytes for each deviation.
    pub fn exhaustive(mut self, deviations: usize) -> Exploration {
        self.strategy = Strategy::Exhaustive(deviations);
        self
    }

    /// Runs each seed twice, and fails if the two differ: see [`Failure`].
    ///
    /// It finds what a seed does not settle, such as the order of a hash map, a real clock, or another thread.
    pub fn repeated(mut self) -> Exploration {
        self.is_repeated = true;
        self
    }

    /// Ends the search for fewer choices after about this much of real time. It is 30 seconds if nothing is said.
    ///
    /// What was found by then is told. The number of runs is limited too.
    pub fn shrink_limit(mut self, limit: Duration) -> Exploration {
        self.shrink = limit;
        self
    }

    /// Runs the body until a run fails, or there is no more to run.
    ///
    /// # Errors
    ///
    /// As [`explore`].
    ///
    /// # Panics
    ///
    /// As [`explore`].
    #[track_caller]
    pub fn run<T>(&self, body: impl AsyncFn(Sim) -> T) -> Result<Explored, Failure> {
        let location = Location::caller();
        let search = Search { limits: self.limits, shrink: self.shrink, location, body: &body };
        let start = time::Instant::now();
        let mut runs = 0;
        let mut check = |seed: Seed| {
            runs += 1;
            let run = search.run(&seed, self.is_repeated);
            let found = match (&run.end, self.is_repeated) {
                (_, true) => search.parted(&run, &seed),
                (Err(_), false) => None,
                (Ok(()), false) => return Ok(run),
            };
            let cause = match (&run.end, &found) {
                (Err(cause), _) => cause.clone(),
                (Ok(()), None) => return Ok(run),
                (Ok(()), Some(_)) => Cause::Differs,
            };
            let elapsed = start.elapsed();
            let found = found.unwrap_or_else(|| match cause {
                Cause::Stopped(Stopped::Limit(ref it))
                    if matches!(it.limit(), Limit::RealTime(_)) =>
                {
                    Found::Slow
                }
                _ => search.shrink(&seed, &run, &cause),
            });
            Err(Failure::new(Report { seed, cause, runs, elapsed, found }))
        };
        let mut is_complete = false;
        if let Some(seed) = from_environment() {
            check(seed)?;
        } else {
            match self.strategy {
                Strategy::Random => {
                    self.seeds.clone().try_for_each(|seed| check(seed.into()).map(drop))?
                }
                Strategy::Priorities(_) if self.seeds.is_empty() => {}
                Strategy::Priorities(changes) => {
                    let first = check(Seed::choices(self.seeds.start, Vec::new()))?;
                    let choices = first.choices.len() as u64;
                    self.seeds
                        .clone()
                        .try_for_each(|seed| check(Seed::pct(seed, changes, choices)).map(drop))?;
                }
                Strategy::Exhaustive(bound) => is_complete = self.exhaust(bound, check)?,
            }
        }
        Ok(Explored { runs, is_complete, elapsed: start.elapsed() })
    }

    /// Says whether every schedule within the bound was run.
    fn exhaust(
        &self,
        bound: usize,
        mut check: impl FnMut(Seed) -> Result<Run, Failure>,
    ) -> Result<bool, Failure> {
        let mut few = Few::new(bound, self.seeds.end.saturating_sub(self.seeds.start));
        while let Some(script) = few.next() {
            let run = check(Seed::choices(self.seeds.start, script.clone()))?;
            few.extend(&script, &run.choices);
        }
        Ok(few.is_complete())
    }
}

/// Runs a body under one schedule after the other.
struct Search<'a, B> {
    limits: Limits,
    shrink: Duration,
    location: &'static Location<'static>,
    body: &'a B,
}

impl<T, B: AsyncFn(Sim) -> T> Search<'_, B> {
    fn run(&self, seed: &Seed, is_told: bool) -> Run {
        self.run_by(Schedule::noted(seed.clone()), is_told)
    }

    fn run_by(&self, schedule: Schedule, is_told: bool) -> Run {
        let clock = VirtualClock::with_schedule(schedule);
        if is_told {
            clock.start_trace();
        }
        let end = panics::catch(|| {
            let executor = Executor::new(&clock);
            run_on(&executor, self.limits, self.location, |sim| (self.body)(sim)).map(drop)
        });
        let end = match end {
            Ok(Ok(())) => Ok(()),
            Ok(Err(stopped)) => Err(Cause::Stopped(stopped)),
            Err(panic) => Err(Cause::Panic(panic)),
        };
        let (choices, deviations) = clock.take_choices();
        Run { end, choices, deviations, trace: clock.take_trace() }
    }

    /// Where a further run with the same seed parts from this one.
    fn parted(&self, run: &Run, seed: &Seed) -> Option<Found> {
        let other = self.run(seed, true);
        if let Some((step, one, other)) = run.trace.difference(&other.trace) {
            let said = |line: String| if line.is_empty() { "it is over".into() } else { line };
            return Some(Found::Parted { step, one: said(one), other: said(other) });
        }
        let end = |run: &Run| match &run.end {
            Ok(()) => "it ends without a failure".into(),
            Err(cause) => cause.to_string(),
        };
        let is_same = match (&run.end, &other.end) {
            (Ok(()), Ok(())) => true,
            (Err(one), Err(other)) => one.is_like(other),
            _ => false,
        };
        let step = run.trace.events().len();
        if run.choices != other.choices || run.deviations != other.deviations {
            let said =
                |run: &Run| format!("it had {} choices, and others were made", run.choices.len());
            return Some(Found::Parted { step, one: said(run), other: said(&other) });
        }
        (!is_same).then(|| Found::Parted { step, one: end(run), other: end(&other) })
    }

    /// The fewest choices that were found to fail still.
    fn shrink(&self, seed: &Seed, run: &Run, cause: &Cause) -> Found {
        let number = seed.number();
        let seed = |script: &[(u64, u32)]| Seed::choices(number, script.to_vec());
        let mut tries = 0;
        let start = time::Instant::now();
        let is_late = || start.elapsed() >= self.shrink;
        let fails = |run: &Run| run.end.as_ref().is_err_and(|it| it.is_like(cause));
        if !fails(&self.run(&seed(&run.script()), false)) {
            return Found::Unsteady;
        }
        let like = |made: &[Deviation]| {
            if is_late() {
                return None;
            }
            tries += 1;
            let run = self.run_by(Schedule::like(number, made.to_vec()), false);
            // What the run really chose: it may end before the last of them.
            fails(&run).then_some(run.deviations)
        };
        let made = shrink::leave_out(run.deviations.clone(), like);
        let script = made.iter().map(|it| (it.choice, it.place)).collect();
        let again = |script: &[(u64, u32)]| {
            if is_late() {
                return Err(Vec::new());
            }
            tries += 1;
            let run = self.run(&seed(script), false);
            if fails(&run) { Ok(run.script()) } else { Err(run.choices) }
        };
        let script = shrink::find_fewer(script, again);
        let is_cut = is_late();
        let told = self.run(&seed(&script), true);
        let choices = told.deviations.iter().map(|it| describe(it, &told.trace)).collect();
        let of = told.choices.len() as u64;
        let cause = told.end.err().unwrap_or_else(|| cause.clone());
        Found::Shrunk { seed: seed(&script), cause, choices, of, tries, is_cut }
    }
}
