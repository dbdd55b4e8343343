//! Every case of the suite on every runtime of the host, each a test of its own: `tokio::sleep::never_early`.
//!
//! Boards have theirs in the matrix, at 1 MHz, and in `tests/boards`, at 32,768 Hz.

mod late;
mod paused;

use core::pin::Pin;
use std::process::ExitCode;

use anytempo_conformance::harness::Harness;
use anytempo_conformance::suite::Outcome;
use anytempo_matrix::runtimes::RUNTIMES;

use crate::late::Late;
use crate::paused::Paused;

/// A case in a box, so that what runs it is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = Outcome>>>;

fn main() -> ExitCode {
    // This runs once more in the process of each case, so it may not look for what a board needs: that takes a third of a second.
    RUNTIMES
        .iter()
        .filter(|runtime| !runtime.is_board())
        .fold(Harness::from_args(), |all, host| all.promises(host.name, host.promises()))
        .runtime_across_threads("tokio-paused", || Paused)
        .spawner_across_threads("tokio-paused", || Paused)
        .runtime("tokio-late", || Late)
        .spawner_across_threads("tokio-late", || Late)
        .run()
}
