//! Timers that are wrong in one way each, over a clock that is right.

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Wake;

use anytempo::{RawSleep as _, Timer};
use anytempo_virtual::VirtualClock;

/// What is wrong. Each is a fault that a runtime or an adapter has had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Fault {
    /// Nothing: whatever rejects this one is itself at fault.
    Nothing,
    FiresEarly,
    FiresLate,
    Drifts,
    TruncatesSubTick,
    RoundsZeroUp,
    LosesTheWake,
    KeepsTheFirstWaker,
    KeepsTheOldWakerToo,
    KeepsItsWakerWhenDropped,
    KeepsItsWakerWhenDisarmed,
    NeverDeregisters,
    PanicsOnTheLongest,
    Wraps,
    EndsAtTheLongest,
    WrapsDifferences,
    ReadyForEver,
    PendingOnceOver,
    NeverFiresAgain,
    PastNeverEnds,
    ForgetsAResetToEarlier,
    FiresAfterAResetToLater,
    FiresWhenDisarmed,
    ForgetsItsDeadline,
    WakesUnderItsLock,
    MovesItsDeadlineWithEachPoll,
    GoesBackInTime,
    ClonesAreOtherClocks,
    NeedsARuntimeWhenMade,
    HasOneWaitForAll,
    IsNotPrompt,
    ArmsNothing,
    ArmsNothingThatIsPast,
}

const fn has<const F: u8>(fault: Fault) -> bool {
    F == fault as u8
}

/// A timer with fault number `F`.
pub(crate) struct Faulty<const F: u8> {
    clock: VirtualClock,
    shared: Rc<Shared>,
    /// How far it is ahead of the clock that it was cloned from.
    lead: Duration,
}

struct Shared {
    reads: Cell<u64>,
    inside: Cell<bool>,
    one_wait: RefCell<anytempo_virtual::Sleep>,
    leaked_waits: RefCell<Vec<anytempo_virtual::Sleep>>,
    leaked_wakers: RefCell<Vec<Waker>>,
}

impl<const F: u8> Faulty<F> {
    pub(crate) fn new(clock: &VirtualClock) -> Self {
        let shared = Rc::new(Shared {
            reads: Cell::new(0),
            inside: Cell::new(false),
            one_wait: RefCell::new(clock.raw_sleep(None)),
            leaked_waits: RefCell::default(),
            leaked_wakers: RefCell::default(),
        });
        Self { clock: clock.clone(), shared, lead: Duration::ZERO }
    }

    /// From here on there is a runtime.
    pub(crate) fn enter(&self) {
        self.shared.inside.set(true);
    }
}

impl<const F: u8> Clone for Faulty<F> {
    fn clone(&self) -> Self {
        let lead = Duration::from_secs(u64::from(has::<F>(Fault::ClonesAreOtherClocks)));
        Self { clock: self.clock.clone(), shared: self.shared.clone(), lead: self.lead + lead }
    }
}

impl<const F: u8> Timer for Faulty<F> {
    const PROMPT: bool = has::<F>(Fault::IsNotPrompt);

    type Instant = Instant<F>;
    type Sleep = Sleep<F>;

    fn now(&self) -> Instant<F> {
        LOCK.with(|lock| lock.try_borrow().map(drop)).expect("the lock is not held");
        let reads = self.shared.reads.replace(self.shared.reads.get() + 1);
        let back = has::<F>(Fault::GoesBackInTime) && reads % 7 == 6;
        let step = Duration::from_micros(if back { 1 } else { 0 });
        Instant((self.clock.elapsed() + self.lead).saturating_sub(step))
    }

    fn raw_sleep(&self, deadline: Option<Instant<F>>) -> Sleep<F> {
        let inside = self.shared.inside.get();
        assert!(inside || !has::<F>(Fault::NeedsARuntimeWhenMade), "there is no runtime");
        let mut sleep = Sleep {
            timer: self.clone(),
            deadline,
            raw: self.clock.raw_sleep(None),
            drift: Duration::ZERO,
            waker: None,
            first_poll: None,
            over: false,
            spent: false,
        };
        sleep.set(deadline);
        sleep
    }
}

/// A point in the time of a faulty timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant<const F: u8>(Duration);

impl<const F: u8> anytempo::Instant for Instant<F> {
    type Delta = Duration;
    type Deadline = Option<Self>;

    fn delta_ceil(duration: Duration) -> Duration {
        if has::<F>(Fault::TruncatesSubTick) {
            return Duration::new(duration.as_secs(), duration.subsec_micros() * 1000);
        }
        if has::<F>(Fault::RoundsZeroUp) { duration.max(Duration::from_nanos(1)) } else { duration }
    }

    fn to_duration(delta: Duration) -> Duration {
        delta
    }

    fn checked_add(self, delta: Duration) -> Option<Self> {
        if has::<F>(Fault::Wraps) {
            let nanos = self.0.as_nanos().wrapping_add(delta.as_nanos()) as u64;
            return Some(Self(Duration::from_nanos(nanos)));
        }
        if delta == Duration::MAX {
            assert!(!has::<F>(Fault::PanicsOnTheLongest), "overflow");
            return has::<F>(Fault::EndsAtTheLongest).then_some(Self(Duration::MAX));
        }
        self.0.checked_add(delta).map(Self)
    }

    fn saturating_since(self, earlier: Self) -> Duration {
        if has::<F>(Fault::WrapsDifferences) && earlier > self {
            return Duration::MAX - (earlier.0 - self.0);
        }
        self.0.saturating_sub(earlier.0)
    }
}

/// A wait of a faulty timer.
pub(crate) struct Sleep<const F: u8> {
    timer: Faulty<F>,
    deadline: Option<Instant<F>>,
    raw: anytempo_virtual::Sleep,
    drift: Duration,
    waker: Option<Waker>,
    first_poll: Option<Duration>,
    /// It was ready since the last reset.
    over: bool,
    /// It was ready at any time.
    spent: bool,
}

impl<const F: u8> Sleep<F> {
    fn set(&mut self, deadline: Option<Instant<F>>) {
        let early = Duration::from_nanos(u64::from(has::<F>(Fault::FiresEarly)));
        let late = Duration::from_micros(u64::from(has::<F>(Fault::FiresLate)));
        let end = deadline.and_then(|it| it.0.saturating_sub(early).checked_add(late + self.drift));
        Pin::new(&mut self.raw).reset(end.map(anytempo_virtual::Instant::at));
    }

    /// The waker with which the clock is to know of this wait.
    fn waker(&mut self, waker: &Waker) -> Waker {
        let kept = &mut self.waker;
        if has::<F>(Fault::LosesTheWake) {
            return Waker::noop().clone();
        }
        if has::<F>(Fault::WakesUnderItsLock) {
            return Waker::from(Arc::new(UnderLock(waker.clone())));
        }
        if has::<F>(Fault::KeepsTheFirstWaker) {
            return kept.get_or_insert_with(|| waker.clone()).clone();
        }
        if has::<F>(Fault::KeepsTheOldWakerToo) && kept.is_none()
            || has::<F>(Fault::KeepsItsWakerWhenDisarmed)
        {
            *kept = Some(waker.clone());
        }
        if has::<F>(Fault::KeepsItsWakerWhenDropped) {
            self.timer.shared.leaked_wakers.borrow_mut().push(waker.clone());
        }
        waker.clone()
    }
}

impl<const F: u8> Future for Sleep<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let Some(deadline) = this.deadline else {
            let fires = has::<F>(Fault::FiresWhenDisarmed);
            return if fires { Poll::Ready(()) } else { Poll::Pending };
        };
        let now = this.timer.clock.elapsed();
        if has::<F>(Fault::ReadyForEver) && this.spent {
            return Poll::Ready(());
        }
        if has::<F>(Fault::PendingOnceOver) && this.over
            || has::<F>(Fault::NeverFiresAgain) && this.spent && !this.over
            || has::<F>(Fault::PastNeverEnds) && this.first_poll.is_none() && deadline.0 <= now
        {
            return Poll::Pending;
        }
        if has::<F>(Fault::IsNotPrompt) && this.first_poll.is_none() && deadline.0 <= now {
            this.first_poll = Some(now);
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let first = *this.first_poll.get_or_insert(now);
        if has::<F>(Fault::MovesItsDeadlineWithEachPoll) && now < deadline.0 {
            this.set(Some(Instant(now + (deadline.0 - first))));
        }
        let waker = this.waker(cx.waker());
        let mut cx = Context::from_waker(&waker);
        if has::<F>(Fault::HasOneWaitForAll) {
            let mut one = this.timer.shared.one_wait.borrow_mut();
            Pin::new(&mut *one).reset(Some(anytempo_virtual::Instant::at(deadline.0)));
            return Pin::new(&mut *one).poll(&mut cx);
        }
        let poll = Pin::new(&mut this.raw).poll(&mut cx);
        this.over |= poll.is_ready();
        this.spent |= poll.is_ready();
        poll
    }
}

impl<const F: u8> anytempo::RawSleep for Sleep<F> {
    type Instant = Instant<F>;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant<F>>) {
        let this = &mut *self;
        let before = core::mem::replace(&mut this.deadline, deadline);
        this.over = false;
        this.first_poll = None;
        this.drift += Duration::from_micros(u64::from(has::<F>(Fault::Drifts)));
        let both = before.is_some() && deadline.is_some();
        if has::<F>(Fault::ForgetsAResetToEarlier) && both && deadline < before
            || has::<F>(Fault::FiresAfterAResetToLater) && both && deadline > before
        {
            return;
        }
        this.set(deadline);
    }

    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        if has::<F>(Fault::ArmsNothing) {
            return;
        }
        if self.poll(cx).is_ready() && !has::<F>(Fault::ArmsNothingThatIsPast) {
            cx.waker().wake_by_ref();
        }
    }

    fn deadline(&self) -> Option<Instant<F>> {
        let forgets = has::<F>(Fault::ForgetsItsDeadline) && self.over;
        if forgets { None } else { self.deadline }
    }
}

impl<const F: u8> Drop for Sleep<F> {
    fn drop(&mut self) {
        if has::<F>(Fault::NeverDeregisters) {
            let leaked = core::mem::replace(&mut self.raw, self.timer.clock.raw_sleep(None));
            self.timer.shared.leaked_waits.borrow_mut().push(leaked);
        }
    }
}

thread_local! {
    /// The lock of a timer that wakes while it holds it.
    static LOCK: RefCell<()> = const { RefCell::new(()) };
}

struct UnderLock(Waker);

impl Wake for UnderLock {
    fn wake(self: Arc<Self>) {
        LOCK.with(|lock| {
            let _held = lock.borrow_mut();
            self.0.wake_by_ref();
        });
    }
}
