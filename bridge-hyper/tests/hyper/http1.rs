//! `header_read_timeout` of a server ends a connection to the nanosecond.

use core::time::Duration;

use anytempo::Timer;
use anytempo_hyper::HyperTimer;
use anytempo_virtual::clocks::TickClock;
use anytempo_virtual::{Instant, Simulation, VirtualClock, explore};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use crate::world::{HttpTimer, NANOSECOND, answer};

const LIMIT: Duration = Duration::from_nanos(30_000_000_007);
const HEADER: &[u8] = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n";

/// Serves one connection, and returns how long it took, and whether hyper reported a timeout.
pub(crate) async fn serve<T: HttpTimer>(
    timer: T,
    limit: Duration,
    connection: DuplexStream,
) -> (Duration, bool) {
    let start = timer.now();
    let served = http1::Builder::new()
        .timer(HyperTimer::new(timer.clone()))
        .header_read_timeout(limit)
        .serve_connection(TokioIo::new(connection), service_fn(answer))
        .await;
    (timer.elapsed(start), served.is_err_and(|error| error.is_timeout()))
}

#[test]
fn half_a_header_ends_at_the_limit() {
    let explored = explore(0..100, async |sim| {
        let (mut client, server) = duplex(1024);
        let server = sim.spawn_named("server", serve(sim.clock().clone(), LIMIT, server));
        sim.sleep(Duration::from_nanos(7_000_000_003)).await;
        client.write_all(&HEADER[..20]).await.expect("the server reads");
        let end = server.await.expect("it ends");
        // The client keeps the connection until then.
        drop(client);
        assert_eq!(end, (LIMIT, true));
        assert_eq!(sim.pending(), []);
    });
    explored.expect("the connection ends at its limit, whatever the order");
}

#[test]
fn a_nanosecond_before_the_limit_is_in_time() {
    let run = Simulation::new().run(async |sim| {
        let (mut client, server) = duplex(1024);
        let server = sim.spawn_named("server", serve(sim.clock().clone(), LIMIT, server));
        let (half, rest) = HEADER.split_at(20);
        client.write_all(half).await.expect("the server reads");
        sim.sleep(LIMIT - NANOSECOND).await;
        client.write_all(rest).await.expect("the server reads");
        let mut answer = vec![0; 512];
        let count = client.read(&mut answer).await.expect("the server answers");
        let answer = String::from_utf8_lossy(&answer[..count]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("done"), "{answer}");
        assert_eq!(sim.elapsed(), LIMIT - NANOSECOND);
        // The next header on this connection has the same limit, counted from the answer.
        assert_eq!(server.await.expect("it ends"), (LIMIT * 2 - NANOSECOND, true));
    });
    run.expect("every wait has an end");
}

#[test]
fn without_a_limit_it_is_a_deadlock() {
    let stopped = Simulation::new().run(async |sim| {
        let (_client, server) = duplex(1024);
        let server = http1::Builder::new()
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(server), service_fn(answer));
        let server = sim.spawn_named("server", async { drop(server.await) });
        server.await
    });
    let text = stopped.expect_err("nothing ends the connection").to_string();
    assert!(text.starts_with("deadlock at 0ns") && text.contains("\"server\""), "{text}");
}

/// The limit in true time, on a clock that counts in ticks and is `phase` into one of them.
fn limit_on_ticks<const NANOS: u64>(limit: Duration, phase: u64) -> Duration {
    let run = anytempo_virtual::run(async |sim| {
        let clock: VirtualClock = sim.clock().clone();
        let ticks = TickClock::<_, NANOS>::new(clock, Instant::START);
        sim.advance(Duration::from_nanos(phase));
        let (_client, server) = duplex(1024);
        let (_, is_timeout) =
            sim.spawn(serve(ticks, limit, server)).await.expect("it is not aborted");
        assert!(is_timeout);
        sim.elapsed() - Duration::from_nanos(phase)
    });
    run.expect("every wait has an end")
}

#[test]
fn nothing_is_early_on_a_clock_that_counts_in_ticks() {
    let tick = 1_000;
    for phase in [0, 1, 499, 500, 501, 998, 999] {
        for limit in [1, 999, 1_000, 1_001, 2_500, 10_000].map(Duration::from_nanos) {
            let took = limit_on_ticks::<1_000>(limit, 5 * tick + phase);
            let most = limit + Duration::from_nanos(2 * tick);
            assert!(limit <= took && took < most, "{took:?} for {limit:?}, {phase} into a tick");
        }
    }
    // Without the tick more, this one would take 1 ns.
    assert_eq!(limit_on_ticks::<1_000>(Duration::from_micros(1), 999), Duration::from_nanos(1_001));
}
