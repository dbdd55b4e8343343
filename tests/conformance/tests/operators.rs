//! What the suite leaves out: long backlogs, builders that are called late, and ticks at the edges of the clock.

use core::cell::RefCell;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use core::time::Duration;
use std::collections::VecDeque;

use anytempo::stream::{AnyRate, FixedRate};
use anytempo::{StreamTimeExt, Timer, range};
use anytempo_conformance::suite::Probe;
use anytempo_virtual::VirtualClock;
use futures_core::{FusedStream, Stream};

const SECOND: Duration = Duration::from_secs(1);

/// A channel.
#[derive(Default)]
struct Channel(RefCell<VecDeque<u32>>);

impl Stream for &Channel {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        self.0.borrow_mut().pop_front().map_or(Poll::Pending, |item| Poll::Ready(Some(item)))
    }
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
    let mut items = pin!((&channel).sample(&clock, period));
    assert!(probe.poll_next(items.as_mut()).is_pending());
    clock.advance(period);
    assert!(probe.poll_next(items.as_mut()).is_pending());
    channel.0.borrow_mut().push_back(1);
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
