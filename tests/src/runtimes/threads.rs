use core::num::NonZero;
use std::thread::available_parallelism;

/// How many threads keep the machine busy.
pub(super) fn parallelism() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}
