//! The promises of `Wait`.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::time::Duration;

use anytempo::Timer;
use anytempo::wait::Wait;

use crate::suite::{Outcome, Probe, STEP, Spy, Subject, check, check_count};

/// A limit is ready in the first poll where nothing is left of it; a delay yields once.
pub async fn zero_and_past<T: Timer>(subject: Subject<T>) -> Outcome {
    let past = subject.timer.now();
    subject.pass(1).await;
    for is_past in [false, true] {
        let wait = || match is_past {
            true => Wait::until(subject.timer.clone(), past),
            false => Wait::after(subject.timer.clone(), Duration::ZERO),
        };
        let probe = Probe::new();
        let mut limit = pin!(wait());
        check(probe.poll(pin!(limited(limit.as_mut()))).is_ready(), "a limit is ready at once")?;
        check(probe.poll(pin!(limited(limit.as_mut()))).is_ready(), "and stays ready")?;
        let mut delay = pin!(wait());
        check(probe.poll(pin!(delayed(delay.as_mut()))).is_pending(), "a delay yields")?;
        check(subject.wakes_at_once(&probe, 1).await > 0, "it wakes its task")?;
        check(probe.poll(pin!(delayed(delay.as_mut()))).is_ready(), "the second poll is ready")?;
        check(probe.poll(pin!(delayed(delay.as_mut()))).is_ready(), "and stays ready")?;
    }
    Ok(())
}

/// A span counts from the first poll, and from a reset that comes later.
pub async fn counts_from_the_first_poll_or_a_reset<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut wait = pin!(Wait::after(subject.timer.clone(), STEP * 1000));
    wait.as_mut().reset(STEP * 2);
    check(wait.deadline().is_none(), "the deadline is not known before the first poll")?;
    subject.pass(1).await;
    let mark = subject.mark();
    limited(wait.as_mut()).await;
    mark.passed(STEP * 2)?;
    check(wait.deadline().is_some(), "the deadline is known then")?;
    wait.as_mut().reset(STEP * 3);
    subject.pass(1).await;
    limited(wait.as_mut()).await;
    mark.passed(STEP * 5)
}

/// It can be used again and again, in both ways.
pub async fn waits_anew_after_each_reset<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut wait = pin!(Wait::until(subject.timer.clone(), mark.plus(1)));
    for steps in 1..4 {
        wait.as_mut().reset_until(mark.plus(2 * steps - 1));
        delayed(wait.as_mut()).await;
        mark.passed(STEP * (2 * steps - 1))?;
        wait.as_mut().reset_until(mark.plus(2 * steps));
        limited(wait.as_mut()).await;
        mark.passed(STEP * 2 * steps)?;
    }
    let probe = Probe::new();
    wait.as_mut().reset(Duration::ZERO);
    mark.sees(
        probe.poll(pin!(delayed(wait.as_mut()))).is_pending(),
        "a reset delay yields anew",
        "ready",
    )?;
    mark.sees(subject.wakes_at_once(&probe, 1).await > 0, "and wakes its task", "no wake")?;
    mark.sees(probe.poll(pin!(delayed(wait.as_mut()))).is_ready(), "it is ready then", "pending")
}

/// A wait that is moved while it is pending follows, and has yielded already.
pub async fn moves_while_it_waits<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut wait = pin!(Wait::after(subject.timer.clone(), STEP * 100_000));
    mark.sees(probe.poll(pin!(delayed(wait.as_mut()))).is_pending(), "it waits", "ready")?;
    wait.as_mut().reset_until(mark.start);
    mark.sees(
        probe.poll(pin!(delayed(wait.as_mut()))).is_ready(),
        "a past deadline is reached",
        "pending",
    )
}

/// Disarmed it is pending, wakes nobody and keeps no waker.
pub async fn disarmed_keeps_nothing<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut wait = pin!(Wait::after(subject.timer.clone(), subject.to_be_given_up()));
    check(probe.poll(pin!(limited(wait.as_mut()))).is_pending(), "it waits")?;
    wait.as_mut().disarm();
    check(wait.deadline().is_none(), "it has no deadline")?;
    check(probe.poll(pin!(limited(wait.as_mut()))).is_pending(), "it is pending")?;
    subject.pass(3).await;
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// Nothing reads the clock before the first poll, and no poll reads it more than once.
pub async fn reads_the_clock_once_a_poll<T: Timer>(subject: Subject<T>) -> Outcome {
    let spy = Spy::on(subject.timer);
    let probe = Probe::new();
    let mut wait = pin!(Wait::after(spy.timer(), STEP * 1000));
    wait.as_mut().reset(STEP * 1000);
    check(spy.reads() == 0 && spy.polls() == 0, "nothing happens before the first poll")?;
    for polls in 1..4 {
        check(probe.poll(pin!(limited(wait.as_mut()))).is_pending(), "it waits")?;
        check(spy.reads() <= polls, "the clock is read once a poll at most")?;
        check_count(spy.polls(), polls, "the timer is polled in each")?;
    }
    Ok(())
}

fn limited<T: Timer>(mut wait: Pin<&mut Wait<T>>) -> impl Future<Output = ()> {
    poll_fn(move |cx| wait.as_mut().poll_limit(cx))
}

fn delayed<T: Timer>(mut wait: Pin<&mut Wait<T>>) -> impl Future<Output = ()> {
    poll_fn(move |cx| wait.as_mut().poll_delay(cx))
}
