//! The core alone, on a toy of a timer: a counter of milliseconds with 32 bits.
#![no_std]
#![no_main]

use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;

/// What an interrupt would count up.
static NOW: AtomicU32 = AtomicU32::new(0);
/// When the interrupt would wake the task.
static ALARM: AtomicU32 = AtomicU32::new(0);

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    loop {
        no_panic::use_everything(Toy);
    }
}

#[derive(Clone, Copy)]
struct Toy;

impl anytempo::Timer for Toy {
    type Instant = Millis;
    type Sleep = Sleep;

    fn now(&self) -> Millis {
        Millis(NOW.load(Ordering::Relaxed))
    }

    fn raw_sleep(&self, deadline: Option<Millis>) -> Sleep {
        Sleep { deadline }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Millis(u32);

impl anytempo::Instant for Millis {
    type Delta = u32;
    type Deadline = Option<Self>;

    fn delta_ceil(duration: Duration) -> u32 {
        let millis = u32::try_from(duration.as_secs()).ok().and_then(|it| it.checked_mul(1000));
        let rest = duration.subsec_nanos().div_ceil(1_000_000);
        millis.and_then(|it| it.checked_add(rest)).unwrap_or(u32::MAX)
    }

    fn to_duration(delta: u32) -> Duration {
        Duration::new(u64::from(delta / 1000), delta % 1000 * 1_000_000)
    }

    fn checked_add(self, delta: u32) -> Option<Self> {
        if delta < u32::MAX { self.0.checked_add(delta).map(Self) } else { None }
    }

    fn checked_after(self, delta: u32) -> Option<Self> {
        self.checked_add(delta)?.checked_add(u32::from(delta > 0))
    }

    fn saturating_since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0)
    }
}

struct Sleep {
    deadline: Option<Millis>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.deadline {
            Some(deadline) if deadline.0 <= NOW.load(Ordering::Relaxed) => Poll::Ready(()),
            deadline => {
                ALARM.store(deadline.map_or(u32::MAX, |it| it.0), Ordering::Relaxed);
                Poll::Pending
            }
        }
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Millis;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Millis>) {
        self.deadline = deadline;
    }

    fn deadline(&self) -> Option<Millis> {
        self.deadline
    }
}
