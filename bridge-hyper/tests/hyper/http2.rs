//! Keep-alive of HTTP/2, on both sides: behind a network that is cut, a peer is given up after the interval and the timeout.

use core::convert::Infallible;
use core::future::pending;
use core::time::Duration;

use anytempo_virtual::{Simulation, explore};
use hyper::body::Incoming;
use hyper::client::conn::http2 as client;
use hyper::server::conn::http2 as server;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{DuplexStream, copy_bidirectional, duplex};
use tokio::sync::oneshot;

use crate::world::{HttpTimer, World, answer, simulated};

/// When a side asks for a sign of life, how long it waits for one, and when the network is cut.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
    pub(crate) cut: Duration,
}

const TIMES: Times = Times {
    interval: Duration::from_nanos(10_000_000_007),
    timeout: Duration::from_nanos(3_000_000_001),
    cut: Duration::from_nanos(7_000_000_003),
};

fn get() -> Request<String> {
    Request::get("http://test/").body(String::new()).expect("it is a request")
}

/// Two ends of a network that is cut after a time: both stay open, and nothing arrives. It ends with the sender.
fn network<T: HttpTimer>(
    world: &World<T>,
    cut: Duration,
) -> (DuplexStream, DuplexStream, oneshot::Sender<()>) {
    let ((near, mut left), (mut right, far)) = (duplex(4096), duplex(4096));
    let (guard, dropped) = oneshot::channel::<()>();
    let timer = world.timer.clone();
    world.spawn(async move {
        let _ = timer.timeout(cut, copy_bidirectional(&mut left, &mut right)).await;
        let _ = dropped.await;
    });
    (near, far, guard)
}

/// The two ways in which a side can have keep-alive.
async fn client<T: HttpTimer>(
    world: &World<T>,
    connection: DuplexStream,
    times: Option<Times>,
) -> client::SendRequest<String> {
    let mut client = client::Builder::new(world.executor.clone());
    client.timer(world.hyper.clone()).keep_alive_while_idle(true);
    if let Some(times) = times {
        client.keep_alive_interval(times.interval).keep_alive_timeout(times.timeout);
    }
    let (sender, connection) =
        client.handshake(TokioIo::new(connection)).await.expect("the other side is there");
    world.spawn(async move { drop(connection.await) });
    sender
}

fn serve<T: HttpTimer>(
    world: &World<T>,
    connection: DuplexStream,
    times: Option<Times>,
) -> oneshot::Receiver<hyper::Result<()>> {
    let mut server = server::Builder::new(world.executor.clone());
    server.timer(world.hyper.clone());
    if let Some(times) = times {
        server.keep_alive_interval(times.interval).keep_alive_timeout(times.timeout);
    }
    // A request for "/never" has no answer.
    let service = service_fn(async |request: Request<Incoming>| {
        if request.uri().path() == "/never" {
            pending::<()>().await;
        }
        answer(request).await as Result<Response<String>, Infallible>
    });
    let served = server.serve_connection(TokioIo::new(connection), service);
    let (tell, ended) = oneshot::channel();
    world.spawn(async move { drop(tell.send(served.await)) });
    ended
}

/// How long a server keeps a client behind a network that is cut, and whether hyper reports a timeout.
pub(crate) async fn lost_client<T: HttpTimer>(world: &World<T>, times: Times) -> (Duration, bool) {
    let start = world.timer.now();
    let (near, far, _network) = network(world, times.cut);
    let ended = serve(world, far, Some(times));
    let _sender = client(world, near, None).await;
    let served = ended.await.expect("the server runs to its end");
    (world.timer.elapsed(start), served.is_err_and(|error| error.is_timeout()))
}

/// How long a client waits for an answer behind a network that is cut, and whether hyper reports a timeout.
pub(crate) async fn lost_server<T: HttpTimer>(world: &World<T>, times: Times) -> (Duration, bool) {
    let start = world.timer.now();
    let (near, far, _network) = network(world, times.cut);
    let _ended = serve(world, far, None);
    let mut sender = client(world, near, Some(times)).await;
    let request = Request::get("http://test/never").body(String::new()).expect("it is a request");
    let answer = sender.send_request(request).await;
    (world.timer.elapsed(start), answer.is_err_and(|error| error.is_timeout()))
}

/// A connection with keep-alive on both sides that is idle for a time, and answers after that.
pub(crate) async fn idle<T: HttpTimer>(world: &World<T>, times: Times) -> hyper::Result<Duration> {
    let start = world.timer.now();
    let (near, far) = duplex(4096);
    let _ended = serve(world, far, Some(times));
    let mut sender = client(world, near, Some(times)).await;
    world.timer.sleep(times.cut).await;
    let response = sender.send_request(get()).await?;
    assert_eq!(response.status(), 200);
    Ok(world.timer.elapsed(start))
}

#[test]
fn a_server_gives_up_a_lost_client() {
    // The last frame came at the start. The cut lies before the first ping, or before the second one, whose interval
    // counts from the answer to the first.
    for (cut, end) in [
        (TIMES.cut, TIMES.interval + TIMES.timeout),
        (TIMES.interval + TIMES.cut, TIMES.interval * 2 + TIMES.timeout),
    ] {
        let explored = explore(0..20, async |sim| {
            let world = simulated(&sim);
            assert_eq!(lost_client(&world, Times { cut, ..TIMES }).await, (end, true));
        });
        explored.expect("the connection ends, whatever the order");
    }
}

#[test]
fn a_client_gives_up_a_lost_server() {
    for (cut, end) in [
        (TIMES.cut, TIMES.interval + TIMES.timeout),
        (TIMES.interval + TIMES.cut, TIMES.interval * 2 + TIMES.timeout),
    ] {
        let explored = explore(0..20, async |sim| {
            let world = simulated(&sim);
            assert_eq!(lost_server(&world, Times { cut, ..TIMES }).await, (end, true));
        });
        explored.expect("the request ends, whatever the order");
    }
}

#[test]
fn an_idle_connection_is_kept_for_a_day() {
    let day = Duration::from_secs(24 * 3600);
    let run = Simulation::new().run(async |sim| {
        let world = simulated(&sim);
        idle(&world, Times { cut: day, ..TIMES }).await.expect("the connection is there")
    });
    assert_eq!(run.expect("every wait has an end"), day);
}
