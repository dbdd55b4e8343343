//! What `adapter-virtual/MIGRATION.md` says of tokio's paused clock. If tokio changes, the page has to.

use core::time::Duration;
use std::panic::catch_unwind;

use tokio::time::{Instant, advance, sleep};

const SECOND: Duration = Duration::from_secs(1);

fn paused<T>(test: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().expect("tokio starts").block_on(test)
}

#[test]
fn a_sleep_ends_with_the_next_millisecond() {
    let nanosecond = Duration::from_nanos(1);
    let took = paused(async {
        let start = Instant::now();
        sleep(nanosecond).await;
        start.elapsed()
    });
    assert_eq!(took, Duration::from_millis(1));
    anytempo_virtual::run(async |sim| {
        anytempo::Timer::sleep(&sim, nanosecond).await;
        assert_eq!(sim.elapsed(), nanosecond);
    })
    .expect("it ends");
}

#[test]
fn advance_wakes_all_at_its_end() {
    let (before, after) = paused(async {
        let start = Instant::now();
        let task = tokio::spawn(async move {
            sleep(SECOND).await;
            start.elapsed()
        });
        tokio::task::yield_now().await;
        advance(SECOND * 5).await;
        (task.await.expect("it ends"), start.elapsed())
    });
    assert_eq!((before, after), (SECOND * 5, SECOND * 5));
}

#[test]
fn a_second_pause_panics() {
    assert!(catch_unwind(|| paused(async { tokio::time::pause() })).is_err());
}
