//! The pool on virtual time, where each instant is exact; under many schedules; and on tokio.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;

use anytempo::{Elapsed, SendTimer, Timer};
use anytempo_example_pool::{Connect, GetError, Limits, Pool};
use anytempo_tokio::TokioTimer;
use anytempo_virtual::{VirtualClock, explore, run};

const SECOND: Duration = Duration::from_secs(1);

/// A server that takes a second for a connection, and refuses the first ones. It counts those that are open.
#[derive(Clone)]
struct Server<T> {
    timer: T,
    refuses: Arc<AtomicU32>,
    open: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    made: Arc<AtomicUsize>,
}

struct Connection(Arc<AtomicUsize>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl<T> Server<T> {
    fn new(timer: T, refuses: u32) -> Self {
        let refuses = Arc::new(AtomicU32::new(refuses));
        Server { timer, refuses, open: Arc::default(), most: Arc::default(), made: Arc::default() }
    }
}

impl<T: SendTimer> Connect for Server<T> {
    type Connection = Connection;
    type Error = &'static str;

    async fn connect(&self) -> Result<Connection, &'static str> {
        self.timer.sleep(SECOND).await;
        if self.refuses.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
            return Err("refused");
        }
        self.made.fetch_add(1, Relaxed);
        self.most.fetch_max(self.open.fetch_add(1, Relaxed) + 1, Relaxed);
        Ok(Connection(Arc::clone(&self.open)))
    }
}

fn pool(
    clock: &VirtualClock,
    refuses: u32,
    limits: Limits,
) -> (Server<VirtualClock>, Pool<VirtualClock, Server<VirtualClock>>) {
    let server = Server::new(clock.clone(), refuses);
    (server.clone(), Pool::new(clock.clone(), server, limits))
}

#[test]
fn a_connection_is_used_again() {
    run(async |sim| {
        let (server, pool) = pool(&sim, 0, Limits::default());
        drop(pool.get().await.unwrap());
        assert_eq!(sim.elapsed(), SECOND);
        drop(pool.get().await.unwrap());
        assert_eq!((sim.elapsed(), server.made.load(Relaxed)), (SECOND, 1));
    })
    .unwrap();
}

#[test]
fn pauses_double_from_retry_to_retry() {
    run(async |sim| {
        let (_, pool) = pool(&sim, 3, Limits { wait: 60 * SECOND, ..Limits::default() });
        pool.get().await.unwrap();
        // Four tries of a second each, and pauses of 100, 200 and 400 ms.
        assert_eq!(sim.elapsed(), Duration::from_millis(4_700));
    })
    .unwrap();
}

#[test]
fn the_last_retry_tells_why() {
    run(async |sim| {
        let (_, pool) = pool(&sim, 9, Limits { retries: 1, ..Limits::default() });
        assert_eq!(pool.get().await.unwrap_err(), GetError::Connect("refused"));
        assert_eq!(sim.elapsed(), Duration::from_millis(2_100));
    })
    .unwrap();
}

#[test]
fn a_full_pool_is_waited_for_until_the_limit() {
    run(async |sim| {
        let limits = Limits { size: 1, wait: 5 * SECOND, ..Limits::default() };
        let (server, pool) = pool(&sim, 0, limits);
        let held = pool.get().await.unwrap();
        let late = pool.get().await.unwrap_err();
        assert!(matches!(late, GetError::Elapsed(Elapsed { .. })));
        assert_eq!(late.to_string(), "no connection became free within the limit");
        assert_eq!(sim.elapsed(), 6 * SECOND);
        // The one that gave up has left no trace: the next one gets the connection at once.
        drop(held);
        pool.get().await.unwrap();
        assert_eq!((sim.elapsed(), server.made.load(Relaxed)), (6 * SECOND, 1));
    })
    .unwrap();
}

#[test]
fn an_idle_connection_is_closed_when_its_time_is_up() {
    run(async |sim| {
        let (server, pool) = pool(&sim, 0, Limits::default());
        let pool = Arc::new(pool);
        let fresh = Arc::clone(&pool);
        sim.spawn_background("keep_fresh", async move { fresh.keep_fresh().await });
        drop(pool.get().await.unwrap());
        // It is idle from 1 s on, so its time is up at 61 s. The pool looks every 30 s, so it closes it at 90 s.
        sim.sleep(88 * SECOND).await;
        assert_eq!((pool.idle(), server.open.load(Relaxed)), (1, 1));
        sim.sleep(SECOND).await;
        sim.settled().await;
        assert_eq!((pool.idle(), server.open.load(Relaxed)), (0, 0));
    })
    .unwrap();
}

#[test]
fn no_schedule_opens_more_than_the_size() {
    explore(0..200, async |sim| {
        let limits = Limits { size: 2, wait: 60 * SECOND, ..Limits::default() };
        let (server, pool) = pool(&sim, 2, limits);
        let pool = Arc::new(pool);
        let users = ["one", "two", "three", "four", "five"].map(|name| {
            let (pool, clock) = (Arc::clone(&pool), sim.clock().clone());
            sim.spawn_named(name, async move {
                for _ in 0..3 {
                    let connection = pool.get().await.unwrap();
                    clock.sleep(SECOND).await;
                    drop(connection);
                }
            })
        });
        for user in users {
            user.await.unwrap();
        }
        assert!(server.most.load(Relaxed) <= 2, "{} were open at once", server.most.load(Relaxed));
        assert_eq!(pool.idle(), server.open.load(Relaxed));
    })
    .unwrap();
}

/// On a real clock only what does not depend on the speed of the machine is asserted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_tokio() {
    struct Local;

    impl Connect for Local {
        type Connection = u32;
        type Error = &'static str;

        async fn connect(&self) -> Result<u32, &'static str> {
            TokioTimer.sleep(Duration::from_millis(5)).await;
            Ok(7)
        }
    }

    let pool = Arc::new(Pool::new(TokioTimer, Local, Limits::default()));
    let user = {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.get().await.map(|connection| *connection) })
    };
    assert_eq!(user.await.unwrap(), Ok(7));
    assert_eq!(pool.idle(), 1);
}
