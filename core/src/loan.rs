//! How a body borrows what lies beside it, in one value.
//!
//! This is the one module of the crate with `unsafe` in it. A [`Loan`] holds a value and a future that borrows it; safe Rust
//! has no word for that, unless the compiler makes both in an `async` block. From outside the module a loan can be used in any
//! order and nothing can go wrong.
//!
//! There are two kinds. One [lends](lend) its value: the body has it to itself until it is over. The other
//! [shares](share) it, and then the two take turns: the body has the value while it is polled or dropped, and whoever has the
//! loan has it in between.
#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::fmt;
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::mem;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::ptr::{self, NonNull};
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

/// A value whose body has it to itself.
pub(crate) trait Lend {
    /// What the body sees of it.
    type View: ?Sized;

    /// Shows it. If there is nothing to be shown, there will be no body.
    fn view(&mut self) -> Option<&mut Self::View>;
}

/// A value that is seen from both sides. What lends does not share.
pub(crate) trait Share: Sized {
    /// What the body is given.
    type Handle<'a>;

    /// Makes it.
    fn handle(shared: Shared<'_, Self>) -> Self::Handle<'_>;
}

pin_project! {
    /// A body, and what it borrows.
    pub(crate) struct Loan<S, F, Fut> {
        // Before the place, so that it is dropped before the place: it points there.
        #[pin]
        stage: Stage<S, F, Fut>,
        #[pin]
        place: Place<S>,
    }
}

pin_project! {
    /// How far a body is.
    #[project = StagePinned]
    #[project_replace = StageOwned]
    enum Stage<S, F, Fut> {
        /// It has not begun. What begins it is at hand, and not found by the type of the body, so that nothing that holds a
        /// loan has to name that type: the compiler cannot always tell whether such a future is `Send`.
        New { body: F, begin: Begin<S, F, Fut> },
        /// It has begun.
        ///
        /// In a cell, as it may borrow from itself, and a shared borrow of the whole must not be one of what it borrows.
        Running { #[pin] body: UnsafeCell<Fut> },
        /// It is gone.
        Over,
    }
}

/// Begins a body, and writes it where it stays. In between the stage is [`Over`](Stage::Over), which it remains if no body
/// begins.
type Begin<S, F, Fut> = fn(F, NonNull<S>, Pin<&mut Stage<S, F, Fut>>);

impl<S, F, Fut> Stage<S, F, Fut> {
    /// Writes a body in the place of [`Over`](Stage::Over).
    fn run(self: Pin<&mut Self>, body: Fut) {
        // SAFETY: what is overwritten has no destructor to run, and nothing is moved that was pinned. If it should be another
        // stage after all, that is leaked, as is allowed of what is pinned only if its memory is not used again; but a stage is
        // handed to `Begin` only by `Loan::begin`, which leaves `Over`.
        unsafe {
            ptr::write(self.get_unchecked_mut(), Self::Running { body: UnsafeCell::new(body) })
        }
    }
}

/// Where the value lies.
///
/// It is not `Unpin`, and it is pinned: only so may a loan be borrowed mutably while its body points here.
struct Place<S> {
    value: UnsafeCell<S>,
    _pinned: PhantomPinned,
}

impl<S> Place<S> {
    fn new(value: S) -> Self {
        Self { value: UnsafeCell::new(value), _pinned: PhantomPinned }
    }
}

// In both of these the lifetime that the body is given is not the true one. No body can tell, as it must do for every
// lifetime, and give the same in the end: this is where it must, and there is no other way to make a loan.

/// Lends `value` to `body`.
pub(crate) fn lend<S, F, Fut, T>(value: S, body: F) -> Loan<S, F, Fut>
where
    S: Lend,
    F: for<'a> AsyncFnOnce(Lent<'a, S::View>) -> T + FnOnce(Lent<'static, S::View>) -> Fut,
{
    let begin: Begin<S, F, Fut> = |body, place, stage| {
        // SAFETY: a loan begins its body once, with a place that is pinned, and that it then leaves alone until the body is
        // gone. Nothing else points there.
        if let Some(view) = unsafe { &mut *place.as_ptr() }.view() {
            stage.run(body(Lent { view: NonNull::from(view), loan: PhantomData }));
        }
    };
    Loan { stage: Stage::New { body, begin }, place: Place::new(value) }
}

/// Shares `value` with `body`.
pub(crate) fn share<S, F, Fut, T>(value: S, body: F) -> Loan<S, F, Fut>
where
    S: Share,
    F: for<'a> AsyncFnOnce(S::Handle<'a>) -> T + FnOnce(S::Handle<'static>) -> Fut,
{
    let begin: Begin<S, F, Fut> =
        |body, place, stage| stage.run(body(S::handle(Shared { place, loan: PhantomData })));
    Loan { stage: Stage::New { body, begin }, place: Place::new(value) }
}

impl<S, F, Fut> Loan<S, F, Fut> {
    /// Polls the body, which begins with the first call and is dropped as soon as it ends. `None` once it is gone.
    #[inline]
    pub(crate) fn poll_body(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Fut::Output>>
    where
        Fut: Future,
    {
        // The stage that is asked for is the one of nearly every poll.
        if !matches!(self.as_mut().project().stage.project(), StagePinned::Running { .. }) {
            self.as_mut().begin_aside();
        }
        self.poll_begun(cx)
    }

    /// The same for a body that has begun. `None` for one that is new, too.
    #[inline]
    pub(crate) fn poll_begun(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Fut::Output>>
    where
        Fut: Future,
    {
        // A body that panics is as gone as one that has ended.
        let mut end = EndOnDrop { stage: self.project().stage };
        let StagePinned::Running { body } = end.stage.as_mut().project() else {
            return Poll::Ready(None);
        };
        // SAFETY: the body is pinned in its cell, and is not moved out of it.
        let body = unsafe { body.map_unchecked_mut(UnsafeCell::get_mut) };
        let poll = body.poll(cx).map(Some);
        if poll.is_pending() {
            mem::forget(end);
        }
        poll
    }

    /// Begins the body if it is new.
    ///
    /// For a caller that is out of line, since the body passes over the stack here, and should have no room there in any later
    /// poll.
    #[inline]
    pub(crate) fn begin(self: Pin<&mut Self>) {
        let mut this = self.project();
        if !matches!(this.stage.as_mut().project(), StagePinned::New { .. }) {
            return;
        }
        if let StageOwned::New { body, begin } = this.stage.as_mut().project_replace(Stage::Over) {
            // SAFETY: the pointer to what is in a cell is never null.
            let place = unsafe { NonNull::new_unchecked(this.place.value.get()) };
            begin(body, place, this.stage);
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_aside(self: Pin<&mut Self>) {
        self.begin();
    }

    /// Whether the body is gone.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// The value, once the body is gone.
    pub(crate) fn value_back(self: Pin<&mut Self>) -> Option<&mut S> {
        if !self.is_over() {
            return None;
        }
        // SAFETY: the body was dropped, and what it was given cannot have left it; and the loan is borrowed mutably.
        Some(unsafe { &mut *self.project().place.value.get() })
    }

    /// The value that is shared. It is not the turn of the body.
    pub(crate) fn shared(self: Pin<&mut Self>) -> &mut S
    where
        S: Share,
    {
        // SAFETY: the loan is borrowed mutably, so that its body is neither polled nor dropped; the body has the value only
        // then.
        unsafe { &mut *self.project().place.value.get() }
    }

    /// The same, to look at.
    pub(crate) fn peek(&self) -> &S
    where
        S: Share,
    {
        // SAFETY: the loan is borrowed, so that its body is neither polled nor dropped, and the value is not borrowed mutably
        // from it. A loan cannot be shared between threads.
        unsafe { &*self.place.value.get() }
    }
}

struct EndOnDrop<'p, S, F, Fut> {
    stage: Pin<&'p mut Stage<S, F, Fut>>,
}

impl<S, F, Fut> Drop for EndOnDrop<'_, S, F, Fut> {
    fn drop(&mut self) {
        self.stage.set(Stage::Over);
    }
}

// Invariant in the lifetime, so that it can be neither lengthened nor shortened. It is not that of a reference: a body is
// given the longest, and what it borrows need not live as long. And invariant in the value, which can be changed.
type OfLoan<'a, V> = PhantomData<(fn(&'a ()) -> &'a (), *mut V)>;

/// A value that is lent to a body, such as that of [`close_on_exit`](crate::close_on_exit()). It dereferences to the value.
///
/// It is as a mutable reference, and cannot leave its body. This compiles:
///
/// ```
/// let mut escaped = None;
/// let scope = anytempo::close_on_exit(anytempo::closing(7, |_| ()), async |lent| {
///     let lent: anytempo::scope::Lent<'_, i32> = lent;
///     escaped = Some(*lent);
/// });
/// # drop(scope);
/// # let _ = escaped;
/// ```
///
/// and this does not:
///
/// ```compile_fail
/// let mut escaped = None;
/// let scope = anytempo::close_on_exit(anytempo::closing(7, |_| ()), async |lent| {
///     let lent: anytempo::scope::Lent<'_, i32> = lent;
///     escaped = Some(lent);
/// });
/// # drop(scope);
/// # let _ = escaped;
/// ```
pub struct Lent<'a, V: ?Sized> {
    view: NonNull<V>,
    loan: OfLoan<'a, V>,
}

// SAFETY: it is as a mutable reference.
unsafe impl<V: ?Sized + Send> Send for Lent<'_, V> {}

// SAFETY: as above.
unsafe impl<V: ?Sized + Sync> Sync for Lent<'_, V> {}

impl<V: ?Sized> Deref for Lent<'_, V> {
    type Target = V;

    fn deref(&self) -> &V {
        // SAFETY: the value is pinned beside the body, which is dropped first, and it is lent once and cannot leave the
        // body: so the value is there, and nobody else has it.
        unsafe { self.view.as_ref() }
    }
}

impl<V: ?Sized> DerefMut for Lent<'_, V> {
    fn deref_mut(&mut self) -> &mut V {
        // SAFETY: as in `deref`.
        unsafe { self.view.as_mut() }
    }
}

impl<V: ?Sized + fmt::Debug> fmt::Debug for Lent<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A value that is shared with a body.
pub(crate) struct Shared<'a, S> {
    place: NonNull<S>,
    loan: OfLoan<'a, S>,
}

// SAFETY: it reaches nothing but the value, which the loan leaves alone while the body runs. It is the only one, and is
// borrowed mutably by whoever looks: so whichever thread has it is alone with the value.
unsafe impl<S: Send> Send for Shared<'_, S> {}

// SAFETY: while it is shared itself, nothing can be done with it.
unsafe impl<S: Send> Sync for Shared<'_, S> {}

impl<S> Shared<'_, S> {
    /// Shows the value to `look`, which cannot keep it.
    pub(crate) fn with<R>(&mut self, look: impl FnOnce(&mut S) -> R) -> R {
        // SAFETY: the value is pinned beside the body, which is dropped first, and this cannot leave the body: so the value
        // is there. It also means that the body is being polled or dropped, for which its loan is borrowed mutably: so nobody
        // has the value through the loan. Nobody has it through this either, as what is shown is not kept, and this is the
        // only one and is borrowed mutably.
        look(unsafe { self.place.as_mut() })
    }

    /// The same, for as long as this one is borrowed.
    pub(crate) fn reborrow(&mut self) -> Shared<'_, S> {
        Shared { place: self.place, loan: PhantomData }
    }
}
