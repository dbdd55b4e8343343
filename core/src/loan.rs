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
use core::mem::{self, ManuallyDrop};
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::ptr::{self, NonNull};
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::scope::{Close, Exit};

/// A value whose body has it to itself.
pub(crate) trait Lend: Sized {
    /// What the body sees of it.
    type View: ?Sized;

    /// Shows it.
    fn view(&mut self) -> &mut Self::View;

    /// Is what becomes of it if its loan is dropped before it was taken back.
    fn abort(self);
}

/// A value that is seen from both sides. What lends does not share.
pub(crate) trait Share: Sized {
    /// What the body is given.
    type Handle<'a>;

    /// Makes it.
    fn handle(shared: Shared<'_, Self>) -> Self::Handle<'_>;
}

pin_project! {
    /// A body, and the value that it shares.
    pub(crate) struct Loan<S, F, Fut> {
        // Before the place, so that it is dropped before the place: it points there.
        #[pin]
        stage: Stage<S, F, Fut>,
        #[pin]
        place: Place<S>,
    }
}

pin_project! {
    /// A body, and the value that is lent to it. The value is taken back once, or is aborted.
    pub(crate) struct Lending<S, F, Fut>
    where
        S: Lend,
    {
        #[pin]
        stage: Stage<S, F, Fut>,
        // There is a value until the stage is `Returned`.
        #[pin]
        place: Place<ManuallyDrop<S>>,
    }

    impl<S, F, Fut> PinnedDrop for Lending<S, F, Fut>
    where
        S: Lend,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if matches!(this.stage.as_mut().project(), StagePinned::Returned) {
                return;
            }
            // The value was not taken, and will not be. It goes after the body, also if the drop of that panics.
            let _abort = AbortOnDrop { place: this.place.value.get() };
            this.stage.set(Stage::Returned);
        }
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
        /// So is the value that was lent to it.
        Returned,
    }
}

/// Begins a body, and writes it where it stays. It is given a stage that is [`Over`](Stage::Over).
type Begin<S, F, Fut> = fn(F, NonNull<S>, Pin<&mut Stage<S, F, Fut>>);

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
pub(crate) fn lend<S, F, Fut, T>(value: S, body: F) -> Lending<S, F, Fut>
where
    S: Lend,
    F: for<'a> AsyncFnOnce(Lent<'a, S::View>) -> T + FnOnce(Lent<'static, S::View>) -> Fut,
{
    Lending {
        stage: Stage::New {
            body,
            begin: |body, place, stage| {
                // SAFETY: a loan begins its body once, with a place that is pinned, and that it then leaves alone until the
                // body is gone. Nothing else points there.
                let view = unsafe { &mut *place.as_ptr() }.view();
                stage.run(body(Lent { view: NonNull::from(view), loan: PhantomData }));
            },
        },
        place: Place::new(ManuallyDrop::new(value)),
    }
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

impl<S, F, Fut> Stage<S, F, Fut> {
    /// Polls the body, which begins with the first call and is dropped as soon as it ends. `None` once it is gone.
    ///
    /// # Safety
    ///
    /// The place must be pinned, hold the value that the body borrows, and be left alone until the body is gone.
    unsafe fn poll(
        mut self: Pin<&mut Self>,
        place: *mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Fut::Output>>
    where
        Fut: Future,
    {
        // The stage that is asked for is the one of nearly every poll.
        if !matches!(self.as_mut().project(), StagePinned::Running { .. }) {
            self.as_mut().begin(place);
        }
        self.poll_begun(cx)
    }

    /// The same for a body that has begun. `None` for one that is new, too.
    #[inline]
    fn poll_begun(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Fut::Output>>
    where
        Fut: Future,
    {
        // A body that panics is as gone as one that has ended.
        let mut end = EndOnDrop { stage: self };
        let StagePinned::Running { body } = end.stage.as_mut().project() else {
            mem::forget(end);
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

    /// Begins the body if it is new; one that is over stays so.
    ///
    /// A generator calls it out of line, as the body should have no room on the stack in any later poll.
    #[inline]
    fn begin(mut self: Pin<&mut Self>, place: *mut S) {
        if !matches!(self.as_mut().project(), StagePinned::New { .. }) {
            return;
        }
        if let StageOwned::New { body, begin } = self.as_mut().project_replace(Self::Over) {
            // SAFETY: the pointer to what is in a cell is never null.
            let place = unsafe { NonNull::new_unchecked(place) };
            begin(body, place, self);
        }
    }

    /// Writes the body in the place of [`Over`](Stage::Over), without a copy on the stack.
    fn run(self: Pin<&mut Self>, body: Fut) {
        // SAFETY: only `begin` gets here, with a stage that it has just made `Over`, which has no destructor and holds nothing
        // that is pinned.
        unsafe {
            ptr::write(self.get_unchecked_mut(), Self::Running { body: UnsafeCell::new(body) });
        }
    }

    fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }
}

impl<S: Lend, F, Fut> Lending<S, F, Fut> {
    /// Polls the body, which begins with the first call and is dropped as soon as it ends. `None` once it is gone.
    pub(crate) fn poll_body(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Fut::Output>>
    where
        Fut: Future,
    {
        let this = self.project();
        // `ManuallyDrop` lies as what is in it.
        let place = this.place.value.get().cast();
        // SAFETY: the value is pinned beside the stage. There is a value until the stage is `Returned`, where there is no body,
        // and nothing else looks at it while there is one.
        unsafe { this.stage.poll(place, cx) }
    }

    /// Takes the value back, once the body is gone.
    pub(crate) fn take_back(self: Pin<&mut Self>) -> Option<S> {
        // SAFETY: it is taken from there, once.
        self.end().map(|value| unsafe { ManuallyDrop::take(&mut *value) })
    }

    /// Ends the lending, once the body is gone: says where the value is, which is to be taken from there.
    fn end(self: Pin<&mut Self>) -> Option<*mut ManuallyDrop<S>> {
        let mut this = self.project();
        if !this.stage.is_over() {
            return None;
        }
        // The body was dropped, and what it was given cannot have left it. With this stage nothing else takes the value.
        this.stage.set(Stage::Returned);
        Some(this.place.value.get())
    }
}

pin_project! {
    /// A body to which a resource is lent, and then the close of the resource.
    #[project = ScopePinned]
    #[project_replace = ScopeOwned]
    pub(crate) enum Scope<R, F, Fut>
    where
        R: Close,
        Fut: Future,
    {
        /// The resource is lent to the body. A drop drops the body first, and then aborts the resource.
        Body { #[pin] lending: Lending<R, F, Fut> },
        /// The body has given this value, which waits for the close. A drop aborts that.
        Closing { #[pin] closing: R::Closing, value: Fut::Output },
        /// It is over.
        Over,
    }
}

/// How a body and the close after it have ended.
type Ends<T, E> = (T, Result<(), E>);

impl<R: Close, F, Fut: Future> Scope<R, F, Fut> {
    /// Polls the body, and then the close, where `exit` says how the body has ended. `None` once it is over.
    pub(crate) fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        exit: impl FnOnce(&Fut::Output) -> Exit,
    ) -> Poll<Option<Ends<Fut::Output, R::Error>>> {
        if let ScopePinned::Body { lending } = self.as_mut().project() {
            let Some(value) = ready!(lending.poll_body(cx)) else { return Poll::Ready(None) };
            let exit = exit(&value);
            self.as_mut().close(value, exit);
        }
        let ScopePinned::Closing { closing, .. } = self.as_mut().project() else {
            return Poll::Ready(None);
        };
        let closed = ready!(closing.poll(cx));
        Poll::Ready(self.cancel().map(|value| (value, closed)))
    }

    /// Begins the close of a body that has ended.
    ///
    /// A function of its own, since without optimisation each move of the resource is a copy on the stack. They are gone when
    /// the close is polled.
    fn close(mut self: Pin<&mut Self>, value: Fut::Output, exit: Exit) {
        let ScopePinned::Body { lending } = self.as_mut().project() else { return };
        let Some(resource) = lending.end() else { return };
        // SAFETY: with the end of the lending the resource is to be taken from there, once. What is overwritten then has nothing
        // left to be dropped: the body is gone too, so what was pinned is dropped.
        unsafe {
            let closing = ManuallyDrop::take(&mut *resource).close(exit);
            ptr::write(self.get_unchecked_mut(), Self::Closing { closing, value });
        }
    }

    /// Drops all that there is. Returns what the body gave, if it has ended and the scope was not over.
    pub(crate) fn cancel(self: Pin<&mut Self>) -> Option<Fut::Output> {
        match self.project_replace(Self::Over) {
            ScopeOwned::Closing { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }
}

/// Aborts the value in a place when it is dropped.
struct AbortOnDrop<S: Lend> {
    place: *mut ManuallyDrop<S>,
}

impl<S: Lend> Drop for AbortOnDrop<S> {
    fn drop(&mut self) {
        // SAFETY: the code that makes one of these has a value in the place, and uses it no more.
        unsafe { ManuallyDrop::take(&mut *self.place) }.abort();
    }
}

impl<S, F, Fut> Loan<S, F, Fut> {
    /// Begins the body if it is new.
    ///
    /// For a caller that is out of line: the body passes over the stack here, and should have no room there in any later poll.
    #[inline]
    pub(crate) fn begin(self: Pin<&mut Self>) {
        let this = self.project();
        this.stage.begin(this.place.value.get());
    }

    /// Polls the body, which is dropped as soon as it ends. `None` once it is gone, and as long as it is new.
    #[inline]
    pub(crate) fn poll_begun(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Fut::Output>>
    where
        Fut: Future,
    {
        self.project().stage.poll_begun(cx)
    }

    /// Whether the body is gone.
    pub(crate) fn is_over(&self) -> bool {
        self.stage.is_over()
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

/// An array whose values are taken out of it, the last first. It does not drop those that are left.
///
/// The iterator of an array would do, but without optimisation it has four copies of the array on the stack.
pub struct Stack<T, const N: usize> {
    values: ManuallyDrop<[T; N]>,
    length: usize,
}

impl<T, const N: usize> fmt::Debug for Stack<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack").finish_non_exhaustive()
    }
}

impl<T, const N: usize> Stack<T, N> {
    pub(crate) fn new(values: [T; N]) -> Self {
        Self { values: ManuallyDrop::new(values), length: N }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Takes the last value.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let last = self.length.checked_sub(1)?;
        let value = ptr::from_ref(self.values.get(last)?);
        self.length = last;
        // SAFETY: the value is read once, since it is not among those that are left from here on.
        Some(unsafe { ptr::read(value) })
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
