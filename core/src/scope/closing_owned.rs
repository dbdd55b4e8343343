use core::fmt;
use core::future::Future;
use core::mem;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::scope::held::{Abort, Held};
use crate::scope::{Close, CloseOutput, Exit};

/// Makes a resource of `value`: the close consumes it, and may commit or roll back.
///
/// `close` takes the value and how the scope was left, an [`Exit`]. It returns a future that gives `()` or, if it can fail,
/// `Result<(), E>`. `abort` is for a scope that cannot await. It suits methods such as `pool.close(self)` and `transaction.commit(self)`. A close that does not
/// consume its value is a [`closing_async`](crate::closing_async).
///
/// More precisely: `close` is called by the first poll of the close. If the scope is cancelled before that, `abort` gets the
/// value; [`drop`] suffices if dropping the value is all there is to do. From then on the value belongs to the future of the close. If the
/// scope is cancelled while that runs, the future is dropped, and whatever it holds with it.
///
/// # Examples
///
/// A transaction is committed if the body succeeds, and rolled back if it fails:
///
/// ```
/// use anytempo::{closing_owned, scope::Exit, try_close_on_exit};
///
/// struct Transaction(Vec<&'static str>);
///
/// impl Transaction {
///     async fn commit(self) -> Result<(), &'static str> {
///         # assert_eq!(self.0, ["insert"]);
///         Ok(())
///     }
///
///     async fn roll_back(self) -> Result<(), &'static str> {
///         Err("the connection is gone")
///     }
/// }
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let begin = || {
///     let close = async |transaction: Transaction, exit| match exit {
///         Exit::Completed => transaction.commit().await,
///         _ => transaction.roll_back().await,
///     };
///     closing_owned(Transaction(Vec::new()), close, drop)
/// };
///
/// let committed = try_close_on_exit(begin(), async |mut transaction| {
///     transaction.0.push("insert");
///     Ok::<_, String>(transaction.0.len())
/// });
/// assert_eq!(committed.await, Ok(1));
///
/// let rolled_back = try_close_on_exit(begin(), async |_| Err::<(), _>("the row exists"));
/// let error = rolled_back.await.unwrap_err();
/// assert_eq!(error.to_string(), "the row exists; after that the close failed: the connection is gone");
/// # }).unwrap();
/// ```
///
/// A pool is closed in any case:
///
/// ```
/// use anytempo::{close_on_exit, closing_owned};
///
/// # struct Pool;
/// # impl Pool { async fn close(self) {} }
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let pool = closing_owned(Pool, |pool, _| pool.close(), drop);
/// let Ok(answer) = close_on_exit(pool, async |_pool| 42).await;
/// assert_eq!(answer, 42);
/// # }).unwrap();
/// ```
#[doc(alias = "commit")]
#[doc(alias = "rollback")]
#[doc(alias = "transaction")]
pub fn closing_owned<V, F, Fut, A>(value: V, close: F, abort: A) -> ClosingOwned<V, F, Fut, A>
where
    F: FnOnce(V, Exit) -> Fut,
    Fut: Future<Output: CloseOutput>,
    A: FnOnce(V),
{
    let begin = |close: F, value, exit| close(value, exit);
    ClosingOwned { value: Abort::new(value, abort), close, begin }
}

/// The resource of [`closing_owned`]. It dereferences to the value.
#[must_use = "a resource that enters no scope is not closed"]
pub struct ClosingOwned<V, F, Fut, A> {
    value: Abort<V, A>,
    close: F,
    // A pointer, as in `Abort`.
    begin: fn(F, V, Exit) -> Fut,
}

impl<V, F, Fut, A> Close for ClosingOwned<V, F, Fut, A>
where
    Fut: Future<Output: CloseOutput>,
{
    type Target = V;
    type Error = <Fut::Output as CloseOutput>::Error;
    type Closing = ClosingOwnedFuture<V, F, Fut, A>;

    fn target(&mut self) -> &mut V {
        self.value.get_mut()
    }

    fn close(self, exit: Exit) -> ClosingOwnedFuture<V, F, Fut, A> {
        let Self { value, close, begin } = self;
        ClosingOwnedFuture { stage: Stage::New { held: Held::new(value), close, begin, exit } }
    }

    fn abort(self) {
        self.value.abort();
    }
}

pin_project! {
    /// The close of a [`ClosingOwned`].
    #[must_use = "futures do nothing unless polled"]
    pub struct ClosingOwnedFuture<V, F, Fut, A> {
        #[pin]
        stage: Stage<V, F, Fut, A>,
    }
}

pin_project! {
    #[project = StagePinned]
    #[project_replace = StageOwned]
    enum Stage<V, F, Fut, A> {
        /// It has not begun, and a drop aborts the value.
        New { held: Held<V, A>, close: F, begin: fn(F, V, Exit) -> Fut, exit: Exit },
        /// It has begun, and has the value.
        Running { #[pin] closing: Fut },
        /// It is over.
        Over,
    }
}

impl<V, F, Fut, A> Future for ClosingOwnedFuture<V, F, Fut, A>
where
    Fut: Future<Output: CloseOutput>,
{
    type Output = Result<(), <Fut::Output as CloseOutput>::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut stage = self.project().stage;
        if matches!(stage.as_mut().project(), StagePinned::New { .. }) {
            stage.as_mut().begin();
        }
        // A close that panics is over.
        let mut end = EndOnDrop { stage };
        let StagePinned::Running { closing } = end.stage.as_mut().project() else {
            return Poll::Pending;
        };
        let poll = closing.poll(cx);
        if poll.is_pending() {
            mem::forget(end);
        }
        poll.map(CloseOutput::into_result)
    }
}

impl<V, F, Fut, A> Stage<V, F, Fut, A> {
    fn begin(mut self: Pin<&mut Self>) {
        let new = self.as_mut().project_replace(Self::Over);
        let StageOwned::New { mut held, close, begin, exit } = new else { return };
        if let Some(value) = held.take() {
            self.set(Self::Running { closing: begin(close, value, exit) });
        }
    }
}

struct EndOnDrop<'p, V, F, Fut, A> {
    stage: Pin<&'p mut Stage<V, F, Fut, A>>,
}

impl<V, F, Fut, A> Drop for EndOnDrop<'_, V, F, Fut, A> {
    fn drop(&mut self) {
        self.stage.set(Stage::Over);
    }
}

impl<V, F, Fut, A> Deref for ClosingOwned<V, F, Fut, A> {
    type Target = V;

    fn deref(&self) -> &V {
        self.value.get()
    }
}

impl<V, F, Fut, A> DerefMut for ClosingOwned<V, F, Fut, A> {
    fn deref_mut(&mut self) -> &mut V {
        self.value.get_mut()
    }
}

impl<V: fmt::Debug, F, Fut, A> fmt::Debug for ClosingOwned<V, F, Fut, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClosingOwned").field("value", self.value.get()).finish_non_exhaustive()
    }
}

impl<V, F, Fut, A> fmt::Debug for ClosingOwnedFuture<V, F, Fut, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClosingOwnedFuture").finish_non_exhaustive()
    }
}
