use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use anytempo::{Deadline, RawSleep, Timer};
use pin_project_lite::pin_project;

use super::when;
use crate::Instant;

/// A clock that steps back at given moments, like a wall clock that is set, over any timer.
///
/// [`Timer::now`] should not step back. Use this clock to test code on a clock that does: waits get longer, and nothing else
/// may happen.
///
/// - A wait ends when this clock has reached its deadline, so a step back before that makes it longer by as much.
/// - A wait that was woken in time and is first polled after the step waits again. One that was ready stays ready.
/// - A step to before the start of the clock ends at [`Instant::START`].
/// - [`elapsed`](Timer::elapsed) is zero where the clock has stepped back behind its argument.
/// - Over a timer with ticks a delay may be up to a tick short. Put a [`TickClock`](super::TickClock) over this clock instead.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::clocks::StepClock;
/// use anytempo_virtual::{Instant, run};
/// use core::time::Duration;
///
/// run(async |sim| {
///     let seconds = Duration::from_secs;
///     // After ten seconds it is set back by three.
///     let clock = StepClock::new(sim.clone(), Instant::START, [(seconds(10), seconds(3))]);
///     clock.sleep(seconds(12)).await;
///     assert_eq!(sim.elapsed(), seconds(15));
///     assert_eq!(clock.now(), Instant::at(seconds(12)));
/// })
/// .unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct StepClock<T: Timer> {
    timer: T,
    start: T::Instant,
    /// In the order of their moments.
    steps: Arc<[Step]>,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    /// True time since the start.
    at: Duration,
    by: Duration,
}

impl<T: Timer> StepClock<T> {
    /// Creates a clock that reads [`Instant::START`] at `start`, an instant of `timer`.
    ///
    /// Each of the steps is a moment, as true time since `start`, and the span by which the clock goes back then. Their order does
    /// not matter.
    pub fn new(
        timer: T,
        start: T::Instant,
        steps: impl IntoIterator<Item = (Duration, Duration)>,
    ) -> Self {
        let mut steps: Vec<Step> = steps.into_iter().map(|(at, by)| Step { at, by }).collect();
        steps.sort_by_key(|step| step.at);
        Self { timer, start, steps: steps.into() }
    }

    /// The timer beneath.
    pub fn get_ref(&self) -> &T {
        &self.timer
    }

    /// What the clock has counted when this much true time has passed.
    fn counted(&self, passed: Duration) -> Duration {
        let mut counted = Duration::ZERO;
        let mut last = Duration::ZERO;
        for step in self.steps.iter().take_while(|step| step.at <= passed) {
            counted = (counted + (step.at - last)).saturating_sub(step.by);
            last = step.at;
        }
        counted + (passed - last)
    }

    /// The first true time from `passed` on at which the clock has counted `goal`.
    fn when_counted(&self, goal: Duration, passed: Duration) -> Option<Duration> {
        let mut from = passed;
        let ahead = self.steps.iter().map(|step| step.at).filter(|&at| at > passed);
        for end in ahead.map(Some).chain([None]) {
            let reached = from.checked_add(goal.saturating_sub(self.counted(from)));
            match end {
                Some(end) if reached.is_none_or(|it| it >= end) => from = end,
                _ => return reached,
            }
        }
        None
    }

    /// The instant of the timer that this much true time after the start is, where nothing steps back on the way.
    fn unstepped(start: T::Instant, deadline: Option<Instant>) -> Deadline<T> {
        when::<T>(start, deadline.map(Instant::since_start))
    }
}

impl<T: Timer> Timer for StepClock<T> {
    type Instant = Instant;
    type Sleep = StepSleep<T>;

    fn now(&self) -> Instant {
        Instant::at(self.counted(self.timer.elapsed(self.start)))
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> StepSleep<T> {
        let sleep = self.timer.raw_sleep(Self::unstepped(self.start, deadline));
        StepSleep { clock: self.clone(), deadline, is_over: false, sleep }
    }
}

pin_project! {
    /// A wait of a [`StepClock`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct StepSleep<T: Timer> {
        clock: StepClock<T>,
        deadline: Option<Instant>,
        // What is ready stays ready, although the clock may step back.
        is_over: bool,
        // The poll sets it to when the clock reaches the deadline. Before, it is at or before that.
        #[pin]
        sleep: T::Sleep,
    }
}

impl<T: Timer> Future for StepSleep<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if *this.is_over {
            return Poll::Ready(());
        }
        let due = this.deadline.and_then(|deadline| {
            let passed = this.clock.timer.elapsed(this.clock.start);
            this.clock.when_counted(deadline.since_start(), passed)
        });
        let due = when::<T>(this.clock.start, due);
        if this.sleep.deadline() != due {
            this.sleep.as_mut().reset(due);
        }
        let poll = this.sleep.poll(cx);
        *this.is_over = poll.is_ready();
        poll
    }
}

impl<T: Timer> RawSleep for StepSleep<T> {
    type Instant = Instant;

    fn reset(self: Pin<&mut Self>, deadline: Option<Instant>) {
        let this = self.project();
        *this.deadline = deadline;
        *this.is_over = false;
        this.sleep.reset(StepClock::<T>::unstepped(this.clock.start, deadline));
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
