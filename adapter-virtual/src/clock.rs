use core::fmt;
use core::mem;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anytempo::Timer;

use crate::{Hold, Instant, Sleep};

/// A clock that moves only when it is told to: a [`Timer`] for tests.
///
/// It is a handle. Clones are the same clock and may be used from any thread; clocks made by separate calls of
/// [`new`](VirtualClock::new) share nothing. A `&VirtualClock` is a [`Timer`] too.
///
/// The time is moved by hand with [`advance`](VirtualClock::advance), or by an [`Executor`](crate::Executor) that goes
/// from deadline to deadline:
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
/// # Which timer fires when
///
/// A wait is registered when its [`Sleep`] is polled before its deadline. The clock wakes registered waits in the order
/// of their deadlines, and equal deadlines in the order in which they were registered. Polling a registered sleep again
/// replaces its waker and keeps its place; resetting or dropping it takes it out at once.
///
/// # Wakers
///
/// While a timer's waker runs, [`now`](Timer::now) is that timer's deadline. A waker may do anything with the clock:
/// read it, poll, reset or drop a sleep, and advance it. No lock is held while a waker is cloned, woken or dropped.
///
/// If a waker panics, the panic leaves through `advance`. The clock stays usable, and the timers that had their time
/// but not their turn fire at the next advance, whatever its length.
#[derive(Clone, Default)]
pub struct VirtualClock {
    state: Arc<Mutex<State>>,
}

/// A wait's place in the order of firing: its deadline, then when it was registered.
pub(crate) type Place = (Instant, u64);

struct State {
    now: Instant,
    registrations: u64,
    waits: BTreeMap<Place, Waker>,
    /// How many [`Hold`]s live.
    holds: usize,
    /// Whom to wake when the last hold is released.
    parked: Vec<Waker>,
}

impl Default for State {
    fn default() -> State {
        State {
            now: Instant::START,
            registrations: 0,
            waits: BTreeMap::new(),
            holds: 0,
            parked: Vec::new(),
        }
    }
}

impl VirtualClock {
    /// A clock of its own, at [`Instant::START`], with nothing pending.
    #[must_use]
    pub fn new() -> VirtualClock {
        VirtualClock::default()
    }

    /// The time since the clock's start: the sum of all advances.
    ///
    /// Only virtual time counts; real time does not move it.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.lock().now.since_start()
    }

    /// Moves the time forward by `span`, and fires the timers that fall within, up to and including the end.
    ///
    /// More precisely: it goes from deadline to deadline in [the order of
    /// firing](VirtualClock#which-timer-fires-when), wakes each timer at its own time, and stops exactly `span` after
    /// the time at which it was called. Timers that wakers register on the way fire too if they fall within. A `span`
    /// of zero moves nothing. Beyond the clock's range it stops at [`Instant::MAX`].
    ///
    /// It wakes and does not poll. Under an [`Executor`](crate::Executor) a task that is woken runs after `advance` has
    /// returned, and then finds the time at the end of the span: to give tasks their turn at every deadline on the way,
    /// use [`Executor::run_for`](crate::Executor::run_for).
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
        let target = self.lock().now.saturating_add(span);
        self.advance_to(target);
    }

    /// Moves the time forward to `target`, and fires the timers that fall within, up to and including `target`.
    ///
    /// As [`advance`](VirtualClock::advance). A `target` in the past does nothing: time never goes back.
    pub fn advance_to(&self, target: Instant) {
        while self.fire_next(target) {}
        let mut state = self.lock();
        // A waker may have gone further than this call was to go.
        state.now = state.now.max(target);
    }

    /// The earliest deadline that is pending, or `None` if no wait is registered.
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
        self.lock().waits.keys().next().map(|&(deadline, _)| deadline)
    }

    /// What is pending: the deadlines of all registered waits, in the order in which they will fire.
    ///
    /// Waits that were not polled yet, that are disarmed, or that have fired are not among them. A test that ends with
    /// `assert_eq!(clock.pending(), [])` shows that the code under test left no timer behind.
    #[must_use]
    pub fn pending(&self) -> Vec<Instant> {
        self.lock().waits.keys().map(|&(deadline, _)| deadline).collect()
    }

    /// Keeps executors from moving this clock, and from reporting a [`Deadlock`](crate::Deadlock), for as long as the
    /// [`Hold`] lives.
    ///
    /// For work that goes on outside the clock, such as on another thread: see [`Hold`].
    pub fn hold(&self) -> Hold {
        self.lock().holds += 1;
        Hold::new(self.clone())
    }

    pub(crate) fn release(&self) {
        let parked = {
            let mut state = self.lock();
            state.holds -= 1;
            if state.holds == 0 { mem::take(&mut state.parked) } else { Vec::new() }
        };
        parked.into_iter().for_each(Waker::wake);
    }

    /// Whether a hold lives; if so, `on_release` is woken when the last one is released.
    pub(crate) fn is_held(&self, on_release: &Waker) -> bool {
        let waker = on_release.clone();
        let mut state = self.lock();
        if state.holds > 0 && !state.parked.iter().any(|parked| parked.will_wake(&waker)) {
            state.parked.push(waker);
        }
        state.holds > 0
    }

    /// Moves to the earliest pending deadline that is not after `limit`, and fires everything due there.
    ///
    /// False if there is none. The time then stays where it is.
    pub(crate) fn advance_to_next(&self, limit: Instant) -> bool {
        let fired = self.fire_next(limit);
        if fired {
            let now = self.lock().now;
            self.advance_to(now);
        }
        fired
    }

    /// Takes out the next timer that is due at or before `limit`, moves the time to its deadline, and wakes it.
    fn fire_next(&self, limit: Instant) -> bool {
        let waker = {
            let mut state = self.lock();
            match state.waits.first_entry() {
                Some(wait) if wait.key().0 <= limit => {
                    let ((deadline, _), waker) = wait.remove_entry();
                    state.now = state.now.max(deadline);
                    waker
                }
                _ => return false,
            }
        };
        waker.wake();
        true
    }

    /// Ready if the clock has reached `deadline`; otherwise `waker` is the one that is woken there.
    ///
    /// `place` is where the caller is registered. It is always one with this `deadline`.
    pub(crate) fn poll_wait(
        &self,
        place: &mut Option<Place>,
        deadline: Instant,
        waker: &Waker,
    ) -> Poll<()> {
        // Cloning and dropping a waker runs code of others, so both happen outside the lock: `unused` was declared
        // before `state` and is dropped after it.
        let mut unused = Some(waker.clone());
        let mut state = self.lock();
        if deadline <= state.now {
            let registered = place.take().and_then(|place| state.waits.remove(&place));
            drop(state);
            drop(registered);
            return Poll::Ready(());
        }
        let place = *place.get_or_insert_with(|| {
            state.registrations += 1;
            (deadline, state.registrations)
        });
        if let Some(waker) = unused.take() {
            unused = state.waits.insert(place, waker);
        }
        drop(state);
        drop(unused);
        Poll::Pending
    }

    /// Gives up a registration. It may have fired already.
    pub(crate) fn deregister(&self, place: Place) {
        let waker = self.lock().waits.remove(&place);
        drop(waker);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held, so a poisoned state is a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Timer for VirtualClock {
    type Instant = Instant;
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        self.lock().now
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep::new(self.clone(), deadline)
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (now, pending) = {
            let state = self.lock();
            (state.now, state.waits.len())
        };
        f.debug_struct("VirtualClock").field("now", &now).field("pending", &pending).finish()
    }
}
