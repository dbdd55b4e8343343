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

    /// What it waits for on clocks, by deadline. A waiting task of which this is empty waits for something else, such as a channel.
    ///
    /// A wait belongs to the task that polled it last.
    #[must_use]
    pub fn awaits(&self) -> &[Awaited] {
        &self.awaits
    }
}

/// Writes as in `task 1 "reader", spawned at src/reader.rs:7:5, waits for 1.5s`.
impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.number, self.name()) {
            (None, _) => write!(f, "main future, blocked on at {}", self.location)?,
            (Some(number), None) => write!(f, "task {number}, spawned at {}", self.location)?,
            (Some(number), Some(name)) => {
                write!(f, "task {number} {name:?}, spawned at {}", self.location)?;
            }
        }
        if self.is_background {
            f.write_str(" in the background")?;
        }
        match self.state {
            TaskState::Ready => return f.write_str(", is ready"),
            TaskState::Running => return f.write_str(", runs"),
            TaskState::Waiting => {}
        }
        for (at, awaited) in self.awaits.iter().enumerate() {
            f.write_str(if at == 0 { ", waits for " } else { " and " })?;
            match awaited {
                Awaited::Deadline(deadline) => write!(f, "{deadline}")?,
                Awaited::UnpolledReset(deadline) => write!(f, "an unpolled reset to {deadline}")?,
                Awaited::OtherClock => f.write_str("another clock")?,
            }
        }
        Ok(())
    }
}
