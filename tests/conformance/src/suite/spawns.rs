use core::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anytempo::Timer;
use anytempo::scope::{CloseTask, CloseWithin, Spawn};

use crate::suite::failure::Seen;
use crate::suite::{Door, Failure, Note, Outcome, Runtime, STEP, Subject, check_count};

/// A runtime with a spawner to which closes can be handed. The proof of a spawner needs this in addition to [`Runtime`].
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

    /// As [`Log::check`](crate::suite::Log::check).
    #[track_caller]
    pub fn check(&self, expected: &[&str], what: &'static str) -> Outcome {
        if self.is(expected) {
            return Ok(());
        }
        let seen = self.with(|entries| Seen::Log(entries.len(), entries.last().copied()));
        Err(Failure::new(what).seen(seen))
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

    /// Waits until it was closed or aborted, and checks that only one of the two happened, once.
    pub async fn ends<T: Timer>(&self, subject: &Subject<T>) -> Outcome {
        for _ in 0..5000 {
            if self.ended() > 0 {
                subject.pass(2).await;
                break;
            }
            subject.pass(1).await;
        }
        self.has_ended()
    }

    /// As [`ends`](Self::ends), on a thread that no runtime needs.
    pub fn ends_here(&self) -> Outcome {
        for _ in 0..5000 {
            if self.ended() > 0 {
                break;
            }
            thread::sleep(STEP);
        }
        self.has_ended()
    }

    fn ended(&self) -> usize {
        self.count("closed") + self.count("aborted")
    }

    fn has_ended(&self) -> Outcome {
        check_count(self.ended(), 1, "it is closed or aborted, once")
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
