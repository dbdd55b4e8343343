//! What a request costs in each layer, next to tower's: `cargo run --release -p anytempo-tower --example cost`.
//!
//! Nanoseconds a request on tokio, the best of many short runs. The service inside is ready at once, or pending for one poll.

use core::convert::Infallible;
use core::future::Future;
use core::time::Duration;
use std::time::Instant;

use anytempo_tokio::TokioTimer;
use anytempo_tower::limit::rate::Rate;
use anytempo_tower::retry::Backoff;
use anytempo_tower::{DelayLayer, Hedge, LoadShedLayer, RateLimitLayer, RetryLayer, TimeoutLayer};
use tower::{Layer, Service, ServiceExt, service_fn};

const REQUESTS: u32 = 1_000;

/// So short that other programs leave some of them undisturbed.
const RUNS: u32 = 1_000;
const LIMIT: Duration = Duration::from_secs(60);
const MANY: u64 = 1 << 40;

#[derive(Clone)]
struct Policy;

impl anytempo_tower::hedge::Policy<bool> for Policy {
    fn clone_request(&self, req: &bool) -> Option<bool> {
        Some(*req)
    }

    fn can_retry(&self, _: &bool) -> bool {
        true
    }
}

impl tower::hedge::Policy<bool> for Policy {
    fn clone_request(&self, req: &bool) -> Option<bool> {
        Some(*req)
    }

    fn can_retry(&self, _: &bool) -> bool {
        true
    }
}

impl tower::retry::Policy<bool, (), Infallible> for Policy {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        _: &mut bool,
        result: &mut Result<(), Infallible>,
    ) -> Option<tokio::time::Sleep> {
        result.is_err().then(|| tokio::time::sleep(LIMIT))
    }

    fn clone_request(&mut self, req: &bool) -> Option<bool> {
        Some(*req)
    }
}

/// Answers at once, or after one pending poll.
fn service() -> impl Service<bool, Response = (), Error = Infallible, Future: Future> + Clone {
    service_fn(async |waits| {
        if waits {
            tokio::task::yield_now().await;
        }
        Ok(())
    })
}

async fn nanos<S: Service<bool>>(mut service: S, waits: bool) -> u128 {
    let mut best = u128::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        for _ in 0..REQUESTS {
            let Ok(ready) = service.ready().await else { panic!("the limits are far") };
            assert!(ready.call(waits).await.is_ok());
        }
        best = best.min(start.elapsed().as_nanos() / u128::from(REQUESTS));
    }
    best
}

async fn row<A: Service<bool>, B: Service<bool>>(name: &str, mut ours: A, theirs: Option<B>) {
    let mut line = format!("{name:22}");
    let mut theirs = theirs;
    for waits in [false, true] {
        line += &format!("{:8}", nanos(&mut ours, waits).await);
        line += &match &mut theirs {
            Some(theirs) => format!("{:8}", nanos(theirs, waits).await),
            None => format!("{:>8}", "-"),
        };
    }
    println!("{line}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let timer = TokioTimer;
    println!("{:22}{:>8}{:>8}{:>8}{:>8}", "", "at once", "tower", "pending", "tower");
    row("no layer", service(), Some(service())).await;
    row(
        "timeout",
        TimeoutLayer::new(timer, LIMIT).layer(service()),
        Some(tower::timeout::TimeoutLayer::new(LIMIT).layer(service())),
    )
    .await;
    row(
        "rate limit, window",
        RateLimitLayer::new(timer, MANY, LIMIT).layer(service()),
        Some(tower::limit::RateLimitLayer::new(MANY, LIMIT).layer(service())),
    )
    .await;
    let rate = Rate::token_bucket(MANY, LIMIT);
    let none = None::<tower::util::BoxService<bool, (), Infallible>>;
    row("rate limit, bucket", RateLimitLayer::with_rate(timer, rate).layer(service()), none).await;
    row(
        "load shed",
        LoadShedLayer::new(timer, LIMIT).layer(service()),
        Some(tower::load_shed::LoadShedLayer::new().layer(service())),
    )
    .await;
    row(
        "retry",
        RetryLayer::new(Backoff::new(timer, || core::iter::repeat(LIMIT))).layer(service()),
        Some(tower::retry::RetryLayer::new(Policy).layer(service())),
    )
    .await;
    row(
        "hedge, percentile",
        Hedge::new(service(), timer, Policy, MANY, 0.9, LIMIT),
        Some(tower::hedge::Hedge::new(service(), Policy, MANY, 0.9, LIMIT)),
    )
    .await;
    let none = None::<tower::util::BoxService<bool, (), Infallible>>;
    row("hedge, fixed", Hedge::after(service(), timer, Policy, LIMIT), none).await;
    let none = None::<tower::util::BoxService<bool, (), Infallible>>;
    row("delay of zero", DelayLayer::new(timer, Duration::ZERO).layer(service()), none).await;
}
