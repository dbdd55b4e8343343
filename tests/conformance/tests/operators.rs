//! What the suite cannot hold in a board's memory: what becomes of items that operators hold, of errors, of long backlogs and of
//! builders that are called late.

use core::cell::RefCell;
use core::ops::ControlFlow;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use anytempo::stream::{AnyRate, FixedRate};
use anytempo::{StreamTimeExt, Timer, range};
use anytempo_conformance::suite::Probe;
use anytempo_virtual::VirtualClock;
use futures_core::{FusedStream, Stream};

const SECOND: Duration = Duration::from_secs(1);

/// A channel whose items count how many of them there are.
#[derive(Clone, Default)]
struct Channel(Rc<RefCell<VecDeque<Item>>>);

type Item = Result<Rc<u32>, Rc<u32>>;

impl Channel {
    fn send(&self, item: Item) {
        self.0.borrow_mut().push_back(item);
    }
}

impl Stream for Channel {
    type Item = Item;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        self.0.borrow_mut().pop_front().map_or(Poll::Pending, |item| Poll::Ready(Some(item)))
    }
}

/// Drops a stream after each number of polls, in which items come and time passes.
fn dropped_anywhere<S: Stream>(make: impl Fn(Channel, VirtualClock) -> S) {
    for steps in 0..12 {
        let (clock, channel, token) = (VirtualClock::new(), Channel::default(), Rc::new(7));
        let probe = Probe::new();
        {
            let mut stream = pin!(make(channel.clone(), clock.clone()));
            for step in 0..steps {
                if step % 3 != 2 {
                    channel.send(Ok(token.clone()));
                }
                drop(probe.poll_next(stream.as_mut()));
                clock.advance(SECOND / 2);
            }
        }
        drop(channel);
        assert_eq!(Rc::strong_count(&token), 1, "every item is dropped once, after {steps} steps");
        assert_eq!(clock.pending(), [], "no wait is left, after {steps} steps");
        assert_eq!(probe.kept(), 0, "no waker is kept, after {steps} steps");
    }
}

#[test]
fn dropped_after_any_poll() {
    dropped_anywhere(|source, clock| source.throttle_latest(clock, SECOND));
    dropped_anywhere(|source, clock| source.throttle_first(clock, SECOND));
    dropped_anywhere(|source, clock| source.sample(clock, SECOND));
    dropped_anywhere(|source, clock| source.debounce(clock, SECOND));
    dropped_anywhere(|source, clock| source.debounce(clock, SECOND * 9).at_most(SECOND));
    dropped_anywhere(|source, clock| source.timeout_each(clock, SECOND));
    dropped_anywhere(|source, clock| source.timeout_each(clock, SECOND).repeating());
    dropped_anywhere(|source, clock| source.keep_alive(clock, SECOND, || Ok(Rc::new(0))));
    dropped_anywhere(|source, clock| source.chunks_within(clock, 3, SECOND));
    dropped_anywhere(|source, clock| {
        let add = |items: &mut Vec<Item>, item| {
            items.push(item);
            ControlFlow::Continue(())
        };
        source.fold_within(clock, SECOND, Vec::new, add)
    });
    dropped_anywhere(|source, clock| source.take_for(clock, SECOND * 3));
    dropped_anywhere(|source, clock| source.pace(clock, SECOND).burst(2));
    dropped_anywhere(|source, clock| source.timestamped(clock));
    dropped_anywhere(|source, clock| source.time_between(clock));
    dropped_anywhere(|_, clock| clock.interval(SECOND));
}

#[test]
fn an_error_is_an_item() {
    let (clock, channel, probe) = (VirtualClock::new(), Channel::default(), Probe::new());
    let send = |number, is_error| {
        let item = Rc::new(number);
        channel.send(if is_error { Err(item) } else { Ok(item) });
    };
    let shown = |poll: Poll<Option<Item>>| {
        poll.map(|item| item.map(|it| it.map(|it| *it).map_err(|it| *it)))
    };
    let mut latest = pin!(channel.clone().throttle_latest(&clock, SECOND));
    send(1, true);
    assert_eq!(shown(probe.poll_next(latest.as_mut())), Poll::Ready(Some(Err(1))));
    // An error is replaced by a newer item, and replaces an older one.
    send(2, true);
    send(3, false);
    clock.advance(SECOND);
    assert_eq!(shown(probe.poll_next(latest.as_mut())), Poll::Ready(Some(Ok(3))));
    let mut quiet = pin!(channel.clone().debounce(&clock, SECOND));
    send(4, false);
    send(5, true);
    assert!(probe.poll_next(quiet.as_mut()).is_pending());
    clock.advance(SECOND);
    assert_eq!(shown(probe.poll_next(quiet.as_mut())), Poll::Ready(Some(Err(5))));
    let mut sampled = pin!(channel.clone().sample(&clock, SECOND));
    send(6, false);
    send(7, true);
    assert!(probe.poll_next(sampled.as_mut()).is_pending());
    clock.advance(SECOND);
    assert_eq!(shown(probe.poll_next(sampled.as_mut())), Poll::Ready(Some(Err(7))));
    let mut first = pin!(channel.clone().throttle_first(&clock, SECOND));
    send(8, true);
    send(9, false);
    assert_eq!(shown(probe.poll_next(first.as_mut())), Poll::Ready(Some(Err(8))));
    // What it does not drop passes, whatever it is.
    let mut each = pin!(channel.clone().timeout_each(&clock, SECOND));
    send(10, true);
    assert!(matches!(probe.poll_next(each.as_mut()), Poll::Ready(Some(Ok(Err(it)))) if *it == 10));
}

#[test]
fn a_poll_reads_32_items() {
    let (clock, probe) = (VirtualClock::new(), Probe::new());
    let mut latest = pin!(range(0..100).throttle_latest(&clock, SECOND));
    for newest in [31, 63, 95] {
        assert_eq!(probe.poll_next(latest.as_mut()), Poll::Ready(Some(newest)));
        clock.advance(SECOND);
    }
    let mut first = pin!(range(0..100).throttle_first(&clock, SECOND));
    for oldest in [0, 32, 64] {
        assert_eq!(probe.poll_next(first.as_mut()), Poll::Ready(Some(oldest)));
        clock.advance(SECOND);
    }
    let mut chunks = pin!(range(0..100).chunks_within(&clock, 1000, Duration::ZERO));
    let chunk = Poll::Ready(Some((0..32).collect()));
    assert_eq!(probe.poll_next(chunks.as_mut()), chunk);
}

/// Polls a stream to its end, lets `change` make another one of it, and sees that this is over too.
fn stays_over<S, R>(mut stream: S, change: impl FnOnce(S) -> R)
where
    S: FusedStream + Unpin,
    R: FusedStream + Unpin,
{
    let probe = Probe::new();
    assert!(matches!(probe.poll_next(Pin::new(&mut stream)), Poll::Ready(None)));
    let mut changed = change(stream);
    assert!(changed.is_terminated());
    assert!(matches!(probe.poll_next(Pin::new(&mut changed)), Poll::Ready(None)));
}

#[test]
fn a_builder_does_not_begin_anew_what_is_over() {
    let clock = VirtualClock::new();
    let none = || range(core::iter::empty::<u32>());
    stays_over(none().timeout_each(&clock, SECOND), |it| it.first(SECOND));
    stays_over(none().timeout_each(&clock, SECOND), |it| it.repeating());
    stays_over(none().debounce(&clock, SECOND), |it| it.at_most(SECOND));
    stays_over(none().pace(&clock, SECOND), |it| it.burst(3));
    stays_over(none().pace(&clock, SECOND), |it| it.rate(FixedRate));
}

#[test]
fn a_tick_beyond_the_clock_does_not_come() {
    // The first tick comes, and the next one cannot be expressed.
    let period = Duration::MAX / 2 + SECOND;
    let (clock, channel, probe) = (VirtualClock::new(), Channel::default(), Probe::new());
    let mut items = pin!(channel.clone().sample(&clock, period));
    assert!(probe.poll_next(items.as_mut()).is_pending());
    clock.advance(period);
    assert!(probe.poll_next(items.as_mut()).is_pending());
    channel.send(Ok(Rc::new(1)));
    assert!(probe.poll_next(items.as_mut()).is_pending(), "an item waits for a tick");
}

#[test]
fn without_a_period_ticks_are_due_as_documented() {
    for (rate, is_first) in [
        (AnyRate::Skip, true),
        (AnyRate::FixedRate, true),
        (AnyRate::Spaced, false),
        (AnyRate::FixedDelay, false),
    ] {
        let (clock, probe) = (VirtualClock::new(), Probe::new());
        let mut ticks = pin!(clock.interval(Duration::ZERO).rate(rate));
        let start = clock.now();
        assert_eq!(probe.poll_next(ticks.as_mut()), Poll::Ready(Some(start)));
        let mut due = Poll::Pending;
        for _ in 0..2 {
            clock.advance(SECOND);
            assert!(probe.poll_next(ticks.as_mut()).is_pending(), "{rate:?}");
            due = probe.poll_next(ticks.as_mut());
        }
        assert!(due.is_ready(), "{rate:?}");
        assert_eq!(due == Poll::Ready(Some(start)), is_first, "{rate:?}");
    }
}
