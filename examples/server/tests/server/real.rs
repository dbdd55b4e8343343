//! The same server on real sockets: nothing is early, nothing hangs.

use core::convert::Infallible;
use core::time::Duration;
use std::io;

use anytempo::{Spawn, generate};
use anytempo_example_server::{ServerTimer, Task, serve};
use anytempo_smol::{SmolSpawner, SmolTimer};
use anytempo_tokio::{TokioSpawner, TokioTimer};
use async_channel::unbounded;
use futures_core::Stream;
use futures_lite::future::zip;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use smol_hyper::rt::FuturesIo;

use crate::client::Client;

/// Subscribes, publishes, and stops the server while a report is on its way.
async fn smoke<C, T>(
    timer: T,
    spawner: impl Spawn<Task> + Clone,
    accepted: impl Stream<Item = io::Result<C>>,
    connect: impl AsyncFn() -> io::Result<C>,
) where
    C: Read + Write + Send + Unpin + 'static,
    T: ServerTimer,
{
    let (stop, stopped) = unbounded::<Infallible>();
    let stopped = async move { _ = stopped.recv().await };
    let server = serve(accepted, stopped, timer.clone(), spawner.clone(), |_| ());
    let clients = async {
        let mut client = Client::new(connect().await.unwrap(), &spawner).await;
        let mut subscriber = Client::new(connect().await.unwrap(), &spawner).await;
        assert_eq!(client.get("/health").await.unwrap(), 200);
        let mut events = subscriber.subscribe().await.unwrap();
        assert_eq!(client.publish("hello").await.unwrap(), 200);
        assert_eq!(events.next().await.as_deref(), Some("data: hello\n\n"));

        let start = timer.now();
        let stop = async {
            timer.sleep(Duration::from_millis(100)).await;
            stop.close();
        };
        assert_eq!(zip(client.get("/report"), stop).await.0.unwrap(), 200);
        assert!(timer.elapsed(start) >= Duration::from_secs(1));
        assert_eq!(events.next().await, None);
    };
    let ended = timer.timeout(Duration::from_secs(60), zip(server, clients)).await;
    assert_eq!(ended.expect("no wake is lost").0, 0);
}

#[test]
fn on_tokio() {
    use tokio::net::{TcpListener, TcpStream};
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connect = async || TcpStream::connect(address).await.map(TokioIo::new);
        let accept = async || listener.accept().await.map(|it| TokioIo::new(it.0));
        smoke(TokioTimer, TokioSpawner::default(), accepted(accept), connect).await;
    });
}

#[test]
fn on_smol() {
    use smol::net::{TcpListener, TcpStream};
    smol::block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connect = async || TcpStream::connect(address).await.map(FuturesIo::new);
        let accept = async || listener.accept().await.map(|it| FuturesIo::new(it.0));
        smoke(SmolTimer, SmolSpawner::default(), accepted(accept), connect).await;
    });
}

fn accepted<C>(accept: impl AsyncFn() -> io::Result<C>) -> impl Stream<Item = io::Result<C>> {
    generate(async move |mut connections| {
        loop {
            connections.emit(accept().await).await;
        }
    })
}
