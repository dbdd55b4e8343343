//! Types with a part of any kind: futures, streams, timers and resources.

use core::cell::Cell;
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::MutexGuard;

use anytempo::scope::{Closing, Exit};
use anytempo::{Close, Spawn, Timer};
use anytempo_virtual::Instant;
use futures_core::Stream;

// A part of a type, by which the rest is told: each lacks something else.

/// Stays on its thread.
pub(crate) type Local = PhantomData<*const ()>;
/// Moves between threads, and is not shared.
pub(crate) type Moved = PhantomData<Cell<()>>;
/// Is shared between threads, and does not move.
pub(crate) type Shared = PhantomData<MutexGuard<'static, ()>>;
/// Stays where it was pinned.
pub(crate) type Pinned = PhantomPinned;

/// A future, a raw sleep, or a stream of `I`, with a part.
pub(crate) struct With<M, I = ()>(pub(crate) PhantomData<M>, pub(crate) PhantomData<fn() -> I>);

/// A resource of a value with a part.
pub(crate) type Door<M = ()> = Closing<M, fn(M), ()>;
/// A resource whose close fails with a part.
pub(crate) type Failing<M> = Closing<(), fn(()) -> Result<(), M>, Result<(), M>>;

/// A resource whose close is a future with a part.
pub(crate) struct Waiting<M>(With<M>);

impl<M> Close for Waiting<M> {
    type Target = Self;
    type Error = ();
    type Closing = WithResult<M>;

    fn target(&mut self) -> &mut Self {
        self
    }

    fn close(self, _: Exit) -> WithResult<M> {
        WithResult(PhantomData)
    }

    fn abort(self) {}
}

/// A close with a part.
pub(crate) struct WithResult<M>(PhantomData<M>);

impl<M> Future for WithResult<M> {
    type Output = Result<(), ()>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Pending
    }
}

impl<M, F> Spawn<F> for With<M> {
    fn spawn(&self, _: F) {}
}

impl<M> Future for With<M> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl<M, I> Stream for With<M, I> {
    type Item = I;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I>> {
        Poll::Pending
    }
}

impl<M> anytempo::RawSleep for With<M> {
    type Instant = Instant;

    fn reset(self: Pin<&mut Self>, _: Option<Instant>) {}

    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// A timer, of which the handle and the sleep each have a part.
pub(crate) struct Parts<H, S>(pub(crate) PhantomData<H>, pub(crate) PhantomData<fn() -> S>);

pub(crate) type Handle<M> = Parts<M, ()>;
pub(crate) type RawSleep<M> = Parts<(), M>;
pub(crate) type Plain = Parts<(), ()>;

impl<H, S> Clone for Parts<H, S> {
    fn clone(&self) -> Self {
        Self(PhantomData, PhantomData)
    }
}

impl<H, S> Timer for Parts<H, S> {
    type Instant = Instant;
    type Sleep = With<S>;

    fn now(&self) -> Instant {
        Instant::START
    }

    fn raw_sleep(&self, _: Option<Instant>) -> With<S> {
        With(PhantomData, PhantomData)
    }
}
