//! A kit that cannot fail proves nothing: timers that are wrong in one way each, and the case that must see it.

mod faulty;

use core::future::pending;
use core::pin::{Pin, pin};
use core::time::Duration;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use anytempo::stream::FixedRate;
use anytempo::{StreamTimeExt, Timer, next, range};
use anytempo_conformance::suite::{self, Clock, Failure, Outcome, Runtime, Subject};
use anytempo_virtual::{Executor, VirtualClock};

use crate::faulty::{Fault, Faulty};

/// Far more than any case takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A case in a box, so that what runs it is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = Outcome>>>;

/// A deterministic executor, and a timer with fault number `F`.
struct On<const F: u8>;

impl<const F: u8> Runtime for On<F> {
    type Timer = Faulty<F>;
    const CLOCK: Clock = Clock::Exact;

    fn run<Fut>(&self, case: impl FnOnce(Subject<Faulty<F>>) -> Fut) -> Outcome
    where
        Fut: Future<Output = Outcome> + 'static,
    {
        let clock = VirtualClock::new();
        let timer = Faulty::new(&clock);
        let case: Boxed = Box::pin(case(Subject { timer: timer.clone(), clock: Self::CLOCK }));
        timer.enter();
        let ended = Executor::new(&clock).block_on(case);
        ended.unwrap_or_else(|_deadlock| Err(Failure::new("something can still happen")))
    }
}

/// What a case says of a fault. A case that panics or hangs has seen it too.
fn seen_by<const F: u8>(case: &'static str) -> Option<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        // The cases of timers and waits. Those of scopes and generators take longer to compile than all else here.
        suite::each_of_waits::<On<F>>(|it| {
            if case.split_once("::") == Some((it.group, it.name)) {
                let _ = sender.send((it.run)(&On));
            }
        });
    });
    match receiver.recv_timeout(LIMIT) {
        Ok(outcome) => outcome.err().map(|failure| failure.to_string()),
        Err(RecvTimeoutError::Disconnected) => Some("it panicked".into()),
        Err(RecvTimeoutError::Timeout) => panic!("`{case}` hangs, or there is no such case"),
    }
}

#[test]
fn without_a_fault_every_case_passes() {
    suite::each::<On<{ Fault::Nothing as u8 }>>(|case| {
        let outcome = (case.run)(&On);
        assert!(outcome.is_ok(), "{}::{}: {outcome:?}", case.group, case.name);
    });
}

/// A clock that steps back makes waits longer, and does nothing else: no panic, no lost item, no early end.
#[test]
fn combinators_bear_a_clock_that_goes_back() {
    const STEP: Duration = Duration::from_millis(4);

    let clock = VirtualClock::new();
    let timer = Faulty::<{ Fault::GoesBackInTime as u8 }>::new(&clock);
    Executor::new(&clock)
        .block_on(async {
            let mut numbers = pin!(timer.countdown(50, STEP));
            while next(&mut numbers).await.is_some() {}
            let mut items = pin!(range(0..50).pace(&timer, STEP).rate(FixedRate));
            while next(&mut items).await.is_some() {}
            assert!(timer.timeout(STEP, pending::<()>()).await.is_err());
            timer.stall(STEP, timer.sleep(STEP)).await;
        })
        .expect("no wait is lost");
    // The clock steps back by a microsecond at the most, as it is read.
    assert!(clock.elapsed() >= STEP * (50 + 49 + 1 + 2) - Duration::from_micros(102));
}

macro_rules! faults {
    ($($name:ident: $fault:ident => $case:literal $(says $seen:literal)?,)*) => {
        $(#[test]
        fn $name() {
            let reason = seen_by::<{ Fault::$fault as u8 }>($case);
            assert!(reason.is_some(), "`{}` does not see it", $case);
            // What was seen, in numbers where there are any.
            $(assert!(reason.is_some_and(|it| it.contains($seen)), "`{}` does not tell it", $case);)?
        })*
    };
}

faults! {
    fires_early: FiresEarly => "timer_contract::never_early" says "no wait is early; seen: over 1ns before the deadline (",
    fires_late: FiresLate => "sleep::never_early" says "seen: over 1µs after the start, 1µs late (",
    drifts: Drifts => "countdown::fixed_rate_does_not_drift",
    truncates_sub_tick_durations: TruncatesSubTick => "extremes::spans_are_rounded_up",
    rounds_zero_up: RoundsZeroUp => "extremes::spans_are_in_order",
    loses_the_wake: LosesTheWake => "timer_contract::wakes_at_its_deadline",
    keeps_the_first_waker: KeepsTheFirstWaker => "timer_contract::newest_waker_is_woken" says "seen: no wake, 16ms after the start (",
    keeps_the_old_waker_too: KeepsTheOldWakerToo => "timer_contract::old_waker_is_forgotten",
    keeps_its_waker_when_dropped: KeepsItsWakerWhenDropped => "cancel::dropped_wait_keeps_no_waker",
    keeps_its_waker_when_disarmed: KeepsItsWakerWhenDisarmed => "cancel::disarmed_wait_keeps_no_waker",
    never_deregisters: NeverDeregisters => "cancel::dropped_wait_wakes_nobody" says "expected: nobody is woken; seen: 1 (",
    panics_on_the_longest: PanicsOnTheLongest => "extremes::longest_is_never",
    wraps: Wraps => "extremes::longest_is_never",
    ends_at_the_longest: EndsAtTheLongest => "extremes::longest_is_never",
    wraps_differences: WrapsDifferences => "extremes::differences_saturate",
    ready_for_ever: ReadyForEver => "timer_contract::reset_when_over_waits_anew" says "seen: over 4ms after the start, 8ms early (",
    pending_once_over: PendingOnceOver => "timer_contract::stays_ready" says "seen: pending, 4ms after the start (",
    never_fires_again: NeverFiresAgain => "timer_contract::reset_when_over_waits_anew",
    past_never_ends: PastNeverEnds => "timer_contract::past_is_ready_soon",
    forgets_a_reset_to_earlier: ForgetsAResetToEarlier => "timer_contract::reset_to_earlier_wakes",
    fires_after_a_reset_to_later: FiresAfterAResetToLater => "timer_contract::reset_to_later_waits",
    fires_when_disarmed: FiresWhenDisarmed => "timer_contract::disarmed_is_pending",
    forgets_its_deadline: ForgetsItsDeadline => "timer_contract::tells_its_deadline",
    wakes_under_its_lock: WakesUnderItsLock => "host::wake_may_use_the_clock",
    moves_its_deadline_with_each_poll: MovesItsDeadlineWithEachPoll => "timer_contract::spurious_polls_change_nothing" says "seen: over 20ms after the start, 8ms late (",
    goes_back_in_time: GoesBackInTime => "extremes::clock_goes_on",
    clones_are_other_clocks: ClonesAreOtherClocks => "timer_contract::clones_agree",
    needs_a_runtime_when_made: NeedsARuntimeWhenMade => "timer_contract::built_outside_of_the_runtime",
    has_one_wait_for_all: HasOneWaitForAll => "timer_contract::equal_deadlines_all_end",
    is_not_prompt: IsNotPrompt => "timer_contract::past_is_ready_soon",
    arms_nothing: ArmsNothing => "timer_contract::arm_wakes",
    arms_nothing_that_is_past: ArmsNothingThatIsPast => "timer_contract::arm_wakes",
}
