//! The promises of tuples and arrays of resources.

use core::cell::Cell;
use core::future::pending;
use core::pin::pin;
use core::task::Poll;

use anytempo::scope::{CloseErrors, Exit};
use anytempo::{Close, CloseError, Timer, close_on_exit, closing, closing_async};

use crate::suite::{Door, Log, Outcome, Probe, STEP, Subject, check, check_count, says};

fn door<'a>(log: &'a Log, closed: &'static str, aborted: &'static str) -> Door<&'a Log> {
    Door::new(log, 0).saying(closed, aborted)
}

fn a(log: &Log) -> Door<&Log> {
    door(log, "a", "-a")
}

fn b(log: &Log) -> Door<&Log> {
    door(log, "b", "-b")
}

fn c(log: &Log) -> Door<&Log> {
    door(log, "c", "-c")
}

fn d(log: &Log) -> Door<&Log> {
    door(log, "d", "-d")
}

fn e(log: &Log) -> Door<&Log> {
    door(log, "e", "-e")
}

fn f(log: &Log) -> Door<&Log> {
    door(log, "f", "-f")
}

/// Checks that the scope of `several` closes all of them in this order, or, if it is cancelled, aborts them.
async fn in_order<R: Close>(
    log: &Log,
    several: impl Fn() -> R,
    closed: &[&str],
    aborted: &[&str],
) -> Outcome {
    log.clear();
    check(close_on_exit(several(), async |_| 7).await.is_ok_and(|it| it == 7), "all is well")?;
    check(log.is(closed), "each is closed once, the last first")?;

    log.clear();
    drop(close_on_exit(several(), async |_| ()));
    check(log.is(aborted), "each is aborted once, the last first, before the first poll")?;

    log.clear();
    {
        let mut scope = pin!(close_on_exit(several(), async |_| pending::<()>().await));
        check(Probe::new().poll(scope.as_mut()).is_pending(), "the body waits")?;
        check_count(log.length(), 0, "all are open")?;
    }
    check(log.is(aborted), "each is aborted once, the last first, in the body")?;

    log.clear();
    drop(several().close(Exit::Completed));
    check(log.is(aborted), "and so before the first poll of the close")
}

/// A tuple closes its resources in the reverse order, each once, and aborts them in the reverse order.
pub async fn tuples_close_in_reverse<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    in_order(log, || (a(log), b(log)), &["b", "a"], &["-b", "-a"]).await?;
    in_order(log, || (a(log), b(log), c(log)), &["c", "b", "a"], &["-c", "-b", "-a"]).await?;
    in_order(
        log,
        || (a(log), b(log), c(log), d(log)),
        &["d", "c", "b", "a"],
        &["-d", "-c", "-b", "-a"],
    )
    .await?;
    in_order(
        log,
        || (a(log), b(log), c(log), d(log), e(log)),
        &["e", "d", "c", "b", "a"],
        &["-e", "-d", "-c", "-b", "-a"],
    )
    .await?;
    in_order(
        log,
        || (a(log), b(log), c(log), d(log), e(log), f(log)),
        &["f", "e", "d", "c", "b", "a"],
        &["-f", "-e", "-d", "-c", "-b", "-a"],
    )
    .await
}

/// An array does the same, also an empty one.
pub async fn arrays_close_in_reverse<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    in_order(log, || [(); 0].map(|()| a(log)), &[], &[]).await?;
    in_order(log, || [a(log)], &["a"], &["-a"]).await?;
    in_order(log, || [a(log), b(log)], &["b", "a"], &["-b", "-a"]).await?;
    in_order(log, || [a(log), b(log), c(log)], &["c", "b", "a"], &["-c", "-b", "-a"]).await
}

/// A close that fails keeps no other from its own, and each error is in its place.
pub async fn errors_are_in_their_places<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    for stuck in 0..8_u8 {
        let [is_a, is_b, is_c] = [1, 2, 4].map(|bit| stuck & bit != 0);
        let errors = (is_a.then_some("A"), is_b.then_some("B"), is_c.then_some("C"));
        let open = |door: Door<_>, error: Option<_>| match error {
            Some(error) => door.stuck(error),
            None => door,
        };
        let expected = || if stuck == 0 { Ok(7) } else { Err(7) };

        log.clear();
        let three = (open(a(log), errors.0), open(b(log), errors.1), open(c(log), errors.2));
        let tuple = close_on_exit(three.clone(), async |_| 7).await;
        log.check(&["c", "b", "a"], "each is closed once, the last first")?;
        check(
            tuple == expected().map_err(|value| CloseError::new(value, CloseErrors::new(errors))),
            "the errors of a tuple are in their places",
        )?;

        log.clear();
        let array = close_on_exit(<[_; 3]>::from(three), async |_| 7).await;
        log.check(&["c", "b", "a"], "each is closed once, the last first")?;
        let errors = CloseErrors::new(errors.into());
        check(
            array == expected().map_err(|value| CloseError::new(value, errors)),
            "the errors of an array are in their places",
        )?;
    }
    Ok(())
}

/// So it is in the longest tuple.
pub async fn longest_tuple_keeps_errors<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    let six = (a(log), b(log).stuck("B"), c(log), d(log), e(log).stuck("E"), f(log).stuck("F"));
    let failed = close_on_exit(six, async |_| ()).await;
    let errors = CloseErrors::new((None, Some("B"), None, None, Some("E"), Some("F")));
    check(failed == Err(CloseError::new((), errors)), "each is in its place")?;
    check(says(errors, "B; E; F"), "and is said in the order of entry")?;
    check(says(CloseErrors::new([None, Some("B"), Some("C")]), "B; C"), "also of an array")?;
    log.check(&["f", "e", "d", "c", "b", "a"], "each is closed once")
}

/// One that is dropped in the midst of the closes aborts the one that is closing, and then those that are left.
pub async fn dropped_midway_aborts_the_rest<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    let open = || {
        let slow = |closed, aborted| Door::new(log, 1).saying(closed, aborted);
        (slow("a", "-a"), slow("b", "-b").stuck("B"), slow("c", "-c"))
    };
    let midway: [&[&str]; 5] = [
        &["-c", "-b", "-a"],
        &["closing", "-c", "-b", "-a"],
        &["closing", "c", "closing", "-b", "-a"],
        &["closing", "c", "closing", "b", "closing", "-a"],
        &["closing", "c", "closing", "b", "closing", "a"],
    ];
    for (polls, expected) in midway.into_iter().enumerate() {
        log.clear();
        poll_and_drop(open(), polls);
        check(log.is(expected), "a tuple aborts what is left, the last first")?;

        log.clear();
        poll_and_drop(<[_; 3]>::from(open()), polls);
        check(log.is(expected), "an array aborts what is left, the last first")?;

        log.clear();
        let (a, b, c) = open();
        poll_and_drop((a, (b, c)), polls);
        check(log.is(expected), "so does a tuple in a tuple")?;

        log.clear();
        let (a, b, c) = open();
        poll_and_drop(((a, b), [c]), polls);
        check(log.is(expected), "wherever it is")?;
    }
    Ok(())
}

/// Enters a scope, polls it so often, and drops it.
fn poll_and_drop<R: Close>(resource: R, polls: usize) {
    let probe = Probe::new();
    let mut scope = pin!(close_on_exit(resource, async |_| ()));
    for _ in 0..polls {
        let _ = probe.poll(scope.as_mut());
    }
}

/// Each close begins when the one before it is over, and not earlier: the times add up.
pub async fn one_at_a_time<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = &Log::default();
    let subject = &subject;
    let open = |began, ended| {
        let close = async move |_: anytempo::scope::Lent<'_, ()>| {
            log.note(began);
            subject.pass(1).await;
            log.note(ended);
        };
        closing_async((), close, |()| log.note("aborted"))
    };
    let expected = ["c", "c closed", "b", "b closed", "a", "a closed"];
    let (a, b, c) = (("a", "a closed"), ("b", "b closed"), ("c", "c closed"));

    let mark = subject.mark();
    let three = (open(a.0, a.1), open(b.0, b.1), open(c.0, c.1));
    check(close_on_exit(three, async |_| ()).await.is_ok(), "all is well")?;
    mark.passed(STEP * 3)?;
    check(log.is(&expected), "a tuple closes one at a time")?;

    log.clear();
    let mark = subject.mark();
    let three = [a, b, c].map(|(began, ended)| open(began, ended));
    check(close_on_exit(three, async |_| ()).await.is_ok(), "all is well")?;
    mark.passed(STEP * 3)?;
    check(log.is(&expected), "an array closes one at a time")
}

/// The body works with all of them, which may be of different kinds.
pub async fn body_has_them_all<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let sum = Cell::new(0);
    let number = closing(1, |number| {
        log.note("number");
        sum.set(sum.get() + number);
    });
    let word = closing_async(
        "words",
        async |word| {
            subject.pass(1).await;
            log.note("word");
            sum.set(sum.get() + word.len());
        },
        |_| log.note("aborted"),
    );
    let done = close_on_exit((number, word, a(&log)), async |mut all| {
        *all.0 += all.1.len();
        subject.pass(1).await;
        all.2.enter();
    });
    check(done.await.is_ok(), "all is well")?;
    log.check(&["entered", "a", "word", "number"], "the last is closed first")?;
    check_count(sum.get(), 11, "each with its own value")
}

/// A close that is over is not polled again, and the waker is passed on.
pub async fn ended_stays_ended<T: Timer>(_: Subject<T>) -> Outcome {
    let (log, probe) = (&Log::default(), Probe::new());
    {
        let slow = || Door::new(log, 1).saying("a", "-a");
        let mut tuple = pin!(close_on_exit((slow(), b(log)), async |_| 7));
        check(probe.poll(tuple.as_mut()).is_pending(), "the first is closing")?;
        check(probe.wakes() == 1 && probe.kept() == 0, "with the waker of the scope")?;
        check(probe.poll(tuple.as_mut()) == Poll::Ready(Ok(7)), "it is over")?;
        check(probe.poll(tuple.as_mut()).is_pending(), "a further poll is pending")?;
        let mut array = pin!(close_on_exit([slow(), b(log)], async |_| 7));
        check(probe.poll(array.as_mut()).is_pending(), "the first is closing")?;
        check(probe.wakes() == 2 && probe.kept() == 0, "with the waker of the scope")?;
        check(probe.poll(array.as_mut()) == Poll::Ready(Ok(7)), "it is over")?;
        check(probe.poll(array.as_mut()).is_pending(), "a further poll is pending")?;
    }
    log.check(&["b", "closing", "a", "b", "closing", "a"], "each is closed once")?;

    log.clear();
    let (mut tuple, mut array) = (
        pin!((a(log), b(log)).close(Exit::Completed)),
        pin!([a(log), b(log)].close(Exit::Completed)),
    );
    for _ in 0..2 {
        let _ = probe.poll(tuple.as_mut());
        let _ = probe.poll(array.as_mut());
    }
    log.check(&["b", "a", "b", "a"], "nor is a close of its own")
}
