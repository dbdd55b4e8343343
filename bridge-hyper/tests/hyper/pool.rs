//! The pool of hyper-util: how long an idle connection is used again, and when it is closed.

use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use std::io;
use std::sync::Arc;

use anytempo::Timer;
use anytempo_virtual::explore;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Uri};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

use crate::world::{Boxed, HttpTimer, NANOSECOND, World, answer, simulated};

const LIMIT: Duration = Duration::from_nanos(15_000_000_007);

/// An end of a connection in memory, with what the pool asks of it.
pub(crate) struct Pipe(DuplexStream);

impl Connection for Pipe {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Pipe {
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

/// Connects to a server of its own each time, and counts how many were begun and how many are over.
#[derive(Clone)]
pub(crate) struct Connector<T: Timer> {
    world: World<T>,
    pub(crate) begun: Arc<AtomicUsize>,
    pub(crate) ended: Arc<AtomicUsize>,
}

impl<T: HttpTimer> tower_service::Service<Uri> for Connector<T> {
    type Response = TokioIo<Pipe>;
    type Error = io::Error;
    type Future = Boxed<io::Result<TokioIo<Pipe>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (near, far) = duplex(4096);
        self.begun.fetch_add(1, Ordering::Relaxed);
        let ended = Arc::clone(&self.ended);
        // Without a limit, so that the pool alone ends the connection.
        let server = http1::Builder::new()
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(far), service_fn(answer));
        self.world.spawn(async move {
            server.await.expect("it is closed in order");
            ended.fetch_add(1, Ordering::Relaxed);
        });
        Box::pin(async { Ok(TokioIo::new(Pipe(near))) })
    }
}

type Pool<T> = Client<Connector<T>, String>;

pub(crate) fn pool<T: HttpTimer>(world: &World<T>, limit: Duration) -> (Pool<T>, Connector<T>) {
    let (begun, ended) = Default::default();
    let connector = Connector { world: world.clone(), begun, ended };
    let client = Client::builder(world.executor.clone())
        .pool_timer(world.hyper.clone())
        .pool_idle_timeout(limit)
        .build(connector.clone());
    (client, connector)
}

pub(crate) async fn ask<T: HttpTimer>(client: &Pool<T>) -> Result<(), Error> {
    let request = Request::get("http://test/").body(String::new()).expect("it is a request");
    let response = client.request(request).await?;
    assert_eq!(response.status(), 200);
    Ok(())
}

#[test]
fn an_idle_connection_is_used_again_up_to_its_limit() {
    for (pause, connections) in [(LIMIT - NANOSECOND, 1), (LIMIT, 1), (LIMIT + NANOSECOND, 2)] {
        let explored = explore(0..20, async |sim| {
            let (client, connector) = pool(&simulated(&sim), LIMIT);
            ask(&client).await.expect("the server answers");
            // The connection is handed back by a task.
            sim.settled().await;
            sim.sleep(pause).await;
            ask(&client).await.expect("the server answers");
            assert_eq!(connector.begun.load(Ordering::Relaxed), connections, "after {pause:?}");
        });
        explored.expect("the pool does the same, whatever the order");
    }
}

#[test]
fn an_idle_connection_is_closed_after_its_limit() {
    let explored = explore(0..20, async |sim| {
        let (client, connector) = pool(&simulated(&sim), LIMIT);
        ask(&client).await.expect("the server answers");
        // hyper-util looks each limit, and closes what is idle for longer than one: here at its second look.
        sim.sleep(LIMIT * 2 - NANOSECOND).await;
        assert_eq!(connector.ended.load(Ordering::Relaxed), 0);
        sim.sleep(NANOSECOND).await;
        sim.settled().await;
        assert_eq!(connector.ended.load(Ordering::Relaxed), 1);
    });
    explored.expect("the pool does the same, whatever the order");
}
