//! What the guides `from_tokio` and `from_futures_time` say of other crates, where their examples do not show it. If a crate changes,
//! the guides have to.

use core::pin::pin;
use core::time::Duration;
use std::panic::catch_unwind;

use anytempo::{StreamTimeExt, Timer, next};
use anytempo_tokio::TokioTimer;
use futures_util::StreamExt as _;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// Runs a test on tokio's paused clock.
fn paused(test: impl Future<Output = ()>) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().expect("tokio starts").block_on(test);
}

fn panics(test: fn()) -> bool {
    catch_unwind(|| paused(async { test() })).is_err()
}

#[test]
fn what_panics() {
    use tokio_stream::{StreamExt, empty};
    assert!(panics(|| drop(tokio::time::interval(Duration::ZERO))));
    assert!(panics(|| drop(empty::<()>().throttle(Duration::MAX))));
    assert!(panics(|| drop(empty::<()>().timeout(Duration::MAX))));
    assert!(panics(|| drop(empty::<()>().chunks_timeout(0, SECOND))));
    // Outside of the runtime, as they read the clock when they are made.
    assert!(catch_unwind(|| drop(empty::<()>().throttle(SECOND))).is_err());
    assert!(catch_unwind(|| drop(empty::<()>().timeout(SECOND))).is_err());

    let source = || anytempo::range(0..1);
    drop(TokioTimer.interval(Duration::ZERO));
    drop(source().pace(TokioTimer, Duration::MAX));
    drop(source().timeout_each(TokioTimer, Duration::MAX));
    drop(source().chunks_within(TokioTimer, 0, SECOND));
}

#[test]
fn an_interval_of_tokio_counts_from_its_call_and_has_a_tolerance() {
    paused(async {
        let start = Instant::now();
        let mut peer = tokio::time::interval(SECOND);
        let mut ours = pin!(TokioTimer.interval(SECOND));
        tokio::time::sleep(SECOND / 2).await;
        peer.tick().await;
        next(&mut ours).await;
        peer.tick().await;
        assert_eq!(start.elapsed(), SECOND);
        next(&mut ours).await;
        assert_eq!(start.elapsed(), SECOND * 3 / 2);

        let mut peer = tokio::time::interval(SECOND);
        peer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        peer.tick().await;
        let start = Instant::now();
        tokio::time::sleep(SECOND + Duration::from_millis(4)).await;
        peer.tick().await;
        peer.tick().await;
        assert!(start.elapsed() < SECOND * 2 + Duration::from_millis(2));
    });
}

#[test]
fn a_repeated_timeout_of_tokio_stream_may_begin_with_an_error() {
    paused(async {
        use tokio_stream::StreamExt;
        let source = || futures_util::stream::pending::<()>();
        let start = Instant::now();
        let mut peer = pin!(source().timeout_repeating(tokio::time::interval(SECOND)));
        assert!(matches!(next(&mut peer).await, Some(Err(_))));
        assert_eq!(start.elapsed(), Duration::ZERO);
        let mut ours = pin!(source().timeout_each(TokioTimer, SECOND).repeating());
        assert!(matches!(next(&mut ours).await, Some(Err(_))));
        assert_eq!(start.elapsed(), SECOND);
    });
}

#[test]
fn streams_of_futures_time() {
    use futures_time::stream::StreamExt;
    use futures_time::time::Duration as Span;
    let span = || Span::from_millis(30);
    let least = Duration::from_millis(30);
    let ready = || futures_util::stream::iter([1, 2, 3]);
    async_std::task::block_on(async {
        // The end waits for the silence.
        let start = std::time::Instant::now();
        let peer: Vec<i32> = StreamExt::debounce(ready(), span()).collect().await;
        assert_eq!(peer.last(), Some(&3));
        assert!(start.elapsed() >= least);

        // A tick without an item gives an empty vector.
        let source = futures_util::stream::pending::<i32>();
        let mut peer = pin!(source.buffer(span()));
        assert_eq!(peer.next().await, Some(vec![]));

        // An error for each limit in a gap.
        let source = futures_util::stream::pending::<i32>();
        let mut peer = pin!(source.timeout(span()));
        assert!(matches!(peer.next().await, Some(Err(_))));
        assert!(matches!(peer.next().await, Some(Err(_))));

        // The first tick comes after the period.
        let start = std::time::Instant::now();
        let mut peer = pin!(futures_time::stream::interval(span()));
        peer.next().await;
        assert!(start.elapsed() >= least);
    });
}
