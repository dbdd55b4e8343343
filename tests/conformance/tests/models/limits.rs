//! `timeout_each`, `keep_alive`, `take_for` and `take_before`, which leave no item out.

use core::marker::PhantomData;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::StreamTimeExt;
use futures_core::{FusedStream, Stream};

use crate::alarm::{Alarm, Cx};
use crate::clocks::{At, Clock, from_now};
use crate::run::{Model, Run};
use crate::work::{Told, Work};

/// What `keep_alive` adds, and what stands for an error.
const EXTRA: u32 = 0;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    TimeoutEach { repeating: bool, first: Option<Duration> },
    KeepAlive,
    TakeFor,
    TakeBefore(Option<At>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// This span counts from the next poll.
    Span(Duration),
    /// The deadline is known, and the first poll with it is to come.
    Set,
    Armed,
    /// The time is up, and was told.
    Told,
}

#[derive(Clone)]
struct Limits<C> {
    clock: PhantomData<C>,
    kind: Kind,
    span: Duration,
    stage: Stage,
    alarm: Alarm,
    work: Work,
    over: bool,
}

impl<C: Clock> Limits<C> {
    /// A limit is ready at once where the time is up.
    fn limit(&mut self, cx: &mut Cx) -> bool {
        match self.stage {
            Stage::Span(span) => {
                self.alarm.set(from_now::<C>(cx.now, span));
                if !span.is_zero() {
                    self.alarm.begin(cx);
                }
                self.stage = Stage::Armed;
                span.is_zero()
            }
            Stage::Set if self.alarm.is_reached(cx.now) => true,
            Stage::Set | Stage::Armed => {
                self.stage = Stage::Armed;
                self.alarm.poll(cx)
            }
            Stage::Told => false,
        }
    }

    /// A delay is pending at least once.
    fn delay(&mut self, cx: &mut Cx) -> bool {
        match self.stage {
            Stage::Span(span) => self.alarm.set(from_now::<C>(cx.now, span)),
            Stage::Set => {}
            Stage::Armed => return self.alarm.poll(cx),
            Stage::Told => return false,
        }
        self.alarm.begin(cx);
        self.stage = Stage::Armed;
        false
    }

    fn end(&mut self) -> Poll<Option<u32>> {
        self.over = true;
        self.alarm.give_up();
        Poll::Ready(None)
    }

    fn timeout_each(&mut self, repeating: bool, cx: &mut Cx) -> Poll<Option<u32>> {
        match self.work.poll_next() {
            Poll::Ready(None) => self.end(),
            Poll::Ready(item) => {
                self.stage = Stage::Span(self.span);
                Poll::Ready(item)
            }
            Poll::Pending if repeating && self.delay(cx) => {
                self.stage = Stage::Span(self.span);
                Poll::Ready(Some(EXTRA))
            }
            Poll::Pending if !repeating && self.limit(cx) => {
                self.stage = Stage::Told;
                Poll::Ready(Some(EXTRA))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn keep_alive(&mut self, cx: &mut Cx) -> Poll<Option<u32>> {
        let item = match self.work.poll_next() {
            Poll::Ready(None) => return self.end(),
            Poll::Ready(Some(item)) => item,
            Poll::Pending if self.delay(cx) => EXTRA,
            Poll::Pending => return Poll::Pending,
        };
        // Each wait yields, also one that an item has begun anew.
        self.stage = Stage::Set;
        self.alarm.set(from_now::<C>(cx.now, self.span));
        Poll::Ready(Some(item))
    }

    fn take(&mut self, cx: &mut Cx) -> Poll<Option<u32>> {
        if self.limit(cx) {
            return self.end();
        }
        match self.work.poll_next() {
            Poll::Ready(None) => self.end(),
            poll => poll,
        }
    }
}

impl<C: Clock> Model for Limits<C> {
    type Seen = Poll<Option<u32>>;

    fn poll(&mut self, cx: &mut Cx) -> Self::Seen {
        match self.kind {
            _ if self.over => Poll::Ready(None),
            Kind::TimeoutEach { repeating, .. } => self.timeout_each(repeating, cx),
            Kind::KeepAlive => self.keep_alive(cx),
            Kind::TakeFor | Kind::TakeBefore(_) => self.take(cx),
        }
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

/// A stream whose errors are items.
fn shown<S, E>(stream: S) -> Box<dyn FusedStream<Item = u32> + Unpin>
where
    S: FusedStream<Item = Result<u32, E>> + Unpin + 'static,
{
    Box::new(Shown(stream))
}

struct Shown<S>(S);

impl<E, S: Stream<Item = Result<u32, E>> + Unpin> Stream for Shown<S> {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut core::task::Context<'_>) -> Poll<Option<u32>> {
        Pin::new(&mut self.0).poll_next(cx).map(|item| item.map(|it| it.unwrap_or(EXTRA)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<E, S: FusedStream<Item = Result<u32, E>> + Unpin> FusedStream for Shown<S> {
    fn is_terminated(&self) -> bool {
        self.0.is_terminated()
    }
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let (span, other, deadline) = (run.span(), run.span(), run.deadline());
    let first = run.chance(2).then_some(other);
    let kinds = [
        Kind::TimeoutEach { repeating: false, first },
        Kind::TimeoutEach { repeating: true, first },
        Kind::KeepAlive,
        Kind::TakeFor,
        Kind::TakeBefore(deadline),
    ];
    let kind = kinds[run.rng.usize(..5)];
    run.op(format!("{kind:?} with {span:?}"));
    let told = Told::default();
    let (source, timer) = (told.clone(), run.timer.clone());
    let mut stage = Stage::Span(span);
    let mut alarm = Alarm::default();
    let mut stream: Box<dyn FusedStream<Item = u32> + Unpin> = match kind {
        Kind::TimeoutEach { repeating, first } => {
            let each = source.timeout_each(timer, span);
            let each = match first {
                Some(first) => {
                    stage = Stage::Span(first);
                    each.first(first)
                }
                None => each,
            };
            if repeating { shown(each.repeating()) } else { shown(each) }
        }
        Kind::KeepAlive => Box::new(source.keep_alive(timer, span, || EXTRA)),
        Kind::TakeFor => Box::new(source.take_for(timer, span)),
        Kind::TakeBefore(at) => {
            stage = Stage::Set;
            alarm.set(at);
            Box::new(source.take_before(timer, at.map(crate::clocks::Ticks::at)))
        }
    };
    let work = Work::default();
    let mut model = Limits::<C> { clock: PhantomData, kind, span, stage, alarm, work, over: false };
    for _ in 0..run.rng.usize(1..40) {
        match run.rng.u32(..20) {
            0..=9 => run.poll(&mut model, |cx| Pin::new(&mut stream).poll_next(cx)),
            10..=14 => run.pass(&mut model),
            15..=18 => model.work.more(run, &told),
            _ => model.work.end(run, &told),
        }
        run.check(&mut model);
        assert_eq!(stream.is_terminated(), model.over, "is_terminated");
        assert_eq!(told.0.get(), model.work, "the source: seen, and said by the model");
        let size = if model.over { (0, Some(0)) } else { (0, None) };
        assert_eq!(stream.size_hint(), size, "size_hint");
    }
    run.op("drop");
}
