//! An error for a request that would have to wait too long.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::Timer;
use anytempo::wait::Wait;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::error::Error;

/// The service was not ready in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Overloaded(());

impl Overloaded {
    /// The error, for a service of your own.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl fmt::Display for Overloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service is overloaded")
    }
}

impl core::error::Error for Overloaded {}

/// The error of [`LoadShed`]: the service was not ready in time, or it failed.
pub type LoadShedError<E> = Error<Overloaded, E>;

/// Answers with an error where the service has not been ready for some time.
///
/// `poll_ready` waits for the service for `wait` at most. Then it is ready in any case, and `call` answers
/// [`Overloaded`] without the service. tower's layer of this name is the same with a zero `wait`.
///
/// - The wait counts from the first poll that found the service not ready. The service wins a tie.
/// - Once the time is up, each further request is refused at once, until a poll finds the service ready.
/// - A zero `wait` never waits, and neither reads the clock nor allocates. A `wait` beyond the clock's range is no limit.
/// - A clone begins anew: it has its own wait. In axum each request has a clone.
/// - A refusal replaces the service inside by a clone of it, which gives up a place that it had in a queue. A clone that is idle after a
///   refusal holds up no other. Therefore the service must be `Clone`.
/// - A dropped wait for readiness goes on for the next request to this clone. Use a clone for each request.
/// - A `call` without a `poll_ready` before it answers [`Overloaded`].
///
/// A wait is in a box, which is made when the service is not ready for the first time.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_tower::{Error, LoadShedLayer, Overloaded};
/// use core::{convert::Infallible, time::Duration};
/// use tower::{Service, ServiceBuilder, ServiceExt, limit::ConcurrencyLimitLayer};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let service = ServiceBuilder::new()
///     .layer(LoadShedLayer::new(clock.clone(), Duration::from_secs(2)))
///     .layer(ConcurrencyLimitLayer::new(1))
///     .service_fn(async |()| Ok::<_, Infallible>(clock.sleep(Duration::from_secs(60)).await));
///
/// // The call holds the one permit.
/// let _running = service.clone().ready().await.unwrap().call(());
/// assert_eq!(service.oneshot(()).await, Err(Error::Limit(Overloaded::new())));
/// assert_eq!(clock.elapsed(), Duration::from_secs(2));
/// # }).unwrap();
/// ```
pub struct LoadShed<S, T: Timer> {
    inner: S,
    timer: T,
    wait: Duration,
    limit: Option<Pin<Box<Wait<T>>>>,
    state: State,
}

/// What the last poll found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// There was no poll since the last call, or it was ready.
    Idle,
    /// The service is ready for a call.
    Ready,
    /// The service is not ready, and the limit runs.
    Waiting,
    /// The service was not ready before the limit.
    Overloaded,
}

impl<S, T: Timer> LoadShed<S, T> {
    /// Refuses requests where `inner` has not been ready for `wait`.
    pub const fn new(inner: S, timer: T, wait: Duration) -> Self {
        Self { inner, timer, wait, limit: None, state: State::Idle }
    }

    /// The service inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the service back.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// Whether the time is up, for a service that is not ready.
    fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.state == State::Overloaded || self.wait.is_zero() {
            return Poll::Ready(());
        }
        let begins = self.state != State::Waiting;
        self.state = State::Waiting;
        let limit =
            self.limit.get_or_insert_with(|| Box::pin(Wait::after(self.timer.clone(), self.wait)));
        if begins {
            limit.as_mut().reset(self.wait);
        }
        limit.as_mut().poll_limit(cx)
    }

    /// The service is ready: gives up the timer of a limit that runs.
    fn stop_limit(&mut self) {
        if self.state == State::Waiting {
            if let Some(limit) = &mut self.limit {
                limit.as_mut().disarm();
            }
        }
    }
}

impl<S: Service<Request> + Clone, T: Timer, Request> Service<Request> for LoadShed<S, T> {
    type Response = S::Response;
    type Error = LoadShedError<S::Error>;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        match self.inner.poll_ready(cx) {
            Poll::Ready(ready) => {
                self.stop_limit();
                self.state = if ready.is_ok() { State::Ready } else { State::Idle };
                Poll::Ready(ready.map_err(Error::Service))
            }
            Poll::Pending => self.poll_limit(cx).map(|()| {
                self.state = State::Overloaded;
                Ok(())
            }),
        }
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if self.state != State::Ready {
            // What was polled may be first in a queue, where it would hold up all others until the next request to this one.
            self.inner = self.inner.clone();
            return ResponseFuture { response: None };
        }
        self.state = State::Idle;
        ResponseFuture { response: Some(self.inner.call(request)) }
    }
}

/// The clone has a wait of its own, and asks the service anew.
impl<S: Clone, T: Timer> Clone for LoadShed<S, T> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.timer.clone(), self.wait)
    }
}

impl<S: fmt::Debug, T: Timer> fmt::Debug for LoadShed<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadShed")
            .field("inner", &self.inner)
            .field("wait", &self.wait)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// Makes a [`LoadShed`] of a service.
#[derive(Clone, Copy, Debug)]
pub struct LoadShedLayer<T> {
    timer: T,
    wait: Duration,
}

impl<T> LoadShedLayer<T> {
    /// Refuses requests where the service has not been ready for `wait`.
    pub const fn new(timer: T, wait: Duration) -> Self {
        Self { timer, wait }
    }
}

impl<S, T: Timer> Layer<S> for LoadShedLayer<T> {
    type Service = LoadShed<S, T>;

    fn layer(&self, inner: S) -> Self::Service {
        LoadShed::new(inner, self.timer.clone(), self.wait)
    }
}

pin_project! {
    /// The response of [`LoadShed`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F> {
        // `None` where the request is refused.
        #[pin]
        response: Option<F>,
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<R, E>>,
{
    type Output = Result<R, LoadShedError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().response.as_pin_mut() {
            Some(response) => response.poll(cx).map_err(Error::Service),
            None => Poll::Ready(Err(Error::Limit(Overloaded::new()))),
        }
    }
}
