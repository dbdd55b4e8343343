use core::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use anytempo::Timer;
use anytempo::scope::{CloseTask, CloseWithin, Spawn};

use crate::suite::{Door, Failure, Note, Outcome, Runtime, Subject};

/// A runtime with a spawner to which closes can be handed. This is all that whoever proves a spawner has to write beside
/// [`Runtime`].
pub trait Spawns: Runtime {
    /// The spawner to be held to its promises.
    type Spawner: SpawnClose<Self::Timer>;

    /// Runs one case as [`run`](Runtime::run) does, and gives it a spawner of the runtime as well.
    fn run_spawning<F>(
        &self,
        case: impl FnOnce(Subject<Self::Timer>, Self::Spawner) -> F,
    ) -> Outcome
    where
        F: Future<Output = Outcome> + 'static;
}

/// The resource of these cases. It and its close are `Send`.
type SharedDoor = Door<SharedLog>;

/// A spawner of what the cases spawn: everything that does so for any future of a runtime is one.
pub trait SpawnClose<T: Timer>:
    Spawn<CloseTask<SharedDoor>>
    + Spawn<CloseTask<CloseWithin<SharedDoor, T>>>
    + Spawn<CloseTask<(SharedDoor, SharedDoor)>>
    + 'static
{
}

impl<T: Timer, S> SpawnClose<T> for S where
    S: Spawn<CloseTask<SharedDoor>>
        + Spawn<CloseTask<CloseWithin<SharedDoor, T>>>
        + Spawn<CloseTask<(SharedDoor, SharedDoor)>>
        + 'static
{
}

/// As [`Log`](crate::suite::Log), where tasks on any thread note what happens.
#[derive(Clone, Debug, Default)]
pub struct SharedLog(Arc<Mutex<Vec<&'static str>>>);

impl SharedLog {
    /// Whether just this has happened.
    pub fn is(&self, expected: &[&str]) -> bool {
        self.with(|entries| *entries == expected)
    }

    /// How often this has happened.
    pub fn count(&self, what: &str) -> usize {
        self.with(|entries| entries.iter().filter(|entry| **entry == what).count())
    }

    /// Waits, under a limit that only a close that is lost reaches, until `what` has happened, and then gives whatever might
    /// happen after it some time.
    pub async fn reaches<T: Timer>(&self, what: &str, subject: &Subject<T>) -> Outcome {
        for _ in 0..5000 {
            if self.count(what) > 0 {
                subject.pass(2).await;
                return Ok(());
            }
            subject.pass(1).await;
        }
        Err(Failure::new("what was spawned comes to its end"))
    }

    fn with<T>(&self, look: impl FnOnce(&Vec<&'static str>) -> T) -> T {
        look(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Note for SharedLog {
    fn note(&self, what: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }
}
