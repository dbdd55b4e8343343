//! Bytes of each response future on tokio next to tower's, and what is `Send`, `Sync` and `Clone`.

use core::future::Future;
use core::mem::size_of;
use core::time::Duration;

use anytempo::Timer;
use anytempo_smol::SmolTimer;
use anytempo_tokio::TokioTimer;
use anytempo_tower::retry::Backoff;
use anytempo_tower::{Delay, Hedge, LoadShed, RateLimit, Retry, Timeout, delay, hedge};
use anytempo_virtual::VirtualClock;
use tower::Service;
use tower::util::BoxCloneSyncService;

/// A service of one pointer and another, as in axum, whose future is a box.
type Inner = BoxCloneSyncService<u64, u64, std::io::Error>;
type Delays = core::iter::Repeat<Duration>;
type Tries<T> = Backoff<T, fn() -> Delays, Delays>;

/// For both crates: every request is sent twice, and tried again.
#[derive(Clone)]
struct Policy;

impl hedge::Policy<u64> for Policy {
    fn clone_request(&self, req: &u64) -> Option<u64> {
        Some(*req)
    }

    fn can_retry(&self, _: &u64) -> bool {
        true
    }
}

impl tower::hedge::Policy<u64> for Policy {
    fn clone_request(&self, req: &u64) -> Option<u64> {
        Some(*req)
    }

    fn can_retry(&self, _: &u64) -> bool {
        true
    }
}

/// The same policy for tower, with the sleep of tokio.
#[derive(Clone)]
struct TheirTries {
    _make: fn() -> Delays,
    _delays: Option<Delays>,
}

impl tower::retry::Policy<u64, u64, std::io::Error> for TheirTries {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        _: &mut u64,
        _: &mut Result<u64, std::io::Error>,
    ) -> Option<tokio::time::Sleep> {
        None
    }

    fn clone_request(&mut self, req: &u64) -> Option<u64> {
        Some(*req)
    }
}

fn future<S: Service<u64>>() -> usize {
    size_of::<S::Future>()
}

#[test]
#[cfg(target_pointer_width = "64")]
fn futures_have_about_the_size_of_towers() {
    type T = TokioTimer;
    let rows = [
        ("inner", future::<Inner>(), future::<Inner>()),
        ("timeout", future::<Timeout<Inner, T>>(), future::<tower::timeout::Timeout<Inner>>()),
        ("rate limit", future::<RateLimit<Inner, T>>(), future::<tower::limit::RateLimit<Inner>>()),
        (
            "load shed",
            future::<LoadShed<Inner, T>>(),
            future::<tower::load_shed::LoadShed<Inner>>(),
        ),
        (
            "retry",
            future::<Retry<Tries<T>, Inner>>(),
            future::<tower::retry::Retry<TheirTries, Inner>>(),
        ),
        (
            "hedge",
            future::<Hedge<Inner, T, Policy>>(),
            future::<tower::hedge::Hedge<Inner, Policy>>(),
        ),
    ];
    for (name, ours, theirs) in rows {
        println!("{name:12} {ours:4} {theirs:4}");
        assert!(ours <= theirs + 16, "{name}: {ours} bytes, and tower's {theirs}");
    }
    println!("delay        {:4}", future::<Delay<Inner, T, Duration>>());
    // A service has no timer before it has to wait. That of a rate limit in tower has one from the start, in a box.
    let theirs = size_of::<tower::limit::RateLimit<()>>();
    assert!(size_of::<RateLimit<(), T>>() < theirs);
}

/// What axum asks of a service, and a multi-thread runtime of its future.
fn is_for_servers<S>()
where
    S: Service<u64, Future: Future + Send + 'static> + Clone + Send + Sync + 'static,
{
}

fn all_are_for_servers<T: Timer<Instant: Send> + Send + Sync + 'static>()
where
    T::Sleep: Send + Sync,
{
    is_for_servers::<Timeout<Inner, T>>();
    is_for_servers::<RateLimit<Inner, T>>();
    is_for_servers::<LoadShed<Inner, T>>();
    is_for_servers::<Retry<Tries<T>, Inner>>();
    is_for_servers::<Hedge<Inner, T, Policy>>();
    is_for_servers::<Delay<Inner, T, Duration>>();
    fn is_policy<P: delay::Policy<u64>>() {}
    is_policy::<Duration>();
    is_policy::<fn(&u64) -> Duration>();
}

#[test]
fn they_are_send_and_sync_if_the_timer_is() {
    all_are_for_servers::<SmolTimer>();
    all_are_for_servers::<TokioTimer>();
    all_are_for_servers::<VirtualClock>();
}
