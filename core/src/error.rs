use core::fmt;

/// A time limit was reached: the error of [`timeout`](crate::Timer::timeout).
///
/// It carries nothing, so that a `Result<(), Elapsed>` costs one byte.
#[doc(alias = "TimeoutError")]
#[doc(alias = "TimedOut")]
#[doc(alias = "TimeoutElapsed")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Elapsed(());

impl Elapsed {
    /// The error, for an operator of your own.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time limit was reached first")
    }
}

impl core::error::Error for Elapsed {}

/// The error of kind [`TimedOut`](std::io::ErrorKind::TimedOut), which holds this one.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use core::{future::pending, time::Duration};
/// use std::io;
///
/// async fn read(timer: impl Timer) -> io::Result<usize> {
///     timer.timeout(Duration::from_secs(5), pending::<io::Result<usize>>()).await?
/// }
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # let ended = anytempo_virtual::Executor::new(&clock).block_on(read(&clock)).unwrap();
/// let error = ended.unwrap_err();
/// assert_eq!(error.kind(), io::ErrorKind::TimedOut);
/// assert_eq!(error.to_string(), "the time limit was reached first");
/// ```
#[cfg(feature = "std")]
impl From<Elapsed> for std::io::Error {
    fn from(elapsed: Elapsed) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, elapsed)
    }
}
