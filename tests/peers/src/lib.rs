//! anytempo next to other crates. It has tests alone.

/// Compiles and runs what the notes on migration show.
#[cfg(doctest)]
#[doc = include_str!("../../../core/MIGRATION.md")]
struct Migration;

/// The same for simulations.
#[cfg(doctest)]
#[doc = include_str!("../../../adapter-virtual/MIGRATION.md")]
struct Simulations;

/// The same for the guide to the choice of a timer.
#[cfg(doctest)]
#[doc = include_str!("../../../core/src/guide/choosing_a_timer.md")]
struct ChoosingATimer;

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
