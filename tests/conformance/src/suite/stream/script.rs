//! A source of results, whose items tell what becomes of them, and a script by which an operator over it is polled: so often,
//! and then it is dropped, or goes on to its end.

use core::cell::Cell;
use core::future::pending;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::Timer;
use futures_core::Stream;

use super::feed::Feed;
use super::rules::FAR;
use crate::suite::{Failure, Outcome, Probe, STEP, Subject, check, check_count};

/// How many items come before each poll. Every second one is an error, so that each kind follows the other, passes, waits and
/// is the last.
const ITEMS: [u32; 7] = [1, 2, 0, 1, 0, 3, 0];

/// The most polls from the end of the source to that of the stream.
const MOST: usize = 64;

/// An item that counts itself.
#[derive(Debug)]
pub(crate) struct Counted<'a> {
    number: u32,
    tally: &'a Tally,
}

/// What a source gives.
pub(crate) type Fallible<'a> = Result<Counted<'a>, Counted<'a>>;

/// Which items an operator gives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keeps {
    /// All of them. It holds this many at the most between polls.
    All(u32),
    /// The one that was read last. It may hold that one.
    Newest,
    /// The first one that a poll has read. It holds none.
    First,
}

/// What happens after the polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The source ends, and the stream is polled to its end.
    Ends,
    /// The stream is dropped.
    Drops,
}

#[derive(Debug, Default)]
struct Tally {
    begins_with_error: bool,
    made: Cell<u32>,
    dropped: Cell<u32>,
    /// How many of them were dropped by a poll.
    lost: Cell<u32>,
    is_polled: Cell<bool>,
    /// The number of the item that was given last.
    last: Cell<u32>,
    failure: Cell<Option<Failure>>,
}

impl Tally {
    fn item(&self, number: u32) -> Fallible<'_> {
        self.made.set(self.made.get() + 1);
        let item = Counted { number, tally: self };
        if self.is_error(number) { Err(item) } else { Ok(item) }
    }

    fn is_error(&self, number: u32) -> bool {
        number > 0 && (number % 2 == 1) == self.begins_with_error
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.tally.dropped.set(self.tally.dropped.get() + 1);
        if self.tally.is_polled.get() {
            self.tally.lost.set(self.tally.lost.get() + 1);
        }
    }
}

/// The wakers of the scripts of a case. A runtime may keep that of a long wait to its end, and a board has few.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    short: Probe,
    long: Probe,
    bare: Probe,
}

/// How an operator is polled.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    /// The period of the operator: short, or so long that it is not over before the case is.
    pub(crate) period: Duration,
    polls: usize,
    keeps: Keeps,
    feed: Feed,
    tally: Tally,
    probes: &'a Probes,
}

impl Probes {
    /// A script for each number of polls and each period.
    pub(crate) fn scripts(&self, keeps: Keeps) -> impl Iterator<Item = Script<'_>> {
        (0..=ITEMS.len()).flat_map(move |polls| {
            [STEP, FAR].into_iter().map(move |period| Script {
                period,
                polls,
                keeps,
                feed: Feed::default(),
                tally: Tally { begins_with_error: period == FAR, ..Tally::default() },
                probes: self,
            })
        })
    }
}

impl Script<'_> {
    /// The waker to poll with.
    pub(crate) fn probe(&self) -> &Probe {
        if self.period == STEP { &self.probes.short } else { &self.probes.long }
    }

    /// The source of the operator.
    pub(crate) fn source(&self) -> Source<'_> {
        Source(self)
    }

    /// An item that is not of the source.
    pub(crate) fn other(&self) -> Fallible<'_> {
        self.tally.item(0)
    }

    /// Goes through it. `items` calls its second argument with each item of the source in what the stream has given.
    pub(crate) async fn runs<T: Timer, S: Stream>(
        &self,
        subject: &Subject<T>,
        then: Then,
        stream: S,
        mut items: impl FnMut(S::Item, &mut dyn FnMut(Fallible<'_>)),
    ) -> Outcome {
        {
            let mut stream = pin!(stream);
            let mut poll = || {
                self.tally.is_polled.set(true);
                let read = self.feed.last();
                let poll = self.probe().poll_next(stream.as_mut());
                self.tally.is_polled.set(false);
                poll.map(|item| item.map(|item| items(item, &mut |it| self.see(read, it))))
            };
            self.polls(subject, &mut poll).await?;
            if then == Then::Ends {
                self.ends(subject, &mut poll).await?;
            }
        }
        self.leaves_nothing(subject).await
    }

    /// Polls so often, while items come and time passes.
    pub(crate) async fn polls<T: Timer>(
        &self,
        subject: &Subject<T>,
        poll: &mut dyn FnMut() -> Poll<Option<()>>,
    ) -> Outcome {
        for items in ITEMS.into_iter().take(self.polls) {
            self.feed.give(items);
            let _ = poll();
            self.keeps_its_promise()?;
            if self.period == STEP {
                subject.timer.sleep(STEP / 2).await;
            }
        }
        Ok(())
    }

    /// Polls to the end of the stream.
    async fn ends<T: Timer>(
        &self,
        subject: &Subject<T>,
        poll: &mut dyn FnMut() -> Poll<Option<()>>,
    ) -> Outcome {
        self.feed.end();
        for _ in 0..MOST {
            let poll = poll();
            self.keeps_its_promise()?;
            match poll {
                Poll::Ready(Some(())) => {}
                Poll::Pending => subject.pass(1).await,
                Poll::Ready(None) => {
                    if !matches!(self.keeps, Keeps::First) {
                        let read = self.feed.last();
                        check_count(self.tally.last.get(), read, "the last item comes")?;
                    }
                    self.feed.forget();
                    return self.leaves_nothing(subject).await;
                }
            }
        }
        check(false, "the stream ends with its source")
    }

    /// Looks at an item that was given. Before that poll so many were read.
    fn see(&self, read: u32, item: Fallible<'_>) {
        let number = item.as_ref().map_or_else(|it| it.number, |it| it.number);
        let expected = match self.keeps {
            _ if number == 0 => 0,
            Keeps::All(_) => self.tally.last.replace(number) + 1,
            Keeps::Newest => self.feed.last(),
            Keeps::First => read + 1,
        };
        let seen = check_count(number, expected, "the item of this number comes").and_then(|()| {
            check(item.is_err() == self.tally.is_error(number), "an error stays one")
        });
        if number > 0 {
            self.tally.last.set(number);
        }
        if let Err(failure) = seen {
            self.tally.failure.set(Some(failure));
        }
    }

    /// No item was given, lost or held that should not have been.
    fn keeps_its_promise(&self) -> Outcome {
        self.tally.failure.get().map_or(Ok(()), Err)?;
        let most = match self.keeps {
            Keeps::All(most) => {
                check_count(self.tally.lost.get(), 0, "no item is lost")?;
                most
            }
            Keeps::Newest => 1,
            Keeps::First => {
                let came = self.tally.last.get() > 0 || self.feed.last() == 0;
                check(came, "the first item comes at once")?;
                0
            }
        };
        let held = self.tally.made.get() - self.tally.dropped.get();
        check(held <= most, "no more is held than is documented")
    }

    /// Every item is gone, and so is every waker, as far as the runtime forgets that of a wait.
    pub(crate) async fn leaves_nothing<T: Timer>(&self, subject: &Subject<T>) -> Outcome {
        check_count(self.tally.dropped.get(), self.tally.made.get(), "each item is dropped once")?;
        if self.period == STEP {
            subject.pass(3).await;
            return check_count(self.probe().kept(), 0, "no waker is kept");
        }
        let bare = &self.probes.bare;
        let _ = bare.poll(pin!(subject.timer.timeout(FAR, pending::<()>())));
        subject.pass(1).await;
        check(self.probe().kept() == 0 || bare.kept() > 0, "no waker is kept")
    }
}

/// The source of a [`Script`]. It keeps no waker longer than itself.
#[derive(Debug)]
pub(crate) struct Source<'a>(&'a Script<'a>);

impl<'a> Stream for Source<'a> {
    type Item = Fallible<'a>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Fallible<'a>>> {
        let script = self.0;
        Pin::new(&mut &script.feed)
            .poll_next(cx)
            .map(|number| number.map(|it| script.tally.item(it)))
    }
}

impl Drop for Source<'_> {
    fn drop(&mut self) {
        self.0.feed.forget();
    }
}

/// The cases of an operator over a source that can fail: which items it keeps, where they are in what it gives, and the operator.
macro_rules! over_errors {
    ($keeps:expr, $items:expr, $(|$source:ident, $timer:ident, $script:ident| $stream:expr),+ $(,)?) => {
        /// Errors are items as all others, and wherever the stream is left, it goes on from there to its end.
        pub async fn errors_are_items<T: Timer>(subject: Subject<T>) -> Outcome {
            over_errors(&subject, $crate::suite::stream::script::Then::Ends).await
        }

        /// Dropped at any await point, it drops what it holds, once, and leaves no wait behind.
        pub async fn dropped_at_every_await_point<T: Timer>(subject: Subject<T>) -> Outcome {
            over_errors(&subject, $crate::suite::stream::script::Then::Drops).await
        }

        async fn over_errors<T: Timer>(
            subject: &Subject<T>,
            then: $crate::suite::stream::script::Then,
        ) -> Outcome {
            use $crate::suite::stream::script::{Keeps, Probes};
            let probes = Probes::default();
            $(for $script in probes.scripts($keeps) {
                let ($source, $timer) = ($script.source(), &subject.timer);
                $script.runs(subject, then, $stream, $items).await?;
            })+
            Ok(())
        }
    };
}

pub(super) use over_errors;
