use core::fmt;
use core::future::Future;
use core::panic::Location;
use std::rc::Rc;

use crate::tasks::{About, Tasks};
use crate::{JoinHandle, PendingWait, SendSpawner, Settled, Task};

/// Spawns tasks onto an [`Executor`](crate::Executor), also from inside of its tasks. Made by
/// [`Executor::spawner`](crate::Executor::spawner).
///
/// It does not keep the executor alive. Once the executor is gone, what is spawned is dropped at once, and its handle
/// gives [`Aborted`](crate::Aborted).
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::time::Duration;
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// let spawner = executor.spawner();
/// executor.spawn({
///     let clock = clock.clone();
///     async move {
///         for second in 1..=3 {
///             spawner.spawn(clock.sleep(Duration::from_secs(second)));
///         }
///     }
/// });
/// executor.run().unwrap();
/// assert_eq!(clock.elapsed(), Duration::from_secs(3));
/// ```
#[derive(Clone)]
pub struct Spawner {
    tasks: Rc<Tasks>,
}

impl Spawner {
    pub(crate) fn new(tasks: &Rc<Tasks>) -> Spawner {
        Spawner { tasks: Rc::clone(tasks) }
    }

    /// As [`Executor::spawn`](crate::Executor::spawn).
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.add(None, Location::caller(), false, future)
    }

    /// As [`Executor::spawn_named`](crate::Executor::spawn_named).
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.add(Some(name.into()), Location::caller(), false, future)
    }

    /// As [`Executor::spawn_background`](crate::Executor::spawn_background).
    #[track_caller]
    pub fn spawn_background<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.add(Some(name.into()), Location::caller(), true, future)
    }

    /// As [`Executor::settled`](crate::Executor::settled).
    pub fn settled(&self) -> Settled {
        Settled::new(&self.tasks)
    }

    /// A handle that spawns `Send` tasks on the same executor, from any thread.
    #[must_use]
    pub fn send_spawner(&self) -> SendSpawner {
        SendSpawner::new(self.tasks.queue())
    }

    /// The tasks, without the main future.
    pub(crate) fn tasks(&self) -> Vec<Task> {
        self.tasks.list().into_iter().filter(|task| task.number.is_some()).collect()
    }

    pub(crate) fn waits(&self) -> Vec<PendingWait> {
        self.tasks.waits()
    }

    fn add<F>(
        &self,
        name: Option<String>,
        location: &'static Location<'static>,
        is_background: bool,
        future: F,
    ) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        Tasks::spawn(&self.tasks, About { name, location, is_background }, future)
    }
}

/// For [`Close::spawn_on_drop`](anytempo::Close#method.spawn_on_drop): a close that a scope could not await becomes a task, which a
/// [`Deadlock`](crate::Deadlock) calls "close". Once the executor is gone the task is dropped, and so what it would have closed is
/// aborted; so it is if the executor goes while the close is under way.
impl<F: Future<Output = ()> + 'static> anytempo::Spawn<F> for Spawner {
    fn spawn(&self, task: F) {
        // A handle that is dropped detaches its task.
        drop(self.spawn_named("close", task));
    }
}

impl fmt::Debug for Spawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spawner").finish_non_exhaustive()
    }
}
