use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::Arc;

use anytempo::Timer;
use anytempo::wait::Wait;
use tower_layer::Layer;
use tower_service::Service;

use super::place::{self, Place};
use super::queue::Queue;
use super::rate::Rate;

/// Limits how many requests pass in a time. Clones share the limit.
///
/// `poll_ready` waits for a token, then for the service. `call` uses the token. [`Rate`] says when tokens come.
///
/// - Tokens are given in the order in which clones asked first. A clone that waits keeps its place until it is dropped. Do
///   not keep one that you no longer poll, because those behind it wait for it. The same holds for tower's `ConcurrencyLimit`.
/// - A service that is ready and dropped without a call gives its token back. A response that is dropped does not: the request
///   was made.
/// - A `call` without a `poll_ready` goes to the service and is counted, so later requests wait longer. tower panics.
/// - A token is used at `call`, so a window begins with a call. After a full window the next one begins with the readiness that ends
///   the wait, as in tower.
/// - An error of the service's `poll_ready` gives the token back.
///
/// The wait of a clone is in a box, which is made when the clone has to wait for the first time. The future is that of the service.
///
/// # Examples
///
/// A token bucket, which two clones share:
///
/// ```
/// use anytempo_tower::{RateLimitLayer, limit::rate::Rate};
/// use core::{convert::Infallible, time::Duration};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let rate = Rate::token_bucket(2, Duration::from_secs(1));
/// let service = ServiceBuilder::new()
///     .layer(RateLimitLayer::with_rate(clock.clone(), rate))
///     .service_fn(async |()| Ok::<_, Infallible>(clock.elapsed().as_secs()));
///
/// let mut times = vec![];
/// for _ in 0..5 {
///     times.push(service.clone().oneshot(()).await.unwrap());
/// }
/// assert_eq!(times, [0, 0, 1, 2, 3]);
/// # }).unwrap();
/// ```
pub struct RateLimit<S, T: Timer> {
    inner: S,
    timer: T,
    place: Place<T>,
    wait: Option<Pin<Box<Wait<T>>>>,
}

impl<S, T: Timer> RateLimit<S, T> {
    /// Limits the requests to `inner`.
    pub fn new(inner: S, timer: T, rate: Rate) -> Self {
        Self::shared(inner, timer, Arc::new(Queue::new(rate)))
    }

    fn shared(inner: S, timer: T, queue: Arc<Queue<T>>) -> Self {
        Self { inner, timer, place: Place::new(queue), wait: None }
    }

    /// The service inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the service back, and a token if it has one.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn poll_token(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Err(wait) = self.place.ask(&self.timer, cx.waker()) {
            let place::Wait::Until(deadline) = wait else {
                self.disarm();
                return Poll::Pending;
            };
            let timer = &self.timer;
            let wait = self.wait.get_or_insert_with(|| Box::pin(Wait::until(timer.clone(), None)));
            wait.as_mut().reset_until(deadline);
            ready!(wait.as_mut().poll_limit(cx));
        }
        self.disarm();
        Poll::Ready(())
    }

    fn disarm(&mut self) {
        if let Some(wait) = &mut self.wait {
            wait.as_mut().disarm();
        }
    }
}

impl<S: Service<Request>, T: Timer, Request> Service<Request> for RateLimit<S, T> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        if !self.place.has_token() {
            ready!(self.poll_token(cx));
        }
        let ready = ready!(self.inner.poll_ready(cx));
        if ready.is_err() {
            self.place.leave();
        }
        Poll::Ready(ready)
    }

    fn call(&mut self, request: Request) -> S::Future {
        if !self.place.has_token() {
            self.disarm();
        }
        self.place.spend(&self.timer);
        self.inner.call(request)
    }
}

/// The clone has the same limit, and a place of its own.
impl<S: Clone, T: Timer> Clone for RateLimit<S, T> {
    fn clone(&self) -> Self {
        let (inner, timer) = (self.inner.clone(), self.timer.clone());
        Self { inner, timer, place: self.place.clone(), wait: None }
    }
}

impl<S: fmt::Debug, T: Timer> fmt::Debug for RateLimit<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("inner", &self.inner)
            .field("has_token", &self.place.has_token())
            .finish_non_exhaustive()
    }
}

/// Makes a [`RateLimit`] of a service.
///
/// Each service that it makes has a limit of its own, as in tower. [`GlobalRateLimitLayer`] has one limit for all of them.
#[derive(Clone, Copy, Debug)]
#[doc(alias = "token bucket")]
#[doc(alias = "governor")]
pub struct RateLimitLayer<T> {
    timer: T,
    rate: Rate,
}

impl<T> RateLimitLayer<T> {
    /// `num` requests in each window of `per`: [`Rate::new`].
    pub const fn new(timer: T, num: u64, per: Duration) -> Self {
        Self::with_rate(timer, Rate::new(num, per))
    }

    /// Requests at `rate`, such as a [`Rate::token_bucket`].
    pub const fn with_rate(timer: T, rate: Rate) -> Self {
        Self { timer, rate }
    }
}

impl<S, T: Timer> Layer<S> for RateLimitLayer<T> {
    type Service = RateLimit<S, T>;

    fn layer(&self, inner: S) -> Self::Service {
        RateLimit::new(inner, self.timer.clone(), self.rate)
    }
}

/// Makes [`RateLimit`]s that all share one limit.
///
/// A router that applies a layer to each of its routes, such as axum's, needs this one for a limit on all routes together. Clones
/// of the layer share the limit too. The name is that of tower's `GlobalConcurrencyLimitLayer`.
pub struct GlobalRateLimitLayer<T: Timer> {
    timer: T,
    queue: Arc<Queue<T>>,
}

impl<T: Timer> GlobalRateLimitLayer<T> {
    /// `num` requests in each window of `per`: [`Rate::new`].
    pub fn new(timer: T, num: u64, per: Duration) -> Self {
        Self::with_rate(timer, Rate::new(num, per))
    }

    /// Requests at `rate`, such as a [`Rate::token_bucket`].
    pub fn with_rate(timer: T, rate: Rate) -> Self {
        Self { timer, queue: Arc::new(Queue::new(rate)) }
    }
}

impl<T: Timer> Clone for GlobalRateLimitLayer<T> {
    fn clone(&self) -> Self {
        Self { timer: self.timer.clone(), queue: self.queue.clone() }
    }
}

impl<T: Timer> fmt::Debug for GlobalRateLimitLayer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GlobalRateLimitLayer").finish_non_exhaustive()
    }
}

impl<S, T: Timer> Layer<S> for GlobalRateLimitLayer<T> {
    type Service = RateLimit<S, T>;

    fn layer(&self, inner: S) -> Self::Service {
        RateLimit::shared(inner, self.timer.clone(), self.queue.clone())
    }
}
