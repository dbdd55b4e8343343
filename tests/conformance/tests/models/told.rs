//! A clock that counts milliseconds, over a virtual clock that counts nanoseconds and tells the truth.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::rc::Rc;

use anytempo::Timer;
use anytempo_virtual::VirtualClock;

pub(crate) const TICK: Duration = Duration::from_millis(1);

/// A tick clock. `YIELDS`: a raw sleep whose deadline is past wakes its task and is pending once, before it is ready.
#[derive(Clone)]
pub(crate) struct Ticking<const PROMPT: bool, const YIELDS: bool> {
    truth: VirtualClock,
    /// How many polls of its sleeps were ready.
    ends: Rc<Cell<u32>>,
}

impl<const PROMPT: bool, const YIELDS: bool> Ticking<PROMPT, YIELDS> {
    pub(crate) fn over(truth: &VirtualClock) -> Self {
        Self { truth: truth.clone(), ends: Rc::default() }
    }

    #[allow(dead_code, reason = "one of the two tests that have this file asks")]
    pub(crate) fn ends(&self) -> u32 {
        self.ends.get()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick(pub(crate) u64);

impl anytempo::Instant for Tick {
    type Delta = u64;
    type Deadline = Option<Self>;

    fn delta_ceil(duration: Duration) -> u64 {
        u64::try_from(duration.as_nanos().div_ceil(TICK.as_nanos())).unwrap_or(u64::MAX)
    }

    fn to_duration(delta: u64) -> Duration {
        Duration::from_millis(delta)
    }

    fn checked_add(self, delta: u64) -> Option<Self> {
        (delta < u64::MAX).then(|| self.0.checked_add(delta).map(Tick))?
    }

    fn checked_after(self, delta: u64) -> Option<Self> {
        self.checked_add(delta)?.checked_add(u64::from(delta > 0))
    }

    fn saturating_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

pub(crate) struct TickSleep<const PROMPT: bool, const YIELDS: bool> {
    timer: Ticking<PROMPT, YIELDS>,
    deadline: Option<Tick>,
    gave_way: bool,
    sleep: anytempo_virtual::Sleep,
}

impl<const IS_PROMPT: bool, const YIELDS: bool> Timer for Ticking<IS_PROMPT, YIELDS> {
    const PROMPT: bool = IS_PROMPT;

    type Instant = Tick;
    type Sleep = TickSleep<IS_PROMPT, YIELDS>;

    fn now(&self) -> Tick {
        Tick(u64::try_from(self.truth.elapsed().as_millis()).expect("no test takes so long"))
    }

    fn raw_sleep(&self, deadline: Option<Tick>) -> Self::Sleep {
        let sleep = self.truth.raw_sleep(None);
        let mut sleep = TickSleep { timer: self.clone(), deadline: None, gave_way: false, sleep };
        anytempo::RawSleep::reset(Pin::new(&mut sleep), deadline);
        sleep
    }
}

impl<const PROMPT: bool, const YIELDS: bool> Future for TickSleep<PROMPT, YIELDS> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let poll = Pin::new(&mut self.sleep).poll(cx);
        if poll.is_ready() {
            if YIELDS && !self.gave_way {
                self.gave_way = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.timer.ends.set(self.timer.ends.get() + 1);
        }
        poll
    }
}

// `arm` is the one that is provided: it polls, and wakes at once for what is past. So a clock may be called prompt, or not.
impl<const PROMPT: bool, const YIELDS: bool> anytempo::RawSleep for TickSleep<PROMPT, YIELDS> {
    type Instant = Tick;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Tick>) {
        self.deadline = deadline;
        self.gave_way = false;
        let truth =
            deadline.map(|tick| anytempo_virtual::Instant::at(Duration::from_millis(tick.0)));
        anytempo::RawSleep::reset(Pin::new(&mut self.sleep), truth);
    }

    fn deadline(&self) -> Option<Tick> {
        self.deadline
    }
}
