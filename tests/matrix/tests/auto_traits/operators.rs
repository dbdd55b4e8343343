//! The time operators, each with what it is.

use anytempo::future::{Idle, IdleTimeout};
use anytempo::stream::{
    AtMost, Burst, ChunksWithin, Debounce, FixedRate, FoldWithin, Interval, KeepAlive, OncePerGap,
    Repeating, Sample, TakeFor, ThrottleFirst, ThrottleLatest, TimeBetween, TimeoutEach,
    Timestamped,
};

use crate::is::{Is, IsNot};
use crate::parts::*;

types_with_a_part! {
    //                                              Send Sync Unpin
    Interval<Handle<M>>                          => same same true;
    Interval<RawSleep<M>>                        => same same same;
    Interval<RawSleep<M>, FixedRate>             => same same same;

    ThrottleLatest<With<M>, Plain>               => same same same;
    ThrottleLatest<With<(), M>, Plain>           => same same true;
    ThrottleLatest<With<()>, Handle<M>>          => same same true;
    ThrottleLatest<With<()>, RawSleep<M>>        => same same same;

    // It holds no item.
    ThrottleFirst<With<M>, Plain>                => same same same;
    ThrottleFirst<With<(), M>, Plain>            => true true true;
    ThrottleFirst<With<()>, Handle<M>>           => same same true;
    ThrottleFirst<With<()>, RawSleep<M>>         => same same same;

    Sample<With<M>, Plain>                       => same same same;
    Sample<With<(), M>, Plain>                   => same same true;
    Sample<With<()>, Handle<M>>                  => same same true;
    Sample<With<()>, RawSleep<M>>                => same same same;

    Debounce<With<M>, Plain>                     => same same same;
    Debounce<With<(), M>, Plain>                 => same same true;
    Debounce<With<()>, Handle<M>>                => same same true;
    Debounce<With<()>, RawSleep<M>>              => same same same;
    Debounce<With<()>, RawSleep<M>, AtMost<RawSleep<M>>> => same same same;
    AtMost<Handle<M>>                            => true true true;

    TimeoutEach<M, Plain>                        => same same same;
    TimeoutEach<With<(), M>, Plain>              => true true true;
    TimeoutEach<(), Handle<M>>                   => same same true;
    TimeoutEach<(), RawSleep<M>, Repeating>      => same same same;

    KeepAlive<M, Plain, ()>                      => same same same;
    KeepAlive<(), Handle<M>, ()>                 => same same true;
    KeepAlive<(), RawSleep<M>, ()>               => same same same;
    KeepAlive<(), Plain, M>                      => same same true;

    FoldWithin<M, Plain, (), (), ()>             => same same same;
    FoldWithin<(), Handle<M>, (), (), ()>        => same same true;
    FoldWithin<(), RawSleep<M>, (), (), ()>      => same same same;
    FoldWithin<(), Plain, M, (), ()>             => same same true;
    FoldWithin<(), Plain, (), M, ()>             => same same true;
    FoldWithin<(), Plain, (), (), M>             => same same true;

    ChunksWithin<With<M>, Plain>                 => same same same;
    ChunksWithin<With<(), M>, Plain>             => same same true;
    ChunksWithin<With<()>, Handle<M>>            => same same true;
    ChunksWithin<With<()>, RawSleep<M>>          => same same same;

    TakeFor<M, Plain>                            => same same same;
    TakeFor<(), Handle<M>>                       => same same true;
    TakeFor<(), RawSleep<M>>                     => same same same;

    Burst<With<M>, Plain>                        => same same same;
    Burst<With<(), M>, Plain>                    => same same true;
    Burst<With<()>, Handle<M>>                   => same same true;
    Burst<With<()>, RawSleep<M>>                 => same same same;

    Timestamped<M, Plain>                        => same same same;
    Timestamped<(), Handle<M>>                   => same same true;

    TimeBetween<M, Plain>                        => same same same;
    TimeBetween<(), Handle<M>>                   => same same true;

    // The body points to what it resets, beside it.
    IdleTimeout<M, (), Plain>                    => same false false;
    IdleTimeout<(), M, Plain>                    => same false false;
    IdleTimeout<(), (), Handle<M>>               => same false false;
    IdleTimeout<(), (), RawSleep<M>>             => same false false;
}

types! {
    OncePerGap                                         => true true true;
    Repeating                                    => true true true;
    Idle<'static>                                => true true true;
}
