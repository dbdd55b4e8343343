//! Where hyper runs in these tests: a timer, an executor, and connections in memory.

use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::sync::Arc;

use anytempo::{RawSleep, Spawn, Timer};
use anytempo_hyper::{HyperExecutor, HyperTimer};
use anytempo_virtual::{Sim, VirtualClock};
use hyper::{Request, Response, body::Incoming};

pub(crate) const NANOSECOND: Duration = Duration::from_nanos(1);

pub(crate) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A timer that hyper can take.
pub(crate) trait HttpTimer:
    Timer<Sleep: RawSleep + Send + Sync + 'static> + Send + Sync + 'static
{
}

impl<T: Timer<Sleep: Send + Sync + 'static> + Send + Sync + 'static> HttpTimer for T {}

/// Spawns all tasks as one type, so that a scenario is generic over its timer alone.
#[derive(Clone)]
pub(crate) struct AnySpawner(Arc<dyn Spawn<Boxed<()>> + Send + Sync>);

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for AnySpawner {
    fn spawn(&self, task: F) {
        self.0.spawn(Box::pin(task));
    }
}

#[derive(Clone)]
pub(crate) struct World<T: Timer> {
    pub(crate) timer: T,
    pub(crate) hyper: HyperTimer<T>,
    pub(crate) executor: HyperExecutor<AnySpawner>,
}

impl<T: HttpTimer> World<T> {
    pub(crate) fn new(timer: T, spawner: impl Spawn<Boxed<()>> + Send + Sync + 'static) -> Self {
        let executor = HyperExecutor::new(AnySpawner(Arc::new(spawner)));
        World { timer: timer.clone(), hyper: HyperTimer::new(timer), executor }
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.executor.get_ref().spawn(task);
    }
}

/// The world of a simulation.
pub(crate) fn simulated(sim: &Sim) -> World<VirtualClock> {
    World::new(sim.clock().clone(), sim.send_spawner())
}

pub(crate) async fn answer(_: Request<Incoming>) -> Result<Response<String>, Infallible> {
    Ok(Response::new(String::from("done")))
}
