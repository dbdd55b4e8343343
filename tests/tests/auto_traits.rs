//! Which types are `Send`, `Sync` and `Unpin`, pinned when this compiles: a type that loses one of them breaks its users,
//! and one that gains one can never lose it again.
//!
//! The types of `anytempo-virtual` that are all three are pinned there.
#![allow(
    dead_code,
    reason = "older compilers do not see what is used in a constant without a name"
)]

use core::cell::Cell;
use core::future::{Future, Ready};
use core::marker::{PhantomData, PhantomPinned};
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::MutexGuard;

use anytempo::generate::{Emit, Generate, TryGenerate, Yielder};
use anytempo::scope::{
    CloseAll, CloseError, CloseErrors, CloseOnExit, CloseStack, CloseTask, CloseWithin,
    CloseWithinError, CloseWithinFuture, Closing, ClosingAsync, ClosingAsyncFuture, ClosingFuture,
    ClosingOwned, ClosingOwnedFuture, ClosingPoll, ClosingPollFuture, Exit, Lent, SpawnOnDrop,
    SpawnOnDropFuture, TryCloseOnExit, spawn_fn,
};
use anytempo::stream::{Countdown, FixedRate, Next, NextOr, Pace, Range};
use anytempo::{
    Close, Elapsed, ScopeError, Spawn, StreamTimeExt, Timer, close_on_exit, closing, closing_async,
    closing_owned, closing_poll, future, generate, next, next_or, range, stream, try_close_on_exit,
    try_generate,
};
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
/// is whether `M` is `Send`, and `both` whether it is `Send` and `Sync`.
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
    (@is both $part:ident $trait:ident) => { Is::<$part>::SEND && Is::<$part>::SYNC };
    (@is $always:ident $part:ident $trait:ident) => { $always };
}

/// A future, a raw sleep, or a stream of `I`, with a part.
struct With<M, I = ()>(PhantomData<M>, PhantomData<fn() -> I>);

/// A resource of a value with a part.
type Door<M = ()> = Closing<M, fn(M), ()>;
/// A resource whose close fails with a part.
type Failing<M> = Closing<(), fn(()) -> Result<(), M>, Result<(), M>>;

/// A resource whose close is a future with a part.
struct Waiting<M>(With<M>);

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
struct WithResult<M>(PhantomData<M>);

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
    Countdown<RawSleep<M>, FixedRate>            => same same same;

    Pace<With<M>, Plain>                         => same same same;
    Pace<With<(), M>, Plain>                     => same same true;
    Pace<With<()>, Handle<M>>                    => same same true;
    Pace<With<()>, RawSleep<M>>                  => same same same;
    Pace<With<()>, RawSleep<M>, FixedRate>       => same same same;

    stream::Stall<With<M>, Plain>                => same same same;
    stream::Stall<With<(), M>, Plain>            => true true true;
    stream::Stall<(), Handle<M>>                 => same same true;
    stream::Stall<(), RawSleep<M>>               => same same same;

    Range<M>                                     => same same true;
    Next<'static, M>                             => same same true;
    NextOr<'static, M, ()>                       => same same true;
    NextOr<'static, (), M>                       => same same true;

    Closing<M, (), ()>                           => same same same;
    Closing<(), M, ()>                           => same same same;
    Closing<(), (), M>                           => true true true;
    ClosingFuture<M>                             => same same true;

    ClosingOwned<M, (), (), fn(M)>               => same same same;
    ClosingOwned<(), M, (), fn(())>              => same same same;
    ClosingOwned<(), (), With<M>, fn(())>        => true true true;
    ClosingOwned<(), (), (), M>                  => same same same;
    ClosingOwnedFuture<M, (), (), fn(M)>         => same same true;
    ClosingOwnedFuture<(), M, (), fn(())>        => same same true;
    ClosingOwnedFuture<(), (), With<M>, fn(())>  => same same same;

    ClosingAsync<M, (), (), fn(M)>               => same same same;
    ClosingAsync<(), M, (), fn(())>              => same same same;
    ClosingAsync<(), (), With<M>, fn(())>        => true true true;
    // The close points to the value beside it.
    ClosingAsyncFuture<M, (), (), fn(M)>         => same false false;
    ClosingAsyncFuture<(), M, (), fn(())>        => same false false;
    ClosingAsyncFuture<(), (), With<M>, fn(())>  => same false false;

    ClosingPoll<M, (), ()>                       => same same same;
    ClosingPoll<(), M, ()>                       => true true true;
    ClosingPoll<(), (), M>                       => same same same;
    ClosingPollFuture<M, (), fn(M)>              => same same same;
    ClosingPollFuture<(), M, fn(())>             => true true true;

    CloseWithin<M, ()>                           => same same same;
    CloseWithin<(), M>                           => same same same;
    CloseWithinFuture<Waiting<M>, Plain>         => same same same;
    CloseWithinFuture<Door, Handle<M>>           => same same true;
    CloseWithinFuture<Door, RawSleep<M>>         => same same same;
    CloseWithinError<M>                          => same same same;

    CloseAll<(Door<M>, Door)>                    => same same true;
    CloseAll<(Door, Door<M>)>                    => same same true;
    CloseAll<(Failing<M>, Door)>                 => same same true;
    CloseAll<(Door, Failing<M>)>                 => same same true;
    CloseAll<(Door, Waiting<M>)>                 => same same same;
    CloseAll<[Door<M>; 2]>                       => same same true;
    CloseAll<[Failing<M>; 2]>                    => same same true;
    CloseAll<CloseStack<Door<M>>>                => same same true;
    CloseAll<CloseStack<Failing<M>>>             => same same true;
    CloseStack<M>                                => same same same;
    CloseErrors<M>                               => same same same;

    SpawnOnDrop<Door<M>, ()>                     => same same same;
    SpawnOnDrop<Door, M>                         => same same same;
    SpawnOnDropFuture<Door<M>, ()>               => same same true;
    SpawnOnDropFuture<Waiting<M>, ()>            => same same true;
    SpawnOnDropFuture<Door, M>                   => same same true;
    CloseTask<Door<M>>                           => same same true;
    CloseTask<Waiting<M>>                        => same same true;

    // It is as a mutable reference.
    Lent<'static, M>                             => same same true;

    // The body points to the resource beside it.
    CloseOnExit<Door<M>, (), With<()>>           => same false false;
    CloseOnExit<Failing<M>, (), With<()>>        => same false false;
    CloseOnExit<Door, M, With<()>>               => same false false;
    CloseOnExit<Door, (), With<M>>               => same false false;
    CloseOnExit<Door, (), Ready<M>>              => same false false;
    TryCloseOnExit<Door<M>, (), With<()>>        => same false false;
    TryCloseOnExit<Door, M, With<()>>            => same false false;
    TryCloseOnExit<Door, (), With<M>>            => same false false;
    TryCloseOnExit<Door, (), Ready<M>>           => same false false;
    CloseError<M, ()>                            => same same same;
    CloseError<(), M>                            => same same same;
    ScopeError<M, (), ()>                        => same same same;
    ScopeError<(), M, ()>                        => same same same;
    ScopeError<(), (), M>                        => same same same;

    stream::CloseOnExit<M, Door>                 => same same same;
    stream::CloseOnExit<(), Door<M>>             => same same true;
    stream::CloseOnExit<(), Failing<M>>          => same same true;

    // The body points to the slot beside it.
    Generate<M, (), ()>                          => same false false;
    Generate<(), M, ()>                          => same false false;
    Generate<(), (), M>                          => same false false;
    TryGenerate<M, (), (), ()>                   => same false false;
    TryGenerate<(), M, (), ()>                   => same false false;
    TryGenerate<(), (), M, ()>                   => same false false;
    TryGenerate<(), (), (), M>                   => same false false;
    // They move items to the slot, and can do nothing while they are shared; an emit has the item until then.
    Yielder<'static, M>                          => send send true;
    Emit<'static, M>                             => send both true;
}

types! {
    Exit                                         => true true true;
    Elapsed                                      => true true true;

    anytempo_tokio::TokioTimer                   => true true true;
    anytempo_tokio::TokioSpawner                 => true true true;
    anytempo_tokio::Instant                      => true true true;
    // tokio's own is pinned.
    anytempo_tokio::Sleep                        => true true false;
    future::Sleep<anytempo_tokio::TokioTimer>    => true true false;
    Countdown<anytempo_tokio::TokioTimer>        => true true false;

    anytempo_smol::SmolTimer                     => true true true;
    anytempo_smol::SmolSpawner                   => true true true;
    anytempo_smol::Instant                       => true true true;
    anytempo_smol::Sleep                         => true true true;

    anytempo_async_std::AsyncStdTimer            => true true true;
    anytempo_async_std::AsyncStdSpawner          => true true true;
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

fn timer() -> Plain {
    Parts(PhantomData, PhantomData)
}

fn is_send(_: &impl Send) {}
fn is_task(_: impl Future + Send + 'static) {}

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

    is_send(&scope((), ()));
    scope((), ()).is_not_unpin();
    scope(local, ()).is_not_send();
    scope((), local).is_not_send();

    is_send(&items((), ()));
    items((), ()).is_not_unpin();
    items(local, ()).is_not_send();
    items((), local).is_not_send();
}

/// What a runtime with many threads spawns, of a scope whose resource borrows, and whose body does.
#[test]
fn scopes_of_borrowing_resources_are_tasks() {
    is_task(async {
        let calls = AtomicU32::new(0);
        let call = || calls.fetch_add(1, Ordering::Relaxed);
        let count = || {
            call();
        };
        let wait = || With::<()>(PhantomData, PhantomData);
        let number = AtomicU32::new(0);

        let resource = closing("borrowed", |_| count());
        let Ok(_) = close_on_exit(resource, async |_| {
            count();
            wait().await;
            call()
        })
        .await;

        let open = || {
            closing_async(
                &number,
                async |number| {
                    wait().await;
                    number.fetch_add(call(), Ordering::Relaxed);
                    Err::<(), &AtomicU32>(&calls)
                },
                |_| count(),
            )
        };
        let _ = close_on_exit(open(), async |number| {
            wait().await;
            number.fetch_add(call(), Ordering::Relaxed)
        })
        .await;
        let _ = try_close_on_exit((open(), [open(), open()]), async |all| {
            wait().await;
            try_close_on_exit(open(), async |number| {
                wait().await;
                number.fetch_add(all.0.load(Ordering::Relaxed), Ordering::Relaxed);
                Err::<(), _>(&calls)
            })
            .await
            .map_err(drop)
        })
        .await;

        let polled = closing_poll(&number, |_, _| Poll::Ready(Err(())), |_| count());
        let polled = polled.close_within(timer(), Duration::ZERO).spawn_on_drop(spawn_fn(drop));
        let _ = close_on_exit(polled, async |_| wait().await).await;

        let owned = closing_owned(
            &number,
            async |number: &AtomicU32, _| {
                wait().await;
                number.fetch_add(call(), Ordering::Relaxed);
                Err::<(), &AtomicU32>(&calls)
            },
            |_| count(),
        );
        let _ = try_close_on_exit(CloseStack::from(vec![owned]), async |mut stack| {
            wait().await;
            stack.reverse();
            Err::<(), _>(&calls)
        })
        .await;

        let mut items = pin!(range(0..3).close_on_exit(open()));
        while next(&mut items).await.is_some() {}
        let mut items = pin!(try_generate(async |mut y| {
            try_close_on_exit(open(), async |number| {
                y.emit(&calls).await;
                wait().await;
                number.fetch_add(1, Ordering::Relaxed);
                Ok::<_, ()>(())
            })
            .await
        }));
        while next(&mut items).await.is_some() {}
    });
}

/// All that a library has to say of a resource to spawn a scope of it.
fn spawns_a_scope<R>(resource: R)
where
    R: Close<Target: Send, Closing: Send, Error: Send> + Send + 'static,
{
    is_task(close_on_exit(resource, async |target| {
        With::<()>(PhantomData, PhantomData).await;
        let _target = target;
    }));
}

#[test]
fn scopes_of_any_resource_are_tasks() {
    spawns_a_scope(closing(Cell::new(1), drop));
    spawns_a_scope(closing_async((), async |_| (), drop));
    spawns_a_scope(closing_owned((), async |(), _| (), drop));
    spawns_a_scope(CloseStack::from(vec![closing((), drop)]));
    let limited = closing_async((), async |_| (), drop).close_within(timer(), Duration::ZERO);
    spawns_a_scope([limited].spawn_on_drop(anytempo_tokio::TokioSpawner::default()));
}

/// `Debug` shows no private type, and does not require the parts to be shown.
#[test]
fn debug_names_no_private_type() {
    let mut items = pin!(generate(async |mut y| y.emit(PhantomPinned).await));
    assert_eq!(format!("{items:?}"), "Generate { ended: false, .. }");
    assert_eq!(format!("{:?}", next(&mut items)), "Next { .. }");
    assert_eq!(format!("{:?}", next_or(&mut items, PhantomPinned)), "NextOr { .. }");
    let items = pin!(try_generate(async |mut y: Yielder<'_, u8>| {
        assert_eq!(format!("{y:?}"), "Yielder { .. }");
        assert_eq!(format!("{:?}", y.emit(1)), "Emit { .. }");
        Err(PhantomPinned)
    }));
    assert_eq!(format!("{items:?}"), "TryGenerate { ended: false, .. }");
    let mut items = items;
    assert!(matches!(
        items.as_mut().poll_next(&mut Context::from_waker(Waker::noop())),
        Poll::Ready(Some(Err(PhantomPinned)))
    ));
    assert_eq!(format!("{items:?}"), "TryGenerate { ended: true, .. }");
}
