//! Every case of the suite on every runtime, each a test of its own: `tokio::sleep::never_early`.
//!
//! Boards that this machine cannot emulate are said, and are an error if `ANYTEMPO_ALL_BOARDS` is set.

mod late;
mod paused;

use std::env;
use std::process::ExitCode;

use anytempo_conformance::harness::Harness;
use anytempo_matrix::runtimes::{RUNTIMES, lacking};

use crate::late::Late;
use crate::paused::Paused;

fn main() -> ExitCode {
    // First of all, as an error in the arguments ends the process.
    let harness = Harness::from_args();
    if let Some(sentence) = lacking(&RUNTIMES) {
        eprintln!("{sentence}");
        if env::var_os("ANYTEMPO_ALL_BOARDS").is_some() {
            return ExitCode::FAILURE;
        }
    }
    RUNTIMES
        .iter()
        .filter(|runtime| runtime.lack().is_none())
        .fold(harness, |all, runtime| all.promises(runtime.name, runtime.promises()))
        .runtime_across_threads("tokio-paused", || Paused)
        .spawner_across_threads("tokio-paused", || Paused)
        .runtime("tokio-late", || Late)
        .spawner_across_threads("tokio-late", || Late)
        .run()
}
