//! The promises of `Timer::sleep` and `Timer::sleep_until`.

use core::pin::pin;
use core::time::Duration;

use anytempo::{Instant, Timer};
use futures_core::FusedFuture;

use crate::suite::{Outcome, Probe, STEP, Spy, Subject, check, check_count};

/// No duration ends early, whatever its relation to the clock's tick.
pub async fn never_early<T: Timer>(subject: Subject<T>) -> Outcome {
    let odd = [
        0, 1, 999, 1_000, 1_001, 30_517, 30_518, 499_999, 999_999, 1_000_000, 1_000_001, 2_718_281,
    ];
    for duration in odd.map(Duration::from_nanos) {
        let mark = subject.mark();
        subject.timer.sleep(duration).await;
        mark.passed(duration)?;
    }
    Ok(())
}

/// The time before the first poll does not count.
pub async fn counts_from_first_poll<T: Timer>(subject: Subject<T>) -> Outcome {
    let sleep = subject.timer.sleep(STEP);
    subject.pass(2).await;
    let mark = subject.mark();
    sleep.await;
    mark.passed(STEP)
}

/// Nothing reads the clock or polls a timer before the first poll.
pub async fn silent_before_first_poll<T: Timer>(subject: Subject<T>) -> Outcome {
    let deadline = subject.mark().plus(1);
    let spy = Spy::on(subject.timer);
    let mut sleep = pin!(spy.timer().sleep(STEP));
    sleep.as_mut().reset(STEP);
    sleep.as_mut().reset_until(deadline);
    drop(spy.timer().sleep_until(deadline));
    check_count(spy.reads(), 0, "the clock is not read before the first poll")?;
    check_count(spy.polls(), 0, "no timer is polled before the first poll")?;
    sleep.await;
    // A late machine finds the deadline past by the clock alone.
    check(spy.reads() + spy.polls() > 0, "the spy sees what happens")
}

/// A zero sleep wakes its task, and is ready at the second poll.
pub async fn zero_yields_once<T: Timer>(subject: Subject<T>) -> Outcome {
    yields_once(&subject, subject.timer.sleep(Duration::ZERO)).await
}

/// A deadline that is past, or now, wakes its task, and is ready at the second poll.
pub async fn past_yields_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let past = subject.timer.now();
    yields_once(&subject, subject.timer.sleep_until(past)).await?;
    subject.pass(1).await;
    yields_once(&subject, subject.timer.sleep_until(past)).await
}

async fn yields_once<T: Timer>(subject: &Subject<T>, sleep: anytempo::future::Sleep<T>) -> Outcome {
    let probe = Probe::new();
    let mut sleep = pin!(sleep);
    check(probe.poll(sleep.as_mut()).is_pending(), "the first poll is pending")?;
    check(subject.wakes_at_once(&probe, 1).await > 0, "it wakes its task")?;
    check(!sleep.is_terminated(), "it is not over before it is ready")?;
    check(probe.poll(sleep.as_mut()).is_ready(), "the second poll is ready")?;
    check(sleep.is_terminated(), "then it is over")
}

/// Two waits until one deadline end at one time.
pub async fn until_is_absolute<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let sleep = subject.timer.sleep_until(mark.plus(3));
    subject.pass(1).await;
    sleep.await;
    mark.passed(STEP * 3)?;
    subject.timer.sleep_until(mark.plus(3)).await;
    mark.passed(STEP * 3)
}

/// What cannot be expressed is never reached, and does not panic.
pub async fn beyond_the_clock_is_never<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    subject.pass(1).await;
    let mut longest = pin!(subject.timer.sleep(Duration::MAX));
    let mut never = pin!(subject.timer.sleep_until(None));
    let farthest = subject.timer.now().checked_add(T::Instant::delta_ceil(Duration::MAX));
    let mut far = pin!(subject.timer.sleep_until(farthest));
    for _ in 0..2 {
        check(probe.poll(longest.as_mut()).is_pending(), "the longest duration does not end")?;
        check(probe.poll(never.as_mut()).is_pending(), "`None` does not end")?;
        check(probe.poll(far.as_mut()).is_pending(), "the farthest deadline is not reached")?;
        subject.pass(1).await;
    }
    check_count(probe.wakes(), 0, "and nobody is woken")
}

/// A sleep that is over is ready at every further poll.
pub async fn stays_ready<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut sleep = pin!(subject.timer.sleep(STEP));
    check(!sleep.is_terminated(), "it is not terminated before it is over")?;
    sleep.as_mut().await;
    check(sleep.is_terminated(), "it is terminated once it is over")?;
    for _ in 0..3 {
        check(probe.poll(sleep.as_mut()).is_ready(), "it stays ready")?;
    }
    Ok(())
}

/// Of two wakers the one of the last poll is woken, whatever becomes of the other.
pub async fn newest_waker_wins<T: Timer>(subject: Subject<T>) -> Outcome {
    let (old, new) = (Probe::new(), Probe::new());
    let mark = subject.mark();
    let mut sleep = pin!(subject.timer.sleep(STEP));
    mark.sees(old.poll(sleep.as_mut()).is_pending(), "it waits", "ready")?;
    if new.poll(sleep.as_mut()).is_ready() {
        return mark.waits(false, 1, "it goes on waiting");
    }
    subject.pass(3).await;
    mark.sees(new.wakes() > 0, "the newest waker is woken", "no wake")?;
    mark.sees(new.poll(sleep.as_mut()).is_ready(), "and it is over", "pending")
}

/// Polls that nobody asked for do not move the deadline.
pub async fn spurious_polls_change_nothing<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut sleep = pin!(subject.timer.sleep(STEP * 4));
    mark.sees(probe.poll(sleep.as_mut()).is_pending(), "it waits", "ready")?;
    for _ in 0..2 {
        subject.pass(1).await;
        mark.waits(probe.poll(sleep.as_mut()).is_pending(), 4, "it waits on")?;
    }
    sleep.await;
    mark.passed(STEP * 4)
}

/// A reset to an earlier time holds.
pub async fn reset_to_earlier<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut sleep = pin!(subject.timer.sleep(Duration::from_secs(24 * 3600)));
    check(probe.poll(sleep.as_mut()).is_pending(), "it waits")?;
    let mark = subject.mark();
    sleep.as_mut().reset(STEP);
    let pending = probe.poll(sleep.as_mut()).is_pending();
    mark.waits(pending, 1, "it waits for less")?;
    subject.pass(3).await;
    mark.sees(!pending || probe.wakes() > 0, "it wakes its task at the new time", "no wake")?;
    mark.sees(probe.poll(sleep.as_mut()).is_ready(), "it is over", "pending")?;
    mark.passed(STEP * 3)
}

/// A reset to a later time holds, also if the old time still wakes the task.
pub async fn reset_to_later<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut sleep = pin!(subject.timer.sleep(STEP));
    check(probe.poll(sleep.as_mut()).is_pending(), "it waits")?;
    let mark = subject.mark();
    sleep.as_mut().reset_until(mark.plus(5));
    mark.sees(probe.poll(sleep.as_mut()).is_pending(), "it waits for more", "ready")?;
    subject.reach(mark.plus(2)).await;
    let pending = probe.poll(sleep.as_mut()).is_pending();
    mark.waits(pending, 5, "the old deadline is forgotten")?;
    sleep.await;
    mark.passed(STEP * 5)
}

/// A sleep that is over waits anew after a reset, and yields anew.
pub async fn reset_when_ready<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut sleep = pin!(subject.timer.sleep(STEP));
    sleep.as_mut().await;
    let mark = subject.mark();
    sleep.as_mut().reset(STEP * 2);
    check(!sleep.is_terminated(), "it is not terminated any more")?;
    sleep.as_mut().await;
    mark.passed(STEP * 2)?;

    let probe = Probe::new();
    sleep.as_mut().reset_until(mark.start);
    mark.sees(probe.poll(sleep.as_mut()).is_pending(), "it yields anew", "ready")?;
    mark.sees(subject.wakes_at_once(&probe, 1).await > 0, "and wakes its task", "no wake")?;
    mark.sees(probe.poll(sleep.as_mut()).is_ready(), "a past deadline is over", "pending")?;

    let probe = Probe::new();
    sleep.as_mut().reset(Duration::ZERO);
    mark.sees(probe.poll(sleep.as_mut()).is_pending(), "it yields anew", "ready")?;
    mark.sees(subject.wakes_at_once(&probe, 1).await > 0, "and wakes its task", "no wake")?;
    mark.sees(probe.poll(sleep.as_mut()).is_ready(), "no delay is over", "pending")
}

/// A sleep that is disarmed is pending, and wakes nobody.
pub async fn reset_to_never<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut sleep = pin!(subject.timer.sleep(subject.to_be_given_up()));
    check(probe.poll(sleep.as_mut()).is_pending(), "it waits")?;
    sleep.as_mut().reset_until(None);
    check(probe.poll(sleep.as_mut()).is_pending(), "it is disarmed")?;
    subject.pass(2).await;
    check_count(probe.wakes(), 0, "nobody is woken")?;
    check(probe.poll(sleep.as_mut()).is_pending(), "it is still disarmed")?;
    sleep.as_mut().reset(STEP);
    sleep.await;
    Ok(())
}

/// A sleep that is dropped wakes nobody.
pub async fn drop_leaves_no_wake<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    {
        let mut sleep = pin!(subject.timer.sleep(subject.to_be_given_up()));
        check(probe.poll(sleep.as_mut()).is_pending(), "it waits")?;
    }
    subject.pass(3).await;
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// Many sleeps until one deadline each wake their own task.
pub async fn many_at_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let probes: [Probe; 8] = core::array::from_fn(|_| Probe::new());
    let sleep = || subject.timer.sleep_until(mark.plus(2));
    // Without a heap each is pinned in a line of its own.
    let (a, b, c, d) = (pin!(sleep()), pin!(sleep()), pin!(sleep()), pin!(sleep()));
    let (e, f, g, h) = (pin!(sleep()), pin!(sleep()), pin!(sleep()), pin!(sleep()));
    let mut sleeps = [a, b, c, d, e, f, g, h];

    for (probe, sleep) in probes.iter().zip(&mut sleeps) {
        mark.sees(probe.poll(sleep.as_mut()).is_pending(), "each waits", "ready")?;
    }
    subject.reach(mark.plus(4)).await;
    for (probe, sleep) in probes.iter().zip(&mut sleeps) {
        check_count(probe.wakes(), 1, "each is woken once")?;
        mark.sees(probe.poll(sleep.as_mut()).is_ready(), "each is over", "pending")?;
    }
    Ok(())
}

/// It tells its deadline as soon as there is one, and whether the clock has reached it.
pub async fn tells_its_deadline<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut sleep = pin!(subject.timer.sleep(STEP * 2));
    check(sleep.deadline().is_none() && !sleep.is_elapsed(), "none before the first poll")?;
    let _ = Probe::new().poll(sleep.as_mut());
    check(sleep.deadline() > Some(mark.start), "the first poll sets it")?;
    mark.waits(!sleep.is_elapsed(), 2, "it is not reached yet")?;
    let deadline = sleep.deadline();
    sleep.as_mut().await;
    check(sleep.is_elapsed(), "it is reached in the end")?;
    check(sleep.deadline() == deadline, "and is told still")?;
    let until = subject.timer.sleep_until(mark.start);
    check(until.deadline() == Some(mark.start) && until.is_elapsed(), "one that is given is told")?;
    check(subject.timer.sleep_until(None).deadline().is_none(), "never is none")
}
