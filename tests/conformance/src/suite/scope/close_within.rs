//! The promises of `Close::close_within`.

use core::cell::Cell;
use core::future::pending;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::scope::{CloseWithinError, Exit};
use anytempo::{Close, CloseError, Timer, close_on_exit, closing_async};

use crate::suite::{
    Door, Log, Outcome, Probe, STEP, Spy, Subject, check, check_count, says, turns,
};

const HOUR: Duration = Duration::from_secs(3600);

/// A close that is in time is as without a limit, also where it fails, and one that is ready at once costs no timer.
pub async fn in_time_is_without_a_trace<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let door = Door::new(&log, 2).close_within(&subject.timer, HOUR);
    check(close_on_exit(door, async |_| 7).await == Ok(7), "it is closed in time")?;
    log.check(&["closing", "closing", "closed"], "once")?;

    let spy = Spy::on(subject.timer.clone());
    let door = Door::new(&log, 0).stuck("stuck").close_within(spy.timer(), Duration::ZERO);
    let failed = close_on_exit(door, async |_| 7).await;
    let error = CloseWithinError::Close("stuck");
    check(failed == Err(CloseError::new(7, error)), "its error is there")?;
    check(says(error, "stuck"), "and it says so")?;
    check(spy.reads() == 0 && spy.polls() == 0, "no timer is used")
}

/// A close that hangs is aborted when its time is up, and has been when the error is there, which still has the value.
pub async fn hanging_close_is_aborted<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let door = Door::new(&log, 0).hanging().close_within(&subject.timer, STEP * 2);
    let mut scope = pin!(close_on_exit(door, async |_| subject.pass(3).await));
    let mark = subject.mark();
    let Err(failed) = scope.as_mut().await else {
        return check(false, "the close fails");
    };
    mark.passed(STEP * 5)?;
    check(log.last() == Some("aborted"), "it is aborted by then")?;
    check(log.count("aborted") == 1 && log.count("closed") == 0, "once")?;
    check(matches!(failed.error, CloseWithinError::Elapsed(_)), "the error says why")?;
    check(
        says(failed.error, "the close did not end within its time limit, and was aborted"),
        "also as text",
    )
}

/// The limit counts from the first poll of the close, and not from the entry.
pub async fn counts_from_the_close<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let door = Door::new(&log, 0).hanging().close_within(&subject.timer, STEP * 3);
    subject.pass(1).await;
    let scope = close_on_exit(door, async |_| {
        subject.pass(5).await;
        subject.mark()
    });
    let Err(failed) = scope.await else {
        return check(false, "the close fails");
    };
    failed.value.passed(STEP * 3)?;
    check_count(log.count("aborted"), 1, "it is aborted once")
}

/// A close that ends at the very limit is in time, and is not aborted.
pub async fn close_wins_a_tie<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let mark = subject.mark();
    let resource = closing_async(
        (),
        async |_| {
            subject.timer.sleep_until(mark.plus(2)).await;
            log.note("closed");
        },
        |()| log.note("aborted"),
    )
    .close_within(&subject.timer, STEP * 2);
    let mut scope = pin!(close_on_exit(resource, async |_| 7));
    // Where time goes by itself the two can lie apart, so that only a poll after both is a tie for certain.
    if !subject.is_steady() {
        if Probe::new().poll(scope.as_mut()).is_ready() {
            return mark.waits(false, 2, "it waits");
        }
        subject.pass(6).await;
    }
    check(scope.await == Ok(7), "the close wins the tie")?;
    log.check(&["closed"], "it is closed once")
}

/// A zero limit gives the close one turn.
pub async fn zero_gives_one_turn<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let door = |turns| Door::new(&log, turns).close_within(&subject.timer, Duration::ZERO);
    check(close_on_exit(door(0), async |_| 7).await == Ok(7), "one turn is enough")?;
    log.check(&["closed"], "it is closed once")?;

    log.clear();
    let mut scope = pin!(close_on_exit(door(1), async |_| 7));
    let first = Probe::new().poll(scope.as_mut());
    let Poll::Ready(Err(CloseError { value: 7, error: CloseWithinError::Elapsed(_), .. })) = first
    else {
        return check(false, "its time is up at once");
    };
    log.check(&["closing", "aborted"], "one turn, and then it is aborted")
}

/// A limit beyond the range of the clock is none.
pub async fn beyond_the_clock_is_none<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    subject.pass(1).await;
    let door = Door::new(&log, 0).hanging().close_within(&subject.timer, Duration::MAX);
    let mut scope = pin!(close_on_exit(door, async |_| 7));
    for _ in 0..3 {
        check(Probe::new().poll(scope.as_mut()).is_pending(), "it goes on")?;
        subject.pass(1).await;
    }
    log.check(&["closing", "closing", "closing"], "it is not aborted")?;

    log.clear();
    let door = Door::new(&log, 2).close_within(&subject.timer, Duration::MAX);
    check(close_on_exit(door, async |_| 7).await == Ok(7), "it is closed")
}

/// Where the scope is cancelled the limit makes no difference: in the body, in the midst of the close, or before either.
pub async fn cancelled_scope_aborts<T: Timer>(subject: Subject<T>) -> Outcome {
    for polls in 0..=4_usize {
        let log = Log::default();
        {
            let door = Door::new(&log, 3).close_within(&subject.timer, HOUR);
            let mut scope = pin!(close_on_exit(door, async |_| turns(1).await));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is not over")?;
            }
        }
        check(log.last() == Some("aborted"), "it is aborted in the end")?;
        check(log.length() == 1 + polls.saturating_sub(1), "once")?;
    }
    drop(Door::new(&Log::default(), 0).close_within(&subject.timer, HOUR).close(Exit::Completed));
    let log = Log::default();
    Door::new(&log, 0).close_within(&subject.timer, HOUR).abort();
    drop(Door::new(&log, 0).close_within(&subject.timer, HOUR).close(Exit::Completed));
    log.check(&["aborted", "aborted"], "an abort is passed on, and so is a drop")
}

/// After its end it polls nothing.
pub async fn further_polls_are_pending<T: Timer>(subject: Subject<T>) -> Outcome {
    let (log, probe) = (Log::default(), Probe::new());
    for hangs in [false, true] {
        log.clear();
        let door = Door::new(&log, 0);
        let door = if hangs { door.hanging() } else { door };
        let mut close =
            pin!(door.close_within(&subject.timer, Duration::ZERO).close(Exit::Completed));
        check(probe.poll(close.as_mut()).is_ready(), "it is over")?;
        let last = if hangs { "aborted" } else { "closed" };
        check(log.last() == Some(last), "and what it closes is closed or aborted by then")?;
        let length = log.length();
        for _ in 0..2 {
            check(probe.poll(close.as_mut()).is_pending(), "a further poll is pending")?;
        }
        check_count(log.length(), length, "nothing happens any more")?;
    }
    Ok(())
}

/// A limit for each of several is that of each, and one for all of them is that of the sum.
pub async fn each_of_several<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let hanging = |closed, aborted| Door::new(&log, 0).saying(closed, aborted).hanging();
    let both = [
        hanging("a", "-a").close_within(&subject.timer, STEP),
        hanging("b", "-b").close_within(&subject.timer, STEP * 2),
    ];
    let mark = subject.mark();
    let Err(failed) = close_on_exit(both, async |_| ()).await else {
        return check(false, "both fail");
    };
    mark.passed(STEP * 3)?;
    check(matches!(failed.error.errors(), [Some(_), Some(_)]), "each has an error")?;
    check(log.count("-a") == 1 && log.count("-b") == 1, "each is aborted, once")?;
    check(log.last() == Some("-a"), "in the reverse order")?;

    log.clear();
    let both = [hanging("a", "-a"), hanging("b", "-b")].close_within(&subject.timer, STEP);
    let mark = subject.mark();
    check(close_on_exit(both, async |_| ()).await.is_err(), "the limit is reached")?;
    mark.passed(STEP)?;
    check(log.count("-a") == 1 && log.count("-b") == 1, "each is aborted, once")?;
    check(log.last() == Some("-a"), "in the reverse order")
}

/// The time that the close of a value takes is limited too, and it is dropped before it is aborted.
pub async fn limits_an_async_close<T: Timer>(subject: Subject<T>) -> Outcome {
    let aborted = Cell::new(0);
    let resource = closing_async(
        0,
        async |mut value| {
            *value = 7;
            pending::<()>().await;
        },
        |value| aborted.set(value),
    )
    .close_within(&subject.timer, STEP);
    let mark = subject.mark();
    check(close_on_exit(resource, async |_| ()).await.is_err(), "the limit is reached")?;
    mark.passed(STEP)?;
    check_count(aborted.get(), 7, "it is aborted with what the close made of it")
}
