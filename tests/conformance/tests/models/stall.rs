//! `Timer::stall` and `StreamTimeExt::stall`, with resets.

use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::StreamTimeExt;
use futures_core::{FusedFuture, FusedStream, Stream};

use crate::alarm::{Alarm, Cx};
use crate::clocks::{Clock, from_now};
use crate::run::{Model, Run};
use crate::work::{Told, Work};

/// The output of a body, or an item of a source.
#[derive(Debug, PartialEq)]
enum Output {
    Body(&'static str),
    Item(Option<u32>),
}

#[derive(Clone)]
struct Stall<C> {
    clock: PhantomData<C>,
    is_stream: bool,
    /// The delay, until the first poll.
    delay: Option<Duration>,
    alarm: Alarm,
    work: Work,
    begun: bool,
    over: bool,
}

impl<C: Clock> Model for Stall<C> {
    type Seen = Poll<Output>;

    fn poll(&mut self, cx: &mut Cx) -> Poll<Output> {
        if self.over {
            return if self.is_stream { Poll::Ready(Output::Item(None)) } else { Poll::Pending };
        }
        if let Some(delay) = self.delay.take() {
            self.alarm.set(from_now::<C>(cx.now, delay));
            self.alarm.begin(cx);
            return Poll::Pending;
        }
        self.begun = self.begun || self.alarm.poll(cx);
        if !self.begun {
            return Poll::Pending;
        }
        let output = if self.is_stream {
            self.work.poll_next().map(Output::Item)
        } else {
            self.work.poll().map(Output::Body)
        };
        self.over = matches!(output, Poll::Ready(Output::Body(_) | Output::Item(None)));
        if self.over {
            self.alarm.give_up();
        }
        output
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let delay = run.span();
    let is_stream = run.chance(2);
    run.op(format!("stall({delay:?}) of a {}", if is_stream { "stream" } else { "future" }));
    let told = Told::default();
    let mut model = Stall::<C> {
        clock: PhantomData,
        is_stream,
        delay: Some(delay),
        alarm: Alarm::default(),
        work: Work::default(),
        begun: false,
        over: false,
    };
    let mut future = run.timer.stall(delay, told.clone());
    let mut stream = told.clone().stall(run.timer.clone(), delay);
    for _ in 0..run.rng.usize(1..20) {
        let (mut future, mut stream) = (Pin::new(&mut future), Pin::new(&mut stream));
        match run.rng.u32(..10) {
            0..=3 => run.poll(&mut model, |cx| {
                if is_stream {
                    stream.as_mut().poll_next(cx).map(Output::Item)
                } else {
                    future.as_mut().poll(cx).map(Output::Body)
                }
            }),
            4..=6 => run.pass(&mut model),
            7 => {
                let delay = run.span();
                run.op(format!("reset({delay:?})"));
                if is_stream {
                    stream.as_mut().reset(delay);
                } else {
                    future.as_mut().reset(delay);
                }
                if model.delay.is_some() {
                    model.delay = Some(delay);
                } else if !model.begun {
                    model.alarm.set(from_now::<C>(run.now(), delay));
                }
            }
            8 => {
                run.op("the source has an item more");
                model.work.items += 1;
                told.0.set(model.work);
            }
            _ => {
                run.op("the body or source comes to its end");
                model.work.ends = true;
                told.0.set(model.work);
            }
        }
        run.check(&mut model);
        let (deadline, over) = if is_stream {
            (stream.deadline(), stream.is_terminated())
        } else {
            (future.deadline(), future.is_terminated())
        };
        run.check_deadline(deadline, model.alarm.at);
        assert_eq!(over, model.over, "is_terminated");
        assert_eq!(told.0.get(), model.work, "the body or source: seen, and said by the model");
    }
    run.op("drop");
}
