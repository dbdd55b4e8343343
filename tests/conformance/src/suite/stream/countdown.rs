//! The promises of `Timer::countdown`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::stream::{AnyRate, FixedRate, Skip, Spaced};
use anytempo::{Timer, next};
use futures_core::{FusedStream, Stream};

use crate::suite::{Outcome, Probe, STEP, Spy, Subject, check, check_count};

/// The first item comes at once, each later one after the delay, and the end right after the last.
pub async fn counts_down<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut numbers = pin!(subject.timer.countdown(2, STEP));
    for (waits, number) in (0..).zip([2, 1, 0]) {
        check(next(&mut numbers).await == Some(number), "the numbers come in order")?;
        mark.passed(STEP * waits)?;
    }
    check(
        Probe::new().poll_next(numbers.as_mut()) == Poll::Ready(None),
        "the end waits for nothing",
    )?;
    check(next(&mut numbers).await.is_none(), "it stays at its end")?;
    check(numbers.is_terminated(), "it is terminated")
}

/// From zero there is one item, and no wait.
pub async fn zero_count<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut numbers = pin!(subject.timer.countdown(0, Duration::MAX));
    check(probe.poll_next(numbers.as_mut()) == Poll::Ready(Some(0)), "zero comes at once")?;
    check(probe.poll_next(numbers.as_mut()) == Poll::Ready(None), "and then the end")
}

/// Without a delay each later item still has a yield before it.
pub async fn zero_delay_yields_between_items<T: Timer>(subject: Subject<T>) -> Outcome {
    yields_between_items(&subject, subject.timer.countdown(2, Duration::ZERO)).await?;
    yields_between_items(&subject, subject.timer.countdown(2, Duration::ZERO).rate(FixedRate)).await
}

async fn yields_between_items<T: Timer>(
    subject: &Subject<T>,
    numbers: impl Stream<Item = u32>,
) -> Outcome {
    let probe = Probe::new();
    let mut numbers = pin!(numbers);
    check(probe.poll_next(numbers.as_mut()) == Poll::Ready(Some(2)), "the first comes at once")?;
    for (wakes, number) in (1..).zip([1, 0]) {
        check(probe.poll_next(numbers.as_mut()).is_pending(), "a yield comes before a later item")?;
        check(subject.wakes_at_once(&probe, wakes).await == wakes, "which wakes its task")?;
        check(
            probe.poll_next(numbers.as_mut()) == Poll::Ready(Some(number)),
            "then the item comes",
        )?;
    }
    check(probe.poll_next(numbers.as_mut()) == Poll::Ready(None), "the end needs no yield")
}

/// The greatest count there is starts and runs.
pub async fn greatest_count_starts<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut numbers = pin!(subject.timer.countdown(u32::MAX, Duration::ZERO));
    check(numbers.size_hint().0 >= u32::MAX as usize, "all items are announced")?;
    check(next(&mut numbers).await == Some(u32::MAX), "the first comes")?;
    check(next(&mut numbers).await == Some(u32::MAX - 1), "the next comes")
}

/// A delay that cannot be expressed gives the first item, and then nothing.
pub async fn beyond_the_clock_stops<T: Timer>(subject: Subject<T>) -> Outcome {
    stops(&subject, subject.timer.countdown(1, Duration::MAX)).await?;
    stops(&subject, subject.timer.countdown(1, Duration::MAX).rate(FixedRate)).await
}

async fn stops<T: Timer>(subject: &Subject<T>, numbers: impl Stream<Item = u32>) -> Outcome {
    let probe = Probe::new();
    subject.pass(1).await;
    let mut numbers = pin!(numbers);
    check(probe.poll_next(numbers.as_mut()) == Poll::Ready(Some(1)), "the first comes at once")?;
    for _ in 0..2 {
        check(probe.poll_next(numbers.as_mut()).is_pending(), "the next does not come")?;
        subject.pass(1).await;
    }
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// The delay counts from the poll that asks for the item.
pub async fn delay_counts_from_the_request<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut numbers = pin!(subject.timer.countdown(2, STEP * 2));
    for waits in 0..3 {
        check(next(&mut numbers).await.is_some(), "there is an item")?;
        mark.passed(STEP * (waits * 5))?;
        subject.pass(3).await;
    }
    Ok(())
}

/// At a fixed rate the time between items does not depend on what the consumer does.
pub async fn fixed_rate_does_not_drift<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut numbers = pin!(subject.timer.countdown(4, STEP * 3).rate(FixedRate));
    subject.pass(2).await;
    let mark = subject.mark();
    for waits in 0..5 {
        check(next(&mut numbers).await.is_some(), "there is an item")?;
        mark.passed(STEP * (waits * 3))?;
        if subject.is_steady() {
            subject.pass(2).await;
        }
    }
    Ok(())
}

/// At a fixed rate what is overdue comes at once, none of it is skipped, and each has a poll of its own.
pub async fn fixed_rate_catches_up<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut numbers = pin!(subject.timer.countdown(5, STEP * 2).rate(FixedRate));
    check(next(&mut numbers).await == Some(5), "the first comes at once")?;
    subject.pass(7).await;
    for (wakes, number) in (1..).zip([4, 3, 2]) {
        mark.sees(
            probe.poll_next(numbers.as_mut()).is_pending(),
            "a yield comes before a late item",
            "ready",
        )?;
        check(subject.wakes_at_once(&probe, wakes).await >= wakes, "which wakes its task")?;
        check(
            probe.poll_next(numbers.as_mut()) == Poll::Ready(Some(number)),
            "late items come at once",
        )?;
    }
    check(next(&mut numbers).await == Some(1), "the next is in time")?;
    mark.passed(STEP * 8)?;
    check(next(&mut numbers).await == Some(0), "the last comes")?;
    mark.passed(STEP * 10)
}

/// A consumer that goes away and comes back loses no item and no time.
pub async fn poll_and_leave<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut numbers = pin!(subject.timer.countdown(2, STEP * 3));
    for waits in 0..3 {
        let item = loop {
            match subject.timer.timeout(STEP, next(&mut numbers)).await {
                Ok(item) => break item,
                Err(_) => continue,
            }
        };
        check(item == Some(2 - waits), "no item is lost")?;
        mark.passed(STEP * (waits * 3))?;
    }
    Ok(())
}

/// The size is known, from the start to the end.
pub async fn sizes<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut numbers = pin!(subject.timer.countdown(2, Duration::ZERO));
    for left in [3, 2, 1] {
        check(numbers.size_hint() == (left, Some(left)), "the size is what is left")?;
        check(!numbers.is_terminated(), "it is not terminated")?;
        next(&mut numbers).await;
    }
    check(numbers.size_hint() == (0, Some(0)), "nothing is left")
}

/// Nothing reads the clock or polls a timer before the first poll, nor for the first item.
pub async fn silent_before_first_poll<T: Timer>(subject: Subject<T>) -> Outcome {
    let spy = Spy::on(subject.timer);
    let mut numbers = pin!(spy.timer().countdown(1, STEP));
    check(spy.reads() == 0 && spy.polls() == 0, "nothing happens before the first poll")?;
    next(&mut numbers).await;
    check(spy.reads() == 0 && spy.polls() == 0, "the first item needs no timer")?;
    next(&mut numbers).await;
    check_count(spy.reads(), 1, "the clock is read once for a wait")
}

/// At the rate `Spaced` the delay counts from the item before.
pub async fn spaced_counts_from_the_item<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut numbers = pin!(subject.timer.countdown(3, STEP * 3).rate(Spaced));
    subject.pass(1).await;
    let mark = subject.mark();
    for waits in 0..4 {
        check(next(&mut numbers).await.is_some(), "there is an item")?;
        mark.passed(STEP * (waits * 3))?;
        if subject.is_steady() {
            subject.pass(2).await;
        }
    }
    Ok(())
}

/// At the rate `Skip` a late item comes at once, and the next one at the next point of the grid.
pub async fn skip_keeps_the_grid<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut numbers = pin!(subject.timer.countdown(4, STEP * 2).rate(Skip));
    check(next(&mut numbers).await == Some(4), "the first comes at once")?;
    subject.pass(7).await;
    mark.sees(
        probe.poll_next(numbers.as_mut()).is_pending(),
        "a yield comes before a late item",
        "ready",
    )?;
    check(subject.wakes_at_once(&probe, 1).await >= 1, "which wakes its task")?;
    check(probe.poll_next(numbers.as_mut()) == Poll::Ready(Some(3)), "it comes at once")?;
    for (number, steps) in [(2, 8), (1, 10), (0, 12)] {
        check(next(&mut numbers).await == Some(number), "no item is left out")?;
        mark.passed(STEP * steps)?;
    }
    check(next(&mut numbers).await.is_none(), "then it is over")
}

/// A rate that is a value does as the type of its name.
pub async fn rate_is_chosen_at_run_time<T: Timer>(subject: Subject<T>) -> Outcome {
    // The steps at which the items come, where the consumer takes three steps for the first one.
    let rates = [
        (AnyRate::FixedDelay, [0, 5, 7]),
        (AnyRate::Spaced, [0, 3, 5]),
        (AnyRate::FixedRate, [0, 3, 4]),
        (AnyRate::Skip, [0, 3, 4]),
    ];
    for (rate, steps) in rates {
        let mark = subject.mark();
        let mut numbers = pin!(subject.timer.countdown(2, STEP * 2).rate(rate));
        for (steps, number) in steps.into_iter().zip([2, 1, 0]) {
            check(next(&mut numbers).await == Some(number), "no item is left out")?;
            mark.passed(STEP * steps)?;
            if number == 2 {
                subject.pass(3).await;
            }
        }
        check(next(&mut numbers).await.is_none(), "then it is over")?;
    }
    Ok(())
}

/// A reset gives another delay, and lets a wait that runs begin anew.
pub async fn reset_moves_the_wait<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    for rate in [AnyRate::FixedDelay, AnyRate::Spaced, AnyRate::FixedRate, AnyRate::Skip] {
        let mut numbers = pin!(subject.timer.countdown(3, STEP * 100_000).rate(rate));
        check(numbers.deadline().is_none(), "nothing is due at first")?;
        check(next(&mut numbers).await == Some(3), "the first comes at once")?;
        check(probe.poll_next(numbers.as_mut()).is_pending(), "the next waits")?;
        check(numbers.deadline().is_some(), "it is due some time")?;
        let mark = subject.mark();
        numbers.as_mut().reset(STEP * 2);
        check(next(&mut numbers).await == Some(2), "it comes at the new time")?;
        mark.passed(STEP * 2)?;
        check(next(&mut numbers).await == Some(1), "and so do those after it")?;
        mark.passed(STEP * 4)?;
        numbers.as_mut().reset(Duration::ZERO);
        mark.sees(probe.poll_next(numbers.as_mut()).is_pending(), "no delay yields", "ready")?;
        subject.pass(1).await;
        check(probe.poll_next(numbers.as_mut()) == Poll::Ready(Some(0)), "then it comes")?;
        numbers.as_mut().reset(STEP);
        check(probe.poll_next(numbers.as_mut()) == Poll::Ready(None), "over is over")?;
    }
    Ok(())
}
