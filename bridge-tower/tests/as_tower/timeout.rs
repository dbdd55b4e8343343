use core::convert::Infallible;

use anytempo::Timer;
use anytempo_tower::TimeoutLayer;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::{Log, Random, SEEDS, Watch, millis, on_tokio, on_virtual};

/// A service that takes as long as it is asked to.
fn slow<T: Timer>(
    timer: T,
) -> impl Service<u64, Response = u64, Error = Infallible, Future: Future> {
    service_fn(move |time| {
        let timer = timer.clone();
        async move {
            timer.sleep(millis(time)).await;
            Ok(time)
        }
    })
}

/// Requests that take less time than the limit of 20 ms, as much, and more.
async fn requests<T, S>(seed: u64, timer: T, mut service: S) -> Log
where
    T: Timer,
    S: Service<u64, Response = u64>,
{
    let (watch, mut random, mut log) = (Watch::new(&timer), Random(seed), Log::new());
    for _ in 0..20 {
        let Ok(ready) = service.ready().await else { panic!("it is always ready") };
        let result = ready.call(random.below(40)).await;
        log.push((watch.millis(), format!("{:?}", result.ok())));
    }
    log
}

#[test]
fn a_timeout_ends_at_the_same_time() {
    for seed in 0..SEEDS {
        let layer = tower::timeout::TimeoutLayer::new(millis(20));
        let theirs = on_tokio(async |timer| requests(seed, timer, layer.layer(slow(timer))).await);
        assert!(theirs.iter().any(|it| it.1 == "None"), "no request of seed {seed} was late");

        let ours = on_tokio(async |timer| {
            let layer = TimeoutLayer::new(timer, millis(20));
            requests(seed, timer, layer.layer(slow(timer))).await
        });
        assert_eq!(ours, theirs, "seed {seed}");

        let ours = on_virtual(async |clock| {
            let layer = TimeoutLayer::new(clock.clone(), millis(20));
            requests(seed, clock.clone(), layer.layer(slow(clock))).await
        });
        assert_eq!(ours, theirs, "seed {seed}");
    }
}
