use core::error::Error;
use core::fmt;
use core::time::Duration;

use super::panics::Panic;
use crate::schedule::{Deviation, Kind};
use crate::{Seed, Stopped, Trace};

/// How a run failed.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    Panic(Panic),
    Stopped(Stopped),
    /// A further run with the same seed was another one.
    Differs,
}

impl Cause {
    /// Whether this looks like the same failure.
    pub(crate) fn is_like(&self, other: &Cause) -> bool {
        match (self, other) {
            (Cause::Panic(one), Cause::Panic(other)) => one.location == other.location,
            (Cause::Stopped(Stopped::Deadlock(_)), Cause::Stopped(Stopped::Deadlock(_)))
            | (Cause::Stopped(Stopped::Limit(_)), Cause::Stopped(Stopped::Limit(_))) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Panic(panic) => panic.fmt(f),
            Cause::Stopped(stopped) => stopped.fmt(f),
            Cause::Differs => f.write_str("its two runs differ"),
        }
    }
}

/// A body that fails under some schedule, found by [`explore`](crate::explore) or an [`Exploration`](crate::Exploration). `Debug` writes the same
/// text as `Display`.
#[derive(Clone)]
pub struct Failure(Box<Report>);

#[derive(Clone)]
pub(crate) struct Report {
    pub(crate) seed: Seed,
    pub(crate) cause: Cause,
    pub(crate) runs: u64,
    pub(crate) elapsed: Duration,
    pub(crate) found: Found,
}

/// What is known beyond the seed.
#[derive(Clone)]
pub(crate) enum Found {
    /// The fewest choices that were found to fail, and how many choices there were.
    Shrunk {
        seed: Seed,
        cause: Cause,
        choices: Vec<String>,
        of: u64,
        tries: u64,
        /// The time for it was over before the search was.
        is_cut: bool,
    },
    /// The same seed did not fail in the same way again.
    Unsteady,
    /// It took too much real time to be run again and again.
    Slow,
    /// Two runs with one seed parted at this step.
    Parted { step: usize, one: String, other: String },
}

impl Failure {
    pub(crate) fn new(report: Report) -> Failure {
        Failure(Box::new(report))
    }

    /// The first seed that failed.
    #[must_use]
    pub fn seed(&self) -> &Seed {
        &self.0.seed
    }

    /// The seed of the fewest choices that still fail, where the run repeats.
    #[must_use]
    pub fn shrunk(&self) -> Option<&Seed> {
        match &self.0.found {
            Found::Shrunk { seed, .. } => Some(seed),
            _ => None,
        }
    }

    /// The choices of [`shrunk`](Failure::shrunk), a line each: when, who had its turn, and before whom.
    #[must_use]
    pub fn choices(&self) -> &[String] {
        match &self.0.found {
            Found::Shrunk { choices, .. } => choices,
            _ => &[],
        }
    }

    /// How many runs there were up to the one that failed.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.0.runs
    }

    /// How long they took, in real time.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { seed, cause, runs, elapsed, found } = &*self.0;
        let rate = *runs as f64 / elapsed.as_secs_f64().max(1e-9);
        writeln!(f, "seed {seed} fails, after {runs} runs at {rate:.0} a second")?;
        match found {
            Found::Shrunk { seed: shrunk, cause, choices, of, tries, is_cut } => {
                writeln!(f, "{cause}")?;
                let are = match choices.len() {
                    0 => "It fails so where all is first-come too, with the random numbers of this seed.".into(),
                    1 => format!(
                        "It fails so if 1 of {of} choices is not first-come ({tries} more runs say so):"
                    ),
                    some => format!(
                        "It fails so if {some} of {of} choices are not first-come ({tries} more runs say so):"
                    ),
                };
                writeln!(f, "{are}")?;
                choices.iter().try_for_each(|choice| writeln!(f, "- {choice}"))?;
                if *is_cut {
                    writeln!(f, "Fewer may do: the time limit of the search ended it.")?;
                }
                writeln!(f, "to run these choices again: ANYTEMPO_SEED={shrunk}")?;
                return write!(f, "to run the seed that was found again: ANYTEMPO_SEED={seed}");
            }
            Found::Slow => {
                writeln!(f, "{cause}\nIt is not shrunk, as each further run would take as long.")?
            }
            Found::Unsteady => writeln!(
                f,
                "{cause}\nThe same choices do not fail again: the body depends on more than its seed, such as a real clock, \
                 another thread, or the order of a hash map."
            )?,
            Found::Parted { step, one, other } => writeln!(
                f,
                "{cause}\nTwo runs with this seed part at step {step} of their traces.\n- the first: {one}\n- the second: {other}\nThe body depends \
                 on more than its seed, such as a real clock, another thread, or the order of a hash map."
            )?,
        }
        write!(f, "{}", seed.replay())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Failure {}

/// Says what was chosen.
pub(crate) fn describe(deviation: &Deviation, trace: &Trace) -> String {
    let name = |owner| trace.whole_name(owner);
    let (chosen, first) = (name(deviation.chosen), name(deviation.first));
    let (at, of) = (deviation.at, deviation.of);
    match deviation.kind {
        Kind::Turn => {
            format!("at {at}, of {of} that are ready, {chosen} has its turn before {first}")
        }
        Kind::Body => {
            let (what, way) = deviation.what.clone().unwrap_or_default();
            format!("at {at}, {what} {way}")
        }
        Kind::Firing => {
            format!(
                "at {at}, of {of} timers that are due, that of {chosen} fires before that of {first}"
            )
        }
    }
}
