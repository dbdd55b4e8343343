use core::future::Future;
use core::hint::black_box;
use core::ops::DerefMut;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use anytempo::scope::{Close, Exit, Lent};
use anytempo::{
    StreamTimeExt, Timer, close_on_exit, closing, closing_async, closing_owned, closing_poll,
    try_close_on_exit,
};

use crate::hidden::{HiddenStream, hidden_duration, poll_future, poll_once, poll_stream};

pub(crate) fn use_scope<T: Timer>(timer: &T) {
    // Each kind of resource; by itself, and in company with a limit.
    enter(sure);
    enter(fallible);
    enter(awaited);
    enter(polled);
    enter(owned);
    enter(|| sure().close_within(timer.clone(), hidden_duration()));
    enter(|| awaited().close_within(timer.clone(), hidden_duration()));
    enter(|| (sure(), fallible()));
    enter(|| {
        let limited = polled().close_within(timer.clone(), hidden_duration());
        (sure(), fallible(), awaited(), limited, [fallible(), fallible()], fallible())
    });
    enter(|| [fallible(), fallible(), fallible()]);
    enter(|| [awaited(), awaited()]);
    enter(|| (owned(), [owned(), owned()]));
    look(timer);
}

/// Every scope there is, with a resource of one kind.
#[inline(never)]
fn enter<R: Close>(make: impl Fn() -> R) {
    poll_future(close_on_exit(make(), body_with_a_value));
    poll_future(try_close_on_exit(make(), body_with_a_result));
    poll_stream(HiddenStream.close_on_exit(make()));
    // A user may close by hand, too.
    let mut resource = make();
    black_box(resource.target());
    resource.abort();
    poll_once(pin!(make().close(Exit::Failed)));
    // Or cancel a scope, and keep what the body gave.
    let mut scope = pin!(close_on_exit(make(), body_with_a_value));
    poll_future(scope.as_mut());
    black_box(scope.cancel());
}

/// What is in a resource can be seen before it enters a scope.
fn look<T: Timer>(timer: &T) {
    black_box(&mut *sure());
    black_box(&mut *awaited());
    black_box(&mut *polled());
    black_box(&mut *polled().close_within(timer.clone(), hidden_duration()));
}

fn sure() -> impl Close<Target = u32> + DerefMut<Target = u32> {
    closing(black_box(1_u32), |value| {
        black_box(value);
    })
}

fn fallible() -> impl Close {
    closing(black_box(1_u32), |value| {
        black_box(value);
        hidden_close()
    })
}

fn awaited() -> impl Close<Target = u32> + DerefMut<Target = u32> {
    closing_async(black_box(1_u32), close, |value| {
        black_box(value);
    })
}

fn owned() -> impl Close<Target = u32> + DerefMut<Target = u32> {
    closing_owned(
        black_box(1_u32),
        |value, exit| {
            black_box((value, exit));
            Waiting(hidden_close)
        },
        |value| {
            black_box(value);
        },
    )
}

fn polled() -> impl Close<Target = u32> + DerefMut<Target = u32> {
    fn poll_close(value: Pin<&mut u32>, _: &mut Context<'_>) -> Poll<Result<(), u8>> {
        black_box(value);
        if black_box(false) { Poll::Ready(hidden_close()) } else { Poll::Pending }
    }
    closing_poll(black_box(1_u32), poll_close, |value| {
        black_box(value);
    })
}

fn hidden_value() -> u32 {
    black_box(1)
}

fn hidden_result() -> Result<u32, u8> {
    black_box(Ok(1))
}

fn hidden_close() -> Result<(), u8> {
    black_box(Ok(()))
}

fn body_with_a_value<V: ?Sized>(lent: Lent<'_, V>) -> Body<'_, V, u32> {
    Body { lent, end: hidden_value }
}

fn body_with_a_result<V: ?Sized>(lent: Lent<'_, V>) -> Body<'_, V, Result<u32, u8>> {
    Body { lent, end: hidden_result }
}

fn close(lent: Lent<'_, u32>) -> Body<'_, u32, Result<(), u8>> {
    Body { lent, end: hidden_close }
}

/// A body that ends at a poll nobody knows. By hand, for the same reason as in `generate`.
struct Body<'a, V: ?Sized, O> {
    lent: Lent<'a, V>,
    end: fn() -> O,
}

impl<V: ?Sized, O> Future for Body<'_, V, O> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<O> {
        // Whoever has the pointer may have changed what is there.
        black_box(&mut *self.lent);
        if black_box(false) { Poll::Ready((self.end)()) } else { Poll::Pending }
    }
}

/// A close that ends at a poll nobody knows.
struct Waiting<O>(fn() -> O);

impl<O> Future for Waiting<O> {
    type Output = O;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<O> {
        if black_box(false) { Poll::Ready((self.0)()) } else { Poll::Pending }
    }
}
