//! What a rate limit does beyond that of tower: clones share it, and its tokens are never lost.

mod buckets;
mod edges;
mod places;
mod ticks;

use core::convert::Infallible;
use core::future::{Future, Ready, ready};
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use anytempo_tower::RateLimit;
use anytempo_tower::limit::rate::Rate;
use anytempo_virtual::VirtualClock;
use tower_service::Service;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Answers with the time of the call.
#[derive(Clone)]
struct Clock(VirtualClock);

impl Service<()> for Clock {
    type Response = Duration;
    type Error = Infallible;
    type Future = Ready<Result<Duration, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Ok(self.0.elapsed()))
    }
}

type Limited = RateLimit<Clock, VirtualClock>;

fn limited(clock: &VirtualClock, rate: Rate) -> Limited {
    RateLimit::new(Clock(clock.clone()), clock.clone(), rate)
}

/// Waits for a token, and returns the time of the call.
async fn request(mut service: Limited) -> Duration {
    let Ok(()) = core::future::poll_fn(|cx| service.poll_ready(cx)).await;
    let Ok(time) = service.call(()).await;
    time
}

fn is_ready(service: &mut Limited) -> bool {
    service.poll_ready(&mut Context::from_waker(Waker::noop())).is_ready()
}

fn call(service: &mut Limited) {
    let mut response = service.call(());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(core::pin::Pin::new(&mut response).poll(&mut cx).is_ready());
}
