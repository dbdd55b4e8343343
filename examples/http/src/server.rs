use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

use anytempo_hyper::HyperTimer;
use hyper::body::Incoming;
use hyper::rt::bounds::Http2ServerConnExec;
use hyper::rt::{Read, Write};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};

use crate::{HttpTimer, KEEP_ALIVE, KEEP_ALIVE_ANSWER};

/// How long a client of HTTP/1 may take for the header of a request.
pub const HEADER: Duration = Duration::from_secs(5);

/// How long the work for one answer may take.
pub const ANSWER: Duration = Duration::from_millis(300);

/// The work for one answer, in a box, so that the bound on the executor can name it.
pub type Answering = Pin<Box<dyn Future<Output = Result<Response<String>, Infallible>> + Send>>;

/// Serves one connection to its end.
///
/// # Errors
///
/// As hyper: one for which `is_timeout` is true where a limit ended the connection.
pub async fn serve<T, E>(
    connection: impl Read + Write + Unpin + 'static,
    version: Version,
    timer: T,
    executor: E,
) -> hyper::Result<()>
where
    T: HttpTimer,
    E: Http2ServerConnExec<Answering, String>,
{
    let hyper_timer = HyperTimer::new(timer.clone());
    let service = service_fn(move |request| -> Answering {
        let timer = timer.clone();
        Box::pin(async move { Ok(answer(&timer, request).await) })
    });
    if version == Version::HTTP_2 {
        http2::Builder::new(executor)
            .timer(hyper_timer)
            .keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE_ANSWER)
            .serve_connection(connection, service)
            .await
    } else {
        http1::Builder::new()
            .timer(hyper_timer)
            .header_read_timeout(HEADER)
            .serve_connection(connection, service)
            .await
    }
}

/// The answer, or 504 after the limit.
async fn answer(timer: &impl HttpTimer, request: Request<Incoming>) -> Response<String> {
    let work = async {
        // As a database might.
        let takes = if request.uri().path() == "/slow" { 3_600_000 } else { 1 };
        timer.sleep(Duration::from_millis(takes)).await;
        Response::new(String::from("done\n"))
    };
    timer.timeout(ANSWER, work).await.unwrap_or_else(|_| {
        let mut late = Response::new(String::from("too late\n"));
        *late.status_mut() = StatusCode::GATEWAY_TIMEOUT;
        late
    })
}
