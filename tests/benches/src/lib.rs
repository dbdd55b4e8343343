//! What anytempo costs beside its peers: the ways to do each job, how they are counted, and what they may cost.
//!
//! `README.md` explains the figures. `./check.sh perf` measures them and holds them to their targets.

pub mod floor;
pub mod targets;
pub mod way;

mod close;
mod combinators;
mod erased;
mod generate;
mod items;
mod pending;
mod range;
pub mod report;
mod reset;
mod simulation;
mod tick;
mod timeout;

/// All jobs, in the order of the table.
pub const JOBS: &[&way::Job] = &[
    &tick::noop::JOB,
    &tick::tokio::JOB,
    &tick::async_io::JOB,
    &tick::embassy::JOB,
    &pending::JOB,
    &reset::TOKIO,
    &reset::ASYNC_IO,
    &items::WAITING_TOKIO,
    &items::READY_TOKIO,
    &items::WAITING_ASYNC_IO,
    &items::READY_ASYNC_IO,
    &items::DEBOUNCE,
    &items::THROTTLE_ASYNC_IO,
    &items::THROTTLE_TOKIO,
    &items::CHUNKS,
    &range::JOB,
    &generate::JOB,
    &generate::TIGHT,
    &timeout::TOKIO_READY,
    &timeout::TOKIO_YIELD,
    &timeout::ASYNC_IO_READY,
    &timeout::ASYNC_IO_YIELD,
    &timeout::EMBASSY_READY,
    &timeout::EMBASSY_YIELD,
    &timeout::EMBASSY_READY_RUNTIME,
    &timeout::EMBASSY_YIELD_RUNTIME,
    &timeout::EMBASSY_READY_LOCKED,
    &timeout::EMBASSY_YIELD_LOCKED,
    &close::READY,
    &close::YIELD,
    &combinators::JOB,
    &erased::WAIT_TOKIO,
    &erased::TICK_TOKIO,
    &erased::TICK_EMBASSY,
    &erased::TICK_NOOP,
    &erased::LIMIT_TOKIO,
    &simulation::SLEEP,
    &simulation::YIELDS,
    &simulation::COUNTDOWN,
];
