use core::fmt;
use core::panic::Location;
use core::time::Duration;

use anytempo::{Instant, Timer};

/// The unit in which cases wait: long for a processor, short for a person.
pub const STEP: Duration = Duration::from_millis(4);

/// What a case needs of a runtime.
pub trait Runtime {
    /// The timer to be held to its promises.
    type Timer: Timer;

    /// How its clock moves.
    const CLOCK: Clock;

    /// Runs one case to its end, on a runtime that nothing else uses.
    fn run<F>(&self, case: F) -> Outcome
    where
        F: AsyncFnOnce(Subject<Self::Timer>) -> Outcome;
}

/// How a clock moves, and so what can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// By itself. Any two lines of a case may lie any time apart, so only lower bounds and order can be asked for.
    Real,
    /// While everything waits, but from tick to tick: time stands still as long as anything runs.
    Steady,
    /// While everything waits, and to the very deadline: each wait takes its time and not more.
    Exact,
}

/// One promise, and how to see whether a runtime keeps it.
#[derive(Debug)]
pub struct Case<R> {
    /// What it is about: the name of a file.
    pub group: &'static str,
    /// The promise, in few words.
    pub name: &'static str,
    /// Runs it.
    pub run: fn(&R) -> Outcome,
}

/// How a case ended.
pub type Outcome = Result<(), Failure>;

/// A promise that was not kept.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    what: &'static str,
    place: &'static Location<'static>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not so: {} ({}:{})", self.what, self.place.file(), self.place.line())
    }
}

impl core::error::Error for Failure {}

/// Fails the case unless `so`; `what` says what should be.
#[track_caller]
pub fn check(so: bool, what: &'static str) -> Outcome {
    if so { Ok(()) } else { Err(Failure { what, place: Location::caller() }) }
}

/// The timer under test.
#[derive(Clone, Debug)]
pub struct Subject<T> {
    /// The timer.
    pub timer: T,
    /// See [`Runtime::CLOCK`].
    pub clock: Clock,
}

impl<T: Timer> Subject<T> {
    /// Notes the time.
    pub fn mark(&self) -> Mark<'_, T> {
        Mark { subject: self, start: self.timer.now() }
    }

    /// Whether time stands still as long as anything runs.
    pub fn is_steady(&self) -> bool {
        self.clock >= Clock::Steady
    }

    /// A wait to be given up: short where the case sees what would come of it, and otherwise so long that it cannot end
    /// before it is given up.
    pub fn to_be_given_up(&self) -> Duration {
        if self.is_steady() { STEP } else { Duration::from_secs(3600) }
    }

    /// Lets `steps` [`STEP`]s pass, and whatever is due in them happen.
    pub async fn pass(&self, steps: u32) {
        self.timer.sleep(STEP * steps).await;
    }
}

/// A time to count from.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a, T: Timer> {
    subject: &'a Subject<T>,
    /// The time that was noted.
    pub start: T::Instant,
}

impl<T: Timer> Mark<'_, T> {
    /// Checks that `passed` has passed since: no less anywhere, and no more where the clock is exact.
    #[track_caller]
    pub fn passed(&self, passed: Duration) -> Outcome {
        let now = self.subject.timer.now();
        let since = T::Instant::to_duration(now.saturating_since(self.start));
        check(since >= passed, "no wait is early")?;
        let exact = self.subject.clock == Clock::Exact;
        check(!exact || since == passed, "no wait is late on an exact clock")
    }

    /// Whether `steps` [`STEP`]s have passed since, so that nothing can be told any more about what was to happen before.
    pub fn is_late(&self, steps: u32) -> bool {
        !self.subject.is_steady() && Some(self.subject.timer.now()) >= self.plus(steps)
    }

    /// The instant `steps` [`STEP`]s later.
    pub fn plus(&self, steps: u32) -> Option<T::Instant> {
        self.start.checked_add(T::Instant::delta_ceil(STEP * steps))
    }
}
