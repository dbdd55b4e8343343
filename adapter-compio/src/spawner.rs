use core::future::Future;

use compio_runtime::Runtime;

/// Spawns what a scope could not close itself as a task on compio, for
/// [`spawn_on_drop`](anytempo::Close#method.spawn_on_drop). It is a unit struct.
///
/// - The task runs on the runtime of the thread on which the scope is dropped, and is detached.
/// - Outside a runtime the task is dropped, and what it would have closed is aborted, in that drop. Neither making a spawner nor
///   using it panics.
/// - A runtime runs its tasks only in its `block_on`. A runtime that is dropped drops its tasks, also one that is closing, which
///   is then aborted. A close that must finish before that belongs in an awaited scope.
///
/// # Examples
///
/// ```
/// use anytempo::{Close, Timer, close_on_exit, closing_async, scope::Lent};
/// use anytempo_compio::{CompioSpawner, CompioTimer};
/// use compio_runtime::Runtime;
/// use core::{cell::Cell, future::pending, time::Duration};
/// use std::rc::Rc;
///
/// Runtime::new().unwrap().block_on(async {
///     let is_closed = Rc::new(Cell::new(false));
///     let goodbye = async |door: Lent<'_, Rc<Cell<bool>>>| {
///         CompioTimer.sleep(Duration::from_millis(1)).await;
///         door.set(true);
///         Ok::<_, ()>(())
///     };
///     let door = closing_async(is_closed.clone(), goodbye, drop)
///         .close_within(CompioTimer, Duration::from_secs(60))
///         .spawn_on_drop(CompioSpawner);
///     let scope = close_on_exit(door, async |_| pending::<()>().await);
///
///     // The scope is cancelled, and the door is closed in an orderly way, by a task.
///     CompioTimer.timeout(Duration::from_millis(10), scope).await.unwrap_err();
///     while !is_closed.get() {
///         CompioTimer.sleep(Duration::from_millis(1)).await;
///     }
/// });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CompioSpawner;

impl<F: Future<Output = ()> + 'static> anytempo::Spawn<F> for CompioSpawner {
    fn spawn(&self, task: F) {
        if let Some(runtime) = Runtime::try_current() {
            runtime.spawn(task).detach();
        }
    }
}
