//! A wait before each request, in which nothing is reserved.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use anytempo::Timer;
use anytempo::future::Sleep;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::call::Call;

/// How long a request waits.
///
/// A [`Duration`] is the same for all requests. A closure chooses for each: `|request: &Request| Duration::from_secs(1)`.
pub trait Policy<Request> {
    /// The delay of `request`.
    fn delay(&self, request: &Request) -> Duration;
}

impl<Request> Policy<Request> for Duration {
    fn delay(&self, _: &Request) -> Duration {
        *self
    }
}

impl<Request, F: Fn(&Request) -> Duration> Policy<Request> for F {
    fn delay(&self, request: &Request) -> Duration {
        self(request)
    }
}

/// Delays each request, and reserves nothing of the service in that time.
///
/// `poll_ready` is ready at once. The response future waits, then waits until a clone of the service is ready, then calls it. So
/// a request that is delayed takes no permit of a concurrency limit inside. This is how the layer inside tower's `Hedge` works.
///
/// - The delay counts from the first poll of the response.
/// - A zero delay yields once. A delay beyond the clock's range never ends, so the service is never called.
/// - The service must be `Clone`. A drop of the response while it waits drops the request and the clone.
///
/// # Examples
///
/// ```
/// use anytempo_tower::DelayLayer;
/// use core::{convert::Infallible, time::Duration};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let service = ServiceBuilder::new()
///     .layer(DelayLayer::new(clock.clone(), |seconds: &u64| Duration::from_secs(*seconds)))
///     .service_fn(async |seconds| Ok::<_, Infallible>(seconds));
///
/// assert_eq!(service.oneshot(3).await, Ok(3));
/// assert_eq!(clock.elapsed(), Duration::from_secs(3));
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Delay<S, T, P> {
    service: S,
    timer: T,
    policy: P,
}

impl<S, T, P> Delay<S, T, P> {
    /// Delays each request to `service` by what `policy` says.
    pub const fn new(service: S, timer: T, policy: P) -> Self {
        Self { service, timer, policy }
    }

    /// The service inside.
    pub fn get_ref(&self) -> &S {
        &self.service
    }

    /// The service inside, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.service
    }

    /// Gives the service back.
    pub fn into_inner(self) -> S {
        self.service
    }
}

impl<S, T, P, Request> Service<Request> for Delay<S, T, P>
where
    S: Service<Request> + Clone,
    T: Timer,
    P: Policy<Request>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S, T, Request>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let delay = self.policy.delay(&request);
        ResponseFuture::new(self.timer.sleep(delay), self.service.clone(), request)
    }
}

/// Makes a [`Delay`] of a service.
#[derive(Clone, Copy, Debug)]
pub struct DelayLayer<T, P> {
    timer: T,
    policy: P,
}

impl<T, P> DelayLayer<T, P> {
    /// Delays each request by what `policy` says: a duration, or a closure.
    pub const fn new(timer: T, policy: P) -> Self {
        Self { timer, policy }
    }
}

impl<S, T: Clone, P: Clone> Layer<S> for DelayLayer<T, P> {
    type Service = Delay<S, T, P>;

    fn layer(&self, service: S) -> Self::Service {
        Delay::new(service, self.timer.clone(), self.policy.clone())
    }
}

pin_project! {
    /// The response of [`Delay`].
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<S, T, Request>
    where
        S: Service<Request>,
        T: Timer,
    {
        #[pin]
        call: Call<S, Request>,
        // `None` once the wait is over.
        #[pin]
        sleep: Option<Sleep<T>>,
    }
}

impl<S: Service<Request>, T: Timer, Request> ResponseFuture<S, T, Request> {
    pub(crate) fn new(sleep: Sleep<T>, service: S, request: Request) -> Self {
        Self { call: Call::new(service, request), sleep: Some(sleep) }
    }
}

impl<S: Service<Request>, T: Timer, Request> Future for ResponseFuture<S, T, Request> {
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(sleep) = this.sleep.as_mut().as_pin_mut() {
            ready!(sleep.poll(cx));
            this.sleep.set(None);
        }
        this.call.poll(cx)
    }
}

impl<S: Service<Request>, T: Timer, Request> fmt::Debug for ResponseFuture<S, T, Request> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").field("sleep", &self.sleep).finish_non_exhaustive()
    }
}
