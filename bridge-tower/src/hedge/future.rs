use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::sync::Arc;

use anytempo::future::Sleep;
use anytempo::{Instant, Timer};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::Policy;
use super::latencies::Latencies;
use crate::call::Call;

pin_project! {
    /// The response of [`Hedge`](super::Hedge).
    #[must_use = "futures do nothing unless polled"]
    pub struct Future<S, T, P, Request>
    where
        S: Service<Request>,
        T: Timer,
    {
        #[pin]
        first: S::Future,
        // `None` where the request is sent once only.
        #[pin]
        second: Option<Second<S, T, P, Request>>,
        record: Option<Record<T>>,
    }
}

pin_project! {
    /// The second request.
    pub(super) struct Second<S, T, P, Request>
    where
        S: Service<Request>,
        T: Timer,
    {
        // `None` once the wait is over.
        #[pin]
        sleep: Option<Sleep<T>>,
        #[pin]
        call: Call<S, Request>,
        policy: P,
        // When the service was called, if that is recorded.
        start: Option<T::Instant>,
    }
}

/// Where latencies go, and when the first request was sent.
pub(super) struct Record<T: Timer> {
    latencies: Arc<Latencies<T>>,
    timer: T,
    start: T::Instant,
}

impl<T: Timer> Record<T> {
    pub(super) fn new(latencies: Arc<Latencies<T>>, timer: T, start: T::Instant) -> Self {
        Self { latencies, timer, start }
    }

    fn add(&self, start: T::Instant) {
        let now = self.timer.now();
        let latency = T::Instant::to_duration(now.saturating_since(start));
        self.latencies.record(now, latency);
    }
}

impl<S: Service<Request>, T: Timer, P, Request> Second<S, T, P, Request> {
    pub(super) fn new(sleep: Sleep<T>, service: S, request: Request, policy: P) -> Self {
        Self { sleep: Some(sleep), call: Call::new(service, request), policy, start: None }
    }
}

impl<S: Service<Request>, T: Timer, P: Policy<Request>, Request> Second<S, T, P, Request> {
    /// `None` where the policy refuses.
    fn poll(
        self: Pin<&mut Self>,
        record: Option<&Record<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<S::Response, S::Error>>> {
        let mut this = self.project();
        if let Some(sleep) = this.sleep.as_mut().as_pin_mut() {
            ready!(sleep.poll(cx));
            this.sleep.set(None);
            if this.call.request().is_some_and(|it| !this.policy.can_retry(it)) {
                return Poll::Ready(None);
            }
        }
        if this.start.is_none() {
            // The last reading before the call counts.
            let now = record.map(|it| it.timer.now());
            let result = this.call.as_mut().poll(cx);
            if this.call.request().is_none() {
                *this.start = now;
            }
            return result.map(Some);
        }
        this.call.poll(cx).map(Some)
    }
}

impl<S: Service<Request>, T: Timer, P, Request> Future<S, T, P, Request> {
    pub(super) fn new(
        first: S::Future,
        second: Option<Second<S, T, P, Request>>,
        record: Option<Record<T>>,
    ) -> Self {
        Self { first, second, record }
    }
}

impl<S, T, P, Request> core::future::Future for Future<S, T, P, Request>
where
    S: Service<Request>,
    T: Timer,
    P: Policy<Request>,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(result) = this.first.poll(cx) {
            if let (Some(record), Ok(_)) = (&*this.record, &result) {
                record.add(record.start);
            }
            // It gives up its timer and what it has of the service.
            this.second.set(None);
            return Poll::Ready(result);
        }
        let Some(mut second) = this.second.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        match ready!(second.as_mut().poll(this.record.as_ref(), cx)) {
            Some(Ok(response)) => {
                if let (Some(record), Some(start)) = (&*this.record, *second.project().start) {
                    record.add(start);
                }
                Poll::Ready(Ok(response))
            }
            // The policy refused, or the second request failed. The first one decides.
            Some(Err(_)) | None => {
                this.second.set(None);
                Poll::Pending
            }
        }
    }
}

impl<S: Service<Request>, T: Timer, P, Request> fmt::Debug for Future<S, T, P, Request> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Future").field("hedges", &self.second.is_some()).finish_non_exhaustive()
    }
}
