//! `Timer::sleep` and `Timer::sleep_until`, with resets.

use core::future::Future;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use futures_core::FusedFuture;

use crate::alarm::{Alarm, Cx};
use crate::clocks::{Clock, Ticks, from_now};
use crate::run::{Model, Run};

#[derive(Clone)]
struct Sleep<C> {
    clock: core::marker::PhantomData<C>,
    /// A delay that counts from the first poll.
    delay: Option<Duration>,
    alarm: Alarm,
    /// Whether a poll has been pending since the sleep was made, or was reset when it was ready.
    yielded: bool,
    ready: bool,
}

impl<C: Clock> Model for Sleep<C> {
    type Seen = Poll<()>;

    fn poll(&mut self, cx: &mut Cx) -> Poll<()> {
        if let Some(delay) = self.delay.take() {
            self.alarm.set(from_now::<C>(cx.now, delay));
        }
        if !self.yielded {
            self.yielded = true;
            self.alarm.begin(cx);
            return Poll::Pending;
        }
        self.ready = self.ready || self.alarm.poll(cx);
        if self.ready { Poll::Ready(()) } else { Poll::Pending }
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

impl<C> Sleep<C> {
    fn reset(&mut self) {
        self.delay = None;
        self.yielded &= !self.ready;
        self.ready = false;
    }
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let clock = core::marker::PhantomData;
    let mut model =
        Sleep::<C> { clock, delay: None, alarm: Alarm::default(), yielded: false, ready: false };
    let mut sleep = if run.chance(3) {
        let at = run.deadline();
        run.op(format!("sleep_until({at:?})"));
        model.alarm.set(at);
        run.timer.sleep_until(at.map(C::Instant::at))
    } else {
        let delay = run.span();
        run.op(format!("sleep({delay:?})"));
        model.delay = Some(delay);
        run.timer.sleep(delay)
    };
    let mut polled = false;
    for _ in 0..run.rng.usize(1..20) {
        let mut sleep = Pin::new(&mut sleep);
        match run.rng.u32(..10) {
            0..=4 => {
                polled = true;
                run.poll(&mut model, |cx| sleep.as_mut().poll(cx));
            }
            5..=7 => run.pass(&mut model),
            8 => {
                let delay = run.span();
                run.op(format!("reset({delay:?})"));
                sleep.as_mut().reset(delay);
                model.reset();
                if polled {
                    model.alarm.set(from_now::<C>(run.now(), delay));
                } else {
                    model.alarm.set(None);
                    model.delay = Some(delay);
                }
            }
            _ => {
                let at = run.deadline();
                run.op(format!("reset_until({at:?})"));
                sleep.as_mut().reset_until(at.map(C::Instant::at));
                model.reset();
                model.alarm.set(at);
            }
        }
        run.check(&mut model);
        run.check_deadline(sleep.deadline(), model.alarm.at);
        assert_eq!(sleep.is_elapsed(), model.alarm.is_reached(run.now()), "is_elapsed");
        assert_eq!(sleep.is_terminated(), model.ready, "is_terminated");
    }
    run.op("drop");
}
