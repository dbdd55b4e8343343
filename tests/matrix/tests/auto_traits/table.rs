//! The types that have names, each with what it is.

use core::future::Ready;

use anytempo::generate::{Emit, Generate, TryGenerate, Yielder};
use anytempo::scope::{
    CloseAll, CloseError, CloseErrors, CloseOnExit, CloseStack, CloseTask, CloseWithin,
    CloseWithinError, CloseWithinFuture, Closing, ClosingAsync, ClosingAsyncFuture, ClosingFuture,
    ClosingOwned, ClosingOwnedFuture, ClosingPoll, ClosingPollFuture, Exit, Lent, SpawnOnDrop,
    SpawnOnDropFuture, TryCloseOnExit,
};
use anytempo::stream::{Countdown, FixedRate, Next, NextOr, Pace, Range};
use anytempo::{
    DynInstant, DynTimer, Elapsed, LocalDynTimer, ScopeError, Slack, SlackSleep, erased, future,
    stream,
};

use crate::is::{Is, IsNot};
use crate::parts::*;

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

    Slack<Handle<M>>                             => same same same;
    Slack<RawSleep<M>>                           => true true true;
    SlackSleep<Handle<M>>                        => same same true;
    SlackSleep<RawSleep<M>>                      => same same same;

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

    CloseWithin<M, Plain>                         => same same same;
    CloseWithin<(), Handle<M>>                   => same same same;
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
    anytempo_smol::Sleep                         => true true true;

    anytempo_async_std::AsyncStdTimer            => true true true;
    anytempo_async_std::AsyncStdSpawner          => true true true;
    anytempo_async_std::Sleep                    => true true true;

    anytempo_embassy::EmbassyTimer               => true true true;
    anytempo_embassy::Instant                    => true true true;
    anytempo_embassy::Sleep                      => true true true;

    // Waits are boxed, so combinators over them are `Unpin`, whatever the timer.
    DynTimer                                     => true true true;
    DynInstant                                   => true true true;
    erased::DynSleep                             => true true true;
    future::Sleep<DynTimer>                      => true true true;
    Countdown<DynTimer>                          => true true true;
    LocalDynTimer                                => false false true;
    erased::LocalDynSleep                        => false false true;
    future::Sleep<LocalDynTimer>                 => false false true;

    future::Sleep<anytempo_virtual::VirtualClock> => true true true;
    // Their tasks need not be `Send`.
    anytempo_virtual::Executor                   => false false true;
    anytempo_virtual::Spawner                    => false false true;
    anytempo_virtual::JoinHandle<()>             => false false true;
}
