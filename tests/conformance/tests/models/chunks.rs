//! `chunks_within`, and `fold_within` to chunks of the same size.

use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::StreamTimeExt;
use futures_core::{FusedStream, Stream};

use crate::alarm::{Alarm, Cx};
use crate::clocks::{Clock, from_now};
use crate::run::{Model, Run};
use crate::work::{Drained, Told, Work};

#[derive(Clone)]
struct Chunks<C> {
    clock: PhantomData<C>,
    window: Duration,
    most: usize,
    alarm: Alarm,
    work: Work,
    held: Vec<u32>,
    over: bool,
}

impl<C: Clock> Model for Chunks<C> {
    type Seen = Poll<Option<Vec<u32>>>;

    fn poll(&mut self, cx: &mut Cx) -> Self::Seen {
        if self.over {
            return Poll::Ready(None);
        }
        let waited = !self.held.is_empty();
        let (held, most) = (&mut self.held, self.most.max(1));
        let read = self.work.drain(|item| {
            held.push(item);
            held.len() < most
        });
        let is_due = match read {
            Drained::Ended => {
                self.over = true;
                self.alarm.give_up();
                if self.held.is_empty() {
                    return Poll::Ready(None);
                }
                true
            }
            Drained::Enough => {
                if waited {
                    self.alarm.give_up();
                }
                true
            }
            _ if self.held.is_empty() => false,
            _ if waited => self.alarm.poll(cx),
            _ => {
                self.alarm.set(from_now::<C>(cx.now, self.window));
                if !self.window.is_zero() {
                    self.alarm.begin(cx);
                }
                self.window.is_zero()
            }
        };
        if is_due {
            return Poll::Ready(Some(core::mem::take(&mut self.held)));
        }
        cx.wakes += usize::from(read == Drained::More);
        Poll::Pending
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let (window, most, folds) = (run.span(), run.rng.usize(..50), run.chance(2));
    run.op(format!(
        "chunks of {most} within {window:?}, {}",
        if folds { "folded" } else { "as they are" }
    ));
    let told = Told::default();
    let (source, timer) = (told.clone(), run.timer.clone());
    let mut stream: Box<dyn FusedStream<Item = Vec<u32>> + Unpin> = if folds {
        let add = move |items: &mut Vec<u32>, item| {
            items.push(item);
            if items.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        Box::new(source.fold_within(timer, window, Vec::new, add))
    } else {
        Box::new(source.chunks_within(timer, most, window))
    };
    let mut model = Chunks::<C> {
        clock: PhantomData,
        window,
        most,
        alarm: Alarm::default(),
        work: Work::default(),
        held: Vec::new(),
        over: false,
    };
    for _ in 0..run.rng.usize(1..40) {
        match run.rng.u32(..20) {
            0..=8 => run.poll(&mut model, |cx| Pin::new(&mut stream).poll_next(cx)),
            9..=13 => run.pass(&mut model),
            14..=18 => model.work.more(run, &told),
            _ => model.work.end(run, &told),
        }
        run.check(&mut model);
        assert_eq!(stream.is_terminated(), model.over, "is_terminated");
        assert_eq!(told.0.get(), model.work, "the source: seen, and said by the model");
        let held = usize::from(!model.held.is_empty());
        let size = if model.over { (0, Some(0)) } else { (held, None) };
        assert_eq!(stream.size_hint(), size, "size_hint");
    }
    run.op("drop");
}
