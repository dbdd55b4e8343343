use crate::timer::Timer;

/// A timer for spawned tasks.
///
/// `T: SendTimer` is the one bound that such code needs. It is an alias for `Timer<Sleep: Send> + Send + Sync + 'static`. Every such timer has it, and nothing else can implement it.
/// Futures and streams over the timer, and references to it, are then `Send`. They can be given to `tokio::spawn`.
///
/// The timers of tokio, smol, async-std and embassy, `VirtualClock` and `DynTimer` have it. Those of compio and monoio do not, because
/// their waits are not `Send`.
/// There [`Timer`] is the bound, and the task stays on its thread.
///
/// # Examples
///
/// ```
/// use anytempo::{SendTimer, StreamTimeExt, next, range};
/// use core::{pin::pin, time::Duration};
///
/// # fn spawn(future: impl Future<Output = ()> + Send + 'static) { drop(future) }
/// fn start(timer: impl SendTimer) {
///     spawn(async move {
///         let second = Duration::from_secs(1);
///         timer.sleep(second).await;
///         let mut beeps = pin!(range(0..3).pace(&timer, second));
///         while next(&mut beeps).await.is_some() {}
///     });
/// }
/// # start(anytempo_virtual::VirtualClock::new());
/// ```
///
/// Without it the compiler says what is missing:
///
/// ```compile_fail
/// # fn spawn(future: impl Future<Output = ()> + Send + 'static) { drop(future) }
/// fn start(timer: impl anytempo::Timer) {
///     spawn(async move { timer.sleep(core::time::Duration::from_secs(1)).await });
/// }
/// ```
pub trait SendTimer: Timer<Sleep: Send> + Send + Sync + 'static {}

impl<T: Timer<Sleep: Send> + Send + Sync + 'static> SendTimer for T {}
