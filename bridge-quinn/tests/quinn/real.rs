//! Two endpoints over UDP, on tokio and on smol: handshake, keep-alive and the idle timeout, which is not early.

use core::net::SocketAddr;
use core::time::Duration;
use std::net::UdpSocket;
use std::sync::Arc;

use anytempo::Timer;
use anytempo_example_quic::echo::{Limits, ask, serve};
use anytempo_example_quic::plaintext;
use anytempo_quinn::QuinnRuntime;
use anytempo_smol::SmolTimer;
use anytempo_tokio::TokioTimer;
use quinn::{ConnectionError, Endpoint, Runtime, TokioRuntime};

const IDLE: Duration = Duration::from_millis(200);
/// Longer than any stall of the machine.
const LONG: Duration = Duration::from_secs(60);

/// What the echo says where its endpoint is closed.
const CLOSED: &str = "the endpoint was closed";

async fn scenario<T: Timer>(runtime: Arc<dyn Runtime>, timer: T) {
    let limits = Limits { idle: LONG, keep_alive: None };
    let silent = Limits { idle: IDLE, ..limits };
    let kept = Limits { keep_alive: Some(IDLE / 8), ..limits };
    let endpoint = |server| {
        let socket = UdpSocket::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        Endpoint::new(plaintext::endpoint(), server, socket, Arc::clone(&runtime))
    };
    let server = endpoint(Some(limits.server())).expect("there is a loopback");
    let client = endpoint(None).expect("there is a loopback");
    let address = server.local_addr().expect("it has an address");
    // One connection after the other.
    runtime.spawn(Box::pin({
        let server = server.clone();
        async move {
            loop {
                // An error is a handshake that took too long, or the end of the endpoint.
                let end = serve(server.clone()).await.map_err(|error| error.to_string());
                if end == Err(CLOSED.into()) {
                    break;
                }
            }
        }
    }));
    let connect = |limits: Limits| {
        client.connect_with(limits.client(), address, "localhost").expect("the address is right")
    };

    let start = timer.now();
    let end = match connect(silent).await {
        Ok(connection) => connection.closed().await,
        // The machine was so slow that the handshake took longer than the limit.
        Err(end) => end,
    };
    assert_eq!(end, ConnectionError::TimedOut);
    assert!(timer.elapsed(start) >= IDLE, "{:?}", timer.elapsed(start));

    let connection = connect(kept).await.expect("the server is there");
    // By then quinn has measured the path, which takes pings too.
    timer.sleep(IDLE).await;
    let pings = connection.stats().frame_tx.ping;
    while connection.stats().frame_tx.ping < pings + 2 {
        timer.sleep(IDLE / 8).await;
    }
    assert_eq!(ask(&connection, b"hello").await.expect("it is kept"), b"hello");
    server.close(7_u32.into(), b"done");
    assert!(matches!(connection.closed().await, ConnectionError::ApplicationClosed(_)));
}

async fn in_time<T: Timer>(runtime: impl Runtime, timer: T) {
    let work = scenario(Arc::new(runtime), timer.clone());
    timer.timeout(Duration::from_secs(60), work).await.expect("no wake is lost");
}

#[test]
fn on_tokio() {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = QuinnRuntime::new(Arc::new(TokioRuntime), TokioTimer);
    tokio.expect("tokio starts").block_on(in_time(runtime, TokioTimer));
}

#[test]
fn on_smol() {
    // Outside tokio it is that of smol.
    let smol = quinn::default_runtime().expect("there is one");
    async_io::block_on(in_time(QuinnRuntime::new(smol, SmolTimer), SmolTimer));
}
