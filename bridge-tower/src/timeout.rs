//! A limit on the time of each response.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use anytempo::{Elapsed, Timer};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::error::Error;

/// The error of [`Timeout`]: the limit was reached, or the service failed.
pub type TimeoutError<E> = Error<Elapsed, E>;

/// Limits the time of each response.
///
/// It answers [`Error::Limit`] once `timeout` has passed, counted from the end of the first poll of the response.
///
/// - The response wins a tie. A response that is ready at its first poll costs no timer, and the clock is not read.
/// - A zero `timeout` gives the response one poll. A `timeout` beyond the clock's range is no limit.
/// - The wait for [`poll_ready`](Service::poll_ready) is not limited, as in tower. [`LoadShed`](crate::LoadShed) limits it.
/// - The response of the service inside is dropped together with the response future, not before.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_tower::{Error, TimeoutLayer};
/// use core::{convert::Infallible, time::Duration};
/// use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let mut service = ServiceBuilder::new()
///     .layer(TimeoutLayer::new(clock.clone(), Duration::from_secs(5)))
///     .service_fn(async |seconds| {
///         clock.sleep(Duration::from_secs(seconds)).await;
///         Ok::<_, Infallible>(seconds)
///     });
///
/// assert_eq!(service.ready().await.unwrap().call(5).await, Ok(5));
/// assert!(matches!(service.ready().await.unwrap().call(6).await, Err(Error::Limit(_))));
/// assert_eq!(clock.elapsed(), Duration::from_secs(10));
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Timeout<S, T> {
    inner: S,
    timer: T,
    timeout: Duration,
}

impl<S, T> Timeout<S, T> {
    /// Limits each response of `inner` to `timeout`.
    pub const fn new(inner: S, timer: T, timeout: Duration) -> Self {
        Self { inner, timer, timeout }
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
}

impl<S: Service<Request>, T: Timer, Request> Service<Request> for Timeout<S, T> {
    type Response = S::Response;
    type Error = TimeoutError<S::Error>;
    type Future = ResponseFuture<S::Future, T>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Error::Service)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        ResponseFuture { response: self.timer.timeout(self.timeout, self.inner.call(request)) }
    }
}

/// Makes a [`Timeout`] of a service.
#[derive(Clone, Copy, Debug)]
pub struct TimeoutLayer<T> {
    timer: T,
    timeout: Duration,
}

impl<T> TimeoutLayer<T> {
    /// Limits each response to `timeout`.
    pub const fn new(timer: T, timeout: Duration) -> Self {
        Self { timer, timeout }
    }
}

impl<S, T: Clone> Layer<S> for TimeoutLayer<T> {
    type Service = Timeout<S, T>;

    fn layer(&self, inner: S) -> Self::Service {
        Timeout::new(inner, self.timer.clone(), self.timeout)
    }
}

pin_project! {
    /// The response of [`Timeout`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, T: Timer> {
        #[pin]
        response: anytempo::future::Timeout<F, T>,
    }
}

impl<F, T, R, E> Future for ResponseFuture<F, T>
where
    F: Future<Output = Result<R, E>>,
    T: Timer,
{
    type Output = Result<R, TimeoutError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.project().response.poll(cx)) {
            Ok(answer) => answer.map_err(Error::Service),
            Err(elapsed) => Err(Error::Limit(elapsed)),
        })
    }
}
