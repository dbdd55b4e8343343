//! The server on smol: `cargo run -p anytempo-example-server --bin server_smol`.

use std::io;
use std::process::ExitCode;

use anytempo::generate;
use anytempo_example_server::{address, serve, stop};
use anytempo_smol::{SmolSpawner, SmolTimer};
use smol::net::TcpListener;
use smol_hyper::rt::FuturesIo;

fn main() -> io::Result<ExitCode> {
    smol::block_on(async {
        let listener = TcpListener::bind(address()).await?;
        println!("listens on http://{}", listener.local_addr()?);
        let connections = generate(async move |mut connections| {
            loop {
                let accepted = listener.accept().await;
                connections.emit(accepted.map(|(connection, _)| FuturesIo::new(connection))).await;
            }
        });
        let print = |line| println!("{line}");
        let cut =
            serve(connections, stop(SmolTimer), SmolTimer, SmolSpawner::default(), print).await;
        println!("{cut} connections were cut off");
        Ok(ExitCode::from(u8::from(cut > 0)))
    })
}
