//! A client over any connection.

use anytempo::Spawn;
use anytempo_example_server::Task;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::rt::{Read, Write};
use hyper::{Method, Request, Response};

pub(crate) struct Client {
    requests: SendRequest<String>,
}

impl Client {
    pub(crate) async fn new<C>(connection: C, spawner: &impl Spawn<Task>) -> Self
    where
        C: Read + Write + Send + Unpin + 'static,
    {
        let (requests, connection) = handshake(connection).await.expect("the first poll is enough");
        spawner.spawn(Box::pin(async { _ = connection.await }));
        Self { requests }
    }

    /// The status of the answer to `GET`.
    pub(crate) async fn get(&mut self, path: &str) -> hyper::Result<u16> {
        Ok(self.ask(Method::GET, path, "").await?.status().as_u16())
    }

    pub(crate) async fn publish(&mut self, text: &str) -> hyper::Result<u16> {
        Ok(self.ask(Method::POST, "/messages", text).await?.status().as_u16())
    }

    pub(crate) async fn subscribe(&mut self) -> hyper::Result<Events> {
        let response = self.ask(Method::GET, "/messages", "").await?;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Ok(Events { body: response.into_body() })
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: &str,
    ) -> hyper::Result<Response<Incoming>> {
        let request = Request::builder().method(method).uri(path).header("host", "test");
        self.requests.ready().await?;
        self.requests.send_request(request.body(body.to_owned()).expect("it is valid")).await
    }
}

pub(crate) struct Events {
    body: Incoming,
}

impl Events {
    /// The next event as it was sent. `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let frame = self.body.frame().await?.expect("the stream is not cut off");
        let data = frame.into_data().expect("there are no trailers");
        Some(String::from_utf8(data.to_vec()).expect("events are text"))
    }
}
