//! Serves a few connections on tokio, and prints what comes of each.

use core::net::SocketAddr;
use std::io;

use anytempo::Timer;
use anytempo_example_http::{get, serve};
use anytempo_hyper::HyperExecutor;
use anytempo_tokio::{TokioSpawner, TokioTimer};
use hyper::Version;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        for version in [Version::HTTP_11, Version::HTTP_2] {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?;
            tokio::spawn(accept(listener, version));
            ask(address, version, "/").await?;
            ask(address, version, "/slow").await?;
        }
        Ok(())
    })
}

async fn accept(listener: TcpListener, version: Version) {
    while let Ok((connection, _)) = listener.accept().await {
        let executor = HyperExecutor::new(TokioSpawner::default());
        tokio::spawn(serve(TokioIo::new(connection), version, TokioTimer, executor));
    }
}

async fn ask(address: SocketAddr, version: Version, path: &'static str) -> io::Result<()> {
    let connection = TokioIo::new(TcpStream::connect(address).await?);
    let executor = HyperExecutor::new(TokioSpawner::default());
    let start = TokioTimer.now();
    let status = get(connection, version, path, TokioTimer, executor).await;
    let took = TokioTimer.elapsed(start).as_millis();
    println!("{version:?} {path}: {} after {took} ms", status.map_err(io::Error::other)?);
    Ok(())
}
