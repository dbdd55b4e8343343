//! A second request for one that takes long.

mod future;
mod latencies;

use core::fmt;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use anytempo::Timer;
use tower_layer::Layer;
use tower_service::Service;

pub use future::Future;
use latencies::Latencies;

/// Which requests may be sent twice. It has the methods of tower's trait of this name.
pub trait Policy<Request> {
    /// A copy of the request for the second try. `None` if it must be sent once only.
    fn clone_request(&self, req: &Request) -> Option<Request>;

    /// Asked after the delay: whether the second request is sent now.
    fn can_retry(&self, req: &Request) -> bool;
}

/// Sends a request a second time where the first takes longer than most. The first `Ok` is returned.
///
/// The time is that of a percentile of the requests of the period before, as in tower, or a fixed one: [`Hedge::after`].
///
/// - An error of the first request is returned at once, as without a hedge. An error of the second is not: the first request then
///   decides. So a hedge turns no `Ok` into an error. tower returns the first answer, also if it is an error of the second request.
/// - The first request wins a tie.
/// - The second request is sent by a clone of the service, which is asked for its readiness after the delay, so nothing is reserved before.
/// - The request that lost is dropped together with the response future, not before.
/// - With fewer than `min_data_points` answers in the period before, requests are sent once. Only an `Ok` counts as an answer.
/// - A `period` of zero has no requests, so with a `min_data_points` above zero none is sent twice. tower panics.
/// - A `latency_percentile` is from 0.0 to 1.0. What is outside is the nearest of them.
///
/// Clones share what they know of latencies.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_tower::hedge::{Hedge, Policy};
/// use core::{cell::Cell, convert::Infallible, time::Duration};
/// use tower::{ServiceExt, service_fn};
///
/// #[derive(Clone)]
/// struct Always;
///
/// impl Policy<()> for Always {
///     fn clone_request(&self, _: &()) -> Option<()> {
///         Some(())
///     }
///     fn can_retry(&self, _: &()) -> bool {
///         true
///     }
/// }
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// // The first request hangs, the second takes a second.
/// let (requests, clock) = (&Cell::new(0), &clock);
/// let service = service_fn(move |()| {
///     requests.set(requests.get() + 1);
///     let number = requests.get();
///     async move {
///         clock.sleep(Duration::from_secs(if number == 1 { 3600 } else { 1 })).await;
///         Ok::<_, Infallible>(number)
///     }
/// });
/// let hedge = Hedge::after(service, clock.clone(), Always, Duration::from_millis(50));
/// assert_eq!(hedge.oneshot(()).await, Ok(2));
/// assert_eq!(clock.elapsed(), Duration::from_millis(1050));
/// # }).unwrap();
/// ```
pub struct Hedge<S, T: Timer, P> {
    service: S,
    timer: T,
    policy: P,
    when: When<T>,
}

/// When the second request is sent.
enum When<T: Timer> {
    After(Duration),
    Percentile(Arc<Latencies<T>>),
}

impl<T: Timer> Clone for When<T> {
    fn clone(&self) -> Self {
        match self {
            Self::After(delay) => Self::After(*delay),
            Self::Percentile(latencies) => Self::Percentile(latencies.clone()),
        }
    }
}

impl<S, T: Timer, P> Hedge<S, T, P> {
    /// Sends the second request after the time that `latency_percentile` of the requests took at most.
    ///
    /// Only the answers of the `period` before count, and only if there are `min_data_points` of them. The first period begins
    /// with the first request.
    pub fn new(
        service: S,
        timer: T,
        policy: P,
        min_data_points: u64,
        latency_percentile: f32,
        period: Duration,
    ) -> Self {
        let latencies = Latencies::new(min_data_points, latency_percentile, period);
        let when = When::Percentile(Arc::new(latencies));
        Self { service, timer, policy, when }
    }

    /// Sends the second request after `delay`.
    pub const fn after(service: S, timer: T, policy: P, delay: Duration) -> Self {
        Self { service, timer, policy, when: When::After(delay) }
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

impl<S, T, P, Request> Service<Request> for Hedge<S, T, P>
where
    S: Service<Request> + Clone,
    T: Timer,
    P: Policy<Request> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Future<S, T, P, Request>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let copy = self.policy.clone_request(&request);
        let (delay, record) = match &self.when {
            When::After(delay) => (Some(*delay), None),
            When::Percentile(latencies) => {
                let now = self.timer.now();
                let record = future::Record::new(latencies.clone(), self.timer.clone(), now);
                (latencies.begin(now), Some(record))
            }
        };
        let second = copy.zip(delay).map(|(copy, delay)| {
            let sleep = self.timer.sleep(delay);
            future::Second::new(sleep, self.service.clone(), copy, self.policy.clone())
        });
        Future::new(self.service.call(request), second, record)
    }
}

impl<S: Clone, T: Timer, P: Clone> Clone for Hedge<S, T, P> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            timer: self.timer.clone(),
            policy: self.policy.clone(),
            when: self.when.clone(),
        }
    }
}

impl<S: fmt::Debug, T: Timer, P> fmt::Debug for Hedge<S, T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hedge").field("service", &self.service).finish_non_exhaustive()
    }
}

/// Makes a [`Hedge`] of a service. tower has no such layer.
///
/// All services that it makes share what they know of latencies.
pub struct HedgeLayer<T: Timer, P> {
    timer: T,
    policy: P,
    when: When<T>,
}

impl<T: Timer, P> HedgeLayer<T, P> {
    /// As [`Hedge::new`].
    pub fn new(
        timer: T,
        policy: P,
        min_data_points: u64,
        latency_percentile: f32,
        period: Duration,
    ) -> Self {
        let latencies = Latencies::new(min_data_points, latency_percentile, period);
        let when = When::Percentile(Arc::new(latencies));
        Self { timer, policy, when }
    }

    /// As [`Hedge::after`].
    pub const fn after(timer: T, policy: P, delay: Duration) -> Self {
        Self { timer, policy, when: When::After(delay) }
    }
}

impl<S, T: Timer, P: Clone> Layer<S> for HedgeLayer<T, P> {
    type Service = Hedge<S, T, P>;

    fn layer(&self, service: S) -> Self::Service {
        let (timer, policy) = (self.timer.clone(), self.policy.clone());
        Hedge { service, timer, policy, when: self.when.clone() }
    }
}

impl<T: Timer, P: Clone> Clone for HedgeLayer<T, P> {
    fn clone(&self) -> Self {
        let (timer, policy) = (self.timer.clone(), self.policy.clone());
        Self { timer, policy, when: self.when.clone() }
    }
}

impl<T: Timer, P> fmt::Debug for HedgeLayer<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HedgeLayer").finish_non_exhaustive()
    }
}
