//! What hyper's trait asks of a timer, without a connection.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::time::Instant;

use anytempo_hyper::HyperTimer;
use anytempo_virtual::VirtualClock;
use hyper::rt::{Sleep, Timer};

const SECOND: Duration = Duration::from_secs(1);

fn poll(sleep: &mut Pin<Box<dyn Sleep>>) -> Poll<()> {
    sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn address(sleep: &Pin<Box<dyn Sleep>>) -> *const () {
    core::ptr::from_ref(&**sleep).cast()
}

#[test]
fn a_reset_keeps_the_box() {
    let clock = VirtualClock::new();
    let timer = HyperTimer::new(clock.clone());
    let start = timer.now();
    let mut sleep = timer.sleep(SECOND);
    let before = address(&sleep);
    assert!(poll(&mut sleep).is_pending());

    // A clone moves it as well, and both count from one base.
    clock.advance(SECOND / 2);
    timer.clone().reset(&mut sleep, start + SECOND * 3);
    assert_eq!(address(&sleep), before);
    assert!(poll(&mut sleep).is_pending());
    clock.advance(SECOND * 5 / 2 - Duration::from_nanos(1));
    assert!(poll(&mut sleep).is_pending());
    clock.advance(Duration::from_nanos(1));
    assert!(poll(&mut sleep).is_ready());

    // Also after its end.
    timer.reset(&mut sleep, start + SECOND * 4);
    assert_eq!(address(&sleep), before);
    assert!(poll(&mut sleep).is_pending());
    clock.advance(SECOND);
    assert!(poll(&mut sleep).is_ready());
    assert_eq!(clock.pending(), []);
}

/// A sleep that no timer of this crate has made.
struct Foreign;

impl Future for Foreign {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Sleep for Foreign {}

#[test]
fn a_foreign_sleep_is_replaced() {
    let clock = VirtualClock::new();
    let timer = HyperTimer::new(clock.clone());
    let mut sleep: Pin<Box<dyn Sleep>> = Box::pin(Foreign);
    timer.reset(&mut sleep, timer.now() + SECOND);
    assert!(poll(&mut sleep).is_pending());
    clock.advance(SECOND);
    assert!(poll(&mut sleep).is_ready());
}

#[test]
fn a_deadline_before_the_base_is_past() {
    let before = Instant::now();
    let clock = VirtualClock::new();
    let timer = HyperTimer::new(clock.clone());
    assert!(timer.now() >= before);
    assert!(poll(&mut timer.sleep_until(before)).is_ready());
    assert!(poll(&mut timer.sleep_until(timer.now())).is_ready());
    assert!(poll(&mut timer.sleep(Duration::ZERO)).is_ready());
}

#[test]
fn the_end_of_the_clock_is_no_panic() {
    let clock = VirtualClock::new();
    let timer = HyperTimer::new(clock.clone());
    let start = timer.now();
    let mut never = timer.sleep(Duration::MAX);
    assert!(poll(&mut never).is_pending());

    clock.advance(Duration::MAX);
    let end = timer.now();
    // 100 thousand million years, which is more than the standard library needs to know.
    assert!(end - start > Duration::from_secs(1 << 61));
    assert!(poll(&mut timer.sleep_until(end)).is_ready());
    assert!(poll(&mut never).is_pending());
}

#[test]
fn nothing_reads_a_clock_before_the_first_use() {
    // The ambient clock panics outside a run.
    let timer = HyperTimer::new(anytempo_virtual::AmbientClock);
    let elapsed = anytempo_virtual::run(async |sim| {
        let start = timer.now();
        timer.sleep_until(start + SECOND).await;
        (timer.now() - start, sim.elapsed())
    });
    assert_eq!(elapsed.expect("every wait has an end"), (SECOND, SECOND));
}
