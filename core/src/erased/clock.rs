//! What lies behind the pointer: a clock with its start, and a wait with its deadline.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::erased::instant::{DynInstant, Tick};
use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::timer::{Deadline, Timer};

/// A clock whose waits are `S`, behind a pointer.
pub(super) trait Clock<S: ?Sized> {
    /// The time since the start.
    fn now(&self) -> Duration;

    fn wait(&self, deadline: Option<DynInstant>) -> Pin<Box<Waiting<S>>>;
}

/// What a clock behind a pointer has in common with the others. It is read without a call through the pointer.
pub(super) struct Shared<C: ?Sized> {
    pub(super) tick: Option<Tick>,
    pub(super) clock: C,
}

/// A timer, and the instant from which its instants are counted.
pub(super) struct Started<T: Timer> {
    timer: T,
    start: T::Instant,
}

impl<T: Timer> Shared<Started<T>> {
    pub(super) fn new(timer: T, start: T::Instant) -> Self {
        Self { tick: Tick::of(start), clock: Started { timer, start } }
    }
}

impl<T: Timer> Started<T> {
    #[inline]
    pub(super) fn since_start(&self) -> Duration {
        self.timer.elapsed(self.start)
    }

    #[inline]
    pub(super) fn waiting(&self, deadline: Option<DynInstant>) -> Waiting<Native<T>> {
        let sleep = self.timer.raw_sleep(native::<T>(self.start, deadline));
        Waiting { deadline, sleep: Native { start: self.start, sleep } }
    }
}

/// The deadline of the timer itself.
#[inline]
fn native<T: Timer>(start: T::Instant, deadline: Option<DynInstant>) -> Deadline<T> {
    match deadline {
        Some(it) => start.checked_add(T::Instant::delta_ceil(it.since_start())),
        None => None.into(),
    }
}

/// A wait of a timer, behind a pointer.
pub(super) trait Sleeper {
    fn poll_sleep(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;

    fn arm_sleep(self: Pin<&mut Self>, cx: &mut Context<'_>);

    fn reset_sleep(self: Pin<&mut Self>, deadline: Option<DynInstant>);
}

pin_project! {
    /// A wait and its deadline, as it was set. It is read without a call through the pointer.
    pub(super) struct Waiting<S: ?Sized> {
        pub(super) deadline: Option<DynInstant>,
        #[pin]
        pub(super) sleep: S,
    }
}

impl<S: Sleeper + ?Sized> Waiting<S> {
    #[inline]
    pub(super) fn reset(self: Pin<&mut Self>, deadline: Option<DynInstant>) {
        let this = self.project();
        *this.deadline = deadline;
        this.sleep.reset_sleep(deadline);
    }

    #[inline]
    pub(super) fn sleeper(self: Pin<&mut Self>) -> Pin<&mut S> {
        self.project().sleep
    }
}

pin_project! {
    /// The wait of the timer itself.
    pub(super) struct Native<T: Timer> {
        start: T::Instant,
        #[pin]
        sleep: T::Sleep,
    }
}

impl<T: Timer> Sleeper for Native<T> {
    fn poll_sleep(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }

    fn arm_sleep(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let sleep = self.project().sleep;
        if !T::PROMPT {
            sleep.arm(cx);
        } else if sleep.poll(cx).is_ready() {
            // Timers behind a pointer are not prompt. From those, what is past wakes in the poll, and not by the runtime's alarm.
            cx.waker().wake_by_ref();
        }
    }

    fn reset_sleep(self: Pin<&mut Self>, deadline: Option<DynInstant>) {
        let this = self.project();
        this.sleep.reset(native::<T>(*this.start, deadline));
    }
}
