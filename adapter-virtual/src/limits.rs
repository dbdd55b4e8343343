use core::convert::Infallible;
use core::error::Error;
use core::fmt;
use core::time::Duration;
use std::time;

use crate::deadlock::write_list;
use crate::executor::Left;
use crate::{Deadlock, Instant, PendingWait, Seed, Task};

/// What a run may take. `None` is no limit.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Limits {
    pub(crate) time: Option<Duration>,
    pub(crate) polls: Option<u64>,
    pub(crate) real: Option<Duration>,
}

/// The methods that set the limits of each run.
macro_rules! limit_methods {
    ($of:ident) => {
        impl $of {
            /// Stops a run when the next deadline is later than this on its clock.
            pub fn time_limit(mut self, limit: Duration) -> $of {
                self.limits.time = Some(limit);
                self
            }

            /// Stops a run after this number of polls. It ends what yields forever and never lets the time move.
            pub fn poll_limit(mut self, limit: u64) -> $of {
                self.limits.polls = Some(limit);
                self
            }

            /// Stops a run after about this much of real time, between two polls or while it waits for another thread.
            ///
            /// It cannot end a poll that does not return. A run with such a limit may end differently on a slow machine.
            pub fn real_time_limit(mut self, limit: Duration) -> $of {
                self.limits.real = Some(limit);
                self
            }
        }
    };
}

pub(crate) use limit_methods;

/// Which limit of a [`Simulation`](crate::Simulation) was reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Limit {
    /// The next deadline is later than this virtual time.
    Time(Duration),
    /// The tasks were polled this many times.
    Polls(u64),
    /// The run took this much of real time.
    RealTime(Duration),
}

/// The error of a run that reached one of its limits. `Debug` writes the same text as `Display`.
#[derive(Clone)]
pub struct LimitReached {
    pub(crate) limit: Limit,
    pub(crate) at: Instant,
    pub(crate) left: Box<Left>,
    pub(crate) seed: Option<Seed>,
}

impl LimitReached {
    /// Which limit was reached.
    #[must_use]
    pub fn limit(&self) -> Limit {
        self.limit
    }

    /// The virtual time at which the run stopped.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// What was not over: the main future first, then the tasks in the order of spawning.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.left.tasks
    }

    /// The waits that were pending on the clock, by deadline.
    #[must_use]
    pub fn waits(&self) -> &[PendingWait] {
        &self.left.waits
    }

    /// The seed of the run, if it had one.
    #[must_use]
    pub fn seed(&self) -> Option<&Seed> {
        self.seed.as_ref()
    }
}

impl fmt::Display for LimitReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Limit::Time(limit) => {
                write!(f, "limit of {limit:?} of virtual time: nothing more is due before it")?
            }
            Limit::Polls(limit) => write!(f, "limit of {limit} polls, reached at {}", self.at)?,
            Limit::RealTime(limit) => {
                write!(f, "limit of {limit:?} of real time, reached at {} on the clock", self.at)?;
            }
        }
        let Left { tasks, waits, holds } = &*self.left;
        write_list(f, tasks, "", |f, task| write!(f, "{task}"))?;
        // Those of a task are told with it.
        let of_none: Vec<&PendingWait> = waits.iter().filter(|it| it.owner().is_none()).collect();
        write_list(f, &of_none, " of no task", |f, wait| write!(f, "{wait}"))?;
        write_list(f, holds, " of this kind", |f, location| {
            write!(f, "the clock stands still for a Hold that was taken at {location} and lives")
        })?;
        if !holds.is_empty() {
            f.write_str(
                "\nhint: drop a Hold when its work is done; a task that owns one must not wait for a deadline",
            )?;
        }
        self.seed.iter().try_for_each(|seed| write!(f, "\n{}", seed.replay()))
    }
}

impl fmt::Debug for LimitReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for LimitReached {}

/// Why a [`Simulation`](crate::Simulation) stopped before its end. `Debug` writes the same text as `Display`.
#[derive(Clone)]
pub enum Stopped {
    /// Everything waits, and nothing can happen any more.
    Deadlock(Deadlock),
    /// A limit was reached.
    Limit(LimitReached),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::Deadlock(deadlock) => deadlock.fmt(f),
            Stopped::Limit(limit) => limit.fmt(f),
        }
    }
}

impl fmt::Debug for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Stopped {}

/// Watches the limits of one run.
pub(crate) trait Watch {
    type Limit;

    /// The last virtual time.
    fn end(&self) -> Option<Instant>;

    /// How long a thread that waits for others may do so before it looks at the limits again.
    fn patience(&self) -> Option<Duration>;

    /// Counts a poll that is about to be.
    fn next_poll(&mut self) -> Result<(), Self::Limit>;

    /// Looks at the real time. Nothing is being polled.
    fn look(&self) -> Result<(), Self::Limit>;

    /// The next deadline is beyond the end.
    fn beyond_end(&self) -> Result<(), Self::Limit>;
}

/// No limits.
pub(crate) struct Unlimited;

impl Watch for Unlimited {
    type Limit = Infallible;

    fn end(&self) -> Option<Instant> {
        None
    }

    fn patience(&self) -> Option<Duration> {
        None
    }

    fn next_poll(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn look(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn beyond_end(&self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// How many polls come between two reads of the real clock, after as many that each have one.
const READ_EVERY: u64 = 256;

/// Limits, and what was used of them.
pub(crate) struct Meter {
    limits: Limits,
    /// With a limit on it, when the run began in real time.
    start: Option<time::Instant>,
    polls: u64,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Meter {
        Meter { limits, start: limits.real.map(|_| time::Instant::now()), polls: 0 }
    }

    fn elapsed(&self) -> Duration {
        self.start.map_or(Duration::ZERO, |start| start.elapsed())
    }
}

impl Watch for Meter {
    type Limit = Limit;

    fn end(&self) -> Option<Instant> {
        self.limits.time.map(Instant::at)
    }

    fn patience(&self) -> Option<Duration> {
        self.limits.real.map(|limit| limit.saturating_sub(self.elapsed()))
    }

    fn next_poll(&mut self) -> Result<(), Limit> {
        if let Some(limit) = self.limits.polls.filter(|&limit| limit <= self.polls) {
            return Err(Limit::Polls(limit));
        }
        self.polls += 1;
        if self.polls < READ_EVERY || self.polls % READ_EVERY == 0 { self.look() } else { Ok(()) }
    }

    fn look(&self) -> Result<(), Limit> {
        let reached = self.limits.real.filter(|&limit| limit <= self.elapsed());
        reached.map_or(Ok(()), |limit| Err(Limit::RealTime(limit)))
    }

    fn beyond_end(&self) -> Result<(), Limit> {
        self.limits.time.map_or(Ok(()), |limit| Err(Limit::Time(limit)))
    }
}
