use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Waker;
use std::rc::{Rc, Weak};

/// Spawns what a scope could not close itself as a task on monoio, for
/// [`spawn_on_drop`](anytempo::Close#method.spawn_on_drop).
///
/// [`with_spawner`] makes it. monoio does not tell whether it runs on a thread, and a spawn outside of it panics, so the spawner
/// hands each task to that future, which spawns it in its next poll.
///
/// - Once that future is over, or dropped, the spawner drops a task, and what it would have closed is aborted, in that drop. No
///   use of a spawner panics.
/// - monoio never drops a task that waits while its runtime ends. A close that waits then neither goes on nor is aborted. A close
///   that must finish before that belongs in an awaited scope.
///
/// # Examples
///
/// ```
/// use anytempo::{Close, Timer, close_on_exit, closing_async, scope::Lent};
/// use anytempo_monoio::{MonoioTimer, with_spawner};
/// use core::{cell::Cell, future::pending, time::Duration};
/// use monoio::{LegacyDriver, RuntimeBuilder};
/// use std::rc::Rc;
///
/// let mut runtime = RuntimeBuilder::<LegacyDriver>::new().enable_timer().build().unwrap();
/// runtime.block_on(with_spawner(async |spawner| {
///     let is_closed = Rc::new(Cell::new(false));
///     let goodbye = async |door: Lent<'_, Rc<Cell<bool>>>| {
///         MonoioTimer.sleep(Duration::from_millis(1)).await;
///         door.set(true);
///         Ok::<_, ()>(())
///     };
///     let door = closing_async(is_closed.clone(), goodbye, drop)
///         .close_within(MonoioTimer, Duration::from_secs(60))
///         .spawn_on_drop(spawner);
///     let scope = close_on_exit(door, async |_| pending::<()>().await);
///
///     // The scope is cancelled, and the door is closed in an orderly way, by a task.
///     MonoioTimer.timeout(Duration::from_millis(10), scope).await.unwrap_err();
///     while !is_closed.get() {
///         MonoioTimer.sleep(Duration::from_millis(1)).await;
///     }
/// }));
/// ```
#[derive(Clone, Debug)]
pub struct MonoioSpawner {
    queue: Weak<Queue>,
}

/// What is to be spawned, and who spawns it.
#[derive(Default)]
struct Queue {
    tasks: RefCell<Vec<Task>>,
    waker: RefCell<Option<Waker>>,
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Runs `body` with a [`MonoioSpawner`], inside a runtime of monoio.
///
/// What was handed to the spawner by the time that `body` ends is spawned. The spawner is over when this future is over or dropped.
pub fn with_spawner<F: Future>(
    body: impl FnOnce(MonoioSpawner) -> F,
) -> impl Future<Output = F::Output> {
    let queue = Rc::new(Queue::default());
    let body = body(MonoioSpawner { queue: Rc::downgrade(&queue) });
    async move {
        let mut body = pin!(body);
        poll_fn(|cx| {
            let polled = body.as_mut().poll(cx);
            queue.waker.replace(Some(cx.waker().clone()));
            for task in queue.tasks.take() {
                monoio::spawn(kept(task));
            }
            polled
        })
        .await
    }
}

/// monoio drops a waiting task as soon as no waker of it is left, also in the midst of a close. This one holds its own.
async fn kept(mut task: Task) {
    let mut waker = None;
    poll_fn(|cx| {
        waker.get_or_insert_with(|| cx.waker().clone());
        task.as_mut().poll(cx)
    })
    .await;
}

impl<F: Future<Output = ()> + 'static> anytempo::Spawn<F> for MonoioSpawner {
    fn spawn(&self, task: F) {
        if let Some(queue) = self.queue.upgrade() {
            queue.tasks.borrow_mut().push(Box::pin(task));
            if let Some(waker) = queue.waker.take() {
                waker.wake();
            }
        }
    }
}

impl core::fmt::Debug for Queue {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}
