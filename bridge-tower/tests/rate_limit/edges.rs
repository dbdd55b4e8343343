use core::task::{Context, Poll, Waker};
use core::time::Duration;

use anytempo_tower::limit::rate::Rate;
use anytempo_tower::{GlobalRateLimitLayer, RateLimit, RateLimitLayer};
use anytempo_virtual::{VirtualClock, run};
use tower_layer::Layer;
use tower_service::Service;

use crate::{Clock, call, is_ready, limited, request, seconds};

const RATES: [fn(u64, Duration) -> Rate; 2] = [Rate::new, Rate::token_bucket];

#[test]
fn a_limit_of_zero_lets_nothing_through() {
    for rate in RATES {
        for per in [Duration::ZERO, seconds(1), Duration::MAX] {
            let clock = VirtualClock::new();
            let mut service = limited(&clock, rate(0, per));
            assert!(!is_ready(&mut service));
            clock.advance(seconds(1 << 30));
            assert!(!is_ready(&mut service));
            assert_eq!(clock.pending(), [], "it has no timer");
        }
    }
}

#[test]
fn a_zero_time_is_no_limit() {
    for rate in RATES {
        let clock = VirtualClock::new();
        let mut services: Vec<_> = vec![limited(&clock, rate(1, Duration::ZERO)); 9];
        for service in &mut services {
            assert!(is_ready(service));
        }
        services.iter_mut().for_each(call);
        assert!(services.iter_mut().all(is_ready));
    }
}

#[test]
fn a_time_beyond_the_clock_never_ends() {
    for rate in RATES {
        for num in [2, u64::MAX] {
            let clock = VirtualClock::new();
            let mut service = limited(&clock, rate(num, Duration::MAX));
            for _ in 0..2 {
                assert!(is_ready(&mut service));
                call(&mut service);
            }
            clock.advance(seconds(1 << 30));
            assert_eq!(is_ready(&mut service), num > 2);
        }
    }
}

#[test]
fn nothing_is_read_or_armed_before_the_first_poll() {
    let clock = VirtualClock::new();
    let service = limited(&clock, Rate::new(1, seconds(1)));
    // The window begins with the first call.
    clock.advance(seconds(5));
    let mut service = service.clone();
    assert!(is_ready(&mut service));
    call(&mut service);
    assert!(!is_ready(&mut service));
    assert_eq!(clock.pending(), [anytempo_virtual::Instant::at(seconds(6))]);
}

/// tower panics. Here the service inside gets the call, and those that come later wait for it.
#[test]
fn a_call_without_a_token_is_counted() {
    // A window forgets at its end. A bucket has to fill up.
    for (rate, wait) in [(Rate::new(1, seconds(1)), 1), (Rate::token_bucket(1, seconds(1)), 3)] {
        run(async |sim| {
            let mut service = limited(sim.clock(), rate);
            for _ in 0..3 {
                call(&mut service);
            }
            assert_eq!(request(service.clone()).await, seconds(wait));
        })
        .unwrap();
    }
}

#[test]
fn a_layer_makes_a_limit_for_each_service_and_a_global_one_for_all() {
    let clock = VirtualClock::new();
    let make = |layer: &dyn Fn() -> RateLimit<Clock, VirtualClock>| {
        let (mut a, mut b) = (layer(), layer());
        assert!(is_ready(&mut a));
        is_ready(&mut b)
    };
    let each = RateLimitLayer::new(clock.clone(), 1, seconds(1));
    assert!(make(&|| each.layer(Clock(clock.clone()))));
    let global = GlobalRateLimitLayer::new(clock.clone(), 1, seconds(1));
    assert!(!make(&|| global.clone().layer(Clock(clock.clone()))));
}

/// An error of the service inside is returned, and the token is free again.
#[test]
fn an_error_gives_the_token_back() {
    #[derive(Clone)]
    struct Broken;

    impl Service<()> for Broken {
        type Response = ();
        type Error = &'static str;
        type Future = core::future::Ready<Result<(), &'static str>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
            Poll::Ready(Err("broken"))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            core::future::ready(Ok(()))
        }
    }

    let clock = VirtualClock::new();
    let service = RateLimit::new(Broken, clock.clone(), Rate::new(1, seconds(1)));
    // All of them live on.
    for service in &mut vec![service; 3] {
        let poll = service.poll_ready(&mut Context::from_waker(Waker::noop()));
        assert_eq!(poll, Poll::Ready(Err("broken")));
    }
}
