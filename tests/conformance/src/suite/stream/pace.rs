//! The promises of `StreamTimeExt::pace`.

use core::cell::Cell;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::stream::{FixedDelay, FixedRate, Skip};
use anytempo::{StreamTimeExt, Timer, generate, next, range};
use futures_core::{FusedStream, Stream};

use super::blinking::Blinking;
use crate::suite::{Outcome, Probe, STEP, Subject, check, check_count};

/// The first item comes at once, and each later one after the delay.
pub async fn spaces_items<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut items = pin!(range(["a", "b", "c"]).pace(&subject.timer, STEP));
    for (waits, item) in (0..).zip(["a", "b", "c"]) {
        check(next(&mut items).await == Some(item), "no item is lost")?;
        mark.passed(STEP * waits)?;
    }
    Ok(())
}

/// The end follows the last item in the same poll, and stays.
pub async fn end_is_not_delayed<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(range(0..1).pace(&subject.timer, Duration::MAX));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "the item comes at once")?;
    for _ in 0..3 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "the end waits for nothing")?;
        check(items.is_terminated(), "and stays")?;
    }
    let mut blinking = pin!(Blinking(1).pace(&subject.timer, Duration::MAX));
    check(probe.poll_next(blinking.as_mut()) == Poll::Ready(Some(1)), "the item comes at once")?;
    for _ in 0..3 {
        check(probe.poll_next(blinking.as_mut()) == Poll::Ready(None), "then it is over for good")?;
    }
    let mut empty = pin!(range(0..0).pace(&subject.timer, STEP));
    check(probe.poll_next(empty.as_mut()) == Poll::Ready(None), "an empty source ends at once")
}

/// Without a delay each later item still has a yield before it.
pub async fn zero_delay_yields_between_items<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    yields_between_items(&subject, range(0..3).pace(timer, Duration::ZERO)).await?;
    yields_between_items(&subject, range(0..3).pace(timer, Duration::ZERO).rate(FixedRate)).await
}

async fn yields_between_items<T: Timer>(
    subject: &Subject<T>,
    items: impl Stream<Item = usize>,
) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(items);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "the first comes at once")?;
    for item in 1..3 {
        check(probe.poll_next(items.as_mut()).is_pending(), "a yield comes before a later item")?;
        check(subject.wakes_at_once(&probe, item).await == item, "which wakes its task")?;
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "then the item comes")?;
    }
    Ok(())
}

/// A source that is slower than the delay is not slowed down further.
pub async fn slow_source_is_not_slowed<T: Timer>(subject: Subject<T>) -> Outcome {
    let source = generate(async |mut y| {
        for item in 0..3 {
            subject.pass(3).await;
            y.emit(item).await;
        }
    });
    let mark = subject.mark();
    let mut items = pin!(source.pace(&subject.timer, STEP * 2));
    for item in 0..3 {
        check(next(&mut items).await == Some(item), "no item is lost")?;
        mark.passed(STEP * 3 * (item + 1))?;
    }
    check(next(&mut items).await.is_none(), "then it ends")
}

/// An item that the source has given, but that is not due, is kept when the consumer goes away.
pub async fn keeps_the_item_that_waits<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut items = pin!(range(0..3).pace(&subject.timer, STEP * 3));
    for item in 0..3 {
        let mut given = subject.timer.timeout(STEP, next(&mut items)).await;
        while given.is_err() {
            given = subject.timer.timeout(STEP, next(&mut items)).await;
        }
        check(given == Ok(Some(item)), "no item is lost")?;
        mark.passed(STEP * 3 * item)?;
    }
    Ok(())
}

/// The delay counts from the item before, unless a rate is chosen.
pub async fn delay_counts_from_the_item<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut items = pin!(range(0..3).pace(&subject.timer, STEP * 3));
    for item in 0..3 {
        check(next(&mut items).await == Some(item), "no item is lost")?;
        mark.passed(STEP * 3 * item)?;
        if subject.is_steady() {
            subject.pass(2).await;
        }
    }
    Ok(())
}

/// At the rate `FixedDelay` it counts from the poll that asks for the item.
pub async fn delay_counts_from_the_request<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut items = pin!(range(0..3).pace(&subject.timer, STEP).rate(FixedDelay));
    for item in 0..3 {
        check(next(&mut items).await == Some(item), "no item is lost")?;
        mark.passed(STEP * 3 * item)?;
        subject.pass(2).await;
    }
    Ok(())
}

/// At a fixed rate the time between items does not depend on what the consumer does.
pub async fn fixed_rate_does_not_drift<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut items = pin!(range(0..5).pace(&subject.timer, STEP * 3).rate(FixedRate));
    subject.pass(1).await;
    let mark = subject.mark();
    for item in 0..5 {
        check(next(&mut items).await == Some(item), "no item is lost")?;
        mark.passed(STEP * 3 * item)?;
        if subject.is_steady() {
            subject.pass(2).await;
        }
    }
    Ok(())
}

/// A delay that cannot be expressed gives the first item, and then nothing.
pub async fn beyond_the_clock_stops<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    subject.pass(1).await;
    let mut items = pin!(range(0..2).pace(&subject.timer, Duration::MAX));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "the first comes at once")?;
    for _ in 0..2 {
        check(probe.poll_next(items.as_mut()).is_pending(), "the next does not come")?;
        subject.pass(1).await;
    }
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// The size is that of the source, with the item that waits.
pub async fn sizes<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(range(0..2).pace(&subject.timer, STEP));
    check(items.size_hint() == (2, Some(2)), "two at the start")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "the first comes at once")?;
    check(items.size_hint() == (1, Some(1)), "one is left")?;
    check(probe.poll_next(items.as_mut()).is_pending(), "the other waits")?;
    check(items.size_hint() == (1, Some(1)), "one is left still")?;
    next(&mut items).await;
    next(&mut items).await;
    check(items.size_hint() == (0, Some(0)), "none is left")
}

/// A source that never runs dry gives one item for a poll.
pub async fn endless_source<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(range(0_u64..).pace(&subject.timer, Duration::ZERO));
    for item in 0..1000 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "an item comes")?;
        check(probe.poll_next(items.as_mut()).is_pending(), "and then a yield")?;
    }
    Ok(())
}

/// At the rate `Skip` a late item comes at once, and the next one at the next point of the grid.
pub async fn skip_keeps_the_grid<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut items = pin!(range(0..4).pace(&subject.timer, STEP * 2).rate(Skip));
    check(next(&mut items).await == Some(0), "the first comes at once")?;
    subject.pass(7).await;
    for (item, steps) in [(1, 7), (2, 8), (3, 10)] {
        check(next(&mut items).await == Some(item), "no item is left out")?;
        mark.passed(STEP * steps)?;
    }
    check(next(&mut items).await.is_none(), "then it is over")
}

/// A reset gives another delay, and lets a wait that runs begin anew.
pub async fn reset_moves_the_wait<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(range(0..3).pace(&subject.timer, STEP * 100_000));
    check(next(&mut items).await == Some(0), "the first comes at once")?;
    check(probe.poll_next(items.as_mut()).is_pending(), "the next waits")?;
    check(items.deadline().is_some(), "it is due some time")?;
    let mark = subject.mark();
    items.as_mut().reset(STEP * 2);
    check(next(&mut items).await == Some(1), "it comes at the new time")?;
    mark.passed(STEP * 2)?;
    check(next(&mut items).await == Some(2), "and so does the one after it")?;
    mark.passed(STEP * 4)
}

/// A stream whose source ends during a wait gives up its timer and its waker.
pub async fn ended_keeps_no_waker<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let is_over = Cell::new(false);
    let mut first = Some(0);
    let source = generate(async |mut y| {
        if let Some(item) = first.take() {
            y.emit(item).await;
        }
        poll_fn(|_| if is_over.get() { Poll::Ready(()) } else { Poll::Pending }).await;
    });
    let mut items = pin!(source.pace(&subject.timer, Duration::from_secs(3600)));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "the first comes at once")?;
    check(probe.poll_next(items.as_mut()).is_pending(), "the source goes on")?;
    check(probe.kept() > 0, "the timer keeps the waker")?;
    is_over.set(true);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "the end waits for nothing")?;
    subject.pass(1).await;
    check_count(probe.kept(), 0, "no waker is kept")
}
