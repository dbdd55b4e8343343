//! A connection pool for any runtime: a library that needs time, and takes it as a parameter.
//!
//! [`Pool::get`] waits for a connection, but not longer than a limit. It tries again when a connection cannot be made, with a
//! pause that doubles. A connection that was idle for its time to live is closed.
//!
//! Nothing here names a runtime. `tests/pool.rs` has the tests on virtual time, which take no real time, and one on tokio.

#![forbid(unsafe_code)]

use core::fmt;
use core::ops::{Deref, DerefMut};
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anytempo::{Elapsed, Timer, next};
use async_lock::{Semaphore, SemaphoreGuard};

/// Makes connections.
pub trait Connect {
    /// A connection. It is closed when it is dropped.
    type Connection;
    /// Why there is none.
    type Error;

    /// Makes a connection.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Self::Error>> + Send;
}

/// The limits of a [`Pool`].
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many connections there are at once, at most.
    pub size: usize,
    /// How long [`Pool::get`] takes, at most.
    pub wait: Duration,
    /// How often a connection is tried again.
    pub retries: u32,
    /// The pause before the first retry. Each later one is twice as long.
    pub pause: Duration,
    /// How long a connection may be idle before it is closed.
    pub time_to_live: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            size: 8,
            wait: Duration::from_secs(5),
            retries: 3,
            pause: Duration::from_millis(100),
            time_to_live: Duration::from_secs(60),
        }
    }
}

/// A pool of connections.
pub struct Pool<T: Timer, C: Connect> {
    timer: T,
    connect: C,
    limits: Limits,
    permits: Semaphore,
    /// The longest idle one is first.
    idle: Mutex<Vec<Idle<T, C>>>,
}

struct Idle<T: Timer, C: Connect> {
    connection: C::Connection,
    since: T::Instant,
}

impl<T: Timer, C: Connect> Pool<T, C> {
    /// Makes an empty pool. This makes no connection and reads no clock.
    pub fn new(timer: T, connect: C, limits: Limits) -> Pool<T, C> {
        let permits = Semaphore::new(limits.size);
        Pool { timer, connect, limits, permits, idle: Mutex::new(Vec::new()) }
    }

    /// Waits for a connection: an idle one, or a new one if there are fewer than the pool may have.
    ///
    /// # Errors
    ///
    /// [`GetError::Elapsed`] if the limit passes first, and [`GetError::Connect`] if the last retry fails.
    ///
    /// # Cancel safety
    ///
    /// Weak. A drop gives its place up, and a connection that is being made is dropped.
    pub async fn get(&self) -> Result<Guard<'_, T, C>, GetError<C::Error>> {
        let work = async {
            let permit = self.permits.acquire().await;
            let connection = match self.take_idle() {
                Some(connection) => connection,
                None => self.connect_with_retries().await.map_err(GetError::Connect)?,
            };
            Ok(Guard { pool: self, connection: Some(connection), _permit: permit })
        };
        self.timer.timeout(self.limits.wait, work).await.unwrap_or_else(|late| Err(late.into()))
    }

    /// Closes idle connections whose time is up, until it is dropped. Spawn it, or race it with the program.
    pub async fn keep_fresh(&self) {
        let mut ticks = core::pin::pin!(self.timer.interval(self.limits.time_to_live / 2));
        while next(&mut ticks).await.is_some() {
            self.close_stale();
        }
    }

    /// The number of idle connections.
    pub fn idle(&self) -> usize {
        self.lock().len()
    }

    /// The newest one, as the oldest may be about to end. Those whose time is up are closed.
    fn take_idle(&self) -> Option<C::Connection> {
        self.close_stale();
        self.lock().pop().map(|idle| idle.connection)
    }

    fn close_stale(&self) {
        let stale: Vec<_> = {
            let mut idle = self.lock();
            let is_stale =
                |it: &Idle<T, C>| self.timer.elapsed(it.since) >= self.limits.time_to_live;
            let end = idle.partition_point(is_stale);
            idle.drain(..end).collect()
        };
        // They close without the lock, as a close may take its time.
        drop(stale);
    }

    async fn connect_with_retries(&self) -> Result<C::Connection, C::Error> {
        let mut pause = self.limits.pause;
        for _ in 0..self.limits.retries {
            if let Ok(connection) = self.connect.connect().await {
                return Ok(connection);
            }
            self.timer.sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
        self.connect.connect().await
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle<T, C>>> {
        // What a panic interrupts here leaves a list that is whole.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Timer, C: Connect> fmt::Debug for Pool<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("limits", &self.limits)
            .field("idle", &self.idle())
            .finish_non_exhaustive()
    }
}

/// A connection on loan. It returns to the pool when this is dropped.
pub struct Guard<'a, T: Timer, C: Connect> {
    pool: &'a Pool<T, C>,
    /// It is `Some` until the drop.
    connection: Option<C::Connection>,
    // Dropped after the connection has returned, as fields are dropped after `drop`.
    _permit: SemaphoreGuard<'a>,
}

impl<T: Timer, C: Connect> Deref for Guard<'_, T, C> {
    type Target = C::Connection;

    fn deref(&self) -> &C::Connection {
        self.connection.as_ref().expect("it is there until the drop")
    }
}

impl<T: Timer, C: Connect> DerefMut for Guard<'_, T, C> {
    fn deref_mut(&mut self) -> &mut C::Connection {
        self.connection.as_mut().expect("it is there until the drop")
    }
}

impl<T: Timer, C: Connect> Drop for Guard<'_, T, C> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut idle = self.pool.lock();
            // Read under the lock, so that the list stays in order.
            let since = self.pool.timer.now();
            idle.push(Idle { connection, since });
        }
    }
}

impl<T: Timer, C: Connect> fmt::Debug for Guard<'_, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

/// Why [`Pool::get`] gave no connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GetError<E> {
    /// The limit passed first.
    Elapsed(Elapsed),
    /// The last retry failed.
    Connect(E),
}

impl<E> From<Elapsed> for GetError<E> {
    fn from(elapsed: Elapsed) -> Self {
        GetError::Elapsed(elapsed)
    }
}

impl<E: fmt::Display> fmt::Display for GetError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GetError::Elapsed(_) => f.write_str("no connection became free within the limit"),
            GetError::Connect(error) => write!(f, "cannot connect: {error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for GetError<E> {}
