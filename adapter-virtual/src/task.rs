use core::fmt;
use core::panic::Location;

use crate::Instant;

/// What an executor knows of one of its futures: a spawned task, or the main future.
///
/// Listed by [`Executor::tasks`](crate::Executor::tasks), and by the errors of a run that stopped.
#[derive(Clone, Debug)]
pub struct Task {
    pub(crate) number: Option<u64>,
    pub(crate) name: Option<String>,
    pub(crate) location: &'static Location<'static>,
    pub(crate) is_background: bool,
    pub(crate) state: TaskState,
    pub(crate) awaits: Vec<Awaited>,
    pub(crate) is_held: bool,
}

/// What a [`Task`] does now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TaskState {
    /// It was woken, or is new, and has its turn soon.
    Ready,
    /// It is being polled.
    Running,
    /// It waits to be woken.
    Waiting,
}

/// What a [`Task`] waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Awaited {
    /// This deadline, on the clock of the executor.
    Deadline(Instant),
    /// Nothing that comes: a sleep was reset to this deadline and not polled since.
    UnpolledReset(Instant),
    /// A clock that its executor does not move.
    OtherClock,
    /// The end of the task with this number, through its [`JoinHandle`](crate::JoinHandle).
    Task(u64),
}

impl Task {
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

    /// Whether it was spawned [in the background](crate::Spawner::spawn_background).
    #[must_use]
    pub fn is_background(&self) -> bool {
        self.is_background
    }

    /// What it does now.
    #[must_use]
    pub fn state(&self) -> TaskState {
        self.state
    }

    /// What it waits for: deadlines in their order, other clocks, and the ends of tasks.
    ///
    /// A waiting task of which this is empty waits for something else, such as a channel. A wait belongs to the task that polled it
    /// last.
    #[must_use]
    pub fn awaits(&self) -> &[Awaited] {
        &self.awaits
    }

    /// Whether anything holds its waker: a clock, another task, a channel, or another thread.
    ///
    /// A waiting task whose waker nothing holds is never polled again. Its future returned `Pending` and kept no waker, or what
    /// kept it is gone.
    #[must_use]
    pub fn is_waker_held(&self) -> bool {
        self.is_held
    }

    /// As in `task 1 "reader", spawned at src/reader.rs:7:5`.
    pub(crate) fn who(&self) -> impl fmt::Display {
        struct Who<'a>(&'a Task);
        impl fmt::Display for Who<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let location = self.0.location;
                match (self.0.number, self.0.name()) {
                    (None, _) => write!(f, "main future, blocked on at {location}"),
                    (Some(number), None) => write!(f, "task {number}, spawned at {location}"),
                    (Some(number), Some(name)) => {
                        write!(f, "task {number} {name:?}, spawned at {location}")
                    }
                }
            }
        }
        Who(self)
    }

    pub(crate) fn has_deadline(&self) -> bool {
        self.awaits.iter().any(|it| matches!(it, Awaited::Deadline(_)))
    }

    /// It waits for something that this crate does not know.
    pub(crate) fn awaits_unknown(&self) -> bool {
        self.state == TaskState::Waiting && self.awaits.is_empty()
    }
}

/// Writes as in `task 1 "reader", spawned at src/reader.rs:7:5, waits for 1.5s`.
impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.who())?;
        if self.is_background {
            f.write_str(" in the background")?;
        }
        match self.state {
            TaskState::Ready => return f.write_str(", is ready"),
            TaskState::Running => return f.write_str(", runs"),
            TaskState::Waiting => {}
        }
        if self.awaits.is_empty() {
            f.write_str(if self.is_held {
                ", waits"
            } else {
                ", waits, and nothing holds its waker"
            })?;
        }
        for (at, awaited) in self.awaits.iter().enumerate() {
            f.write_str(if at == 0 { ", waits for " } else { " and " })?;
            match awaited {
                Awaited::Deadline(deadline) => write!(f, "{deadline}")?,
                Awaited::UnpolledReset(deadline) => write!(f, "an unpolled reset to {deadline}")?,
                Awaited::OtherClock => f.write_str("another clock")?,
                Awaited::Task(number) => write!(f, "task {number}")?,
            }
        }
        Ok(())
    }
}
