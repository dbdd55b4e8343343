//! The promises of `Timer::slack`, and of `Instant::ceil_to`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{Deadline, Instant, Timer, next};

use crate::suite::case::{later, never};
use crate::suite::{Clock, Outcome, Probe, STEP, Subject, check, check_count};

/// Instants are rounded up, by less than the span, to one grid.
pub async fn rounds_up_to_one_grid<T: Timer>(subject: Subject<T>) -> Outcome {
    let now = subject.timer.now();
    let spans =
        [Duration::ZERO, Duration::from_nanos(1), STEP, Duration::from_secs(7), Duration::MAX];
    for span in spans.map(T::Instant::delta_ceil) {
        // Not the first in time, so that a grid that begins with the first one to be rounded shows.
        let _ = later(now, T::Instant::delta_ceil(Duration::from_secs(3600)))
            .map(|it| it.ceil_to(span));
        let mut last: Option<T::Instant> = None;
        for after in (0..50).map(|it| STEP * it / 3) {
            let Some(instant) = later(now, T::Instant::delta_ceil(after)) else { continue };
            let rounded = instant.ceil_to(span);
            check(rounded >= instant, "no instant is rounded down")?;
            let by = rounded.saturating_since(instant);
            check(rounded == instant || by < span, "it is rounded by less than the span")?;
            check(rounded.ceil_to(span) == rounded, "a point of the grid stays where it is")?;
            let is_next = |last| if instant <= last { rounded == last } else { rounded > last };
            check(
                last.is_none_or(is_next),
                "instants with no point between them have the same next",
            )?;
            last = Some(rounded);
        }
    }
    Ok(())
}

/// A wait is never early, and late by less than the slack.
pub async fn late_by_less_than_the_slack<T: Timer>(subject: Subject<T>) -> Outcome {
    let slack = STEP * 4;
    let timer = subject.timer.slack(slack);
    check(timer.span() >= slack, "it tells its slack")?;
    for delay in (0..12).map(|it| STEP * it / 2) {
        let start = timer.now();
        timer.sleep(delay).await;
        let passed = timer.elapsed(start);
        check(passed >= delay, "no wait is early")?;
        // A wait on a clock of ticks has one more.
        let latest =
            if subject.clock == Clock::Exact { delay + slack } else { delay + slack + STEP };
        let in_time = passed < latest || !subject.is_steady();
        check(in_time, "no wait is late by as much as the slack")?;
    }
    Ok(())
}

/// Waits with different deadlines wake at one point of the grid, and not before.
pub async fn waits_fall_together<T: Timer>(subject: Subject<T>) -> Outcome {
    let slack = STEP * 16;
    let timer = subject.timer.slack(slack);
    let span = T::Instant::delta_ceil(slack);
    let now = timer.now();
    for step in 1..40 {
        let [first, second, third] = [step, step + 1, step + 2]
            .map(|steps| later(now, T::Instant::delta_ceil(STEP * steps)));
        let (Some(first), Some(second), Some(third)) = (first, second, third) else { continue };
        let point = first.ceil_to(span);
        if point != second.ceil_to(span) || point <= third {
            // They do not fall together, or the clock has no grid.
            continue;
        }
        let probe = Probe::new();
        let mut one = pin!(timer.sleep_until(first));
        let mut other = pin!(timer.sleep_until(second));
        let _ = (probe.poll(one.as_mut()), probe.poll(other.as_mut()));
        subject.timer.sleep_until(third).await;
        if subject.is_steady() {
            check_count(probe.wakes(), 0, "nothing wakes before the point of the grid")?;
        }
        subject.reach(point.into()).await;
        subject.pass(1).await;
        check(probe.wakes() > 0, "that point wakes")?;
        check(probe.poll(one.as_mut()).is_ready(), "the first is over")?;
        return check(probe.poll(other.as_mut()).is_ready(), "and so is the other");
    }
    Ok(())
}

/// A fixed rate counts from deadlines, so its grid is not rounded.
pub async fn grid_does_not_drift<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = subject.timer.slack(STEP * 2);
    let period = T::Instant::delta_ceil(STEP * 3);
    let mark = subject.mark();
    let mut ticks = pin!(timer.interval_at(mark.start, STEP * 3).rate(FixedRate));
    let mut expected = Some(mark.start);
    for _ in 0..6 {
        check(next(&mut ticks).await == expected, "a tick is due at a multiple of the period")?;
        expected = expected.and_then(|it| later(it, period));
    }
    let passed = timer.elapsed(mark.start);
    check(passed >= STEP * 15, "no tick is early")?;
    check(passed < STEP * 18 || !subject.is_steady(), "the lateness does not add up")
}

/// A wait of zero, or for what is past, is not late: it yields once.
pub async fn zero_and_past_yield_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = subject.timer.slack(Duration::from_secs(3600));
    let past = subject.mark().start;
    subject.pass(1).await;
    let probe = Probe::new();
    let mut zero = pin!(timer.sleep(Duration::ZERO));
    let mut until = pin!(timer.sleep_until(past));
    check(probe.poll(zero.as_mut()).is_pending(), "a zero wait yields")?;
    check(probe.poll(until.as_mut()).is_pending(), "a wait for what is past yields")?;
    check(subject.wakes_at_once(&probe, 1).await > 0, "which wakes its task")?;
    check(probe.poll(zero.as_mut()).is_ready(), "then it is over")?;
    check(probe.poll(until.as_mut()).is_ready(), "and so is the other")
}

/// Never stays never, and a deadline is told as it was set.
pub async fn tells_its_deadline<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = subject.timer.slack(STEP * 100);
    let probe = Probe::new();
    let mut endless = pin!(timer.sleep_until(never::<T>()));
    check(probe.poll(endless.as_mut()).is_pending(), "it has no end")?;
    check(endless.deadline().is_none(), "and says so")?;
    let deadline: Deadline<T> = subject.mark().plus(1_000_000);
    let mut sleep = pin!(timer.sleep_until(deadline));
    check(probe.poll(sleep.as_mut()).is_pending(), "it waits")?;
    check(sleep.deadline().map(Into::into) == Some(deadline), "for what it was told")?;
    subject.pass(2).await;
    check_count(probe.wakes(), 0, "nothing wakes")
}

/// A poll that comes by itself finds the wait over, and a reset to an earlier deadline takes effect.
pub async fn polled_by_itself_it_is_over<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = subject.timer.slack(Duration::from_secs(3600));
    let probe = Probe::new();
    let mut sleep = pin!(timer.sleep(Duration::from_secs(7200)));
    check(probe.poll(sleep.as_mut()).is_pending(), "it waits")?;
    let mark = subject.mark();
    sleep.as_mut().reset(STEP);
    let poll = probe.poll(sleep.as_mut());
    mark.waits(poll.is_pending(), 1, "it waits for the new deadline")?;
    subject.pass(2).await;
    check(probe.poll(sleep.as_mut()) == Poll::Ready(()), "which is reached, slack or not")?;
    check(probe.poll(sleep.as_mut()) == Poll::Ready(()), "and stays so")
}
