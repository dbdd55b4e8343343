use core::fmt;
use core::future::Future;
use core::panic::Location;
use std::sync::Arc;

use crate::body::Work;
use crate::queue::{Queue, Sent};
use crate::tasks::About;

/// Spawns `Send` tasks onto an [`Executor`](crate::Executor) from any thread. Made by
/// [`Executor::send_spawner`](crate::Executor::send_spawner).
///
/// It is `Send` and `Sync`, so a library can hold it as `Arc<dyn Spawn<Task> + Send + Sync>`. [`Spawner`](crate::Spawner) takes
/// tasks that are not `Send`, and gives a handle of each.
///
/// - The task joins the queue of the executor, as with [`Executor::spawn`](crate::Executor::spawn). It gets its number at its first
///   turn, or with a seed when the executor chooses next.
/// - It runs on the thread that drives the executor. A parked executor goes on.
/// - The task is detached. No handle can wait for it or abort it.
/// - It does not keep the executor alive. Once the executor is gone, what is spawned is dropped at once.
///
/// While other threads spawn, their tasks come in any order. Spawn from the tasks of the executor to have the same run each time.
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

    /// Spawns a task that is detached.
    #[track_caller]
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.send(None, Location::caller(), future);
    }

    /// As [`spawn`](Self::spawn), with a name for [`Deadlock`](crate::Deadlock) to tell. Names need not be unique.
    #[track_caller]
    pub fn spawn_named(
        &self,
        name: impl Into<String>,
        future: impl Future<Output = ()> + Send + 'static,
    ) {
        self.send(Some(name.into()), Location::caller(), future);
    }

    fn send(
        &self,
        name: Option<String>,
        location: &'static Location<'static>,
        future: impl Future<Output = ()> + Send + 'static,
    ) {
        let about = About { name, location, is_background: false };
        self.queue.send(Sent { about, body: Box::pin(Work::Running { future }) });
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
        self.spawn_named("close", task);
    }
}

impl fmt::Debug for SendSpawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendSpawner").finish_non_exhaustive()
    }
}
