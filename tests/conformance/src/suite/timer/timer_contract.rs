//! The contract of `Timer` and `RawSleep`, on the runtime's own waits and in ordinary circumstances.

use core::future::{Future, pending, poll_fn};
use core::pin::pin;
use core::time::Duration;

use anytempo::{Deadline, Instant, RawSleep, Timer};

use crate::suite::case::never;
use crate::suite::{Outcome, Probe, STEP, Subject, check, check_count};

/// Waits are made, reset and dropped where no runtime is, and end where one is.
pub fn built_outside_of_the_runtime<T: Timer>(
    subject: Subject<T>,
) -> impl Future<Output = Outcome> {
    let start = subject.timer.now();
    drop(subject.timer.raw_sleep(start.into()));
    let raw = subject.timer.raw_sleep(start.checked_add(T::Instant::delta_ceil(STEP)));
    let sleep = subject.timer.sleep(STEP);
    async move {
        let mut raw = pin!(raw);
        raw.as_mut().reset(never::<T>());
        raw.as_mut().reset(start.into());
        raw.await;
        let mark = subject.mark();
        sleep.await;
        mark.passed(STEP)
    }
}

/// A raw wait is ready once the clock has reached its deadline and not before, from wherever in a tick it starts.
pub async fn never_early<T: Timer>(subject: Subject<T>) -> Outcome {
    for phase in 0..24 {
        // Waits of odd lengths begin at odd times, where the clock has any.
        let delay = Duration::from_nanos(1 + 104_729 * phase);
        let deadline = subject.timer.now().checked_add(T::Instant::delta_ceil(delay));
        subject.timer.raw_sleep(deadline).await;
        subject.has_reached(deadline)?;
    }
    Ok(())
}

/// A raw wait for a deadline that is past, or now, is ready at once or wakes its task, and is then ready. It is ready at
/// once if its timer says so.
pub async fn past_is_ready_soon<T: Timer>(subject: Subject<T>) -> Outcome {
    let start = subject.timer.now();
    subject.timer.raw_sleep(start.into()).await;
    subject.pass(1).await;
    subject.timer.raw_sleep(start.into()).await;

    let probe = Probe::new();
    let mut raw = pin!(subject.timer.raw_sleep(start.into()));
    let ready = probe.poll(raw.as_mut()).is_ready();
    check(ready || !T::PROMPT, "it is ready at once, if the timer says so")?;
    check(ready || probe.wakes() > 0, "it is ready or wakes its task")?;
    check(probe.poll(raw).is_ready(), "then it is ready")
}

/// The waker is woken no later than the task that waits longer, and the wait is then over.
pub async fn wakes_at_its_deadline<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(1)));
    let pending = probe.poll(raw.as_mut()).is_pending();
    mark.waits(pending, 1, "it waits")?;
    subject.reach(mark.plus(3)).await;
    mark.sees(!pending || probe.wakes() > 0, "it wakes its task", "no wake")?;
    mark.sees(probe.poll(raw).is_ready(), "it is over", "pending")
}

/// The deadline is the one that was set last, before, during and after the wait.
pub async fn tells_its_deadline<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(never::<T>()));
    check(raw.deadline() == never::<T>(), "none at first")?;
    for steps in 1..3 {
        raw.as_mut().reset(mark.plus(steps));
        check(raw.deadline() == mark.plus(steps), "the one that was set")?;
        raw.as_mut().await;
        check(raw.deadline() == mark.plus(steps), "also after it")?;
    }
    raw.as_mut().reset(never::<T>());
    check(raw.deadline() == never::<T>(), "none again")
}

/// A wait that is over is ready at every further poll, until it is reset.
pub async fn stays_ready<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(1)));
    raw.as_mut().await;
    for _ in 0..3 {
        mark.sees(probe.poll(raw.as_mut()).is_ready(), "it stays ready", "pending")?;
        subject.pass(1).await;
    }
    raw.as_mut().reset(mark.plus(1000));
    mark.waits(probe.poll(raw.as_mut()).is_pending(), 1000, "until it is reset")
}

/// Without a deadline it is pending, and wakes nobody.
pub async fn disarmed_is_pending<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut raw = pin!(subject.timer.raw_sleep(never::<T>()));
    for _ in 0..2 {
        check(probe.poll(raw.as_mut()).is_pending(), "it is pending")?;
        subject.pass(1).await;
    }
    check_count(probe.wakes(), 0, "nobody is woken")?;
    raw.as_mut().reset(subject.mark().plus(1));
    raw.await;
    Ok(())
}

/// Of two wakers the one of the last poll is woken.
pub async fn newest_waker_is_woken<T: Timer>(subject: Subject<T>) -> Outcome {
    let (old, new) = (Probe::new(), Probe::new());
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(2)));
    let waits = old.poll(raw.as_mut()).is_pending() && new.poll(raw.as_mut()).is_pending();
    mark.waits(waits, 2, "it waits")?;
    subject.reach(mark.plus(4)).await;
    mark.sees(!waits || new.wakes() > 0, "the newest waker is woken", "no wake")?;
    mark.sees(new.poll(raw).is_ready(), "it is over", "pending")
}

/// The old waker is not woken any more once a poll has brought another.
pub async fn old_waker_is_forgotten<T: Timer>(subject: Subject<T>) -> Outcome {
    let (old, new) = (Probe::new(), Probe::new());
    let mut raw = pin!(subject.timer.raw_sleep(far(&subject)));
    check(old.poll(raw.as_mut()).is_pending(), "it waits")?;
    check(new.poll(raw.as_mut()).is_pending(), "it goes on waiting")?;
    subject.pass(3).await;
    check_count(old.wakes(), 0, "the old waker is not woken")?;
    check_count(old.kept(), 0, "nor kept")
}

/// A spurious poll does not move the deadline.
pub async fn spurious_polls_change_nothing<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(3)));
    for _ in 0..2 {
        mark.waits(probe.poll(raw.as_mut()).is_pending(), 3, "it waits")?;
        subject.pass(1).await;
    }
    raw.await;
    mark.passed(STEP * 3)
}

/// A reset to an earlier time is followed, and wakes the task then.
pub async fn reset_to_earlier_wakes<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(100_000)));
    mark.sees(probe.poll(raw.as_mut()).is_pending(), "it waits", "ready")?;
    raw.as_mut().reset(mark.plus(2));
    let pending = probe.poll(raw.as_mut()).is_pending();
    mark.waits(pending, 2, "it waits for less")?;
    subject.reach(mark.plus(4)).await;
    mark.sees(!pending || probe.wakes() > 0, "it wakes its task", "no wake")?;
    mark.sees(probe.poll(raw).is_ready(), "it is over", "pending")
}

/// A reset to a later time is followed: the wait is not over at the old one.
pub async fn reset_to_later_waits<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(2)));
    mark.waits(probe.poll(raw.as_mut()).is_pending(), 2, "it waits")?;
    raw.as_mut().reset(mark.plus(1000));
    mark.waits(probe.poll(raw.as_mut()).is_pending(), 1000, "it waits for more")?;
    subject.reach(mark.plus(4)).await;
    let pending = probe.poll(raw.as_mut()).is_pending();
    mark.waits(pending, 1000, "the old deadline does not end it")?;
    raw.as_mut().reset(mark.plus(6));
    raw.await;
    mark.passed(STEP * 6)
}

/// A reset to the past ends it.
pub async fn reset_to_past_ends<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    subject.pass(1).await;
    let mut raw = pin!(subject.timer.raw_sleep(far(&subject)));
    mark.sees(Probe::new().poll(raw.as_mut()).is_pending(), "it waits", "ready")?;
    raw.as_mut().reset(mark.start.into());
    raw.await;
    Ok(())
}

/// A wait that was over waits anew after a reset.
pub async fn reset_when_over_waits_anew<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(1)));
    raw.as_mut().await;
    raw.as_mut().reset(mark.plus(3));
    let pending = probe.poll(raw.as_mut()).is_pending();
    mark.waits(pending, 3, "it waits anew")?;
    subject.reach(mark.plus(5)).await;
    mark.sees(!pending || probe.wakes() > 0, "it wakes its task", "no wake")?;
    mark.sees(probe.poll(raw).is_ready(), "it is over", "pending")
}

/// A wait is handed to another task while it is pending: whoever polls it last is woken.
pub async fn moves_between_tasks<T: Timer>(subject: Subject<T>) -> Outcome {
    let other = Probe::new();
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(2)));
    mark.waits(other.poll(raw.as_mut()).is_pending(), 2, "it waits elsewhere")?;
    raw.await;
    mark.passed(STEP * 2)
}

/// An earlier deadline that comes second is not held back by the later one.
pub async fn earlier_overtakes_later<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut later = pin!(subject.timer.raw_sleep(far(&subject)));
    check(probe.poll(later.as_mut()).is_pending(), "the later one waits")?;
    let mark = subject.mark();
    let mut earlier = pin!(subject.timer.raw_sleep(mark.plus(1)));
    poll_fn(|cx| {
        let _ = later.as_mut().poll(cx);
        earlier.as_mut().poll(cx)
    })
    .await;
    mark.passed(STEP)?;
    mark.sees(probe.poll(later).is_pending(), "the later one still waits", "ready")
}

/// Many waits for one deadline all end, and each wakes its own task.
pub async fn equal_deadlines_all_end<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let probes: [Probe; 4] = core::array::from_fn(|_| Probe::new());
    let raw = || subject.timer.raw_sleep(mark.plus(2));
    let mut sleeps = [pin!(raw()), pin!(raw()), pin!(raw()), pin!(raw())];
    let pending: [bool; 4] =
        core::array::from_fn(|it| probes[it].poll(sleeps[it].as_mut()).is_pending());
    subject.reach(mark.plus(4)).await;
    for ((probe, sleep), pending) in probes.iter().zip(&mut sleeps).zip(pending) {
        mark.sees(!pending || probe.wakes() > 0, "each wakes its task", "no wake")?;
        mark.sees(probe.poll(sleep.as_mut()).is_ready(), "each is over", "pending")?;
    }
    Ok(())
}

/// Two waits of one task end in the order of their deadlines, as long as both are polled.
pub async fn two_of_one_task_both_end<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut first = pin!(subject.timer.raw_sleep(mark.plus(1)));
    let mut second = pin!(subject.timer.raw_sleep(mark.plus(3)));
    poll_fn(|cx| {
        let _ = second.as_mut().poll(cx);
        first.as_mut().poll(cx)
    })
    .await;
    mark.passed(STEP)?;
    second.await;
    mark.passed(STEP * 3)
}

/// A clone is the same clock.
pub async fn clones_agree<T: Timer>(subject: Subject<T>) -> Outcome {
    let clone = subject.timer.clone();
    for _ in 0..2 {
        let (before, between, after) = (subject.timer.now(), clone.now(), subject.timer.now());
        check(before <= between && between <= after, "both read the same time")?;
        subject.pass(1).await;
        check(clone.now() > before, "and go on together")?;
    }
    Ok(())
}

/// A wait that is armed wakes as one that is polled: at its deadline, at once if that is past, and never without one.
pub async fn arm_wakes<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let probe = Probe::new();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(1)));
    raw.as_mut().arm(&mut probe.context());
    mark.waits(probe.wakes() == 0, 1, "it waits")?;
    subject.reach(mark.plus(3)).await;
    mark.sees(probe.wakes() > 0, "it wakes its task", "no wake")?;
    mark.sees(probe.poll(raw.as_mut()).is_ready(), "it is over", "pending")?;

    let probe = Probe::new();
    raw.as_mut().reset(mark.plus(2));
    raw.as_mut().arm(&mut probe.context());
    subject.pass(1).await;
    mark.sees(probe.wakes() > 0, "one that is past wakes at once", "no wake")?;
    mark.sees(probe.poll(raw.as_mut()).is_ready(), "and is over", "pending")?;

    let probe = Probe::new();
    raw.as_mut().reset(never::<T>());
    raw.as_mut().arm(&mut probe.context());
    subject.pass(1).await;
    check_count(probe.wakes(), 0, "one without a deadline wakes nobody")?;
    mark.sees(probe.poll(raw).is_pending(), "and goes on", "ready")
}

/// A deadline that no case lives to see.
fn far<T: Timer>(subject: &Subject<T>) -> Deadline<T> {
    subject.timer.now().checked_add(T::Instant::delta_ceil(Duration::from_secs(3600)))
}

/// A poll after the deadline is ready, also if its task never let the runtime have a turn.
pub async fn late_poll_is_ready<T: Timer>(subject: Subject<T>) -> Outcome {
    if subject.is_steady() {
        // Time stands still as long as anything runs, so that no poll is late.
        return Ok(());
    }
    let probe = Probe::new();
    let mark = subject.mark();
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(2)));
    let mut moved = pin!(subject.timer.raw_sleep(far(&subject)));
    let mut sleep = pin!(subject.timer.sleep(STEP));
    let mut limited = pin!(subject.timer.timeout(STEP, pending::<()>()));
    let _ = probe.poll(raw.as_mut());
    mark.sees(probe.poll(moved.as_mut()).is_pending(), "it waits", "ready")?;
    mark.sees(probe.poll(sleep.as_mut()).is_pending(), "it waits", "ready")?;
    let _ = probe.poll(limited.as_mut());
    moved.as_mut().reset(mark.plus(2));
    while !subject.timer.remaining(mark.plus(4)).is_zero() {
        core::hint::spin_loop();
    }
    mark.sees(probe.poll(raw.as_mut()).is_ready(), "a raw wait is ready", "pending")?;
    mark.sees(probe.poll(raw.as_mut()).is_ready(), "and stays ready", "pending")?;
    mark.sees(probe.poll(moved.as_mut()).is_ready(), "also one that was reset", "pending")?;
    mark.sees(probe.poll(sleep.as_mut()).is_ready(), "a sleep is ready", "pending")?;
    mark.sees(probe.poll(limited.as_mut()).is_ready(), "a limit is reached", "pending")
}

/// The time since an instant and until a deadline, also where there is none.
pub async fn tells_what_has_passed_and_what_remains<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    let mark = subject.mark();
    let left = timer.remaining(mark.plus(1000));
    // In whole ticks, which may not divide the span.
    let most = T::Instant::to_duration(T::Instant::delta_ceil(STEP * 1000));
    check(left <= most && !left.is_zero(), "something remains")?;
    subject.pass(2).await;
    check(timer.elapsed(mark.start) >= STEP * 2, "as much has passed as was waited for")?;
    check(timer.remaining(mark.plus(1)).is_zero(), "nothing remains until what is past")?;
    check(timer.remaining(mark.start).is_zero(), "an instant is a deadline")?;
    check(timer.remaining(never::<T>()) == Duration::MAX, "never is as far as can be")?;
    let ahead: Option<T::Instant> = far(&subject).into();
    check(
        ahead.is_none_or(|it| timer.elapsed(it).is_zero()),
        "nothing has passed since what is ahead",
    )
}
