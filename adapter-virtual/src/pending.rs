use core::fmt;
use std::sync::Arc;

use crate::{Instant, Task};

/// A wait that is pending on the clock of an executor. Listed by [`Executor::waits`](crate::Executor::waits),
/// [`Sim::waits`](crate::Sim::waits) and [`LimitReached::waits`](crate::LimitReached::waits).
#[derive(Clone, Debug)]
pub struct PendingWait {
    pub(crate) deadline: Instant,
    pub(crate) is_armed: bool,
    pub(crate) owner: Option<Arc<Task>>,
}

impl PendingWait {
    /// When it is due.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether the clock wakes it at its deadline. If not, it was reset and not polled since.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.is_armed
    }

    /// The task that polled it last, or the main future.
    ///
    /// `None` if it was polled outside of the executor, such as by another thread, or if that task is over.
    #[must_use]
    pub fn owner(&self) -> Option<&Task> {
        self.owner.as_deref()
    }
}

/// Writes as in `a wait for 1.5s, of task 1 "reader", spawned at src/reader.rs:7:5`.
impl fmt::Display for PendingWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a wait for {}", self.deadline)?;
        if !self.is_armed {
            f.write_str(", reset and not polled since")?;
        }
        match self.owner() {
            Some(task) => write!(f, ", of {}", task.who()),
            None => f.write_str(", of no task"),
        }
    }
}
