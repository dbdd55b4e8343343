//! anytempo next to other crates. It has tests alone.

/// Compiles and runs what the guide for programs on tokio shows.
#[cfg(doctest)]
#[doc = include_str!("../../../core/src/guide/from_tokio.md")]
struct FromTokio;

/// The same for programs with futures-time.
#[cfg(doctest)]
#[doc = include_str!("../../../core/src/guide/from_futures_time.md")]
struct FromFuturesTime;

/// The same for "Use it with".
#[cfg(doctest)]
#[doc = include_str!("../../../core/USE_WITH.md")]
struct UseWith;

/// The same for simulations.
#[cfg(doctest)]
#[doc = include_str!("../../../adapter-virtual/MIGRATION.md")]
struct Simulations;

/// The same for the guide to the choice of a timer.
#[cfg(doctest)]
#[doc = include_str!("../../../core/src/guide/choosing_a_timer.md")]
struct ChoosingATimer;

/// The same for the guide to shutdown.
#[cfg(doctest)]
#[doc = include_str!("../../../core/src/guide/graceful_shutdown.md")]
struct GracefulShutdown;

/// The same for the guide to adapters.
#[cfg(doctest)]
#[doc = include_str!("../../../core/src/guide/writing_an_adapter.md")]
struct WritingAnAdapter;

/// The names that `futures_time` has too. Where both traits are in scope they are an error, and not only here.
///
/// ```compile_fail,E0034
/// use anytempo::StreamTimeExt as _;
/// use futures_time::stream::StreamExt as _;
/// let clock = anytempo_virtual::VirtualClock::new();
/// drop(anytempo::range(0..3).debounce(&clock, core::time::Duration::from_secs(1)));
/// ```
///
/// ```compile_fail,E0034
/// use anytempo::StreamTimeExt as _;
/// use futures_time::stream::StreamExt as _;
/// let clock = anytempo_virtual::VirtualClock::new();
/// drop(anytempo::range(0..3).sample(&clock, core::time::Duration::from_secs(1)));
/// ```
#[cfg(doctest)]
struct Collisions;
