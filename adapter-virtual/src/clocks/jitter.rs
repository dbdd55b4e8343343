use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use anytempo::{Deadline, Instant as _, RawSleep, Timer};
use pin_project_lite::pin_project;

use crate::schedule::random::Random;

/// A clock whose waits wake late by a seeded jitter, over any timer.
///
/// It tells the true time. What is late is the wake, as on a machine with much to do.
///
/// - Each wait is late by a span of its own from zero up to `most`, both included. It is drawn anew when the wait is reset.
/// - The same seed gives the same spans in the same order, on every machine. Clones of a clock draw from one sequence.
/// - Nothing is early. A poll after the deadline is ready, even before the late wake.
/// - A wait whose late wake is beyond the range of the timer is not late.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::clocks::JitterClock;
/// use core::time::Duration;
///
/// let most = Duration::from_millis(5);
/// let wakes = |seed| {
///     anytempo_virtual::run(async |sim| {
///         let late = JitterClock::new(sim.clone(), seed, most);
///         let deadline = sim.after(Duration::from_secs(1));
///         late.sleep_until(deadline).await;
///         sim.elapsed()
///     })
///     .unwrap()
/// };
/// assert!(wakes(17) >= Duration::from_secs(1));
/// assert!(wakes(17) <= Duration::from_secs(1) + most);
/// assert_eq!(wakes(17), wakes(17));
/// assert_ne!(wakes(17), wakes(18));
/// ```
#[derive(Clone, Debug)]
pub struct JitterClock<T> {
    timer: T,
    most: Duration,
    random: Arc<Mutex<Random>>,
}

impl<T> JitterClock<T> {
    /// Creates a clock whose waits wake up to `most` late.
    pub fn new(timer: T, seed: u64, most: Duration) -> Self {
        Self { timer, most, random: Arc::new(Mutex::new(Random::new(seed))) }
    }

    /// The timer beneath.
    pub fn get_ref(&self) -> &T {
        &self.timer
    }

    fn draw(&self) -> Duration {
        let most = u64::try_from(self.most.as_nanos()).unwrap_or(u64::MAX);
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_nanos(random.below(most.saturating_add(1)))
    }
}

impl<T: Timer> JitterClock<T> {
    /// When to wake for a deadline.
    fn late(&self, deadline: Deadline<T>) -> Deadline<T> {
        let Some(it): Option<T::Instant> = deadline.into() else { return deadline };
        let late: Option<T::Instant> = it.checked_add(T::Instant::delta_ceil(self.draw())).into();
        late.map_or(deadline, Into::into)
    }
}

impl<T: Timer> Timer for JitterClock<T> {
    const PROMPT: bool = T::PROMPT;

    type Instant = T::Instant;
    type Sleep = JitterSleep<T>;

    fn now(&self) -> T::Instant {
        self.timer.now()
    }

    fn raw_sleep(&self, deadline: Deadline<T>) -> JitterSleep<T> {
        let sleep = self.timer.raw_sleep(self.late(deadline));
        JitterSleep { clock: self.clone(), deadline, sleep }
    }
}

pin_project! {
    /// A wait of a [`JitterClock`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct JitterSleep<T: Timer> {
        clock: JitterClock<T>,
        // As it was set. What a rate counts from is this one.
        deadline: Deadline<T>,
        // With the time of the late wake.
        #[pin]
        sleep: T::Sleep,
    }
}

impl<T: Timer> JitterSleep<T> {
    /// Leaves out the jitter once the deadline is reached: readiness comes from the clock.
    fn tighten(self: Pin<&mut Self>) {
        let this = self.project();
        if this.sleep.deadline() != *this.deadline && this.clock.now().has_reached(*this.deadline) {
            this.sleep.reset(*this.deadline);
        }
    }
}

impl<T: Timer> Future for JitterSleep<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.as_mut().tighten();
        self.project().sleep.poll(cx)
    }
}

impl<T: Timer> RawSleep for JitterSleep<T> {
    type Instant = T::Instant;

    fn reset(self: Pin<&mut Self>, deadline: Deadline<T>) {
        let this = self.project();
        *this.deadline = deadline;
        this.sleep.reset(this.clock.late(deadline));
    }

    fn deadline(&self) -> Deadline<T> {
        self.deadline
    }

    fn arm(mut self: Pin<&mut Self>, cx: &mut Context<'_>) {
        self.as_mut().tighten();
        self.project().sleep.arm(cx);
    }
}
