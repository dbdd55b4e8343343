use core::fmt;
use core::pin::Pin;
use std::io;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Instant;

use anytempo::{Spawn, Timer};
use quinn::{AsyncTimer, AsyncUdpSocket};

use crate::clock::Clock;

/// A task of quinn.
type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A runtime of quinn made of a spawner and a timer, for endpoints over a socket of one's own.
///
/// It is for [`Endpoint::new_with_abstract_socket`](quinn::Endpoint::new_with_abstract_socket), as in a simulation with a
/// network in memory. Its time is that of [`QuinnRuntime`](crate::QuinnRuntime).
///
/// # Errors
///
/// It has no sockets: an endpoint over a `UdpSocket` of the standard library is [`Unsupported`](io::ErrorKind::Unsupported).
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_quinn::SpawnRuntime;
/// use core::{future::poll_fn, time::Duration};
/// use quinn::Runtime;
///
/// anytempo_virtual::run(async |sim| {
///     let runtime = SpawnRuntime::new(sim.send_spawner(), sim.clock().clone());
///     // As quinn does for an idle timeout.
///     let mut timer = runtime.new_timer(runtime.now() + Duration::from_secs(30));
///     poll_fn(|cx| timer.as_mut().poll(cx)).await;
///     assert_eq!(sim.elapsed(), Duration::from_secs(30));
/// })
/// .unwrap();
/// ```
#[derive(Clone)]
pub struct SpawnRuntime<S, T: Timer> {
    spawner: S,
    clock: Clock<T>,
}

impl<S, T: Timer> SpawnRuntime<S, T> {
    /// Spawns quinn's tasks with `spawner`, on the clock of `timer`.
    pub fn new(spawner: S, timer: T) -> Self {
        Self { spawner, clock: Clock::new(timer) }
    }

    /// The spawner.
    pub fn get_ref(&self) -> &S {
        &self.spawner
    }

    /// The timer.
    pub fn timer(&self) -> &T {
        self.clock.timer()
    }
}

impl<S, T> quinn::Runtime for SpawnRuntime<S, T>
where
    S: Spawn<Task> + Send + Sync + 'static,
    T: Timer<Sleep: Send + 'static> + Send + Sync + 'static,
{
    fn new_timer(&self, deadline: Instant) -> Pin<Box<dyn AsyncTimer>> {
        self.clock.new_timer(deadline)
    }

    fn spawn(&self, task: Task) {
        self.spawner.spawn(task);
    }

    fn wrap_udp_socket(&self, _: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "a runtime made of a spawner has no sockets: use Endpoint::new_with_abstract_socket",
        ))
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }
}

impl<S, T: Timer> fmt::Debug for SpawnRuntime<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnRuntime").finish_non_exhaustive()
    }
}
