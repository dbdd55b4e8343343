use core::future::{Future, Ready};
use core::mem::size_of;
use core::time::Duration;

use anytempo::Timer;
use anytempo::future::{Sleep, Timeout};
use anytempo::stream::{Countdown, Pace, Range};
use anytempo_tokio::TokioTimer;

use embassy_time::with_timeout;
use tokio_stream::StreamExt;

use crate::floor::NoopTimer;
use crate::report::allocations;
use crate::tick::tokio::block_on;

/// How many bytes a value takes.
#[derive(Debug)]
pub struct Size {
    pub what: &'static str,
    pub bytes: usize,
    /// How many it may take.
    pub most: Option<usize>,
}

/// All sizes that are compared.
pub fn sizes() -> Vec<Size> {
    vec![
        free("tokio::time::Sleep", size_of::<tokio::time::Sleep>()),
        free("async_io::Timer", size_of::<async_io::Timer>()),
        free("embassy_time::Timer", size_of::<embassy_time::Timer>()),
        wait::<TokioTimer>("anytempo_tokio::Sleep"),
        wait::<anytempo_smol::SmolTimer>("anytempo_smol::Sleep"),
        wait::<anytempo_embassy::EmbassyTimer>("anytempo_embassy::Sleep"),
        Size {
            what: "sleep, tokio",
            bytes: size_of::<Sleep<TokioTimer>>(),
            most: Some(size_of::<<TokioTimer as Timer>::Sleep>() + 8),
        },
        Size {
            what: "heap of a spawned sleep, tokio",
            bytes: spawned(|| TokioTimer.sleep(LIMIT)),
            most: Some(spawned(|| tokio::time::sleep(LIMIT))),
        },
        free("sleep, DynTimer, beside its box", size_of::<Sleep<anytempo::DynTimer>>()),
        free(
            "heap of a spawned sleep, DynTimer over tokio",
            spawned(|| anytempo::DynTimer::new(TokioTimer).sleep(LIMIT)),
        ),
        free("heap of a spawned tokio::time::sleep", spawned(|| tokio::time::sleep(LIMIT))),
        countdown::<NoopTimer<0>>("countdown, timer that does nothing"),
        countdown::<TokioTimer>("countdown, tokio"),
        countdown::<anytempo_smol::SmolTimer>("countdown, async-io"),
        countdown::<anytempo_embassy::EmbassyTimer>("countdown, embassy"),
        pace::<TokioTimer>("pace over a range, tokio"),
        timeout::<TokioTimer>("timeout of a ready future, tokio"),
        timeout::<anytempo_smol::SmolTimer>("timeout of a ready future, async-io"),
        timeout::<anytempo_embassy::EmbassyTimer>("timeout of a ready future, embassy"),
        free("tokio Interval, beside its heap", size_of::<tokio::time::Interval>()),
        free(
            "tokio_stream Throttle over an iterator",
            of_output(|iter: Iter| iter.throttle(LIMIT)),
        ),
        free("tokio Timeout of a ready future", size_of::<tokio::time::Timeout<Ready<u64>>>()),
        free(
            "futures-time Timeout of a ready future",
            size_of::<futures_time::future::Timeout<Ready<u64>, futures_time::task::Sleep>>(),
        ),
        free(
            "embassy with_timeout of a ready future",
            of_output(|future: Ready<u64>| {
                with_timeout(embassy_time::Duration::from_secs(10), future)
            }),
        ),
    ]
}

const LIMIT: Duration = Duration::from_secs(10);

type Iter = futures_util::stream::Iter<core::ops::Range<u32>>;

/// The size of what a function would give, of a type that has no name, or cannot be made outside its runtime.
fn of_output<A, O>(_: impl FnOnce(A) -> O) -> usize {
    size_of::<O>()
}

/// The heap that tokio takes for a task.
fn spawned<F>(future: impl Fn() -> F) -> usize
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut bytes = 0;
    block_on(async {
        // What the runtime makes for its first task it keeps.
        tokio::spawn(future());
        bytes = allocations::bytes(|| drop(tokio::spawn(future())));
    });
    bytes
}

fn free(what: &'static str, bytes: usize) -> Size {
    Size { what, bytes, most: None }
}

fn wait<T: Timer>(what: &'static str) -> Size {
    free(what, size_of::<T::Sleep>())
}

fn countdown<T: Timer>(what: &'static str) -> Size {
    Size { what, bytes: size_of::<Countdown<T>>(), most: Some(size_of::<T::Sleep>() + 32) }
}

fn pace<T: Timer>(what: &'static str) -> Size {
    free(what, size_of::<Pace<Range<core::ops::Range<u32>>, T>>())
}

fn timeout<T: Timer>(what: &'static str) -> Size {
    let most = size_of::<T::Sleep>() + size_of::<Ready<u64>>() + 16;
    Size { what, bytes: size_of::<Timeout<Ready<u64>, T>>(), most: Some(most) }
}
