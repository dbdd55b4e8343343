//! The six programs. Each is written once, over any timer, and says what happens in [`Event`]s.
//!
//! They need neither a standard library nor a heap, so that a board runs the very same. What a host has and a board has
//! not, threads that count files, is in [`host`].

mod close;
mod countdown;
mod event;
mod generate;
#[cfg(feature = "program")]
pub mod host;
mod lines;
mod operators;
mod range;
mod report;
mod stall;
mod unwind;

pub use close::{Body, LIMIT, close};
pub use countdown::{Rate, countdown};
pub use event::{Event, Outcome};
pub use generate::generate;
pub use lines::{Files, lines};
pub use operators::{ADDED, Operation, Operator, operators};
pub use range::range;
pub use report::{Report, Sink};
pub use stall::stall;

use core::future::{Future, poll_fn};
use core::num::NonZero;
use core::pin::pin;
use core::time::Duration;

use anytempo::Timer;

/// A program and its arguments. `F` is how files are named, or the [`Files`] themselves; `S` is a kind of string.
#[derive(Clone, Debug)]
pub enum Command<F, S> {
    /// [`countdown`]
    Countdown {
        /// The first item.
        count: u32,
        /// The time between two items.
        delay: Duration,
        /// What the delay counts from.
        rate: Rate,
    },
    /// [`range`]
    Range {
        /// The first item.
        start: i64,
        /// The first number that is no item any more.
        end: i64,
        /// From one item to the next; below zero it counts down.
        step: NonZero<i64>,
        /// The time between two items.
        delay: Duration,
    },
    /// [`generate`]
    Generate {
        /// The first item.
        start: i64,
        /// The first number that is no item any more.
        end: i64,
        /// The time between two items.
        delay: Duration,
    },
    /// [`stall`]
    Stall {
        /// The time before the body.
        delay: Duration,
    },
    /// [`close`]
    Close {
        /// How the scope is left.
        body: Body,
    },
    /// [`operators`]
    Operators(Operation<S>),
    /// [`lines`]
    Lines {
        /// The files to count.
        files: F,
    },
}

impl<F, S> Command<F, S> {
    /// The same with another kind of files.
    pub fn map<G>(self, files: impl FnOnce(F) -> G) -> Command<G, S> {
        match self {
            Command::Countdown { count, delay, rate } => Command::Countdown { count, delay, rate },
            Command::Range { start, end, step, delay } => {
                Command::Range { start, end, step, delay }
            }
            Command::Generate { start, end, delay } => Command::Generate { start, end, delay },
            Command::Stall { delay } => Command::Stall { delay },
            Command::Close { body } => Command::Close { body },
            Command::Operators(operation) => Command::Operators(operation),
            Command::Lines { files: them } => Command::Lines { files: files(them) },
        }
    }
}

/// Runs the program that `command` names. Every runtime runs this future, with a timer and files of its own.
pub async fn run<T, F, S>(timer: T, command: Command<F, impl AsRef<str>>, sink: S)
where
    T: Timer,
    F: Files,
    S: Sink + Clone,
{
    let report = Report::start(&timer, sink.clone());
    let program = async {
        match command {
            Command::Countdown { count, delay, rate } => {
                countdown(timer, report, count, delay, rate).await;
            }
            Command::Range { start, end, step, delay } => {
                range(timer, report, start, end, step, delay).await;
            }
            Command::Generate { start, end, delay } => {
                generate(timer, report, start, end, delay).await;
            }
            Command::Stall { delay } => stall(timer, report, delay).await,
            Command::Close { body } => close(timer, report, body).await,
            Command::Operators(operation) => operators(timer, report, operation).await,
            Command::Lines { files } => lines(timer, report, files).await,
        }
    };
    pausing(program, sink).await;
}

/// Tells `sink` whenever `program` is about to wait, or lets others run. Events can then be written in large pieces while
/// there is no wait between them, and are still never kept back.
async fn pausing<S: Sink>(program: impl Future<Output = ()>, mut sink: S) {
    let mut program = pin!(program);
    poll_fn(|cx| {
        let poll = program.as_mut().poll(cx);
        sink.pause();
        poll
    })
    .await;
}
