//! How long a load shed waits, for what, and what it gives up.

use core::convert::Infallible;
use core::future::poll_fn;
use core::task::{Context, Waker};
use core::time::Duration;

use anytempo::Timer;
use anytempo_tower::limit::rate::Rate;
use anytempo_tower::retry::Backoff;
use anytempo_tower::{Error, LoadShed, LoadShedError, Overloaded, RateLimit, RetryLayer};
use anytempo_virtual::{Instant, VirtualClock, run};
use tower::limit::{ConcurrencyLimit, ConcurrencyLimitLayer};
use tower::util::service_fn;
use tower::{Layer, Service, ServiceExt};

const SHED: Result<Duration, LoadShedError<Infallible>> = Err(Error::Limit(Overloaded::new()));

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// A service for one request at a time, each of which takes 10 s and answers with the time of its end.
fn busy(
    clock: &VirtualClock,
) -> ConcurrencyLimit<
    impl Service<(), Response = Duration, Error = Infallible, Future: Future> + Clone + use<>,
> {
    let clock = clock.clone();
    ConcurrencyLimitLayer::new(1).layer(service_fn(move |()| {
        let clock = clock.clone();
        async move {
            clock.sleep(seconds(10)).await;
            Ok::<_, Infallible>(clock.elapsed())
        }
    }))
}

#[test]
fn a_request_waits_and_is_served_or_refused() {
    run(async |sim| {
        let clock = sim.clock();
        let service = LoadShed::new(busy(clock), clock.clone(), seconds(12));
        let all: Vec<_> = (0..3).map(|_| sim.spawn(service.clone().oneshot(()))).collect();
        let mut results = vec![];
        for task in all {
            results.push(task.await.expect("it ends"));
        }
        // The third would have to wait until 20, and was refused at 12.
        assert_eq!(results, [Ok(seconds(10)), Ok(seconds(20)), SHED]);
        assert_eq!((sim.elapsed(), sim.pending()), (seconds(20), vec![]));
    })
    .unwrap();
}

#[test]
fn the_service_wins_a_tie() {
    run(async |sim| {
        let clock = sim.clock();
        let service = LoadShed::new(busy(clock), clock.clone(), seconds(10));
        let first = sim.spawn(service.clone().oneshot(()));
        let second = sim.spawn(service.clone().oneshot(()));
        assert_eq!(first.await.expect("it ends"), Ok(seconds(10)));
        assert_eq!(second.await.expect("it ends"), Ok(seconds(20)));
    })
    .unwrap();
}

#[test]
fn once_the_time_is_up_requests_are_refused_at_once_until_it_is_ready() {
    run(async |sim| {
        let clock = sim.clock();
        let inner = busy(clock);
        // It is busy from 0 to 10.
        let first = sim.spawn(inner.clone().oneshot(()));
        anytempo_virtual::Sim::settled(&sim).await;
        let mut service = LoadShed::new(inner, clock.clone(), seconds(4));
        for expected in [4, 4, 4] {
            assert_eq!(service.ready().await.unwrap().call(()).await, SHED);
            assert_eq!(sim.elapsed(), seconds(expected));
        }
        first.await.expect("it ends").unwrap();
        assert_eq!(service.ready().await.unwrap().call(()).await, Ok(seconds(20)));
        // It was ready in between, so it waits for 4 s once more.
        let again = sim.spawn(service.get_ref().clone().oneshot(()));
        sim.sleep(seconds(1)).await;
        assert_eq!(service.ready().await.unwrap().call(()).await, SHED);
        assert_eq!(sim.elapsed(), seconds(25));
        again.await.expect("it ends").unwrap();
    })
    .unwrap();
}

/// A limit that never comes, and a limit of zero, have no timer.
#[test]
fn without_a_limit_it_is_the_service_and_at_zero_it_never_waits() {
    let clock = VirtualClock::new();
    let inner = busy(&clock);
    let mut cx = Context::from_waker(Waker::noop());
    let mut first = inner.clone();
    assert!(first.poll_ready(&mut cx).is_ready());

    let mut never = LoadShed::new(inner.clone(), clock.clone(), Duration::MAX);
    clock.advance(seconds(1 << 30));
    assert!(never.poll_ready(&mut cx).is_pending());
    let mut zero = LoadShed::new(inner.clone(), clock.clone(), Duration::ZERO);
    assert!(zero.poll_ready(&mut cx).is_ready());
    assert_eq!(clock.pending(), []);

    let mut some = LoadShed::new(inner, clock.clone(), seconds(1));
    assert!(some.poll_ready(&mut cx).is_pending());
    assert_eq!(clock.pending(), [Instant::at(seconds((1 << 30) + 1))]);
    // A clone does not have its wait, and a drop gives it up.
    drop(some.clone());
    assert_eq!(clock.pending().len(), 1);
    drop(some);
    assert_eq!(clock.pending(), []);
}

#[test]
fn a_call_without_a_poll_is_refused() {
    run(async |sim| {
        let mut service = LoadShed::new(busy(sim.clock()), sim.clock().clone(), seconds(1));
        assert_eq!(service.call(()).await, SHED);
        poll_fn(|cx| service.poll_ready(cx)).await.unwrap();
        // The readiness is for one call, and not for a clone.
        assert_eq!(service.clone().call(()).await, SHED);
        assert_eq!(service.call(()).await, Ok(seconds(10)));
        assert_eq!(service.call(()).await, SHED);
    })
    .unwrap();
}

/// The service was ready in time: the limit has no timer any more.
#[test]
fn a_service_that_is_ready_ends_the_limit() {
    let clock = VirtualClock::new();
    let mut cx = Context::from_waker(Waker::noop());
    let mut first = busy(&clock);
    let mut waits = LoadShed::new(first.clone(), clock.clone(), seconds(1));
    assert!(first.poll_ready(&mut cx).is_ready());
    assert!(waits.poll_ready(&mut cx).is_pending());
    assert_eq!(clock.pending().len(), 1);
    drop(first);
    assert!(waits.poll_ready(&mut cx).is_ready());
    assert_eq!(clock.pending(), []);
}

/// A refused clone that its owner keeps has no place in the queue, so the next token is for the one that asks.
#[test]
fn a_refused_clone_holds_up_no_other() {
    for wait in [Duration::ZERO, seconds(1)] {
        run(async |sim| {
            let clock = sim.clock();
            let inner = service_fn(async |()| Ok::<_, Infallible>(()));
            let limit = RateLimit::new(inner, clock.clone(), Rate::new(1, seconds(10)));
            let mut first = LoadShed::new(limit, clock.clone(), wait);
            let (mut second, mut third) = (first.clone(), first.clone());
            assert_eq!(first.ready().await.unwrap().call(()).await, Ok(()));
            let refused = second.ready().await.unwrap().call(()).await;
            assert_eq!(refused, Err(Error::Limit(Overloaded::new())));
            clock.sleep(seconds(3600)).await;
            assert_eq!(third.ready().await.unwrap().call(()).await, Ok(()), "wait {wait:?}");
        })
        .unwrap();
    }
}

/// Between two tries a request that was refused has no place in the queue.
#[test]
fn a_retry_after_a_refusal_holds_up_no_other() {
    run(async |sim| {
        let clock = sim.clock();
        let inner = service_fn(async |()| Ok::<_, Infallible>(()));
        let limit = RateLimit::new(inner, clock.clone(), Rate::new(1, seconds(10)));
        let shed = LoadShed::new(limit, clock.clone(), Duration::ZERO);
        let policy = Backoff::new(clock.clone(), || [seconds(1), seconds(3600)].into_iter());
        let retry = RetryLayer::new(policy).layer(shed.clone());
        assert_eq!(shed.clone().oneshot(()).await, Ok(()));
        let tries = sim.spawn(retry.oneshot(()));
        for time in [5, 100, 1000, 3000] {
            clock.sleep(seconds(time) - sim.elapsed()).await;
            let answer = shed.clone().oneshot(()).await;
            assert_eq!(answer.is_ok(), time > 10, "at {time} s");
        }
        assert_eq!(tries.await.unwrap(), Ok(()));
        assert_eq!(sim.elapsed(), seconds(3601));
    })
    .unwrap();
}
