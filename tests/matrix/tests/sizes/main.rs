//! How many bytes each operator takes on each kind of runtime, over a source of no size with items of four bytes.
//!
//! The sizes are those of a 64-bit processor.
#![cfg(target_pointer_width = "64")]

use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::{DynTimer, StreamTimeExt, Timer};
use anytempo_embassy::EmbassyTimer;
use anytempo_smol::SmolTimer;
use anytempo_tokio::TokioTimer;
use anytempo_virtual::VirtualClock;
use futures_core::Stream;

const SPAN: Duration = Duration::from_secs(1);

/// The runtimes, in the order of the columns, and a timer behind a pointer.
const RUNTIMES: [&str; 5] = ["embassy", "tokio", "async-io", "virtual", "DynTimer"];

/// Each operator, and the most bytes that it should take on each runtime. `DynTimer` has the goals of the virtual clock, which is a
/// pointer too.
const GOALS: [(&str, [usize; 5]); 15] = [
    ("interval", [24, 128, 96, 80, 80]),
    ("throttle_latest", [32, 136, 104, 88, 88]),
    ("throttle_first", [32, 136, 104, 88, 88]),
    ("sample", [32, 136, 104, 88, 88]),
    ("debounce", [32, 136, 104, 88, 88]),
    ("debounce at_most", [80, 184, 152, 136, 136]),
    ("timeout_each", [24, 128, 96, 80, 80]),
    ("timeout_each repeating", [24, 128, 96, 80, 80]),
    ("keep_alive", [24, 128, 96, 80, 80]),
    ("fold_within", [32, 136, 104, 88, 88]),
    ("take_for", [24, 128, 96, 80, 80]),
    ("pace", [32, 144, 104, 96, 96]),
    // One instant more than `pace`.
    ("pace burst", [40, 152, 112, 104, 104]),
    ("timestamped", [8, 8, 8, 8, 8]),
    // One instant, which has 16 bytes with the standard library.
    ("time_between", [8, 16, 16, 16, 16]),
];

/// Where the goal is missed: the bytes that the operator may take instead. A line that is no longer needed is an error.
const MISSED: &[(&str, &str, usize)] = &[
    ("interval", "tokio", 136),
    ("throttle_latest", "tokio", 144),
    ("sample", "tokio", 144),
    ("debounce", "tokio", 144),
    ("timeout_each", "tokio", 136),
    ("timeout_each repeating", "tokio", 136),
    ("keep_alive", "tokio", 136),
    ("fold_within", "tokio", 144),
    ("time_between", "embassy", 16),
    ("time_between", "tokio", 24),
    ("time_between", "async-io", 24),
    ("time_between", "virtual", 24),
    // A pointer to a trait object has two words, and an instant the tick of its clock.
    ("timestamped", "DynTimer", 16),
    ("time_between", "DynTimer", 56),
];

struct Source;

impl Stream for Source {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Pending
    }
}

/// The size of what an expression with a timer gives.
fn size<T, O>(_: impl FnOnce(T) -> O) -> usize {
    size_of::<O>()
}

fn sizes<T: Timer>() -> [usize; GOALS.len()] {
    [
        size(|timer: T| timer.interval(SPAN)),
        size(|timer: T| Source.throttle_latest(timer, SPAN)),
        size(|timer: T| Source.throttle_first(timer, SPAN)),
        size(|timer: T| Source.sample(timer, SPAN)),
        size(|timer: T| Source.debounce(timer, SPAN)),
        size(|timer: T| Source.debounce(timer, SPAN).at_most(SPAN)),
        size(|timer: T| Source.timeout_each(timer, SPAN)),
        size(|timer: T| Source.timeout_each(timer, SPAN).repeating()),
        size(|timer: T| Source.keep_alive(timer, SPAN, || 0)),
        size(|timer: T| {
            Source.fold_within(timer, SPAN, || 0_u32, |_, _| ControlFlow::Continue(()))
        }),
        size(|timer: T| Source.take_for(timer, SPAN)),
        size(|timer: T| Source.pace(timer, SPAN)),
        size(|timer: T| Source.pace(timer, SPAN).burst(3)),
        size(|timer: T| Source.timestamped(timer)),
        size(|timer: T| Source.time_between(timer)),
    ]
}

#[test]
fn no_operator_is_larger_than_it_may_be() {
    let columns = [
        sizes::<EmbassyTimer>(),
        sizes::<TokioTimer>(),
        sizes::<SmolTimer>(),
        sizes::<VirtualClock>(),
        sizes::<DynTimer>(),
    ];
    let mut wrong = Vec::new();
    for (row, (operator, goals)) in GOALS.into_iter().enumerate() {
        for (column, runtime) in RUNTIMES.into_iter().enumerate() {
            let (bytes, goal) = (columns[column][row], goals[column]);
            let verdict = if bytes <= goal { "met" } else { "missed" };
            println!("{operator} on {runtime}: {bytes} bytes, goal {goal}, {verdict}");
            let known = MISSED.iter().find(|it| (it.0, it.1) == (operator, runtime));
            let is_right = match known {
                Some((_, _, most)) => bytes > goal && bytes <= *most,
                None => bytes <= goal,
            };
            if !is_right {
                wrong.push((operator, runtime, bytes));
            }
        }
    }
    assert_eq!(
        wrong,
        [],
        "larger than the goal, or than `MISSED` allows; or smaller than the goal, and named there"
    );
}
