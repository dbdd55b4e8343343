//! Which types are `Send`, `Sync` and `Unpin`, pinned when this compiles: a type that loses one of them breaks its users,
//! and one that gains one can never lose it again.
//!
//! The types of `anytempo-virtual` that are all three are pinned there.
#![allow(
    dead_code,
    reason = "older compilers do not see what is used in a constant without a name"
)]

use core::cell::Cell;
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::MutexGuard;

use anytempo::generate::{Emit, Generate, Yielder};
use anytempo::scope::{CloseError, CloseOnExit, Closing};
use anytempo::stream::{Countdown, Next, NextOr, Pace, Range};
use anytempo::{Elapsed, Timer, close_on_exit, closing, future, generate, stream};
use anytempo_virtual::Instant;
use futures_core::Stream;

// What a type has is a constant that is chosen where the type is known: the inherent one if its bound holds, and
// otherwise the one of this trait, which everything has.
struct Is<T>(PhantomData<T>);

trait IsNot {
    const SEND: bool = false;
    const SYNC: bool = false;
    const UNPIN: bool = false;
}

impl<T> IsNot for Is<T> {}

impl<T: Send> Is<T> {
    const SEND: bool = true;
}

impl<T: Sync> Is<T> {
    const SYNC: bool = true;
}

impl<T: Unpin> Is<T> {
    const UNPIN: bool = true;
}

// A part of a type, by which the rest is told: each lacks something else.

/// Stays on its thread.
type Local = PhantomData<*const ()>;
/// Moves between threads, and is not shared.
type Moved = PhantomData<Cell<()>>;
/// Is shared between threads, and does not move.
type Shared = PhantomData<MutexGuard<'static, ()>>;
/// Stays where it was pinned.
type Pinned = PhantomPinned;

/// Compares what types have with a table.
macro_rules! types {
    ($($type:ty => $send:ident $sync:ident $unpin:ident;)*) => {
        const _: () = {
            $(assert!(Is::<$type>::SEND == $send, concat!("Send: ", stringify!($type)));
            assert!(Is::<$type>::SYNC == $sync, concat!("Sync: ", stringify!($type)));
            assert!(Is::<$type>::UNPIN == $unpin, concat!("Unpin: ", stringify!($type)));)*
        };
    };
}

/// The same for types with a part `M`, which is each of the parts above. In the table `same` is what `M` has, and `send`
/// is whether `M` is `Send`.
macro_rules! types_with_a_part {
    ($($type:ty => $send:ident $sync:ident $unpin:ident;)*) => {
        $(const _: () = {
            type Whole<M> = $type;
            types_with_a_part!(@part $type, Local: $send $sync $unpin);
            types_with_a_part!(@part $type, Moved: $send $sync $unpin);
            types_with_a_part!(@part $type, Shared: $send $sync $unpin);
            types_with_a_part!(@part $type, Pinned: $send $sync $unpin);
        };)*
    };
    (@part $type:ty, $part:ident: $send:ident $sync:ident $unpin:ident) => {
        assert!(
            Is::<Whole<$part>>::SEND == types_with_a_part!(@is $send $part SEND),
            concat!("Send: ", stringify!($type), " with M = ", stringify!($part)),
        );
        assert!(
            Is::<Whole<$part>>::SYNC == types_with_a_part!(@is $sync $part SYNC),
            concat!("Sync: ", stringify!($type), " with M = ", stringify!($part)),
        );
        assert!(
            Is::<Whole<$part>>::UNPIN == types_with_a_part!(@is $unpin $part UNPIN),
            concat!("Unpin: ", stringify!($type), " with M = ", stringify!($part)),
        );
    };
    (@is same $part:ident $trait:ident) => { Is::<$part>::$trait };
    (@is send $part:ident $trait:ident) => { Is::<$part>::SEND };
    (@is $always:ident $part:ident $trait:ident) => { $always };
}

/// A future, a raw sleep, or a stream of `I`, with a part.
struct With<M, I = ()>(PhantomData<M>, PhantomData<fn() -> I>);

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

impl<M> anytempo::Sleep for With<M> {
    type Instant = Instant;

    fn reset(self: Pin<&mut Self>, _: Option<Instant>) {}

    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// A timer, of which the handle and the sleep each have a part.
struct Parts<H, S>(PhantomData<H>, PhantomData<fn() -> S>);

type Handle<M> = Parts<M, ()>;
type RawSleep<M> = Parts<(), M>;
type Plain = Parts<(), ()>;

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

    fn resolution(&self) -> Duration {
        Duration::ZERO
    }
}

types_with_a_part! {
    // The parts themselves.                        Send Sync Unpin
    M                                            => same same same;
    With<M>                                      => same same same;
    Handle<M>                                    => same same same;
    RawSleep<M>                                  => true true true;

    future::Sleep<Handle<M>>                     => same same true;
    future::Sleep<RawSleep<M>>                   => same same same;

    future::Timeout<With<M>, Plain>              => same same same;
    future::Timeout<(), Handle<M>>               => same same true;
    future::Timeout<(), RawSleep<M>>             => same same same;

    future::Stall<With<M>, Plain>                => same same same;
    future::Stall<(), Handle<M>>                 => same same true;
    future::Stall<(), RawSleep<M>>               => same same same;

    Countdown<Handle<M>>                         => same same true;
    Countdown<RawSleep<M>>                       => same same same;

    Pace<With<M>, Plain>                         => same same same;
    Pace<With<(), M>, Plain>                     => same same true;
    Pace<With<()>, Handle<M>>                    => same same true;
    Pace<With<()>, RawSleep<M>>                  => same same same;

    stream::Stall<With<M>, Plain>                => same same same;
    stream::Stall<With<(), M>, Plain>            => true true true;
    stream::Stall<(), Handle<M>>                 => same same true;
    stream::Stall<(), RawSleep<M>>               => same same same;

    Range<M>                                     => same same true;
    Next<'static, M>                             => same same true;
    NextOr<'static, M, ()>                       => same same true;
    NextOr<'static, (), M>                       => same same true;

    Closing<M, ()>                               => same same same;
    Closing<(), M>                               => same same same;
    CloseOnExit<M>                               => same same same;
    CloseError<M, ()>                            => same same same;
    CloseError<(), M>                            => same same same;

    // The body points to the slot beside it.
    Generate<M, (), ()>                          => same false false;
    Generate<(), M, ()>                          => same false false;
    Generate<(), (), M>                          => same false false;
    // They move items to the slot, and can do nothing while they are shared.
    Yielder<'static, M>                          => send send true;
    Emit<'static, M>                             => send send true;
}

types! {
    Elapsed                                      => true true true;

    anytempo_tokio::TokioTimer                   => true true true;
    anytempo_tokio::Instant                      => true true true;
    // tokio's own is pinned.
    anytempo_tokio::Sleep                        => true true false;
    future::Sleep<anytempo_tokio::TokioTimer>    => true true false;
    Countdown<anytempo_tokio::TokioTimer>        => true true false;

    anytempo_smol::SmolTimer                     => true true true;
    anytempo_smol::Instant                       => true true true;
    anytempo_smol::Sleep                         => true true true;

    anytempo_async_std::AsyncStdTimer            => true true true;
    anytempo_async_std::Instant                  => true true true;
    anytempo_async_std::Sleep                    => true true true;

    anytempo_embassy::EmbassyTimer               => true true true;
    anytempo_embassy::Instant                    => true true true;
    anytempo_embassy::Sleep                      => true true true;

    future::Sleep<anytempo_virtual::VirtualClock> => true true true;
    // Their tasks need not be `Send`.
    anytempo_virtual::Executor                   => false false true;
    anytempo_virtual::Spawner                    => false false true;
    anytempo_virtual::JoinHandle<()>             => false false true;
}

// What follows has a type without a name. What such a type lacks is told by a method that two implementations have if it
// does not lack it, and then the call is ambiguous.

trait NotSend<A> {
    fn is_not_send(&self) {}
}

impl<T> NotSend<()> for T {}

impl<T: Send> NotSend<u8> for T {}

trait NotUnpin<A> {
    fn is_not_unpin(&self) {}
}

impl<T> NotUnpin<()> for T {}

impl<T: Unpin> NotUnpin<u8> for T {}

fn is_send(_: &impl Send) {}
fn is_send_and_sync(_: &(impl Send + Sync)) {}

/// A scope that holds what it needs over an await.
fn scope<V, K>(value: V, kept: K) -> impl Future {
    close_on_exit(closing(value, |_| ()), async move |value| {
        With::<()>(PhantomData, PhantomData).await;
        let _ = (value, kept);
    })
}

/// A generator that holds an item, and what else it needs, over an await.
fn items<I, K>(item: I, kept: K) -> impl Stream<Item = I> {
    generate(async move |mut y| {
        With::<()>(PhantomData, PhantomData).await;
        y.emit(item).await;
        drop(kept);
    })
}

#[test]
fn scopes_and_generators_are_send_if_what_they_hold_is() {
    let local: Local = PhantomData;

    is_send_and_sync(&scope((), ()));
    scope((), ()).is_not_unpin();
    scope(local, ()).is_not_send();
    scope((), local).is_not_send();

    is_send(&items((), ()));
    items((), ()).is_not_unpin();
    items(local, ()).is_not_send();
    items((), local).is_not_send();
}
