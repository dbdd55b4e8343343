//! A user of another library's extension traits can import ours too: no method is ambiguous, except for two names that
//! `futures-time` has as well.
//!
//! Each test imports all that such a user imports, and calls every method that we have on a stream or a timer. It is
//! enough that this compiles. It fails to compile as soon as one of the libraries has a method of the same name.

use core::ops::ControlFlow;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer, closing, range};
use anytempo_virtual::VirtualClock;

/// The methods that each library has or has not: `theirs` has them too.
macro_rules! shared_names {
    (ours, $timer:expr, $second:expr) => {
        drop(range(0..3).sample($timer, $second));
        drop(range(0..3).debounce($timer, $second).at_most($second));
    };
    // With both traits in scope, the trait has to be named.
    (theirs, $timer:expr, $second:expr) => {
        drop(StreamTimeExt::sample(range(0..3), $timer, $second));
        drop(StreamTimeExt::debounce(range(0..3), $timer, $second).at_most($second));
    };
}

macro_rules! beside {
    ($library:ident: $($import:path),*; $whose:ident) => {
        mod $library {
            use super::*;
            $(#[allow(unused_imports, reason = "it has to be in scope, and is not to be used")]
            use $import as _;)*

            #[test]
            fn no_method_is_ambiguous() {
                let (clock, second) = (VirtualClock::new(), Duration::from_secs(1));
                let timer = &clock;
                drop(range(0..3).pace(timer, second).burst(2));
                drop(range(0..3).stall(timer, second));
                drop(range(0..3).throttle_latest(timer, second));
                drop(range(0..3).throttle_first(timer, second));
                shared_names!($whose, timer, second);
                drop(range(0..3).timeout_each(timer, second).first(second).repeating());
                drop(range(0..3).keep_alive(timer, second, || 0));
                drop(range(0..3).fold_within(timer, second, || 0, |sum, item| {
                    *sum += item;
                    ControlFlow::Continue(())
                }));
                drop(range(0..3).chunks_within(timer, 2, second));
                drop(range(0..3).take_for(timer, second));
                drop(range(0..3).take_before(timer, None));
                drop(range(0..3).timestamped(timer));
                drop(range(0..3).time_between(timer));
                drop(range(0..3).close_on_exit(closing((), |()| ())));
                drop(clock.sleep(second));
                drop(clock.sleep_until(None));
                drop(clock.timeout(second, core::future::ready(())));
                drop(clock.timeout_at(None, core::future::ready(())));
                drop(clock.idle_timeout(second, async |_| ()));
                drop(clock.stall(second, core::future::ready(())));
                drop(clock.countdown(3, second));
                drop(clock.interval(second));
                drop(clock.interval_after(second, second));
                drop(clock.interval_at(None, second));
                drop(clock.slack(second));
            }
        }
    };
}

beside!(futures: futures_util::StreamExt, futures_util::TryStreamExt, futures_util::FutureExt; ours);
beside!(tokio: tokio_stream::StreamExt; ours);
beside!(async_std: ::async_std::prelude::StreamExt, ::async_std::prelude::FutureExt; ours);
// `debounce` and `sample` are the names of the field, and it has them.
beside!(futures_time: ::futures_time::stream::StreamExt, ::futures_time::future::FutureExt; theirs);
