//! The runtimes that the programs and the cases run on: the one place that names them.
//!
//! A runtime is added as a row of [`RUNTIMES`], and as a file that starts it and hands its timer to [`programs::run`], with
//! a pool, and to a case; and a file in `by_hand`, which is what the benchmark holds the combinators against.
//!
//! [`programs::run`]: crate::programs::run

mod async_std;
mod by_hand;
mod embassy;
mod futures_timer;
mod smol;
mod threads;
mod tokio;
mod virtual_time;

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::bench::{self, Job, Sample};
use crate::harness::{Promise, promises_across_threads};
use crate::programs::{Command, Event, Sink};

/// Every runtime there is.
pub static RUNTIMES: [Runtime; 7] = [
    Runtime {
        name: "tokio",
        exact: false,
        most_tasks: None,
        run: tokio::current_thread,
        measure: bench::measure::<by_hand::Tokio<false>>,
        promises: || promises_across_threads(|| tokio::Cases::<false>),
    },
    Runtime {
        name: "tokio-multi",
        exact: false,
        most_tasks: None,
        run: tokio::multi_thread,
        measure: bench::measure::<by_hand::Tokio<true>>,
        promises: || promises_across_threads(|| tokio::Cases::<true>),
    },
    Runtime {
        name: "async-std",
        exact: false,
        most_tasks: None,
        run: async_std::run,
        measure: bench::measure::<by_hand::AsyncStd>,
        promises: || promises_across_threads(|| async_std::AsyncStd),
    },
    Runtime {
        name: "smol",
        exact: false,
        most_tasks: None,
        run: smol::run,
        measure: bench::measure::<by_hand::Smol>,
        promises: || promises_across_threads(|| smol::Smol),
    },
    Runtime {
        name: "embassy",
        exact: false,
        // Its queue has 128 places.
        most_tasks: Some(100),
        run: embassy::run,
        measure: bench::measure::<by_hand::Embassy>,
        promises: || promises_across_threads(|| embassy::Embassy),
    },
    Runtime {
        name: "futures-timer",
        exact: false,
        most_tasks: None,
        run: futures_timer::run,
        measure: bench::measure::<by_hand::FuturesTimer>,
        promises: || promises_across_threads(|| futures_timer::Helper),
    },
    Runtime {
        name: "virtual",
        exact: true,
        most_tasks: None,
        run: virtual_time::run,
        measure: bench::measure::<by_hand::Virtual>,
        promises: || promises_across_threads(|| virtual_time::Virtual),
    },
];

/// A way to run programs and cases.
#[derive(Debug)]
pub struct Runtime {
    /// What `--on` calls it.
    pub name: &'static str,
    /// Whether time stands still while anything runs, so that everything happens at its very time.
    pub exact: bool,
    /// How many tasks of it may wait at once in this program, if that is few.
    pub most_tasks: Option<usize>,
    pub(crate) run: fn(Command, SharedSink) -> Result<(), RunError>,
    pub(crate) promises: fn() -> Vec<Promise>,
    pub(crate) measure: fn(&Job) -> Result<Sample, RunError>,
}

impl Runtime {
    /// Starts the runtime, runs a program on it to its end, and ends the runtime.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be started, or the program does not come to an end. What was reported until then stays so.
    pub fn run(&self, command: Command, sink: SharedSink) -> Result<(), RunError> {
        (self.run)(command, sink)
    }

    /// Does one job of the [benchmark](crate::bench) in this process, which should not have done anything before.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be started, or does not do it to its end.
    pub fn measure(&self, job: &Job) -> Result<Sample, RunError> {
        (self.measure)(job)
    }

    /// Every case of the [suite](crate::suite), to be tried on this runtime.
    pub fn promises(&self) -> Vec<Promise> {
        (self.promises)()
    }
}

/// A sink for a program that runs on any thread.
#[derive(Clone)]
pub struct SharedSink(Arc<Mutex<dyn Sink + Send>>);

impl SharedSink {
    /// Shares `sink`.
    pub fn new(sink: impl Sink + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(sink)))
    }
}

impl Sink for SharedSink {
    fn event(&mut self, t_us: u128, event: Event<&str>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).event(t_us, event);
    }

    fn pause(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pause();
    }
}

impl fmt::Debug for SharedSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSink").finish_non_exhaustive()
    }
}

/// Why a program did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError(String);

impl RunError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for RunError {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::RUNTIMES;

    #[test]
    fn every_case_has_a_name_of_its_own() {
        for runtime in &RUNTIMES {
            let promises = runtime.promises();
            let names: BTreeSet<_> = promises.iter().map(|it| (it.group, it.name)).collect();
            assert_eq!(names.len(), promises.len(), "{}", runtime.name);
        }
    }
}
