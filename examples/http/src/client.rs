use core::future::{Future, poll_fn};
use core::pin::pin;

use anytempo_hyper::HyperTimer;
use hyper::client::conn::{http1, http2};
use hyper::rt::bounds::Http2ClientConnExec;
use hyper::rt::{Read, Write};
use hyper::{Request, StatusCode, Version};

use crate::{HttpTimer, KEEP_ALIVE, KEEP_ALIVE_ANSWER};

/// Asks for one path, on a connection of its own.
///
/// # Errors
///
/// As hyper: one for which `is_timeout` is true where a server of HTTP/2 fell silent.
pub async fn get<I, T, E>(
    connection: I,
    version: Version,
    path: &'static str,
    timer: T,
    executor: E,
) -> hyper::Result<StatusCode>
where
    I: Read + Write + Unpin + 'static,
    T: HttpTimer,
    E: Http2ClientConnExec<String, I> + Unpin,
{
    let response = if version == Version::HTTP_2 {
        let (mut sender, connection) = http2::Builder::new(executor)
            .timer(HyperTimer::new(timer))
            .keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE_ANSWER)
            .handshake(connection)
            .await?;
        beside(connection, async { sender.send_request(request(path, version)).await }).await
    } else {
        let (mut sender, connection) = http1::handshake(connection).await?;
        beside(connection, async { sender.send_request(request(path, version)).await }).await
    };
    Ok(response?.status())
}

fn request(path: &'static str, version: Version) -> Request<String> {
    let mut request = Request::new(String::new());
    // HTTP/2 wants to know the host.
    let uri =
        if version == Version::HTTP_2 { format!("http://example{path}") } else { path.into() };
    *request.uri_mut() = uri.parse().expect("the paths of this example are valid");
    request
}

/// The result of `work`, which needs `connection` to be polled next to it.
async fn beside<T>(connection: impl Future, work: impl Future<Output = T>) -> T {
    let (mut connection, mut work) = (pin!(connection), pin!(work));
    let mut is_over = false;
    poll_fn(|cx| {
        if !is_over {
            is_over = connection.as_mut().poll(cx).is_ready();
        }
        work.as_mut().poll(cx)
    })
    .await
}
