//! The echo: what a program would have.

use core::error::Error;
use core::time::Duration;
use std::sync::Arc;

use quinn::{ClientConfig, Connection, ConnectionError, Endpoint, ServerConfig, TransportConfig};

use crate::plaintext;

/// The most bytes of a message.
const MOST: usize = 64 * 1024;

/// When a connection that is silent ends, and how often each side says something to keep it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The silence that ends a connection.
    pub idle: Duration,
    /// `None` for a connection that is not kept.
    pub keep_alive: Option<Duration>,
}

impl Limits {
    fn transport(&self) -> Arc<TransportConfig> {
        let idle = self.idle.try_into().expect("an idle timeout has less than 2^62 ms");
        let mut transport = TransportConfig::default();
        transport.max_idle_timeout(Some(idle)).keep_alive_interval(self.keep_alive);
        Arc::new(transport)
    }

    /// The configuration of a server with these limits.
    #[must_use]
    pub fn server(&self) -> ServerConfig {
        let mut config = plaintext::server();
        config.transport_config(self.transport());
        config
    }

    /// The configuration of a client with these limits.
    #[must_use]
    pub fn client(&self) -> ClientConfig {
        let mut config = plaintext::client();
        config.transport_config(self.transport());
        config
    }
}

/// Accepts one connection, sends back each message, and returns why the connection ended.
///
/// # Errors
///
/// Where a message was cut short.
pub async fn serve(endpoint: Endpoint) -> Result<ConnectionError, Box<dyn Error>> {
    let incoming = endpoint.accept().await.ok_or("the endpoint was closed")?;
    let connection = incoming.await?;
    loop {
        let (mut send, mut receive) = match connection.accept_bi().await {
            Ok(stream) => stream,
            Err(end) => return Ok(end),
        };
        send.write_all(&receive.read_to_end(MOST).await?).await?;
        send.finish()?;
    }
}

/// Sends a message, and returns the answer.
///
/// # Errors
///
/// Where the connection has ended.
pub async fn ask(connection: &Connection, message: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let (mut send, mut receive) = connection.open_bi().await?;
    send.write_all(message).await?;
    send.finish()?;
    Ok(receive.read_to_end(MOST).await?)
}
