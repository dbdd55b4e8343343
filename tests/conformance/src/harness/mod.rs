//! Runs the suite on a runtime: as tests, case by case, or as futures.
//!
//! - [`Harness`] is the `main` of a test target. The documentation of this crate shows the whole file.
//! - [`Promise`] is one case on one runtime, for a program with a `main` of its own. See [`serve`].
//! - [`trials`] hands out the cases as futures, for event loops.

mod child;
mod event_loop;
pub mod junit;
mod limit;
mod panics;
mod process;
mod promise;
mod record;
mod verdict;

use core::fmt;
use core::time::Duration;
use std::collections::BTreeSet;
use std::io;
use std::process::{ExitCode, exit};
use std::sync::{Arc, Mutex, PoisonError};

use anytempo::Timer;
use libtest_mimic::{Arguments, Completion, Failed, FormatSetting};

pub use child::{CASE, serve};
pub use event_loop::{EventLoop, Started, Trial, trials};
pub use limit::{CASE_LIMIT, case_limit, default_limit};
pub use panics::caught;
pub use promise::{
    Promise, promises, promises_across_threads, promises_of_spawner,
    promises_of_spawner_across_threads,
};
pub use record::{JSON, JUNIT, json, junit as junit_xml};
pub use verdict::{Tally, Tried, Verdict};

use crate::harness::child::Wanted;
use crate::suite::{Runtime, Spawns};

/// A set of tests.
pub struct Harness {
    /// Or the one case that this process is to try.
    wanted: Option<Wanted>,
    arguments: Arguments,
    limit: Option<Duration>,
    trials: Vec<libtest_mimic::Trial>,
    titles: BTreeSet<String>,
    tried: Arc<Mutex<Vec<Tried>>>,
}

impl Harness {
    /// Creates an empty set of tests. The arguments of the process select the tests to run, as in any test binary.
    ///
    /// Call this first in `main`. Each case runs in its own process: this program starts itself again with the same arguments.
    /// Each such process also runs whatever `main` does before it adds the runtime of the case.
    ///
    /// An error in the arguments or in `ANYTEMPO_CASE_LIMIT` ends the process.
    pub fn from_args() -> Self {
        process::serves();
        let (wanted, arguments) = (Wanted::from_env(), Arguments::from_args());
        let limit = limit::case_limit().unwrap_or_else(|error| {
            eprintln!("{error}");
            exit(2)
        });
        let (trials, titles) = (Vec::new(), BTreeSet::new());
        Self { wanted, arguments, limit, trials, titles, tried: Arc::default() }
    }

    /// Limits each case that is added after this, unless `ANYTEMPO_CASE_LIMIT` says otherwise.
    ///
    /// Without it the [`default_limit`] counts, which depends on the clock. A case that takes longer is killed, and has failed.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit::case_limit().ok().flatten().or(Some(limit));
        self
    }

    /// Tries so many cases at the same time, unless the argument `--test-threads` says otherwise.
    ///
    /// On a real clock a case mostly waits, so more cases than processors take less time. A case that is late sees nothing wrong.
    #[must_use]
    pub fn at_once(mut self, cases: usize) -> Self {
        self.arguments.test_threads.get_or_insert(cases.max(1));
        self
    }

    /// Adds every case on one thread: `name::sleep::never_early` and so on.
    ///
    /// An allowed break is reported as ignored, with its reason. The test fails once the promise is kept.
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

    /// Adds the cases of closes that are handed to a spawner of the runtime: `name::spawn_on_drop::..` and `name::spawner::..`.
    #[must_use]
    pub fn spawner<R: Spawns + 'static>(self, name: &str, make: fn() -> R) -> Self {
        self.promises(name, promises_of_spawner(make))
    }

    /// As [`spawner`](Self::spawner), and those for which the spawner must be `Send`.
    #[must_use]
    pub fn spawner_across_threads<R>(self, name: &str, make: fn() -> R) -> Self
    where
        R: Spawns<Spawner: Send> + 'static,
    {
        self.promises(name, promises_of_spawner_across_threads(make))
    }

    /// As [`runtime`](Self::runtime), for cases that are made already. Two with one name end the process with an error.
    #[must_use]
    pub fn promises(mut self, name: &str, promises: Vec<Promise>) -> Self {
        if let Some(wanted) = &self.wanted {
            if let Some(promise) = promises.iter().find(|promise| wanted.is(name, promise)) {
                wanted.serve(promise);
            }
            return self;
        }
        let arguments = &self.arguments;
        // A tool that lists the tests, as nextest does, asks for those that are ignored. A run tells the reason itself.
        let lists = arguments.list || arguments.ignored || arguments.include_ignored;
        for mut promise in promises {
            promise.limit = self.limit.unwrap_or(promise.limit);
            let title = promise.title(name);
            // A process is told which case to try by its name, so the second one would never run.
            if !self.titles.insert(title.clone()) {
                eprintln!("two cases are called `{title}`; give each runtime a name of its own");
                exit(2);
            }
            let is_tried = promise.allowance.as_ref().is_none_or(|allowance| allowance.is_tried());
            let (runtime, tried, aloud) =
                (name.to_owned(), self.tried.clone(), arguments.nocapture);
            let trial = libtest_mimic::Trial::ignorable_test(title, move || {
                let (ended, said) = promise.tried_aloud(&runtime);
                if aloud || matches!(ended.verdict, Verdict::Broken(_)) {
                    eprint!("{}", String::from_utf8_lossy(&said));
                }
                let completion = completion(&ended.verdict);
                tried.lock().unwrap_or_else(PoisonError::into_inner).push(ended);
                completion
            });
            self.trials.push(trial.with_ignored_flag(lists && !is_tried));
        }
        self
    }

    /// Runs the tests.
    ///
    /// The last line counts the promises: "250 kept, 3 allowed, 0 broken". If `ANYTEMPO_JSON` or `ANYTEMPO_JUNIT` is the path of a file,
    /// the results are written there. A file that cannot be opened ends the process before anything is tried.
    pub fn run(self) -> ExitCode {
        if let Some(wanted) = &self.wanted {
            wanted.not_found();
        }
        if self.arguments.list {
            return libtest_mimic::run(&self.arguments, self.trials).exit_code();
        }
        let files = record::Files::open().unwrap_or_else(|error| {
            eprintln!("{error}");
            exit(2)
        });
        let started = record::started();
        let conclusion = libtest_mimic::run(&self.arguments, self.trials);
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        // They end in any order.
        tried.sort_by(|a, b| (&a.runtime, a.group, a.name).cmp(&(&b.runtime, b.group, b.name)));
        if self.arguments.format != Some(FormatSetting::Json) {
            println!("{}\n", Tally::of(tried.iter().map(|it| &it.verdict)));
        }
        let errors = files.write(&tried, started);
        for error in &errors {
            eprintln!("{error}");
        }
        if errors.is_empty() { conclusion.exit_code() } else { ExitCode::FAILURE }
    }
}

/// An error of the system in words. Its number says nothing more.
fn plain(error: &io::Error) -> String {
    error.to_string().split(" (os error").next().unwrap_or_default().to_owned()
}

fn completion(verdict: &Verdict) -> Result<Completion, Failed> {
    match (verdict, verdict.reason()) {
        (Verdict::Broken(_), reason) => Err(Failed::from(reason.unwrap_or_default())),
        (_, None) => Ok(Completion::Completed),
        // In the line of the test.
        (_, Some(reason)) => {
            let lines: Vec<_> = reason.lines().map(str::trim).collect();
            Ok(Completion::ignored_with(lines.join("; ")))
        }
    }
}

impl fmt::Debug for Harness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Harness").field("tests", &self.trials.len()).finish_non_exhaustive()
    }
}
