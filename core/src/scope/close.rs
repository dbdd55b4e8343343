use core::future::Future;

#[cfg(doc)]
use crate::close_on_exit;
use crate::scope::CloseWithin;
#[cfg(feature = "alloc")]
use crate::scope::{CloseTask, Spawn, SpawnOnDrop};
use crate::span::Span;
use crate::timer::Timer;

/// How a scope was left. A [`Close`] is told, so that it can commit or roll back.
///
/// | the scope | is left by | the close is told |
/// |---|---|---|
/// | [`close_on_exit`], [`stream.close_on_exit`](crate::StreamTimeExt::close_on_exit) | the end of the body or of the stream | `Completed` |
/// | [`try_close_on_exit`](crate::try_close_on_exit) | `Ok` from the body | `Completed` |
/// | [`try_close_on_exit`](crate::try_close_on_exit) | `Err` from the body | `Failed` |
/// | any, with [`spawn_on_drop`](Close#method.spawn_on_drop) | cancellation or a panic | `Cancelled` |
/// | any other | cancellation or a panic | nothing: the resource is [aborted](Close::abort) |
///
/// [`close_on_exit`] does not look into what its body returns: an `Err` is a value to it, and so `Completed`. Use
/// [`try_close_on_exit`](crate::try_close_on_exit) where a failed body must not commit.
///
/// More cases may be added. Commit only if the scope is `Completed`, and roll back in every other case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// The body ended, and did not fail.
    Completed,
    /// The body returned an error.
    Failed,
    /// The scope was dropped before its close began, or a panic unwound through it.
    Cancelled,
}

/// A resource that can be closed in an orderly way, or aborted at once.
///
/// An orderly close may wait, and an abort may not. A scope such as [`close_on_exit`] does exactly one of the two, once. Most resources need no
/// implementation: [`closing`](crate::closing), [`closing_async`](crate::closing_async),
/// [`closing_owned`](crate::closing_owned) and [`closing_poll`](crate::closing_poll) make one of any value. Tuples and arrays of
/// resources are resources too, and with the feature `alloc` so is a `CloseStack`, which grows at run time.
///
/// The close is a future with a name, [`Closing`](Close::Closing), and not an `async fn`. So a library can ask for one that
/// is `Send`: `R: Close<Closing: Send>`.
///
/// # For implementers
///
/// - A scope calls one of [`close`](Close::close) and [`abort`](Close::abort), once. A resource that never entered a scope is
///   only dropped.
/// - `close` only makes the future. A close that never waits may happen in `close` itself; any other begins with the first poll of
///   the future.
/// - A `Closing` that is dropped before it was ready, polled or not, MUST do what `abort` does: dropping a running close aborts it.
/// - None of `close`, `abort` and the drop of a `Closing` should panic. They also run while a panic unwinds, where another panic ends
///   the process. The same holds for the closures that a user passes to `closing` and its like.
///
/// The functions named above also help to implement it for a type of your own:
///
/// ```
/// use anytempo::{Close, close_on_exit, closing_poll, scope::{ClosingPollFuture, Exit}};
/// use core::{pin::Pin, task::{Context, Poll}};
///
/// struct Uart {
///     unsent: usize,
/// }
///
/// impl Uart {
///     fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Overrun>> {
///         self.unsent = 0;
///         Poll::Ready(Ok(()))
///     }
///
///     fn power_off(self) {}
/// }
///
/// #[derive(Debug, PartialEq)]
/// struct Overrun;
///
/// impl Close for Uart {
///     type Target = Self;
///     type Error = Overrun;
///     type Closing = ClosingPollFuture<Self, Overrun, fn(Self)>;
///
///     fn target(&mut self) -> &mut Self {
///         self
///     }
///
///     fn close(self, exit: Exit) -> Self::Closing {
///         closing_poll(self, Self::poll_flush, Self::power_off as fn(Self)).close(exit)
///     }
///
///     fn abort(self) {
///         self.power_off();
///     }
/// }
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// assert_eq!(close_on_exit(Uart { unsent: 0 }, async |mut uart| uart.unsent += 2).await, Ok(()));
/// # }).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource that a scope can close",
    label = "has no close",
    note = "give it one: `closing(value, |value| ..)`, or `closing_async(value, async |value| .., abort)` if the close waits",
    note = "several resources are a tuple or an array of them, or a `CloseStack` (feature `alloc`); a type of your own implements `Close`"
)]
#[doc(alias = "AsyncDrop")]
#[doc(alias = "AsyncClose")]
#[doc(alias = "AsyncDisposable")]
pub trait Close: Sized {
    /// What the body of a scope uses: the resource itself, or the value in it.
    type Target: ?Sized;

    /// Why a close failed. [`Infallible`](core::convert::Infallible) if it cannot fail.
    type Error;

    /// The running close.
    ///
    /// Its end is final: a close that failed is not tried again.
    type Closing: Future<Output = Result<(), Self::Error>>;

    /// Returns what the body of a scope works with.
    fn target(&mut self) -> &mut Self::Target;

    /// Closes in an orderly way. `exit` is how the scope was left.
    fn close(self, exit: Exit) -> Self::Closing;

    /// Closes at once, without waiting. An error cannot be reported.
    ///
    /// It aborts the resource, not a task: nothing else stops.
    fn abort(self);

    /// Limits the close to `limit`. After that it is aborted, and the error says so.
    ///
    /// More precisely: the limit counts from the end of the first poll of the close. In a tie the close wins. A zero `limit`
    /// gives the close one turn, and one beyond the clock's range is none. Where the close has to be aborted for another
    /// reason there is no difference.
    ///
    /// For a tuple or an array the limit is one for all together, and when it is reached there are no errors of those that were
    /// closed before. To keep them, limit each: `(a.close_within(..), b.close_within(..))`.
    ///
    /// # Examples
    ///
    /// A peer that does not answer delays the shutdown by five seconds, and not forever:
    ///
    /// ```
    /// use anytempo::{Close, close_on_exit, closing_async, scope::CloseWithinError};
    /// use core::{cell::Cell, future::pending, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let aborted = Cell::new(false);
    /// let peer = closing_async("peer", async |_| pending::<()>().await, |_| aborted.set(true))
    ///     .close_within(&clock, Duration::from_secs(5));
    ///
    /// let failed = close_on_exit(peer, async |peer| peer.len()).await.unwrap_err();
    /// assert_eq!(failed.value, 4);
    /// assert!(matches!(failed.error, CloseWithinError::Elapsed(_)));
    /// assert!(aborted.get());
    /// assert_eq!(clock.elapsed(), Duration::from_secs(5));
    /// # }).unwrap();
    /// ```
    #[doc(alias = "close_timeout")]
    #[doc(alias = "shutdown_timeout")]
    fn close_within<T: Timer>(
        self,
        timer: T,
        limit: impl Span<T::Instant>,
    ) -> CloseWithin<Self, T> {
        CloseWithin::new(self, timer, limit)
    }

    /// Spawns the close where it cannot be awaited, instead of aborting.
    ///
    /// That is when the scope is cancelled, or a panic unwinds through it:
    ///
    /// | | by default | with `spawn_on_drop` |
    /// |---|---|---|
    /// | what happens in the drop | [`abort`](Close::abort) | a task is spawned, which closes in an orderly way |
    /// | a close that has begun | is aborted | goes on in the task |
    /// | the close has happened | when the drop is over | later, when the task is done |
    /// | its error | there is none | is lost |
    /// | needs | nothing | a heap, and a runtime whose tasks outlive the scope |
    /// | must be | anything | `'static`, and `Send` if the runtime's tasks are |
    ///
    /// The spawner decides: those of the adapters (`anytempo_tokio::TokioSpawner` and its like) find the runtime when they
    /// are used. A spawner whose runtime is gone drops the task, and a runtime that ends drops its tasks; the
    /// resource is then aborted, as by default. An orderly close, which can be awaited, stays in the scope and spawns nothing.
    ///
    /// It counts for what it is called on: `r.close_within(..).spawn_on_drop(..)` spawns a close with a limit, and
    /// `r.spawn_on_drop(..).close_within(..)` waits for as long as the limit and then lets the rest of the close go on in a task.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Close, Timer, close_on_exit, closing_async, scope::Lent};
    /// use core::{future::pending, time::Duration};
    /// use std::{cell::RefCell, rc::Rc};
    ///
    /// let clock = anytempo_virtual::VirtualClock::new();
    /// let executor = anytempo_virtual::Executor::new(&clock);
    /// let log = Rc::new(RefCell::new(Vec::new()));
    ///
    /// let timer = clock.clone();
    /// let close = async move |log: Lent<'_, Rc<RefCell<Vec<_>>>>| {
    ///     timer.sleep(Duration::from_secs(1)).await;
    ///     log.borrow_mut().push("closed");
    /// };
    /// let connection = closing_async(log.clone(), close, |log| log.borrow_mut().push("aborted"))
    ///     .spawn_on_drop(executor.spawner());
    /// let scope = close_on_exit(connection, async |_| pending::<()>().await);
    ///
    /// // The limit cancels the scope, and its close is spawned.
    /// executor.block_on(clock.timeout(Duration::from_secs(60), scope)).unwrap().unwrap_err();
    /// assert!(log.borrow().is_empty());
    /// executor.run().unwrap();
    /// assert_eq!(*log.borrow(), ["closed"]);
    /// assert_eq!(clock.elapsed(), Duration::from_secs(61));
    /// ```
    #[doc(alias = "AsyncDrop")]
    #[doc(alias = "detach")]
    #[cfg(feature = "alloc")]
    fn spawn_on_drop<S>(self, spawner: S) -> SpawnOnDrop<Self, S>
    where
        S: Spawn<CloseTask<Self>>,
    {
        SpawnOnDrop::new(self, spawner)
    }
}
