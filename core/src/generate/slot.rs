//! How an item gets from a body to the stream around it: through a slot in the stream itself.

use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, Waker};

use futures_core::FusedFuture;

use crate::loan::{Loan, Share, Shared};

/// A place for one item, which the stream shares with its body.
pub(super) struct Slot<T> {
    item: Option<T>,
    /// Where the waker lies with which the body is polled. It lies there for the whole poll, so no other can be there.
    outer: usize,
    /// A waker that lay elsewhere, with which the body polled an emit that waits. While there is one, `outer` is 0.
    foreign: Option<Waker>,
}

fn address(waker: &Waker) -> usize {
    ptr::from_ref(waker).addr()
}

impl<T> Slot<T> {
    pub(super) const fn new() -> Self {
        Self { item: None, outer: 0, foreign: None }
    }

    /// Takes the item, if there is one.
    pub(super) fn take(&mut self) -> Option<T> {
        self.item.take()
    }

    /// Whether there is an item in the slot.
    pub(super) fn is_full(&self) -> bool {
        self.item.is_some()
    }

    /// What an emit does that cannot go on.
    #[cold]
    #[inline(never)]
    fn wait(&mut self, waker: &Waker) {
        // Whoever wants the next item polls the generator, which polls its body: no wake is needed. But a body may keep
        // the emit among futures that it polls only when they were woken, each by a waker of its own. Such a waker is
        // woken by the poll that asks for the next item, since only then has anything changed.
        self.outer = 0;
        self.foreign = Some(waker.clone());
    }
}

/// Tells the slot who asks for the next item, and begins the body if it is new.
#[inline]
pub(super) fn ask<T, F, Fut>(mut loan: Pin<&mut Loan<Slot<T>, F, Fut>>, outer: &Waker) {
    // Nobody has asked before the first poll, so a body that is new is on the way that few polls take.
    if loan.as_mut().shared().outer != address(outer) {
        ask_anew(loan, outer);
    }
}

#[cold]
#[inline(never)]
fn ask_anew<T, F, Fut>(mut loan: Pin<&mut Loan<Slot<T>, F, Fut>>, outer: &Waker) {
    let slot = loan.as_mut().shared();
    slot.outer = address(outer);
    if let Some(foreign) = slot.foreign.take() {
        // A clone of the waker that asks is not woken: who asks polls.
        if !foreign.will_wake(outer) {
            foreign.wake();
        }
    }
    loan.begin();
}

/// The poll of a stream that has no item: the end, if the body is over.
#[inline]
pub(super) fn nothing<T, I, F, Fut>(loan: &Loan<Slot<T>, F, Fut>) -> Poll<Option<I>> {
    if loan.is_over() { Poll::Ready(None) } else { Poll::Pending }
}

impl<T> Share for Slot<T> {
    type Handle<'a> = Yielder<'a, T>;

    fn handle(slot: Shared<'_, Self>) -> Yielder<'_, T> {
        Yielder { slot }
    }
}

/// The handle with which the body of a [generator](crate::generate()) gives its items.
///
/// It belongs to its generator and cannot leave it. It takes items of one type, down to the lifetime. This compiles:
///
/// ```
/// use anytempo::generate::Yielder;
///
/// fn same<'y, 'a>(y: Yielder<'y, &'a str>) -> Yielder<'y, &'a str> {
///     y
/// }
/// ```
///
/// This does not, because the stream would give items that no longer exist:
///
/// ```compile_fail
/// use anytempo::generate::Yielder;
///
/// fn shorter<'y, 'a>(y: Yielder<'y, &'static str>) -> Yielder<'y, &'a str> {
///     y
/// }
/// ```
pub struct Yielder<'a, T> {
    slot: Shared<'a, Slot<T>>,
}

impl<T> Yielder<'_, T> {
    /// Gives `item` to the stream, and waits until the next one is requested.
    ///
    /// More precisely: the first poll puts the item into the slot and is pending; the emit is ready at the first poll
    /// after the stream has given the item away.
    ///
    /// # Cancel safety
    ///
    /// Weak. An emit that is dropped before its first poll drops its item. After that the stream has the item, and gives
    /// it whether or not the emit is polled again; the next emit waits until it has, and none is overwritten. An emit
    /// that is dropped while it waits in this way drops its item.
    ///
    /// # Examples
    ///
    /// An emit may have a time limit. The request for the next item finds it ready, however late that comes:
    ///
    /// ```
    /// use anytempo::{Timer, generate, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let second = Duration::from_secs(1);
    /// let mut items = pin!(generate(async |mut y| {
    ///     let emitted = clock.timeout(second, y.emit("item")).await;
    ///     y.emit(if emitted.is_ok() { "ready" } else { "elapsed" }).await;
    /// }));
    /// assert_eq!(next(&mut items).await, Some("item"));
    /// clock.sleep(second * 2).await;
    /// assert_eq!(next(&mut items).await, Some("ready"));
    /// # }).unwrap();
    /// ```
    pub fn emit(&mut self, item: T) -> Emit<'_, T> {
        Emit { slot: self.slot.reborrow(), stage: Stage::New(item) }
    }
}

impl<T> fmt::Debug for Yielder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yielder").finish_non_exhaustive()
    }
}

/// The future of [`Yielder::emit`].
///
/// It cannot leave the body either. This compiles:
///
/// ```
/// let mut escaped = None;
/// let stream = anytempo::generate(async |mut y| {
///     let emit: anytempo::generate::Emit<'_, u8> = y.emit(0);
///     escaped = Some(0);
/// #   drop(emit);
/// });
/// # drop(stream);
/// # let _ = escaped;
/// ```
///
/// and this does not:
///
/// ```compile_fail
/// let mut escaped = None;
/// let stream = anytempo::generate(async |mut y| {
///     let emit: anytempo::generate::Emit<'_, u8> = y.emit(0);
///     escaped = Some(emit);
/// });
/// # drop(stream);
/// # let _ = escaped;
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct Emit<'y, T> {
    slot: Shared<'y, Slot<T>>,
    stage: Stage<T>,
}

/// How far an emit is.
enum Stage<T> {
    /// It still has its item.
    New(T),
    /// Its item was put into the slot.
    Put,
    /// It was ready.
    Over,
}

// The item is never pinned.
impl<T> Unpin for Emit<'_, T> {}

impl<T> Future for Emit<'_, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { slot, stage } = &mut *self;
        slot.with(|slot| {
            if matches!(stage, Stage::New(_)) {
                // If it is full, an emit before this one was abandoned, and its item is still to be given.
                if !slot.is_full() {
                    if let Stage::New(item) = mem::replace(stage, Stage::Put) {
                        slot.item = Some(item);
                    }
                }
            } else if !slot.is_full() {
                *stage = Stage::Over;
                return Poll::Ready(());
            }
            if slot.outer != address(cx.waker()) {
                slot.wait(cx.waker());
            }
            Poll::Pending
        })
    }
}

impl<T> FusedFuture for Emit<'_, T> {
    fn is_terminated(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }
}

impl<T> fmt::Debug for Emit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emit").finish_non_exhaustive()
    }
}
