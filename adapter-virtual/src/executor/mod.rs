mod drive;

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::panic::Location;
use core::task::Waker;
use core::time::Duration;
use std::rc::Rc;
use std::sync::Arc;

pub(crate) use drive::{Interrupted, Left};

use crate::clock::{Goal, Step};
use crate::limits::Unlimited;
use crate::tasks::Tasks;
use crate::{
    Deadlock, Instant, JoinHandle, PendingWait, SendSpawner, Settled, Spawner, Task, VirtualClock,
};
use drive::Told;

/// A small deterministic executor on one thread that moves a [`VirtualClock`] whenever all tasks wait.
///
/// # Order
///
/// A wake adds a task to the end of one queue, and the executor polls the task at its front. A task that is woken
/// several times before its turn is polled once. A new task, and the future of a [`block_on`](Executor::block_on), join
/// the queue like a woken task. The same program therefore gives the same trace in every run, unless other threads take
/// part.
///
/// # Time
///
/// The time stands still while a task is ready. When every task waits, the executor moves the clock to the earliest
/// pending deadline and wakes everything that is due there before it polls a task.
///
/// - Deadlines on other clocks, virtual or real, are not seen.
/// - Work on other threads is not seen either, unless a [`Hold`](crate::Hold) lives: then the executor parks its thread.
/// - While another thread advances the clock, the executor parks until that advance is over or one of its tasks is woken.
/// - Use one executor for each clock. Two of them move the time under each other.
/// - Code that sets timers without end, such as a heartbeat, keeps `block_on` and [`run`](Executor::run) from ever
///   returning a [`Deadlock`]. Use [`run_for`](Executor::run_for), or put a
///   [`timeout`](anytempo::Timer::timeout) around the future, which takes no real time.
/// - A task that never waits, or only for zero, keeps the clock still.
///
/// # Panics
///
/// A panic in a task leaves through the call that drives the executor, so it ends the test. The task is dropped and its
/// handle gives [`Aborted`](crate::Aborted). If the panic is caught, the executor and its other tasks can go on.
///
/// Only one call at a time can drive the executor. `block_on`, `run`, `run_for`, `run_until` and `run_until_idle` panic
/// while one of them is running, for example in a task, or in the destructor of a task that ends or is aborted there.
/// Outside of such a call a destructor may drive the executor: that of a task that
/// [`JoinHandle::abort`] drops, for example.
///
/// # Drop
///
/// Dropping the executor drops its tasks, in the order of spawning. Tasks that a [`SendSpawner`](crate::SendSpawner) sent and that had no
/// turn yet are dropped last. Wakers may outlive the executor; they then do nothing.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::time::Duration;
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// let slow = executor.spawn_named("slow", clock.sleep(Duration::from_secs(3600)));
///
/// executor.run_for(Duration::from_secs(3599));
/// assert!(!slow.is_finished());
/// executor.run_for(Duration::from_secs(1));
/// assert!(slow.is_finished());
/// ```
#[doc(alias = "LocalPool")]
#[doc(alias = "Runtime")]
pub struct Executor {
    clock: VirtualClock,
    tasks: Rc<Tasks>,
    driven: Cell<bool>,
    is_seeded: bool,
    /// Makes a parked executor look again.
    nudge: Waker,
}

impl Executor {
    /// An executor that moves `clock`, of which it keeps a handle.
    #[must_use]
    pub fn new(clock: &VirtualClock) -> Executor {
        let tasks = Rc::new(Tasks::new(clock));
        let nudge = Waker::from(Arc::clone(tasks.queue()));
        let is_seeded = clock.seed().is_some();
        Executor { clock: clock.clone(), tasks, driven: Cell::new(false), is_seeded, nudge }
    }

    /// The clock that this executor moves.
    #[must_use]
    pub fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    /// A handle that spawns tasks here, and that tasks can own.
    #[must_use]
    pub fn spawner(&self) -> Spawner {
        Spawner::new(&self.tasks)
    }

    /// A handle that spawns `Send` tasks here from any thread.
    #[must_use]
    pub fn send_spawner(&self) -> SendSpawner {
        SendSpawner::new(self.tasks.queue())
    }

    /// Adds a task, which need not be `Send`. It is first polled by a later call that drives the executor, or, where
    /// one is under way, in its turn.
    ///
    /// The task runs whether or not the [`JoinHandle`] is polled or kept. Inside of tasks, spawn with a
    /// [`Spawner`]; the future of a [`block_on`](Executor::block_on) may simply borrow the executor.
    ///
    /// Tasks are numbered from 1 in the order of spawning. A [`Deadlock`] names them by that number and by the place of
    /// this call.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.spawner().spawn(future)
    }

    /// As [`spawn`](Executor::spawn), with a name for [`Deadlock`] to tell. Names need not be unique.
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.spawner().spawn_named(name, future)
    }

    /// Adds a task in the background: one that serves others, and that a run does not wait for.
    ///
    /// - [`run`](Executor::run) returns when only such tasks are left.
    /// - Their deadlines alone do not keep the time going. If everything else waits for something that is no deadline, that is a
    ///   [`Deadlock`], and not an endless run beside a heartbeat.
    /// - So spawn a task that others wait for, such as a delay in a channel, with [`spawn`](Executor::spawn). A task that one in the
    ///   background spawns so is in the foreground.
    /// - [`run_for`](Executor::run_for) and [`run_until`](Executor::run_until) treat them as any other task.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next};
    /// use anytempo_virtual::{Executor, VirtualClock};
    /// use core::{future::pending, pin::pin, time::Duration};
    ///
    /// let clock = VirtualClock::new();
    /// let executor = Executor::new(&clock);
    /// let beat = clock.clone();
    /// executor.spawn_background("heartbeat", async move {
    ///     let mut beats = pin!(beat.interval(Duration::from_secs(1)));
    ///     while next(&mut beats).await.is_some() {}
    /// });
    /// let deadlock = executor.block_on(pending::<()>()).unwrap_err();
    /// assert!(deadlock.to_string().contains("\"heartbeat\""));
    /// ```
    #[track_caller]
    pub fn spawn_background<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.spawner().spawn_background(name, future)
    }

    /// Runs `future` and all tasks until `future` is done, and moves the time as far as that takes.
    ///
    /// More precisely: `future` joins the queue behind the tasks that are ready already. As soon as it is done this
    /// returns; the tasks stay where they are, and go on with the next call that drives the executor. `future` may
    /// borrow: it is dropped before this returns.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if everything waits and no registered deadline can wake it. The tasks remain.
    ///
    /// # Panics
    ///
    /// If a task panics, or if this executor is already being driven: see [`Executor`](Executor#panics).
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use anytempo_virtual::{Executor, VirtualClock};
    /// use core::time::Duration;
    ///
    /// let clock = VirtualClock::new();
    /// let executor = Executor::new(&clock);
    /// let answer = executor.block_on(async {
    ///     let seven = executor.spawn(async { 7 });
    ///     clock.sleep(Duration::from_secs(1)).await;
    ///     seven.await.unwrap() * 6
    /// });
    /// assert_eq!(answer.unwrap(), 42);
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Deadlock> {
        let location = Location::caller();
        self.drive_main(&mut Unlimited, location, future).map_err(Interrupted::into_deadlock)
    }

    /// Runs until all tasks are done, also those that are spawned on the way, and moves the time as far as that takes.
    ///
    /// Without tasks it returns at once.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if all remaining tasks wait and no registered deadline can wake them. The tasks remain.
    ///
    /// # Panics
    ///
    /// If a task panics, or if this executor is already being driven: see [`Executor`](Executor#panics).
    #[track_caller]
    pub fn run(&self) -> Result<(), Deadlock> {
        let _drive = self.begin_drive();
        let turn = |task| {
            self.tasks.poll(task);
            None
        };
        let done = || self.tasks.is_done().then_some(());
        self.drive(&mut Unlimited, turn, done).map_err(Interrupted::into_deadlock)
    }

    /// Runs the tasks for `span` of virtual time, and leaves the clock exactly that much later.
    ///
    /// More precisely: tasks run, and the time moves from deadline to deadline, until everything that is due at the
    /// end of the span, inclusive, has had its turn. Tasks that wait for something else, or forever, do no harm.
    /// With a `span` of zero it is [`run_until_idle`](Executor::run_until_idle); beyond the clock's range it ends at
    /// [`Instant::MAX`].
    ///
    /// # Panics
    ///
    /// If a task panics, or if this executor is already being driven: see [`Executor`](Executor#panics).
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use anytempo_virtual::{Executor, VirtualClock};
    /// use core::{cell::Cell, time::Duration};
    /// use std::rc::Rc;
    ///
    /// let clock = VirtualClock::new();
    /// let executor = Executor::new(&clock);
    /// let beats = Rc::new(Cell::new(0));
    /// executor.spawn({
    ///     let (clock, beats) = (clock.clone(), Rc::clone(&beats));
    ///     async move {
    ///         loop {
    ///             clock.sleep(Duration::from_secs(1)).await;
    ///             beats.set(beats.get() + 1);
    ///         }
    ///     }
    /// });
    /// executor.run_for(Duration::from_millis(3500));
    /// assert_eq!(beats.get(), 3);
    /// assert_eq!(clock.elapsed(), Duration::from_millis(3500));
    /// ```
    #[track_caller]
    pub fn run_for(&self, span: Duration) {
        self.run_until(self.clock.time().saturating_add(span));
    }

    /// Runs the tasks until the clock is at `end`, as [`run_for`](Executor::run_for) does.
    ///
    /// With an `end` that is past or now it is [`run_until_idle`](Executor::run_until_idle).
    ///
    /// # Panics
    ///
    /// If a task panics, or if this executor is already being driven: see [`Executor`](Executor#panics).
    #[track_caller]
    pub fn run_until(&self, end: Instant) {
        let _drive = self.begin_drive();
        loop {
            if let Some(task) = self.next() {
                self.tasks.poll(task);
            } else if !self.tasks.settle()
                && matches!(self.idle(Goal::Time(end), None), Step::Reached)
            {
                return;
            }
        }
    }

    /// Runs the tasks until all of them wait, without moving the time. It never parks, also while the clock is held.
    ///
    /// # Panics
    ///
    /// If a task panics, or if this executor is already being driven: see [`Executor`](Executor#panics). Inside of a task,
    /// [`settled`](Executor::settled) waits for the same.
    #[track_caller]
    pub fn run_until_idle(&self) {
        let _drive = self.begin_drive();
        loop {
            if let Some(task) = self.next() {
                self.tasks.poll(task);
            } else if !self.tasks.settle() {
                return;
            }
        }
    }

    /// Waits until nothing else is ready, before the time moves: see [`Settled`].
    pub fn settled(&self) -> Settled {
        Settled::new(&self.tasks)
    }

    /// Lists the tasks that are not over, in the order of spawning, with what each of them waits for.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use anytempo_virtual::{Awaited, Executor, Instant, VirtualClock};
    /// use core::time::Duration;
    ///
    /// let clock = VirtualClock::new();
    /// let executor = Executor::new(&clock);
    /// executor.spawn_named("timer", clock.sleep(Duration::from_secs(5)));
    /// executor.spawn(core::future::pending::<()>());
    /// executor.run_until_idle();
    ///
    /// let tasks = executor.tasks();
    /// assert_eq!(tasks[0].name(), Some("timer"));
    /// assert_eq!(tasks[0].awaits(), [Awaited::Deadline(Instant::at(Duration::from_secs(5)))]);
    /// assert_eq!(tasks[1].awaits(), []);
    /// ```
    #[must_use]
    pub fn tasks(&self) -> Vec<Task> {
        self.spawner().tasks()
    }

    /// Lists the waits that are pending on the clock, by deadline, each with the task that polled it last.
    ///
    /// These are the deadlines of [`VirtualClock::pending`], also those of waits that no task of this executor polled.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use anytempo_virtual::{Executor, Instant, VirtualClock};
    /// use core::time::Duration;
    ///
    /// let clock = VirtualClock::new();
    /// let executor = Executor::new(&clock);
    /// executor.spawn_named("timer", clock.sleep(Duration::from_secs(5)));
    /// executor.run_until_idle();
    ///
    /// let waits = executor.waits();
    /// assert_eq!(waits[0].deadline(), Instant::at(Duration::from_secs(5)));
    /// assert!(waits[0].is_armed());
    /// assert_eq!(waits[0].owner().unwrap().name(), Some("timer"));
    /// ```
    #[must_use]
    pub fn waits(&self) -> Vec<PendingWait> {
        self.tasks.waits()
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        let _told = Told::new(&self.clock);
        self.tasks.close();
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor")
            .field("clock", &self.clock)
            .field("tasks", &self.tasks.len())
            .finish()
    }
}
