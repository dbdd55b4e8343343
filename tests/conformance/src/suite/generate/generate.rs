//! The promises of `generate`.

use core::future::{Future, pending, poll_fn};
use core::pin::pin;
use core::task::Poll;

use anytempo::{Timer, generate, next};
use futures_core::{FusedFuture, FusedStream, Stream};

use crate::suite::{Guard, Log, Outcome, Probe, STEP, Subject, check, check_count, says, turns};

/// Its items come in order, one for each request, and then the end, for good.
pub async fn gives_items<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(generate(async |mut y| {
        for item in 0..3 {
            y.emit(item).await;
        }
    }));
    check(items.size_hint() == (0, None), "nothing is known of its size")?;
    for item in 0..3 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "an item for each poll")?;
    }
    for _ in 0..3 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "then the end")?;
        check(items.is_terminated() && items.size_hint() == (0, Some(0)), "for good")?;
    }
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// The body may wait between items.
pub async fn waits_between_items<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut items = pin!(generate(async |mut y| {
        for item in 0..3 {
            subject.pass(2).await;
            y.emit(item).await;
        }
    }));
    for item in 0..3 {
        check(next(&mut items).await == Some(item), "no item is lost")?;
        mark.passed(STEP * 2 * (item + 1))?;
    }
    check(next(&mut items).await.is_none(), "then it ends")
}

/// An item that the body leaves behind as it ends comes before the end.
pub async fn last_item_before_the_end<T: Timer>(_: Subject<T>) -> Outcome {
    let mut items = pin!(generate(async |mut y| {
        let mut emit = pin!(y.emit(7));
        poll_fn(|cx| {
            let _ = emit.as_mut().poll(cx);
            Poll::Ready(())
        })
        .await;
    }));
    check(next(&mut items).await == Some(7), "the item comes")?;
    check(next(&mut items).await.is_none(), "and then the end")
}

/// An emit that is abandoned after its first poll keeps its item, and the next does not overwrite it.
pub async fn abandoned_emit_is_kept<T: Timer>(_: Subject<T>) -> Outcome {
    let mut items = pin!(generate(async |mut y| {
        for item in [10, 20] {
            let mut abandoned = pin!(y.emit(item));
            poll_fn(|cx| {
                let _ = abandoned.as_mut().poll(cx);
                Poll::Ready(())
            })
            .await;
            y.emit(item + 1).await;
        }
    }));
    for item in [10, 11, 20, 21] {
        check(next(&mut items).await == Some(item), "each item comes once")?;
    }
    check(next(&mut items).await.is_none(), "then it ends")
}

/// An emit that is dropped before its first poll gives nothing.
pub async fn dropped_emit_is_not_given<T: Timer>(_: Subject<T>) -> Outcome {
    let mut items = pin!(generate(async |mut y| {
        drop(y.emit(1));
        y.emit(2).await;
    }));
    check(next(&mut items).await == Some(2), "only what was polled comes")?;
    check(next(&mut items).await.is_none(), "then it ends")
}

/// A generator in a generator hands its items on.
pub async fn nests<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut items = pin!(generate(async |mut outer| {
        let mut tens = pin!(generate(async |mut inner| {
            for ten in [10, 20] {
                subject.pass(1).await;
                inner.emit(ten).await;
            }
        }));
        while let Some(ten) = next(&mut tens).await {
            outer.emit(ten).await;
            outer.emit(ten + 1).await;
        }
    }));
    for item in [10, 11, 20, 21] {
        check(next(&mut items).await == Some(item), "no item is lost")?;
    }
    check(next(&mut items).await.is_none(), "then it ends")
}

/// Items come from wherever the body is: branches, loops that are left, and before an early return.
pub async fn gives_from_branches<T: Timer>(_: Subject<T>) -> Outcome {
    for early in [false, true] {
        let mut items = pin!(generate(async |mut y| {
            for number in 0.. {
                match number {
                    0 | 2 => continue,
                    1 => y.emit("one").await,
                    3 if early => {
                        y.emit("early").await;
                        return;
                    }
                    5 => break,
                    _ if number % 2 == 0 => y.emit("even").await,
                    _ => y.emit("odd").await,
                }
            }
            y.emit("last").await;
        }));
        let expected: &[_] =
            if early { &["one", "early"] } else { &["one", "odd", "even", "last"] };
        for item in expected {
            check(next(&mut items).await == Some(*item), "each branch gives its item")?;
        }
        check(next(&mut items).await.is_none(), "then it ends")?;
    }
    Ok(())
}

/// What the body awaits between items makes the stream pending, and wakes whoever polls it.
pub async fn awaits_between_items<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(generate(async |mut y| {
        for item in 0..3 {
            turns(2).await;
            y.emit(item).await;
        }
    }));
    for item in 0..3 {
        for turn in 1..=2 {
            check(probe.poll_next(items.as_mut()).is_pending(), "it waits")?;
            check(probe.wakes() == item * 2 + turn, "what it waits for wakes it")?;
        }
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "then the item comes")?;
    }
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "then it ends")
}

/// A generator that is dropped while it is suspended drops what it holds, once and in order.
pub async fn drops_once_in_order<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    {
        let mut items = pin!(generate(async |mut y| {
            let _first = Guard(&log, "first");
            let _second = Guard(&log, "second");
            y.emit(Guard(&log, "item")).await;
            y.emit(Guard(&log, "not given")).await;
        }));
        drop(next(&mut items).await);
        log.check(&["item"], "an item is dropped by whoever has it")?;
    }
    check(
        log.is(&["item", "second", "first"]),
        "what is suspended goes in the order of scopes, once",
    )
}

/// It may be dropped after any number of polls: each destructor that is due runs, once and in order.
pub async fn drops_at_every_await_point<T: Timer>(_: Subject<T>) -> Outcome {
    // What each poll adds: it waits, gives an item, waits with the second guard, gives an item, ends.
    let dropped: [&[&str]; 6] = [
        &["captured"],
        &["first", "captured"],
        &["first", "captured"],
        &["second", "first", "captured"],
        &["second", "first", "captured"],
        &["second", "first", "captured"],
    ];
    for (polls, expected) in dropped.iter().enumerate() {
        let (log, probe) = (Log::default(), Probe::new());
        {
            let captured = Guard(&log, "captured");
            let mut items = pin!(generate(async move |mut y| {
                let captured = captured;
                let _first = Guard(captured.0, "first");
                turns(1).await;
                y.emit(1).await;
                let _second = Guard(captured.0, "second");
                turns(1).await;
                y.emit(2).await;
            }));
            for _ in 0..polls {
                let _ = probe.poll_next(items.as_mut());
            }
            check(polls == 5 || log.is(&[]), "nothing is dropped before")?;
        }
        check(log.is(expected), "what there is is dropped, once and in order")?;
    }
    Ok(())
}

/// The body is polled with the very waker of whoever polls the stream.
pub async fn passes_the_waker_on<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(generate(async |mut y| {
        let same = poll_fn(|cx| Poll::Ready(cx.waker().will_wake(probe.context().waker()))).await;
        y.emit(same).await;
        pending::<()>().await;
    }));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(true)), "it is the same waker")?;
    check(probe.poll_next(items.as_mut()).is_pending(), "then the body waits")
}

/// An emit that the body polls with a waker of its own, as if it were among futures that are polled only when woken,
/// wakes that waker once the next item is asked for, and not before; and with the waker of the stream it wakes nobody.
pub async fn wakes_a_foreign_waker<T: Timer>(_: Subject<T>) -> Outcome {
    let (own, foreign) = (Probe::new(), Probe::new());
    let mut items = pin!(generate(async |mut y| {
        for item in 0..3 {
            let mut emit = pin!(y.emit(item));
            poll_fn(|_| foreign.poll(emit.as_mut())).await;
        }
    }));
    for item in 0..3 {
        let given = own.poll_next(items.as_mut());
        check(given == Poll::Ready(Some(item)), "the item comes")?;
        check_count(foreign.wakes(), item, "an emit is woken when it can go on")?;
    }
    check(own.poll_next(items.as_mut()) == Poll::Ready(None), "then it ends")?;
    check_count(foreign.wakes(), 3, "the last emit is woken too")?;
    check_count(own.wakes(), 0, "whoever polls is not woken")?;
    check_count(foreign.kept(), 0, "no waker is kept")
}

/// An emit is over when it is ready, and only then.
pub async fn emit_tells_when_it_is_over<T: Timer>(_: Subject<T>) -> Outcome {
    let mut items = pin!(generate(async |mut y| {
        let mut emit = pin!(y.emit(true));
        let mut before = !emit.is_terminated();
        poll_fn(|cx| {
            before &= !emit.is_terminated();
            emit.as_mut().poll(cx)
        })
        .await;
        let after = emit.is_terminated();
        y.emit(before && after).await;
    }));
    for _ in 0..2 {
        check(next(&mut items).await == Some(true), "it is over neither too soon nor too late")?;
    }
    Ok(())
}

/// An emit that has a time limit gives its item, whether or not the limit is reached.
pub async fn emit_under_a_time_limit<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    let mut items = pin!(generate(async |mut y| {
        for item in 0..3 {
            // The consumer takes longer than the limit; its next request finds the limit reached.
            let _ = timer.timeout(STEP, y.emit(item)).await;
        }
    }));
    for item in 0..3 {
        check(next(&mut items).await == Some(item), "each item comes once")?;
        subject.pass(2).await;
    }
    check(next(&mut items).await.is_none(), "then it ends")
}

/// An emit in a select gives its item if it was polled, whether it is the first to be ready or not, and otherwise drops it.
pub async fn emit_in_a_select<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let mut items = pin!(generate(async |mut y| {
        // Polled, and loses at once.
        let won = first(y.emit(1), async {}).await;
        log.note(if won { "won" } else { "lost" });
        // Polled, and wins with the next request.
        let won = first(y.emit(2), pending::<()>()).await;
        log.note(if won { "won" } else { "lost" });
        // Not even polled.
        let lost = first(async {}, y.emit(3)).await;
        log.note(if lost { "lost" } else { "won" });
        // Polled, and both are ready by the next request.
        let won = first(y.emit(4), subject.timer.sleep(STEP)).await;
        log.note(if won { "won" } else { "lost" });
        y.emit(5).await;
    }));
    for item in [1, 2, 4, 5] {
        check(next(&mut items).await == Some(item), "what was polled comes, once and in order")?;
        subject.pass(2).await;
    }
    check(next(&mut items).await.is_none(), "then it ends")?;
    log.check(&["lost", "won", "lost", "won"], "the first to be ready wins")
}

/// Polls both futures until one is ready, and drops the other. Whether that was the first.
async fn first(first: impl Future<Output = ()>, second: impl Future<Output = ()>) -> bool {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|cx| {
        if first.as_mut().poll(cx).is_ready() {
            return Poll::Ready(true);
        }
        second.as_mut().poll(cx).map(|()| false)
    })
    .await
}

/// Items and bodies may borrow.
pub async fn borrows<T: Timer>(_: Subject<T>) -> Outcome {
    let numbers = [7, 8, 9];
    let mut borrowed = pin!(generate(async |mut y| {
        for number in &numbers {
            y.emit(number).await;
        }
    }));
    for number in &numbers {
        check(next(&mut borrowed).await == Some(number), "the items come")?;
    }
    check(next(&mut borrowed).await.is_none(), "then it ends")
}

/// It can be looked at between polls, also while its body holds on to a borrow from itself.
pub async fn looked_at_between_polls<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(generate(async |mut y| {
        let mut count = 0;
        let borrowed = &mut count;
        for _ in 0..3 {
            *borrowed += 1;
            y.emit(*borrowed).await;
        }
    }));
    for item in 1..=3 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "the item comes")?;
        check(!items.is_terminated(), "it has not ended")?;
        check(items.size_hint() == (0, None), "nothing is known of what comes")?;
        check(says(format_args!("{items:?}"), "Generate { ended: false, .. }"), "it can be shown")?;
    }
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "then it ends")?;
    check(items.is_terminated() && items.size_hint() == (0, Some(0)), "and says so")
}

/// A waker of the body's own that is a clone of the one with which the stream is polled is not woken: who asks polls.
pub async fn wakes_no_clone_of_the_asker<T: Timer>(_: Subject<T>) -> Outcome {
    let own = Probe::new();
    let mut items = pin!(generate(async |mut y| {
        for item in 0..3 {
            let mut emit = pin!(y.emit(item));
            poll_fn(|_| own.poll(emit.as_mut())).await;
        }
    }));
    for item in 0..3 {
        check(own.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "the item comes")?;
    }
    check(own.poll_next(items.as_mut()) == Poll::Ready(None), "then it ends")?;
    check_count(own.wakes(), 0, "whoever polls is not woken")
}
