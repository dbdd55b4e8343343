//! Every case of the suite on every runtime, each a test of its own: `tokio::sleep::never_early`.

mod late;
mod paused;

use std::process::ExitCode;

use anytempo_matrix::harness::Harness;
use anytempo_matrix::runtimes::RUNTIMES;

use crate::late::Late;
use crate::paused::Paused;

fn main() -> ExitCode {
    RUNTIMES
        .iter()
        .fold(Harness::from_args(), |all, runtime| all.promises(runtime.name, runtime.promises()))
        .runtime_across_threads("tokio-paused", || Paused)
        .spawner("tokio-paused", || Paused)
        .runtime("tokio-late", || Late)
        .spawner("tokio-late", || Late)
        .run()
}
