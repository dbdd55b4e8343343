use core::convert::Infallible;
use core::time::Duration;

use anytempo::Timer;
use anytempo_tower::LoadShedLayer;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

use crate::{Log, Random, SEEDS, Watch, millis, on_tokio, on_virtual, text};

/// A service for two requests at a time, each of which takes 20 ms.
fn busy<T: Timer>(timer: T) -> impl Service<u64, Response = u64, Error = Infallible> + Clone {
    ServiceBuilder::new().layer(ConcurrencyLimitLayer::new(2)).service_fn(move |number| {
        let timer = timer.clone();
        async move {
            timer.sleep(millis(20)).await;
            Ok(number)
        }
    })
}

/// Requests that overlap, each on a clone.
async fn requests<T, S>(seed: u64, timer: T, service: S) -> Log
where
    T: Timer,
    S: Service<u64, Response = u64> + Clone,
    S::Error: core::fmt::Display,
{
    let watch = Watch::new(&timer);
    let mut random = Random(seed);
    let mut begin = 0;
    let all = (0..20).map(|number| {
        begin += random.below(15);
        let (timer, watch, service) = (&timer, &watch, service.clone());
        async move {
            timer.sleep(millis(begin)).await;
            let result = service.oneshot(number).await;
            (watch.millis(), text(result))
        }
    });
    crate::join_all(all).await
}

#[test]
fn without_a_wait_the_same_requests_are_refused() {
    for seed in 0..SEEDS {
        let theirs = on_tokio(async |timer| {
            let service = tower::load_shed::LoadShedLayer::new().layer(busy(timer));
            requests(seed, timer, service).await
        });
        let refused = theirs.iter().filter(|it| it.1.starts_with("error")).count();
        assert!((1..20).contains(&refused), "seed {seed}: {theirs:?}");

        let ours = on_tokio(async |timer| {
            let service = LoadShedLayer::new(timer, Duration::ZERO).layer(busy(timer));
            requests(seed, timer, service).await
        });
        assert_eq!(without_words(ours), without_words(theirs.clone()), "seed {seed}");
        let ours = on_virtual(async |clock| {
            let service =
                LoadShedLayer::new(clock.clone(), Duration::ZERO).layer(busy(clock.clone()));
            requests(seed, clock, service).await
        });
        assert_eq!(without_words(ours), without_words(theirs), "seed {seed}");
    }
}

/// The text of an error is our own.
fn without_words(log: Log) -> Log {
    log.into_iter()
        .map(|(at, text)| (at, if text.starts_with("error") { "error".into() } else { text }))
        .collect()
}
