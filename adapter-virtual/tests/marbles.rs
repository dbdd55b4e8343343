//! Timelines: what they mean, what they refuse, and how a difference is shown.

use core::panic::AssertUnwindSafe;
use std::panic;

use anytempo::stream::{FixedDelay, FixedRate, Skip, Spaced};
use anytempo::{Elapsed, StreamTimeExt, Timer};
use anytempo_virtual::VirtualClock;
use anytempo_virtual::marbles::{self, Marble, TICK};
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::Stream;

/// The message of a panic.
fn panic_of(run: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(run)).expect_err("it panics");
    *payload.downcast::<String>().expect("the message is made of parts")
}

#[test]
fn a_source_is_recorded_as_itself() {
    for timeline in
        ["", "|", "-|", "a", "a-b|", "---", "(ab)", "(ab|)", "a--(bc)-7!-|", "a-b--", "(a!)|"]
    {
        marbles::check(timeline, |source, _| source, timeline);
    }
    // A group of one is the marble itself, and spaces are for the reader.
    marbles::check("(a) b - (c) |", |source, _| source, "ab-c|");
}

#[test]
fn items_are_shown() {
    assert_eq!('a'.marble(), "a");
    assert_eq!((7_u8.marble(), 42_i64.marble()), ("7".into(), "[42]".into()));
    assert_eq!(vec!['a', 'b'].marble(), "[ab]");
    assert_eq!(
        (Ok::<_, Elapsed>('a').marble(), Err::<char, _>(Elapsed::new()).marble()),
        ("a".into(), "!".into())
    );
}

/// Gives three items a poll together.
struct Threes<S>(S);

impl<S: Stream<Item = char> + Unpin> Stream for Threes<S> {
    type Item = Vec<char>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Vec<char>>> {
        Pin::new(&mut self.0).poll_next(cx).map(|item| item.map(|item| vec![item; 3]))
    }
}

#[test]
fn items_of_several_characters_are_in_groups() {
    marbles::check("a-(bc)|", |source, _| Threes(source), "([aaa])-([bbb][ccc])|");
}

#[test]
fn rates_of_a_slow_consumer() {
    let source = "(abcd|)";
    let check = |pause, operator: fn(marbles::Source, VirtualClock) -> _, expected| {
        let boxed =
            |source, clock| -> Pin<Box<dyn Stream<Item = char>>> { operator(source, clock) };
        marbles::check_slow(TICK * pause, source, boxed, expected);
    };
    check(
        3,
        |source, clock| Box::pin(source.pace(clock, TICK).rate(FixedDelay)),
        "a---b---c---d--|",
    );
    check(3, |source, clock| Box::pin(source.pace(clock, TICK).rate(Spaced)), "a--b--c--d--|");
    check(3, |source, clock| Box::pin(source.pace(clock, TICK).rate(FixedRate)), "a--b--c--d--|");
    check(1, |source, clock| Box::pin(source.pace(clock, TICK * 2).rate(Skip)), "a-b-c-d|");
    // The end waits for the consumer, and for no timer.
    check(1, |source, clock| Box::pin(source.stall(clock, TICK * 2)), "--abcd|");
}

#[test]
fn a_difference_has_a_caret() {
    let message = panic_of(|| {
        marbles::check("ab(cd)-|", |source, clock| source.stall(clock, TICK), "-(ab)(cd)--|");
    });
    let expected = "the timelines differ at 4 s:
  source    ab(cd)-|
  expected  -(ab)(cd)--|
  seen      -(ab)(cd)-|
                      ^";
    assert_eq!(message, expected);
    // Too early, too late, an item too much, an item missing, and no end.
    for (source, expected) in [
        ("a|", "a-|"),
        ("a-|", "a|"),
        ("ab|", "a-|"),
        ("a-|", "ab|"),
        ("a--", "a--|"),
        ("a|", "a---"),
    ] {
        let message = panic_of(|| marbles::check(source, |source, _| source, expected));
        assert!(message.starts_with("the timelines differ at "), "{message}");
    }
}

#[test]
fn other_text_is_refused() {
    for (text, message) in [
        ("a|b", "nothing can follow the end `|`:\n  a|b\n    ^"),
        ("(a|b)", "nothing can follow the end `|`:\n  (a|b)\n     ^"),
        ("a?b", "this has no meaning in a timeline:\n  a?b\n   ^"),
        ("()", "this has no meaning in a timeline:\n  ()\n   ^"),
        ("(a-b)", "this has no meaning in a timeline:\n  (a-b)\n    ^"),
        ("((a))", "this has no meaning in a timeline:\n  ((a))\n   ^"),
        ("a[bc]", "an item in brackets has to be in a group, such as `([ab])`:\n  a[bc]\n   ^"),
        ("([a(])", "brackets hold letters, digits and `!`:\n  ([a(])\n     ^"),
        ("(ab", "a group or bracket is not closed:\n  (ab"),
        ("([ab", "a group or bracket is not closed:\n  ([ab"),
        ("([ab])", "a source gives characters, and not the item `[ab]`:\n  ([ab])"),
    ] {
        let clock = VirtualClock::new();
        assert_eq!(panic_of(|| drop(marbles::source(&clock, text))), message);
    }
}

#[test]
fn what_has_no_place_is_refused() {
    let message = panic_of(|| {
        marbles::check("a|", |source, clock| source.stall(clock, TICK / 2), "-a|");
    });
    assert_eq!(message, "`a` came after 500ms, which is between two characters of a timeline");

    struct Endless;
    impl Stream for Endless {
        type Item = char;
        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<char>> {
            Poll::Ready(Some('a'))
        }
    }
    let message = panic_of(|| marbles::check("|", |_, _| Endless, "a|"));
    assert_eq!(message, "the stream gives items without end at 0ns");
}

#[test]
fn a_source_starts_when_it_is_made() {
    let recorded = anytempo_virtual::run(async |clock| {
        clock.sleep(TICK * 10).await;
        let source = marbles::source(&clock, "a-b|");
        assert_eq!(source.size_hint(), (2, Some(2)));
        clock.sleep(TICK).await;
        marbles::record(&clock, source, 10).await
    });
    assert_eq!(recorded.unwrap(), "ab|");
}
