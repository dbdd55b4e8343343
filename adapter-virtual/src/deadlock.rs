use core::error::Error;
use core::fmt;
use core::panic::Location;

use crate::Instant;

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
/// If a task waits for work outside the clock, such as another thread, take a [`Hold`](crate::Hold).
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
    at: Instant,
    waiting: Vec<Waiting>,
    unpolled: Vec<Instant>,
}

impl Deadlock {
    pub(crate) fn new(at: Instant, waiting: Vec<Waiting>, unpolled: Vec<Instant>) -> Deadlock {
        Deadlock { at, waiting, unpolled }
    }

    /// Returns the time at which the deadlock was found.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// Returns what waits: the main future first, if there is one, then the tasks in the order of spawning.
    #[must_use]
    pub fn waiting(&self) -> &[Waiting] {
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
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deadlock at {}: every task waits and no deadline is pending", self.at)?;
        write_list(f, &self.waiting, "", |f, waiting| write!(f, "{waiting}"))?;
        write_list(f, &self.unpolled, " of this kind", |f, deadline| {
            write!(
                f,
                "a sleep was reset to {deadline} and not polled since: nothing wakes it; \
                 poll it after the reset"
            )
        })
    }
}

/// Writes one line for each entry, up to a limit, and the number of the others.
fn write_list<T>(
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

/// One of the futures that wait in a [`Deadlock`]: the main future or a spawned task.
#[derive(Clone, Debug)]
pub struct Waiting {
    number: Option<u64>,
    name: Option<String>,
    location: &'static Location<'static>,
}

impl Waiting {
    pub(crate) fn main(location: &'static Location<'static>) -> Waiting {
        Waiting { number: None, name: None, location }
    }

    pub(crate) fn task(
        number: u64,
        name: Option<String>,
        location: &'static Location<'static>,
    ) -> Waiting {
        Waiting { number: Some(number), name, location }
    }

    /// The task's number in the order of spawning on its executor, from 1; `None` for the main future.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.number
    }

    /// The name that the task was spawned with.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Where the task was spawned, or the main future was handed over.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

/// Writes as in `task 1 "reader", spawned at src/reader.rs:7:5`.
impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.number, self.name()) {
            (None, _) => write!(f, "main future, blocked on at {}", self.location),
            (Some(number), None) => write!(f, "task {number}, spawned at {}", self.location),
            (Some(number), Some(name)) => {
                write!(f, "task {number} {name:?}, spawned at {}", self.location)
            }
        }
    }
}
