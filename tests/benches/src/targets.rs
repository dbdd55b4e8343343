//! What may be spent. `./check.sh perf` fails when one of these is missed.
//!
//! A target is a comparison with another way in the same run, so that it holds with any compiler and on any processor.

/// What one way of a job may cost.
#[derive(Debug)]
pub struct Target {
    /// The job.
    pub job: &'static str,
    /// The way that is held to it.
    pub way: &'static str,
    /// The way of the same job that it is compared with.
    pub than: &'static str,
    /// How much it may cost by comparison.
    pub bound: Bound,
}

/// A limit, with what the noise of the figure needs already added.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// So many times what the other costs.
    Times(f64),
    /// So many instructions more than the other costs.
    Plus(f64),
}

impl Bound {
    /// The most that may be spent where the other way costs `other`.
    pub fn most(self, other: f64) -> f64 {
        match self {
            Self::Times(factor) => other * factor,
            // Not a whole number only because the start of a process is not quite the same each time.
            Self::Plus(instructions) => other + instructions + 0.1,
        }
    }
}

/// All targets.
pub const TARGETS: &[Target] = &[
    target("tick_noop", "countdown", "reset_loop", Bound::Plus(27.0)),
    target("tick_tokio", "countdown", "reset_loop", Bound::Times(1.01)),
    target("tick_tokio", "countdown_fixed", "reset_loop", Bound::Times(0.98)),
];

const fn target(job: &'static str, way: &'static str, than: &'static str, bound: Bound) -> Target {
    Target { job, way, than, bound }
}
