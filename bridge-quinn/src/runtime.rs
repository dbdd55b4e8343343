use core::fmt;
use core::pin::Pin;
use std::io;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Instant;

use anytempo::Timer;
use quinn::{AsyncTimer, AsyncUdpSocket, Runtime};

use crate::clock::Clock;

/// A runtime of quinn with another clock: its sockets and tasks stay, its time is that of the timer.
///
/// quinn counts in instants of the standard library. The first use takes one of them, and an instant of the timer, as the
/// same moment. From then on quinn's time is the time of the timer's clock. Endpoints that share a runtime agree about it.
///
/// - [`new`](QuinnRuntime::new) reads no clock and needs no runtime.
/// - No timer is early. On a clock that counts in ticks it takes up to two ticks more, as a reading may be almost a tick old.
/// - A reset moves the deadline in the box that quinn has. A deadline beyond the clock's range is never reached.
///
/// For an endpoint over a socket of one's own, [`SpawnRuntime`](crate::SpawnRuntime) needs a spawner alone.
///
/// # Examples
///
/// ```
/// use anytempo_quinn::QuinnRuntime;
/// use anytempo_tokio::TokioTimer;
/// use quinn::{Runtime, TokioRuntime};
/// use std::sync::Arc;
///
/// // For `Endpoint::new(config, server_config, socket, runtime)`.
/// let runtime: Arc<dyn Runtime> = Arc::new(QuinnRuntime::new(Arc::new(TokioRuntime), TokioTimer));
/// # let _ = runtime;
/// ```
#[derive(Clone)]
#[doc(alias = "TokioRuntime")]
#[doc(alias = "SmolRuntime")]
pub struct QuinnRuntime<T: Timer> {
    runtime: Arc<dyn Runtime>,
    clock: Clock<T>,
}

impl<T: Timer> QuinnRuntime<T> {
    /// Replaces the clock of `runtime` by that of `timer`.
    ///
    /// The runtime is one of quinn's, such as that of [`default_runtime`](quinn::default_runtime).
    pub fn new(runtime: Arc<dyn Runtime>, timer: T) -> Self {
        Self { runtime, clock: Clock::new(timer) }
    }

    /// The runtime beneath.
    pub fn get_ref(&self) -> &Arc<dyn Runtime> {
        &self.runtime
    }

    /// The timer.
    pub fn timer(&self) -> &T {
        self.clock.timer()
    }
}

impl<T> Runtime for QuinnRuntime<T>
where
    T: Timer<Sleep: Send + 'static> + Send + Sync + 'static,
{
    fn new_timer(&self, deadline: Instant) -> Pin<Box<dyn AsyncTimer>> {
        self.clock.new_timer(deadline)
    }

    #[track_caller]
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.runtime.spawn(task);
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        self.runtime.wrap_udp_socket(socket)
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }
}

impl<T: Timer> fmt::Debug for QuinnRuntime<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuinnRuntime").field("runtime", &self.runtime).finish_non_exhaustive()
    }
}
