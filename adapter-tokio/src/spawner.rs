use core::future::Future;

use tokio::runtime::Handle;

/// Spawns what a scope could not close itself as a task on tokio, for
/// [`spawn_on_drop`](anytempo::Close#method.spawn_on_drop).
///
/// | made by | spawns on |
/// |---|---|
/// | `TokioSpawner::default()` | the runtime in which the scope is dropped |
/// | `TokioSpawner::from(handle)` | the runtime of the [`Handle`], wherever the scope is dropped |
///
/// More precisely: the runtime is looked for when the spawner is used, in the drop, and not when it is made. Where there is none, as
/// on a thread of one's own, or where it has shut down, the task is dropped, and what it would have closed is aborted, in that drop.
/// A handle does not keep the runtime running. Neither making a spawner nor using it ever panics.
///
/// A runtime that shuts down drops its tasks, also one that is in the midst of its close, which is then aborted. A current-thread
/// runtime runs its tasks only in its `block_on`, and the end of `main` is the end of the runtime: where a close has to come to
/// its end before that, await the scope, and not a drop.
///
/// # Examples
///
/// ```
/// use anytempo::{Close, Timer, close_on_exit, closing_async, scope::Lent};
/// use anytempo_tokio::{TokioSpawner, TokioTimer};
/// use core::{future::pending, time::Duration};
/// use tokio::{io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex}};
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() {
///     let (connection, mut peer) = duplex(64);
///     let goodbye = async |mut connection: Lent<'_, DuplexStream>| {
///         connection.write_all(b"goodbye").await?;
///         connection.shutdown().await
///     };
///     let connection = closing_async(connection, goodbye, drop)
///         .close_within(TokioTimer, Duration::from_secs(60))
///         .spawn_on_drop(TokioSpawner::default());
///     let scope = close_on_exit(connection, async |_| pending::<()>().await);
///
///     // The scope is cancelled, and the connection is closed in an orderly way, by a task.
///     TokioTimer.timeout(Duration::from_millis(10), scope).await.unwrap_err();
///     let mut heard = String::new();
///     peer.read_to_string(&mut heard).await.unwrap();
///     assert_eq!(heard, "goodbye");
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct TokioSpawner {
    // `None` is the runtime that is there.
    handle: Option<Handle>,
}

impl From<Handle> for TokioSpawner {
    fn from(handle: Handle) -> Self {
        Self { handle: Some(handle) }
    }
}

impl<F: Future<Output = ()> + Send + 'static> anytempo::Spawn<F> for TokioSpawner {
    fn spawn(&self, task: F) {
        // A runtime that has shut down drops the task by itself.
        match &self.handle {
            Some(handle) => drop(handle.spawn(task)),
            None => {
                if let Ok(handle) = Handle::try_current() {
                    handle.spawn(task);
                }
            }
        }
    }
}
