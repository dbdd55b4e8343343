//! The promises of `StreamTimeExt::close_on_exit`.

use core::cell::Cell;
use core::future::pending;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};

use anytempo::{
    Close, StreamTimeExt, Timer, close_on_exit, closing, closing_async, generate, next, range,
};
use futures_core::{FusedStream, Stream};

use super::blinking::Blinking;
use crate::suite::{Door, Guard, Log, Outcome, Probe, STEP, Subject, check, check_count, turns};

/// Items come as they are; when the source ends it is dropped, and the close is awaited before the stream ends.
pub async fn closes_at_the_end<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let guard = Guard(&log, "source dropped");
    let source = range((0..3).inspect(move |_| _ = &guard)).pace(&subject.timer, STEP);
    let resource = closing_async(
        (),
        async |_| {
            log.note("closing");
            subject.pass(1).await;
            log.note("closed");
        },
        |()| log.note("aborted"),
    );
    let mut items = pin!(source.close_on_exit(resource));
    let mark = subject.mark();
    for item in 0..3 {
        check(next(&mut items).await == Some(Ok(item)), "no item is lost")?;
        check_count(log.length(), 0, "it is open")?;
    }
    check(next(&mut items).await.is_none(), "then it ends")?;
    mark.passed(STEP * 3)?;
    log.check(&["source dropped", "closing", "closed"], "it is closed once, after the source")
}

/// The error of a close that fails is the last item.
pub async fn failed_close_is_the_last_item<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let mut items = pin!(range(0..1).close_on_exit(Door::new(&log, 1).stuck("stuck")));
    check(next(&mut items).await == Some(Ok(0)), "the item comes")?;
    check(next(&mut items).await == Some(Err("stuck")), "then the error")?;
    check(items.is_terminated(), "it is over")?;
    check(next(&mut items).await.is_none(), "then it ends")?;
    log.check(&["closing", "closed"], "it is closed once")
}

/// Wherever it is dropped, the source is dropped, and then the resource is aborted, once.
pub async fn dropped_early_aborts<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 0..=7_usize {
        let log = Log::default();
        let mut is_over = false;
        {
            let source = generate(async |mut y| {
                let _guard = Guard(&log, "source dropped");
                y.emit(0).await;
                turns(2).await;
                y.emit(1).await;
            });
            let mut items = pin!(source.close_on_exit(Door::new(&log, 2)));
            for _ in 0..polls {
                is_over = matches!(Probe::new().poll_next(items.as_mut()), Poll::Ready(None));
            }
        }
        let [closing, closed, aborted] =
            ["closing", "closed", "aborted"].map(|what| log.count(what));
        check(is_over == (polls == 7), "it ends with its last turn")?;
        check((closed, aborted) == if is_over { (1, 0) } else { (0, 1) }, "it is one of the two")?;
        check(log.last() == Some(if is_over { "closed" } else { "aborted" }), "in the end")?;
        check(log.count("source dropped") == usize::from(polls > 0), "after the source")?;
        check(closing == polls.saturating_sub(4).min(2), "the close is not begun anew")?;
    }
    Ok(())
}

/// While the stream closes there is no source any more.
pub async fn source_goes_before_the_close<T: Timer>(_: Subject<T>) -> Outcome {
    let (log, probe) = (Log::default(), Probe::new());
    let guard = Guard(&log, "source dropped");
    let source = range((0..0).inspect(move |_| _ = &guard));
    {
        let mut items = pin!(source.close_on_exit(Door::new(&log, 1)));
        check(probe.poll_next(items.as_mut()).is_pending(), "it is closing")?;
        check(probe.wakes() == 1 && probe.kept() == 0, "with the waker of the stream")?;
        log.check(&["source dropped", "closing"], "the source is gone")?;
    }
    log.check(&["source dropped", "closing", "aborted"], "and the rest in the drop")
}

/// At its end it stays: neither source nor close is polled again.
pub async fn closes_for_good<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    {
        let mut items = pin!(Blinking(1).close_on_exit(Door::new(&log, 0)));
        check(!items.is_terminated(), "it has not begun")?;
        check(next(&mut items).await == Some(Ok(1)), "the item comes")?;
        check(!items.is_terminated(), "it is not over")?;
        for _ in 0..3 {
            check(next(&mut items).await.is_none(), "then it is over")?;
            check(items.is_terminated(), "for good")?;
            check(items.size_hint() == (0, Some(0)), "and it says so")?;
        }
    }
    log.check(&["closed"], "it is closed once")
}

/// It tells how many items are left, of which one may be the error of the close.
pub async fn sizes_with_the_error<T: Timer>(_: Subject<T>) -> Outcome {
    let (log, probe) = (Log::default(), Probe::new());
    let mut items = pin!(range(0..2).close_on_exit(Door::new(&log, 1).stuck("stuck")));
    check(items.size_hint() == (2, Some(3)), "two, and perhaps an error")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Ok(0))), "an item")?;
    check(items.size_hint() == (1, Some(2)), "one, and perhaps an error")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Ok(1))), "an item")?;
    check(probe.poll_next(items.as_mut()).is_pending(), "it is closing")?;
    check(items.size_hint() == (0, Some(1)), "perhaps an error")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Err("stuck"))), "the error")?;
    check(items.size_hint() == (0, Some(0)), "nothing")?;
    let endless = range(core::iter::repeat(1)).close_on_exit(closing((), |()| ()));
    check(endless.size_hint() == (usize::MAX, None), "no bound where the source has none")
}

/// A time limit that cancels whoever reads the stream closes it, and what a resource is made of makes no difference.
pub async fn reader_is_cancelled<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let several = [Door::new(&log, 0).saying("a", "-a"), Door::new(&log, 0).saying("b", "-b")];
    let resource = several.close_within(&subject.timer, STEP);
    let source = range(0..5).pace(&subject.timer, STEP * 1000);
    let read = async {
        let mut items = pin!(source.close_on_exit(resource));
        while next(&mut items).await.is_some() {}
    };
    check(subject.timer.timeout(STEP, read).await.is_err(), "the limit is reached")?;
    log.check(&["-b", "-a"], "each is aborted once, the last first")
}

/// A generator whose body enters a scope closes it as it ends, and aborts it where it is dropped.
pub async fn generator_enters_a_scope<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let closed = Cell::new(false);
    let numbers = || {
        generate(async |mut y| {
            let scope = close_on_exit(Door::new(&log, 1), async |_| {
                for item in 0..2 {
                    subject.pass(1).await;
                    y.emit(item).await;
                }
            });
            closed.set(scope.await.is_ok());
        })
    };
    {
        let mut items = pin!(numbers());
        for item in 0..2 {
            check(next(&mut items).await == Some(item), "no item is lost")?;
        }
        check_count(log.length(), 0, "it is open")?;
        check(next(&mut items).await.is_none() && closed.get(), "then it ends")?;
        log.check(&["closing", "closed"], "it is closed once")?;
    }
    log.clear();
    {
        let mut items = pin!(numbers());
        check(next(&mut items).await == Some(0), "an item comes")?;
    }
    log.check(&["aborted"], "it is aborted once")?;
    log.clear();
    let mut never = pin!(generate(async |_: anytempo::generate::Yielder<'_, ()>| {
        let _ = close_on_exit(Door::new(&log, 0), async |_| pending::<()>().await).await;
    }));
    let limited = subject.timer.timeout(STEP, next(&mut never)).await;
    check(limited.is_err() && log.length() == 0, "a reader that gives up does not close it")
}

/// The first items of a stream, as the libraries of streams have it: it ends by itself, and then does not poll its source.
struct Take<S> {
    source: S,
    left: usize,
}

impl<S: Stream + Unpin> Stream for Take<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let item = ready!(Pin::new(&mut self.source).poll_next(cx));
        self.left -= 1;
        Poll::Ready(item)
    }
}

/// A stream that is cut short before it closes is closed at its end; one that is cut short after that is aborted when dropped.
pub async fn taken_before_and_after<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    {
        let few = Take { source: range(0..), left: 3 };
        let mut items = pin!(few.close_on_exit(Door::new(&log, 1)));
        for item in 0..3 {
            check(next(&mut items).await == Some(Ok(item)), "no item is lost")?;
            check_count(log.length(), 0, "it is open")?;
        }
        check(next(&mut items).await.is_none(), "then it ends")?;
        log.check(&["closing", "closed"], "and is closed by then")?;
    }
    check_count(log.length(), 2, "once")?;

    log.clear();
    {
        let source = pin!(range(0..).close_on_exit(Door::new(&log, 1)));
        let mut items = Take { source, left: 3 };
        for item in 0..3 {
            check(next(&mut items).await == Some(Ok(item)), "no item is lost")?;
        }
        check(next(&mut items).await.is_none(), "then it ends")?;
        check_count(log.length(), 0, "and the source, which has not ended, is open")?;
    }
    log.check(&["aborted"], "until it is dropped")
}
