//! The promises of `Timer::idle_timeout`.

use core::cell::Cell;
use core::future::{pending, poll_fn};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::Timer;
use futures_core::FusedFuture;

use crate::suite::stream::script::{Keeps, Probes};
use crate::suite::{Log, Outcome, Probe, STEP, Spy, Subject, check, check_count, turns};

/// A body that is silent too long is given up, and each reset puts that off.
pub async fn reset_puts_it_off<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let limit = if subject.is_steady() { STEP * 2 } else { STEP * 200 };
    let result = subject
        .timer
        .idle_timeout(limit, async |mut idle| {
            for _ in 0..4 {
                subject.pass(1).await;
                idle.reset();
            }
            pending::<()>().await;
        })
        .await;
    check(result.is_err(), "the body falls silent")?;
    mark.passed(STEP * 4 + limit)
}

/// A body that is done gives its output, also in a tie.
pub async fn body_wins_a_tie<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let done = Cell::new(false);
    let mut limited = pin!(subject.timer.idle_timeout(STEP, async |_| {
        poll_fn(|_| if done.get() { Poll::Ready(7) } else { Poll::Pending }).await
    }));
    check(probe.poll(limited.as_mut()).is_pending(), "the body goes on")?;
    subject.reach(subject.mark().plus(1)).await;
    check(probe.wakes() > 0, "the end of the limit wakes")?;
    done.set(true);
    check(probe.poll(limited.as_mut()) == Poll::Ready(Ok(7)), "the body wins")?;
    check(limited.is_terminated(), "then it is over")?;
    check(probe.poll(limited.as_mut()).is_pending(), "for good")
}

/// A reset in the poll in which the time is up wins as well.
pub async fn reset_wins_a_tie<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut limited = pin!(subject.timer.idle_timeout(STEP * 2, async |mut idle| {
        poll_fn(|_| {
            idle.reset();
            Poll::<()>::Pending
        })
        .await;
    }));
    for steps in [2, 4, 6] {
        check(probe.poll(limited.as_mut()).is_pending(), "each poll puts the limit off")?;
        subject.reach(mark.plus(steps)).await;
    }
    Ok(())
}

/// A zero limit gives the body one turn; one that cannot be expressed has no end.
pub async fn zero_and_never<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    subject.pass(1).await;
    let mut ready = pin!(subject.timer.idle_timeout(Duration::ZERO, async |_| 7));
    check(probe.poll(ready.as_mut()) == Poll::Ready(Ok(7)), "the body has a turn")?;
    let mut late = pin!(subject.timer.idle_timeout(Duration::ZERO, async |_| turns(1).await));
    check(matches!(probe.poll(late.as_mut()), Poll::Ready(Err(_))), "but one only")?;
    check(matches!(probe.poll(late.as_mut()), Poll::Ready(Err(_))), "and so it stays")?;
    let mut endless =
        pin!(subject.timer.idle_timeout(Duration::MAX, async |_| pending::<()>().await));
    let wakes = probe.wakes();
    for _ in 0..2 {
        check(probe.poll(endless.as_mut()).is_pending(), "this one has no end")?;
        subject.pass(1).await;
    }
    check_count(probe.wakes(), wakes, "nothing wakes")
}

/// The body is dropped with the timeout: before it began, while it runs, and when it was given up.
pub async fn body_goes_with_it<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let spy = Spy::on(subject.timer.clone());
    for polls in 0..3 {
        let guard = crate::suite::Guard(&log, "dropped");
        let limit = if polls < 2 { STEP * 1_000_000 } else { Duration::ZERO };
        {
            let watched = spy.timer();
            let probe = Probe::new();
            let mut limited = pin!(watched.idle_timeout(limit, async move |_| {
                let _guard = &guard;
                pending::<()>().await;
            }));
            if polls == 0 {
                check_count(spy.reads(), 0, "nothing reads the clock before the first poll")?;
            } else {
                let _ = probe.poll(limited.as_mut());
            }
            check_count(log.length(), polls, "the body is there as long as the timeout")?;
        }
        check_count(log.length(), polls + 1, "and is dropped with it")?;
    }
    Ok(())
}

/// An error of the body is its output, and does not end as a limit does.
pub async fn error_of_the_body_is_its_output<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    for turns_before in 0..3 {
        let mut limited = pin!(subject.timer.idle_timeout(subject.to_be_given_up(), async |_| {
            turns(turns_before).await;
            Err::<(), _>(7)
        }));
        for _ in 0..turns_before {
            check(probe.poll(limited.as_mut()).is_pending(), "the body goes on")?;
        }
        check(probe.poll(limited.as_mut()) == Poll::Ready(Ok(Err(7))), "the error comes")?;
        check(limited.is_terminated(), "then it is over")?;
    }
    Ok(())
}

/// Dropped at any await point, it drops what the body holds, once, and leaves no wait behind.
pub async fn dropped_at_every_await_point<T: Timer>(subject: Subject<T>) -> Outcome {
    let probes = Probes::default();
    for script in probes.scripts(Keeps::All(1)) {
        {
            let (held, timer) = (script.other(), &subject.timer);
            let mut limited = pin!(timer.idle_timeout(script.period, async move |mut idle| {
                let _held = &held;
                timer.sleep(script.period / 4).await;
                idle.reset();
                timer.sleep(script.period * 2).await;
            }));
            let mut poll = || script.probe().poll(limited.as_mut()).map(|_| None);
            script.polls(&subject, &mut poll).await?;
        }
        script.leaves_nothing(&subject).await?;
    }
    Ok(())
}
