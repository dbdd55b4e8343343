use core::convert::Infallible;
use core::future::ready;
use core::time::Duration;
use std::sync::Arc;

use anytempo::StreamTimeExt;
use anytempo_tower::limit::rate::Rate;
use anytempo_tower::{
    Error, GlobalRateLimitLayer, LoadShedError, LoadShedLayer, TimeoutError, TimeoutLayer,
};
use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_lite::StreamExt;
use tower::ServiceBuilder;

use crate::ServerTimer;
use crate::messages::Messages;
use crate::metrics::Metrics;

/// How long a request may wait for its turn.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// How long the work for an answer may take, with the time to read the request's body.
pub const LIMIT: Duration = Duration::from_secs(2);

/// How long a stream of events may be silent. Proxies close connections that are silent for longer, many after a minute.
pub const SILENCE: Duration = Duration::from_secs(15);

/// Three requests at once, then one every 200 ms.
const RATE: Rate = Rate::token_bucket(3, Duration::from_millis(200));

/// The routes. All limits hold for all of them together.
pub(crate) fn app<T: ServerTimer>(timer: &T, messages: Messages, metrics: Arc<Metrics>) -> Router {
    // From the outside to the inside: a request waits for its turn, but not for long, and then has its time.
    let limits = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |error| status(&error)))
        .layer(LoadShedLayer::new(timer.clone(), PATIENCE))
        .layer(GlobalRateLimitLayer::with_rate(timer.clone(), RATE))
        .layer(TimeoutLayer::new(timer.clone(), LIMIT));

    let (events, slow, slower) = (timer.clone(), timer.clone(), timer.clone());
    let (subscribed, published) = (messages.clone(), messages);
    let subscribe = get(async move || subscribe(&subscribed, events));
    let publish = async move |text: String| published.publish(&text);
    Router::new()
        .route("/health", get(async || "well"))
        .route("/report", get(async move || report(&slow, Duration::from_secs(1)).await))
        .route("/archive", get(async move || report(&slower, Duration::from_secs(60)).await))
        .route("/messages", subscribe.post(publish))
        .layer(limits)
        .layer(map_response(move |response: Response| {
            metrics.answered(response.status());
            ready(response)
        }))
}

/// Takes its time, as a database might.
async fn report<T: ServerTimer>(timer: &T, time: Duration) -> &'static str {
    timer.sleep(time).await;
    "done"
}

/// All messages from now on, as server-sent events. A comment fills each silence.
fn subscribe<T: ServerTimer>(messages: &Messages, timer: T) -> Response {
    let events = messages
        .subscribe()
        .map(|text| Event::default().data(text))
        .keep_alive(timer, SILENCE, || Event::default().comment(""))
        .map(Ok::<_, Infallible>);
    Sse::new(events).into_response()
}

/// What a client is told. The compiler knows each kind of error that the layers can give.
fn status<E>(error: &LoadShedError<TimeoutError<E>>) -> (StatusCode, &'static str) {
    match error {
        Error::Limit(_) => (StatusCode::SERVICE_UNAVAILABLE, "too many requests, try again"),
        Error::Service(Error::Limit(_)) => (StatusCode::GATEWAY_TIMEOUT, "it took too long"),
        Error::Service(Error::Service(_)) => (StatusCode::INTERNAL_SERVER_ERROR, "it failed"),
    }
}
