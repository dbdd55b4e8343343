//! embassy's own instants and durations go in where ours do, and come out again.

use core::future::{Future, pending};
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use anytempo::{Instant as _, Span, StreamTimeExt as _, Timer as _, closing, range};
use anytempo_embassy::{Deadline, EmbassyTimer, Ticks};
use embassy_time::{Duration, Instant, TICK_HZ, Timer};

/// Past each of them there is a tick that the conversion must not lose or wrap.
const EDGES: [u64; 6] = [0, 1, (1 << 62) - 1, 1 << 62, 1 << 63, u64::MAX];

#[test]
fn instants_convert_both_ways_and_compare() {
    for ticks in EDGES {
        let theirs = Instant::from_ticks(ticks);
        let ours = anytempo_embassy::Instant::from(theirs);
        let expected = ticks.min((1 << 62) - 1);
        assert_eq!(Instant::from(ours).as_ticks(), expected);
        assert_eq!(Deadline::from(theirs), ours.into());
        assert_eq!(Deadline::from(Some(theirs)), ours.into());
        assert_eq!(ours == theirs, ticks == expected);
        assert_eq!(theirs == ours, ticks == expected);
        assert_eq!(ours < theirs, expected < ticks);
        assert_eq!(theirs > ours, expected < ticks);
    }
    assert_eq!(Deadline::from(None::<Instant>), Deadline::NEVER);
}

#[test]
fn durations_are_ticks_and_too_long_ones_are_never() {
    let start = anytempo_embassy::Instant::from(Instant::from_ticks(7));
    for ticks in EDGES {
        let span: Ticks = Duration::from_ticks(ticks).into_delta();
        assert_eq!(span.get(), ticks.min(1 << 63));
        assert_eq!(Duration::from(span).as_ticks(), span.get());
        let end: Option<anytempo_embassy::Instant> = start.checked_after(span).into();
        let sum = ticks.checked_add(7 + u64::from(ticks > 0)).filter(|it| *it < 1 << 62);
        assert_eq!(end.map(|it| Instant::from(it).as_ticks()), sum, "{ticks}");
    }
}

#[test]
fn a_duration_is_as_long_as_the_same_one_of_core() {
    for ticks in [0, 1, 999, TICK_HZ, TICK_HZ * 86_400 + 1] {
        let theirs = Duration::from_ticks(ticks);
        let ours = core::time::Duration::from_micros(theirs.as_micros());
        // Exact, as this driver has a million ticks in a second.
        assert_eq!(anytempo_embassy::Instant::delta_ceil(ours), Ticks::from(theirs));
    }
}

/// Each method takes them. The names of both traits are in scope, as in a program that migrates.
#[test]
fn every_method_takes_them() {
    let span = Duration::from_millis(5);
    let start = Instant::now();
    let mut cx = Context::from_waker(Waker::noop());
    drop(Timer::after(span));

    drop((EmbassyTimer.sleep(span), EmbassyTimer.sleep_until(start + span)));
    drop((EmbassyTimer.timeout(span, pending::<()>()), EmbassyTimer.stall(span, pending::<()>())));
    drop((EmbassyTimer.timeout_at(start + span, pending::<()>()), EmbassyTimer.slack(span)));
    drop((EmbassyTimer.countdown(3, span), EmbassyTimer.interval(span)));
    drop((EmbassyTimer.interval_after(span, span), EmbassyTimer.interval_at(start, span)));
    drop((range(0..3).pace(EmbassyTimer, span), range(0..3).stall(EmbassyTimer, span)));
    drop((range(0..3).debounce(EmbassyTimer, span).at_most(span),));
    drop((range(0..3).throttle_latest(EmbassyTimer, span), range(0..3).sample(EmbassyTimer, span)));
    drop((range(0..3).timeout_each(EmbassyTimer, span).first(span),));
    drop((range(0..3).take_for(EmbassyTimer, span), range(0..3).take_before(EmbassyTimer, start)));
    drop(anytempo::Close::close_within(closing((), |_| ()), EmbassyTimer, span));
    assert!(EmbassyTimer.remaining(start + Duration::from_secs(60)) > core::time::Duration::ZERO);
    assert!(EmbassyTimer.elapsed(start) < core::time::Duration::from_secs(60));
    assert_eq!(EmbassyTimer.remaining(None::<Instant>), core::time::Duration::MAX);

    // Of a minute nothing is over at once.
    let mut sleep = pin!(EmbassyTimer.sleep(Duration::from_secs(60)));
    assert_eq!(sleep.as_mut().poll(&mut cx), Poll::Pending);
    assert!(sleep.deadline().is_some_and(|it| it > start + Duration::from_secs(60)));
    sleep.as_mut().reset(Duration::MAX);
    assert_eq!(sleep.deadline(), None);
    sleep.as_mut().reset_until(start);
    assert_eq!(sleep.deadline(), Some(start.into()));
}
