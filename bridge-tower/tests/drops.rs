//! What a response gives back when it is dropped at any of its waits, and when it is over.

use core::convert::Infallible;
use core::pin::pin;
use core::task::{Context, Waker};
use core::time::Duration;

use anytempo::Timer;
use anytempo_tower::retry::Backoff;
use anytempo_tower::{DelayLayer, Hedge, RetryLayer, TimeoutLayer, hedge};
use anytempo_virtual::{VirtualClock, run};
use tower::limit::ConcurrencyLimitLayer;
use tower::util::service_fn;
use tower::{Layer, Service, ServiceExt};

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// A service for `count` requests at a time. Each takes 10 s, and fails if it is asked to.
fn limited(
    count: usize,
    clock: &VirtualClock,
) -> impl Service<bool, Response = (), Error = &'static str, Future: Future + Send> + Clone + use<>
{
    let clock = clock.clone();
    ConcurrencyLimitLayer::new(count).layer(service_fn(move |fails| {
        let clock = clock.clone();
        async move {
            clock.sleep(seconds(10)).await;
            if fails { Err("it failed") } else { Ok(()) }
        }
    }))
}

fn is_free<S: Service<bool> + Clone>(service: &S) -> bool {
    service.clone().poll_ready(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[derive(Clone)]
struct Always;

impl hedge::Policy<bool> for Always {
    fn clone_request(&self, req: &bool) -> Option<bool> {
        Some(*req)
    }

    fn can_retry(&self, _: &bool) -> bool {
        true
    }
}

/// Drops the response after each number of seconds. The permits and the timers are free then.
fn drops_at_any_time<S, L>(layer: impl Fn(&VirtualClock) -> L)
where
    L: Layer<BoxedService, Service = S>,
    S: Service<bool>,
{
    for at in 0..40 {
        run(async |sim| {
            let inner = BoxedService::new(limited(2, sim.clock()));
            let service = layer(sim.clock()).layer(inner.clone());
            let mut response = Box::pin(service.oneshot(true));
            let _ = sim.clock().timeout(seconds(at), response.as_mut()).await;
            drop(response);
            assert_eq!(sim.pending(), [], "dropped at {at} s");
            let mut permits = [inner.clone(), inner.clone()];
            for permit in &mut permits {
                let ready = permit.poll_ready(&mut Context::from_waker(Waker::noop()));
                assert!(ready.is_ready(), "a permit is lost at {at} s");
            }
        })
        .unwrap();
    }
}

type BoxedService = tower::util::BoxCloneService<bool, (), &'static str>;

#[test]
fn a_timeout_gives_everything_back() {
    drops_at_any_time(|clock| TimeoutLayer::new(clock.clone(), seconds(5)));
}

#[test]
fn a_delay_gives_everything_back() {
    drops_at_any_time(|clock| DelayLayer::new(clock.clone(), seconds(5)));
}

#[test]
fn a_retry_gives_everything_back() {
    drops_at_any_time(|clock| {
        RetryLayer::new(Backoff::new(clock.clone(), || [seconds(3), seconds(5)].into_iter()))
    });
}

#[test]
fn a_hedge_gives_everything_back() {
    drops_at_any_time(|clock| hedge::HedgeLayer::after(clock.clone(), Always, seconds(5)));
}

/// In its delay a request holds no permit, nor does one that waits for its next try.
#[test]
fn nothing_is_reserved_during_a_wait() {
    run(async |sim| {
        let inner = limited(1, sim.clock());
        let delayed = DelayLayer::new(sim.clock().clone(), seconds(5)).layer(inner.clone());
        let mut response = pin!(delayed.oneshot(false));
        assert!(sim.clock().timeout(seconds(4), response.as_mut()).await.is_err());
        assert!(is_free(&inner));
        assert!(sim.clock().timeout(seconds(2), response.as_mut()).await.is_err());
        assert!(!is_free(&inner), "it runs from 5 to 15");
        assert_eq!(response.await, Ok(()));

        let policy = Backoff::new(sim.clock().clone(), || [seconds(5)].into_iter());
        let tried = RetryLayer::new(policy).layer(inner.clone());
        let mut response = pin!(tried.oneshot(true));
        assert!(sim.clock().timeout(seconds(12), response.as_mut()).await.is_err());
        assert!(is_free(&inner), "it failed at 10 and is tried again at 15");
        assert_eq!(response.await, Err("it failed"));
    })
    .unwrap();
}

/// The second request waits for a permit like any other. The first one holds the only one, so it wins.
#[test]
fn a_hedge_does_not_overtake() {
    run(async |sim| {
        let inner = limited(1, sim.clock());
        let hedge = Hedge::after(inner.clone(), sim.clock().clone(), Always, seconds(1));
        assert_eq!(hedge.oneshot(false).await, Ok(()));
        assert_eq!(sim.elapsed(), seconds(10));
        assert!(is_free(&inner));
    })
    .unwrap();
}

/// Zero yields once, and beyond the clock is never.
#[test]
fn a_delay_of_zero_and_a_delay_without_an_end() {
    run(async |sim| {
        let service = service_fn(async |()| Ok::<_, Infallible>(()));
        let layer = |delay| DelayLayer::new(sim.clock().clone(), delay);
        let mut zero = pin!(layer(Duration::ZERO).layer(service).oneshot(()));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(zero.as_mut().poll(&mut cx).is_pending());
        assert!(zero.as_mut().poll(&mut cx).is_ready());
        let never = layer(Duration::MAX).layer(service).oneshot(());
        assert!(sim.clock().timeout(seconds(1 << 30), never).await.is_err());
    })
    .unwrap();
}

/// The first answer ends the second request, before the response is dropped.
#[test]
fn a_hedge_that_is_over_has_no_timer() {
    run(async |sim| {
        let inner = limited(2, sim.clock());
        let mut hedge = Hedge::after(inner, sim.clock().clone(), Always, seconds(5));
        let mut response = pin!(hedge.ready().await.unwrap().call(false));
        assert_eq!(response.as_mut().await, Ok(()));
        assert_eq!((sim.elapsed(), sim.pending()), (seconds(10), vec![]));
    })
    .unwrap();
}

/// A service that is broken is given up at once, and not asked again.
#[test]
fn a_service_that_is_never_ready_is_dropped_with_its_error() {
    #[derive(Clone)]
    struct Broken {
        _count: std::sync::Arc<()>,
    }

    impl Service<()> for Broken {
        type Response = ();
        type Error = &'static str;
        type Future = core::future::Ready<Result<(), &'static str>>;

        fn poll_ready(
            &mut self,
            _: &mut Context<'_>,
        ) -> core::task::Poll<Result<(), &'static str>> {
            core::task::Poll::Ready(Err("broken"))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            core::future::ready(Ok(()))
        }
    }

    run(async |sim| {
        let count = std::sync::Arc::new(());
        let layer = DelayLayer::new(sim.clock().clone(), seconds(1));
        let mut response = pin!(layer.layer(Broken { _count: count.clone() }).call(()));
        assert_eq!(response.as_mut().await, Err("broken"));
        assert_eq!(std::sync::Arc::strong_count(&count), 1);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(response.as_mut().poll(&mut cx).is_pending(), "a poll after the end");
    })
    .unwrap();
}
