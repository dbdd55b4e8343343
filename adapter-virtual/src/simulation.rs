use core::fmt;
use core::future::Future;
use core::ops::Deref;
use core::panic::Location;
use core::time::Duration;

use anytempo::Timer;

use crate::executor::Interrupted;
use crate::limits::{Limits, Meter, limit_methods};
use crate::{
    Deadlock, Executor, Instant, JoinHandle, LimitReached, PendingWait, Seed, SendSpawner, Settled,
    Sleep, Spawner, Stopped, Task, VirtualClock,
};

/// Runs a test body with a clock and an executor of its own.
///
/// The body gets a [`Sim`], which is the clock, and spawns tasks. For a seed and limits there is [`Simulation`], for many seeds
/// [`explore`](crate::explore).
///
/// # Errors
///
/// [`Deadlock`] if nothing can happen any more before the body is done.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use core::{future::pending, time::Duration};
///
/// anytempo_virtual::run(async |sim| {
///     let hour = sim.spawn(sim.sleep(Duration::from_secs(3600)));
///     let late = sim.timeout(Duration::from_secs(5), pending::<()>()).await;
///     assert!(late.is_err());
///     assert_eq!(sim.elapsed(), Duration::from_secs(5));
///     hour.await.unwrap();
///     assert_eq!(sim.elapsed(), Duration::from_secs(3600));
/// })
/// .unwrap();
/// ```
#[track_caller]
#[doc(alias = "start_paused")]
#[doc(alias = "pause")]
pub fn run<T>(body: impl AsyncFnOnce(Sim) -> T) -> Result<T, Deadlock> {
    let executor = Executor::new(&VirtualClock::new());
    executor.block_on(body(Sim::new(&executor)))
}

/// What a body runs in: its clock, which is a [`Timer`], and the means to spawn tasks.
///
/// It dereferences to the [`VirtualClock`], and clones are the same simulation. It stays on its thread. For code that needs a
/// clock which is `Send`, take [`clock`](Sim::clock).
#[derive(Clone)]
pub struct Sim {
    clock: VirtualClock,
    spawner: Spawner,
}

impl Sim {
    pub(crate) fn new(executor: &Executor) -> Sim {
        Sim { clock: executor.clock().clone(), spawner: executor.spawner() }
    }

    /// The clock. It is `Send` and `Sync`.
    #[must_use]
    pub fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    /// The virtual time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Spawns a task, as [`Executor::spawn`] does.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.spawner.spawn(future)
    }

    /// Spawns a task with a name for the errors to tell, as [`Executor::spawn_named`] does.
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.spawner.spawn_named(name, future)
    }

    /// Spawns a task that the simulation does not wait for, as [`Executor::spawn_background`] does.
    #[track_caller]
    pub fn spawn_background<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.spawner.spawn_background(name, future)
    }

    /// Waits until nothing else is ready, before the time moves: see [`Settled`].
    pub fn settled(&self) -> Settled {
        self.spawner.settled()
    }

    /// Lists the tasks that are not over, as [`Executor::tasks`] does.
    #[must_use]
    pub fn tasks(&self) -> Vec<Task> {
        self.spawner.tasks()
    }

    /// Lists the pending waits with their tasks, as [`Executor::waits`] does.
    #[must_use]
    pub fn waits(&self) -> Vec<PendingWait> {
        self.spawner.waits()
    }

    /// A handle that spawns tasks, for code that needs no clock.
    #[must_use]
    pub fn spawner(&self) -> Spawner {
        self.spawner.clone()
    }

    /// A handle that spawns `Send` tasks from any thread.
    #[must_use]
    pub fn send_spawner(&self) -> SendSpawner {
        self.spawner.send_spawner()
    }
}

impl Deref for Sim {
    type Target = VirtualClock;

    fn deref(&self) -> &VirtualClock {
        &self.clock
    }
}

impl Timer for Sim {
    type Instant = Instant;
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        self.clock.raw_sleep(deadline)
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sim").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// A run of a test body with a seed and limits.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Limit, Simulation, Stopped};
/// use core::time::Duration;
///
/// let stopped = Simulation::new()
///     .seed(17)
///     .time_limit(Duration::from_secs(60))
///     .run(async |sim| {
///         loop {
///             sim.sleep(Duration::from_secs(1)).await;
///         }
///     })
///     .unwrap_err();
/// let Stopped::Limit(reached) = stopped else { panic!("{stopped}") };
/// assert_eq!(reached.limit(), Limit::Time(Duration::from_secs(60)));
/// ```
#[derive(Clone, Default)]
#[must_use = "a simulation does nothing until it is run"]
#[doc(alias = "turmoil")]
#[doc(alias = "madsim")]
pub struct Simulation {
    seed: Option<Seed>,
    limits: Limits,
}

limit_methods!(Simulation);

impl Simulation {
    /// A simulation without a seed, so that everything is first-come, and without limits.
    pub fn new() -> Simulation {
        Simulation::default()
    }

    /// Chooses at random what is next, as [`VirtualClock::seeded`] does.
    pub fn seed(mut self, seed: impl Into<Seed>) -> Simulation {
        self.seed = Some(seed.into());
        self
    }

    /// Runs the body until it is done. Its tasks are dropped then.
    ///
    /// # Errors
    ///
    /// [`Stopped`] if nothing can happen any more before the body is done, or a limit is reached.
    ///
    /// # Panics
    ///
    /// If the body or a task panics; the seed is written to the standard error then. If there is a seed, and `ANYTEMPO_SEED` is
    /// set and is not one.
    #[track_caller]
    pub fn run<T>(self, body: impl AsyncFnOnce(Sim) -> T) -> Result<T, Stopped> {
        let clock = self.seed.map_or_else(VirtualClock::new, VirtualClock::seeded);
        run_on(&Executor::new(&clock), self.limits, Location::caller(), body)
    }
}

/// Runs a body on a new executor.
pub(crate) fn run_on<T>(
    executor: &Executor,
    limits: Limits,
    location: &'static Location<'static>,
    body: impl AsyncFnOnce(Sim) -> T,
) -> Result<T, Stopped> {
    let future = body(Sim::new(executor));
    let stopped = |interrupted| match interrupted {
        Interrupted::Deadlock(deadlock) => Stopped::Deadlock(deadlock),
        Interrupted::Limit(limit, left) => Stopped::Limit(LimitReached {
            limit,
            at: executor.clock().time(),
            left,
            seed: executor.clock().seed(),
        }),
    };
    executor.drive_main(&mut Meter::new(limits), location, future).map_err(stopped)
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation")
            .field("seed", &self.seed)
            .field("time_limit", &self.limits.time)
            .field("poll_limit", &self.limits.polls)
            .field("real_time_limit", &self.limits.real)
            .finish()
    }
}
