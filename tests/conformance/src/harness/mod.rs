//! Runs the suite on a runtime: as tests, each with a name of its own, or case by case.
//!
//! A test target and this file are all that it takes. In `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! anytempo-conformance = { path = "..." }
//!
//! [[test]]
//! name = "suite"
//! harness = false
//! ```
//!
//! and in `tests/suite.rs`, here for the simulated clock:
//!
//! ```no_run
//! use anytempo_conformance::harness::Harness;
//! use anytempo_conformance::suite::{Clock, Failure, Outcome, Runtime, Subject};
//! use anytempo_virtual::{Executor, VirtualClock};
//! use std::process::ExitCode;
//!
//! struct Mine;
//!
//! impl Runtime for Mine {
//!     type Timer = VirtualClock;
//!     const CLOCK: Clock = Clock::Exact;
//!
//!     fn run<F>(&self, case: impl FnOnce(Subject<VirtualClock>) -> F) -> Outcome
//!     where
//!         F: Future<Output = Outcome> + 'static,
//!     {
//!         let timer = VirtualClock::new();
//!         let executor = Executor::new(&timer);
//!         // Called here, where the runtime has not been entered yet.
//!         let case = case(Subject { timer, clock: Self::CLOCK });
//!         executor.block_on(case).unwrap_or_else(|_| Err(Failure::new("something is due")))
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     Harness::from_args().runtime_across_threads("mine", || Mine).run()
//! }
//! ```
//!
//! An adapter that has a spawner too implements [`Spawns`], and adds `.spawner("mine", || Mine)`.

pub mod junit;

use core::fmt;
use core::time::Duration;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anytempo::Timer;
use libtest_mimic::{Arguments, Failed, Trial};

use crate::suite::{self, Case, Runtime, Spawns};

/// Far more than any case takes on the slowest machine: what takes longer has lost a wake.
pub const LIMIT: Duration = Duration::from_secs(if cfg!(miri) { 1800 } else { 60 });

/// What became of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was kept.
    Kept,
    /// It was not kept, and need not be: here is why.
    Allowed(&'static str),
    /// It was broken: here is how. Also where it was kept but need not have been, as the allowance is then out of date.
    Broken(String),
}

/// Tries one case on a thread of its own, for no longer than [`LIMIT`].
pub fn verdict<R: Runtime + 'static>(case: Case<R>, make: fn() -> R) -> Verdict {
    // What a panic says belongs to the verdict; the rest of it, on stderr, is as for any test.
    let (sender, receiver) = channel();
    let name = format!("{}::{}", case.group, case.name);
    let run = move || {
        let _turn = (!R::PARALLEL).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
        // Nobody is there to hear it only if the limit was reached.
        let _ = sender.send((case.run)(&make()));
    };
    // A case that hangs keeps its thread until the process ends.
    let outcome = match thread::Builder::new().name(name).spawn(run) {
        Ok(_) => match receiver.recv_timeout(LIMIT) {
            Ok(outcome) => outcome.map_err(|failure| failure.to_string()),
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("not over within {LIMIT:?}: a wake was lost"))
            }
            Err(RecvTimeoutError::Disconnected) => Err("it panicked".into()),
        },
        Err(error) => Err(format!("no thread could be started: {error}")),
    };
    judged(outcome, case.allowance().map(|allowance| allowance.why))
}

fn judged(outcome: Result<(), String>, allowance: Option<&'static str>) -> Verdict {
    match (outcome, allowance) {
        (Ok(()), None) => Verdict::Kept,
        (Err(_), Some(why)) => Verdict::Allowed(why),
        (Err(reason), None) => Verdict::Broken(reason),
        (Ok(()), Some(_)) => Verdict::Broken("it is kept, so the allowance can go".into()),
    }
}

/// Held by the case that runs, of those that cannot run beside one another.
static TURN: Mutex<()> = Mutex::new(());

/// A case on a runtime, whatever the type of that runtime.
pub struct Promise {
    /// What it is about.
    pub group: &'static str,
    /// The promise, in few words.
    pub name: &'static str,
    /// Why it need not be kept, if so.
    pub allowance: Option<&'static str>,
    verdict: Box<dyn Fn() -> Verdict + Send>,
}

impl Promise {
    /// Sees whether it is kept, as [`verdict`] does.
    pub fn verdict(&self) -> Verdict {
        (self.verdict)()
    }
}

impl fmt::Debug for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Promise({}::{})", self.group, self.name)
    }
}

impl Promise {
    fn new<R: Runtime + 'static>(case: Case<R>, make: fn() -> R) -> Self {
        Self {
            group: case.group,
            name: case.name,
            allowance: case.allowance().map(|allowance| allowance.why),
            verdict: Box::new(move || verdict(case, make)),
        }
    }

    /// The promise of a case that is tried elsewhere than on this host: `outcome` tells how it went there.
    pub fn elsewhere<R: Runtime>(
        case: Case<R>,
        outcome: impl Fn() -> Result<(), String> + Send + 'static,
    ) -> Self {
        let allowance = case.allowance().map(|allowance| allowance.why);
        Self {
            group: case.group,
            name: case.name,
            allowance,
            verdict: Box::new(move || judged(outcome(), allowance)),
        }
    }
}

/// Every case on one thread, for the runtimes that `make` makes.
pub fn promises<R: Runtime + 'static>(make: fn() -> R) -> Vec<Promise> {
    let mut promises = Vec::new();
    suite::each::<R>(|case| promises.push(Promise::new(case, make)));
    // An allowance that allows nothing is a mistake, and would never be seen.
    for allowance in R::ALLOWANCES {
        if !promises.iter().any(|promise| allowance.is_for(promise.group, promise.name)) {
            promises.push(Promise {
                group: "allowances",
                name: allowance.case,
                allowance: None,
                verdict: Box::new(|| Verdict::Broken("there is no case of this name".into())),
            });
        }
    }
    promises
}

/// Every case, for runtimes whose waits are `Send`.
pub fn promises_across_threads<R>(make: fn() -> R) -> Vec<Promise>
where
    R: Runtime<Timer: Timer<Sleep: Send + 'static>> + 'static,
{
    let mut promises = promises(make);
    suite::each_across_threads::<R>(|case| promises.push(Promise::new(case, make)));
    promises
}

/// Every case of closes that are handed to a spawner, for runtimes that have one. They come beside the others.
pub fn promises_of_spawner<R: Spawns + 'static>(make: fn() -> R) -> Vec<Promise> {
    let mut promises = Vec::new();
    suite::each_spawning::<R>(|case| promises.push(Promise::new(case, make)));
    promises
}

/// A set of tests.
pub struct Harness {
    arguments: Arguments,
    trials: Vec<Trial>,
}

impl Harness {
    /// Without any test yet; what is to be run of them is up to the arguments of the process, as with any test.
    pub fn from_args() -> Self {
        Self { arguments: Arguments::from_args(), trials: Vec::new() }
    }

    /// Adds every case on one thread: `name::sleep::never_early` and so on.
    ///
    /// The test of a promise that need not be kept is marked as one, and passes as long as it is not kept.
    #[must_use]
    pub fn runtime<R: Runtime + 'static>(self, name: &str, make: fn() -> R) -> Self {
        self.promises(name, promises(make))
    }

    /// As [`runtime`](Self::runtime), and those for which waits must be `Send`.
    #[must_use]
    pub fn runtime_across_threads<R>(self, name: &str, make: fn() -> R) -> Self
    where
        R: Runtime<Timer: Timer<Sleep: Send + 'static>> + 'static,
    {
        self.promises(name, promises_across_threads(make))
    }

    /// Adds the cases of closes that are handed to a spawner of the runtime: `name::spawn_on_drop::..`.
    #[must_use]
    pub fn spawner<R: Spawns + 'static>(self, name: &str, make: fn() -> R) -> Self {
        self.promises(name, promises_of_spawner(make))
    }

    /// As [`runtime`](Self::runtime), for cases that are made already.
    #[must_use]
    pub fn promises(mut self, name: &str, promises: Vec<Promise>) -> Self {
        self.trials.extend(promises.into_iter().map(|promise| {
            let title = format!("{name}::{}::{}", promise.group, promise.name);
            let kind = if promise.allowance.is_some() { "allowed to fail" } else { "" };
            let trial = Trial::test(title, move || match promise.verdict() {
                Verdict::Kept | Verdict::Allowed(_) => Ok(()),
                Verdict::Broken(reason) => Err(Failed::from(reason)),
            });
            trial.with_kind(kind)
        }));
        self
    }

    /// Runs the tests.
    pub fn run(self) -> ExitCode {
        libtest_mimic::run(&self.arguments, self.trials).exit_code()
    }
}

impl fmt::Debug for Harness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Harness").field("tests", &self.trials.len()).finish_non_exhaustive()
    }
}
