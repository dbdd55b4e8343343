use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::panic::Location;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::rc::Rc;
use std::sync::Arc;

use anytempo::Timer;

use crate::clock::Step;
use crate::tasks::Tasks;
use crate::{Deadlock, Instant, JoinHandle, Spawner, VirtualClock, Waiting};

/// Runs a test body with a clock of its own, as [`Executor::block_on`] does.
///
/// The body has the clock as its argument. A body that spawns tasks makes an [`Executor`] instead.
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
/// anytempo_virtual::run(async |clock| {
///     let late = clock.timeout(Duration::from_secs(5), pending::<()>()).await;
///     assert!(late.is_err());
///     assert_eq!(clock.elapsed(), Duration::from_secs(5));
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn run<T>(body: impl AsyncFnOnce(VirtualClock) -> T) -> Result<T, Deadlock> {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    executor.block_on(body(clock))
}

/// A small deterministic executor on one thread, which moves a [`VirtualClock`] when there is nothing else to do.
///
/// # Order
///
/// What is woken goes to the end of one queue, and is polled from its front; a task that is woken many times before
/// its turn is polled once. A spawned task, and the future of a [`block_on`](Executor::block_on), join the queue like
/// one that is woken. The same program therefore gives the same trace in every run, as long as no other thread takes
/// part.
///
/// # Time
///
/// While anything is ready the time stands still. When every task waits, the executor moves the clock to the earliest
/// pending deadline, and wakes everything that is due there before it polls anything; what waits for a deadline
/// elsewhere, on another clock or on a real one, is not seen. Work on other threads is waited for while a
/// [`Hold`](crate::Hold) lives. Use one executor for each clock: two would move it under one another.
///
/// Time moves on as long as a deadline is pending. Code that sets timers for ever, such as a heartbeat, thus keeps
/// `block_on` and [`run`](Executor::run) from ever seeing a [`Deadlock`]: use [`run_for`](Executor::run_for), or give
/// the future a [`timeout`](anytempo::Timer::timeout), which takes no real time. A task that never waits for a time, or only
/// for zero, keeps the clock still for as long as it goes on.
///
/// # Panics
///
/// A task that panics ends the test, as any panic does: the panic leaves through the call that drives the executor. The
/// task is dropped, its handle gives [`Aborted`](crate::Aborted), and whoever catches the panic may go on with the
/// executor and its other tasks.
///
/// A call that drives the executor from inside of one of its own tasks, or while one is dropped, panics: that task could not
/// be polled.
///
/// # Drop
///
/// Dropping the executor drops all its tasks, in the order of spawning. Wakers may outlive it and then do nothing.
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
pub struct Executor {
    clock: VirtualClock,
    tasks: Rc<Tasks>,
    driven: Cell<bool>,
    /// Makes a parked executor look again.
    nudge: Waker,
}

impl Executor {
    /// An executor that moves `clock`, of which it keeps a handle.
    #[must_use]
    pub fn new(clock: &VirtualClock) -> Executor {
        let tasks = Rc::new(Tasks::default());
        let nudge = Waker::from(Arc::clone(tasks.queue()));
        Executor { clock: clock.clone(), tasks, driven: Cell::new(false), nudge }
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

    /// Runs `future` and all tasks until `future` is done, and moves the time as far as that takes.
    ///
    /// More precisely: `future` joins the queue behind the tasks that are ready already. As soon as it is done this
    /// returns; the tasks stay where they are, and go on with the next call that drives the executor. `future` may
    /// borrow: it is dropped before this returns.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if everything waits and no deadline is pending. The tasks remain.
    ///
    /// # Panics
    ///
    /// If a task panics, or if called from inside a task of this executor: see [`Executor`](Executor#panics).
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
        let _drive = self.begin_drive();
        let main = self.tasks.new_waker();
        let waker = Waker::from(Arc::clone(&main));
        let mut cx = Context::from_waker(&waker);
        let mut future = pin!(future);
        waker.wake_by_ref();
        loop {
            match self.tasks.queue().pop() {
                Some(key) if key == main.key() => {
                    main.begin_poll();
                    if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                        return Ok(output);
                    }
                }
                Some(key) => self.tasks.poll(key),
                None => {
                    if let Step::Stuck { now, unpolled } = self.idle(None) {
                        return Err(self.deadlock(now, unpolled, Some(Waiting::main(location))));
                    }
                }
            }
        }
    }

    /// Runs until all tasks are done, also those that are spawned on the way, and moves the time as far as that takes.
    ///
    /// Without tasks it returns at once.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if all tasks that are left wait and no deadline is pending. The tasks remain.
    ///
    /// # Panics
    ///
    /// If a task panics, or if called from inside a task of this executor: see [`Executor`](Executor#panics).
    #[track_caller]
    pub fn run(&self) -> Result<(), Deadlock> {
        let _drive = self.begin_drive();
        while !self.tasks.is_empty() {
            match self.tasks.queue().pop() {
                Some(key) => self.tasks.poll(key),
                None => {
                    if let Step::Stuck { now, unpolled } = self.idle(None) {
                        return Err(self.deadlock(now, unpolled, None));
                    }
                }
            }
        }
        Ok(())
    }

    /// Runs the tasks for `span` of virtual time, and leaves the clock exactly that much later.
    ///
    /// More precisely: tasks run, and the time moves from deadline to deadline, until everything that is due at the
    /// end of the span, inclusive, has had its turn. Tasks that wait for something else, or for ever, do no harm.
    /// With a `span` of zero it is [`run_until_idle`](Executor::run_until_idle); beyond the clock's range it ends at
    /// [`Instant::MAX`].
    ///
    /// # Panics
    ///
    /// If a task panics, or if called from inside a task of this executor: see [`Executor`](Executor#panics).
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
        self.run_until(self.clock.now().saturating_add(span));
    }

    /// Runs the tasks until the clock is at `end`, as [`run_for`](Executor::run_for) does.
    ///
    /// With an `end` that is past or now it is [`run_until_idle`](Executor::run_until_idle).
    ///
    /// # Panics
    ///
    /// If a task panics, or if called from inside a task of this executor: see [`Executor`](Executor#panics).
    #[track_caller]
    pub fn run_until(&self, end: Instant) {
        let _drive = self.begin_drive();
        loop {
            if let Some(key) = self.tasks.queue().pop() {
                self.tasks.poll(key);
            } else if matches!(self.idle(Some(end)), Step::Reached) {
                return;
            }
        }
    }

    /// Runs the tasks until all of them wait, without moving the time. It never parks, also while the clock is held.
    ///
    /// # Panics
    ///
    /// If a task panics, or if called from inside a task of this executor: see [`Executor`](Executor#panics).
    #[track_caller]
    pub fn run_until_idle(&self) {
        let _drive = self.begin_drive();
        while let Some(key) = self.tasks.queue().pop() {
            self.tasks.poll(key);
        }
    }

    /// Nothing is ready: moves the clock to the next deadline, or to `end` if that comes first.
    ///
    /// While the clock may not be moved, it parks until something changes.
    fn idle(&self, end: Option<Instant>) -> Step {
        let queue = self.tasks.queue();
        let step = self.clock.step(end, || queue.is_empty(), &self.nudge);
        if matches!(step, Step::Park) {
            queue.park();
        }
        step
    }

    fn deadlock(&self, at: Instant, unpolled: Vec<Instant>, main: Option<Waiting>) -> Deadlock {
        Deadlock::new(at, main.into_iter().chain(self.tasks.waiting()).collect(), unpolled)
    }

    #[track_caller]
    fn begin_drive(&self) -> Drive<'_> {
        assert!(
            !self.driven.replace(true),
            "this executor is already being driven: do not drive it from a task, a destructor or a waker that it runs"
        );
        Drive(&self.driven)
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

/// The executor is being driven, until this is dropped.
struct Drive<'a>(&'a Cell<bool>);

impl Drop for Drive<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
