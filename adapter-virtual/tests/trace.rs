//! What a trace records, in its order, and how it is written, compared and drawn.

mod common;

use core::future::{pending, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Poll, Waker};

use anytempo::{RawSleep as _, Timer};
use anytempo_virtual::{EventKind, Executor, Trace, VirtualClock};

use common::{at, ms, poll};

/// Two tasks of which one waits for the other, within a limit that is reset.
fn traced(clock: &VirtualClock) -> Trace {
    let executor = Executor::new(clock);
    clock.start_trace();
    let worker = executor.spawn_named("worker <1> & \"co\"", clock.sleep(ms(20)));
    executor.spawn({
        let clock = clock.clone();
        async move {
            let mut limit = pin!(clock.raw_sleep(Some(at(15))));
            let mut worker = pin!(worker);
            poll_fn(|cx| {
                assert!(limit.as_mut().poll(cx).is_pending());
                assert!(worker.as_mut().poll(cx).is_pending());
                limit.as_mut().reset(Some(at(30)));
                assert!(limit.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            worker.await.unwrap();
        }
    });
    executor.run().unwrap();
    clock.take_trace()
}

#[test]
fn everything_that_happens_is_recorded_in_its_order() {
    let trace = traced(&VirtualClock::new());
    let worker = "task 1 \"worker <1> & \\\"co\\\"\"";
    let events: Vec<String> = trace.text().lines().map(|line| line.replace(worker, "W")).collect();
    let file = file!();
    assert!(events[0].starts_with(&format!("0ns: W is spawned at {file}:")), "{}", events[0]);
    assert!(events[2].starts_with(&format!("0ns: task 2 is spawned at {file}:")), "{}", events[2]);
    let rest: Vec<&str> =
        [&events[1], &events[3]].into_iter().chain(&events[4..]).map(String::as_str).collect();
    assert_eq!(
        rest,
        [
            "0ns: W is woken",
            "0ns: task 2 is woken",
            "0ns: W is polled",
            "0ns: W waits for 20ms",
            "0ns: task 2 is polled",
            "0ns: task 2 waits for 15ms",
            "0ns: a wait of task 2 is reset to 30ms",
            "0ns: task 2 waits for 30ms",
            "20ms: a wait of W for 20ms is over",
            "20ms: W is woken",
            "20ms: W is polled",
            "20ms: W is over",
            "20ms: task 2 is woken",
            "20ms: task 2 is polled",
            "20ms: task 2 is over",
        ]
    );
}

#[test]
fn a_trace_is_equal_in_every_run_and_says_where_another_parts() {
    let one = traced(&VirtualClock::new());
    assert_eq!(one, traced(&VirtualClock::new()));
    assert_eq!(one.difference(&traced(&VirtualClock::new())), None);
    let (step, first, other) = one.difference(&Trace::default()).unwrap();
    assert_eq!((step, other.as_str()), (0, ""));
    assert!(first.starts_with("0ns: task 1 "), "{first}");
}

#[test]
fn traces_differ_by_time_and_by_task() {
    let recorded = |start, is_second| {
        let clock = VirtualClock::new();
        let executor = Executor::new(&clock);
        let tasks = [(); 2].map(|()| executor.spawn(pending::<()>()));
        executor.run_until_idle();
        clock.advance(ms(start));
        clock.start_trace();
        tasks[usize::from(is_second)].abort();
        clock.take_trace()
    };
    let one = recorded(0, false);
    let said = |other: Trace| one.difference(&other).map(|(_, one, other)| [one, other]);
    assert_eq!(said(recorded(0, false)), None);
    let told = |one: &str, other: &str| Some([one.to_owned(), other.to_owned()]);
    assert_eq!(said(recorded(1, false)), told("0ns: task 1 is over", "1ms: task 1 is over"));
    assert_eq!(said(recorded(0, true)), told("0ns: task 1 is over", "0ns: task 2 is over"));
}

#[test]
fn nothing_is_recorded_before_and_after() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    executor.spawn(clock.sleep(ms(1)));
    executor.run().unwrap();
    assert_eq!(clock.take_trace(), Trace::default());
    clock.start_trace();
    executor.block_on(async {}).unwrap();
    let trace = clock.take_trace();
    let kinds: Vec<EventKind> = trace.events().iter().map(|event| event.kind()).collect();
    assert_eq!(kinds, [EventKind::Woken, EventKind::Polled]);
    assert_eq!(trace.events()[0].task(), None);
    executor.block_on(async {}).unwrap();
    assert_eq!(clock.take_trace(), Trace::default());
}

#[test]
fn waits_without_an_executor_are_of_no_task() {
    let clock = VirtualClock::new();
    clock.start_trace();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, Waker::noop()).is_pending());
    // A further poll registers nothing new.
    assert!(poll(&mut sleep, Waker::noop()).is_pending());
    Pin::new(&mut sleep).reset(None);
    Pin::new(&mut sleep).reset(Some(at(7)));
    assert!(poll(&mut sleep, Waker::noop()).is_pending());
    clock.advance(ms(10));
    assert!(poll(&mut sleep, Waker::noop()).is_ready());
    drop(sleep);
    assert_eq!(
        clock.take_trace().text(),
        "0ns: no task waits for 5ms\n0ns: a wait of no task is disarmed\n0ns: no task waits for 7ms\n\
         7ms: a wait of no task for 7ms is over\n"
    );
}

#[test]
fn a_full_trace_has_each_operation_on_numbered_waits() {
    let clock = VirtualClock::new();
    let mut before = clock.raw_sleep(Some(at(9)));
    clock.start_full_trace();
    let (mut one, mut other) = (clock.raw_sleep(Some(at(5))), clock.raw_sleep(None));
    assert_eq!(clock.now(), at(0));
    for _ in 0..2 {
        assert!(poll(&mut one, Waker::noop()).is_pending());
        assert!(poll(&mut other, Waker::noop()).is_pending());
    }
    Pin::new(&mut other).reset(Some(at(6)));
    assert!(poll(&mut other, Waker::noop()).is_pending());
    clock.advance(ms(5));
    assert!(poll(&mut one, Waker::noop()).is_ready());
    // It has fired, and the clock does not know of it any more.
    Pin::new(&mut one).reset(None);
    drop((one, other));
    assert!(poll(&mut before, Waker::noop()).is_pending());
    let trace = clock.take_trace();
    assert_eq!(
        trace.text().replace(" of no task", ""),
        "0ns: wait 1 is made for 5ms\n0ns: wait 2 is made without a deadline\n0ns: no task reads the clock\n\
         0ns: wait 1 is armed for 5ms\n0ns: wait 2 is pending\n0ns: wait 1 is pending\n0ns: wait 2 is pending\n\
         0ns: wait 2 is reset to 6ms\n0ns: wait 2 is armed for 6ms\n5ms: wait 1 for 5ms is over\n5ms: wait 1 is ready\n\
         5ms: wait 1 is disarmed\n5ms: wait 1 is dropped\n5ms: wait 2 is dropped\n5ms: wait 3 is armed for 9ms\n"
    );
    let waits: Vec<Option<u64>> = trace.events().iter().map(|event| event.wait()).collect();
    assert_eq!(waits[..4], [Some(1), Some(2), None, Some(1)]);
    let json = trace.to_json();
    let made = r#"{"at":"0","event":"made","task":null,"wait":2,"deadline":null}"#;
    assert!(json.contains(made), "{json}");
    // A bar for what has fired, for what was dropped, and for what goes on.
    assert_eq!(trace.to_svg().matches("fill=\"#9ecae1\"").count(), 3, "{}", trace.to_svg());
}

#[test]
fn a_place_that_is_used_again_has_the_number_of_its_last_wait() {
    let clock = VirtualClock::new();
    clock.start_full_trace();
    for end in 1..=3 {
        let mut sleep = clock.raw_sleep(Some(at(end)));
        assert!(poll(&mut sleep, Waker::noop()).is_pending());
        clock.advance(ms(1));
    }
    let trace = clock.take_trace();
    let fired = trace.events().iter().filter(|it| matches!(it.kind(), EventKind::Fired(_)));
    assert_eq!(fired.map(|it| it.wait()).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
}

#[test]
fn json_is_read_by_others() {
    let trace = traced(&VirtualClock::new());
    let json = trace.to_json();
    let lines: Vec<&str> = json.lines().collect();
    assert_eq!((lines[0], lines[lines.len() - 1]), ("[", "]"));
    assert_eq!(lines.len(), trace.events().len() + 2);
    assert!(
        lines[1].starts_with(
            r#"  {"at":"0","event":"spawned","task":1,"name":"worker <1> & \"co\"","place":""#
        ),
        "{}",
        lines[1]
    );
    assert_eq!(lines[6], r#"  {"at":"0","event":"armed","task":1,"deadline":"20000000"},"#);
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    clock.start_trace();
    executor.spawn_named("tab\tand line\n", pending::<()>());
    let json = clock.take_trace().to_json();
    assert!(json.contains(r#""name":"tab\u0009and line\u000a""#), "{json}");
}

#[test]
fn the_picture_has_a_row_for_each_task() {
    let svg = traced(&VirtualClock::new()).to_svg();
    assert!(svg.starts_with("<svg xmlns="), "{svg}");
    assert!(svg.contains(">task 1 \"worker &lt;1&gt; &amp; \\\"co\\\"\"</text>"), "{svg}");
    assert!(svg.contains(">task 2</text>"), "{svg}");
    assert!(svg.contains(">20ms</text>"), "{svg}");
    // Two waits of the worker and its caller, and the one that was moved.
    assert_eq!(svg.matches("fill=\"#9ecae1\"").count(), 3, "{svg}");
    assert_eq!(svg.matches("<circle").count(), 2, "{svg}");
    let empty = Trace::default().to_svg();
    assert!(empty.ends_with("</svg>\n"), "{empty}");
}

/// From where to where the bars of a picture go that ends at ten milliseconds, in its order.
fn bars(trace: &Trace) -> Vec<(u32, u32)> {
    let svg = trace.to_svg();
    let number = |line: &str, name: &str| -> f64 {
        let text = line.split(&format!(" {name}=\"")).nth(1).unwrap();
        text.split('"').next().unwrap().parse().unwrap()
    };
    let millis = |x: f64| (x / 90.0).round() as u32;
    let bars = svg.lines().filter(|line| line.contains("fill=\"#9ecae1\""));
    bars.map(|line| {
        let (from, width) = (number(line, "x") - 220.0, number(line, "width"));
        (millis(from), millis(from + width))
    })
    .collect()
}

// The wait that is armed first is over last.
#[test]
fn the_bars_are_those_of_the_waits_that_are_meant() {
    let clock = VirtualClock::new();
    clock.start_trace();
    let mut last = clock.raw_sleep(Some(at(10)));
    let mut first = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut last, Waker::noop()).is_pending());
    clock.advance(ms(2));
    assert!(poll(&mut first, Waker::noop()).is_pending());
    clock.advance(ms(8));
    assert_eq!(bars(&clock.take_trace()), [(2, 5), (0, 10)]);

    let clock = VirtualClock::new();
    clock.start_full_trace();
    let mut last = clock.raw_sleep(Some(at(10)));
    let mut dropped = clock.raw_sleep(Some(at(10)));
    assert!(poll(&mut last, Waker::noop()).is_pending());
    clock.advance(ms(2));
    assert!(poll(&mut dropped, Waker::noop()).is_pending());
    clock.advance(ms(3));
    drop(dropped);
    clock.advance(ms(5));
    assert_eq!(bars(&clock.take_trace()), [(2, 5), (0, 10)]);
}

// The wait that the limit drops would end at eight milliseconds.
#[test]
fn no_bar_is_longer_than_its_task() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    clock.start_trace();
    let limited = clock.timeout(ms(4), clock.sleep(ms(8)));
    executor.spawn_background("limited", async move {
        let _ = limited.await;
    });
    executor.block_on(clock.sleep(ms(10))).unwrap();
    let bars = bars(&clock.take_trace());
    assert!(bars.contains(&(0, 4)) && bars.contains(&(0, 10)), "{bars:?}");
    assert!(!bars.contains(&(0, 8)), "{bars:?}");
}
