use core::future::Future;
use core::pin::{Pin, pin};
use core::time::Duration;
use std::io;
use std::sync::Arc;

use anytempo::scope::Lent;
use anytempo::{Close, Spawn, Timer, close_on_exit, closing_async, next};
use anytempo_hyper::HyperTimer;
use axum::Router;
use futures_core::Stream;
use futures_lite::future::or;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper_util::service::TowerToHyperService;

use crate::app::app;
use crate::messages::Messages;
use crate::metrics::Metrics;
use crate::open::{Open, Signals};

/// How long a client may take for the header of a request. A connection without a request ends after this time, too.
pub const HEADER: Duration = Duration::from_secs(10);

/// How often the metrics are printed.
pub const REPORT: Duration = Duration::from_secs(10);

/// How long open requests may take once the server stops.
pub const DRAIN: Duration = Duration::from_secs(5);

/// The pause after a connection that cannot be accepted, as when too many files are open. The loop would be a busy one without it.
pub const PAUSE: Duration = Duration::from_secs(1);

/// A timer that hyper, axum and their tasks can take.
pub trait ServerTimer: Timer<Sleep: Send + Sync + 'static> + Send + Sync + 'static {}

impl<T: Timer<Sleep: Send + Sync + 'static> + Send + Sync + 'static> ServerTimer for T {}

/// What is spawned: one connection.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves `connections` until `stop`, then drains them, and returns how many of them were cut off.
///
/// Each line of the log is given to `print`.
pub async fn serve<C: Read + Write + Send + Unpin + 'static>(
    connections: impl Stream<Item = io::Result<C>>,
    stop: impl Future<Output = ()>,
    timer: impl ServerTimer,
    spawner: impl Spawn<Task>,
    print: impl Fn(String),
) -> usize {
    let (messages, metrics) = (Messages::new(), Arc::new(Metrics::default()));
    let service = TowerToHyperService::new(app(&timer, messages.clone(), metrics.clone()));
    let mut http = http1::Builder::new();
    http.timer(HyperTimer::new(timer.clone())).header_read_timeout(HEADER);

    let drain = async |mut open: Lent<'_, Open>| {
        messages.close();
        open.drain().await;
    };
    // What is not over at the limit is dropped, and that cuts the connections off.
    let open = closing_async(Open::new(), drain, drop).close_within(timer.clone(), DRAIN);
    let served = close_on_exit(open, async |open| {
        // The end of this block closes the listener, so new clients are refused while the server drains.
        let mut connections = pin!(connections);
        let accept = async {
            while let Some(accepted) = next(&mut connections).await {
                match (accepted, open.signals()) {
                    (Ok(connection), Some(signals)) => {
                        let connection = http.serve_connection(connection, service.clone());
                        let opened = metrics.opened();
                        spawner.spawn(Box::pin(async move {
                            run(connection, signals).await;
                            drop(opened);
                        }));
                    }
                    (Err(error), _) => {
                        print(format!("cannot accept a connection: {error}"));
                        timer.sleep(PAUSE).await;
                    }
                    (Ok(_), None) => break,
                }
            }
        };
        or(stop, accept).await;
        print(format!("stops with {} connections", metrics.connections()));
    });

    let report = async {
        // A tick that is late keeps the grid, and one that was missed is left out.
        let mut ticks = pin!(timer.interval_after(REPORT, REPORT));
        while next(&mut ticks).await.is_some() {
            print(metrics.line());
        }
        core::future::pending().await
    };
    match or(served, report).await {
        Ok(()) => 0,
        Err(_) => metrics.connections(),
    }
}

/// Serves one connection to its end. A client that breaks off, or is too slow, ends its own connection and nothing else.
async fn run<C: Read + Write + Unpin + 'static>(
    connection: http1::Connection<C, TowerToHyperService<Router>>,
    signals: Signals,
) {
    let mut connection = pin!(connection);
    let is_over = or(async { Some(connection.as_mut().await) }, async {
        signals.drain().await;
        None
    });
    if is_over.await.is_none() {
        connection.as_mut().graceful_shutdown();
        or(async { drop(connection.await) }, signals.cut()).await;
    }
}
