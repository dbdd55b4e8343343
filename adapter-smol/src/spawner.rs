use core::future::Future;
use std::sync::{Arc, Weak};

use smol::Executor;

/// Spawns what a scope could not close itself as a task on smol, for
/// [`spawn_on_drop`](anytempo::Close#method.spawn_on_drop).
///
/// | made by | spawns on |
/// |---|---|
/// | `SmolSpawner::default()` | smol's global executor, as [`smol::spawn`] does |
/// | `SmolSpawner::from(&executor)` | an executor of one's own, in an `Arc` |
///
/// The task is detached, and runs whichever thread the scope is dropped on.
///
/// The global executor starts by itself, and it is never gone: at the end of the process its tasks are neither run on nor dropped, so
/// that a close that has not come to its end by then is not aborted either. Where it has to, await the scope, and not a drop.
///
/// An executor of one's own is not kept alive. Once it is gone, or about to go, the task is dropped, and what it would have closed is
/// aborted, in the drop of the scope. An executor that is dropped drops its tasks, also one that is in the midst of its close, which
/// is then aborted; one that is not run runs no task.
///
/// For what lives elsewhere there is [`spawn_fn`](anytempo::scope::spawn_fn): `spawn_fn(|task| EXECUTOR.spawn(task).detach())` does
/// for a static one, and also for a `LocalExecutor`, whose tasks need not be `Send`.
///
/// # Examples
///
/// ```
/// use anytempo::{Close, Timer, close_on_exit, closing_async, scope::Lent};
/// use anytempo_smol::{SmolSpawner, SmolTimer};
/// use core::{future::pending, time::Duration};
/// use smol::{Executor, channel::{Sender, unbounded}};
/// use std::sync::Arc;
///
/// let executor = Arc::new(Executor::new());
/// smol::block_on(executor.run(async {
///     let (connection, peer) = unbounded();
///     let goodbye = async |connection: Lent<'_, Sender<_>>| connection.send("goodbye").await;
///     let connection = closing_async(connection, goodbye, drop)
///         .close_within(SmolTimer, Duration::from_secs(60))
///         .spawn_on_drop(SmolSpawner::from(&executor));
///     let scope = close_on_exit(connection, async |_| pending::<()>().await);
///
///     // The scope is cancelled, and the connection is closed in an orderly way, by a task.
///     SmolTimer.timeout(Duration::from_millis(10), scope).await.unwrap_err();
///     assert_eq!(peer.recv().await, Ok("goodbye"));
///     assert!(peer.recv().await.is_err());
/// }));
/// ```
#[derive(Clone, Debug, Default)]
pub struct SmolSpawner {
    // `None` is the global executor.
    executor: Option<Weak<Executor<'static>>>,
}

impl From<&Arc<Executor<'static>>> for SmolSpawner {
    fn from(executor: &Arc<Executor<'static>>) -> Self {
        Self { executor: Some(Arc::downgrade(executor)) }
    }
}

impl<F: Future<Output = ()> + Send + 'static> anytempo::Spawn<F> for SmolSpawner {
    fn spawn(&self, task: F) {
        match &self.executor {
            Some(executor) => {
                if let Some(executor) = executor.upgrade() {
                    executor.spawn(task).detach();
                }
            }
            None => smol::spawn(task).detach(),
        }
    }
}
