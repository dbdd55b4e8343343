//! Sends requests to the service on real time, and prints the answers: `cargo run -p anytempo-example-tower`.
//!
//! A server calls `axum::serve(listener, app(TokioTimer))` instead, which needs the features `http1` and `tokio` of axum.

use anytempo::Timer;
use anytempo_example_tower::app;
use anytempo_tokio::TokioTimer;
use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let app = app(TokioTimer);
        let start = TokioTimer.now();
        let requests = ["/health", "/report", "/archive", "/health", "/health", "/health"];
        let tasks = requests.map(|path| {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let app = app.clone();
            tokio::spawn(async move {
                let Ok(response) = app.oneshot(request).await;
                println!("{path:10} {} after {:?}", response.status(), TokioTimer.elapsed(start));
            })
        });
        for task in tasks {
            task.await.expect("it ends");
        }
    });
}
