//! A user can import our traits together with the extension traits of other crates.
//!
//! `futures_time` has `debounce` and `sample` too. Beside it these two are called as functions of our trait.

use core::ops::ControlFlow;
use core::time::Duration;

use anytempo::stream::Range;
use anytempo::{Deadline, Timer};
use anytempo_virtual::VirtualClock;

const SPAN: Duration = Duration::from_secs(1);

fn source() -> Range<core::ops::Range<u32>> {
    anytempo::range(0..3)
}

/// A timer without methods of its own, which would come before those of a trait.
#[derive(Clone)]
struct Mine(VirtualClock);

impl Timer for Mine {
    type Instant = anytempo_virtual::Instant;
    type Sleep = anytempo_virtual::Sleep;

    fn now(&self) -> Self::Instant {
        self.0.now()
    }

    fn raw_sleep(&self, deadline: Deadline<Self>) -> Self::Sleep {
        self.0.raw_sleep(deadline)
    }
}

/// A module that has these traits in scope, and calls every method of ours on a stream and on a timer.
macro_rules! beside {
    (@method debounce sample) => {
        #[test]
        fn methods_that_futures_time_has_too() {
            let timer = &VirtualClock::new();
            drop(source().sample(timer, SPAN));
            drop(source().debounce(timer, SPAN));
        }
    };
    (@function debounce sample) => {
        #[test]
        fn methods_that_futures_time_has_too() {
            use anytempo::StreamTimeExt;
            let timer = &VirtualClock::new();
            drop(StreamTimeExt::sample(source(), timer, SPAN));
            drop(StreamTimeExt::debounce(source(), timer, SPAN));
        }
    };
    ($module:ident, $how:ident: $($peer:path),+) => {
        mod $module {
            use anytempo::{StreamTimeExt as _, Timer as _};
            $(
                #[allow(unused_imports, reason = "that it is in scope is the test")]
                use $peer as _;
            )+

            use super::*;

            beside!(@$how debounce sample);

            #[test]
            fn stream_methods() {
                let timer = &VirtualClock::new();
                let add = |_: &mut (), _| ControlFlow::Continue(());
                drop(source().pace(timer, SPAN));
                drop(source().stall(timer, SPAN));
                drop(source().throttle_latest(timer, SPAN));
                drop(source().throttle_first(timer, SPAN));
                drop(source().timeout_each(timer, SPAN));
                drop(source().keep_alive(timer, SPAN, || 0));
                drop(source().fold_within(timer, SPAN, || (), add));
                drop(source().chunks_within(timer, 1, SPAN));
                drop(source().take_for(timer, SPAN));
                drop(source().take_before(timer, None));
                drop(source().timestamped(timer));
                drop(source().time_between(timer));
                drop(source().close_on_exit(anytempo::closing((), |()| ())));
            }

            #[test]
            fn timer_methods() {
                let timer = Mine(VirtualClock::new());
                let ready = || core::future::ready(());
                let start = timer.now();
                drop(timer.raw_sleep(None));
                assert_eq!(timer.after(Duration::ZERO), Some(start));
                assert_eq!(timer.elapsed(start), Duration::ZERO);
                assert_eq!(timer.remaining(start), Duration::ZERO);
                drop(timer.sleep(SPAN));
                drop(timer.sleep_until(start));
                drop(timer.timeout(SPAN, ready()));
                drop(timer.timeout_at(start, ready()));
                drop(timer.idle_timeout(SPAN, async |_| ()));
                drop(timer.stall(SPAN, ready()));
                drop(timer.countdown(1, SPAN));
                drop(timer.interval(SPAN));
                drop(timer.interval_after(SPAN, SPAN));
                drop(timer.interval_at(start, SPAN));
                drop(timer.slack(SPAN));
            }
        }
    };
}

beside!(beside_futures, method: futures_util::StreamExt, futures_util::FutureExt);
beside!(beside_tokio, method: tokio_stream::StreamExt);
beside!(beside_async_std, method: async_std::stream::StreamExt, async_std::prelude::FutureExt);
beside!(beside_futures_time, function: futures_time::stream::StreamExt, futures_time::future::FutureExt);
// Names that several of them have are an error only where they are called.
beside!(
    beside_all, function: futures_util::StreamExt,
    futures_util::FutureExt,
    tokio_stream::StreamExt,
    async_std::stream::StreamExt,
    async_std::prelude::FutureExt,
    futures_time::stream::StreamExt,
    futures_time::future::FutureExt
);

/// The methods that a trait declares in a source file.
fn methods<'a>(source: &'a str, declaration: &str) -> Vec<&'a str> {
    let (_, body) = source.split_once(declaration).expect("the trait is there");
    let body = body.split("\n}\n").next().unwrap_or_default();
    let names = body.lines().filter_map(|line| line.strip_prefix("    fn "));
    names.filter_map(|line| line.split(['(', '<']).next()).collect()
}

#[test]
fn every_method_is_called() {
    let this = include_str!("names.rs");
    let stream =
        methods(include_str!("../../../core/src/stream/ext.rs"), "pub trait StreamTimeExt");
    let timer = methods(include_str!("../../../core/src/timer.rs"), "pub trait Timer");
    assert!(stream.len() >= 15 && timer.len() >= 14, "{stream:?} {timer:?}");
    for name in stream {
        assert!(this.contains(&format!("source().{name}(")), "{name} of streams is not called");
    }
    for name in timer {
        assert!(this.contains(&format!("timer.{name}(")), "{name} of timers is not called");
    }
}
