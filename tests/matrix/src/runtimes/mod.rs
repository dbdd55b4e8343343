//! The runtimes that the programs and the cases run on: the one place that names them.
//!
//! A runtime is added as a row of [`RUNTIMES`], in `table.rs`, and as a file that starts it and hands its timer to [`programs::run`], with
//! a pool, and to a case; and a file in `by_hand`, which is what the benchmark holds the combinators against.
//!
//! [`programs::run`]: crate::programs::run

mod async_std;
pub mod boards;
mod by_hand;
mod compio;
mod embassy;
mod error;
mod futures_timer;
#[cfg(unix)]
mod monoio;
#[cfg(not(unix))]
#[path = "no_monoio.rs"]
mod monoio;
mod sink;
mod smol;
mod table;
mod threads;
mod tokio;
mod virtual_time;
mod visit;

use core::pin::Pin;

pub use error::RunError;
pub use sink::SharedSink;
pub use table::RUNTIMES;
pub(crate) use threads::room_for;
pub use visit::{Visit, VisitSend, visit_kinds, visit_real};

use crate::bench::{Job, Sample};
use crate::programs::host::Command;
use crate::runtimes::boards::Board;
use anytempo_conformance::harness::Promise;
use anytempo_conformance::suite;

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
    /// How many bytes a sleep takes on this host; `None` if it is no runtime of this host.
    pub sleep_bytes: Option<usize>,
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

/// A case in a box, so that what runs it is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = suite::Outcome>>>;
