use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::error::Elapsed;
use crate::future::IdleBody;
use crate::instant::Instant;
use crate::loan::{Loan, Share, Shared, share};
use crate::span::{Native, Span};
use crate::timer::Timer;
use crate::wait::{Delta, Wait};

pin_project! {
    /// The future of [`Timer::idle_timeout`].
    ///
    /// `F` is the body before it begins, `Fut` the body as it runs.
    #[must_use = "futures do nothing unless polled"]
    pub struct IdleTimeout<F, Fut, T: Timer> {
        #[pin]
        loan: Loan<Activity, F, Fut>,
        // Due once the time is up, closed once the body is done.
        #[pin]
        wait: Wait<T>,
        limit: Delta<T>,
    }
}

/// Whether the body has reset the limit since its poll began.
pub(crate) struct Activity(bool);

impl Share for Activity {
    type Handle<'a> = Idle<'a>;

    fn handle(activity: Shared<'_, Self>) -> Idle<'_> {
        Idle { activity }
    }
}

/// The handle with which the body of an [`idle_timeout`](Timer::idle_timeout) puts the limit off.
///
/// It belongs to its timeout and cannot leave the body.
pub struct Idle<'a> {
    activity: Shared<'a, Activity>,
}

impl Idle<'_> {
    /// Begins the limit anew.
    ///
    /// It counts from the end of the poll in which this was called.
    ///
    /// It touches neither the clock nor the timer, so it may be called for each byte.
    pub fn reset(&mut self) {
        self.activity.with(|activity| activity.0 = true);
    }
}

impl fmt::Debug for Idle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idle").finish_non_exhaustive()
    }
}

impl<F, Fut: Future, T: Timer> IdleTimeout<F, Fut, T> {
    pub(crate) fn new<O>(timer: T, limit: impl Span<T::Instant>, body: F) -> Self
    where
        F: IdleBody<O, Fut>,
    {
        let limit = limit.into_delta();
        let wait = Wait::after(timer, Native(limit));
        Self { loan: share(Activity(false), body), wait, limit }
    }
}

impl<F, Fut, T: Timer> IdleTimeout<F, Fut, T> {
    /// When the time is up. `None` if that is never, not known yet, or given up after `Ok`.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.wait.deadline()
    }
}

impl<F, Fut: Future, T: Timer> Future for IdleTimeout<F, Fut, T> {
    type Output = Result<Fut::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if this.wait.is_due() {
            return Poll::Ready(Err(Elapsed::new()));
        }
        if this.wait.is_closed() {
            return Poll::Pending;
        }
        if this.wait.is_new() {
            this.loan.as_mut().begin();
        }
        // The body comes first, so that it wins a tie.
        if let Poll::Ready(output) = this.loan.as_mut().poll_begun(cx) {
            this.wait.close();
            // There is none if the body panicked in an earlier poll.
            return output.map_or(Poll::Pending, |output| Poll::Ready(Ok(output)));
        }
        let activity = this.loan.shared();
        if activity.0 {
            activity.0 = false;
            this.wait.as_mut().restart(*this.limit);
        }
        ready!(this.wait.as_mut().poll_limit_of(*this.limit, cx));
        this.wait.expire();
        Poll::Ready(Err(Elapsed::new()))
    }
}

impl<F, Fut: Future, T: Timer> FusedFuture for IdleTimeout<F, Fut, T> {
    fn is_terminated(&self) -> bool {
        self.wait.is_due() || self.wait.is_closed()
    }
}

impl<F, Fut, T: Timer> fmt::Debug for IdleTimeout<F, Fut, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("IdleTimeout");
        debug.field("limit", &T::Instant::to_duration(self.limit));
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
