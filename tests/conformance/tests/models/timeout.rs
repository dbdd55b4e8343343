//! `Timer::timeout` and `Timer::timeout_at`, with resets, over a future that is ready at some time or never.

use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::Elapsed;
use futures_core::FusedFuture;

use crate::alarm::{Alarm, Cx};
use crate::clocks::{Clock, Ticks, from_now};
use crate::run::{Model, Run};
use crate::work::{Told, Work};

#[derive(Clone)]
struct Timeout<C> {
    clock: PhantomData<C>,
    /// A limit that counts from the end of the first poll.
    limit: Option<Duration>,
    alarm: Alarm,
    work: Work,
    elapsed: bool,
    done: bool,
}

impl<C: Clock> Model for Timeout<C> {
    type Seen = Poll<Result<&'static str, Elapsed>>;

    fn poll(&mut self, cx: &mut Cx) -> Self::Seen {
        if self.done {
            return Poll::Pending;
        }
        if self.elapsed {
            return Poll::Ready(Err(Elapsed::new()));
        }
        if let Poll::Ready(output) = self.work.poll() {
            self.done = true;
            self.limit = None;
            self.alarm.give_up();
            return Poll::Ready(Ok(output));
        }
        if let Some(limit) = self.limit.take() {
            self.alarm.set(from_now::<C>(cx.now, limit));
        }
        self.elapsed = self.alarm.poll(cx);
        if self.elapsed { Poll::Ready(Err(Elapsed::new())) } else { Poll::Pending }
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

impl<C> Timeout<C> {
    fn is_over(&self) -> bool {
        self.done || self.elapsed
    }
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let told = Told::default();
    let mut model = Timeout::<C> {
        clock: PhantomData,
        limit: None,
        alarm: Alarm::default(),
        work: Work::default(),
        elapsed: false,
        done: false,
    };
    let mut limited = if run.chance(3) {
        let at = run.deadline();
        run.op(format!("timeout_at({at:?})"));
        model.alarm.set(at);
        run.timer.timeout_at(at.map(C::Instant::at), told.clone())
    } else {
        let limit = run.span();
        run.op(format!("timeout({limit:?})"));
        model.limit = Some(limit);
        run.timer.timeout(limit, told.clone())
    };
    let mut polled = false;
    for _ in 0..run.rng.usize(1..20) {
        let mut limited = Pin::new(&mut limited);
        match run.rng.u32(..20) {
            0..=8 => {
                polled = true;
                run.poll(&mut model, |cx| limited.as_mut().poll(cx));
            }
            9..=14 => run.pass(&mut model),
            15 | 16 => {
                let limit = run.span();
                run.op(format!("reset({limit:?})"));
                limited.as_mut().reset(limit);
                if !polled {
                    model.alarm.set(None);
                    model.limit = Some(limit);
                } else if !model.is_over() {
                    model.alarm.set(from_now::<C>(run.now(), limit));
                }
            }
            17 | 18 => {
                let at = run.deadline();
                run.op(format!("reset_at({at:?})"));
                limited.as_mut().reset_at(at.map(C::Instant::at));
                if !model.is_over() {
                    model.limit = None;
                    model.alarm.set(at);
                }
            }
            _ => {
                run.op("the future becomes ready");
                model.work.ends = true;
                told.0.set(model.work);
            }
        }
        run.check(&mut model);
        run.check_deadline(limited.deadline(), model.alarm.at);
        assert_eq!(told.0.get(), model.work, "the future: seen, and said by the model");
        assert_eq!(limited.is_terminated(), model.is_over(), "is_terminated");
    }
    run.op("drop");
}
