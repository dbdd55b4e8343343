//! What is particular to the reactor beneath: it needs no runtime, and it is one for all threads.
//!
//! What holds on every runtime is in the suite of `anytempo-conformance`.

use core::future::{Future, pending};
use core::pin::pin;
use core::task::{Context, Waker};
use core::time::Duration;
use std::thread;

use anytempo::stream::FixedRate;
use anytempo::{Instant as _, RawSleep as _, Timer};
use anytempo_smol::SmolTimer;

const STEP: Duration = Duration::from_millis(5);

#[test]
fn nothing_needs_a_runtime_at_all() {
    let start = SmolTimer.now();
    drop(SmolTimer.sleep(STEP));
    drop(SmolTimer.timeout(STEP, pending::<()>()));
    drop(SmolTimer.countdown(3, STEP).rate(FixedRate));

    let mut raw = pin!(SmolTimer.raw_sleep(start.checked_add(STEP)));
    let mut cx = Context::from_waker(Waker::noop());
    while raw.as_mut().poll(&mut cx).is_pending() {
        thread::yield_now();
    }
    assert!(SmolTimer.now() >= start.checked_add(STEP).expect("it is near"));
}

#[test]
fn a_pending_wait_moves_to_another_thread() {
    let start = SmolTimer.now();
    let mut raw = Box::pin(SmolTimer.raw_sleep(start.checked_add(STEP)));
    let _ = raw.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    thread::spawn(|| async_io::block_on(raw)).join().expect("nothing panics");
    assert!(SmolTimer.now() >= start.checked_add(STEP).expect("it is near"));
}

#[test]
fn a_wait_is_used_again_after_its_end_and_after_it_was_disarmed() {
    async_io::block_on(async {
        let mut raw = pin!(SmolTimer.raw_sleep(Some(SmolTimer.now())));
        raw.as_mut().await;
        for _ in 0..3 {
            raw.as_mut().reset(None);
            assert!(raw.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            let deadline = SmolTimer.now().checked_add(STEP);
            raw.as_mut().reset(deadline);
            raw.as_mut().await;
            assert!(Some(SmolTimer.now()) >= deadline);
        }
    });
}

#[test]
fn many_threads_wait_at_once() {
    let threads: Vec<_> = (1..=8)
        .map(|steps| {
            thread::spawn(move || {
                let start = SmolTimer.now();
                async_io::block_on(SmolTimer.sleep(STEP * steps));
                assert!(SmolTimer.now().saturating_since(start) >= STEP * steps);
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("nothing panics"));
}

#[test]
fn a_wait_is_no_larger_than_its_parts() {
    // The timer and its deadline, whatever the size of a pointer.
    let deadline = size_of::<Option<std::time::Instant>>();
    assert_eq!(size_of::<anytempo_smol::Sleep>(), size_of::<async_io::Timer>() + deadline);
}
