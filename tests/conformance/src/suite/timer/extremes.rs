//! The contract of `Instant`, and waits at the ends of the clock.

use core::future::pending;
use core::pin::pin;
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{Instant, StreamTimeExt, Timer, next, range};

use crate::suite::case::later;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// Durations of every size, with both sides of each power of two.
fn durations() -> impl Iterator<Item = Duration> {
    let nanos = (0..64).map(|bit| Duration::from_nanos(1 << bit));
    let seconds = (0..64).map(|bit| Duration::from_secs(1 << bit));
    let tick = Duration::from_nanos(1);
    nanos
        .chain(seconds)
        .flat_map(move |it| [it.saturating_sub(tick), it, it.saturating_add(tick)])
        .chain([Duration::ZERO, Duration::MAX])
}

/// A span is never shorter than its duration; where it is as long as spans can be, it leads to never.
pub async fn spans_are_rounded_up<T: Timer>(subject: Subject<T>) -> Outcome {
    let longest = T::Instant::delta_ceil(Duration::MAX);
    for duration in durations() {
        let span = T::Instant::delta_ceil(duration);
        if span == longest && later(subject.timer.now(), span).is_none() {
            continue;
        }
        check(T::Instant::to_duration(span) >= duration, "a span is never too short")?;
    }
    Ok(())
}

/// A zero duration is a zero span, anything else is more, and a longer duration is no shorter span.
pub async fn spans_are_in_order<T: Timer>(_: Subject<T>) -> Outcome {
    let zero = T::Instant::delta_ceil(Duration::ZERO);
    check(T::Instant::to_duration(zero) == Duration::ZERO, "zero is zero")?;
    let mut before = (Duration::ZERO, zero);
    for duration in durations() {
        let span = T::Instant::delta_ceil(duration);
        check(duration == Duration::ZERO || span > zero, "what is not zero is not rounded to it")?;
        check(duration < before.0 || span >= before.1, "longer is not shorter")?;
        before = (duration, span);
    }
    Ok(())
}

/// The longest duration leads to never, from now and from any later time.
pub async fn longest_is_never<T: Timer>(subject: Subject<T>) -> Outcome {
    let longest = T::Instant::delta_ceil(Duration::MAX);
    let mut instant = subject.timer.now();
    for duration in durations() {
        check(later(instant, longest).is_none(), "nothing is so far away")?;
        if let Some(next) = later(instant, T::Instant::delta_ceil(duration)) {
            check(next >= instant, "an addition does not wrap")?;
            instant = next;
        }
    }
    Ok(())
}

/// What was added is what lies between; the other way round it is nothing.
pub async fn differences_saturate<T: Timer>(subject: Subject<T>) -> Outcome {
    let now = subject.timer.now();
    let zero = T::Instant::delta_ceil(Duration::ZERO);
    for duration in durations() {
        let span = T::Instant::delta_ceil(duration);
        let Some(then) = later(now, span) else { continue };
        check(then.saturating_since(now) == span, "what was added lies between")?;
        check(now.saturating_since(then) == zero, "nothing lies before")?;
    }
    Ok(())
}

/// Waits for the farthest deadlines there are do not end, do not panic, and do not keep others from ending.
pub async fn farthest_deadlines_wait<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    // The last instant that the clock can tell.
    let mut farthest = subject.timer.now();
    for bit in (0..63).rev() {
        let step = T::Instant::delta_ceil(Duration::from_secs(1 << bit));
        farthest = later(farthest, step).unwrap_or(farthest);
    }
    for bit in (0..30).rev() {
        let step = T::Instant::delta_ceil(Duration::from_nanos(1 << bit));
        farthest = later(farthest, step).unwrap_or(farthest);
    }
    {
        let mut raw = pin!(subject.timer.raw_sleep(farthest.into()));
        check(probe.poll(raw.as_mut()).is_pending(), "the end of time is not reached")?;
        subject.pass(1).await;
        check(probe.poll(raw).is_pending(), "the end of time is still not reached")?;
    }
    // After a wait without an end in the same task, an ordinary one must end as ever.
    let mark = subject.mark();
    let end = subject.timer.timeout(STEP, subject.timer.sleep_until(farthest)).await;
    check(end.is_err(), "the limit is reached")?;
    subject.timer.sleep(STEP).await;
    mark.passed(STEP * 2)
}

/// The longest durations go through every combinator without a panic, and without an end.
pub async fn longest_through_everything<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    for endless in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(1 << 62)] {
        let all = async {
            let sleep = timer.sleep(endless);
            let limited = timer.timeout(endless, pending::<()>());
            let mut paced = pin!(range(0..9).pace(timer, endless));
            let mut fixed = pin!(range(0..9).pace(timer, endless).rate(FixedRate));
            let mut numbers = pin!(timer.countdown(9, endless));
            let mut stalled = pin!(range(0..9).stall(timer, endless));
            check(next(&mut paced).await == Some(0), "the first comes")?;
            check(next(&mut fixed).await == Some(0), "the first comes")?;
            check(next(&mut numbers).await == Some(9), "the first comes")?;
            let short = timer.timeout(STEP, next(&mut paced)).await;
            check(short.is_err(), "the second does not")?;
            let short = timer.timeout(STEP, next(&mut fixed)).await;
            check(short.is_err(), "the second does not")?;
            let short = timer.timeout(STEP, next(&mut numbers)).await;
            check(short.is_err(), "the second does not")?;
            let short = timer.timeout(STEP, next(&mut stalled)).await;
            check(short.is_err(), "nothing comes")?;
            check(timer.timeout(STEP, sleep).await.is_err(), "the sleep does not end")?;
            check(timer.timeout(STEP, limited).await.is_err(), "the limit is not reached")
        };
        all.await?;
    }
    Ok(())
}

/// Time does not go back, and goes on.
pub async fn clock_goes_on<T: Timer>(subject: Subject<T>) -> Outcome {
    subject.pass(1).await;
    let mut last = subject.timer.now();
    for _ in 0..100 {
        let now = subject.timer.now();
        check(now >= last, "time does not go back")?;
        last = now;
    }
    subject.pass(1).await;
    check(subject.timer.now() > last, "time goes on")
}
