//! The instants and durations of a monotonic go in where ours do, and come out again.

use anytempo::{Instant as _, Span};
use anytempo_rtic::{Deadline, Instant, Ticks};
use core::time::Duration;

const HZ: u64 = 32_768;
const LAST: u64 = (1 << 62) - 1;

type Theirs = fugit::MonotonicTimerInstantU64<HZ>;
type TheirSpan = fugit::TimerDurationU64<HZ>;
type Ours = Instant<HZ>;

/// Past each of them there is a tick that the conversion must not lose or wrap.
const EDGES: [u64; 6] = [0, 1, LAST, 1 << 62, 1 << 63, u64::MAX];

fn at(ticks: u64) -> Ours {
    Theirs::from_ticks(ticks).into()
}

fn ticks(count: u64) -> Ticks<HZ> {
    TheirSpan::from_ticks(count).into()
}

#[test]
fn instants_convert_both_ways_and_compare() {
    for ticks in EDGES {
        let theirs = Theirs::from_ticks(ticks);
        let ours = Ours::from(theirs);
        let expected = ticks.min(LAST);
        assert_eq!(Theirs::from(ours).as_ticks(), expected);
        assert_eq!(Deadline::from(theirs), ours.into());
        assert_eq!((ours == theirs, theirs == ours), (ticks == expected, ticks == expected));
        assert_eq!((ours < theirs, theirs > ours), (expected < ticks, expected < ticks));
        let wrapping = fugit::WrappingTimerInstantU64::<HZ>::from_ticks(ticks);
        assert_eq!(Ours::from(wrapping), ours);
    }
}

#[test]
fn durations_are_ticks_and_too_long_ones_are_never() {
    for count in EDGES {
        let span: Ticks<HZ> = TheirSpan::from_ticks(count).into_delta();
        assert_eq!(span.get(), count.min(1 << 63));
        assert_eq!(TheirSpan::from(span).as_ticks(), span.get());
        let end: Option<Ours> = at(7).checked_after(span).into();
        let sum = count.checked_add(7 + u64::from(count > 0)).filter(|it| *it <= LAST);
        assert_eq!(end.map(|it| Theirs::from(it).as_ticks()), sum, "{count}");
    }
}

#[test]
fn both_ends_of_the_clock_are_never() {
    let longest = Ours::delta_ceil(Duration::MAX);
    assert_eq!(at(LAST).checked_add(ticks(0)), at(LAST).into());
    for (start, span) in [(LAST, ticks(1)), (0, longest), (LAST, longest)] {
        assert_eq!(at(start).checked_add(span), Deadline::NEVER);
        assert_eq!(at(start).checked_after(span), Deadline::NEVER);
        assert!(!at(LAST).has_reached(at(start).checked_add(span)));
    }
    assert_eq!(at(0).checked_add(ticks(LAST)), at(LAST).into());
    assert_eq!(at(0).checked_after(ticks(LAST)), Deadline::NEVER);
}

#[test]
fn a_span_is_rounded_up_and_counted_back() {
    assert_eq!(Ours::delta_ceil(Duration::from_nanos(1)), ticks(1));
    assert_eq!(Ours::delta_ceil(Duration::from_millis(1)), ticks(33));
    assert_eq!(Ours::to_duration(ticks(HZ)), Duration::from_secs(1));
    assert_eq!(at(5).checked_after(ticks(0)), at(5).into());
    assert_eq!(at(5).checked_after(ticks(3)), at(9).into());
    assert_eq!(at(9).saturating_since(at(5)), ticks(4));
    assert_eq!(at(5).saturating_since(at(9)), ticks(0));
    assert_eq!(at(5).ceil_to(ticks(7)), at(8));
    assert_eq!(at(LAST).ceil_to(ticks(7)), at(LAST));
    let (instant, span, never) = (at(3), ticks(7), Deadline::<HZ>::NEVER);
    assert_eq!(format!("{instant:?} {span:?} {never:?}"), "Instant { ticks: 3 } Ticks(7) None");
}
