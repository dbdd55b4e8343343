//! The row of monoio where it does not build: it is named as left out.

use crate::bench::{Job, Sample};
use crate::programs::host::Command;
use crate::runtimes::{RunError, SharedSink};
use anytempo_conformance::harness::Promise;

/// What this system lacks to run it.
pub(super) const LACK: Option<&str> = Some("a Unix system, which monoio needs");

pub(super) const SLEEP_BYTES: Option<usize> = None;

pub(super) fn run(_: Command, _: SharedSink) -> Result<(), RunError> {
    Err(RunError::new("monoio needs a Unix system"))
}

pub(super) fn measure(_: &Job) -> Result<Sample, RunError> {
    Err(RunError::new("monoio needs a Unix system"))
}

pub(super) fn promises() -> Vec<Promise> {
    Vec::new()
}
