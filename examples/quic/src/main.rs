//! An echo between two endpoints on this machine, over UDP and on tokio, that ends when its client falls silent.

use core::error::Error;
use core::net::SocketAddr;
use core::time::Duration;
use std::net::UdpSocket;
use std::sync::Arc;

use anytempo::Timer;
use anytempo_example_quic::echo::{Limits, ask, serve};
use anytempo_example_quic::plaintext;
use anytempo_quinn::QuinnRuntime;
use anytempo_tokio::TokioTimer;
use quinn::{Endpoint, TokioRuntime};

const LIMITS: Limits = Limits { idle: Duration::from_millis(600), keep_alive: None };

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let runtime = Arc::new(QuinnRuntime::new(Arc::new(TokioRuntime), TokioTimer));
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let endpoint = |server| {
            let socket = UdpSocket::bind(here)?;
            Endpoint::new(plaintext::endpoint(), server, socket, runtime.clone())
        };
        let (server, client) = (endpoint(Some(LIMITS.server()))?, endpoint(None)?);
        let address = server.local_addr()?;
        let served = tokio::spawn(async { serve(server).await.map_err(|it| it.to_string()) });

        let connection = client.connect_with(LIMITS.client(), address, "localhost")?.await?;
        let answer = ask(&connection, b"hello").await?;
        println!("the server says {}", String::from_utf8_lossy(&answer));

        let start = TokioTimer.now();
        let end = served.await??;
        println!("after {} ms of silence: {end}", TokioTimer.elapsed(start).as_millis());
        Ok(())
    })
}
