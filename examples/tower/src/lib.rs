//! A service of axum with limits on time. It takes any timer, so its tests run on virtual time.

use core::time::Duration;

use anytempo::Timer;
use anytempo_tower::limit::rate::Rate;
use anytempo_tower::{
    Error, GlobalRateLimitLayer, LoadShedError, LoadShedLayer, TimeoutError, TimeoutLayer,
};
use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::http::StatusCode;
use axum::routing::get;
use tower::ServiceBuilder;

/// How long a request may wait for its turn.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// How long a report may take.
pub const LIMIT: Duration = Duration::from_secs(2);

/// Three requests at once, then one every 200 ms.
const RATE: Rate = Rate::token_bucket(3, Duration::from_millis(200));

/// Two routes. All limits hold for both of them together.
pub fn app<T>(timer: T) -> Router
where
    T: Timer<Sleep: Send + Sync> + Send + Sync + 'static,
{
    // From the outside to the inside: a request waits for its turn, but not for long, and then has its time.
    let limits = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |error| status(&error)))
        .layer(LoadShedLayer::new(timer.clone(), PATIENCE))
        .layer(GlobalRateLimitLayer::with_rate(timer.clone(), RATE))
        .layer(TimeoutLayer::new(timer.clone(), LIMIT));

    let slow = timer.clone();
    Router::new()
        .route("/health", get(async || "well"))
        .route("/report", get(move || report(slow.clone(), Duration::from_secs(1))))
        .route("/archive", get(move || report(timer.clone(), Duration::from_secs(60))))
        .layer(limits)
}

/// Takes its time.
async fn report<T: Timer>(timer: T, time: Duration) -> &'static str {
    timer.sleep(time).await;
    "done"
}

/// What a client is told. The compiler knows each kind of error that the layers can give.
fn status<E>(error: &LoadShedError<TimeoutError<E>>) -> (StatusCode, &'static str) {
    match error {
        Error::Limit(_) => (StatusCode::SERVICE_UNAVAILABLE, "too many requests, try again"),
        Error::Service(Error::Limit(_)) => (StatusCode::GATEWAY_TIMEOUT, "it took too long"),
        Error::Service(Error::Service(_)) => (StatusCode::INTERNAL_SERVER_ERROR, "it failed"),
    }
}
