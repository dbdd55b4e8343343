use core::convert::Infallible;

use anytempo::Timer;
use anytempo_tower::RateLimitLayer;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::{Log, Random, SEEDS, Watch, millis, on_tokio, on_virtual};

/// Requests with gaps before them, and between the readiness and the call.
async fn requests<T, S>(seed: u64, timer: T, mut service: S) -> Log
where
    T: Timer,
    S: Service<(), Error = Infallible>,
{
    let (watch, mut random, mut log) = (Watch::new(&timer), Random(seed), Log::new());
    for _ in 0..30 {
        for gap in [random.below(12), random.below(40)] {
            // One of four gaps is long, so that windows end in all places.
            if random.below(4) == 0 {
                timer.sleep(millis(gap)).await;
            }
        }
        let Ok(ready) = service.ready().await;
        log.push((watch.millis(), "ready".into()));
        if random.below(4) == 0 {
            timer.sleep(millis(random.below(40))).await;
        }
        let Ok(_) = ready.call(()).await;
        log.push((watch.millis(), "called".into()));
    }
    log
}

#[test]
fn a_window_opens_at_the_same_time() {
    let service = || service_fn(async |()| Ok::<_, Infallible>(()));
    for seed in 0..SEEDS {
        let (num, per) = (1 + seed % 4, millis(1 + seed % 30));
        let theirs = on_tokio(async |timer| {
            let layer = tower::limit::RateLimitLayer::new(num, per);
            requests(seed, timer, layer.layer(service())).await
        });
        let ours = on_tokio(async |timer| {
            let layer = RateLimitLayer::new(timer, num, per);
            requests(seed, timer, layer.layer(service())).await
        });
        assert_eq!(ours, theirs, "seed {seed}");
        let ours = on_virtual(async |clock| {
            let layer = RateLimitLayer::new(clock.clone(), num, per);
            requests(seed, clock, layer.layer(service())).await
        });
        assert_eq!(ours, theirs, "seed {seed}");
    }
}
