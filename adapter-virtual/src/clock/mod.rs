mod recording;
mod seeded;
mod step;
mod wait;

use core::fmt;
use core::mem;
use core::panic::Location;
use core::sync::atomic::{AtomicU64, Ordering};
use core::task::Waker;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use anytempo::Timer;

pub(crate) use recording::{Recording, WeakClock, is_any_recorded};
pub(crate) use step::{Goal, Step};

use crate::firing::Choose;
use crate::schedule::{Candidates, Kind, Random, Schedule};
use crate::waits::{Pending, Waits};
use crate::{Hold, Instant, Sleep};

/// A simulated clock: a [`Timer`] for tests that moves only when it is told to.
///
/// `VirtualClock` is a handle. Clones are the same clock and may be used from any thread. Clocks made by separate calls
/// of [`new`](VirtualClock::new) share nothing. A `&VirtualClock` is a [`Timer`] too.
///
/// Move the time with [`advance`](VirtualClock::advance), or let an [`Executor`](crate::Executor) go from deadline to
/// deadline:
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::time::Duration;
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// executor.block_on(clock.sleep(Duration::from_secs(86_400))).unwrap();
/// assert_eq!(clock.elapsed(), Duration::from_secs(86_400));
/// ```
///
/// # Firing order
///
/// A poll before the deadline registers a [`Sleep`]. The clock wakes registered sleeps in the order of their deadlines,
/// and equal deadlines in the order of registration. A further poll replaces the waker and keeps the position. A reset
/// or a drop removes the registration at once.
///
/// # Wakers
///
/// While a waker runs, [`now`](Timer::now) is the deadline of its sleep, unless another thread advances the clock too.
/// A waker may call anything on the clock: read it, advance it, poll, reset or drop a sleep. The clock holds no lock
/// while it clones, wakes or drops a waker.
///
/// If a waker panics, the panic leaves through `advance`. The clock stays usable. Sleeps that were due and not yet
/// woken fire at the next advance, even at one of zero.
///
/// # Threads
///
/// A poll and an advance on two threads never miss each other: either the poll is ready, or the advance wakes it.
/// Advances on two threads add up, unless one of them wakes something at that time: each ends at the target that it had
/// at its start, and the later target holds.
#[derive(Clone, Default)]
#[doc(alias = "MockClock")]
#[doc(alias = "FakeClock")]
#[doc(alias = "TestClock")]
#[doc(alias = "ManualClock")]
#[doc(alias = "MockDriver")]
pub struct VirtualClock {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The time in nanoseconds, for those who only read it: the maximum if it is beyond that. Written under the lock.
    nanos: AtomicU64,
    state: Mutex<State>,
}

// Whatever depends on two facts here is decided in one critical section. No code of others runs inside of it. Its only
// inner lock is that of an executor's queue, and nothing locks the clock while it holds that one.
struct State {
    now: Instant,
    waits: Waits,
    /// Chooses where several are ready or due. Without one they are first-come.
    schedule: Option<Box<Schedule>>,
    /// For those who want numbers from the seed.
    random: Random,
    /// What happened, while that is recorded.
    trace: Option<Recording>,
    /// Where each [`Hold`] that lives was taken.
    holds: Vec<&'static Location<'static>>,
    /// The threads that advance the clock, one entry for each call. They may have wakers that are not woken yet.
    advancing: Vec<ThreadId>,
    /// The wakers of parked executors, woken when the last hold is dropped and when an advance ends.
    parked: Vec<Waker>,
}

impl State {
    /// Removes the next wait that is due at or before `target`.
    fn take_due(&mut self, target: Instant) -> Option<(Instant, Waker)> {
        let mut chooser;
        let choose: Option<Choose<'_>> = match &mut self.schedule {
            None => None,
            Some(schedule) => {
                chooser =
                    |deadline, line: &dyn Candidates| schedule.choose(Kind::Firing, deadline, line);
                Some(&mut chooser)
            }
        };
        let due = self.waits.take_due(target, choose)?;
        if let Some(trace) = &mut self.trace {
            trace.fired(self.now.max(due.deadline), &due);
        }
        Some((due.deadline, due.waker))
    }
}

impl Default for State {
    fn default() -> State {
        State {
            now: Instant::START,
            waits: Waits::default(),
            schedule: None,
            random: Random::new(0),
            trace: None,
            holds: Vec::new(),
            advancing: Vec::new(),
            parked: Vec::new(),
        }
    }
}

impl VirtualClock {
    /// Creates a clock at [`Instant::START`] with nothing pending.
    #[must_use]
    pub fn new() -> VirtualClock {
        VirtualClock::default()
    }

    /// Returns the virtual time since the clock's start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        if is_any_recorded() {
            self.note_read();
        }
        self.time().since_start()
    }

    /// Moves the time forward by `span` and fires the timers on the way.
    ///
    /// - It goes from deadline to deadline in [firing order](VirtualClock#firing-order), up to and including the end of
    ///   the span. Each sleep is woken at its own deadline.
    /// - It ends exactly `span` after the time at which it was called, and at [`Instant::MAX`] beyond the clock's range.
    ///   If a waker or another thread has moved the time further, the time stays there.
    /// - Sleeps that a waker registers fire too if they are due by then.
    /// - A `span` of zero moves nothing.
    ///
    /// It wakes and does not poll. Under an [`Executor`](crate::Executor) the tasks run after `advance` has returned, so
    /// they find the time at the end of the span. [`Executor::run_for`](crate::Executor::run_for) polls the tasks at
    /// every deadline on the way.
    ///
    /// # Panics
    ///
    /// If a waker panics: see [`VirtualClock`](VirtualClock#wakers).
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo_virtual::VirtualClock;
    /// use core::time::Duration;
    ///
    /// let clock = VirtualClock::new();
    /// clock.advance(Duration::from_nanos(1));
    /// clock.advance(Duration::from_millis(2));
    /// assert_eq!(clock.elapsed(), Duration::from_nanos(2_000_001));
    /// ```
    pub fn advance(&self, span: Duration) {
        let state = self.lock();
        let target = state.now.saturating_add(span);
        self.go_to(state, target);
    }

    /// Moves the time forward to `target` and fires the timers on the way.
    ///
    /// Otherwise like [`advance`](VirtualClock::advance). A `target` in the past does nothing: time never goes back.
    pub fn advance_to(&self, target: Instant) {
        self.go_to(self.lock(), target);
    }

    /// Returns the earliest deadline that will fire, or `None` if no sleep is registered.
    ///
    /// Deadlines that cannot fire are not counted: see [`unpolled_resets`](VirtualClock::unpolled_resets).
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use anytempo_virtual::{Instant, VirtualClock};
    /// use core::{future::Future, pin::pin, task::{Context, Waker}, time::Duration};
    ///
    /// let clock = VirtualClock::new();
    /// let mut sleep = pin!(clock.sleep(Duration::from_secs(1)));
    /// assert_eq!(clock.next_deadline(), None); // not polled, so not registered
    ///
    /// let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    /// assert_eq!(clock.next_deadline(), Some(Instant::at(Duration::from_secs(1))));
    /// ```
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.lock().waits.next_deadline()
    }

    /// Returns the deadlines of all pending waits, sorted.
    ///
    /// A wait is pending if its last poll was pending and its deadline has not fired since. This includes waits that were
    /// reset after that poll, with their new deadline: somebody still depends on them, although they cannot fire before
    /// the next poll. [`unpolled_resets`](VirtualClock::unpolled_resets) lists these alone.
    ///
    /// Waits that were never polled, that are disarmed, over or dropped are not pending. A test that ends with
    /// `assert_eq!(clock.pending(), [])` proves that the code under test left no timer behind.
    #[must_use]
    pub fn pending(&self) -> Vec<Instant> {
        self.pending_waits().into_iter().map(|wait| wait.deadline).collect()
    }

    pub(crate) fn pending_waits(&self) -> Vec<Pending> {
        self.lock().waits.pending()
    }

    /// Returns the deadlines of sleeps that were reset after a pending poll and not polled since, sorted.
    ///
    /// A reset removes the registration. Until the next poll nothing wakes such a sleep, at any deadline, so a task that
    /// depends on it may wait forever. The cure is to poll the sleep after the reset.
    ///
    /// A poll, a drop, and a reset to `None` remove the entry. A sleep that was reset before its first poll or after it had fired
    /// is never listed.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use anytempo_virtual::{Instant, VirtualClock};
    /// use core::{future::Future, pin::pin, task::{Context, Waker}, time::Duration};
    ///
    /// let clock = VirtualClock::new();
    /// let mut cx = Context::from_waker(Waker::noop());
    /// let (ten, fifteen) = (Duration::from_secs(10), Duration::from_secs(15));
    /// let mut idle = pin!(clock.sleep(ten));
    /// assert!(idle.as_mut().poll(&mut cx).is_pending());
    ///
    /// idle.as_mut().reset(fifteen);
    /// assert_eq!(clock.unpolled_resets(), [Instant::at(fifteen)]);
    /// assert_eq!(clock.next_deadline(), None);
    ///
    /// assert!(idle.as_mut().poll(&mut cx).is_pending());
    /// assert_eq!(clock.unpolled_resets(), []);
    /// assert_eq!(clock.next_deadline(), Some(Instant::at(fifteen)));
    /// ```
    #[must_use]
    pub fn unpolled_resets(&self) -> Vec<Instant> {
        self.lock().waits.unpolled()
    }

    /// Stops executors from moving this clock while the returned [`Hold`] lives.
    ///
    /// They also report no [`Deadlock`](crate::Deadlock) meanwhile. Use it for work outside the clock, such as work on
    /// another thread: see [`Hold`].
    #[track_caller]
    pub fn hold(&self) -> Hold {
        let location = Location::caller();
        self.lock().holds.push(location);
        Hold::new(self.clone(), location)
    }

    pub(crate) fn holds(&self) -> Vec<&'static Location<'static>> {
        self.lock().holds.clone()
    }

    pub(crate) fn release(&self, location: &'static Location<'static>) {
        let parked = {
            let mut state = self.lock();
            if let Some(index) = state.holds.iter().position(|&it| it == location) {
                state.holds.remove(index);
            }
            if state.holds.is_empty() { mem::take(&mut state.parked) } else { Vec::new() }
        };
        parked.into_iter().for_each(Waker::wake);
    }

    /// The time, for those whose question is no operation on the clock.
    #[inline]
    pub(crate) fn time(&self) -> Instant {
        match self.shared.nanos.load(Ordering::Acquire) {
            u64::MAX => self.lock().now,
            nanos => Instant::at(Duration::from_nanos(nanos)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held, so a poisoned state is a whole one.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Differs from that of every other clock that lives.
    #[inline]
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.shared).addr()
    }
}

impl Timer for VirtualClock {
    type Instant = Instant;
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        if is_any_recorded() {
            self.note_read();
        }
        self.time()
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep::new(self.clone(), deadline)
    }
}

/// Shows the time, the number of pending waits, and the deadlines of [unpolled resets](VirtualClock::unpolled_resets)
/// if there are any.
impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (now, pending, unpolled) = {
            let state = self.lock();
            (state.now, state.waits.len(), state.waits.unpolled())
        };
        let mut debug = f.debug_struct("VirtualClock");
        debug.field("now", &now).field("pending", &pending);
        if !unpolled.is_empty() {
            debug.field("unpolled_resets", &unpolled);
        }
        debug.finish()
    }
}
