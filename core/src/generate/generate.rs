use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::generate::Body;
#[cfg(doc)]
use crate::generate::Yielder;
use crate::generate::slot::{Slot, ask, nothing};
use crate::loan::{Loan, share};

/// A stream written as `async` code: each [`emit`](Yielder::emit) in `body` is an item.
///
/// The body may await anything between items, and give them from loops and branches. It allocates nothing. The waker of the
/// stream's task is passed to the body unchanged.
///
/// More precisely: the body begins at the first poll. Each poll of the stream polls the body once, and gives the item that
/// it left in the slot, if it did. The end of the body is the end of the stream, after an item that was given last. A body
/// that panics ends the stream too. The panic reaches the code that polls. After it the stream gives the item that the body had
/// left, if there is one, and is then at its end.
///
/// It is not `Unpin`: pin it with [`pin!`](core::pin::pin), or in a box. The compiler may add a panic to the body, for a poll
/// after its end. It is never reached.
///
/// Dropping the stream drops the body where it stands, with all that it holds.
///
/// # Cost
///
/// Instructions for each item of a loop over a range, which a consumer takes through a `dyn Stream`. They were counted with
/// callgrind (x86-64, rustc 1.95, optimized, LTO), and include 9 instructions of the consumer:
///
/// | item | hand-written [`Stream`] | `generate` | `async_stream::stream!` |
/// |---|---|---|---|
/// | `u64` | 16 | 59 | 44 |
/// | 64 bytes | 33 | 91 | 91 |
/// | `String`, empty | 27 | 81 | 67 |
///
/// Firmware for a Cortex-M0 needs 424 bytes of flash and 64 bytes of RAM more than with the loop of the body alone. A minimal
/// generator, without what the next paragraph lists, needs 180 and 40.
///
/// The difference to `async_stream` is what this promises in addition. No emit overwrites the item of an abandoned one, an emit that
/// is polled with a foreign waker is woken, and nothing lies in a thread-local variable.
///
/// In Python an asynchronous generator is faster than a class with `__anext__`. In Rust it is slower: a hand-written stream takes
/// about a third of the instructions.
///
/// # Cancel safety
///
/// Strict. The stream may be polled, left and polled again at will. For an emit that the body itself abandons see
/// [`emit`](Yielder::emit).
///
/// # Examples
///
/// ```
/// use anytempo::{Timer, generate, next};
/// use core::{pin::pin, time::Duration};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let mut squares = pin!(generate(async |mut y| {
///     for number in 1..=3 {
///         clock.sleep(Duration::from_secs(1)).await;
///         y.emit(number * number).await;
///     }
/// }));
/// assert_eq!(next(&mut squares).await, Some(1));
/// assert_eq!(next(&mut squares).await, Some(4));
/// assert_eq!(next(&mut squares).await, Some(9));
/// assert_eq!(next(&mut squares).await, None);
/// assert_eq!(clock.elapsed(), Duration::from_secs(3));
/// # }).unwrap();
/// ```
///
/// Items may come from loops and branches, and from another generator:
///
/// ```
/// use anytempo::{generate, next};
/// use core::pin::pin;
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let mut words = pin!(generate(async |mut y| {
///     let mut numbers = pin!(generate(async |mut y| {
///         for number in 1..=3 {
///             y.emit(number).await;
///         }
///     }));
///     while let Some(number) = next(&mut numbers).await {
///         if number % 2 == 0 {
///             y.emit("even").await;
///         } else {
///             y.emit("odd").await;
///         }
///     }
/// }));
/// assert_eq!(next(&mut words).await, Some("odd"));
/// assert_eq!(next(&mut words).await, Some("even"));
/// assert_eq!(next(&mut words).await, Some("odd"));
/// assert_eq!(next(&mut words).await, None);
/// # }).unwrap();
/// ```
///
/// Dropped while it is suspended, it drops what the body holds:
///
/// ```
/// use anytempo::{generate, next};
/// use std::rc::Rc;
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let held = Rc::new(());
/// let mut items = Box::pin(generate(async |mut y| {
///     let _held = held.clone();
///     y.emit(1).await;
///     y.emit(2).await;
/// }));
/// assert_eq!(next(&mut items).await, Some(1));
/// assert_eq!(Rc::strong_count(&held), 2);
/// drop(items);
/// assert_eq!(Rc::strong_count(&held), 1);
/// # }).unwrap();
/// ```
///
/// A body that panics ends the stream:
///
/// ```
/// use anytempo::{generate, next};
/// use std::panic::{AssertUnwindSafe, catch_unwind};
///
/// let executor = anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new());
/// let mut items = Box::pin(generate(async |mut y| {
///     y.emit(1).await;
///     panic!("as a body might");
/// }));
/// assert_eq!(executor.block_on(next(&mut items)).unwrap(), Some(1));
/// assert!(catch_unwind(AssertUnwindSafe(|| executor.block_on(next(&mut items)))).is_err());
/// assert_eq!(executor.block_on(next(&mut items)).unwrap(), None);
/// ```
///
/// The yielder cannot leave the body. This compiles:
///
/// ```
/// let mut escaped = None;
/// let stream = anytempo::generate(async |y| {
///     let yielder: anytempo::generate::Yielder<'_, u8> = y;
///     escaped = Some(0);
/// #   let _ = yielder;
/// });
/// # drop(stream);
/// # let _ = escaped;
/// ```
///
/// and this does not:
///
/// ```compile_fail
/// let mut escaped = None;
/// let stream = anytempo::generate(async |y| {
///     let yielder: anytempo::generate::Yielder<'_, u8> = y;
///     escaped = Some(yielder);
/// });
/// # drop(stream);
/// # let _ = escaped;
/// ```
///
/// Nor can it go to a thread, or anywhere else, that may outlive the body. This compiles:
///
/// ```
/// let stream = anytempo::generate(async |y: anytempo::generate::Yielder<'_, u8>| {
///     std::thread::spawn(move || drop(7));
///     drop(y);
/// });
/// # drop(stream);
/// ```
///
/// and this does not:
///
/// ```compile_fail
/// let stream = anytempo::generate(async |y: anytempo::generate::Yielder<'_, u8>| {
///     std::thread::spawn(move || drop(y));
/// });
/// # drop(stream);
/// ```
#[doc(alias = "yield")]
#[doc(alias = "stream")]
#[doc(alias = "async_stream")]
#[doc(alias = "gen")]
#[doc(alias = "async generator")]
pub fn generate<T, F, Fut>(body: F) -> Generate<T, F, Fut>
where
    F: Body<T, (), Fut>,
    Fut: Future,
{
    Generate { loan: share(Slot::new(), body) }
}

pin_project! {
    /// The stream of [`generate`].
    ///
    /// `F` is the body before it begins, `Fut` the body as it runs.
    #[must_use = "streams do nothing unless polled"]
    pub struct Generate<T, F, Fut> {
        #[pin]
        loan: Loan<Slot<T>, F, Fut>,
    }
}

impl<T, F, Fut: Future<Output = ()>> Stream for Generate<T, F, Fut> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut loan = self.project().loan;
        ask(loan.as_mut(), cx.waker());
        // The loan knows whether the body is over. To carry that along would cost an instruction for each item.
        let _ = loan.as_mut().poll_begun(cx);
        match loan.as_mut().shared().take() {
            Some(item) => Poll::Ready(Some(item)),
            None => nothing(&loan),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let full = usize::from(self.loan.peek().is_full());
        // Only a body that panicked leaves an item for the next poll.
        (full, self.loan.is_over().then_some(full))
    }
}

impl<T, F, Fut: Future<Output = ()>> FusedStream for Generate<T, F, Fut> {
    fn is_terminated(&self) -> bool {
        self.loan.is_over() && !self.loan.peek().is_full()
    }
}

impl<T, F, Fut> fmt::Debug for Generate<T, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generate").field("ended", &self.loan.is_over()).finish_non_exhaustive()
    }
}
