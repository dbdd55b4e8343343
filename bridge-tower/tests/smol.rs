//! On smol's real time: never early, and no lost wake.

use core::convert::Infallible;
use core::time::Duration;

use anytempo::Timer;
use anytempo_smol::SmolTimer;
use anytempo_tower::limit::rate::Rate;
use anytempo_tower::{Error, LoadShedLayer, RateLimitLayer, TimeoutLayer};
use tower::{Service, ServiceBuilder, ServiceExt};

#[test]
fn all_layers_keep_their_time_on_smol() {
    let millis = Duration::from_millis;
    let test = async {
        let start = SmolTimer.now();
        let mut service = ServiceBuilder::new()
            .layer(LoadShedLayer::new(SmolTimer, millis(60_000)))
            .layer(RateLimitLayer::with_rate(SmolTimer, Rate::token_bucket(1, millis(20))))
            .layer(TimeoutLayer::new(SmolTimer, millis(10)))
            .service_fn(async |time| {
                SmolTimer.sleep(millis(time)).await;
                Ok::<_, Infallible>(())
            });

        assert_eq!(service.ready().await.unwrap().call(1).await, Ok(()));
        let late = service.ready().await.unwrap().call(60_000).await;
        assert!(matches!(late, Err(Error::Service(Error::Limit(_)))));
        assert!(SmolTimer.elapsed(start) >= millis(20 + 10));
        assert_eq!(service.ready().await.unwrap().call(1).await, Ok(()));
        assert!(SmolTimer.elapsed(start) >= millis(40 + 1));
    };
    let ended = async_io::block_on(SmolTimer.timeout(millis(60_000), test));
    ended.expect("no wake is lost");
}
