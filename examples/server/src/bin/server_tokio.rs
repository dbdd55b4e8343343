//! The server on tokio: `cargo run -p anytempo-example-server --bin server_tokio`.

use std::io;
use std::process::ExitCode;

use anytempo::generate;
use anytempo_example_server::{address, serve, stop};
use anytempo_tokio::{TokioSpawner, TokioTimer};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> io::Result<ExitCode> {
    let listener = TcpListener::bind(address()).await?;
    println!("listens on http://{}", listener.local_addr()?);
    let connections = generate(async move |mut connections| {
        loop {
            let accepted = listener.accept().await;
            connections.emit(accepted.map(|(connection, _)| TokioIo::new(connection))).await;
        }
    });
    let print = |line| println!("{line}");
    let cut =
        serve(connections, stop(TokioTimer), TokioTimer, TokioSpawner::default(), print).await;
    println!("{cut} connections were cut off");
    Ok(ExitCode::from(u8::from(cut > 0)))
}
