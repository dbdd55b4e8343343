use alloc::boxed::Box;
use alloc::rc::Rc;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use crate::erased::clock::{Clock, Shared, Sleeper, Started, Waiting};
use crate::erased::instant::DynInstant;
use crate::raw_sleep::RawSleep;
#[cfg(target_has_atomic = "ptr")]
use crate::send_timer::SendTimer;
use crate::timer::Timer;

/// A timer and its wait, for one kind of pointer and what the timers behind it have to be.
macro_rules! erased {
    (
        $(#[$attribute:meta])*
        $Timer:ident, $Sleep:ident: $Pointer:ident, [$($Auto:tt)*];
        $T:ident: [$($bounds:tt)*]
    ) => {
        $(#[$attribute])*
        #[derive(Clone)]
        pub struct $Timer {
            shared: $Pointer<Shared<dyn Clock<dyn Sleeper $($Auto)*> $($Auto)*>>,
        }

        impl $Timer {
            /// Holds `timer`, and starts now.
            ///
            /// It reads the clock, and allocates once. Clones share what it allocates.
            pub fn new<$T: $($bounds)*>(timer: $T) -> Self {
                let start = timer.now();
                Self::starting_at(timer, start)
            }

            /// Holds `timer`, and counts its instants from `start`. It reads no clock.
            ///
            /// Two timers over one clock that have the same start agree about their instants. While the clock is before `start`, this
            /// timer stands still.
            pub fn starting_at<$T: $($bounds)*>(timer: $T, start: $T::Instant) -> Self {
                Self { shared: $Pointer::new(Shared::new(timer, start)) }
            }

            /// The instant `since_start` after the start.
            #[must_use]
            pub fn instant(&self, since_start: Duration) -> DynInstant {
                DynInstant::new(since_start, self.shared.tick)
            }
        }

        impl<$T: $($bounds)*> Clock<dyn Sleeper $($Auto)*> for Started<$T> {
            fn now(&self) -> Duration {
                self.since_start()
            }

            fn wait(&self, deadline: Option<DynInstant>) -> Pin<Box<Waiting<dyn Sleeper $($Auto)*>>> {
                Box::pin(self.waiting(deadline))
            }
        }

        // The list of timers in an error would show the macro.
        #[diagnostic::do_not_recommend]
        impl Timer for $Timer {
            type Instant = DynInstant;
            type Sleep = $Sleep;

            #[inline]
            fn now(&self) -> DynInstant {
                self.instant(self.shared.clock.now())
            }

            #[inline]
            fn raw_sleep(&self, deadline: Option<DynInstant>) -> $Sleep {
                $Sleep { waiting: self.shared.clock.wait(deadline) }
            }
        }

        impl fmt::Debug for $Timer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Timer)).finish_non_exhaustive()
            }
        }

        #[doc = concat!("A wait of a [`", stringify!($Timer), "`], in a box of its own, which a reset uses again.")]
        #[must_use = "futures do nothing unless polled"]
        pub struct $Sleep {
            waiting: Pin<Box<Waiting<dyn Sleeper $($Auto)*>>>,
        }

        impl Future for $Sleep {
            type Output = ();

            #[inline]
            fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
                self.waiting.as_mut().sleeper().poll_sleep(cx)
            }
        }

        impl RawSleep for $Sleep {
            type Instant = DynInstant;

            #[inline]
            fn reset(mut self: Pin<&mut Self>, deadline: Option<DynInstant>) {
                self.waiting.as_mut().reset(deadline);
            }

            #[inline]
            fn deadline(&self) -> Option<DynInstant> {
                self.waiting.deadline
            }

            #[inline]
            fn arm(mut self: Pin<&mut Self>, cx: &mut Context<'_>) {
                self.waiting.as_mut().sleeper().arm_sleep(cx);
            }
        }

        impl fmt::Debug for $Sleep {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Sleep)).field("deadline", &self.waiting.deadline).finish()
            }
        }
    };
}

#[cfg(target_has_atomic = "ptr")]
erased! {
    /// Any timer, behind a pointer: one type for programs without a type parameter.
    ///
    /// It keeps all guarantees of the timer that it holds, on clocks that count in ticks too.
    ///
    /// - A clone is another reference to the same timer. A wait is one box. The ticks of a stream use their box
    ///   again, and a limit on a future that is ready at once allocates nothing.
    /// - It is `Send` and `Sync`, and so are its waits. Combinators over it are `Unpin`, whatever it holds.
    /// - Its instants are [`DynInstant`]s: durations since it was made. A wait from now ends at the same tick of the clock
    ///   as a wait of the timer that it holds. On clocks with more than 333 million ticks a second it may be 4 ns longer.
    /// - A fixed rate is exact to the nanosecond. Over ticks it therefore keeps the time of a period that is not a whole number of
    ///   them, where the timer itself rounds each period up.
    /// - Over tokio's paused clock make it inside the runtime, because tokio shows another clock outside.
    ///
    /// Where timers or their waits are not `Send` and `Sync`, use [`LocalDynTimer`].
    /// [`guide::choosing_a_timer`](crate::guide::choosing_a_timer) has what it costs, and what else there is.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{DynTimer, Timer};
    /// use anytempo_virtual::{Executor, VirtualClock};
    /// use core::time::Duration;
    ///
    /// struct Connection {
    ///     timer: DynTimer,
    /// }
    ///
    /// impl Connection {
    ///     async fn ping(&self) {
    ///         self.timer.sleep(Duration::from_secs(30)).await;
    ///     }
    /// }
    ///
    /// let clock = VirtualClock::new();
    /// let connection = Connection { timer: DynTimer::new(clock.clone()) };
    /// Executor::new(&clock).block_on(connection.ping()).unwrap();
    /// assert_eq!(clock.elapsed(), Duration::from_secs(30));
    /// ```
    ///
    /// Instants convert where the type of the timer is known. No tick is lost, up to a billion of them a second:
    ///
    /// ```
    /// use anytempo::{DynTimer, Instant as _, Timer};
    /// use anytempo_virtual::clocks::{Tick, TickClock};
    /// use anytempo_virtual::{Instant, VirtualClock};
    ///
    /// let clock = TickClock::<_, 30_518>::new(VirtualClock::new(), Instant::START);
    /// let start = clock.now();
    /// let timer = DynTimer::starting_at(clock, start);
    ///
    /// let native = Tick::<30_518>::at(77);
    /// let instant = timer.instant(Tick::<30_518>::to_duration(native.saturating_since(start)));
    /// let back = start.checked_add(Tick::<30_518>::delta_ceil(instant.since_start()));
    /// assert_eq!(back, Some(native));
    /// ```
    #[doc(alias = "AnyTimer")]
    #[doc(alias = "BoxTimer")]
    DynTimer, DynSleep: Arc, [+ Send + Sync];
    T: [SendTimer<Sleep: Sync>]
}

erased! {
    /// Any timer, behind a pointer, on one thread.
    ///
    /// As [`DynTimer`](crate::DynTimer), which has the documentation, for timers that are not `Send` and `Sync`, or whose waits are not. It
    /// needs no atomic operations, so it is there on each target that has a heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{LocalDynTimer, Timer};
    /// use core::time::Duration;
    ///
    /// anytempo_virtual::run(async |sim| {
    ///     let timer = LocalDynTimer::new(sim.clone());
    ///     timer.sleep(Duration::from_secs(30)).await;
    ///     assert_eq!(sim.elapsed(), Duration::from_secs(30));
    /// })
    /// .unwrap();
    /// ```
    LocalDynTimer, LocalDynSleep: Rc, [];
    T: [Timer<Sleep: 'static> + 'static]
}
