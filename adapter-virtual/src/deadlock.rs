use core::error::Error;
use core::fmt;

use crate::{Awaited, Instant, Seed, Task};

/// How many entries of a list are written. The rest is counted.
const SHOWN: usize = 20;

/// The error of a run in which every task waits and no deadline can wake one.
///
/// It contains the time, what waits, and where each waiting task was spawned. It also lists the sleeps that were reset and
/// not polled since, because such a sleep wakes nobody: see [`unpolled_resets`](Deadlock::unpolled_resets). `Debug` writes
/// the same text as `Display`, so `.unwrap()` in a test reads well:
///
/// ```
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::future::pending;
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// executor.spawn_named("reader", pending::<()>());
///
/// let deadlock = executor.block_on(pending::<()>()).unwrap_err();
/// let said = deadlock.to_string();
/// assert!(said.starts_with("deadlock at 0ns: every task waits and no deadline is pending"));
/// assert!(said.contains("\n- main future, blocked on at "));
/// assert!(said.contains("\n- task 1 \"reader\", spawned at "));
/// ```
///
/// No [`Hold`](crate::Hold) of the clock lives then, as that makes the executor wait. If a task waits for work outside the clock, such
/// as another thread, take one. One that is never dropped shows in [`LimitReached`](crate::LimitReached), with the place where it
/// was taken, if the run has a limit on real time.
///
/// Each task says what it waits for, and [whether anything holds its waker](Task::is_waker_held). A task that waits for another
/// thread can be told from others only so far: the thread holds its waker, as a channel or another task may.
///
/// # A reset without a poll
///
/// An idle limit that one part of a task resets, and that only another part polls, never wakes that task:
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::{future::{Future, poll_fn}, pin::pin, time::Duration};
///
/// let clock = VirtualClock::new();
/// let mut idle = pin!(clock.sleep(Duration::from_secs(10)));
/// let write = poll_fn(|cx| {
///     let poll = idle.as_mut().poll(cx);
///     idle.as_mut().reset_until(clock.after(Duration::from_secs(15)));
///     // Missing here: a poll of `idle`.
///     poll
/// });
///
/// let deadlock = Executor::new(&clock).block_on(write).unwrap_err();
/// let cause = "a sleep was reset to 15s and not polled since: nothing wakes it; poll it after the reset";
/// assert!(deadlock.to_string().contains(cause));
/// ```
#[derive(Clone)]
pub struct Deadlock {
    pub(crate) at: Instant,
    pub(crate) waiting: Vec<Task>,
    pub(crate) unpolled: Vec<Instant>,
    /// A `SendSpawner` lives.
    pub(crate) has_spawner: bool,
    pub(crate) seed: Option<Seed>,
}

impl Deadlock {
    /// Returns the time at which the deadlock was found.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// Returns what waits: the main future first, if there is one, then the tasks in the order of spawning.
    #[must_use]
    pub fn waiting(&self) -> &[Task] {
        &self.waiting
    }

    /// Returns the deadlines of sleeps that were reset after a pending poll and not polled since, sorted.
    ///
    /// Such a sleep never wakes its task, so it may be the cause of the deadlock: see
    /// [`VirtualClock::unpolled_resets`](crate::VirtualClock::unpolled_resets).
    #[must_use]
    pub fn unpolled_resets(&self) -> &[Instant] {
        &self.unpolled
    }

    /// The seed of the run, if it had one.
    #[must_use]
    pub fn seed(&self) -> Option<&Seed> {
        self.seed.as_ref()
    }

    /// What would help, for each cause that shows.
    fn hints(&self) -> impl Iterator<Item = &'static str> {
        let any = |is_it: fn(&Task) -> bool| self.waiting.iter().any(is_it);
        [
            any(|task| task.awaits.contains(&Awaited::OtherClock)).then_some(
                "an executor moves only its own clock: use one clock for all tasks, or advance the other one yourself",
            ),
            any(|task| task.is_background && task.has_deadline()).then_some(
                "deadlines of tasks in the background do not count: spawn a task that others wait for in the foreground",
            ),
            any(|task| task.awaits_unknown() && task.is_held).then_some(
                "something holds the waker of a task: if that is another thread, take a Hold on the clock before its work begins",
            ),
            any(|task| task.awaits_unknown() && !task.is_held).then_some(
                "a task whose waker nothing holds is never woken: a future that is pending must keep the waker",
            ),
            self.has_spawner.then_some(
                "a SendSpawner lives: if another thread is to spawn a task with it, take a Hold on the clock before",
            ),
        ]
        .into_iter()
        .flatten()
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deadlock at {}: every task waits and no deadline is pending", self.at)?;
        write_list(f, &self.waiting, "", |f, task| write!(f, "{task}"))?;
        write_list(f, &self.unpolled, " of this kind", |f, deadline| {
            write!(
                f,
                "a sleep was reset to {deadline} and not polled since: nothing wakes it; \
                 poll it after the reset"
            )
        })?;
        self.hints().try_for_each(|hint| write!(f, "\nhint: {hint}"))?;
        self.seed.iter().try_for_each(|seed| write!(f, "\n{}", seed.replay()))
    }
}

/// Writes one line for each entry, up to a limit, and the number of the others.
pub(crate) fn write_list<T>(
    f: &mut fmt::Formatter<'_>,
    list: &[T],
    kind: &str,
    write_entry: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for entry in list.iter().take(SHOWN) {
        f.write_str("\n- ")?;
        write_entry(f, entry)?;
    }
    match list.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => write!(f, "\n- and {more} more{kind}"),
    }
}

impl fmt::Debug for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Deadlock {}
