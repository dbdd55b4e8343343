//! The clock and the timers of a runtime, without an endpoint.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::io;
use std::net::UdpSocket;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use anytempo_quinn::{QuinnRuntime, SpawnRuntime};
use anytempo_virtual::{AmbientClock, Executor, VirtualClock};
use quinn::{AsyncTimer, Runtime, SmolRuntime};

const SECOND: Duration = Duration::from_secs(1);
const NANOSECOND: Duration = Duration::from_nanos(1);

fn runtime(clock: &VirtualClock) -> impl Runtime + Clone {
    SpawnRuntime::new(Executor::new(clock).send_spawner(), clock.clone())
}

fn poll(timer: &mut Pin<Box<dyn AsyncTimer>>) -> Poll<()> {
    timer.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_timer_is_exact_and_is_reset() {
    let clock = VirtualClock::new();
    let runtime = runtime(&clock);
    let start = runtime.now();
    let mut timer = runtime.new_timer(start + SECOND);
    assert!(poll(&mut timer).is_pending());
    clock.advance(SECOND / 2);
    assert_eq!(runtime.clone().now(), start + SECOND / 2);

    timer.as_mut().reset(start + SECOND * 3);
    clock.advance(SECOND * 5 / 2 - NANOSECOND);
    assert!(poll(&mut timer).is_pending());
    clock.advance(NANOSECOND);
    assert!(poll(&mut timer).is_ready());
    // quinn may ask again.
    assert!(poll(&mut timer).is_ready());

    timer.as_mut().reset(start + SECOND * 4);
    assert!(poll(&mut timer).is_pending());
    // To an earlier deadline, which is past.
    timer.as_mut().reset(start);
    assert!(poll(&mut timer).is_ready());
    drop(timer);
    assert_eq!(clock.pending(), []);
}

#[test]
fn a_deadline_before_the_base_is_past() {
    let before = Instant::now();
    let runtime = runtime(&VirtualClock::new());
    assert!(runtime.now() >= before);
    assert!(poll(&mut runtime.new_timer(before)).is_ready());
    assert!(poll(&mut runtime.new_timer(runtime.now())).is_ready());
}

#[test]
fn the_end_of_the_clock_is_no_panic() {
    let clock = VirtualClock::new();
    let runtime = runtime(&clock);
    let start = runtime.now();
    clock.advance(Duration::MAX);
    let end = runtime.now();
    // 100 thousand million years.
    assert!(end - start > Duration::from_secs(1 << 61));
    assert!(poll(&mut runtime.new_timer(end)).is_ready());
}

#[test]
fn nothing_reads_a_clock_before_the_first_use() {
    // The ambient clock panics outside a run.
    let runtime = QuinnRuntime::new(Arc::new(SmolRuntime), AmbientClock);
    let elapsed = anytempo_virtual::run(async |sim| {
        let start = runtime.now();
        let mut timer = runtime.new_timer(start + SECOND);
        core::future::poll_fn(|cx| timer.as_mut().poll(cx)).await;
        (runtime.now() - start, sim.elapsed())
    });
    assert_eq!(elapsed.expect("every wait has an end"), (SECOND, SECOND));
}

#[test]
fn a_spawner_runs_the_tasks_and_has_no_sockets() {
    let executor = Executor::new(&VirtualClock::new());
    let runtime = SpawnRuntime::new(executor.send_spawner(), executor.clock().clone());
    let (tell, told) = mpsc::channel();
    runtime.spawn(Box::pin(async move { tell.send(7).expect("the test listens") }));
    executor.run_until_idle();
    assert_eq!(told.try_recv(), Ok(7));

    let socket = UdpSocket::bind("127.0.0.1:0").expect("there is a loopback");
    let error = runtime.wrap_udp_socket(socket).expect_err("it has no sockets");
    assert_eq!(error.kind(), io::ErrorKind::Unsupported);
}
