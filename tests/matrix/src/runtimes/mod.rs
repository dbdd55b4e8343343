//! The runtimes that the programs and the cases run on: the one place that names them.
//!
//! A runtime is added as a row of [`RUNTIMES`], and as a file that starts it and hands its timer to [`programs::run`], with
//! a pool, and to a case; and a file in `by_hand`, which is what the benchmark holds the combinators against.
//!
//! [`programs::run`]: crate::programs::run

mod async_std;
pub mod boards;
mod by_hand;
mod compio;
mod embassy;
mod futures_timer;
#[cfg(unix)]
mod monoio;
#[cfg(not(unix))]
#[path = "no_monoio.rs"]
mod monoio;
mod smol;
mod threads;
mod tokio;
mod virtual_time;

use core::fmt;
use core::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use anytempo::{SendTimer, Timer};

pub(crate) use threads::room_for;

use crate::bench::{self, Job, Sample};
use crate::programs::host::Command;
use crate::programs::{Event, Sink};
use crate::runtimes::boards::{BOARDS, Board};
use anytempo_conformance::harness::{
    Promise, promises_across_threads, promises_of_spawner_across_threads,
};
use anytempo_conformance::suite::{self, Spawns};

/// Every runtime there is.
pub static RUNTIMES: [Runtime; 13] = [
    Runtime {
        name: "tokio",
        exact: false,
        most_tasks: None,
        threads: || 0,
        descriptors: 0,
        run: tokio::current_thread,
        measure: bench::measure::<by_hand::Tokio<false>>,
        promises: || with_spawner(|| tokio::Cases::<false>),
        board: None,
        lack: None,
    },
    Runtime {
        name: "tokio-multi",
        exact: false,
        most_tasks: None,
        threads: || tokio::WORKERS,
        descriptors: 0,
        run: tokio::multi_thread,
        measure: bench::measure::<by_hand::Tokio<true>>,
        promises: || with_spawner(|| tokio::Cases::<true>),
        board: None,
        lack: None,
    },
    Runtime {
        name: "async-std",
        exact: false,
        most_tasks: None,
        threads: async_std::threads,
        descriptors: 3,
        run: async_std::run,
        measure: bench::measure::<by_hand::AsyncStd>,
        promises: || with_spawner(|| async_std::AsyncStd),
        board: None,
        lack: None,
    },
    Runtime {
        name: "smol",
        exact: false,
        most_tasks: None,
        threads: || 1,
        descriptors: 3,
        run: smol::run,
        measure: bench::measure::<by_hand::Smol>,
        promises: || with_spawner(|| smol::Smol),
        board: None,
        lack: None,
    },
    // A task of embassy lies in a static of its own type, so that a close of any type cannot become one.
    Runtime {
        name: "embassy",
        exact: false,
        // Its queue has 128 places.
        most_tasks: Some(100),
        threads: || 1,
        descriptors: 0,
        run: embassy::run,
        measure: bench::measure::<by_hand::Embassy>,
        promises: || promises_across_threads(|| embassy::Embassy),
        board: None,
        lack: None,
    },
    // It is a timer, and has no tasks.
    Runtime {
        name: "futures-timer",
        exact: false,
        most_tasks: None,
        threads: || 1,
        descriptors: 0,
        run: futures_timer::run,
        measure: bench::measure::<by_hand::FuturesTimer>,
        promises: || promises_across_threads(|| futures_timer::Helper),
        board: None,
        lack: None,
    },
    Runtime {
        name: "compio",
        exact: false,
        most_tasks: None,
        threads: || 0,
        descriptors: 3,
        run: compio::run,
        measure: bench::measure::<by_hand::Compio>,
        promises: compio::promises,
        board: None,
        lack: None,
    },
    Runtime {
        name: "monoio",
        exact: false,
        most_tasks: None,
        threads: || 0,
        descriptors: 2,
        run: monoio::run,
        measure: monoio::measure,
        promises: monoio::promises,
        board: None,
        lack: monoio::LACK,
    },
    Runtime {
        name: "virtual",
        exact: true,
        most_tasks: None,
        threads: || 0,
        descriptors: 0,
        run: virtual_time::run,
        measure: bench::measure::<by_hand::Virtual>,
        promises: || with_spawner(|| virtual_time::Virtual),
        board: None,
        lack: None,
    },
    Runtime {
        name: BOARDS[0].name,
        exact: false,
        most_tasks: None,
        measure: boards::no_benchmark,
        threads: || 0,
        descriptors: 0,
        run: |command, sink| BOARDS[0].program(command, sink),
        promises: || BOARDS[0].promises(),
        board: Some(&BOARDS[0]),
        lack: None,
    },
    Runtime {
        name: BOARDS[1].name,
        exact: false,
        most_tasks: None,
        measure: boards::no_benchmark,
        threads: || 0,
        descriptors: 0,
        run: |command, sink| BOARDS[1].program(command, sink),
        promises: || BOARDS[1].promises(),
        board: Some(&BOARDS[1]),
        lack: None,
    },
    Runtime {
        name: BOARDS[2].name,
        exact: false,
        most_tasks: None,
        measure: boards::no_benchmark,
        threads: || 0,
        descriptors: 0,
        run: |command, sink| BOARDS[2].program(command, sink),
        promises: || BOARDS[2].promises(),
        board: Some(&BOARDS[2]),
        lack: None,
    },
    Runtime {
        name: BOARDS[3].name,
        exact: false,
        most_tasks: None,
        measure: boards::no_benchmark,
        threads: || 0,
        descriptors: 0,
        run: |command, sink| BOARDS[3].program(command, sink),
        promises: || BOARDS[3].promises(),
        board: Some(&BOARDS[3]),
        lack: None,
    },
];

/// Says in one sentence which of these runtimes cannot be run on this machine, why, and what to do; `None` if all can.
pub fn lacking<'a>(runtimes: impl IntoIterator<Item = &'a Runtime>) -> Option<String> {
    let (mut names, mut lacks): (Vec<&str>, Vec<&str>) = Default::default();
    for runtime in runtimes {
        let Some(lack) = runtime.lack() else { continue };
        names.push(runtime.name);
        if !lacks.contains(&lack) {
            lacks.push(lack);
        }
    }
    let (said, lacks) = (names.join(", "), lacks.join(" and "));
    let remedy = "`./check.sh --install firmware` installs what is missing";
    (!names.is_empty()).then(|| format!("not run on {said}, for lack of {lacks}; {remedy}"))
}

/// What is done with each runtime of the host on which time passes by itself.
pub trait Visit {
    /// Does it with `R`, which is called `name`.
    fn visit<R: suite::Runtime + Default + 'static>(&mut self, name: &'static str);
}

/// Shows those runtimes to a test that runs cases on timers of its own.
pub fn visit_real(visitor: &mut impl Visit) {
    visitor.visit::<tokio::Cases<false>>("tokio");
    visitor.visit::<tokio::Cases<true>>("tokio-multi");
    visitor.visit::<async_std::AsyncStd>("async-std");
    visitor.visit::<smol::Smol>("smol");
    visitor.visit::<embassy::Embassy>("embassy");
    visitor.visit::<futures_timer::Helper>("futures-timer");
    visitor.visit::<compio::Compio>("compio");
    #[cfg(unix)]
    visitor.visit::<monoio::Monoio>("monoio");
}

/// The same for runtimes whose waits may be sent to another thread.
pub trait VisitSend {
    /// Does it with `R`, which is called `name`.
    fn visit<R>(&mut self, name: &'static str)
    where
        R: suite::Runtime<Timer: SendTimer<Sleep: Sync>> + Default + 'static;
}

/// Shows one of each kind: one whose clock is exact, and one whose clock counts in ticks.
pub fn visit_kinds(visitor: &mut impl VisitSend) {
    visitor.visit::<tokio::Cases<false>>("tokio");
    visitor.visit::<embassy::Embassy>("embassy");
}

/// A case in a box, so that what runs it is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = suite::Outcome>>>;

/// Every case, for a runtime that has a spawner.
fn with_spawner<R>(make: fn() -> R) -> Vec<Promise>
where
    R: Spawns<Timer: Timer<Sleep: Send + 'static>, Spawner: Send> + 'static,
{
    // The unit tests look at names only. There each such runtime has the cases on the virtual clock, as it takes minutes to
    // compile all of them once more.
    #[cfg(test)]
    let (_, make) = (make, || virtual_time::Virtual);
    let mut promises = promises_across_threads(make);
    promises.extend(promises_of_spawner_across_threads(make));
    promises
}

/// A way to run programs and cases.
#[derive(Debug)]
pub struct Runtime {
    /// What `--on` calls it.
    pub name: &'static str,
    /// Whether time stands still while anything runs, so that everything happens at its very time.
    pub exact: bool,
    /// How many tasks of it may wait at once in this program, if that is few.
    pub most_tasks: Option<usize>,
    /// How many threads it starts by itself, without a word if it cannot.
    pub(crate) threads: fn() -> usize,
    /// How many descriptors it opens by itself, likewise: those of its reactor.
    pub(crate) descriptors: usize,
    pub(crate) run: fn(Command, SharedSink) -> Result<(), RunError>,
    pub(crate) promises: fn() -> Vec<Promise>,
    pub(crate) measure: fn(&Job) -> Result<Sample, RunError>,
    /// The board that it is, if it is no runtime of the host.
    pub(crate) board: Option<&'static Board>,
    /// What the system lacks to run it, if this program cannot have it there.
    pub(crate) lack: Option<&'static str>,
}

impl Runtime {
    /// Starts the runtime, runs a program on it to its end, and ends the runtime.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be started, or the program does not come to an end. What was reported until then stays so.
    pub fn run(&self, command: Command, sink: SharedSink) -> Result<(), RunError> {
        self.has_room()?;
        (self.run)(command, sink)
    }

    /// Does one job of the [benchmark](crate::bench) in this process, which should not have done anything before.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be started, or does not do it to its end; and on a board, where there is no benchmark.
    pub fn measure(&self, job: &Job) -> Result<Sample, RunError> {
        self.has_room()?;
        (self.measure)(job)
    }

    /// Whether there is room for what it needs of the system, and would not say it lacks.
    fn has_room(&self) -> Result<(), RunError> {
        threads::room_to_open(self.descriptors)?;
        threads::room_for((self.threads)())
    }

    /// Whether it is a board, and no runtime of the host.
    pub fn is_board(&self) -> bool {
        self.board.is_some()
    }

    /// What this machine lacks to run it, in words; `None` if it can be run.
    pub fn lack(&self) -> Option<&str> {
        self.lack.or(self.board.and_then(Board::lack))
    }

    /// Gets ready what takes a while: for a board, builds what runs on it.
    pub fn prepare(&self) {
        if let Some(board) = self.board {
            board.prepare();
        }
    }

    /// Whether a panic can be caught there.
    pub fn unwinds(&self) -> bool {
        self.board.is_none()
    }

    /// Every case of the [suite], to be tried on this runtime.
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

    fn tick(&mut self, t_us: u128) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).tick(t_us);
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
pub struct RunError {
    reason: String,
    is_refusal: bool,
}

impl RunError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_refusal: false }
    }

    fn refusal(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_refusal: true }
    }

    /// Whether the command makes no sense there, so that it did not even begin.
    pub fn is_refusal(&self) -> bool {
        self.is_refusal
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl core::error::Error for RunError {}
