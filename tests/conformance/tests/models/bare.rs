//! A tick clock whose sleeps are plain numbers, as on embassy: they have nothing to drop, so nothing is ever given up.

use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use anytempo::Timer;
use anytempo_virtual::{Sleep, VirtualClock};

use crate::clocks::{At, Clock, Tick, Ticking, Ticks, nanos};

thread_local! {
    // A test has a thread of its own, and a run at a time.
    static TRUTH: RefCell<VirtualClock> = RefCell::default();
    /// Every wake-up that was asked for. Those of sleeps that are gone come too.
    static QUEUE: RefCell<Vec<Sleep>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone)]
pub(crate) struct Bare;

pub(crate) struct BareSleep {
    deadline: Option<Tick>,
}

fn now() -> Tick {
    TRUTH.with_borrow(|truth| <Tick as Ticks>::at(truth.elapsed().as_nanos() / Bare::TICK))
}

impl Timer for Bare {
    const PROMPT: bool = true;

    type Instant = Tick;
    type Sleep = BareSleep;

    fn now(&self) -> Tick {
        now()
    }

    fn raw_sleep(&self, deadline: Option<Tick>) -> BareSleep {
        BareSleep { deadline }
    }
}

impl Future for BareSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        if deadline <= now() {
            return Poll::Ready(());
        }
        let at = anytempo_virtual::Instant::at(nanos(Ticks::ticks(deadline) * Bare::TICK));
        let mut sleep = TRUTH.with_borrow(|truth| truth.raw_sleep(Some(at)));
        let poll = Pin::new(&mut sleep).poll(cx);
        QUEUE.with_borrow_mut(|queue| queue.push(sleep));
        poll
    }
}

impl anytempo::RawSleep for BareSleep {
    type Instant = Tick;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Tick>) {
        self.deadline = deadline;
    }

    fn deadline(&self) -> Option<Tick> {
        self.deadline
    }
}

impl Clock for Bare {
    const NAME: &'static str = "tick clock of plain numbers";
    const TICK: u128 = Ticking::<true, false>::TICK;
    const LAST: At = u64::MAX as At;
    const GIVES_UP: bool = false;

    fn over(truth: &VirtualClock) -> Self {
        TRUTH.set(truth.clone());
        Self
    }

    fn end() {
        QUEUE.take();
    }
}
