//! A server of hyper on virtual time: its `header_read_timeout` ends a connection to the nanosecond.

use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io;
use std::time::Instant;

use anytempo::{RawSleep, Timer};
use anytempo_virtual::{Simulation, VirtualClock, explore};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::{Request, Response, body::Incoming, service::service_fn};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};

const LIMIT: Duration = Duration::from_nanos(30_000_000_007);
const NANOSECOND: Duration = Duration::from_nanos(1);
const HEADER: &[u8] = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n";

/// hyper's timer on a virtual clock. hyper counts in instants of the standard library, so the clock starts at one of them.
#[derive(Clone)]
struct HyperTimer {
    clock: VirtualClock,
    start: Instant,
}

struct HyperSleep(anytempo_virtual::Sleep);

impl HyperTimer {
    fn new(clock: &VirtualClock) -> HyperTimer {
        HyperTimer { clock: clock.clone(), start: Instant::now() }
    }

    fn to_virtual(&self, deadline: Instant) -> anytempo_virtual::Instant {
        anytempo_virtual::Instant::at(deadline.saturating_duration_since(self.start))
    }
}

impl hyper::rt::Timer for HyperTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(HyperSleep(self.clock.raw_sleep(self.clock.after(duration))))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(HyperSleep(self.clock.raw_sleep(Some(self.to_virtual(deadline)))))
    }

    fn now(&self) -> Instant {
        self.start + self.clock.elapsed()
    }

    fn reset(&self, sleep: &mut Pin<Box<dyn hyper::rt::Sleep>>, deadline: Instant) {
        match sleep.as_mut().downcast_mut_pin::<HyperSleep>() {
            Some(sleep) => Pin::new(&mut sleep.get_mut().0).reset(Some(self.to_virtual(deadline))),
            None => *sleep = self.sleep_until(deadline),
        }
    }
}

impl hyper::rt::Sleep for HyperSleep {}

impl Future for HyperSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

/// The end of a connection in memory, for hyper.
struct Connection(DuplexStream);

impl Read for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [0; 512];
        let room = buf.remaining().min(bytes.len());
        let mut read = ReadBuf::new(&mut bytes[..room]);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut read))?;
        buf.put_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl Write for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Serves one connection, and returns when it ended, and whether hyper reported a timeout.
async fn serve(clock: VirtualClock, connection: DuplexStream) -> (Duration, bool) {
    let answer =
        |_: Request<Incoming>| async { Ok::<_, Infallible>(Response::new(String::from("done"))) };
    let served = http1::Builder::new()
        .timer(HyperTimer::new(&clock))
        .header_read_timeout(LIMIT)
        .serve_connection(Connection(connection), service_fn(answer))
        .await;
    (clock.elapsed(), served.is_err_and(|error| error.is_timeout()))
}

#[test]
fn half_a_header_ends_at_the_limit() {
    let explored = explore(0..100, async |sim| {
        let (mut client, server) = tokio::io::duplex(1024);
        let server = sim.spawn_named("server", serve(sim.clock().clone(), server));
        sim.sleep(Duration::from_nanos(7_000_000_003)).await;
        let (half, _) = HEADER.split_at(20);
        client.write_all(half).await.expect("the server reads");
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
        let (mut client, server) = tokio::io::duplex(1024);
        let server = sim.spawn_named("server", serve(sim.clock().clone(), server));
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
        let (_client, server) = tokio::io::duplex(1024);
        let server = http1::Builder::new().header_read_timeout(None).serve_connection(
            Connection(server),
            service_fn(|_: Request<Incoming>| async {
                Ok::<_, Infallible>(Response::new(String::new()))
            }),
        );
        let server = sim.spawn_named("server", async { drop(server.await) });
        server.await
    });
    let text = stopped.expect_err("nothing ends the connection").to_string();
    assert!(text.starts_with("deadlock at 0ns") && text.contains("\"server\""), "{text}");
}
