use core::future::Future;

/// Spawns what a scope could not close itself as a task on async-std, for
/// [`spawn_on_drop`](anytempo::Close#method.spawn_on_drop). It is a unit struct: async-std has one runtime for the whole
/// process.
///
/// The task is detached, and runs whichever thread the scope is dropped on. The runtime starts by itself, and it is never gone: at
/// the end of the process the tasks are neither run on nor dropped, so that a close that has not come to its end by then is not
/// aborted either. Where it has to, await the scope, and not a drop.
///
/// # Examples
///
/// ```
/// use anytempo::{Close, Timer, close_on_exit, closing_async, scope::Lent};
/// use anytempo_async_std::{AsyncStdSpawner, AsyncStdTimer};
/// use async_std::channel::{Sender, unbounded};
/// use core::{future::pending, time::Duration};
///
/// async_std::task::block_on(async {
///     let (connection, peer) = unbounded();
///     let goodbye = async |connection: Lent<'_, Sender<_>>| connection.send("goodbye").await;
///     let connection = closing_async(connection, goodbye, drop)
///         .close_within(AsyncStdTimer, Duration::from_secs(60))
///         .spawn_on_drop(AsyncStdSpawner);
///     let scope = close_on_exit(connection, async |_| pending::<()>().await);
///
///     // The scope is cancelled, and the connection is closed in an orderly way, by a task.
///     AsyncStdTimer.timeout(Duration::from_millis(10), scope).await.unwrap_err();
///     assert_eq!(peer.recv().await, Ok("goodbye"));
///     assert!(peer.recv().await.is_err());
/// });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AsyncStdSpawner;

impl<F: Future<Output = ()> + Send + 'static> anytempo::Spawn<F> for AsyncStdSpawner {
    fn spawn(&self, task: F) {
        // A handle that is dropped detaches its task.
        drop(async_std::task::spawn(task));
    }
}
