//! Another try for a request that failed, after a delay.

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

/// Says which requests are tried again, and when. It has the methods of tower's trait of this name.
///
/// [`Backoff`] is one for delays from an iterator. A policy is cloned for each request, so what it counts is that of one request.
pub trait Policy<Req, Res, E> {
    /// What is awaited before the next try, such as a sleep.
    type Future: Future<Output = ()>;

    /// Looks at the result of a try. `None` returns it to the caller.
    ///
    /// It may change the request of the next try, and the result.
    fn retry(&mut self, req: &mut Req, result: &mut Result<Res, E>) -> Option<Self::Future>;

    /// The copy of the request that is kept for the next try. `None`: there is none, and [`retry`](Self::retry) is not called.
    fn clone_request(&mut self, req: &Req) -> Option<Req>;
}

/// A [`Policy`] with delays from an iterator, such as a backoff of the crate backon. The iterator's end is the last try.
///
/// - `make` makes an iterator for each request that fails, so each can have a jitter of its own.
/// - An error is tried again, an `Ok` is not. [`when`](Self::when) decides otherwise.
/// - The request must be `Clone`. For one that is not, such as a request with a body, implement [`Policy`] yourself.
/// - A zero delay yields once. A delay beyond the clock's range never ends.
///
/// # Examples
///
/// ```
/// use anytempo_tower::retry::{Backoff, RetryLayer};
/// use backon::{BackoffBuilder, ExponentialBuilder};
/// use core::{cell::Cell, time::Duration};
/// use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let delays = ExponentialBuilder::default().with_min_delay(Duration::from_secs(1)).with_max_times(5);
/// let policy = Backoff::new(clock.clone(), || delays.build()).when(|result| *result == Err("busy"));
///
/// let tries = Cell::new(0);
/// let service = ServiceBuilder::new().layer(RetryLayer::new(policy)).service_fn(|()| {
///     tries.set(tries.get() + 1);
///     core::future::ready(if tries.get() < 4 { Err("busy") } else { Ok("done") })
/// });
/// assert_eq!(service.oneshot(()).await, Ok("done"));
/// assert_eq!(clock.elapsed(), Duration::from_secs(1 + 2 + 4));
/// # }).unwrap();
/// ```
pub struct Backoff<T, M, I, W = OnError> {
    timer: T,
    make: M,
    when: W,
    // `None` before the first failure of a request.
    delays: Option<I>,
}

/// Which results are tried again. Closures over `&Result<Res, E>` are such conditions.
pub trait Condition<Res, E> {
    /// Whether a request with this result is tried again.
    fn holds(&self, result: &Result<Res, E>) -> bool;
}

impl<Res, E, F: Fn(&Result<Res, E>) -> bool> Condition<Res, E> for F {
    fn holds(&self, result: &Result<Res, E>) -> bool {
        self(result)
    }
}

/// Every error is tried again.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnError;

impl<Res, E> Condition<Res, E> for OnError {
    fn holds(&self, result: &Result<Res, E>) -> bool {
        result.is_err()
    }
}

impl<T, M: Fn() -> I, I: Iterator<Item = Duration>> Backoff<T, M, I> {
    /// Tries every error again after the next delay of the iterator that `make` returns.
    pub const fn new(timer: T, make: M) -> Self {
        Self { timer, make, when: OnError, delays: None }
    }
}

impl<T, M, I> Backoff<T, M, I> {
    /// Tries again what `when` says, also an `Ok`, such as a response with status 503.
    pub fn when<Res, E, W>(self, when: W) -> Backoff<T, M, I, W>
    where
        W: Fn(&Result<Res, E>) -> bool,
    {
        Backoff { timer: self.timer, make: self.make, when, delays: None }
    }
}

/// The clone is for another request: its delays begin anew.
impl<T: Clone, M: Clone, I, W: Clone> Clone for Backoff<T, M, I, W> {
    fn clone(&self) -> Self {
        Self {
            timer: self.timer.clone(),
            make: self.make.clone(),
            when: self.when.clone(),
            delays: None,
        }
    }
}

impl<T, M, I, W> fmt::Debug for Backoff<T, M, I, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backoff").finish_non_exhaustive()
    }
}

impl<T, M, I, W, Req, Res, E> Policy<Req, Res, E> for Backoff<T, M, I, W>
where
    T: Timer,
    M: Fn() -> I,
    I: Iterator<Item = Duration>,
    W: Condition<Res, E>,
    Req: Clone,
{
    type Future = Sleep<T>;

    fn retry(&mut self, _: &mut Req, result: &mut Result<Res, E>) -> Option<Sleep<T>> {
        if !self.when.holds(result) {
            return None;
        }
        let delay = self.delays.get_or_insert_with(&self.make).next()?;
        Some(self.timer.sleep(delay))
    }

    fn clone_request(&mut self, req: &Req) -> Option<Req> {
        Some(req.clone())
    }
}

/// Calls the service again as long as a [`Policy`] says so.
///
/// - `poll_ready` is that of the service. The first try uses that readiness. Each further try waits for the readiness of a clone, after
///   the delay, so nothing is reserved in between.
/// - An error of that later `poll_ready` is returned, and the policy is not asked, as in tower.
/// - Both the service and the policy must be `Clone`.
/// - A policy whose futures are ready at once is asked again in the same poll, as in tower. [`Backoff`] yields before each try.
///
/// tower's `Retry` has no timer of its own either, so a policy of tower that sleeps on any timer works there. This one is here because
/// the feature `retry` of tower brings `tokio::time`.
#[derive(Clone, Copy, Debug)]
pub struct Retry<P, S> {
    policy: P,
    service: S,
}

impl<P, S> Retry<P, S> {
    /// Tries requests to `service` again as `policy` says.
    pub const fn new(policy: P, service: S) -> Self {
        Self { policy, service }
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

impl<P, S, Request> Service<Request> for Retry<P, S>
where
    P: Policy<Request, S::Response, S::Error> + Clone,
    S: Service<Request> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<P, S, Request>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let copy = self.policy.clone_request(&request);
        let state = State::Called { response: self.service.call(request) };
        let (policy, service) = (self.policy.clone(), self.service.clone());
        ResponseFuture { policy, service, request: copy, state }
    }
}

/// Makes a [`Retry`] of a service.
#[derive(Clone, Copy, Debug)]
pub struct RetryLayer<P> {
    policy: P,
}

impl<P> RetryLayer<P> {
    /// Tries requests again as `policy` says.
    pub const fn new(policy: P) -> Self {
        Self { policy }
    }
}

impl<P: Clone, S> Layer<S> for RetryLayer<P> {
    type Service = Retry<P, S>;

    fn layer(&self, service: S) -> Self::Service {
        Retry::new(self.policy.clone(), service)
    }
}

pin_project! {
    /// The response of [`Retry`].
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<P, S, Request>
    where
        P: Policy<Request, S::Response, S::Error>,
        S: Service<Request>,
    {
        policy: P,
        service: S,
        // The copy for the next try.
        request: Option<Request>,
        #[pin]
        state: State<S::Future, P::Future>,
    }
}

pin_project! {
    #[project = StatePinned]
    enum State<F, W> {
        Called { #[pin] response: F },
        Waiting { #[pin] wait: W },
        // Until the service is ready once more.
        Retrying,
    }
}

impl<P, S, Request> Future for ResponseFuture<P, S, Request>
where
    P: Policy<Request, S::Response, S::Error>,
    S: Service<Request>,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StatePinned::Called { response } => {
                    let mut result = ready!(response.poll(cx));
                    let Some(request) = this.request else {
                        return Poll::Ready(result);
                    };
                    let Some(wait) = this.policy.retry(request, &mut result) else {
                        return Poll::Ready(result);
                    };
                    this.state.set(State::Waiting { wait });
                }
                StatePinned::Waiting { wait } => {
                    ready!(wait.poll(cx));
                    this.state.set(State::Retrying);
                }
                StatePinned::Retrying => {
                    ready!(this.service.poll_ready(cx))?;
                    let Some(request) = this.request.take() else {
                        return Poll::Pending;
                    };
                    *this.request = this.policy.clone_request(&request);
                    let response = this.service.call(request);
                    this.state.set(State::Called { response });
                }
            }
        }
    }
}

impl<P, S, Request> fmt::Debug for ResponseFuture<P, S, Request>
where
    P: Policy<Request, S::Response, S::Error>,
    S: Service<Request>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Called { .. } => "called",
            State::Waiting { .. } => "waiting",
            State::Retrying => "retrying",
        };
        f.debug_struct("ResponseFuture").field("state", &state).finish_non_exhaustive()
    }
}
