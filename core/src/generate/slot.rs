//! How an item gets from a body to the stream around it: through a slot in the stream itself.
//!
//! This is the one module of the crate with `unsafe` in it. A [`Loan`] lends the slot to the body that lies pinned beside
//! it; safe Rust has no word for a loan within one value. From outside the module a loan can be used in any order and
//! nothing can go wrong.
#![allow(unsafe_code)]

use core::cell::{Cell, UnsafeCell};
use core::fmt;
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::mem;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll, Waker};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

pin_project! {
    /// A body, and the slot into which it puts its items.
    pub(super) struct Loan<T, F, Fut> {
        // Before the slot, so that it is dropped before the slot: it points there.
        #[pin]
        stage: Stage<F, Fut, T>,
        #[pin]
        slot: Slot<T>,
    }
}

pin_project! {
    /// How far a body is.
    #[project = StagePinned]
    #[project_replace = StageOwned]
    enum Stage<F, Fut, T> {
        /// It has not begun. What begins it is at hand, and not found by the type of the body, so that nothing that holds a
        /// generator has to name that type: the compiler cannot always tell whether such a future is `Send`.
        New { body: F, begin: fn(F, Yielder<'static, T>) -> Fut },
        /// It has begun.
        Running { #[pin] body: Fut },
        /// It is gone.
        Over,
    }
}

impl<T, F: for<'a> BodyFor<'a, T>> Loan<T, F, <F as BodyFor<'static, T>>::Future> {
    /// The lifetime of the yielder that `body` will be given is not the true one. No body can tell, as it must do for every
    /// lifetime: this is where it must, and there is no other way to make a loan.
    pub(super) fn new(body: F) -> Self {
        Self { stage: Stage::New { body, begin: |body, yielder| body(yielder) }, slot: Slot::new() }
    }
}

impl<T, F, Fut> Loan<T, F, Fut> {
    /// Polls the body, which begins with the first call and is dropped as soon as it ends.
    pub(super) fn poll_body(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>
    where
        Fut: Future<Output = ()>,
    {
        // By projection, as a shared borrow of the whole would be one of a body that borrows from itself.
        if let StagePinned::New { .. } = self.as_mut().project().stage.project() {
            self.as_mut().begin();
        }
        let this = self.project();
        this.slot.outer.set(id(cx.waker()));
        if let Some(foreign) = this.slot.foreign.take() {
            foreign.wake();
        }
        // A body that panics is as gone as one that has ended.
        let mut end = EndOnDrop { stage: this.stage };
        let StagePinned::Running { body } = end.stage.as_mut().project() else {
            return Poll::Ready(());
        };
        let poll = body.poll(cx);
        if poll.is_pending() {
            mem::forget(end);
        }
        poll
    }

    /// Out of line, since the body passes over the stack here, and should have no room there in any later poll.
    #[cold]
    #[inline(never)]
    fn begin(self: Pin<&mut Self>) {
        let mut this = self.project();
        if let StageOwned::New { body, begin } = this.stage.as_mut().project_replace(Stage::Over) {
            let slot = NonNull::from(this.slot.as_ref().get_ref());
            let body = begin(body, Yielder { slot, scope: PhantomData });
            this.stage.set(Stage::Running { body });
        }
    }

    /// Takes the item out of the slot.
    pub(super) fn take(self: Pin<&mut Self>) -> Option<T> {
        self.project().slot.take()
    }

    /// Whether the body is gone.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// Whether there is an item in the slot.
    pub(super) fn is_full(&self) -> bool {
        self.slot.is_full()
    }
}

struct EndOnDrop<'p, F, Fut, T> {
    stage: Pin<&'p mut Stage<F, Fut, T>>,
}

impl<F, Fut, T> Drop for EndOnDrop<'_, F, Fut, T> {
    fn drop(&mut self) {
        self.stage.set(Stage::Over);
    }
}

/// A place for one item.
///
/// It is not `Unpin`, and it is pinned: only so may a loan be borrowed mutably while its body points to the slot.
struct Slot<T> {
    item: UnsafeCell<Option<T>>,
    /// The identity of the waker with which the body is polled.
    outer: Cell<WakerId>,
    /// A waker of the body's own with which it polled an emit that waits.
    foreign: Cell<Option<Waker>>,
    _pinned: PhantomPinned,
}

type WakerId = (usize, usize);

fn id(waker: &Waker) -> WakerId {
    (waker.data().addr(), core::ptr::from_ref(waker.vtable()).addr())
}

impl<T> Slot<T> {
    const fn new() -> Self {
        Self {
            item: UnsafeCell::new(None),
            outer: Cell::new((0, 0)),
            foreign: Cell::new(None),
            _pinned: PhantomPinned,
        }
    }

    fn take(&self) -> Option<T> {
        // SAFETY: the reference does not outlive this statement, which runs no code of others. No other thread can be
        // here: whoever takes an item has the loan to itself, so that no body runs, and in a body there is one yielder,
        // which an emit borrows mutably.
        unsafe { (*self.item.get()).take() }
    }

    fn is_full(&self) -> bool {
        // SAFETY: as in `take`.
        unsafe { (*self.item.get()).is_some() }
    }

    fn put(&self, item: T) {
        // SAFETY: as in `take`. The old item, which is `None` as the slot is empty, is dropped after the reference is gone.
        drop(unsafe { (*self.item.get()).replace(item) });
    }
}

/// The handle with which the body of a [generator](crate::generate()) gives its items.
///
/// It belongs to its generator and cannot leave it.
pub struct Yielder<'a, T> {
    slot: NonNull<Slot<T>>,
    // Invariant, so that the lifetime can be neither lengthened nor shortened.
    scope: PhantomData<fn(&'a ()) -> &'a ()>,
}

// SAFETY: a yielder reaches nothing but the slot, into which it moves items of type `T`, and wakers, which are `Send`. It is the only one, an emit
// borrows it mutably, and the loan leaves the slot alone while the body runs: so whichever thread has the yielder is
// alone with the slot.
unsafe impl<T: Send> Send for Yielder<'_, T> {}

// SAFETY: a shared yielder can do nothing at all.
unsafe impl<T: Send> Sync for Yielder<'_, T> {}

impl<T> Yielder<'_, T> {
    /// Gives `item` to whoever polls the stream, and goes on when the next one is asked for.
    ///
    /// More precisely: the first poll puts the item into the slot and is pending; the emit is ready at the first poll
    /// after the stream has given the item away.
    ///
    /// # Cancel safety
    ///
    /// Weak. An emit that is dropped before its first poll drops its item. After that the stream has the item, and gives
    /// it whether or not the emit is polled again; the next emit waits until it has, and none is overwritten. An emit
    /// that is dropped while it waits in this way drops its item.
    pub fn emit(&mut self, item: T) -> Emit<'_, T> {
        Emit { slot: self.slot, item: Some(item), over: false, scope: PhantomData }
    }
}

impl<T> fmt::Debug for Yielder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yielder").finish_non_exhaustive()
    }
}

/// The future of [`Yielder::emit`].
#[must_use = "futures do nothing unless polled"]
pub struct Emit<'y, T> {
    slot: NonNull<Slot<T>>,
    // `None` once it is in the slot.
    item: Option<T>,
    over: bool,
    // The loan of the yielder, of which there is one.
    scope: PhantomData<&'y mut ()>,
}

// SAFETY: as for the yielder, which the emit borrows.
unsafe impl<T: Send> Send for Emit<'_, T> {}

// SAFETY: a shared emit can do nothing at all.
unsafe impl<T: Send> Sync for Emit<'_, T> {}

// The item is never pinned.
impl<T> Unpin for Emit<'_, T> {}

impl<T> Future for Emit<'_, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the slot is pinned beside the body, which is dropped first, and neither the yielder nor an emit can
        // leave the body: so the slot is there, and where it was.
        let slot = unsafe { self.slot.as_ref() };
        if !slot.is_full() {
            match self.item.take() {
                Some(item) => slot.put(item),
                None => {
                    self.over = true;
                    return Poll::Ready(());
                }
            }
        }
        // Whoever wants the next item polls the generator, which polls its body: no wake is needed. But a body may keep
        // the emit among futures that it polls only when they were woken, each by a waker of its own. Such a waker is
        // woken by the poll that asks for the next item, since only then has anything changed.
        if id(cx.waker()) != slot.outer.get() {
            slot.foreign.set(Some(cx.waker().clone()));
        }
        Poll::Pending
    }
}

impl<T> FusedFuture for Emit<'_, T> {
    fn is_terminated(&self) -> bool {
        self.over
    }
}

impl<T> fmt::Debug for Emit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emit").finish_non_exhaustive()
    }
}

/// What may be the body of a [generator](crate::generate()), for yielders of one lifetime.
///
/// As a body must do for every lifetime, it cannot put its yielder anywhere that outlives the generator. It is implemented
/// for whatever can be a body, and cannot be implemented for anything else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the body of a generator of `{T}`",
    note = "a body is written `async |mut y| {{ y.emit(item).await; }}` and gives `()`"
)]
pub trait BodyFor<'a, T>: FnOnce(Yielder<'a, T>) -> Self::Future {
    /// The running body.
    type Future: Future<Output = ()>;
}

impl<'a, T, F, Fut> BodyFor<'a, T> for F
where
    F: FnOnce(Yielder<'a, T>) -> Fut,
    Fut: Future<Output = ()>,
{
    type Future = Fut;
}
