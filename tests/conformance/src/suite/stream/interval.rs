//! The promises of `Timer::interval`, `Timer::interval_after` and `Timer::interval_at`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::stream::{AnyRate, FixedDelay, FixedRate, Skip, Spaced};
use anytempo::{Timer, next};
use futures_core::{FusedStream, Stream};

use super::rules;
use super::script::{Keeps, Probes, Then};
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// The first tick comes at once, and each later one after the period.
pub async fn ticks<T: Timer>(subject: Subject<T>) -> Outcome {
    rules::is_silent(&subject, |timer| drop(timer.interval(STEP)))?;
    let mut ticks = pin!(subject.timer.interval(STEP));
    subject.pass(2).await;
    let mark = subject.mark();
    for periods in 0..4 {
        let due = next(&mut ticks).await;
        mark.passed(STEP * periods)?;
        let due = due.is_some_and(|due| due <= subject.timer.now());
        check(due, "a tick says when it was due")?;
        check(!ticks.is_terminated(), "it never ends")?;
        check(ticks.size_hint() == (usize::MAX, None), "and it says so")?;
    }
    Ok(())
}

/// The first tick may come after a delay, which counts from the first poll.
pub async fn begins_after_a_delay<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut ticks = pin!(subject.timer.interval_after(STEP * 3, STEP));
    subject.pass(1).await;
    let mark = subject.mark();
    for periods in 3..6 {
        next(&mut ticks).await;
        mark.passed(STEP * periods)?;
    }
    Ok(())
}

/// The first tick may come at an instant, at once if that is past; the grid counts from there all the same.
pub async fn begins_at_an_instant<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut ahead = pin!(subject.timer.interval_at(mark.plus(2), STEP));
    let first = next(&mut ahead).await;
    check(first.map(Into::into) == Some(mark.plus(2)), "the first tick is due then")?;
    mark.passed(STEP * 2)?;
    subject.reach(mark.plus(5)).await;
    let probe = Probe::new();
    let mut past = pin!(subject.timer.interval_at(mark.start, STEP * 4));
    let first = probe.poll_next(past.as_mut());
    check(first == Poll::Ready(Some(mark.start)), "a past one comes at once")?;
    let second = next(&mut past).await;
    mark.passed(STEP * 8)?;
    if subject.is_steady() {
        check(second.map(Into::into) == Some(mark.plus(8)), "the next one is on the grid")?;
    }
    Ok(())
}

/// Without a period a yield comes before each later tick.
pub async fn zero_yields_between_ticks<T: Timer>(subject: Subject<T>) -> Outcome {
    for rate in [AnyRate::FixedDelay, AnyRate::Spaced, AnyRate::FixedRate, AnyRate::Skip] {
        let probe = Probe::new();
        let mut ticks = pin!(subject.timer.interval(Duration::ZERO).rate(rate));
        check(probe.poll_next(ticks.as_mut()).is_ready(), "the first tick comes at once")?;
        for turn in 1..3 {
            check(
                probe.poll_next(ticks.as_mut()).is_pending(),
                "a yield comes before a later one",
            )?;
            check(subject.wakes_at_once(&probe, turn).await == turn, "which wakes its task")?;
            check(probe.poll_next(ticks.as_mut()).is_ready(), "then the tick comes")?;
        }
    }
    Ok(())
}

/// A period that cannot be expressed gives one tick; a start that is never gives none.
pub async fn beyond_the_clock_is_never<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    subject.pass(1).await;
    let mut ticks = pin!(subject.timer.interval(Duration::MAX));
    check(probe.poll_next(ticks.as_mut()).is_ready(), "the first tick comes at once")?;
    let mut none = pin!(subject.timer.interval_after(Duration::MAX, STEP));
    for _ in 0..2 {
        check(probe.poll_next(ticks.as_mut()).is_pending(), "the next one does not come")?;
        check(probe.poll_next(none.as_mut()).is_pending(), "this one has none at all")?;
        subject.pass(1).await;
    }
    check(probe.wakes() == 0, "nothing wakes")
}

/// What a late tick does to the next ones: how many steps after the first one they come, with a stall of seven before the second.
async fn after_a_stall<T: Timer, S: Stream<Item = T::Instant>>(
    subject: &Subject<T>,
    ticks: S,
    steps: [u32; 4],
) -> Outcome {
    let mut ticks = pin!(ticks);
    let mark = subject.mark();
    next(&mut ticks).await;
    subject.pass(7).await;
    for steps in steps {
        next(&mut ticks).await;
        mark.passed(STEP * steps)?;
    }
    Ok(())
}

/// `Skip` leaves overdue ticks out, and keeps its grid.
pub async fn skip_keeps_the_grid<T: Timer>(subject: Subject<T>) -> Outcome {
    after_a_stall(&subject, subject.timer.interval(STEP * 2), [7, 8, 10, 12]).await?;
    after_a_stall(&subject, subject.timer.interval(STEP * 2).rate(Skip), [7, 8, 10, 12]).await
}

/// `FixedRate` catches up, each tick in a poll of its own.
pub async fn fixed_rate_catches_up<T: Timer>(subject: Subject<T>) -> Outcome {
    after_a_stall(&subject, subject.timer.interval(STEP * 2).rate(FixedRate), [7, 7, 7, 8]).await
}

/// `Spaced` counts from the tick that was given, and `FixedDelay` from the request.
pub async fn spaced_and_fixed_delay<T: Timer>(subject: Subject<T>) -> Outcome {
    after_a_stall(&subject, subject.timer.interval(STEP * 2).rate(Spaced), [7, 9, 11, 13]).await?;
    after_a_stall(&subject, subject.timer.interval(STEP * 2).rate(FixedDelay), [9, 11, 13, 15])
        .await
}

/// Another period holds from the next tick on; a reset begins one now.
pub async fn period_and_reset<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut ticks = pin!(subject.timer.interval(STEP * 2));
    let mark = subject.mark();
    next(&mut ticks).await;
    ticks.as_mut().set_period(STEP * 5);
    check(ticks.period() >= STEP * 5, "it tells its period")?;
    next(&mut ticks).await;
    mark.passed(STEP * 2)?;
    next(&mut ticks).await;
    mark.passed(STEP * 7)?;
    subject.pass(2).await;
    let mark = subject.mark();
    ticks.as_mut().reset();
    check(ticks.deadline().is_some(), "the next tick has its time")?;
    next(&mut ticks).await;
    mark.passed(STEP * 5)
}

/// Left and polled again, it neither loses a tick nor begins one anew.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut ticks = pin!(subject.timer.interval(STEP * 3));
    for periods in 0..3 {
        let mut tick = subject.timer.timeout(STEP, next(&mut ticks)).await;
        while tick.is_err() {
            tick = subject.timer.timeout(STEP, next(&mut ticks)).await;
        }
        mark.passed(STEP * 3 * periods)?;
    }
    Ok(())
}

/// Dropped at any await point, it leaves no wait behind.
pub async fn dropped_at_every_await_point<T: Timer>(subject: Subject<T>) -> Outcome {
    let probes = Probes::default();
    for rate in [AnyRate::Skip, AnyRate::FixedRate, AnyRate::Spaced, AnyRate::FixedDelay] {
        for script in probes.scripts(Keeps::All(0)) {
            let ticks = subject.timer.interval(script.period).rate(rate);
            script.runs(&subject, Then::Drops, ticks, |_, _| ()).await?;
        }
    }
    Ok(())
}
