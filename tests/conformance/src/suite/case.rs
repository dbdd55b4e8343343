use core::fmt;
use core::future::Future;
use core::time::Duration;

use anytempo::{Deadline, Instant, Timer};

use crate::suite::Probe;
use crate::suite::failure::{Failure, Outcome, Seen};

/// The unit in which cases wait: long for a processor, short for a person.
pub const STEP: Duration = Duration::from_millis(4);

/// Runs one case on a runtime. To test an adapter, implement this trait.
pub trait Runtime {
    /// The timer under test.
    type Timer: Timer + 'static;

    /// How its clock moves.
    const CLOCK: Clock;

    /// Whether cases may run at the same time in one process, each on a runtime of its own.
    ///
    /// It makes no difference where each case has a process.
    const PARALLEL: bool = true;

    /// The promises that this runtime cannot keep, whatever its adapter does, each with the reason.
    const ALLOWANCES: &'static [Allowance] = &[];

    /// Runs one case to its end: starts the runtime, gives `case` a subject with its timer and [`CLOCK`](Self::CLOCK), and
    /// polls the future that it returns.
    ///
    /// Call `case` before you enter the runtime, because some cases create their waits in that call.
    fn run<F>(&self, case: impl FnOnce(Subject<Self::Timer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static;
}

/// A promise that a runtime cannot keep.
///
/// A report lists it with its reason, and counts it neither as kept nor as broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    case: &'static str,
    why: &'static str,
    is_tried: bool,
}

/// How a clock moves, which decides what the suite can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// Time passes by itself, so the suite checks only lower bounds and order.
    Real,
    /// A virtual clock that moves only while every task waits. It counts in ticks, so a wait may end after its deadline.
    Steady,
    /// A virtual clock that moves only while every task waits, exactly to the next deadline. Every wait takes exactly its time.
    Exact,
}

/// A part of the suite, as not every board has room for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Timers, and what waits.
    Waits,
    /// Time operators.
    Operators,
    /// Scopes and generators, whose cases are larger.
    Bodies,
}

/// One promise, and how to see whether a runtime keeps it.
pub struct Case<R> {
    /// What it is about: the name of a file.
    pub group: &'static str,
    /// The promise, in few words.
    pub name: &'static str,
    /// The part of the suite that it is in.
    pub part: Part,
    /// Whether it needs a host: threads, a heap, or a panic that can be caught.
    pub needs_host: bool,
    /// Runs it.
    pub run: fn(&R) -> Outcome,
}

impl Allowance {
    /// The case is tried, and has to fail.
    ///
    /// - `case` is the name of the case, such as `cancel::dropped_wait_wakes_nobody`.
    /// - `why` says why the runtime cannot keep the promise, and what follows for a user.
    ///
    /// The test fails if the promise is kept, so no allowance outlives its reason.
    pub const fn expected_to_fail(case: &'static str, why: &'static str) -> Self {
        Self { case, why, is_tried: true }
    }

    /// The case is not tried, with the same arguments as [`expected_to_fail`](Self::expected_to_fail).
    ///
    /// It is for cases that would harm the machine, or take too long to fail. A case that aborts or hangs can be tried: it
    /// has a process of its own.
    pub const fn not_tried(case: &'static str, why: &'static str) -> Self {
        Self { case, why, is_tried: false }
    }

    /// The name of the case.
    pub const fn case(&self) -> &'static str {
        self.case
    }

    /// Why the promise cannot be kept.
    pub const fn why(&self) -> &'static str {
        self.why
    }

    /// Whether the case is tried all the same.
    pub const fn is_tried(&self) -> bool {
        self.is_tried
    }

    /// Whether it is for this case.
    pub fn is_for(&self, group: &str, name: &str) -> bool {
        self.case.split_once("::") == Some((group, name))
    }
}

impl<R> Clone for Case<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Case<R> {}

impl<R> fmt::Debug for Case<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({}::{})", self.group, self.name)
    }
}

impl<R: Runtime> Case<R> {
    /// Why this runtime need not keep the promise, if so.
    pub fn allowance(&self) -> Option<&'static Allowance> {
        R::ALLOWANCES.iter().find(|allowance| allowance.is_for(self.group, self.name))
    }
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

    /// Waits until `deadline`, and for what is due until then to have happened.
    ///
    /// On a real clock that is more than to wait: where the deadline is past already, a wait for it ends before the
    /// runtime has had a turn. A wait that begins now ends after all that was due before.
    pub async fn reach(&self, deadline: Deadline<T>) {
        self.timer.sleep_until(deadline).await;
        if !self.is_steady() {
            self.pass(1).await;
        }
    }

    /// How often a task was woken, when it is to have been woken so often, the last time for what is there already: in its
    /// poll, or, where a timer looks at the clock itself, by the runtime's alarm, which then comes before that of any later wait.
    pub async fn wakes_at_once(&self, probe: &Probe, expected: usize) -> usize {
        if T::PROMPT && probe.wakes() < expected {
            self.pass(1).await;
        }
        probe.wakes()
    }

    /// Fails the case unless the clock has reached `deadline`.
    #[track_caller]
    pub fn has_reached(&self, deadline: Deadline<T>) -> Outcome {
        match self.timer.remaining(deadline) {
            Duration::ZERO => Ok(()),
            left => Err(Failure::new("no wait is early").seen(Seen::Before(left))),
        }
    }

    /// Lets `steps` [`STEP`]s pass, and whatever is due in them happen.
    pub async fn pass(&self, steps: u32) {
        self.timer.sleep(STEP * steps).await;
    }
}

/// The deadline that is never reached.
pub(crate) fn never<T: Timer>() -> Deadline<T> {
    Deadline::<T>::from(None::<T::Instant>)
}

/// `delta` after `instant`, or `None` where the clock cannot express it.
pub(crate) fn later<I: Instant>(instant: I, delta: I::Delta) -> Option<I> {
    instant.checked_add(delta).into()
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
        if since < passed {
            return Err(Failure::new("no wait is early").seen(Seen::Early(since, passed - since)));
        }
        if self.subject.clock == Clock::Exact && since > passed {
            let what = "no wait is late on an exact clock";
            return Err(Failure::new(what).seen(Seen::Late(since, since - passed)));
        }
        Ok(())
    }

    /// Fails the case unless `so`; `seen` says what is there otherwise. The failure tells when that was.
    #[track_caller]
    pub fn sees(&self, so: bool, what: &'static str, seen: &'static str) -> Outcome {
        if so {
            Ok(())
        } else {
            Err(Failure::new(what).seen(Seen::After(seen, self.passed_by_now())))
        }
    }

    /// Fails the case if something does not wait, unless it is too late to tell: `steps` [`STEP`]s may have passed.
    #[track_caller]
    pub fn waits(&self, so: bool, steps: u32, what: &'static str) -> Outcome {
        if so || self.is_late(steps) {
            return Ok(());
        }
        let (after, due) = (self.passed_by_now(), STEP * steps);
        let seen = match due.checked_sub(after) {
            Some(early) => Seen::Early(after, early),
            None => Seen::After("over", after),
        };
        Err(Failure::new(what).seen(seen))
    }

    fn passed_by_now(&self) -> Duration {
        self.subject.timer.elapsed(self.start)
    }

    /// Whether `steps` [`STEP`]s have passed since, so that nothing can be told any more about what was to happen before.
    pub fn is_late(&self, steps: u32) -> bool {
        !self.subject.is_steady() && self.subject.timer.remaining(self.plus(steps)).is_zero()
    }

    /// The instant `steps` [`STEP`]s later.
    pub fn plus(&self, steps: u32) -> Deadline<T> {
        self.start.checked_add(T::Instant::delta_ceil(STEP * steps))
    }
}
