//! A virtual clock whose sleeps may be called prompt, or not, and which may put off being ready once.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::rc::Rc;

use anytempo::Timer;
use anytempo_virtual::{Instant, Sleep, VirtualClock};

/// The sleeps of a virtual clock are ready at once where a deadline is past, so they may be called prompt, or not. `YIELDS`: one
/// whose deadline is past wakes its task and is pending once, before it is ready.
#[derive(Clone, Debug)]
pub(crate) struct Told<const PROMPT: bool, const YIELDS: bool> {
    truth: VirtualClock,
    /// How many polls of its sleeps were ready.
    ends: Rc<Cell<u32>>,
}

impl<const PROMPT: bool, const YIELDS: bool> Told<PROMPT, YIELDS> {
    pub(crate) fn over(truth: &VirtualClock) -> Self {
        Self { truth: truth.clone(), ends: Rc::default() }
    }

    #[allow(dead_code, reason = "one of the tests that have this file asks")]
    pub(crate) fn ends(&self) -> u32 {
        self.ends.get()
    }
}

impl<const IS_PROMPT: bool, const YIELDS: bool> Timer for Told<IS_PROMPT, YIELDS> {
    const PROMPT: bool = IS_PROMPT;

    type Instant = Instant;
    type Sleep = ToldSleep<YIELDS>;

    fn now(&self) -> Instant {
        self.truth.now()
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> ToldSleep<YIELDS> {
        let sleep = self.truth.raw_sleep(deadline);
        ToldSleep { sleep, gave_way: false, ends: self.ends.clone() }
    }
}

pub(crate) struct ToldSleep<const YIELDS: bool> {
    sleep: Sleep,
    gave_way: bool,
    ends: Rc<Cell<u32>>,
}

impl<const YIELDS: bool> Future for ToldSleep<YIELDS> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let poll = Pin::new(&mut self.sleep).poll(cx);
        if poll.is_ready() {
            if YIELDS && !self.gave_way {
                self.gave_way = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.ends.set(self.ends.get() + 1);
        }
        poll
    }
}

// `arm` is the one that is provided: it polls, and wakes at once for what is past. So a clock may be called prompt, or not.
impl<const YIELDS: bool> anytempo::RawSleep for ToldSleep<YIELDS> {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.gave_way = false;
        anytempo::RawSleep::reset(Pin::new(&mut self.sleep), deadline);
    }

    fn deadline(&self) -> Option<Instant> {
        self.sleep.deadline()
    }
}
