use core::future::Future;

use anytempo::Spawn;

/// Any spawner as the executor of hyper, which HTTP/2 and the pool of hyper-util need.
///
/// The adapters have a spawner for their runtime: `TokioSpawner`, `SmolSpawner`, `SendSpawner` of the virtual clock.
/// [`spawn_fn`](anytempo::scope::spawn_fn) makes one of a closure.
///
/// - hyper's tasks end with their connection. A task that the spawner drops ends its connection.
///
/// # Examples
///
/// ```
/// use anytempo_hyper::{HyperExecutor, HyperTimer};
/// use core::time::Duration;
/// use hyper::server::conn::http2;
///
/// anytempo_virtual::run(async |sim| {
///     let mut server = http2::Builder::new(HyperExecutor::new(sim.send_spawner()));
///     server
///         .timer(HyperTimer::new(sim.clock().clone()))
///         .keep_alive_interval(Duration::from_secs(20))
///         .keep_alive_timeout(Duration::from_secs(5));
///     // server.serve_connection(..)
/// })
/// .unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[doc(alias = "TokioExecutor")]
pub struct HyperExecutor<S> {
    spawner: S,
}

impl<S> HyperExecutor<S> {
    /// Hands hyper's tasks to `spawner`.
    pub const fn new(spawner: S) -> Self {
        Self { spawner }
    }

    /// The spawner.
    pub const fn get_ref(&self) -> &S {
        &self.spawner
    }
}

impl<F, S> hyper::rt::Executor<F> for HyperExecutor<S>
where
    F: Future<Output = ()>,
    S: Spawn<F>,
{
    fn execute(&self, task: F) {
        self.spawner.spawn(task);
    }
}
