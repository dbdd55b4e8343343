use core::fmt;
use core::future::Future;
use core::panic::Location;
use std::sync::Arc;

use crate::SendJoinHandle;
use crate::body::Work;
use crate::queue::{Queue, Sent};
use crate::send_join::sending;
use crate::tasks::About;

/// Spawns `Send` tasks onto an [`Executor`](crate::Executor) from any thread. Made by
/// [`Executor::send_spawner`](crate::Executor::send_spawner).
///
/// It is `Send` and `Sync`, so a library can hold it as `Arc<dyn Spawn<Task> + Send + Sync>`. [`Spawner`](crate::Spawner) takes
/// tasks that are not `Send`.
///
/// - The task joins the queue of the executor, as with [`Executor::spawn`](crate::Executor::spawn).
/// - It gets its number from the executor: at its first turn, and with a seed when the executor next chooses what has its turn.
///   So a task that was spawned on the executor after it may have a lower number.
/// - It runs on the thread that drives the executor. A parked executor goes on.
/// - Its handle is a [`SendJoinHandle`], with which any thread can wait for the output or abort the task. Dropping the handle
///   detaches the task.
/// - It does not keep the executor alive. Once the executor is gone, what is spawned is dropped at once, and its handle gives
///   [`Aborted`](crate::Aborted).
///
/// # Under a seed
///
/// What the tasks of the executor spawn is numbered in the order of the calls, so the same seed gives the same numbers and the same
/// run. What other threads spawn comes in any order, and with it the numbers, the choices and the run.
///
/// # Examples
///
/// ```
/// use anytempo::{Spawn, Timer};
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::{pin::Pin, time::Duration};
/// use std::sync::Arc;
///
/// type Task = Pin<Box<dyn Future<Output = ()> + Send>>;
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// let spawner: Arc<dyn Spawn<Task> + Send + Sync> = Arc::new(executor.send_spawner());
/// let sleep = clock.sleep(Duration::from_secs(3));
/// std::thread::spawn(move || spawner.spawn(Box::pin(sleep))).join().unwrap();
///
/// executor.run().unwrap();
/// assert_eq!(clock.elapsed(), Duration::from_secs(3));
/// ```
pub struct SendSpawner {
    queue: Arc<Queue>,
}

impl SendSpawner {
    pub(crate) fn new(queue: &Arc<Queue>) -> SendSpawner {
        queue.add_spawner();
        SendSpawner { queue: Arc::clone(queue) }
    }

    /// Spawns a task. A handle that is dropped detaches it.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> SendJoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.send(None, Location::caller(), future)
    }

    /// As [`spawn`](Self::spawn), with a name for [`Deadlock`](crate::Deadlock) to tell. Names need not be unique.
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<String>, future: F) -> SendJoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.send(Some(name.into()), Location::caller(), future)
    }

    fn send<F>(
        &self,
        name: Option<String>,
        location: &'static Location<'static>,
        future: F,
    ) -> SendJoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let about = About { name, location, is_background: false };
        let (future, handle) = sending(future);
        self.queue.send(Sent { about, body: Box::pin(Work::Running { future }) });
        handle
    }
}

impl Clone for SendSpawner {
    fn clone(&self) -> SendSpawner {
        SendSpawner::new(&self.queue)
    }
}

impl Drop for SendSpawner {
    fn drop(&mut self) {
        self.queue.remove_spawner();
    }
}

/// For [`Close::spawn_on_drop`](anytempo::Close#method.spawn_on_drop), as with [`Spawner`](crate::Spawner): the task is called
/// "close".
impl<F: Future<Output = ()> + Send + 'static> anytempo::Spawn<F> for SendSpawner {
    fn spawn(&self, task: F) {
        drop(self.spawn_named("close", task));
    }
}

impl fmt::Debug for SendSpawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendSpawner").finish_non_exhaustive()
    }
}
